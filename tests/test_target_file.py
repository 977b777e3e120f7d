"""A target file says what a command line would, and every mistake in it has a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from liars.honest import TOKEN, speak
from liars.server import Request, Speech, serving

from find_webhook_kit.contracts.__main__ import main
from find_webhook_kit.contracts.config.configuration import configuration
from find_webhook_kit.contracts.config.flags import COMMAND_ONLY, DEFAULTS, SHARED
from find_webhook_kit.contracts.config.options import PROFILES
from find_webhook_kit.contracts.config.target_file import read
from find_webhook_kit.contracts.usage import UsageError

FULL = """
url = "https://api.example.com/chat"
token_variable = "CHAT_TOKEN"
unknown_instance = "nobody"
empty_instance = "idle"
profile = "quick"
strict = true
ca_file = "ca.pem"
known_drift = "drift.toml"

[[instances]]
id = "crm"
webhooks = 2

[[instances]]
id = "shop"

[limits]
timeout = 2
max_time = 20
max_requests = 500
max_response_time = 1.5
rate_limit = 10
"""

QUICK = ("--profile", "quick", "--max-examples", "0")


def written(folder: Path, text: str) -> Path:
    path = folder / "target.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_file_says_what_flags_say(tmp_path: Path) -> None:
    """Paths are relative to the file; each number has its flag."""
    found = read(written(tmp_path, FULL))

    assert ("https://api.example.com/chat", "CHAT_TOKEN") == (found.url, found.token_variable)
    assert {"crm": 2, "idle": 0} == found.counts
    assert {
        "profile": "quick",
        "strict": True,
        "ca_file": tmp_path / "ca.pem",
        "known_drift": tmp_path / "drift.toml",
        "timeout": 2.0,
        "max_time": 20.0,
        "max_requests": 500,
        "max_response_time": 1.5,
        "rate_limit": 10.0,
        "header": [],
        "instance_id": ["crm", "shop", "idle"],
        "unknown_instance_id": "nobody",
    } == dict(found.flags)


def test_flag_wins_over_file_and_file_over_profile(tmp_path: Path) -> None:
    """What stands nearest to the caller counts."""
    path = written(tmp_path, FULL)
    chosen = configuration({"target": path, "timeout": 9.0, "max_time": None}, None)

    assert (9.0, 20.0, 0) == tuple(
        chosen.values[name] for name in ("timeout", "max_time", "max_examples")
    )


@pytest.mark.parametrize("profile", PROFILES)
def test_profile_sets_what_no_default_sets(profile: str) -> None:
    """A profile and the defaults do not speak of the same thing."""
    chosen = configuration({"profile": profile}, None)

    assert set() == set(PROFILES[profile]) & set(DEFAULTS)
    assert PROFILES[profile] == {name: chosen.values[name] for name in PROFILES[profile]}


def test_every_flag_has_a_default_or_none() -> None:
    """A flag that was not given cannot be told from one with its default, but for None."""
    assert {None} == {flag.get("default") for _, flag in (*SHARED, *COMMAND_ONLY)}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("url = ", "is not TOML"),
        ("strict = true", "url: must be there"),
        ('url = "http://h"\ntoken = "secret"', "token: a token does not belong in a file"),
        ('url = "http://h"\nstrikt = true', "strikt: is not known; did you mean strict?"),
        ('url = "http://h"\nzzz = 1', "zzz: is not known; there is url"),
        ('url = "http://h"\nstrict = "yes"', "strict: must be true or false"),
        ('url = "http://h"\nprofile = "slow"', "profile: there is quick, default, thorough"),
        ('url = "http://h"\n[limits]\ntimeout = 0', "limits.timeout: '0' is not a number above 0"),
        ('url = "http://h"\n[limits]\ntimeout = "5"', "limits.timeout: must be a number"),
        ('url = "http://h"\n[limits]\nmax_requests = 1.5', "limits.max_requests: '1.5' is not"),
        ('url = "http://h"\n[limits]\ntimout = 1', "limits.timout: is not known; did you mean"),
        ('url = "http://h"\ninstances = ["a"]', "instances: must be tables, [[instances]]"),
        ('url = "http://h"\n[[instances]]\nwebhooks = 1', "instances[0].id: must be there"),
        ('url = "http://h"\n[[instances]]\nid = "a"\nwebhooks = -1', "instances[0].webhooks: must"),
        ('url = "http://h"\n[headers]\nX-Key = 1', "headers.X-Key: must be there, as a text"),
    ],
)
def test_mistake_names_file_and_key(
    tmp_path: Path, text: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, and one line that says what to change."""
    path = written(tmp_path, text)
    code = main(["--target", str(path)])
    (line,) = capsys.readouterr().err.splitlines()

    assert 2 == code
    assert f"{path}: {reason}" in line
    assert "secret" not in line


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """So is one that cannot be read."""
    with pytest.raises(UsageError, match=r"target\.toml: cannot be read: No such file"):
        read(tmp_path / "target.toml")


def test_counts_of_the_file_are_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The token comes from the variable that the file names."""
    monkeypatch.setenv("CHAT_TOKEN", TOKEN)
    with serving(speak) as url:
        text = f'url = "{url}"\ntoken_variable = "CHAT_TOKEN"\n'
        for count, code in ((2, 0), (3, 1)):
            path = written(tmp_path, f'{text}[[instances]]\nid = "crm"\nwebhooks = {count}\n')

            assert code == main(["--target", str(path), *QUICK])


def test_headers_of_the_file_are_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the value of the variable that they name."""
    monkeypatch.setenv("GATEWAY_KEY", "k-12345")
    heard: set[tuple[str, ...]] = set()

    def speaker(request: Request) -> Speech:
        heard.add(tuple(request.values("x-gateway-key")))
        return speak(request)

    with serving(speaker) as url:
        text = f'url = "{url}"\n[[instances]]\nid = "crm"\n'
        path = written(tmp_path, text + '[headers]\nX-Gateway-Key = "$GATEWAY_KEY"\n')
        main(["--target", str(path), "--token", TOKEN, *QUICK])

    assert {("k-12345",)} == heard


def test_environment_is_named_in_the_file(tmp_path: Path) -> None:
    """A file for staging says so, and a name that cannot be one is an error of the file."""
    path = tmp_path / "target.toml"
    path.write_text('url = "http://h"\nenvironment = "staging"\n', encoding="utf-8")
    found = read(path).flags["environment"]
    path.write_text('url = "http://h"\nenvironment = "a/b"\n', encoding="utf-8")

    assert "staging" == found
    with pytest.raises(UsageError, match="environment: 'a/b' is no name"):
        read(path)
