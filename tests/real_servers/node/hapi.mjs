// hapi: an authentication scheme of its own, and Boom's errors, which have the contract's shape.
import Boom from "@hapi/boom";
import Hapi from "@hapi/hapi";
import { find, host, isToken, port } from "./store.mjs";

const server = Hapi.server({ host, port });

server.auth.scheme("bearer", () => ({
  authenticate: (request, h) => {
    const [scheme, token = ""] = (request.headers.authorization ?? "").split(" ");
    if (scheme.toLowerCase() === "bearer" && isToken(token))
      return h.authenticated({ credentials: {} });
    throw Boom.unauthorized("A valid token is required.", "Bearer");
  },
}));
server.auth.strategy("token", "bearer");

server.route({
  method: "GET",
  path: "/api/v2/instance/{instanceId}/webhook",
  options: { auth: "token" },
  handler: (request) => find(request.params.instanceId),
});

await server.start();
