// The webhooks of a handful of instances, and the one token that may read them.
import { timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";

const webhooks = new Map(
  Object.entries(JSON.parse(readFileSync(process.env.WEBHOOKS, "utf8"))),
);

export const token = process.env.API_TOKEN;
export const port = Number(process.env.PORT);
export const host = "127.0.0.1";

export const find = (instanceId) => webhooks.get(instanceId) ?? [];

export const isToken = (given) => {
  const [one, other] = [Buffer.from(given), Buffer.from(token)];
  return one.length === other.length && timingSafeEqual(one, other);
};

export const problem = (statusCode, error, message) => ({ statusCode, error, message });
