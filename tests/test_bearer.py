"""A token may come from a command, which is asked again once the token is refused."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from find_webhook_kit.contracts.__main__ import main
from find_webhook_kit.contracts.config.configuration import configuration
from find_webhook_kit.contracts.usage import UsageError
from find_webhook_kit.contracts.wire import bearer as module
from find_webhook_kit.contracts.wire.bearer import MOST_RENEWALS, Bearer, from_command


def printing(code: str) -> str:
    """Return a command line that runs some Python."""
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(code)}"


def counting(folder: Path) -> str:
    """Return a command that prints another token each time."""
    path = folder / "count"
    return printing(
        f"from pathlib import Path; p = Path({str(path)!r});"
        "n = len(p.read_text()) if p.exists() else 0; p.write_text('x' * (n + 1)); print(f't-{n}')"
    )


def test_token_is_what_the_command_prints(tmp_path: Path) -> None:
    """Blanks around it are not a part of it."""
    assert "t-0" == from_command(counting(tmp_path)).value


def test_no_shell_reads_the_command(tmp_path: Path) -> None:
    """Its words are split as a shell would, and nothing in them runs."""
    made = tmp_path / "made"

    assert f"$(touch,{made})" == from_command(f"echo '$(touch,{made})'").value
    assert not made.exists()


def test_refused_token_is_renewed_once_for_all_who_hold_it(tmp_path: Path) -> None:
    """Who comes second gets what the first has got."""
    bearer = from_command(counting(tmp_path))

    assert bearer.renew("t-0")
    assert bearer.renew("t-0")
    assert ("t-1", ["t-0"]) == (bearer.value, bearer.past)


def test_command_that_prints_the_same_is_not_asked_again() -> None:
    """What was refused stays refused."""
    bearer = from_command("echo same")

    assert not bearer.renew("same")
    assert not bearer.renew("same")
    assert ("same", MOST_RENEWALS) == (bearer.value, bearer._renewals)  # noqa: SLF001


def test_command_is_not_asked_for_ever(tmp_path: Path) -> None:
    """A server that refuses everything costs so many tokens."""
    bearer = from_command(counting(tmp_path))
    renewed = [bearer.renew(bearer.value) for _ in range(MOST_RENEWALS + 2)]

    assert [True] * MOST_RENEWALS + [False] * 2 == renewed


def test_given_token_is_never_renewed() -> None:
    """Nobody knows another one."""
    assert not Bearer("t").renew("t")


def test_command_that_fails_later_keeps_the_token() -> None:
    """The run ends with a verdict, not with a usage error."""
    bearer = Bearer("t", ("false",))

    assert not bearer.renew("t")
    assert "t" == bearer.value


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("echo 's3cret", "No closing quotation"),
        ("/no/such/program s3cret", "No such file or directory"),
        ("/ s3cret", "Permission denied"),
        (printing("print('s3cret'); raise SystemExit(3)"), "it failed with exit status 3"),
        ("true", "it printed nothing"),
        ("echo s3cret s3cret", "it printed more than a token"),
        (printing("print('s3cret\\ns3cret')"), "it printed more than a token"),
        (printing("print('s3cret\\N{SNOWMAN}')"), "it printed more than a token"),
        (printing("import sys; sys.stderr.write('s3cret')"), "it printed nothing"),
    ],
)
def test_command_that_yields_no_token_says_why(
    command: str, reason: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """And never what it printed, on whichever stream."""
    assert 2 == main(["http://127.0.0.1:1", "--instance-id", "a", "--token-command", command])
    told = "".join(capfd.readouterr())

    assert f"--token-command: {reason}" in told or f"--token-command {reason}" in told
    assert "s3cret" not in told


def test_command_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """With whatever it has started that keeps its output open."""
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    with pytest.raises(UsageError, match=r"it took longer than 0\.2 s"):
        from_command("sh -c 'sleep 600 & sleep 600'")


def test_command_has_nobody_to_ask() -> None:
    """What it reads is empty, so it cannot wait for a person."""
    assert "t" == from_command(printing("import sys; print(sys.stdin.read() or 't')")).value


def test_token_is_not_a_part_of_what_is_shown() -> None:
    """A trace that shows the value shows no token."""
    assert "s3cret" not in repr(Bearer("s3cret", past=["s3cret"]))


def test_command_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flag is nearer to the caller; two flags are one too many."""
    monkeypatch.setenv("CONTRACT_TOKEN", "from-the-environment")
    flags = {"token_command": "echo from-the-command", "instance_id": ["a"]}
    with configuration(flags, "http://127.0.0.1:1").target() as judged:
        assert "from-the-command" == judged.token
    with (
        pytest.raises(UsageError, match="give one of them"),
        configuration({**flags, "token": "t"}, "http://127.0.0.1:1").target(),
    ):
        pass
