// Fastify: its own bearer plugin.
import bearerAuth from "@fastify/bearer-auth";
import Fastify from "fastify";
import { find, host, port, problem, token } from "./store.mjs";

const app = Fastify();

await app.register(bearerAuth, {
  keys: new Set([token]),
  errorResponse: (error) => problem(401, "Unauthorized", error.message),
});

app.get("/api/v2/instance/:instanceId/webhook", async (request) =>
  find(request.params.instanceId),
);

await app.listen({ port, host });
