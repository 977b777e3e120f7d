// Koa: a middleware, and the router of its makers.
import Router from "@koa/router";
import Koa from "koa";
import { find, host, isToken, port, problem } from "./store.mjs";

const app = new Koa();
const router = new Router();

const signedIn = async (context, next) => {
  const [scheme, token = ""] = context.get("Authorization").split(" ");
  if (scheme.toLowerCase() === "bearer" && isToken(token)) return next();
  context.set("WWW-Authenticate", "Bearer");
  context.status = 401;
  context.body = problem(401, "Unauthorized", "A valid token is required.");
};

router.get("/api/v2/instance/:instanceId/webhook", signedIn, (context) => {
  context.body = find(context.params.instanceId);
});

app.use(router.routes()).use(router.allowedMethods());
app.listen(port, host);
