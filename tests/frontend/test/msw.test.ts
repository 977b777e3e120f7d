// A recording answers in Node; first the one that docs/in-your-app.md makes.
import { readFileSync } from "node:fs";
import { setupServer } from "msw/node";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { handlersOf } from "../src/mocks/handlers";

const server = setupServer(...handlersOf(JSON.parse(readFileSync("webhooks.har", "utf8"))));
const replayed = (instance: string, method = "GET") =>
  fetch(`http://app.example/api/v2/instance/${instance}/webhook`, { method });

/** One of each kind of answer that a journal has. */
async function recorded() {
  const mock = inject("mock");
  const ask = (instance: string, more = {}, method = "GET") =>
    fetch(`${mock}/api/v2/instance/${instance}/webhook`, {
      method,
      headers: { Authorization: "Bearer demo-token", ...more },
    });
  await fetch(`${mock}/__mock/reset`, { method: "POST" });
  const etag = (await ask("many")).headers.get("ETag")!;
  await ask("many", { "If-None-Match": etag });
  await ask("twins", {}, "HEAD");
  await ask("twins");
  await ask("twins", { Prefer: "lie=no-content" });
  await ask("offline").catch(() => null);
  await ask("unauthorized");
  return (await fetch(`${mock}/__mock/journal.har`)).json();
}

let all: Awaited<ReturnType<typeof recorded>>;

beforeAll(async () => {
  all = await recorded();
  server.listen({ onUnhandledRequest: "error" });
});
afterAll(() => server.close());

it("answers what was recorded, at any origin", async () => {
  expect((await (await replayed("demo")).json())[0].name).toBe("crm");
});

it("leaves what was not recorded to MSW", async () => {
  await expect(replayed("other")).rejects.toThrow();
});

it("takes every kind of answer that a journal has, and of several the last", async () => {
  const statuses = all.log.entries.map((entry: any) => entry.response.status);
  expect(statuses).toEqual([200, 304, 200, 200, 204, 0, 401]);
  server.use(...handlersOf(all));

  expect(await (await replayed("many")).json()).toHaveLength(50);
  expect((await replayed("twins", "HEAD")).status).toBe(200);
  expect((await replayed("twins")).status).toBe(204);
  expect((await replayed("unauthorized")).status).toBe(401);
  await expect(replayed("offline")).rejects.toThrow(TypeError);
});
