// Hono on Node: its own bearer middleware, which answers 400 to what is no bearer token.
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import { find, host, port, problem, token } from "./store.mjs";

const app = new Hono();
const unauthorized = problem(401, "Unauthorized", "A valid token is required.");
const badRequest = problem(400, "Bad Request", "The Authorization header is malformed.");

app.use(
  "/api/*",
  bearerAuth({
    token,
    noAuthenticationHeader: { message: unauthorized },
    invalidAuthenticationHeader: { message: badRequest },
    invalidToken: { message: unauthorized },
  }),
);

app.get("/api/v2/instance/:instanceId/webhook", (context) =>
  context.json(find(context.req.param("instanceId"))),
);

serve({ fetch: app.fetch, port, hostname: host });
