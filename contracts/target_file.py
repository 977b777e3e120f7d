"""Reads a target file: what would be a long command line, as TOML, without the token."""

from __future__ import annotations

import difflib
import tomllib
from argparse import ArgumentTypeError
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from contracts.flags import READERS
from contracts.usage import UsageError


@dataclass(frozen=True, slots=True)
class TargetFile:
    """What a target file says: the URL, and values of flags by their names.

    `webhooks` tells how many webhooks an instance should have, by its id.
    """

    url: str
    flags: Mapping[str, Any]
    webhooks: Mapping[str, int]
    token_variable: str


TEXTS: Final = (
    "url",
    "token_variable",
    "unknown_instance",
    "empty_instance",
    "other_instance",
    "profile",
)
FILES: Final = ("ca_file", "known_drift")
SWITCHES: Final = ("strict", "unsafe_methods", "show_values")
TABLES: Final = ("instances", "limits", "headers")
LIMITS: Final = (
    "timeout",
    "max_time",
    "max_requests",
    "max_response_time",
    "max_examples",
    "rate_limit",
)
INSTANCE: Final = ("id", "webhooks")


def read(path: Path) -> TargetFile:
    """Read a target file; raise `UsageError` with the file and the key for what is wrong."""
    reader = _Reader(path)
    return reader.target(reader.document())


class _Reader:
    """The file on its way to values of flags."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def error(self, key: str, reason: str) -> UsageError:
        return UsageError(f"{self.path}: {key}: {reason}" if key else f"{self.path}: {reason}")

    def document(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.path.read_text(encoding="utf-8"))
        except OSError as error:
            raise self.error("", f"cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise self.error("", "is not UTF-8") from None
        except tomllib.TOMLDecodeError as error:
            raise self.error("", f"is not TOML: {error}") from None

    def target(self, document: Mapping[str, Any]) -> TargetFile:
        if "token" in document:
            raise self.error(
                "token", "a token does not belong in a file: name its variable as token_variable"
            )
        self.known(document, (*TEXTS, *FILES, *SWITCHES, *TABLES), "")
        flags = {
            **{name: self.text(document, name) for name in ("profile",) if name in document},
            **{name: self.path_of(document, name) for name in FILES if name in document},
            **{name: self.switch(document, name) for name in SWITCHES if name in document},
            **self.limits(document.get("limits", {})),
            **self.headers(document.get("headers", {})),
        }
        webhooks = self.instances(document.get("instances", []))
        if "empty_instance" in document:
            webhooks[self.text(document, "empty_instance")] = 0
        if webhooks:
            flags["instance_id"] = list(webhooks)
        if "unknown_instance" in document:
            flags["unknown_instance_id"] = self.text(document, "unknown_instance")
        if "other_instance" in document:
            flags["other_instance_id"] = self.text(document, "other_instance")
        return TargetFile(
            url=self.text(document, "url"),
            flags=MappingProxyType(flags),
            webhooks={name: count for name, count in webhooks.items() if count is not None},
            token_variable=self.text(document, "token_variable")
            if "token_variable" in document
            else "CONTRACT_TOKEN",
        )

    def known(self, table: Mapping[str, Any], names: tuple[str, ...], where: str) -> None:
        for name in table:
            if name not in names:
                close = difflib.get_close_matches(name, names, 1)
                hint = f"did you mean {close[0]}?" if close else f"there is {', '.join(names)}"
                raise self.error(f"{where}{name}", f"is not known; {hint}")

    def text(self, table: Mapping[str, Any], name: str, where: str = "") -> str:
        value = table.get(name)
        if not isinstance(value, str) or not value:
            raise self.error(f"{where}{name}", "must be there, as a text in quotes")
        return value

    def path_of(self, table: Mapping[str, Any], name: str) -> Path:
        """Return a path; in a file it is relative to the file."""
        return self.path.parent / self.text(table, name)

    def switch(self, table: Mapping[str, Any], name: str) -> bool:
        value = table[name]
        if not isinstance(value, bool):
            raise self.error(name, "must be true or false")
        return value

    def limits(self, table: object) -> dict[str, Any]:
        if not isinstance(table, dict):
            raise self.error("limits", "must be a table, [limits]")
        self.known(table, LIMITS, "limits.")
        return {name: self.number(value, name) for name, value in table.items()}

    def number(self, value: object, name: str) -> Any:
        """Read a number as the flag of this name would."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error(f"limits.{name}", "must be a number")
        read: Callable[[str], Any] = READERS[name]
        try:
            return read(str(value))
        except ArgumentTypeError as error:
            raise self.error(f"limits.{name}", str(error)) from None

    def headers(self, table: object) -> dict[str, Any]:
        if not isinstance(table, dict):
            raise self.error("headers", "must be a table, [headers]")
        return {"header": [f"{name}: {self.text(table, name, 'headers.')}" for name in table]}

    def instances(self, listed: object) -> dict[str, int | None]:
        if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
            raise self.error("instances", "must be tables, [[instances]]")
        found: dict[str, int | None] = {}
        for index, item in enumerate(listed):
            where = f"instances[{index}]."
            self.known(item, INSTANCE, where)
            count = item.get("webhooks")
            if isinstance(count, bool) or not isinstance(count, int | None) or (count or 0) < 0:
                raise self.error(f"{where}webhooks", "must be a whole number from 0 up")
            found[self.text(item, "id", where)] = count
        return found
