"""Finds the operation that a request is for, by the path templates of the document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import unquote

from find_webhook_kit.spec.operation import Operation

_PARAMETER: Final = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Match:
    """The operation of a request, and its path parameters as text, percent-decoded.

    Bytes that are not UTF-8 stand as Python's lone surrogates (`surrogateescape`).
    """

    operation: Operation
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NoMatch:
    """A request that is for no operation.

    `path` is the template of its path, which has the `methods`; None: the path is unknown.
    """

    path: str | None = None
    methods: tuple[str, ...] = ()


@dataclass(frozen=True)
class Template:
    """A path template, as `/pets/{id}.{format}`."""

    path: str

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(_PARAMETER.findall(self.path))

    @cached_property
    def rank(self) -> tuple[tuple[bool, ...], ...]:
        """The order in which templates are tried: at each segment, what is fixed comes first."""
        return tuple(
            (bool(_PARAMETER.search(part)), bool(_PARAMETER.fullmatch(part)))
            for part in self.path.split("/")
        )

    def parameters(self, path: str) -> Mapping[str, str] | None:
        """Return what a path (percent-encoded) has at each parameter, or None: it is another."""
        parts = path.split("/")
        if len(parts) != len(self._segments):
            return None
        values: list[str] = []
        for segment, part in zip(self._segments, parts, strict=True):
            if isinstance(segment, str):
                if segment != part and unquote(segment) != unquote(part):
                    return None
                continue
            found = segment.fullmatch(part)
            if found is None:
                return None
            values += found.groups()
        return {
            name: unquote(value, errors="surrogateescape")
            for name, value in zip(self.names, values, strict=True)
        }

    @cached_property
    def _segments(self) -> tuple[str | re.Pattern[str], ...]:
        return tuple(
            _pattern(part) if _PARAMETER.search(part) else part for part in self.path.split("/")
        )


def _pattern(part: str) -> re.Pattern[str]:
    """Write a segment as an expression: no parameter is empty, the last one takes what is left."""
    pieces = _PARAMETER.split(part)  # what is fixed, and between it the names
    fixed = [re.escape(piece) for piece in pieces[::2]]
    last = len(fixed) - 1
    groups = ["(.+)" if index == last else "(.+?)" for index in range(1, last + 1)]
    return re.compile(
        fixed[0] + "".join(a + b for a, b in zip(groups, fixed[1:], strict=True)), re.DOTALL
    )


class Routes:
    """The operations by path and method; a fixed path comes before a templated one."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._methods: dict[str, dict[str, Operation]] = {}
        for item in operations:
            self._methods.setdefault(item.path, {})[item.method] = item
        self._templates = sorted(map(Template, self._methods), key=lambda each: each.rank)

    def match(self, method: str, path: str) -> Match | NoMatch:
        for template in self._templates:
            parameters = template.parameters(path)
            if parameters is not None:
                methods = self._methods[template.path]
                operation = methods.get(method.upper())
                if operation is None:
                    return NoMatch(template.path, tuple(methods))
                return Match(operation, parameters)
        return NoMatch()
