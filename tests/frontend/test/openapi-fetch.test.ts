// The types of openapi-typescript lead openapi-fetch to the answer and to the error.
import createClient from "openapi-fetch";
import { expect, inject, it } from "vitest";
import type { paths } from "../src/made/webhooks";

const PATH = "/api/v2/instance/{instanceId}/webhook";
const headers = { Authorization: "Bearer demo-token" };

it("knows the path, the answer and the error", async () => {
  const client = createClient<paths>({ baseUrl: inject("mock"), headers });
  const found = await client.GET(PATH, { params: { path: { instanceId: "demo" } } });
  expect(found.data?.[0].name).toBe("crm");
  const refused = await client.GET(PATH, { params: { path: { instanceId: "unauthorized" } } });
  expect(refused.error?.statusCode).toBe(401);
});
