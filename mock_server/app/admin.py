"""What the mock says about itself, beside the contract's paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send
from swagger_ui_bundle import swagger_ui_path

from find_webhook_kit.mock_server.answers.endpoint import taken
from find_webhook_kit.mock_server.answers.errors import MethodNotAllowed
from find_webhook_kit.mock_server.answers.fixtures import instances
from find_webhook_kit.mock_server.answers.response import Reply, json_reply
from find_webhook_kit.mock_server.app import states, switch
from find_webhook_kit.mock_server.app.origins import Origins
from find_webhook_kit.mock_server.app.own_errors import UnusableParameter
from find_webhook_kit.mock_server.har import archived
from find_webhook_kit.mock_server.journal import ALL, ENTRIES, Excerpt, listed
from find_webhook_kit.mock_server.state import State
from find_webhook_kit.spec import Contract, Json

FOLDER: Final = Path(__file__).parents[1] / "page"
_SWAGGER: Final = [
    Path(str(swagger_ui_path)) / name for name in ("swagger-ui.css", "swagger-ui-bundle.js")
]

Page = Callable[[State], Reply]

# The page shows texts that others wrote; nothing but our own files may run in it.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_GUARDED: Final = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"}

_PRIVATE: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""No page of another origin embeds anything of ours, also where a browser asks nobody."""


class Pages:
    """Serves our own paths, and leaves every other one to the app behind."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self.app = app
        self.state = state
        self.origins = Origins.of(state.settings)
        self._pages = pages_of(state.contract)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        pages = self._pages.get(scope["path"]) if scope["type"] == "http" else None
        if pages is None:
            await self.app(scope, receive, send)
            return
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        if method not in pages:
            raise MethodNotAllowed(taken(tuple(pages)))
        self.origins.check(scope)
        reply = await self._reply(pages[method], scope, receive)
        await replace(reply, headers={**_PRIVATE, **reply.headers})(scope, receive, send)

    async def _reply(self, page: Page, scope: Scope, receive: Receive) -> Reply:
        """Let a thread read files and journals; what changes the mock belongs to its loop."""
        self.state.fixture_store.look()
        if page is _reset:
            return page(self.state)
        if scope["method"] == "PUT":
            return await switch.turned(self.state, receive)
        partly = _PARTLY.get(scope["path"])
        if partly is None:
            return await run_in_threadpool(page, self.state)
        return await run_in_threadpool(partly, self.state, _part(scope["query_string"]))


def _part(query: bytes) -> Excerpt:
    """Read `?limit=30&after=7`; raise `UnusableParameter` for what is no number."""
    found = {}
    for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
        if name not in _BOUNDS:
            raise UnusableParameter(name, "is not known here", f"{', '.join(_BOUNDS)}")
        if not (value.isascii() and value.isdigit() and len(value) < MAX_DIGITS):
            raise UnusableParameter(name, f"is {value!r}", "a whole number, in digits")
        found[name] = min(int(value), _BOUNDS[name])
    return Excerpt(**found)


MAX_DIGITS: Final = 16
_BOUNDS: Final = {"limit": ENTRIES, "after": 10**MAX_DIGITS, "before": 10**MAX_DIGITS}


def _file(path: Path, media_type: str, _: State) -> Reply:
    return Reply(200, _content(path), {"Content-Type": media_type, **_GUARDED})


@cache
def _content(path: Path) -> bytes:
    """Read a file once: a copy for each client that is slow to take it would fill the memory."""
    return path.read_bytes()


def _reference(_: State) -> Reply:
    """Swagger UI writes styles into the page and draws its icons as data."""
    content = _content(FOLDER / "docs.html")
    policy = _POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
    headers = {**_GUARDED, "Content-Type": _HTML, "Content-Security-Policy": policy}
    return Reply(200, content, headers)


def _document(state: State) -> Reply:
    """Serve the contract: of a mock that takes no writes, what it does take."""
    return Reply(200, state.document, {"Content-Type": "application/yaml"})


def _health(state: State) -> Reply:
    body: Json = {
        "status": "ok",
        "version": state.contract.version,
        "contract": state.contract.digest,
        "instances": len(instances(state.fixture_store.by_id)),
        "fixtures": "stale" if state.fixture_store.stale else "good",
        "contract_changed": state.fixture_store.contract_changed,
    }
    return json_reply(200, body, {"Cache-Control": "no-store"})


def _journal(state: State, part: Excerpt = ALL) -> Reply:
    content = state.journal.written(part, listed)
    return Reply(200, content, {**_JSON, "Cache-Control": "no-store"})


def _archive(state: State, part: Excerpt = ALL) -> Reply:
    headers = {
        **_JSON,
        "Cache-Control": "no-store",
        "Content-Disposition": 'attachment; filename="mock.har"',
    }
    return Reply(200, state.journal.written(part, archived), headers)


def _reset(state: State) -> Reply:
    state.reset()
    return Reply(204, b"", {"Cache-Control": "no-store"})


_JSON: Final = {"Content-Type": "application/json"}
_HTML: Final = "text/html; charset=utf-8"
_SCRIPT: Final = "text/javascript; charset=utf-8"
_STYLE: Final = "text/css; charset=utf-8"
_TYPES: Final = {".js": _SCRIPT, ".css": _STYLE}

_PAGES: Final[Mapping[str, Mapping[str, Page]]] = {
    "/": {"GET": partial(_file, FOLDER / "index.html", _HTML)},
    "/docs": {"GET": _reference},
    "/__page": {"GET": partial(_file, FOLDER / "index.html", _HTML)},
    "/__docs": {"GET": _reference},
    "/__openapi.yaml": {"GET": _document},
    **{
        f"/__mock/{path.name}": {"GET": partial(_file, path, _TYPES[path.suffix])}
        for path in (*_SWAGGER, *sorted(FOLDER.iterdir()))
        if path.suffix in _TYPES
    },
    "/openapi.yaml": {"GET": _document},
    "/__mock/states": {"GET": states.shown},
    "/__mock/state": {"GET": states.kept},
    "/__mock/health": {"GET": _health},
    "/__mock/journal": {"GET": _journal},
    "/__mock/journal.har": {"GET": _archive},
    "/__mock/reset": {"POST": _reset},
    "/__mock/preferences": {"GET": switch.shown, "PUT": switch.shown},
}

_PARTLY: Final[Mapping[str, Callable[[State, Excerpt], Reply]]] = {
    "/__mock/journal": _journal,
    "/__mock/journal.har": _archive,
}
"""What can be asked for in part."""


def pages_of(contract: Contract) -> Mapping[str, Mapping[str, Page]]:
    """Return our own paths; a path of the contract is the contract's.

    What it takes the place of is at `/__page`, `/__docs` and `/__openapi.yaml`, too.
    """
    others = {operation.path for operation in contract.operations.values()}
    return {path: pages for path, pages in _PAGES.items() if path not in others}


def methods_of(contract: Contract) -> Mapping[str, tuple[str, ...]]:
    """Return what each of our own paths takes."""
    return {path: taken(tuple(pages)) for path, pages in pages_of(contract).items()}
