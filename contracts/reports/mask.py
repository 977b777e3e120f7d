"""Hides what nobody may read in a report: the token in every spelling, and webhook URLs."""

from __future__ import annotations

import html
import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from contracts.exchange import OTHER_TOKEN_VARIABLE, TOKEN_VARIABLE
from contracts.finding import Finding
from contracts.target import Target

GOT_LENGTH: Final = 80
LINE_LENGTH: Final = 300
CURL_LENGTH: Final = 4_000
SHOWN_LENGTH: Final = 4_000  # of a value that `--show-values` shows
SHORT: Final = 4  # letters: less is no secret, and would hide everything
LONG: Final = 8  # letters of a secret: more of it need not be there to give it away

# What steers a terminal, breaks a line, hides itself, or cannot be written; and the second half of
# `##`, with which a server could give orders to the pipelines of GitHub, Azure and TeamCity.
STEERING: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]|(?<=#)#"
)
# Combining marks that NFC would make one with the letter before them; others belong to a script.
MARKS: Final = re.compile("[\u0300-\u036f\u3099\u309a]")
# An origin and what follows it, as it is, in JSON with escaped slashes, in a JSON pointer, or
# percent-encoded; a user and password before the host belong to what is cut.
URL: Final = re.compile(
    r"(https?(?::|%3a)(?:\\?/|~1|%2f){2})([^\s/\"'?#@\\~%]*@)?([^\s/\"'?#@\\~%]+)"
    r"((?:\\?/|~1|%2f|[?#])[^\s\"']*)?",
    re.IGNORECASE,
)
VARIABLE: Final = re.compile(r"(\$\{?CONTRACT_(?:OTHER_)?TOKEN)")


@dataclass(frozen=True, slots=True)
class Mask:
    """Hides the token everywhere, and what webhook URLs hold behind their origin.

    `secrets` are other values that must not be shown, such as a gateway's key.
    """

    token: str
    show_values: bool = False
    secrets: tuple[str, ...] = ()
    other_token: str = ""

    @classmethod
    def of(cls, target: Target, *, show_values: bool) -> Mask:
        """Return what hides the secrets of a target."""
        headers = tuple(header.wire for header in target.headers)
        return cls(target.token, show_values, headers, target.other.token if target.other else "")

    def text(self, text: str) -> str:
        """Put the token's variable where the token stands, in whatever spelling, cut or whole."""
        pieces = VARIABLE.split(text)
        return "".join(
            piece if index % 2 else self._hidden(piece) for index, piece in enumerate(pieces)
        )

    def _hidden(self, text: str) -> str:
        text = _hidden(text, self.token, TOKEN_VARIABLE, _telling(self.token))
        if self.other_token:
            telling = _telling(self.other_token)
            text = _hidden(text, self.other_token, OTHER_TOKEN_VARIABLE, telling)
        for secret in self.secrets:
            text = _hidden(text, secret, "…", min(len(secret), LONG))
        return text

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

    def finding(self, finding: Finding) -> Finding:
        """Return a finding that is fit to be read by anybody."""
        return replace(
            finding,
            message=self.words(finding.message),
            expected=self.words(finding.expected),
            got=self.value(finding.got),
            pointer=self.words(finding.pointer),
            instance=self.line(finding.instance),
            curl=self.line(finding.curl, CURL_LENGTH),
        )


def _ahead(text: str, length: int) -> str:
    """Return as much of a text as can be shown once it got shorter; the rest is not looked at."""
    return text[: 4 * length + LINE_LENGTH]


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _plain(text: str) -> str:
    """Write out what would steer its reader, and the marks of letters that are not composed.

    So NFC and NFD of one text are told apart, which look the same and are not.
    """
    shown = STEERING.sub(_escape, text)
    return shown if unicodedata.is_normalized("NFC", shown) else MARKS.sub(_escape, shown)


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - the BMP


def _origin(match: re.Match[str]) -> str:
    scheme, user, host, rest = match.groups()
    return f"{scheme}{'…@' if user else ''}{host}{'/…' if rest else ''}"


def _hidden(text: str, secret: str, sign: str, telling: int) -> str:
    heads = _heads(secret, telling)
    kept, place = [], 0
    while heads and (found := heads.search(text, place)):
        kept += [text[place : found.start()], sign]
        place = found.end()
        tail = list(_disguises(secret))[int(str(found.lastgroup)[1:])][telling:]
        for letter in tail:
            more = _letter(letter).match(text, place)
            if more is None:
                break
            place = more.end()
    return "".join([*kept, text[place:]])


def _telling(token: str) -> int:
    """Return how many letters of the token give it away, however it goes on."""
    return max(SHORT, min(LONG, len(token) - 1))


@cache
def _heads(secret: str, telling: int) -> re.Pattern[str] | None:
    """Find where a secret starts, as it is or encoded; what is too short to be one is none."""
    heads = [
        f"(?P<s{index}>{''.join(_letter(letter).pattern for letter in text[:telling])})"
        for index, text in enumerate(_disguises(secret))
        if len(text) >= telling >= SHORT
    ]
    first = "".join(re.escape(text[:1]) for text in _disguises(secret))
    return re.compile(f"(?=[{first}\\\\%&])(?:{'|'.join(heads)})", re.IGNORECASE) if heads else None


def _disguises(secret: str) -> Iterator[str]:
    """List what a secret looks like: itself, in hexadecimal, and in base64 behind any letters."""
    content = secret.encode()
    yield secret
    yield content.hex()
    for before in range(3):
        encoded = b64encode(bytes(before) + content).decode()
        own = encoded[-(-before * 8 // 6) : (before + len(content)) * 8 // 6]
        yield own
        yield own.replace("+", "-").replace("/", "_")


@cache
def _letter(letter: str) -> re.Pattern[str]:
    """Match a letter in every spelling, the longest first: HTML, a URL, JSON or Python, plain."""
    code = ord(letter)
    spellings = (
        *([re.escape(html.escape(letter))] if html.escape(letter) != letter else []),
        rf"&#0*{code};",
        rf"&#x0*{code:x};",
        rf"%(?:25)*{code:02x}",
        rf"\\{{1,2}}(?:u00|x){code:02x}",
        rf"\\{{0,3}}{re.escape(letter)}",
    )
    return re.compile(f"(?:{'|'.join(spellings)})", re.IGNORECASE)
