"""What the mock says about itself, beside the contract's paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.edge import Delivery
from mock_server.fixtures import Catalogue
from mock_server.refusals import MethodNotAllowed
from mock_server.reply import Reply, json_reply
from spec import contract


class Pages:
    """Serves our own paths, and leaves every other one to the app behind."""

    def __init__(self, app: ASGIApp, catalogue: Catalogue) -> None:
        self.app = app
        self.catalogue = catalogue

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        page = _PAGES.get(scope["path"]) if scope["type"] == "http" else None
        if page is None:
            await self.app(scope, receive, send)
            return
        if scope["method"] not in {"GET", "HEAD"}:
            raise MethodNotAllowed(("GET", "HEAD", "OPTIONS"))
        await Delivery(page(self.catalogue))(scope, receive, send)


def _index(catalogue: Catalogue) -> Reply:
    (operation,) = contract().operations.values()
    return json_reply(
        200,
        {
            "mock": f"{contract().title} {contract().version}",
            "path": f"{operation.method} {operation.path}",
            "instances": {item.instance: item.description for item in catalogue.values()},
            "contract": "/openapi.yaml",
            "health": "/__mock/health",
        },
    )


def _document(_: Catalogue) -> Reply:
    return Reply(200, contract().content, {"Content-Type": "application/yaml"})


def _health(catalogue: Catalogue) -> Reply:
    return json_reply(
        200,
        {
            "status": "ok",
            "version": contract().version,
            "contract": contract().digest,
            "instances": len(catalogue),
        },
    )


_PAGES: Final[Mapping[str, Callable[[Catalogue], Reply]]] = {
    "/": _index,
    "/openapi.yaml": _document,
    "/__mock/health": _health,
}
