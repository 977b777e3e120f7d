"""Reads the file of an instance, and refuses one that breaks the contract."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Final, cast

from find_webhook_kit.mock_server.answers.endpoint import Endpoint, Item, Parameters
from find_webhook_kit.mock_server.answers.fixtures import (
    BUILT_IN,
    Fixture,
    FixtureError,
    Issue,
    Listed,
    NamedExample,
    Steps,
    composed,
    shown,
)
from find_webhook_kit.mock_server.answers.standing import PreferencesError, Standing, standing
from find_webhook_kit.spec import Document, DocumentError, Json, Schema, pointer, read

SUFFIXES: Final = (".yaml", ".yml", ".json")
STATES: Final = ("answer", "sequence")
"""What a fixture may say instead of a list; `items` of the rules names the list."""
KEYS: Final = ("instance", "description", "prefer", "repeat", "writable", *STATES)
MAX_REPEAT: Final = 10_000
MAX_ANSWER: Final = 16 * 1024 * 1024
MAX_ISSUES: Final = 100


def is_fixture(name: str) -> bool:
    """Say whether a file's name is that of a fixture, not of what an editor puts beside one."""
    return name.lower().endswith(SUFFIXES) and not name.startswith((".", "#", "~"))


def read_fixture(path: Path, folder: Path, endpoint: Endpoint) -> Fixture:
    """Read one file of a folder; raise `FixtureError` for its issues."""

    def look(beginning: Document) -> None:
        """Stop where a long file begins with more issues than are told; else read all of it."""
        try:
            _fixture(beginning, endpoint)
        except FixtureError as error:
            if len(error.issues) > MAX_ISSUES:
                raise

    return _fixture(document_of(path, folder, look), endpoint)


def names_in(folder: Path) -> list[str]:
    """List what is in a folder, sorted; raise `FixtureError` where it cannot be read."""
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 - thousands of paths are slow to make
    except OSError as error:
        raise _refused(folder, f"cannot be read as a folder: {error.strerror}") from None


def _refused(path: Path, reason: str) -> FixtureError:
    return FixtureError((Issue(path, None, "", reason),))


def document_of(
    path: Path, folder: Path, look: Callable[[Document], None] | None = None
) -> Document:
    """Read a file that stands in a folder; raise `FixtureError` where it cannot be read."""
    if os.fsencode(path) != str(path).encode("utf-8", "replace"):
        raise _refused(path, "has a name that is not UTF-8: rename it")
    try:
        # What came with the installation may be links, as some installers have it.
        return read(path, None if folder == BUILT_IN else folder, look)
    except DocumentError as error:
        unread = isinstance(error.__context__, OSError)
        raise FixtureError((Issue(path, error.line, "", error.reason),), unread) from None


def flaws_of(document: Document, offences: Iterable[tuple[str, str]]) -> tuple[Issue, ...]:
    """List the issues at places of a document, each once, and not all of very many."""
    issues = [
        Issue(document.path, document.line(where), where, told)
        for where, told in islice(dict.fromkeys(offences), MAX_ISSUES)
    ]
    if len(issues) == MAX_ISSUES:  # or all of them, of which nobody knows
        more = f"these are its first {MAX_ISSUES} issues, there may be more"
        issues.append(Issue(document.path, None, "", more))
    return tuple(issues)


def _fixture(document: Document, endpoint: Endpoint) -> Fixture:
    """Turn one document into a fixture; a bare list is a recorded body."""
    value = document.value
    if isinstance(value, list):
        value, root = {endpoint.rules.items: value}, ""
    else:
        root = f"/{endpoint.rules.items}"
    source = _Source(document, endpoint, root)
    if not isinstance(value, dict):
        raise source.error(("", f"must be a list of {endpoint.rules.items} or a mapping"))
    source.check_keys(value)
    instance = source.text(value, "instance", composed(document.path.stem))
    return Fixture(
        instance=instance,
        path=document.path,
        description=source.text(value, "description", instance),
        state=source.state(value, instance),
        prefer=source.prefer(value),
        writable=source.writable(value),
    )


@dataclass(frozen=True, slots=True)
class _Source:
    """A document on its way to a fixture; `root` is the pointer of its list."""

    document: Document
    endpoint: Endpoint
    root: str

    def error(self, *offences: tuple[str, str]) -> FixtureError:
        """Build the error for places and reasons, each once."""
        return FixtureError(flaws_of(self.document, offences))

    @property
    def items(self) -> str:
        return self.endpoint.rules.items

    def check_keys(self, value: Item) -> None:
        known, choices = (*KEYS, self.items), (self.items, *STATES)
        unknown = [
            (pointer([key]), f"is not known; a fixture has {', '.join(known)}")
            for key in value
            if key not in known
        ]
        if unknown:
            raise self.error(*unknown)
        states = [key for key in choices if key in value]
        if len(states) > 1 or not (states or {"prefer", "writable"} & value.keys()):
            raise self.error(("", f"needs exactly one of {', '.join(choices)}"))
        if "repeat" in value and states != [self.items]:
            raise self.error(("/repeat", f"goes with {self.items} alone"))

    def text(self, value: Item, key: str, default: str) -> str:
        text = value.get(key, default)
        if not isinstance(text, str) or not text:
            raise self.error((f"/{key}", "must be a text (quote it if it looks like a number)"))
        return text

    def writable(self, value: Item) -> bool:
        written = value.get("writable", False)
        if not isinstance(written, bool):
            raise self.error(("/writable", "must be true or false"))
        if written and {"answer", "sequence"} & value.keys():
            raise self.error(("/writable", f"goes with {self.items} alone"))
        return written

    def state(self, value: Item, instance: str) -> Listed | NamedExample | Steps:
        if "answer" in value:
            return NamedExample(self.example(value["answer"]))
        if "sequence" in value:
            steps = tuple(self.instances(value["sequence"]))
            lines = (self.document.line(f"/sequence/{index}") for index in range(len(steps)))
            return Steps(steps, tuple(lines))
        if self.items not in value and value.get("writable") is True:
            return Listed(())  # until somebody writes to it
        if self.items not in value:
            found = [self.owned(item, instance) for item in self.endpoint.first_items]
            return Listed(tuple(cast("list[Item]", found)))
        return Listed(tuple(self.listed(value, instance)))

    def prefer(self, value: Item) -> Standing:
        text = value.get("prefer", "")
        if not isinstance(text, str):
            told = 'must be a text, such as "lie=server-error, delay=2000"'
            raise self.error(("/prefer", f"{told}, not {shown(text)}"))
        try:
            return standing(text, [self.endpoint])
        except PreferencesError as error:
            raise self.error(("/prefer", f"cannot be honoured. {error}")) from None

    def example(self, name: Json) -> str:
        names = [
            example.name
            for status, example in self.endpoint.examples
            if status != self.endpoint.status
        ]
        if not isinstance(name, str) or name not in names:
            raise self.error(("/answer", f"must name an error example: {', '.join(names)}"))
        return name

    def instances(self, steps: Json) -> Iterator[str]:
        if not isinstance(steps, list) or not steps:
            raise self.error(("/sequence", "must be a list of instances"))
        for index, step in enumerate(steps):
            if not isinstance(step, str):
                raise self.error((f"/sequence/{index}", "must be an instance"))
            yield step

    def listed(self, value: Item, instance: str) -> list[Item]:
        written = value[self.items]
        if not isinstance(written, list):
            raise self.error((self.root, f"must be a list of {self.items}"))
        items = written
        if "repeat" in value:
            count = self.count(value["repeat"])
            self.check_size(written, count)
            items = _repeated(written, count)
        body = [self.owned(item, instance) for item in items]
        self.check_body(body, instance, len(written) or 1)
        return cast("list[Item]", body)

    def owned(self, item: Json, instance: str) -> Json:
        """Give an item its owner; where the file leaves it out, in the contract's place."""
        owner, names = self.endpoint.rules.owner, self.endpoint.properties
        if owner not in names or not isinstance(item, dict):
            return item
        if not isinstance(item.get(owner, ""), str):
            return item  # for the schema to refuse
        if owner in item:
            return {**item, owner: instance}
        before = names[: names.index(owner)]
        return {key: item[key] for key in before if key in item} | {owner: instance} | item

    def count(self, repeat: Json) -> int:
        if not isinstance(repeat, int) or isinstance(repeat, bool) or not 0 < repeat <= MAX_REPEAT:
            raise self.error(("/repeat", f"must be a number from 1 to {MAX_REPEAT}"))
        return repeat

    def check_size(self, items: list[Json], count: int) -> None:
        """Refuse a few lines that make an answer of gigabytes."""
        size = sum(len(json.dumps(item)) for item in items)
        if items and size * count > MAX_ANSWER * len(items):
            raise self.error(("/repeat", f"makes an answer of more than {MAX_ANSWER} bytes"))

    def check_body(self, body: list[Json], instance: str, written: int) -> None:
        """Hold the body against the contract, and name each offence where it was written."""
        asked = {self.endpoint.rules.tenant: instance}
        told = chain(violations(self.endpoint.schema, body), untrue(self.endpoint, asked, body))
        # Items that repeat have the same issues at the same place.
        some = islice(told, MAX_ISSUES * max(1, len(body) // written))
        if found := [(self.place(where, written), words) for where, words in some]:
            raise self.error(*found)

    def place(self, where: str, written: int) -> str:
        """Translate a pointer into the answer to one into the file, where items may repeat."""
        _, index, *rest = where.split("/") if where else ("", "")
        if not index:
            return self.root
        return self.root + "/".join(["", str(int(index) % written), *rest])


def violations(schema: Schema | None, value: Json) -> Iterator[tuple[str, str]]:
    """List where a value does not fit its schema, and what it must be there."""
    for found in schema.violations(value) if schema else ():
        required = found.keyword == "required"
        yield found.pointer, found.message if required else _wanted(found.expected, found.instance)


def untrue(endpoint: Endpoint, asked: Parameters, body: Json) -> Iterator[tuple[str, str]]:
    """List where a success cannot be true of what was asked for, likewise."""
    for found in endpoint.offences(asked, body):
        yield found.pointer, _wanted(found.expected, found.got)


def _wanted(expected: str, got: Json) -> str:
    return f"must be {expected}, not {shown(got)}"


def _repeated(items: Sequence[Json], count: int) -> list[Json]:
    """Repeat the items to a count, with their 1-based number in place of `{n}`."""
    return [_numbered(items[index % len(items)], index + 1) for index in range(count) if items]


def _numbered(value: Json, number: int) -> Json:
    if isinstance(value, str):
        return value.replace("{n}", str(number))
    if isinstance(value, list):
        return [_numbered(item, number) for item in value]
    if isinstance(value, dict):
        return {key: _numbered(item, number) for key, item in value.items()}
    return value
