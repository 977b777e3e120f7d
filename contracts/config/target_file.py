"""Reads a target file: what would be a long command line, as TOML, without the token."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from find_webhook_kit.contracts.config.flags import MOST_SHOWN, READERS
from find_webhook_kit.contracts.usage import UsageError, unknown
from find_webhook_kit.contracts.wire.gateway import NAME, gateway_header
from find_webhook_kit.contracts.wire.plain_file import Unreadable, toml
from find_webhook_kit.contracts.wording import cut
from find_webhook_kit.spec.meaning import rules


@dataclass(frozen=True, slots=True)
class TargetFile:
    """What a target file says: the URL, and values of flags by their names.

    `counts` tells how many items an instance should have, by its id.
    """

    url: str
    flags: Mapping[str, Any]
    counts: Mapping[str, int]
    token_variable: str


FILES: Final = ("contract", "rules", "ca_file", "cert", "key", "known_drift")
NAMED: Final = {
    "profile": "profile",
    "user": "user",
    "unknown_instance": "unknown_instance_id",
    "other_instance": "other_instance_id",
}
"""Texts that are values of flags, by the names that they have in a file."""

TEXTS: Final = ("url", "environment", "token_variable", "empty_instance", *NAMED)
SWITCHES: Final = ("strict", "unsafe_methods", "show_values")
TABLES: Final = ("instances", "params", "parameters", "credentials", "limits", "headers")
LISTS: Final = ("operations",)
LIMITS: Final = (
    "timeout",
    "max_time",
    "max_requests",
    "max_response_time",
    "max_examples",
    "rate_limit",
)
MOST: Final = 10**9
ITEMS: Final = "items"
"""What an instance should have is counted under this name, or that of the built-in rules."""


def read(path: Path) -> TargetFile:
    """Read a target file; raise `UsageError` with the file and the key for what is wrong."""
    reader = _FlagReader(path)
    return reader.target(reader.document())


class _FlagReader:
    """The file on its way to values of flags."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def error(self, key: str, reason: str) -> UsageError:
        return UsageError(
            f"{self.path}: {cut(key, MOST_SHOWN)}: {reason}" if key else f"{self.path}: {reason}"
        )

    def document(self) -> dict[str, Any]:
        try:
            return toml(self.path)
        except Unreadable as error:
            raise self.error("", str(error)) from None

    def target(self, document: Mapping[str, Any]) -> TargetFile:
        if "token" in document:
            raise self.error(
                "token", "a token does not belong in a file: name its variable as token_variable"
            )
        self.known(document, (*TEXTS, *FILES, *SWITCHES, *LISTS, *TABLES), "")
        flags = {
            **{flag: self.text(document, name) for name, flag in NAMED.items() if name in document},
            **({"environment": self.environment(document)} if "environment" in document else {}),
            **{name: self.path_of(document, name) for name in FILES if name in document},
            **{name: self.switch(document, name) for name in SWITCHES if name in document},
            **self.limits(self.table(document, "limits")),
            **self.headers(self.table(document, "headers")),
            **self.parameters(document),
            **self.credentials(self.table(document, "credentials")),
        }
        if "operations" in document:
            flags["operation"] = self.texts(document, "operations")
        counts = self.instances(document.get("instances", []))
        if "empty_instance" in document:
            empty = self.text(document, "empty_instance")
            if counts.get(empty):
                raise self.error("empty_instance", f"has {rules().items} by instances")
            counts[empty] = 0
        if counts:
            flags["instance_id"] = list(counts)
        return TargetFile(
            url=self.text(document, "url"),
            flags=MappingProxyType(flags),
            counts={name: count for name, count in counts.items() if count is not None},
            token_variable=self.variable(document, "token_variable"),
        )

    def known(self, table: Mapping[str, Any], names: tuple[str, ...], where: str) -> None:
        for name in table:
            if name not in names:
                raise self.error(f"{where}{name}", unknown(name, names))

    def text(self, table: Mapping[str, Any], name: str, where: str = "") -> str:
        value = table.get(name)
        if not isinstance(value, str) or not value:
            raise self.error(f"{where}{name}", "must be there, as a text in quotes")
        return value

    def variable(self, table: Mapping[str, Any], name: str) -> str:
        """Return a name that a shell can have for a variable."""
        if name not in table:
            return "CONTRACT_TOKEN"
        value = self.text(table, name)
        if not re.fullmatch(r"[A-Za-z_]\w{0,99}", value, re.ASCII):
            raise self.error(name, "must be the name of a variable, such as CONTRACT_TOKEN")
        return value

    def environment(self, table: Mapping[str, Any]) -> str:
        """Return what the target is called, as the flag would have it."""
        try:
            name: str = READERS["environment"](self.text(table, "environment"))
        except ArgumentTypeError as error:
            raise self.error("environment", str(error)) from None
        return name

    def path_of(self, table: Mapping[str, Any], name: str) -> Path:
        """Return a path; in a file it is relative to the file."""
        return self.path.parent / self.text(table, name)

    def switch(self, table: Mapping[str, Any], name: str) -> bool:
        value = table[name]
        if not isinstance(value, bool):
            raise self.error(name, "must be true or false")
        return value

    def table(self, document: Mapping[str, Any], name: str) -> dict[str, Any]:
        found = document.get(name, {})
        if not isinstance(found, dict):
            raise self.error(name, f"must be a table, [{name}]")
        return found

    def limits(self, table: Mapping[str, Any]) -> dict[str, Any]:
        self.known(table, LIMITS, "limits.")
        return {name: self.number(value, name) for name, value in table.items()}

    def number(self, value: object, name: str) -> Any:
        """Read a number as the flag of this name would."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error(f"limits.{name}", "must be a number")
        if isinstance(value, int) and abs(value) > MOST:
            raise self.error(f"limits.{name}", f"must not be above {MOST}")
        read: Callable[[str], Any] = READERS[name]
        try:
            return read(str(value))
        except ArgumentTypeError as error:
            raise self.error(f"limits.{name}", str(error)) from None

    def headers(self, table: Mapping[str, Any]) -> dict[str, Any]:
        return {"header": [self.header(table, name) for name in table]}

    def parameters(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return values of parameters as the flag has them; one may have several."""
        found = []
        for section in ("params", "parameters"):
            table = self.table(document, section)
            for name in table:
                values = self.texts(table, name, f"{section}.", one=True)
                found += [f"{name}={each}" for each in values]
        return {"param": found} if found else {}

    def credentials(self, table: Mapping[str, Any]) -> dict[str, Any]:
        """Return what security schemes are shown, as the flag has it."""
        found = [f"{name}={self.text(table, name, 'credentials.')}" for name in table]
        return {"credential": found} if found else {}

    def texts(
        self, table: Mapping[str, Any], name: str, where: str = "", *, one: bool = False
    ) -> list[str]:
        """Return a list of texts; where `one` may stand alone, or a number, as a list of it."""
        value = table[name]
        values = [str(value)] if one and isinstance(value, str | int | float) else value
        if isinstance(value, bool) and one:
            values = ["true" if value else "false"]
        if not isinstance(values, list) or not values or not all(map(_is_text, values)):
            what = "a text in quotes, or a list of them" if one else "a list of texts in quotes"
            raise self.error(f"{where}{name}", f"must be {what}")
        return values

    def header(self, table: Mapping[str, Any], name: str) -> str:
        """Return a header as the flag has it, once it is known to be one."""
        if NAME.fullmatch(name) is None:
            raise self.error(f"headers.{name}", "is not a name that HTTP allows")
        header = f"{name}: {self.text(table, name, 'headers.')}"
        try:
            gateway_header(header)
        except UsageError as error:
            raise self.error(f"headers.{name}", str(error)) from None
        return header

    def instances(self, listed: object) -> dict[str, int | None]:
        if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
            raise self.error("instances", "must be tables, [[instances]]")
        found: dict[str, int | None] = {}
        for index, item in enumerate(listed):
            where = f"instances[{index}]."
            known = rules().items
            name_of_count = ITEMS if ITEMS in item else known
            self.known(item, ("id", known, ITEMS), where)
            count = item.get(name_of_count)
            if isinstance(count, bool) or not isinstance(count, int | None):
                raise self.error(f"{where}{name_of_count}", "must be a whole number from 0 up")
            if not 0 <= (count or 0) <= MOST:
                reason = f"must be a whole number from 0 to {MOST}"
                raise self.error(f"{where}{name_of_count}", reason)
            name = self.text(item, "id", where)
            if found.get(name, count) != count:
                reason = f"stands there twice, with other numbers of {known}"
                raise self.error(f"{where}id", reason)
            found[name] = count
        return found


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)
