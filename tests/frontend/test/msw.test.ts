// The recording that docs/in-your-app.md makes, in Node.
import { readFileSync } from "node:fs";
import { setupServer } from "msw/node";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { handlersOf } from "../src/mocks/handlers";

const recorded = handlersOf(JSON.parse(readFileSync("webhooks.har", "utf8")));
const server = setupServer(...recorded);
const url = (instance: string) => `http://app.example/api/v2/instance/${instance}/webhook`;

beforeAll(() => server.listen({ onUnhandledRequest: (request, print) =>
  request.url.includes("app.example") ? print.error() : undefined }));
afterAll(() => server.close());

it("answers what was recorded, at any origin", async () => {
  expect((await (await fetch(url("demo"))).json())[0].name).toBe("crm");
});

it("leaves what was not recorded to MSW", async () => {
  await expect(fetch(url("other"))).rejects.toThrow();
});

it("takes every kind of answer that a journal has", async () => {
  const mock = inject("mock");
  const at = (instance: string) => `${mock}/api/v2/instance/${instance}/webhook`;
  const headers = { Authorization: "Bearer demo-token" };
  await fetch(`${mock}/__mock/reset`, { method: "POST" });
  const etag = (await fetch(at("many"), { headers })).headers.get("ETag")!;
  await fetch(at("many"), { headers: { ...headers, "If-None-Match": etag } });
  await fetch(at("demo"), { headers, method: "HEAD" });
  await fetch(at("demo"), { headers: { ...headers, Prefer: "lie=no-content" } });
  await fetch(at("offline"), { headers }).catch(() => null);
  await fetch(at("unauthorized"), { headers });
  const { log } = await (await fetch(`${mock}/__mock/journal.har`)).json();
  expect(log.entries.map((entry: any) => entry.response.status)).toContain(304);

  server.use(...handlersOf({ log }));
  const replayed = (instance: string, method = "GET") => fetch(url(instance), { method });
  expect(await (await replayed("many")).json()).toHaveLength(50);
  expect((await replayed("demo", "HEAD")).status).toBe(200);
  expect((await replayed("demo")).status).toBe(204);
  expect((await replayed("unauthorized")).status).toBe(401);
  await expect(replayed("offline")).rejects.toThrow(TypeError);
});
