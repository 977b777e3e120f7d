"""The exit code follows from the clauses, in one order of precedence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from liars.honest import KNOWN_IDS, TOKEN, UNKNOWN_ID, refusal, said, speak
from liars.server import Request, Speaker, Speech, serving
from network import Network
from ours import CLAUSES, CONTRACT, OPERATION

from find_webhook_kit.contracts.config.options import Options
from find_webhook_kit.contracts.exit_code import Exit
from find_webhook_kit.contracts.finding import Finding, Kind, Severity, folded
from find_webhook_kit.contracts.judge import Listener, judge
from find_webhook_kit.contracts.verdict import JUDGED, Outcome, Status, Verdict
from find_webhook_kit.contracts.wire.sender import Progress
from find_webhook_kit.contracts.wire.target import target

TARGET = target("http://127.0.0.1:1", token="t", instance_ids=("a",))
PASSED = Outcome("c", "s", required=True, status=Status.PASSED, evidence=1, findings=())
FAILED = replace(PASSED, status=Status.FAILED)
UNPROVEN = replace(PASSED, status=Status.NOT_PROVEN, evidence=0)
QUICK = Options(max_examples=0, unsafe_methods=True)


def verdict(*outcomes: Outcome, stopped: str = "", unreachable: str = "") -> Verdict:
    return Verdict(TARGET, 0, 1, 0.1, 1, outcomes, stopped, unreachable, contract=CONTRACT)


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (verdict(PASSED), 0),
        (verdict(PASSED, FAILED, UNPROVEN), 1),
        (verdict(PASSED, UNPROVEN), 3),
        (verdict(PASSED, replace(UNPROVEN, required=False)), 0),
        (verdict(PASSED, stopped="out of time"), 3),
        (verdict(FAILED, stopped="out of time"), 1),
        (verdict(FAILED, unreachable="refused"), 4),
    ],
)
def test_exit_code_is_computed_from_the_outcomes(found: Verdict, code: int) -> None:
    """Unreachable comes before broken, broken before not proven."""
    assert code == found.exit_code


def test_findings_that_say_the_same_are_folded_and_counted() -> None:
    """The first one stands for all, the heaviest come first."""
    note = Finding(Severity.NOTE, Kind.HTTP, "n")
    error = Finding(Severity.ERROR, Kind.BREAKING, "e", got="1")

    assert (replace(error, count=2), note) == folded([note, error, replace(error, got="2")])


def judged(speaker: Speaker, options: Options = QUICK, token: str = TOKEN) -> Verdict:
    """Judge a server in memory, where time passes only for who waits."""
    here = target("http://127.0.0.1:9", token=token, instance_ids=KNOWN_IDS, unknown_id=UNKNOWN_ID)
    return judge(here, options, world=Network(speaker).world)


def test_honest_server_conforms_and_proves_every_clause() -> None:
    """Everything that applies and that it offers has evidence, and there is nothing to report."""
    found = judged(speak)
    given = ("id.count", "run.time", "security.tenant")
    offered = ("http.etag", "http.preflight", "http.range")

    assert (Exit.CONFORMS, ()) == (found.exit_code, found.findings)
    assert {
        **dict.fromkeys(given, Status.NOT_APPLICABLE),
        **dict.fromkeys(offered, Status.NOT_PROVEN),
    } == {
        outcome.id: outcome.status
        for outcome in found.outcomes
        if outcome.status is not Status.PASSED and not outcome.id.endswith(f":{JUDGED}")
    }


def test_wrong_token_proves_nothing() -> None:
    """Only 401s everywhere is no verdict about the server."""
    found = judged(speak, token="another-token")

    assert (Exit.NOT_PROVEN, ()) == (found.exit_code, found.findings)
    assert "the token was refused from request 1 on" in found.diagnosis


def test_instances_without_webhooks_prove_too_little() -> None:
    """An empty array exercises no member."""
    with serving(speak) as url:
        found = judge(target(url, token=TOKEN, instance_ids=("idle",)), QUICK)

    assert Exit.NOT_PROVEN is found.exit_code


def test_wrong_prefix_breaks_the_contract_and_hints() -> None:
    """404 everywhere is an error, and its hint asks whether the URL is right."""
    with serving(speak) as url:
        found = judge(target(f"{url}/wrong", token=TOKEN, instance_ids=("crm",)), QUICK)

    assert Exit.DOES_NOT_CONFORM is found.exit_code
    assert any("are the token and BASE_URL right?" in item.hint for item in found.findings)


def test_silent_target_is_unreachable_after_three_requests() -> None:
    """A port that accepts and never answers does not cost the whole plan."""
    found = judged(lambda _: Speech(b""))

    assert (Exit.UNREACHABLE, 6) == (found.exit_code, found.requests)


def test_run_that_could_not_finish_its_plan_is_not_proven() -> None:
    """A cut run does not look like a full one."""
    found = judged(
        lambda request: replace(speak(request), delay=0.02),
        replace(QUICK, max_time=0.3),
    )

    assert Exit.NOT_PROVEN is found.exit_code
    assert "--max-time" in found.stopped


def test_error_weighs_more_than_a_run_that_was_cut_short() -> None:
    """What was seen before the limit counts."""
    found = judged(lambda request: said(request, refusal(500)), replace(QUICK, max_requests=5))

    assert Exit.DOES_NOT_CONFORM is found.exit_code
    assert "--max-requests 5" in found.stopped


def test_interrupted_run_is_not_proven() -> None:
    """Ctrl-C ends with the verdict so far."""

    def interrupt(now: Progress) -> None:
        if now.done >= 10:
            raise KeyboardInterrupt

    with serving(speak) as url:
        asked = target(url, token=TOKEN, instance_ids=KNOWN_IDS, unknown_id=UNKNOWN_ID)
        found = judge(asked, QUICK, listener=Listener(interrupt))

    assert Exit.NOT_PROVEN is found.exit_code
    assert 10 <= len(found.exchanges) < found.requests + 1
    assert "interrupted" in found.stopped


def test_instance_for_which_time_ran_out_twice_is_left_alone() -> None:
    """One that hangs costs two timeouts, not one for each of its requests."""

    def speaker(request: Request) -> Speech:
        slow = "/shop/" in request.path
        return Speech(b"", stays=True) if slow else speak(request)

    found = judged(speaker, QUICK)

    assert Exit.DOES_NOT_CONFORM is found.exit_code
    assert [("no answer, twice", "shop")] == [
        (item.message, item.instance) for item in found.findings
    ]
    assert found.left_out["their instances had timed out twice"] > 0


def test_what_is_wrong_now_and_then_is_told_as_so_many_of_so_many() -> None:
    """Three of many answers is another mistake than all of them."""

    def speaker(request: Request) -> Speech:
        return said(request, refusal(500)) if request.number in {1, 120, 121} else speak(request)

    (finding,) = judged(speaker).findings

    assert 3 == finding.count
    assert finding.of > finding.count
    assert 1 == finding.request


@pytest.mark.parametrize(("strict", "code"), [(False, 0), (True, 1)])
def test_strict_makes_warnings_fail(strict: bool, code: int) -> None:  # noqa: FBT001
    """A 401 without a challenge is a warning."""

    def speaker(request: Request) -> Speech:
        return (
            said(request, refusal(401)) if not request.values("authorization") else speak(request)
        )

    found = judged(speaker, replace(QUICK, strict=strict))

    assert code == found.exit_code


def test_only_safe_methods_leave_by_default() -> None:
    """POST to this path creates a webhook on the live API."""
    heard: set[str] = set()

    def speaker(request: Request) -> Speech:
        heard.add(request.method)
        return speak(request)

    judged(speaker, Options(max_examples=2))

    assert {"GET", "HEAD", "OPTIONS"} == heard


def test_first_request_is_a_plain_get_and_is_judged() -> None:
    """Readiness is tested by connecting, so a server that fails when it is cold is caught."""

    def cold(request: Request) -> Speech:
        return said(request, refusal(500)) if request.number == 1 else speak(request)

    found = judged(cold)

    assert ["status.server-error"] == [
        item.clause for item in found.findings if item.severity is Severity.ERROR
    ]


def test_each_documented_status_and_member_is_a_clause() -> None:
    """The clauses and the contract are the same set, both ways."""
    ids = {clause.id for clause in CLAUSES}
    members = OPERATION.responses[200].content["application/json"].schema.members()

    assert {f"status.{status}" for status in OPERATION.responses} <= ids
    assert {f"body.200.{'.'.join(member.path[1:])}" for member in members} | {
        "body.200",
        "body.200.undeclared",
    } == {name for name in ids if name.startswith("body.200")}
    assert len(ids) == len(CLAUSES)


def test_what_must_be_proven_is_named() -> None:
    """A 200 with an item, a 401 without credentials, a 401 with a junk token."""
    assert {"status.200", "security.missing", "security.junk"} == {
        clause.id for clause in CLAUSES if clause.required
    }
