"""Reads Accept headers as RFC 9110, section 12.5.1 says."""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from mock_server.refusals import NotAcceptable


def check(accept: Sequence[str], media_types: Sequence[str]) -> None:
    """Raise `NotAcceptable` when the Accept headers leave out every one of the media types."""
    wanted = ",".join(accept).strip(" ,\t")
    if not wanted:
        return
    # A parameter such as `charset=utf-8` narrows nothing that JSON could tell apart.
    ranges = MIMEAccept(
        [
            (name.partition(";")[0].strip(), quality)
            for name, quality in parse_accept_header(wanted, MIMEAccept)
        ]
    )
    if not any(ranges.quality(name) for name in media_types):
        raise NotAcceptable(tuple(media_types))
