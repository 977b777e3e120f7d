"""The exit codes of the judge."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes, in the words that the last line prints; `FAULT` is one of this program."""

    CONFORMS = 0
    DOES_NOT_CONFORM = 1
    USAGE = 2
    NOT_PROVEN = 3
    UNREACHABLE = 4
    FAULT = 70

    @property
    def words(self) -> str:
        return self.name.lower().replace("_", "-")
