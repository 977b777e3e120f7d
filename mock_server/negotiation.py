"""Reads Accept headers and validators as RFC 9110 says."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header, parse_etags

from mock_server.refusals import NotAcceptable
from mock_server.reply import Reply

WORTH_PACKING: Final = 1000
"""Bytes below which gzip saves nothing that anyone notices."""

_NOT_MODIFIED_DROPS: Final = frozenset({"Content-Type"})


def check(accept: Sequence[str], media_types: tuple[str, ...]) -> None:
    """Raise `NotAcceptable` when the Accept headers leave out every one of the media types."""
    wanted = ",".join(accept).strip(" ,\t")
    if wanted and not _accepts(wanted, media_types):
        raise NotAcceptable(media_types)


@lru_cache(maxsize=64)
def _accepts(wanted: str, media_types: tuple[str, ...]) -> bool:
    # A parameter such as `charset=utf-8` narrows nothing that JSON could tell apart.
    ranges = MIMEAccept(
        [
            (name.partition(";")[0].strip(), quality)
            for name, quality in parse_accept_header(wanted, MIMEAccept)
        ]
    )
    return any(ranges.quality(name) for name in media_types)


def etag(content: bytes) -> str:
    """Return the validator of a body; a weak one, because gzip makes other bytes of it."""
    return f'W/"{hashlib.sha256(content).hexdigest()[:20]}"'


def validated(reply: Reply, if_none_match: str) -> Reply:
    """Take the body away from those who have it already (304)."""
    opaque = reply.headers["ETag"].removeprefix('W/"').removesuffix('"')
    if not if_none_match or not parse_etags(if_none_match).contains_weak(opaque):
        return reply
    headers = {key: reply.headers[key] for key in reply.headers if key not in _NOT_MODIFIED_DROPS}
    return replace(reply, status=304, content=b"", headers=headers)


def packed(reply: Reply, accept_encoding: str) -> Reply:
    """Compress a body for those who ask for gzip."""
    if len(reply.content) < WORTH_PACKING or not parse_accept_header(accept_encoding)["gzip"]:
        return reply
    # Without a time in it, the same body makes the same bytes.
    return replace(
        reply,
        content=gzip.compress(reply.content, mtime=0),
        headers={**reply.headers, "Content-Encoding": "gzip"},
    )
