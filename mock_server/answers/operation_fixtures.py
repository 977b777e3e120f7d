"""Fixtures of one operation: what it answers where the path parameters have these values.

They stand in a folder that is named after the operation. A file names the path parameters that it
is for, and says a body, or names an example of the contract.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from find_webhook_kit.mock_server.answers.documented_headers import NOT_OURS
from find_webhook_kit.mock_server.answers.endpoint import Endpoint, Item, Parameters, is_final
from find_webhook_kit.mock_server.answers.fixture_file import (
    document_of,
    flaws_of,
    untrue,
    violations,
)
from find_webhook_kit.mock_server.answers.fixtures import FixtureError, Issue, shown
from find_webhook_kit.mock_server.answers.preferences import TOKEN
from find_webhook_kit.spec import Document, Header, Json, MediaType, Response, pointer
from find_webhook_kit.spec.success import essence, is_json

KEYS: Final = ("parameters", "status", "body", "example", "headers", "media_type", "description")


@dataclass(frozen=True, slots=True)
class Filed:
    """An answer of an operation as a file says it; `body` is None, too, where there is none."""

    path: Path
    parameters: Parameters
    status: int
    body: Json
    empty: bool
    media_type: str
    description: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """The name of the file, with that of its folder."""
        return f"{self.path.parent.name}/{self.path.name}"

    def is_for(self, asked: Parameters) -> bool:
        """Tell whether the path parameters of a request have the values that the file names."""
        return self.parameters.items() <= asked.items()


def chosen(files: Iterable[Filed], asked: Parameters, code: int | None, good: int) -> Filed | None:
    """Return the file that names most of what was asked for; among those, a success is first."""
    found = [each for each in files if each.is_for(asked) and code in {None, each.status}]
    return min(
        found,
        key=lambda each: (-len(each.parameters), each.status != good, each.file),
        default=None,
    )


def clashes(files: Iterable[Filed]) -> Iterator[Issue]:
    """List the files that are for the same as another one, with the same status."""
    taken: dict[tuple[object, int], Filed] = {}
    for each in sorted(files, key=lambda each: each.file):
        key = (frozenset(each.parameters.items()), each.status)
        other = taken.setdefault(key, each)
        if other is not each:
            told = f"is for the same parameters and status as {other.file}: keep one of them"
            yield Issue(each.path, None, "", told)


def read_filed(path: Path, folder: Path, endpoint: Endpoint) -> Filed:
    """Read one file of an operation's folder; raise `FixtureError` for its issues."""
    document = document_of(path, folder)
    return _File(document, endpoint).filed()


@dataclass(frozen=True, slots=True)
class _File:
    """A document on its way to an answer."""

    document: Document
    endpoint: Endpoint

    def error(self, *offences: tuple[str, str]) -> FixtureError:
        return FixtureError(flaws_of(self.document, offences))

    def filed(self) -> Filed:
        value = self.document.value
        if not isinstance(value, dict):
            raise self.error(("", f"must be a mapping with {', '.join(KEYS)}"))
        unknown = [key for key in value if key not in KEYS]
        if unknown:
            told = f"is not known; a fixture of an operation has {', '.join(KEYS)}"
            raise self.error(*((pointer([key]), told) for key in unknown))
        if "body" in value and "example" in value:
            raise self.error(("/example", "does not go with body: keep one of the two"))
        parameters = self.parameters(value.get("parameters", {}))
        status, body = self.status(value), value.get("body")
        if "example" in value:
            status, body = self.example(value)
        response = self.documented(status)
        media_type = self.media_type(value, status, response)
        empty = not {"body", "example"} & value.keys()
        self.check_body(body, media_type, status, parameters, empty=empty)
        description = value.get("description", "")
        if not isinstance(description, str):
            raise self.error(("/description", "must be a text"))
        return Filed(
            path=self.document.path,
            parameters=parameters,
            status=status,
            body=body,
            empty=empty,
            media_type=media_type.name if media_type else "",
            description=description,
            headers=self.headers(value.get("headers", {}), response),
        )

    def parameters(self, value: Json) -> Parameters:
        names = self.endpoint.parameters
        if not isinstance(value, dict):
            raise self.error(("/parameters", "must be a mapping of names to values"))
        for name, each in value.items():
            where = pointer(["parameters", name])
            if name not in names:
                there_is = f"there is {', '.join(names)}" if names else "the path has none"
                raise self.error((where, f"is no path parameter; {there_is}"))
            if isinstance(each, (dict, list)) or each is None:
                raise self.error((where, "must be a text or a number"))
        return {name: _text(each) for name, each in value.items()}

    def status(self, value: Item) -> int:
        status = value.get("status", self.endpoint.status)
        if not isinstance(status, int) or isinstance(status, bool):
            raise self.error(("/status", f"must be a status such as 200, not {shown(status)}"))
        return status

    def documented(self, status: int) -> Response:
        response = self.endpoint.operation.response(status)
        if response is None or not is_final(status) or status > 599:  # noqa: PLR2004 - the last
            keys = ", ".join(each.key for each in self.endpoint.operation.documented())
            raise self.error(("/status", f"must be a documented one ({keys}), not {status}"))
        return response

    def example(self, value: Item) -> tuple[int, Json]:
        """Return the example that a file names, of the status that it says, if it does."""
        code = self.status(value) if "status" in value else None
        there = [each for each in self.endpoint.examples if code in {None, each[0]}]
        for status, example in there:
            if example.name == value["example"]:
                return status, example.value
        names = ", ".join(example.name for _, example in there) or "none of this status"
        raise self.error(("/example", f"must name an example of the operation: {names}"))

    def media_type(self, value: Item, status: int, response: Response) -> MediaType | None:
        if "media_type" not in value:
            return self.endpoint.media_type(status)
        name = value["media_type"]
        for each in response.content.values():
            if isinstance(name, str) and essence(each.name) == essence(name):
                return each
        there_is = ", ".join(response.content) or "the status has none"
        raise self.error(("/media_type", f"must be a documented one ({there_is})"))

    def headers(self, value: Json, response: Response) -> Mapping[str, str]:
        if not isinstance(value, dict):
            raise self.error(("/headers", "must be a mapping of names to values"))
        documented = {name.lower(): header for name, header in response.headers.items()}
        for name, each in value.items():
            fault = _fault(name, each, documented.get(name.lower()))
            if fault:
                raise self.error((pointer(["headers", name]), fault))
        return {name: _text(each) for name, each in value.items()}

    def check_body(
        self,
        body: Json,
        media_type: MediaType | None,
        status: int,
        parameters: Parameters,
        *,
        empty: bool,
    ) -> None:
        """Hold the body against the contract, and name each offence where it was written."""
        if media_type is None:
            if not empty:
                raise self.error(("/body", f"is not documented for {status}: leave it out"))
            return
        if empty:
            raise self.error(("", f"needs a body or an example: {status} has {media_type.name}"))
        if not is_json(media_type.name):
            if not isinstance(body, str):
                raise self.error(("/body", f"must be a text, for {media_type.name}"))
            return
        owned, endpoint = body, self.endpoint
        if status == endpoint.status and endpoint.lists == isinstance(body, list):
            owned = endpoint.body([endpoint.owned(it, parameters) for it in endpoint.items(body)])
        offences = [*violations(media_type.schema, owned)]
        if status == endpoint.status:
            offences += untrue(endpoint, parameters, owned)
        if offences:
            raise self.error(*((f"/body{where}", told) for where, told in offences))


def _text(value: Json) -> str:
    """Write a value as it stands in a path or a header."""
    return value if isinstance(value, str) else json.dumps(value)


def _fault(name: str, value: Json, documented: Header | None) -> str:
    """Say what is wrong with a header, if anything is."""
    if not TOKEN.fullmatch(name):
        return "is no name of a header"
    if name.lower() in NOT_OURS:
        return "is set by the mock: leave it out (media_type sets Content-Type)"
    if isinstance(value, (dict, list)) or value is None:
        return "must be a text or a number"
    if not re.fullmatch(r"[\t\x20-\x7e\x80-\xff]*", _text(value)):
        return "must be a text of one line in Latin-1"
    schema = documented.schema if documented else None
    return next((told for _, told in violations(schema, value)), "")
