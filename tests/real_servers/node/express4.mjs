// Express 4, which many still run. With --passport its guard is Passport's bearer strategy, which
// takes a token out of the query, too.
import express from "express4";
import passport from "passport";
import { Strategy } from "passport-http-bearer";
import { find, host, isToken, port, problem } from "./store.mjs";

const app = express();

passport.use(new Strategy((token, done) => done(null, isToken(token) ? { id: "api" } : false)));
const byPassport = passport.authenticate("bearer", { session: false });

const byHand = (request, response, next) => {
  const [, token = ""] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "") ?? [];
  if (isToken(token)) return next();
  response.set("WWW-Authenticate", "Bearer");
  response.status(401).json(problem(401, "Unauthorized", "A valid token is required."));
};

app.get(
  "/api/v2/instance/:instanceId/webhook",
  process.argv.includes("--passport") ? byPassport : byHand,
  (request, response) => response.json(find(request.params.instanceId)),
);

app.listen(port, host);
