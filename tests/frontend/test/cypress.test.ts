// What the specification of Cypress asks of the mock, sent as `cy.request` sends it: from Node, as JSON.
import { expect, inject, it } from "vitest";

it("turns the live switch, and resets it", async () => {
  const mock = inject("mock");
  const preferences = `${mock}/__mock/preferences`;
  const headers = { "Content-Type": "application/json", "User-Agent": "Mozilla/5.0 Cypress" };
  const body = JSON.stringify({ prefer: "lie=server-error" });
  const turned = await fetch(preferences, { method: "PUT", headers, body });
  expect(await turned.json()).toEqual({ prefer: "lie=server-error" });
  expect((await fetch(`${mock}/__mock/reset`, { method: "POST", headers })).ok).toBe(true);
  expect(await (await fetch(preferences)).json()).toEqual({ prefer: "" });
});
