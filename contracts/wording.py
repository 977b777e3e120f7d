"""Writes numbers of things, and what is too long, for people."""

from collections.abc import Iterable


def counted(counts: Iterable[tuple[str, int]]) -> str:
    """Count findings in words: `1 error, 2 warnings, 0 notes`."""
    return ", ".join(numbered(count, severity) for severity, count in counts)


def numbered(count: int, noun: str) -> str:
    """Write a number of things: `1 error`, `2 errors`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def cut(text: str, length: int) -> str:
    """Write the beginning of a text, with a sign that there is more."""
    return text if len(text) <= length else f"{text[:length]}…"
