"""A file of accepted deviations hides what it names, for as long as it says, and nothing beside."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from liars.bend import both, drop, items, lists, put
from liars.honest import KNOWN_IDS, TOKEN, UNKNOWN_ID, speak
from liars.server import Speaker, serving
from network import Network

from find_webhook_kit.contracts.__main__ import main
from find_webhook_kit.contracts.config.known_drift import read_known_drift, update_known_drift
from find_webhook_kit.contracts.config.options import Depth, Options
from find_webhook_kit.contracts.finding import Severity
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.reports import Mask
from find_webhook_kit.contracts.usage import UsageError
from find_webhook_kit.contracts.verdict import Verdict
from find_webhook_kit.contracts.wire.gateway import GatewayHeader
from find_webhook_kit.contracts.wire.target import target

TODAY = date(2026, 6, 1)
QUICK = Options(max_examples=0, repetitions=5, unsafe_methods=True, depth=Depth.QUICK)
ASKED = target("http://127.0.0.1", token=TOKEN, instance_ids=KNOWN_IDS, unknown_id=UNKNOWN_ID)
URL_GONE = """
[[accepted]]
clause = "body.200.url"
message = "[].url is required and absent"
place = "/*/url"
instance = "*"
reason = "the old gateway hides it"
owner = "team chat"
expires = 2026-06-01
"""


def judged(speaker: Speaker, path: Path, *, today: date = TODAY, strict: bool = False) -> Verdict:
    known = read_known_drift(path, today) if path.exists() else None
    options = replace(QUICK, strict=strict, known_drift=known)
    return judge(ASKED, options, world=Network(speaker).world)


def written(folder: Path, text: str) -> Path:
    path = folder / "known-drift.toml"
    path.write_text(text, encoding="utf-8")
    return path


WITHOUT_URL = items(drop("url"))


def test_accepted_deviation_is_a_note_that_says_so(tmp_path: Path) -> None:
    """The run passes, and nobody forgets what was accepted, by whom and until when."""
    found = judged(WITHOUT_URL, written(tmp_path, URL_GONE), strict=True)

    assert 0 == found.exit_code
    words = "accepted until 2026-06-01 by team chat: the old gateway hides it"
    assert [("[].url is required and absent", words)] == [
        (item.message, item.hint) for item in found.findings
    ]


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(drop("name"), id="another member is missing"),
        pytest.param(put("url", 7), id="the member is there, with a wrong type"),
        pytest.param(put("enabled", "yes"), id="another member is wrong"),
    ],
)
def test_nothing_beside_the_accepted_deviation_is_hidden(tmp_path: Path, edit: object) -> None:
    """Not another member of the same object, nor another offence of the same member."""
    found = judged(items(edit), written(tmp_path, URL_GONE))  # type: ignore[arg-type]  # an edit

    assert 1 == found.exit_code


@pytest.mark.parametrize(("instance", "code"), [("*", 0), ("crm", 1)])
def test_entry_may_be_about_one_instance(tmp_path: Path, instance: str, code: int) -> None:
    """What was accepted for one is not accepted for the others."""
    path = written(tmp_path, URL_GONE.replace('instance = "*"', f'instance = "{instance}"'))

    assert code == judged(WITHOUT_URL, path).exit_code


def test_expired_entry_hides_nothing_and_is_reported(tmp_path: Path) -> None:
    """On the day after, the deviation counts again."""
    found = judged(WITHOUT_URL, written(tmp_path, URL_GONE), today=date(2026, 6, 2))

    assert 1 == found.exit_code
    assert {"body.200.url": Severity.ERROR, "run.known-drift": Severity.WARNING} == {
        item.clause: item.severity for item in found.findings
    }


def test_entry_that_no_longer_occurs_is_reported(tmp_path: Path) -> None:
    """A file that only grows is read by nobody."""
    found = judged(speak, written(tmp_path, URL_GONE), strict=True)

    assert 0 == found.exit_code
    words = "an accepted deviation no longer occurs: remove it (team chat)"
    assert [f"{words}: [].url is required and absent"] == [item.message for item in found.findings]


def test_update_writes_what_was_found_for_somebody_to_review(tmp_path: Path) -> None:
    """Each deviation and instance once, sorted, and nothing is accepted before it has a reason."""
    path = tmp_path / "known-drift.toml"
    update_known_drift(path, judged(items(drop("url"), put("headers", {})), path), TODAY)
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["accepted"]

    assert [
        (clause, place, instance)
        for clause, place in (("body.200.undeclared", "/*/headers"), ("body.200.url", "/*/url"))
        for instance in ("bare", "crm", "shop")
    ] == [(item["clause"], item["place"], item["instance"]) for item in entries]
    assert {date(2026, 8, 30)} == {item["expires"] for item in entries}
    with pytest.raises(UsageError, match="entry 1: reason is empty"):
        read_known_drift(path, TODAY)


def test_update_keeps_reasons_and_drops_what_is_gone(tmp_path: Path) -> None:
    """Somebody's words survive for as long as they are needed."""
    path = written(tmp_path, URL_GONE)
    update_known_drift(path, judged(WITHOUT_URL, path), TODAY)
    kept = path.read_text(encoding="utf-8")
    update_known_drift(path, judged(speak, path), TODAY)

    assert 'reason = "the old gateway hides it"' in kept
    assert 1 == kept.count("[[accepted]]")
    assert "[[accepted]]" not in path.read_text(encoding="utf-8")


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    """Quotes, control characters and characters beyond the BMP survive the file."""
    odd = '"\\\x7f\x01\N{PILE OF POO}\n'
    path = tmp_path / "known-drift.toml"
    speaker = items(put(odd, 1), when=both(lists, lists))
    update_known_drift(path, judged(speaker, path), TODAY)
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["accepted"]

    assert {f"[].{odd} is not documented"} == {item["message"] for item in entries}


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("[[accepted]]", "[[acepted]]", "holds entries [[accepted]] and nothing else"),
        ('clause = "body', 'klause = "body', "entry 1: klause is not known; did you mean clause?"),
        ('owner = "team chat"', 'owner = " "', "entry 1: owner is empty"),
        ('owner = "team chat"', "owner = 7", "entry 1: owner must be a text"),
        ("expires = 2026-06-01", 'expires = "2026-06-01"', "expires must be a date such as"),
        ("expires = 2026-06-01", "", "entry 1: expires is missing"),
        ("[[accepted]]", "[[accepted]", "is not TOML"),
    ],
)
def test_mistake_in_the_file_names_entry_and_key(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    """A file that is half understood would hide more than anybody meant."""
    path = written(tmp_path, URL_GONE.replace(old, new))

    with pytest.raises(UsageError) as refusal:
        read_known_drift(path, TODAY)

    assert str(refusal.value).startswith(f"--known-drift {path}: ")
    assert reason in str(refusal.value)


def test_absent_file_is_told_with_how_to_make_it(tmp_path: Path) -> None:
    """Who names a file that is not there yet reads which flag writes it."""
    with pytest.raises(UsageError, match="No such file or directory; --update-known-drift beside"):
        read_known_drift(tmp_path / "known.toml")


SECRETS = {
    "the token": TOKEN,
    "the token in another case": TOKEN.upper(),
    "a webhook URL": "https://hooks.example.com/t0p-secret-path",
    "a gateway's key": "k-81f3-gateway",
}


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_file_holds_no_secret_and_accepts_what_it_says(tmp_path: Path, secret: str) -> None:
    """It is meant for git; and what it names in place of a secret is what it accepts."""
    path = tmp_path / "known-drift.toml"
    speaker = items(lambda item: item.update({f"x-{secret}": 1}))
    asked = replace(ASKED, headers=(GatewayHeader("X-Gw", "k-81f3-gateway", "k-81f3-gateway"),))
    options = replace(QUICK, strict=True)
    update_known_drift(path, judge(asked, options, world=Network(speaker).world), TODAY)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('= ""', '= "known"').replace('place = "known"', 'place = ""'))
    known = read_known_drift(path, TODAY, Mask.of(asked, show_values=False))
    found = judge(asked, replace(options, known_drift=known), world=Network(speaker).world)

    assert secret.rpartition("/")[2].lower() not in text.lower()
    assert 0 == found.exit_code
    assert {Severity.NOTE} == {item.severity for item in found.findings}


def test_entry_of_before_the_mask_is_still_one(tmp_path: Path) -> None:
    """A file that holds a URL in full accepts what it accepted."""
    secret = "https://hooks.example.com/path"
    text = URL_GONE.replace("body.200.url", "body.200.undeclared").replace(
        "/*/url", "/*/https:~1~1hooks.example.com~1path"
    )
    text = text.replace("[].url is required and absent", f"[].{secret} is not documented")
    found = judged(
        items(lambda item: item.update({secret: 1})), written(tmp_path, text), strict=True
    )

    assert 0 == found.exit_code


def test_file_that_cannot_be_written_changes_no_verdict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said on the error stream, and the reports are there."""
    path = tmp_path / "folder" / "known-drift.toml"
    with serving(WITHOUT_URL) as url:
        ids = [flag for known in KNOWN_IDS for flag in ("--instance-id", known)]
        code = main(
            [url, *ids, "--token", TOKEN, "--profile", "quick", "--known-drift", str(path),
             "--update-known-drift", "--report-dir", str(tmp_path / "reports")]
        )  # fmt: skip

    assert 1 == code
    assert f"--known-drift {path}: No such file or directory" in capsys.readouterr().err
    assert (tmp_path / "reports" / "report.json").exists()
