"""Tornado: a handler with `prepare`, and its own server."""

from __future__ import annotations

import asyncio
import json
import os

from store import find, is_bearer, problem
from tornado.web import Application, RequestHandler


class FindWebhook(RequestHandler):
    """The webhooks of an instance."""

    def prepare(self) -> None:
        given = self.request.headers.get("Authorization", "")
        if not is_bearer(given):
            self.set_header("WWW-Authenticate", "Bearer")
            self.set_status(401)
            self.finish(problem(401, "Unauthorized", "A valid token is required."))

    def get(self, instance_id: str) -> None:
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(find(instance_id)))

    def head(self, instance_id: str) -> None:
        self.get(instance_id)

    def write_error(self, status_code: int, **_: object) -> None:
        self.finish(problem(status_code, self._reason, self._reason))


async def main() -> None:
    app = Application([(r"/api/v2/instance/([^/]+)/webhook", FindWebhook)])
    app.listen(int(os.environ["PORT"]), "127.0.0.1")
    await asyncio.Event().wait()


asyncio.run(main())
