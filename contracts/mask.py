"""Hides what nobody may read in a report: secrets in every spelling, and URLs."""

from __future__ import annotations

import html
import re
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from find_webhook_kit.contracts.wire.probe import OTHER_TOKEN_VARIABLE
from find_webhook_kit.contracts.wire.target import Target

GOT_LENGTH: Final = 80
LINE_LENGTH: Final = 300
SHOWN_LENGTH: Final = 4_000  # of a value that `--show-values` shows
SHORT: Final = 4  # characters: less is no secret, and would hide everything
MOST_LAYERS: Final = 4  # of encoding, one in another
LONG: Final = 8  # characters of a secret: more of it need not be there to give it away

# What steers a terminal, breaks a line, hides itself, or cannot be written; and the second half of
# `##`, with which a server could give orders to the pipelines of GitHub, Azure and TeamCity.
STEERING: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]|(?<=#)#"
)
# Combining marks that NFC would make one with the character before them; others belong to a script.
MARKS: Final = re.compile("[\u0300-\u036f\u3099\u309a]")
# An origin and what follows it, whatever the scheme, as it is, in JSON with escaped slashes, in a
# JSON pointer, or percent-encoded; a user and password before the host belong to what is cut.
URL: Final = re.compile(
    r"((?::|%3a)(?:\\?/|~1|%2f){2})([^\s/\"'?#@\\~%]*@)?([^\s/\"'?#@\\~%]+)"
    r"((?:\\?/|~1|%2f|[?#])[^\s\"]*)?",
    re.IGNORECASE,
)
# A character in another spelling: HTML, a URL (encoded once or more), JSON or Python, a shell;
# and what merely stands in front of a character to escape it.
SPELLED: Final = re.compile(
    r"&\#0*(?P<decimal>\d{1,7});|&\#x0*(?P<hexadecimal>[\da-f]{1,6});|&(?P<entity>[a-z]{2,6}\d?);"
    r"|%(?:25)*(?P<percent>[\da-f]{2})|\\{1,2}(?:u00|x)(?P<escape>[\da-f]{2})"
    r"|\\(?P<octal>[0-3][0-7]{2})|\\(?P<plain>[!-~])",
    re.IGNORECASE,
)
SMALL: Final = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
FOR_URLS: Final = {ord("-"): "+", ord("_"): "/"}
"""The two characters of base64 that a URL has in place of others (RFC 4648, section 5)."""


@dataclass(frozen=True, slots=True)
class Mask:
    """Hides secrets everywhere, and what URLs hold behind their origin.

    `secrets` are values beside the token that must not be shown, such as a gateway's key or the
    token before this one. `variable` names the token in a shell.
    """

    token: str = field(repr=False)
    show_values: bool = False
    secrets: tuple[str, ...] = field(default=(), repr=False)
    variable: str = "CONTRACT_TOKEN"
    other_token: str = field(default="", repr=False)

    @classmethod
    def of(cls, target: Target, *, show_values: bool) -> Mask:
        """Return what hides the secrets of a target."""
        other = target.other.token if target.other else ""
        return cls(target.token, show_values, target.secrets, target.client.token_variable, other)

    def text(self, text: str) -> str:
        """Put the token's variable where any run of its characters stands, in whatever spelling.

        A sign stands for other secrets. The variable's own name is left as it is.
        """
        pieces = re.split(rf"(\$\{{?(?:{self.variable}|CONTRACT_OTHER_TOKEN))", text)
        return "".join(
            piece if index % 2 else self._hidden(piece) for index, piece in enumerate(pieces)
        )

    def _hidden(self, text: str) -> str:
        kept: list[str] = []
        place = 0
        tokens = ((self.token, f"${self.variable}"), (self.other_token, OTHER_TOKEN_VARIABLE))
        for start, end, sign in _spans(text, _runs(tokens, self.secrets)):
            if start < place:  # two secrets share characters
                place = max(place, end)
                continue
            kept += [text[place:start], sign]
            place = end
        return "".join([*kept, text[place:]])

    def body(self, text: str, length: int) -> str:
        """As `text`, cut, with URLs cut to their origin unless values are shown, line by line."""
        plain = self.text(_ahead(text, length))
        return _cut(plain if self.show_values else URL.sub(_origin, plain), length)

    def line(self, text: str, length: int = LINE_LENGTH) -> str:
        """As `text`, cut, with what would steer its reader or break the line as an escape."""
        return _cut(_plain(self.text(_ahead(text, length))), length)

    def words(self, text: str, length: int = LINE_LENGTH) -> str:
        """As `line`, with URLs cut to their origin unless values are shown."""
        if self.show_values:
            return self.line(text, SHOWN_LENGTH)
        return _cut(URL.sub(_origin, _plain(self.text(_ahead(text, length)))), length)

    def value(self, text: str) -> str:
        """As `words`, for what a server said: 80 characters of it."""
        return self.words(text, GOT_LENGTH)


def _ahead(text: str, length: int) -> str:
    """Return as much of a text as can be shown once it got shorter; the rest is not looked at."""
    return text[: 4 * length + LINE_LENGTH]


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _plain(text: str) -> str:
    """Write out what would steer its reader, and what NFC would write in another way.

    So NFC and NFD of one text are told apart, which look the same and are not.
    """
    shown = STEERING.sub(_escape, text)
    if unicodedata.is_normalized("NFC", shown):
        return shown
    singles = {it for it in set(shown) if not unicodedata.is_normalized("NFC", it)}
    odd = MARKS if not singles else re.compile(f"{MARKS.pattern}|[{re.escape(''.join(singles))}]")
    return odd.sub(_escape, shown)


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - the BMP


def _origin(match: re.Match[str]) -> str:
    scheme, user, host, rest = match.groups()
    quote = "'" if rest and rest.endswith("'") else ""
    return f"{scheme}{'…@' if user else ''}{host}{'/…' if rest else ''}{quote}"


class Run(dict[str, str]):
    """Runs of one length, each with its sign, and the halves that may start anywhere in them."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: set[str] = set()


Runs = tuple[dict[int, Run], dict[int, Run]]
"""Runs of characters that give a secret away, and its sign, by their length: as they are, and
in base64. All characters are small."""


@cache
def _runs(tokens: tuple[tuple[str, str], ...], secrets: tuple[str, ...]) -> Runs:
    plain: dict[int, Run] = {}
    encoded: dict[int, Run] = {}
    for secret in _more(secrets):
        _list(secret, min(LONG, len(secret)), "…", (plain, encoded))
    for token, sign in tokens:
        if token:
            _list(token, min(LONG, len(token) - 1), sign, (plain, encoded))
    return plain, encoded


def _list(secret: str, telling: int, sign: str, runs: Runs) -> None:
    """Add the runs of a secret, of so many of its characters."""
    plain, encoded = runs
    length = max(SHORT, telling)
    content = secret.encode()
    # Backwards, too: the judge sends it so, and servers repeat what they were sent.
    for spelled in (secret, secret[::-1], _read(secret)[0], content.decode("latin-1")):
        _add(plain, spelled, max(SHORT, min(length, len(spelled))), sign)
    _add(plain, content.hex(), 2 * length, sign)
    for before in range(3):
        # Whole characters of base64 that depend on the secret alone, whatever stands around it.
        characters = b64encode(bytes(before) + content).decode()
        own = characters[-(-before * 8 // 6) : (before + len(content)) * 8 // 6]
        _add(encoded, own, (8 * length - 4) // 6, sign)


def _more(secrets: tuple[str, ...]) -> Iterator[str]:
    """List secrets, and the password in the credentials of the scheme Basic."""
    for secret in secrets:
        yield secret
        scheme, _, pair = secret.partition(" ")
        if scheme.lower() == "basic":
            try:
                yield b64decode(pair, validate=True).decode().partition(":")[2]
            except ValueError:
                continue


def _add(runs: dict[int, Run], secret: str, length: int, sign: str) -> None:
    text = secret.translate(SMALL)
    for start in range(len(text) - length + 1):
        run, part = text[start : start + length], length // 2
        signs = runs.setdefault(length, Run())
        signs[run] = sign
        signs.parts |= {run[place : place + part] for place in range(length - part + 1)}


def _spans(text: str, runs: Runs) -> list[tuple[int, int, str]]:
    """Find the runs in a text: where each starts and ends there, and its sign."""
    plain, encoded = runs
    found: list[tuple[int, int, str]] = []
    for characters, places in {(text.translate(SMALL), range(len(text) + 1)), _read(text)}:
        for spelled, wanted in ((characters, plain), (characters.translate(FOR_URLS), encoded)):
            found += [
                (places[start], places[end], sign) for start, end, sign in _runs_in(spelled, wanted)
            ]
    return _merged(found)


def _runs_in(text: str, wanted: dict[int, Run]) -> Iterator[tuple[int, int, str]]:
    for length, signs in wanted.items():
        if _may_hold(text, length, signs):
            for start in range(len(text) - length + 1):
                sign = signs.get(text[start : start + length])
                if sign is not None:
                    yield start, start + length, sign


def _merged(found: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Make one of those that overlap or touch and have one sign."""
    merged: list[tuple[int, int, str]] = []
    for start, end, sign in sorted(found):
        if merged and start <= merged[-1][1] and sign == merged[-1][2]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]), sign)
        else:
            merged.append((start, end, sign))
    return merged


def _may_hold(text: str, length: int, signs: Run) -> bool:
    """Tell whether a text may hold a run: where it does, one of its samples is a part of it.

    It is looked at in a few places only, as most texts hold none.
    """
    part = length // 2
    return any(
        text[start : start + part] in signs.parts
        for start in range(0, len(text) - part + 1, length - part + 1)
    )


def _read(text: str) -> tuple[str, Sequence[int]]:
    """Return the characters that a text spells, all small, and where each of them starts in it.

    What was encoded several times is decoded as often.
    """
    characters: str = text
    places: Sequence[int] = range(len(text) + 1)
    for _ in range(MOST_LAYERS):
        if not any(sign in characters for sign in "&%\\"):
            break
        characters, places = _decoded(characters, places)
    return characters.translate(SMALL), places


def _decoded(text: str, places: Sequence[int]) -> tuple[str, Sequence[int]]:
    characters: list[str] = []
    kept: list[int] = []
    place = 0
    for match in SPELLED.finditer(text):
        characters += text[place : match.start()]
        kept += places[place : match.start()]
        spelled = _spelled(match)
        characters += spelled
        kept += [places[match.start()]] * len(spelled)
        place = match.end()
    return "".join([*characters, text[place:]]), (*kept, *places[place:])


def _spelled(match: re.Match[str]) -> str:
    """Return the character that a spelling stands for."""
    name, value = match.lastgroup, str(match[str(match.lastgroup)])
    if name == "plain":
        return value
    if name == "entity":
        found = html.unescape(match.group())
        return found if len(found) == 1 else match.group()
    base = {"decimal": 10, "octal": 8}.get(str(name), 16)
    code = int(value, base)
    return chr(code) if code <= 0x10FFFF else match.group()  # noqa: PLR2004 - the last of Unicode
