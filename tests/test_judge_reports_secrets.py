"""No report holds the token, in whatever spelling, nor what a webhook URL holds."""

from __future__ import annotations

import html
import io
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest
from rich.console import Console
from verdicts import FINDING, MASK, OUTCOMES, TOKEN, VERDICT, everywhere, exchanged

from find_webhook_kit.contracts.reports import Mask, publish
from find_webhook_kit.contracts.wire.bearer import Bearer
from find_webhook_kit.contracts.wire.gateway import gateway_header
from find_webhook_kit.contracts.wire.proxy import proxy
from find_webhook_kit.contracts.wire.target import target

SPELLINGS = {
    "plain": TOKEN,
    "percent-encoded": quote(TOKEN, safe=""),
    "percent-encoded, small letters": quote(TOKEN, safe="").lower(),
    "percent-encoded twice": quote(quote(TOKEN, safe=""), safe=""),
    "percent-encoded in full": "".join(f"%{ord(character):02X}" for character in TOKEN),
    "cut": TOKEN[:-1],
    "cut to eight characters": TOKEN[:8],
    "longer": f"{TOKEN}x",
    "JSON": json.dumps(TOKEN).replace("/", "\\/"),
    "JSON in escapes": "".join(f"\\u{ord(character):04x}" for character in TOKEN),
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
    """What shares seven characters with the token is none."""
    assert TOKEN[:7] == MASK.text(TOKEN[:7])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://hooks.example.com/secret?t=1", "https://hooks.example.com/…"),
        ("HTTPS://hooks.example.com:8443/a b", "HTTPS://hooks.example.com:8443/… b"),
        ("http://hooks.example.com?t=1", "http://hooks.example.com/…"),
        ("https://me:secret@hooks.example.com", "https://…@hooks.example.com"),
        ("https://hooks.example.com", "https://hooks.example.com"),
        ("wss://hooks.example.com/secret", "wss://hooks.example.com/…"),
        ("amqp://me:secret@hooks.example.com/secret", "amqp://…@hooks.example.com/…"),
        ("'https://hooks.example.com/a'secret'", "'https://hooks.example.com/…'"),
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


LONG = "A1b2-C3d4_E5f6+G7h8/I9j0=K"
"""A secret whose every run of eight characters tells something."""


@pytest.mark.parametrize("mask", [Mask(LONG), Mask("t", secrets=(LONG,))], ids=["token", "other"])
@pytest.mark.parametrize(
    "spell",
    [
        str,
        str.upper,
        lambda text: quote(text, safe=""),
        lambda text: quote(quote(text, safe=""), safe=""),
        lambda text: "".join(f"%{ord(character):02x}" for character in text),
        lambda text: "".join(f"&#{ord(character)};" for character in text),
        lambda text: "".join(f"&#x{ord(character):X};" for character in text),
        lambda text: "".join(f"\\u{ord(character):04x}" for character in text),
        lambda text: "".join(f"\\\\x{ord(character):02x}" for character in text),
        lambda text: "".join(f"\\{ord(character):03o}" for character in text),
        lambda text: text.encode().hex(),
        lambda text: b64encode(text.encode()).decode(),
        lambda text: b64encode(b"a" + text.encode()).decode(),
        lambda text: b64encode(b"ab" + text.encode() + b"cd").decode(),
        lambda text: urlsafe_b64encode(b"ab" + text.encode()).decode().rstrip("="),
    ],
)
def test_any_eight_letters_of_a_secret_are_hidden(mask: Mask, spell: Callable[[str], str]) -> None:
    """Without its start, its end, or both, however it is spelled."""
    parts = [LONG[start : start + 8] for start in range(len(LONG) - 7)]

    assert [] == [part for part in parts if spell(part) in mask.text(f"x {spell(part)} y")]
    assert [] == [part for part in parts if len(mask.text(f"x {spell(part)} y")) > 5 + 22]


def test_what_stands_between_two_secrets_is_kept() -> None:
    """Only they go, each with its sign."""
    mask = Mask("token-12345", secrets=("gateway-key",), variable="CHAT_TOKEN")

    assert "a=$CHAT_TOKEN b=… c" == mask.text("a=token-12345 b=gateway-key c")
    assert "$CHAT_TOKEN…" == mask.text("token-12345gateway-key")


def test_variable_hides_no_secret_behind_it() -> None:
    """What a server says may start with a dollar sign."""
    assert "$$CONTRACT_TOKEN" == Mask("token-12345").text("$token-12345")
    assert "$CONTRACT_TOKEN$CONTRACT_TOKEN" == Mask("token-12345").text(
        "$CONTRACT_TOKENtoken-12345"
    )


@pytest.mark.parametrize(
    "secret", ["a%2Fb%2Fc%2F", r"a\x41\x42\x43", "a&amp;b&lt;c", r"\\\"\'-x-y"]
)
def test_secret_that_looks_encoded_is_hidden_as_it_is(secret: str) -> None:
    """And decoded, and encoded once more."""
    mask = Mask(secret)

    assert "$CONTRACT_TOKEN" == mask.text(secret)
    assert secret not in mask.text(f"x {quote(secret, safe='')} y")
    assert quote(secret, safe="") not in mask.text(f"x {quote(secret, safe='')} y")
    assert json.dumps(secret)[1:-1] not in mask.text(json.dumps(secret))


def test_password_of_basic_credentials_is_hidden_by_itself() -> None:
    """A server that decodes a gateway's header may tell what it found."""
    basic = f"Basic {b64encode(b'user:pass-word').decode()}"

    assert "user …" == Mask("t", secrets=(basic,)).text("user pass-word")


def test_secrets_of_a_target_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gateway's key, a proxy's password, and the token before this one."""
    monkeypatch.setenv("KEY", "k-12345678")
    chosen = proxy(
        "http://me:pass-w%40rd@proxy:1", scheme="https", host="h", port=443, loopback=False
    )
    judged = replace(
        target("https://h", token=Bearer("new-token", past=["old-token"]), instance_ids=("a",)),
        headers=(gateway_header("X-A: id=$KEY"), gateway_header("X-B: plain-secret")),
        proxy=chosen,
    )
    told = "k-12345678 id= pass-w@rd pass-w%40rd plain-secret old-token new-token"

    assert "… id= … … … … $CONTRACT_TOKEN" == Mask.of(judged, show_values=True).text(told)


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
    """A character and its mark look like one; a script that needs its marks keeps them."""
    assert shown == MASK.line(text)
    assert shown == MASK.words(text)
    assert shown == MASK.value(text)


def test_token_of_four_letters_is_a_secret() -> None:
    """It is hidden; cut by one character it hides nothing, as it would hide words."""
    assert "a $CONTRACT_TOKEN" == Mask("cats").text("a cats")
    assert "a cat" == Mask("cats").text("a cat")
