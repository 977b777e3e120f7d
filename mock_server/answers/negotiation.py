"""Reads Accept headers as leniently as clients write them, and validators as RFC 9110 says."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from werkzeug.http import parse_etags

from find_webhook_kit.mock_server.answers.endpoint import Endpoint, writable
from find_webhook_kit.mock_server.answers.errors import NotAcceptable, PreconditionFailed
from find_webhook_kit.mock_server.answers.response import Reply
from find_webhook_kit.spec.success import essence, ranges_of

MAX_VIEWS: Final = 64
WORTH_PACKING: Final = 1000
"""Bytes below which gzip saves nothing that anyone notices."""

_GZIP: Final = ("gzip", "x-gzip", "*")
_NOT_MODIFIED_DROPS: Final = frozenset({"Content-Type"})
_PACKED: Final = "-gzip"

# No quantifier can give back what it took, so that no header takes long to read.
_QUOTED: Final = r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)'
_ELEMENT: Final = re.compile(rf'(?:{_QUOTED}|[^,"])++')
_PART: Final = re.compile(rf'(?:{_QUOTED}|[^;"])++')
_WEIGHT: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")


class Views:
    """One endpoint as clients take its answers, its media types in the order of their Accept.

    Where each answer has one media type, there is one view.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        listed = [writable(response) for response in endpoint.operation.documented()]
        self._names = tuple(dict.fromkeys(item.name for each in listed for item in each))
        self._is_one = all(len(each) <= 1 for each in listed)
        self._known: dict[tuple[str, ...], Endpoint] = {}

    def of(self, accept: Sequence[str]) -> Endpoint:
        """Return the endpoint as the Accept headers like it."""
        if self._is_one:
            return self._endpoint
        accepts = ranked(accept, self._names)
        found = self._known.get(accepts)
        if found is None:
            found = replace(self._endpoint, accepts=accepts)
            if len(self._known) < MAX_VIEWS:
                self._known[accepts] = found
        return found

    def check(self, accept: Sequence[str], status: int | None) -> None:
        """Raise `NotAcceptable` where a status, else a success, has a body and none of its types.

        An answer without a body is acceptable to everybody.
        """
        listed = self._endpoint.media_types(status or self._endpoint.status)
        names = tuple(item.name for item in listed)
        if names and not ranked(accept, names):
            raise NotAcceptable(names)


def ranked(accept: Sequence[str], media_types: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of the media types that the Accept headers allow, the best first."""
    ranges = _weights(",".join(accept))
    if not ranges:
        return media_types
    # A blunt `*` comes from Java's own client, which has sent it since before RFC 9110.
    weights = {name: _quality(ranges, (*ranges_of(essence(name)), "*")) for name in media_types}
    allowed = [name for name, weight in weights.items() if weight > 0]
    return tuple(sorted(allowed, key=lambda name: -weights[name]))


def _quality(weights: Mapping[str, float], names: Sequence[str]) -> float:
    """Return the weight of the first name that has one."""
    return next((weights[name] for name in names if name in weights), 0.0)


@lru_cache(maxsize=64)
def _weights(header: str) -> Mapping[str, float]:
    """Read a list of names with weights, each with the highest that it stands there with.

    A parameter such as `charset=utf-8` narrows nothing that JSON could tell apart.
    """
    weights: dict[str, float] = {}
    for element in _ELEMENT.findall(header):
        name, _, parameters = element.partition(";")
        name = name.strip(" \t").lower()
        if name:
            weights[name] = max(_weight(_PART.findall(parameters)), weights.get(name, 0.0))
    return weights


def _weight(parameters: Sequence[str]) -> float:
    """Return the weight among parameters; what is none (`q=high`, `q=`) takes nothing away."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip(" \t").lower() == "q":
            number = value.strip(' \t"')
            return float(number) if _WEIGHT.fullmatch(number) else 1.0
    return 1.0


def is_packed(content: bytes, accept_encoding: str) -> bool:
    """Say whether a body is worth packing and goes to somebody who takes gzip."""
    return len(content) >= WORTH_PACKING and _quality(_weights(accept_encoding), _GZIP) > 0


def etag(content: bytes, *, packed: bool) -> str:
    """Return the validator of a body, which is another one where its bytes are packed."""
    return f'"{hashlib.sha256(content).hexdigest()[:20]}{_PACKED if packed else ""}"'


def validated(reply: Reply, *, if_match: str, if_none_match: str) -> Reply:
    """Refuse a body to those who want another one (412), and spare it those who have it (304).

    Whoever has it packed has it, and the reverse.
    """
    wanted, had = _compared(reply.headers["ETag"], if_match, if_none_match)
    if not wanted:
        raise PreconditionFailed(cacheable=reply.cacheable)
    if not had:
        return reply
    headers = {key: reply.headers[key] for key in reply.headers if key not in _NOT_MODIFIED_DROPS}
    return replace(reply, status=304, content=b"", headers=headers)


def check_unchanged(content: bytes, *, if_match: str, if_none_match: str) -> None:
    """Raise `PreconditionFailed` where a write is for another body than the one that is there.

    RFC 9110, sections 13.1.1 and 13.1.2: a star names whatever is there.
    """
    wanted, had = _compared(etag(content, packed=False), if_match, if_none_match)
    if not wanted:
        raise PreconditionFailed
    if had:
        raise PreconditionFailed(header="If-None-Match")


def _compared(validator: str, if_match: str, if_none_match: str) -> tuple[bool, bool]:
    """Say whether the one header names a body, packed or not, and whether the other does."""
    plain = validator.strip('"').removesuffix(_PACKED)
    tags = (plain, plain + _PACKED)
    wanted, had = parse_etags(if_match or "*"), parse_etags(if_none_match)
    return any(tag in wanted for tag in tags), any(map(had.contains_weak, tags))


def packed(reply: Reply) -> Reply:
    """Compress a body; without a time in it, the same body makes the same bytes."""
    content = gzip.compress(reply.content, mtime=0)
    return replace(reply, content=content).with_headers({"Content-Encoding": "gzip"})
