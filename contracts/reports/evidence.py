"""Makes what came with a finding fit to be read by anybody, and no longer than anybody reads."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Final

from find_webhook_kit.contracts.finding import Evidence, Finding, Occurrence
from find_webhook_kit.contracts.mask import Mask
from find_webhook_kit.spec.secrets import masked_header

CURL: Final = 4_000  # characters of a curl line
BODY: Final = 200  # characters of the body
HEADERS: Final = 40


def masked(finding: Finding, mask: Mask) -> Finding:
    """Return a finding without secrets, in what came and where as in its words."""
    return replace(
        finding,
        message=mask.words(finding.message),
        expected=mask.words(finding.expected),
        got=mask.value(finding.got),
        pointer=mask.words(finding.pointer),
        instance=mask.line(finding.instance),
        curl=mask.line(finding.curl, CURL),
        hint=mask.words(finding.hint),
        came=finding.came and _evidence(finding.came, mask),
        occurrences=tuple(_occurrence(item, mask) for item in finding.occurrences),
    )


def _evidence(came: Evidence, mask: Mask) -> Evidence:
    headers = tuple((mask.line(name), header(name, value, mask)) for name, value in came.headers)
    return replace(came, headers=tuple(islice(headers, HEADERS)), body=mask.words(came.body, BODY))


def header(name: str, value: str, mask: Mask) -> str:
    """Return the value of a header as far as it may be shown."""
    return mask.line(masked_header(name, value))


def _occurrence(item: Occurrence, mask: Mask) -> Occurrence:
    return replace(item, instance=mask.line(item.instance), pointer=mask.words(item.pointer))


def size(finding: Finding) -> int:
    """Count the characters of what came with a finding, and of where it was met."""
    places = sum(len(item.instance) + len(item.pointer) for item in finding.occurrences)
    came = finding.came
    if came is None:
        return places
    return places + len(came.body) + sum(len(name) + len(value) for name, value in came.headers)
