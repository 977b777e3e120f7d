"""What is given to the judge: odd values, names and files end with a reason, and lose nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from liars.honest import KNOWN_IDS, TOKEN, UNKNOWN_ID, Answer, said
from liars.honest import answer as honest_answer
from liars.server import Request, Speech
from network import Network
from verdicts import VERDICT

from find_webhook_kit.contracts import whole_file
from find_webhook_kit.contracts.__main__ import main
from find_webhook_kit.contracts.config.flags import READERS
from find_webhook_kit.contracts.config.known_drift import update_known_drift
from find_webhook_kit.contracts.config.options import Depth, Options
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.mask import Mask
from find_webhook_kit.contracts.usage import UsageError
from find_webhook_kit.contracts.whole_file import write_file
from find_webhook_kit.contracts.wire import bearer as module
from find_webhook_kit.contracts.wire.bearer import from_command
from find_webhook_kit.contracts.wire.target import Target, target

TARGET = ["http://127.0.0.1:1", "--token", "t0ken-of-1", "--instance-id", "a"]
LONG = "n" * 300
ACCEPTED = """\
[[accepted]]
clause = "body.200.undeclared"
message = "m"
place = "/*"
instance = "*"
reason = "a person wrote this"
owner = "o"
expires = 2099-01-01
"""


def to(url: str) -> Target:
    return target(url, token="t0ken-of-1", instance_ids=("a",))


@pytest.mark.parametrize("command", ["yes", "cat /dev/zero", "head -c 2000000 /dev/zero"])
def test_command_that_prints_without_end_is_stopped(command: str) -> None:
    """No more of it is read than any token is long."""
    with pytest.raises(UsageError, match="printed more than a token"):
        from_command(command)


def test_command_that_closes_its_output_and_stays_is_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its patience is one for the output and the end of the program."""
    monkeypatch.setattr(module, "PATIENCE", 0.3)
    with pytest.raises(UsageError, match=r"longer than 0.3 s"):
        from_command("sh -c 'exec >&-; sleep 60'")


@pytest.mark.parametrize("flag", ["max_time", "timeout", "wait", "rate_limit", "max_response_time"])
@pytest.mark.parametrize("text", ["\u0661", "1_0", " 5", "5 ", "\u00a05", "+5", "\u096b", "5\n"])
def test_number_is_written_as_everybody_writes_it(flag: str, text: str) -> None:
    """Digits of other scripts, underscores, signs and spaces are no part of one."""
    with pytest.raises(Exception, match="not a number above 0"):
        READERS[flag](text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("5", 5), ("0.5", 0.5), (".5", 0.5), ("5.", 5), ("1e2", 100), ("1E-05", 1e-5)],
)
def test_number_may_have_a_point_and_an_exponent(text: str, value: float) -> None:
    """A target file's numbers arrive so, too."""
    assert value == READERS["timeout"](text)


def test_number_that_is_too_large_is_told_the_limit() -> None:
    """A week is below it."""
    with pytest.raises(Exception, match="below 1000000"):
        READERS["max_time"]("2000000")


@pytest.mark.parametrize(
    ("zone", "host", "header"),
    [
        ("fe80::1%25eth0", "fe80::1%eth0", "[fe80::1]:81"),
        ("fe80::1%eth0", "fe80::1%eth0", "[fe80::1]:81"),
        ("fe80::1%251", "fe80::1%1", "[fe80::1]:81"),
        ("fe80::1%25", "fe80::1%25", "[fe80::1]:81"),
        ("::1", "::1", "[::1]:81"),
    ],
)
def test_zone_is_for_this_machine_alone(zone: str, host: str, header: str) -> None:
    """RFC 6874: `%25` in a URL is its `%`, and no Host header, Origin or certificate has it."""
    found = to(f"http://[{zone}]:81/p")

    assert host == found.host
    assert header == found.authority
    assert f"http://{header}" == found.origin
    assert f"http://[{host}]:81/p" == found.url
    assert host.partition("%")[0] == found.name


@pytest.mark.parametrize(
    "flags",
    [
        ["--har", LONG],
        ["--har", f"{LONG}/x.har"],
        ["--known-drift", LONG],
        ["--known-drift", LONG, "--update-known-drift"],
        ["--report-dir", LONG],
    ],
)
def test_name_that_no_file_can_have_is_told(
    flags: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """One line with the flag, before anything is sent."""
    assert 2 == main([*TARGET, *flags])
    (line,) = capsys.readouterr().err.splitlines()
    assert f"{flags[0]} " in line
    assert "File name too long" in line or "nnn…" in line


def test_link_to_itself_is_no_place_for_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither for the archive nor for the deviations."""
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for flags in (["--har", str(loop)], ["--known-drift", str(loop), "--update-known-drift"]):
        assert 2 == main([*TARGET, *flags])
        assert "Too many levels of symbolic links" in capsys.readouterr().err
    assert loop.is_symlink()


def test_nul_in_a_path_of_a_target_file_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where the file is to be written."""
    path = tmp_path / "target.toml"
    path.write_text(
        'url = "http://127.0.0.1:1"\nknown_drift = "a\\u0000b"\n[[instances]]\nid = "a"\n'
    )

    assert 2 == main(["--target", str(path), "--token", "t0ken-of-1", "--update-known-drift"])
    assert "no file has such a name" in capsys.readouterr().err


def test_known_drift_survives_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What people have written into it is kept until the new file is whole."""
    path = tmp_path / "known-drift.toml"
    path.write_text(ACCEPTED)

    def full(file: Path, content: bytes) -> None:
        with file.open("wb") as stream:
            stream.write(content[:1])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    monkeypatch.setattr(Path, "write_text", lambda file, text, **_: full(file, text.encode()))
    with pytest.raises(OSError, match="No space left"):
        update_known_drift(path, VERDICT)

    assert ACCEPTED == path.read_text()
    assert [path] == list(tmp_path.iterdir())


def test_known_drift_stays_a_link_with_its_permissions(tmp_path: Path) -> None:
    """What is written is the file behind it."""
    real, link = tmp_path / "real.toml", tmp_path / "link.toml"
    real.write_text(ACCEPTED)
    real.chmod(0o640)
    link.symlink_to(real)
    update_known_drift(link, VERDICT)

    assert link.is_symlink()
    assert 0o640 == real.stat().st_mode & 0o777


def test_file_that_cannot_be_moved_to_is_written_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A single file that is mounted into a container is such a one."""
    path = tmp_path / "report.json"
    path.write_text("before")

    def busy(_self: Path, _to: Path) -> Path:
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(Path, "replace", busy)

    assert not write_file(path, b"after")
    assert b"after" == path.read_bytes()
    assert [path] == list(tmp_path.iterdir())


def test_pipe_that_nobody_opens_is_not_waited_for(tmp_path: Path) -> None:
    """The run ends, and says so."""
    path = tmp_path / "pipe"
    os.mkfifo(path)

    assert f"{path}: No such device or address" == write_file(path, b"x")


def test_pipe_that_nobody_reads_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is read gets everything, whatever it holds at a time."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    monkeypatch.setattr(whole_file, "PATIENCE", 0.1)
    told = write_file(path, bytes(2**20))
    os.close(reader)

    assert f"{path}: nobody reads it" == told


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[[instances]]\nid = "a"\nwebhooks = 1\n[[instances]]\nid = "a"\nwebhooks = 2\n',
         "instances[1].id: stands there twice, with other numbers of webhooks"),
        ('[[instances]]\nid = "a"\nwebhooks = 1\n[[instances]]\nid = "a"\n',
         "instances[1].id: stands there twice, with other numbers of webhooks"),
        ('empty_instance = "a"\n[[instances]]\nid = "a"\nwebhooks = 1\n',
         "empty_instance: has webhooks by instances"),
    ],
)  # fmt: skip
def test_instance_that_stands_there_twice_says_one_thing(
    tmp_path: Path, text: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which of two numbers is meant, nobody knows."""
    path = tmp_path / "target.toml"
    path.write_text(f'url = "http://127.0.0.1:1"\n{text}')

    assert 2 == main(["--target", str(path), "--token", "t0ken-of-1"])
    assert reason in capsys.readouterr().err


def test_missing_token_is_asked_for_by_the_name_of_its_variable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which the target file has chosen."""
    monkeypatch.setenv("CONTRACT_TOKEN", "another")
    path = tmp_path / "target.toml"
    path.write_text('url = "http://h"\ntoken_variable = "CHAT"\n[[instances]]\nid = "a"\n')

    assert 2 == main(["--target", str(path)])
    assert "no token: give --token, or CHAT in the environment" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["bad token {}", "{}", '{{"message": "{}"}}', "x{}y"])
def test_token_backwards_is_hidden(text: str) -> None:
    """The judge sends it so itself, and servers repeat what they were sent."""
    token = "tok-9f8E7d6C5b4A3210zyxw"

    assert text.format("$CONTRACT_TOKEN") == Mask(token).text(text.format(token[::-1]))
    assert "3A2b1C4d5E" not in Mask("", secrets=("x-3A2b1C4d5E",)).text("E5d4C1b2A3-x")[::-1]


@pytest.mark.parametrize("name", ["--proxy", "http_proxy"])
@pytest.mark.parametrize(
    "url", ["http://u:s3cret\udce9@h:1", "http://\udce9:p@h:1", "http://\udce9:1"]
)
def test_proxy_that_is_not_utf_8_is_told(
    name: str, url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A password that was typed in Latin-1 is such a one; it is not repeated."""
    flags = ["--proxy", url] if name == "--proxy" else []
    if not flags:
        monkeypatch.setenv(name, url)
    code = main(["http://far.example", *TARGET[1:], *flags])
    told = capsys.readouterr().err

    assert 2 == code
    assert f"{name} is not UTF-8" in told
    assert "s3cret" not in told


@pytest.mark.parametrize("size", ["0", "\u00b2", "\u0661", "-5", "x", "9" * 30, "00", ""])
def test_terminal_of_an_impossible_size_has_the_usual_one(
    size: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The verdict is printed, with its own code."""
    monkeypatch.setenv("COLUMNS", size)
    monkeypatch.setenv("LINES", size)

    assert 4 == main(TARGET)
    assert "unreachable (exit 4)" in " ".join(capsys.readouterr().out.split())


def test_summary_for_github_that_is_a_pipe_is_not_waited_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody reads it, and the verdict is told."""
    pipe = tmp_path / "summary"
    os.mkfifo(pipe)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(pipe))

    assert 4 == main(TARGET)
    assert "GITHUB_STEP_SUMMARY: No such device or address" in capsys.readouterr().err


@pytest.mark.parametrize("name", [LONG, f"{LONG}/x", "a\0b", "gone", __file__])
def test_folder_of_reports_that_is_none_is_named(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, whatever keeps it from being a folder."""
    assert 2 == main(["history", name])
    assert "is no folder" in capsys.readouterr().err


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, br", "x-unheard-of"])
def test_content_in_a_coding_that_nobody_asked_for_proves_nothing(coding: str) -> None:
    """Whatever its bytes are without it: a client that believes the label reads none of them."""

    def labelled(request: Request) -> Speech:
        answer = honest_answer(request)
        return said(
            request,
            Answer(answer.status, (*answer.headers, ("Content-Encoding", coding)), answer.body),
        )

    asked = target("http://h", token=TOKEN, instance_ids=KNOWN_IDS[:1], unknown_id=UNKNOWN_ID)
    options = Options(depth=Depth.QUICK, max_examples=0, repetitions=2)
    found = judge(asked, options, world=Network(labelled).world)

    assert 3 == found.exit_code
