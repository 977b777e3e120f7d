// What a frontend does with the contract and the mock, with the libraries that most of them use.
import { readFileSync } from "node:fs";
import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";
import createClient from "openapi-fetch";
import { describe, expect, it } from "vitest";
import type { paths } from "./made/webhooks";
import { findWebhookResponse } from "./made/orval";
import { schemas } from "./made/zodios";

const MOCK = process.env.MOCK_URL!;
const PATH = "/api/v2/instance/{instanceId}/webhook";
const headers = { Authorization: "Bearer demo-token" };
const url = (instance: string) => MOCK + PATH.replace("{instanceId}", instance);
const ask = (prefer: string, instance = "demo") =>
  fetch(url(instance), { headers: { ...headers, Prefer: prefer } });

describe("plain data", () => {
  it("passes the schemas of orval and openapi-zod-client, whatever the seed", async () => {
    for (let seed = 0; seed < 100; seed++) {
      const body = await (await ask(`dynamic=plain, seed=${seed}, size=3`)).json();
      findWebhookResponse.parse(body);
      body.forEach((webhook: unknown) => schemas.Webhook.parse(webhook));
    }
  });
});

describe("an absent flag", () => {
  it("stays absent with orval, with defaults taken out of the document", async () => {
    const [webhook] = findWebhookResponse.parse(await (await ask("", "minimal")).json());
    expect(webhook).not.toHaveProperty("enabled");
  });

  it("is filled in by openapi-zod-client, whose command has no setting against it", async () => {
    const [webhook] = await (await ask("", "minimal")).json();
    expect(webhook).not.toHaveProperty("enabled");
    expect(schemas.Webhook.parse(webhook).enabled).toBe(false);
  });
});

describe("openapi-fetch", () => {
  it("knows the path, the answer and the error", async () => {
    const client = createClient<paths>({ baseUrl: MOCK, headers });
    const found = await client.GET(PATH, { params: { path: { instanceId: "demo" } } });
    expect(found.data?.[0].name).toBe("crm");
    const refused = await client.GET(PATH, { params: { path: { instanceId: "unauthorized" } } });
    expect(refused.error?.statusCode).toBe(401);
  });
});

describe("the live switch", () => {
  const turn = (prefer: string) =>
    fetch(`${MOCK}/__mock/preferences`, { method: "PUT", body: JSON.stringify({ prefer }) });

  it("answers a client that sends no Prefer", async () => {
    await turn("lie=server-error");
    const down = await fetch(url("demo"), { headers });
    await turn("");
    expect([down.status, down.headers.get("Mock-Preferences")]).toEqual([500, "lie=server-error"]);
    expect((await fetch(url("demo"), { headers })).status).toBe(200);
  });
});

describe("a recording", () => {
  it("becomes handlers of MSW", async () => {
    await fetch(url("minimal"), { headers });
    const { log } = await (await fetch(`${MOCK}/__mock/journal.har`)).json();
    const handlers = log.entries.filter((entry: any) => entry.response.status).map(({ request, response }: any) =>
      http.get(request.url, () =>
        new HttpResponse(response.content.text, {
          status: response.status,
          headers: { "Content-Type": response.content.mimeType },
        })));
    const server = setupServer(...handlers.reverse());
    server.listen({ onUnhandledRequest: "error" });
    try {
      const [webhook] = await (await fetch(url("minimal"), { headers })).json();
      expect(webhook.name).toBe("minimal");
    } finally {
      server.close();
    }
  });
});
