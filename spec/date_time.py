"""Tells an RFC 3339 date-time from everything that only looks like one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

import jsonschema_rs

from find_webhook_kit.spec.document import Json

_LIBRARY: Final = jsonschema_rs.Draft4Validator({"format": "date-time"}, validate_formats=True)
_LEAP: Final = re.compile(r"(?<=:)60(?=[.Zz+-])")


def is_date_time(text: str) -> bool:
    """Tell whether a text is a date-time of RFC 3339, section 5.6.

    The library knows the calendar. It takes a sign for the first digit of a year, and a leap
    second on any day, where the RFC has it at the end of a month alone (section 5.7).
    """
    if not _LIBRARY.is_valid(text) or not text[0].isdigit():
        return False
    if not _LEAP.search(text):
        return True
    second = moment(text)
    return second is None or (second + timedelta(seconds=1)).day == 1


def moment(value: Json) -> datetime | None:
    """Read an RFC 3339 date-time, or return None where Python's calendar has no such moment.

    A leap second counts as the second before it.
    """
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(_LEAP.sub("59", value.upper())).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
