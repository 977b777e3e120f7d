"""Holds a document against the specification of OpenAPI 3.0, and names what breaks it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from jsonschema.exceptions import ValidationError
from openapi_spec_validator import OpenAPIV30SpecValidator
from openapi_spec_validator.validation.keywords import ValueValidator

from find_webhook_kit.spec.bundle import bundled, outside
from find_webhook_kit.spec.document import DocumentError
from find_webhook_kit.spec.references import References

MAX_TOLD: Final = 10
MAX_WORDS: Final = 160
_OPERATION: Final = re.compile(r"'([a-z]+)' operation in '([^']+)'")


class _NoValues(ValueValidator):
    """Lets every default pass: a wrong one is no reason to refuse a document."""

    def __call__(self, *_args: Any, **_options: Any) -> Iterator[ValidationError]:
        return iter(())


class _Validator(OpenAPIV30SpecValidator):
    resolver_handlers: Any = {}  # noqa: RUF012 - as its parent has it; nothing is fetched
    keyword_validators: Any = {  # noqa: RUF012 - as above
        **OpenAPIV30SpecValidator.keyword_validators,
        "default": _NoValues,
    }


def check(references: References) -> None:
    """Raise `DocumentError` with the line and the place of each offence, and not all of many."""
    document: Any = bundled(references)
    try:
        found = list(islice(_Validator(document).iter_errors(), MAX_TOLD + 1))
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        words = f"is not a document that openapi-spec-validator reads: {_short(str(error))}"
        raise references.root.error(words) from None
    if not found:
        return
    first, *others = dict.fromkeys(_told(references, each) for each in found[:MAX_TOLD])
    told = [f"line {line}: {where}: {reason}" for line, where, reason in others]
    if len(found) > MAX_TOLD:
        told.append("and more")
    line, where, reason = first
    raise DocumentError(
        references.root.document.path, "; ".join([f"{where}: {reason}", *told]), line
    )


def _told(references: References, error: ValidationError) -> tuple[int, str, str]:
    """Return the line, the place and the words of an offence."""
    leaf = _leaf(error)
    path = list(leaf.absolute_path)
    operation = _OPERATION.search(leaf.message)
    if not path and operation:
        path = ["paths", operation[2], operation[1]]
    node = outside(references, path)
    file = references.name(node.document)
    where = f"{file}#{node.pointer}" if file else node.pointer or "/"
    return node.line, where, _short(leaf.message)


def _leaf(error: ValidationError) -> ValidationError:
    """Go down to what is wrong in the branch that was meant: the one that was followed deepest.

    That an object is no reference is never what is wrong with it.
    """
    while error.context:
        meant = [each for each in error.context if "'$ref' is a required" not in each.message]
        error = max(meant or error.context, key=lambda each: len(each.absolute_path))
    return error


def _short(text: str) -> str:
    text = text.partition("\n")[0]
    half = MAX_WORDS // 2
    return text if len(text) <= MAX_WORDS else f"{text[:half]} ... {text[-half:]}"
