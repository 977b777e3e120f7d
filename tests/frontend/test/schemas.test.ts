// What is generated passes the schemas that people generate, and what breaks the contract does not.
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { z } from "zod4";
import { findWebhookResponse } from "../src/made/orval";
import { schemas as zodios } from "../src/made/zodios";

const SEEDS = [...Array(200).keys()];

const ask = async (prefer: string, instance = "demo") => {
  const answer = await fetch(`${inject("mock")}/api/v2/instance/${instance}/webhook`, {
    headers: { Authorization: "Bearer demo-token", Prefer: prefer },
  });
  return answer.json();
};

/** What zod makes of the contract by itself: of a JSON schema, whose references lead elsewhere. */
const ofZod = () => {
  const { components } = parse(readFileSync("openapi.yaml", "utf8"));
  const moved = JSON.parse(JSON.stringify(components.schemas).replaceAll("#/components/schemas/", "#/$defs/"));
  return z.fromJSONSchema({ type: "array", items: { $ref: "#/$defs/Webhook" }, $defs: moved } as any);
};

const SCHEMAS = {
  orval: findWebhookResponse,
  "openapi-zod-client": zodios.Webhook.array(),
  "zod itself": ofZod(),
};

const kinds = { plain: [] as unknown[], true: [] as unknown[] };

beforeAll(async () => {
  for (const kind of ["plain", "true"] as const)
    kinds[kind] = await Promise.all(SEEDS.map((seed) => ask(`dynamic=${kind}, seed=${seed}, size=3`)));
}, 300_000);

describe.each(Object.entries(SCHEMAS))("the schemas of %s", (name, schema) => {
  const refusals = (answers: unknown[]) =>
    answers.map((answer) => schema.safeParse(answer).error?.issues ?? []).filter((issues) => issues.length);

  it("take every answer of dynamic=plain", () => {
    expect(refusals(kinds.plain)).toEqual([]);
  });

  it("refuse most answers of dynamic=true, the fuzzer, and nothing in them but spellings of dates", () => {
    const refused = refusals(kinds.true);
    console.log(`dynamic=true: ${SEEDS.length - refused.length} of ${SEEDS.length} pass the schemas of ${name}`);
    expect(refused.length).toBeGreaterThan(SEEDS.length / 2);
    const members = new Set(refused.flat().map(({ path }) => path.at(-1)));
    expect([...members].sort()).toEqual(["createdAt", "updatedAt"]);
  });

  it.each(["missing-member", "text-for-boolean", "epoch-date", "null-member", "wrapped", "null-body"])(
    "refuse lie=%s",
    async (lie) => {
      expect(schema.safeParse(await ask(`lie=${lie}`)).success).toBe(false);
    },
  );
});

describe.each([
  ["orval", findWebhookResponse],
  ["openapi-zod-client", zodios.Webhook.array()],
])("an absent flag, with %s", (_, schema) => {
  it("stays absent", async () => {
    const [webhook] = schema.parse(await ask("", "minimal"));
    expect(webhook).not.toHaveProperty("enabled");
  });
});

describe("an absent flag, with zod itself", () => {
  it("is filled in", async () => {
    const [webhook] = SCHEMAS["zod itself"].parse(await ask("", "minimal")) as object[];
    expect(webhook).toHaveProperty("enabled", false);
  });
});
