"""Falcon: a resource, and a hook before it."""

from __future__ import annotations

import falcon
from store import find, is_token, problem


def signed_in(req: falcon.Request, resp: falcon.Response, resource: object, params: object) -> None:
    scheme, _, token = (req.auth or "").partition(" ")
    if scheme.lower() != "bearer" or not is_token(token):
        raise falcon.HTTPUnauthorized(
            description="A valid token is required.", challenges=["Bearer"]
        )


def refused(_: falcon.Request, resp: falcon.Response, error: falcon.HTTPError) -> None:
    resp.media = problem(error.status_code, error.title, error.description or error.title)


@falcon.before(signed_in)
class FindWebhook:
    """The webhooks of an instance."""

    def on_get(self, _: falcon.Request, resp: falcon.Response, instance_id: str) -> None:
        resp.media = find(instance_id)


app = falcon.App()
app.set_error_serializer(refused)
app.add_route("/api/v2/instance/{instance_id}/webhook", FindWebhook())
