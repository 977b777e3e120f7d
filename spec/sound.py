"""Holds a document against the specification of OpenAPI 3.0, and names what breaks it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from jsonschema.exceptions import ValidationError
from jsonschema.validators import validator_for
from openapi_spec_validator import OpenAPIV30SpecValidator
from openapi_spec_validator.schemas import schema_v30
from openapi_spec_validator.validation.keywords import ValueValidator

from find_webhook_kit.spec.bundle import bundled, outside
from find_webhook_kit.spec.document import DocumentError
from find_webhook_kit.spec.references import References

MAX_TOLD: Final = 10
MAX_WORDS: Final = 160
_OPERATION: Final = re.compile(r"'([a-z]+)' operation in '([^']+)'")


def _refused(uri: str) -> Any:
    """Fetch nothing: what a document refers to is in it by now."""
    raise ValueError(f"the reference {uri!r} is not followed")


class _Offline(dict[str, Any]):
    """Has one answer for every scheme of a URI, so that none is left to the library."""

    def __contains__(self, _scheme: object) -> bool:
        return True

    def __missing__(self, _scheme: str) -> Any:
        return _refused


class _NoValues(ValueValidator):
    """Lets every default pass: a wrong one is no reason to refuse a document."""

    def __call__(self, *_args: Any, **_options: Any) -> Iterator[ValidationError]:
        return iter(())


class _Validator(OpenAPIV30SpecValidator):
    resolver_handlers: Any = _Offline()
    keyword_validators: Any = {  # noqa: RUF012 - as above
        **OpenAPIV30SpecValidator.keyword_validators,
        "default": _NoValues,
    }


class _Slow(_Validator):
    """Goes by the library that says what is wrong in each branch."""

    schema_validator: Any = validator_for(dict(schema_v30))(dict(schema_v30))


def check(references: References) -> None:
    """Raise `DocumentError` with the line and the place of each offence, and not all of many."""
    document: Any = bundled(references)
    _put_schemes_in_place(references, document)
    try:
        if next(_Validator(document).iter_errors(), None) is None:
            return
        found = list(islice(_offences(document), MAX_TOLD + 1))
    except Exception as error:  # noqa: BLE001 - whatever the library makes of such a document
        words = f"is not a document that openapi-spec-validator reads: {_short(str(error))}"
        raise references.root.error(words) from None
    if not found:
        return
    first, *others = _distinct(_told(references, each) for each in found[:MAX_TOLD])
    told = [f"line {row.line}: {row.where}: {row.reason}" for row in others]
    if len(found) > MAX_TOLD:
        told.append("and more")
    raise DocumentError(
        first.path, "; ".join([f"{first.where}: {first.reason}", *told]), first.line
    )


def _put_schemes_in_place(references: References, document: Any) -> None:
    """Put security schemes in place of references, which the library would not follow."""
    place = references.at("/components/securitySchemes")
    for name, node in place.children() if place is not None else ():
        if node.reference is not None:
            scheme = references.resolve(node)
            document["components"]["securitySchemes"][name] = scheme.value


class _Unsound(NamedTuple):
    path: Path
    line: int
    where: str
    reason: str


def _distinct(told: Iterable[_Unsound]) -> list[_Unsound]:
    """Leave out what is told twice: once with its place, once with none."""
    rows = list(dict.fromkeys(told))
    placed = {row.reason for row in rows if row.where != "/"}
    return [row for row in rows if row.where != "/" or row.reason not in placed]


def _told(references: References, error: ValidationError) -> _Unsound:
    """Return the line, the place and the words of an offence."""
    path = list(error.absolute_path)
    operation = _OPERATION.search(error.message)
    if not path and operation:
        path = ["paths", operation[2], operation[1]]
    node = outside(references, path)
    file = references.name(node.document)
    where = f"{file}#{node.pointer}" if file else node.pointer or "/"
    return _Unsound(node.document.path, node.line, where, _short(error.message))


def _offences(document: Any) -> Iterator[ValidationError]:
    """List what is wrong; a pattern that one engine does not read is no offence."""
    for error in _Slow(document).iter_errors():
        for leaf in _leaves(error):
            if not leaf.message.endswith("is not a 'regex'"):
                yield leaf


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """Go down to what is wrong in the branch that was meant: the one that was followed deepest.

    That an object is no reference is never what is wrong with it.
    """
    if not error.context:
        yield error
        return
    meant = [each for each in error.context if "'$ref' is a required" not in each.message]
    if error.validator == "oneOf":
        meant = _of_its_type(meant) or meant
    deepest = max(meant or error.context, key=lambda each: len(each.absolute_path))
    for each in error.context:
        same = len(each.absolute_path) == len(deepest.absolute_path)
        if same and each.schema_path[0] == deepest.schema_path[0]:
            yield from _leaves(each)


def _of_its_type(told: list[ValidationError]) -> list[ValidationError]:
    """Leave the alternatives whose `type` the value has; where it has none of them, name all."""
    other = {each.schema_path[0]: each for each in told if _is_type(each)}
    left = [each for each in told if each.schema_path[0] not in other]
    if not left and len(other) > 1:
        types = ", ".join(repr(each.validator_value[0]) for each in other.values())
        first = next(iter(other.values()))
        first.message = f"{first.instance!r} is not one of {types}"
        return [first]
    return left


def _is_type(error: ValidationError) -> bool:
    return error.validator == "enum" and list(error.relative_path) == ["type"]


def _short(text: str) -> str:
    text = text.partition("\n")[0]
    half = MAX_WORDS // 2
    return text if len(text) <= MAX_WORDS else f"{text[:half]} ... {text[-half:]}"
