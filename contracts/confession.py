"""What this program tells of a fault of its own: a trace, without any secret that it was given."""

from __future__ import annotations

import os
import shlex
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from find_webhook_kit.contracts.config.configuration import Configuration
from find_webhook_kit.contracts.mask import Mask
from find_webhook_kit.contracts.usage import UsageError
from find_webhook_kit.contracts.wire.gateway import gateway_header
from find_webhook_kit.contracts.wire.proxy import proxy
from find_webhook_kit.contracts.wire.target import Target

PROXIES: Final = ("http_proxy", "https_proxy", "all_proxy")


Told = Mapping[str, Any] | Configuration | Target
"""What a run knows: first the flags, then what they come to with a file, then the target."""


def confession(told: Sequence[Told]) -> str:
    """Return the trace of the exception that is being handled."""
    return _mask(told).text(traceback.format_exc())


def _mask(told: Sequence[Told]) -> Mask:
    mask, secrets = _of_flags({}, "CONTRACT_TOKEN"), [*_given({})]
    for item in told:
        if isinstance(item, Target):
            mask = Mask.of(item, show_values=False)
        else:
            values, variable = _read(item)
            mask = _of_flags(values, variable)
            secrets += _given(values)
    return replace(mask, secrets=tuple(filter(None, (*mask.secrets, *secrets))))


def _read(item: Mapping[str, Any] | Configuration) -> tuple[Mapping[str, Any], str]:
    if not isinstance(item, Configuration):
        return item, "CONTRACT_TOKEN"
    return item.values, item.file.token_variable if item.file else "CONTRACT_TOKEN"


def _of_flags(values: Mapping[str, Any], variable: str) -> Mask:
    return Mask(
        values.get("token") or os.environ.get(variable, ""),
        variable=variable,
        other_token=values.get("other_token") or os.environ.get("CONTRACT_OTHER_TOKEN", ""),
    )


def _given(values: Mapping[str, Any]) -> Iterator[str]:
    """List what flags and the environment hold, whatever has become of it."""
    for name in ("CONTRACT_TOKEN", "CONTRACT_OTHER_TOKEN"):
        yield os.environ.get(name, "")
    for name in ("token", "other_token"):
        yield values.get(name) or ""
    for text in values.get("header") or ():
        yield from _of_header(text)
    for name in PROXIES:
        yield from _of_proxy(os.environ.get(name, ""))
        yield from _of_proxy(os.environ.get(name.upper(), ""))
    yield from _of_proxy(values.get("proxy") or "")
    with suppress(ValueError):
        yield from shlex.split(values.get("token_command") or "")[1:]


def _of_header(text: str) -> tuple[str, ...]:
    try:
        return gateway_header(text).secrets
    except UsageError:
        return (text.partition(":")[2].strip(),)


def _of_proxy(url: str) -> tuple[str, ...]:
    try:
        found = proxy(url, scheme="http", host="", port=0, loopback=False)
    except UsageError:
        return (url,)
    return found.secrets if found else ()
