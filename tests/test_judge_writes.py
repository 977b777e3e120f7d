"""Writes are judged with leave alone, told in every report, and put back however a run ends."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from alarms import WORD, judged
from alarms_server import serving
from liars.writes.server import CONTRACT, OTHER, SCRATCH, TOKEN, Asked, Cut, Said, Server
from liars.writes.table import wrapped

from find_webhook_kit.contracts.__main__ import main
from find_webhook_kit.contracts.exit_code import Exit
from find_webhook_kit.contracts.verdict import Status
from find_webhook_kit.contracts.wire.target import DEFAULT_UNKNOWN_ID
from find_webhook_kit.contracts.writes import journal as journals

WRITING = {"POST", "PUT", "PATCH", "DELETE"}
FLAGS = ("--contract", str(CONTRACT), "--token", TOKEN, "--profile", "quick")
LEAVE = ("--writes", "--scratch-instance", SCRATCH)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Journals of these tests stand in a folder of theirs."""
    for name in ("CONTRACT_TOKEN", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "contract-test"


def methods(server: Server) -> set[str]:
    return {asked.method for asked, _ in server.said}


def ours(server: Server) -> list[Any]:
    return [it for it in server.houses[SCRATCH].values() if "contract-test" in it["title"]]


def test_no_write_is_sent_without_leave() -> None:
    """A run that was not told to write only reads, whatever the contract and its rules offer."""
    server = Server()
    with serving(server) as url:
        main([url, *FLAGS, "--instance-id", SCRATCH])

    assert not methods(server) & WRITING
    assert server.said


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--writes",), "--writes needs --scratch-instance"),
        (("--scratch-instance", "x", "--instance-id", "x"), "--scratch-instance needs --writes"),
        (("--yes-write-to", "x", "--instance-id", "x"), "--yes-write-to needs --writes"),
        (("--settle", "1", "--instance-id", "x"), "--settle needs --writes"),
        ((*LEAVE, "--yes-write-to", "prod.example"), "is not the host of BASE_URL"),
        ((*LEAVE, "--selftest"), "give one of them"),
    ],
)
def test_half_a_leave_is_none(
    flags: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 names the flag, and nothing was sent."""
    server = Server()
    with serving(server) as url:
        code = main([url, *FLAGS, *flags])

    assert (2, []) == (code, server.said)
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "told"),
    [(None, "give --yes-write-to 192.0.2.1"), ("192.0.2.2\n", "is not the host"), ("\n", "is not")],
)
def test_another_machine_is_named_twice(
    typed: str | None,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Without a terminal the flag is wanted, and at one the name of the host is typed."""
    monkeypatch.setattr("sys.stdin", Typed(typed))
    code = main(["http://192.0.2.1", *FLAGS, *LEAVE])

    assert 2 == code
    assert told in capsys.readouterr().err


class Typed:
    """What stands for the standard input: a terminal where somebody types, or none."""

    def __init__(self, line: str | None) -> None:
        self.line = line

    def isatty(self) -> bool:
        return self.line is not None

    def readline(self) -> str:
        return self.line or ""


@pytest.mark.parametrize("named", ["--yes-write-to", "typed"])
def test_whose_host_was_named_is_asked(
    named: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The name of the host, in whichever case, is the leave; that nobody is there comes then."""
    monkeypatch.setattr("sys.stdin", Typed("No-Such-Host.invalid\n" if named == "typed" else None))
    flags = () if named == "typed" else (named, "no-such-host.INVALID")
    code = main(["http://no-such-host.invalid", *FLAGS, *LEAVE, *flags])

    assert 4 == code
    assert "unreachable" in capsys.readouterr().out


def test_rules_that_say_nothing_of_writes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Which operations write is read from the rules, and guessed by nobody."""
    rules = tmp_path / "rules.yaml"
    rules.write_text("names: {tenant: houseId, identity: alarmId}\n")
    with serving(Server()) as url:
        code = main([url, *FLAGS, *LEAVE, "--rules", str(rules)])

    assert 2 == code
    assert "--writes: the rules do not say how" in capsys.readouterr().err


def test_what_was_created_is_told_in_every_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Screen, summary, JSON (by its schema), JUnit, SARIF and page list each thing and its end."""
    server, folder = Server(), tmp_path / "reports"
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    with serving(server) as url:
        code = main([url, *FLAGS, *LEAVE, "--report-dir", str(folder)])
    report = json.loads((folder / "report.json").read_text())
    schema = json.loads((folder / "report.schema.json").read_text())
    states = {item["state"] for item in report["created"]}
    page, junit = (folder / "report.html").read_text(), (folder / "junit.xml").read_text()
    [run] = json.loads((folder / "report.sarif").read_text())["runs"]
    told = unescape(summary.read_text())

    assert (0, {"deleted"}, []) == (code, states, ours(server))
    assert jsonschema_rs.is_valid(schema, report)
    out = capsys.readouterr().out
    for item in report["created"]:
        assert item["label"] in page
        words = f"{item['label']} ({item['identity']}): deleted"
        assert all(words in each for each in (out, junit, told))
        assert any(words in each for each in run["properties"]["created"])
    assert all(TOKEN not in path.read_text() for path in folder.iterdir())
    assert not list(folder.glob(f"{journals.PREFIX}*"))


def test_all_that_is_created_can_be_recognised(tmp_path: Path) -> None:
    """Its name says who made it, its address is of a reserved domain, and it is off."""
    server = Server()
    judged(server, tmp_path)
    sent = [
        json.loads(it.content) for it, code in server.said if it.method == "POST" and code == 201
    ]

    assert sent
    for body in sent:
        assert body["title"].startswith(f"contract-test-{WORD}-")
        assert ".example.invalid/" in body["calls"]
        assert body.get("armed", False) is False


def test_what_cannot_be_deleted_is_turned_off(tmp_path: Path) -> None:
    """Where a delete does nothing, what was created is off, said to be so, and in the journal."""
    server = Server()
    server.statuses["delete"] = 200
    wrapped(server, "delete", lambda *_: None)
    wrapped(server, "made", lambda inner, house, body: {**inner(house, body), "armed": True})
    verdict = judged(server, tmp_path)

    assert {"disabled"} == {item.state for item in verdict.created}
    assert not any(alarm["armed"] for alarm in ours(server))
    assert 1 == len(list(journals.logs(tmp_path)))


@pytest.mark.parametrize("after", range(1, 130, 16))
def test_a_broken_connection_leaves_nothing(after: int, tmp_path: Path) -> None:
    """A server that hangs up once, wherever, costs a proof at most; all is put back."""
    server = Server()

    def cut(inner: Any, asked: Asked, said: Said) -> Said:
        said = inner(asked, said)
        if len(server.said) == after:
            server.said.append((asked, 0))
            raise Cut
        return said

    wrapped(server, "last", cut)
    judged(server, tmp_path)

    assert [] == ours(server)


@pytest.mark.parametrize("after", range(1, 113, 16))
def test_an_interrupt_leaves_nothing(after: int, tmp_path: Path) -> None:
    """Ctrl-C, wherever, ends the run with what was proven, and all is put back."""
    server = Server()

    def interrupt(inner: Any, asked: Asked, said: Said) -> Said:
        said = inner(asked, said)
        if len(server.said) == after:
            server.said.append((asked, 0))
            raise KeyboardInterrupt
        return said

    wrapped(server, "last", interrupt)
    verdict = judged(server, tmp_path)

    assert ([], "the run was interrupted") == (ours(server), verdict.stopped)
    assert Exit.NOT_PROVEN is verdict.exit_code
    assert [] == list(journals.logs(tmp_path))


def test_a_server_that_is_busy_for_a_while_is_waited_for(tmp_path: Path) -> None:
    """A run of writes has no opening, in which a long wait would be a diagnosis."""
    server = Server()

    def busy(inner: Any, asked: Asked, said: Said) -> Said:
        said = inner(asked, said)
        if len(server.said) == 40:
            server.said.append((asked, 0))
            return Said(429, headers=(("Retry-After", "20"),))
        return said

    wrapped(server, "last", busy)
    verdict = judged(server, tmp_path)

    assert ("", Exit.CONFORMS) == (verdict.stopped, verdict.exit_code)


def test_a_spent_budget_leaves_nothing(tmp_path: Path) -> None:
    """The run says which limit ended it; what it created is put back all the same."""
    server = Server()
    verdict = judged(server, tmp_path, max_requests=30)

    assert ([], "the run was cut short by --max-requests 30") == (ours(server), verdict.stopped)
    assert verdict.created


def test_a_fault_of_ours_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program may fail where it stands: what it created is put back before that is told."""
    server = Server()
    fault = "find_webhook_kit.contracts.writes.scenario.update"
    monkeypatch.setattr(fault, lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        judged(server, tmp_path)

    assert [] == ours(server)


def test_what_belongs_to_others_is_never_written(tmp_path: Path) -> None:
    """An answer that names somebody's own thing is not believed: it is not changed, nor deleted."""
    server = Server()
    first = next(iter(server.houses[SCRATCH]))
    wrapped(server, "create", lambda inner, *given: {**inner(*given), "alarmId": first})
    before = json.dumps(server.houses[SCRATCH][first])
    verdict = judged(server, tmp_path)

    assert before == json.dumps(server.houses[SCRATCH][first])
    assert [] == ours(server)
    assert Exit.DOES_NOT_CONFORM is verdict.exit_code


def test_nothing_is_written_anywhere_else(tmp_path: Path) -> None:
    """Every write names the scratch instance; another one is read alone."""
    server = Server()
    judged(server, tmp_path)

    assert {SCRATCH} == {it.path.split("/")[2] for it, _ in server.said if it.method in WRITING}
    assert {SCRATCH, OTHER, DEFAULT_UNKNOWN_ID} == {it.path.split("/")[2] for it, _ in server.said}


def test_an_instance_that_cannot_be_listed_is_not_written_to(tmp_path: Path) -> None:
    """Nothing is proven there, and nothing was written."""
    server = Server()
    server.statuses["list"] = 404
    verdict = judged(server, tmp_path)

    assert Exit.NOT_PROVEN is verdict.exit_code
    assert not methods(server) & WRITING
    assert "cannot be read" in verdict.stopped


def test_without_a_journal_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A state folder that cannot be written is wrong usage, told before a request leaves."""
    (tmp_path / "state").write_text("a file, no folder")
    server = Server()
    with serving(server) as url:
        code = main([url, *FLAGS, *LEAVE])

    assert (2, set()) == (code, methods(server) & WRITING)
    assert "journal" in capsys.readouterr().err


def test_the_journal_is_ahead_of_the_wire(tmp_path: Path) -> None:
    """When a request that may create something arrives, its name is in the journal already."""
    server, missing = Server(), []

    def look(asked: Asked) -> None:
        if asked.method != "POST" or b'"title"' not in asked.content:
            return
        [path] = tmp_path.glob(f"{journals.PREFIX}*")
        last = json.loads(path.read_text().splitlines()[-1])
        unique = str(last.get("label")).removeprefix("contract-test-")
        if last["event"] != "sending" or unique.encode() not in asked.content:
            missing.append(asked)

    server.first = look
    judged(server, tmp_path)

    assert [] == missing


@pytest.mark.parametrize("listed", ["in the list", ""], ids=["listed", "hidden"])
def test_cleanup_puts_back_what_a_journal_tells(
    listed: str, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the word of the run in the list, or by the id that was seen where no list shows it."""
    server = Server()
    alarm = server.create(SCRATCH, {"title": f"contract-test-{WORD}-001", "calls": "x"})
    hidden = server.create(SCRATCH, {"title": "not of the run"})
    if not listed:
        wrapped(server, "listed", lambda *_: [])
    with serving(server) as url:
        journal = journals.begin(state, url=url, instance=SCRATCH, word=WORD)
        journal.sending(alarm["title"])
        journal.answered(alarm["title"], 201, alarm["alarmId"])
        journal.close()
        code = main(["cleanup", "--contract", str(CONTRACT), "--token", TOKEN])

    assert (0, [], True) == (code, ours(server), hidden in server.houses[SCRATCH].values())
    assert f"{alarm['alarmId']} in '{SCRATCH}': deleted" in capsys.readouterr().out
    assert [] == list(state.iterdir())


def test_cleanup_touches_no_id_that_shows_another_word(state: Path) -> None:
    """A journal with a wrong id, as of a server that lied, deletes nothing of others."""
    server = Server()
    first = next(iter(server.houses[SCRATCH]))
    with serving(server) as url:
        journal = journals.begin(state, url=url, instance=SCRATCH, word=WORD)
        journal.sending("contract-test")
        journal.answered("contract-test", 201, first)
        journal.close()
        code = main(["cleanup", "--contract", str(CONTRACT), "--token", TOKEN])

    assert (0, True) == (code, first in server.houses[SCRATCH])


def test_cleanup_leaves_a_run_alone_that_is_under_way(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its journal is locked as long as its process lives."""
    server = Server()
    alarm = server.create(SCRATCH, {"title": f"contract-test-{WORD}-001"})
    with serving(server) as url:
        journal = journals.begin(state, url=url, instance=SCRATCH, word=WORD)
        journal.sending(alarm["title"])
        code = main(["cleanup", "--contract", str(CONTRACT), "--token", TOKEN])
        journal.close()

    assert (1, [alarm]) == (code, ours(server))
    assert "still under way" in capsys.readouterr().out


def test_cleanup_asks_which_of_several_targets(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A token is sent to no server that nobody named."""
    for word, url in (("one", "http://127.0.0.1:1"), ("two", "http://127.0.0.1:2")):
        journals.begin(state, url=url, instance="x", word=word).close()
    code = main(["cleanup", "--contract", str(CONTRACT), "--token", TOKEN])

    assert 2 == code
    assert "cleanup: name the BASE_URL" in capsys.readouterr().err


def test_cleanup_of_nothing_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """Where no run has left anything, nothing is asked."""
    assert 0 == main(["cleanup", "--contract", str(CONTRACT)])
    assert "nothing to clean up" in capsys.readouterr().out


def test_cleanup_of_a_folder_that_is_not_there_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A slip in the name of a folder is not told as a clean target."""
    code = main(["cleanup", "--contract", str(CONTRACT), "--report-dir", str(tmp_path / "reprots")])

    assert 2 == code
    assert f"--report-dir {tmp_path / 'reprots'}: is no folder" in capsys.readouterr().err


def test_a_line_that_a_crash_has_cut_is_no_line(tmp_path: Path) -> None:
    """A journal is read to its last whole line."""
    journal = journals.begin(tmp_path, url="http://x", instance="i", word="w")
    journal.sending("a")
    journal.answered("a", 201, "id-1")
    journal.close()
    with journal.path.open("a") as file:
        file.write('{"event": "sendi')
    [log] = journals.logs(tmp_path)

    assert (1, ("id-1",), "w", False) == (log.sent, log.ids, log.word, log.settled)


def test_a_journal_of_others_is_left_alone(tmp_path: Path) -> None:
    """What is no journal, or another one's file, is neither read as one nor removed."""
    for name, text in (("x", "no json"), ("y", "[]\n{}\n"), ("z", '{"word": 7}\n')):
        (tmp_path / f"{journals.PREFIX}{name}{journals.SUFFIX}").write_text(text)

    assert [] == list(journals.logs(tmp_path))
    assert 3 == len(list(tmp_path.iterdir()))


def test_reads_are_judged_too_where_an_instance_is_named() -> None:
    """The verdict about reads and that about writes are one."""
    server = Server()
    with serving(server) as url:
        code = main([url, *FLAGS, *LEAVE, "--instance-id", OTHER, "--param", "alarmId=al-0003x"])

    assert code in {0, 1}
    assert {"HEAD", "OPTIONS"} <= methods(server)
    assert [] == ours(server)


def test_another_instance_proves_that_writes_stay_where_they_are(tmp_path: Path) -> None:
    """The clause has evidence where a second instance is known."""
    outcomes = {it.id: it for it in judged(Server(), tmp_path).outcomes}

    assert Status.PASSED is outcomes["writes.isolated"].status
    assert Status.PASSED is outcomes["writes.restored"].status
