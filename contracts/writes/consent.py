"""Who may be written to: a named scratch instance, and on another machine a host named twice."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from find_webhook_kit.contracts import streams
from find_webhook_kit.contracts.usage import UsageError, is_text
from find_webhook_kit.contracts.wire.target import Target
from find_webhook_kit.contracts.writes.journal import folder
from find_webhook_kit.contracts.writes.run import Consent

ALONE: Final = (("scratch_instance", "--scratch-instance"), ("yes_write_to", "--yes-write-to"))
"""Flags that mean nothing without --writes."""


def check_flags(values: Mapping[str, Any]) -> None:
    """Refuse half a consent; raise `UsageError`."""
    if not values["writes"]:
        for name, flag in ALONE:
            if values[name]:
                raise UsageError(f"{flag} needs --writes: nothing is written without both")
        if values["settle"]:
            raise UsageError("--settle needs --writes: nothing else waits for a write")
        return
    if not values["scratch_instance"]:
        raise UsageError("--writes needs --scratch-instance ID: an instance that nobody else uses")
    if not is_text(values["scratch_instance"]):
        raise UsageError("--scratch-instance is not UTF-8")
    if values.get("selftest"):
        raise UsageError("--writes and --selftest: give one of them")


def consent(values: Mapping[str, Any], judged: Target, report_dir: Path | None) -> Consent:
    """Return the consent to write to a target; raise `UsageError` where there is none."""
    if not judged.loopback or judged.proxy is not None:
        _ask_for_host(judged, values["yes_write_to"])
    elif values["yes_write_to"]:
        _compare("--yes-write-to", values["yes_write_to"], judged)
    return Consent(
        instance=values["scratch_instance"],
        journal=folder(report_dir),
        settle=values["settle"],
    )


def _ask_for_host(judged: Target, given: str) -> None:
    """Have the host named again, by the flag or by somebody at a terminal."""
    if given:
        _compare("--yes-write-to", given, judged)
        return
    if sys.stdin is None or not sys.stdin.isatty():
        told = "nobody is at a terminal to be asked"
        raise UsageError(
            f"--writes: {judged.name} is another machine, and {told}: "
            f"give --yes-write-to {judged.name}"
        )
    streams.complain(
        f"contract-test: --writes creates, changes and deletes on {judged.url}\n"
        "contract-test: type the name of the host to go on: "
    )
    _compare("what was typed", sys.stdin.readline().strip(), judged)


def _compare(what: str, given: str, judged: Target) -> None:
    if given.lower().removesuffix(".") != judged.name.lower():
        raise UsageError(
            f"--writes: {what} is not the host of BASE_URL, {judged.name}: nothing was sent"
        )
