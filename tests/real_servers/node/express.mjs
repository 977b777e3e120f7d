// Express 5: a middleware before the route, an error handler behind it.
import express from "express";
import { find, host, isToken, port, problem } from "./store.mjs";

const app = express();

const signedIn = (request, response, next) => {
  const [scheme, token = ""] = (request.get("Authorization") ?? "").split(" ");
  if (scheme.toLowerCase() === "bearer" && isToken(token)) return next();
  response
    .status(401)
    .set("WWW-Authenticate", "Bearer")
    .json(problem(401, "Unauthorized", "A valid token is required."));
};

app.get("/api/v2/instance/:instanceId/webhook", signedIn, (request, response) => {
  response.json(find(request.params.instanceId));
});

app.use((request, response) => {
  response.status(404).json(problem(404, "Not Found", "There is nothing here."));
});

app.use((error, request, response, next) => {
  const status = error.status ?? 500;
  response.status(status).json(problem(status, error.name, error.message));
});

app.listen(port, host);
