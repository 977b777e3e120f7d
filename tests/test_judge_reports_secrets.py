"""No report holds the token, in whatever spelling, nor what a webhook URL holds."""

from __future__ import annotations

import html
import io
import json
from base64 import b64encode, urlsafe_b64encode
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest
from rich.console import Console
from verdicts import FINDING, MASK, OUTCOMES, TOKEN, VERDICT, everywhere, exchanged

from contracts.reports import Mask, publish
from contracts.target import target

SPELLINGS = {
    "plain": TOKEN,
    "percent-encoded": quote(TOKEN, safe=""),
    "percent-encoded, small letters": quote(TOKEN, safe="").lower(),
    "percent-encoded twice": quote(quote(TOKEN, safe=""), safe=""),
    "percent-encoded in full": "".join(f"%{ord(letter):02X}" for letter in TOKEN),
    "cut": TOKEN[:-1],
    "cut to eight letters": TOKEN[:8],
    "longer": f"{TOKEN}x",
    "JSON": json.dumps(TOKEN).replace("/", "\\/"),
    "JSON in escapes": "".join(f"\\u{ord(letter):04x}" for letter in TOKEN),
    "a header": f"Authorization: Bearer {TOKEN}",
    "upper case": TOKEN.upper(),
    "Basic": f"Basic {b64encode(TOKEN.encode()).decode()}",
    "Basic behind a user": f"Basic {b64encode(b'user:' + TOKEN.encode()).decode()}",
    "Basic before a password": f"Basic {b64encode(TOKEN.encode() + b':pass').decode()}",
    "base64 for URLs": urlsafe_b64encode(b"~?" + TOKEN.encode() + b"~?").decode(),
    "hexadecimal": TOKEN.encode().hex(),
    "HTML": html.escape(TOKEN),
    "XML": escape(TOKEN),
    "across the cut": "x" * 75 + TOKEN,
}


@pytest.mark.parametrize("show_values", [False, True])
@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_token_stands_nowhere(tmp_path: Path, spelling: str, show_values: bool) -> None:  # noqa: FBT001
    """Every renderer puts the variable in its place, on request for whole values too."""
    verdict = replace(
        VERDICT,
        target=target(f"http://127.0.0.1:9/{quote(TOKEN)}", token=TOKEN, instance_ids=("crm",)),
        outcomes=(replace(OUTCOMES[1], findings=(everywhere(f"a {spelling} b"),)),),
        stopped=spelling,
        diagnosis=f"because {spelling}",
        exchanges=(exchanged(spelling),),
    )
    out = io.StringIO()
    publish(
        verdict,
        Mask(TOKEN, show_values=show_values),
        console=Console(file=out),
        folder=tmp_path,
        environment={"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")},
    )
    (tmp_path / "screen").write_text(out.getvalue())
    written = {file.name: file.read_text() for file in tmp_path.iterdir()}

    assert 8 == len(written)
    for name, content in written.items():
        plain = html.unescape(content).replace("\\", "").lower()
        assert TOKEN[:8].lower() not in plain, name
        assert spelling.removeprefix("x" * 75)[-9:].lower() not in plain, name
        assert name == "report.schema.json" or "$contract_token" in plain


def test_variable_of_the_token_is_left_as_it_is() -> None:
    """A curl line still runs where the token is a word of its variable."""
    curl = 'curl -H "Authorization: Bearer ${CONTRACT_TOKEN%?}" http://h/$CONTRACT_TOKEN'

    assert curl == Mask("token").text(curl)
    assert curl == Mask("contract").text(curl)


def test_token_of_three_letters_is_no_secret() -> None:
    """Hiding it would hide everything."""
    assert "a cat" == Mask("cat").text("a cat")


def test_other_texts_are_left_as_they_are() -> None:
    """What shares seven letters with the token is none."""
    assert TOKEN[:7] == MASK.text(TOKEN[:7])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://hooks.example.com/secret?t=1", "https://hooks.example.com/…"),
        ("HTTPS://hooks.example.com:8443/a b", "HTTPS://hooks.example.com:8443/… b"),
        ("http://hooks.example.com?t=1", "http://hooks.example.com/…"),
        ("https://me:secret@hooks.example.com", "https://…@hooks.example.com"),
        ("https://hooks.example.com", "https://hooks.example.com"),
        (r'"https:\/\/hooks.example.com\/secret"', r'"https:\/\/hooks.example.com/…"'),
        ("/0/https:~1~1hooks.example.com~1secret", "/0/https:~1~1hooks.example.com/…"),
        ("https%3A%2F%2Fhooks.example.com%2Fsecret", "https%3A%2F%2Fhooks.example.com/…"),
    ],
)
def test_webhook_urls_end_at_their_origin(text: str, shown: str) -> None:
    """A webhook URL is a secret: whoever knows it can post to it."""
    assert shown == MASK.value(text)
    assert shown == MASK.words(text)
    assert text == replace(MASK, show_values=True).value(text)


def test_values_are_cut_to_80_characters() -> None:
    """Also those that hold a URL and the token; on request they are shown."""
    assert '{"url": "https://hooks.example.com/… $CONTRACT_TOKEN"}' == MASK.value(FINDING.got)
    assert 80 == len(MASK.value("x" * 500))
    assert "x" * 500 == replace(MASK, show_values=True).value("x" * 500)


def test_answers_cannot_steer_a_terminal() -> None:
    """Escape codes, line breaks, direction marks and what hides itself are written out."""
    text = "a\x1b[31m\nb\N{RIGHT-TO-LEFT OVERRIDE}\N{ZERO WIDTH SPACE}\U000e0041\ud800##[x"

    assert "a\\u001b[31m\\u000ab\\u202e\\u200b\\U000e0041\\ud800#\\u0023[x" == MASK.value(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("caf\xe9", "caf\xe9"),
        ("cafe\u0301", "cafe\\u0301"),
        ("cafe\u0301 \u092e\u0947", "cafe\\u0301 \u092e\u0947"),
        ("\u092e\u0947", "\u092e\u0947"),
        ("\u304b\u3099", "\u304b\\u3099"),
        ("A\u030a", "A\\u030a"),
        ("\u212b", "\\u212b"),
    ],
)
def test_forms_of_unicode_are_shown_apart(text: str, shown: str) -> None:
    """A letter and its mark look like one letter; a script that needs its marks keeps them."""
    assert shown == MASK.line(text)
    assert shown == MASK.words(text)
    assert shown == MASK.value(text)
