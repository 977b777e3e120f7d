"""A finding says what differs, how often, where, and what came; next time it is the same one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from liars import KNOWN_IDS, TOKEN, UNKNOWN_ID
from liars.bend import asked, authorised, drop, hearing, items, put
from liars.honest import Item, answer, refusal, said, speak
from liars.server import Request, Speaker, Speech
from network import Network

from find_webhook_kit.contracts.clauses.spelling import difference
from find_webhook_kit.contracts.config.known_drift import read_known_drift
from find_webhook_kit.contracts.config.options import Depth, Options
from find_webhook_kit.contracts.finding import Finding, Kind, Severity, folded
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.mock_target import mock_target
from find_webhook_kit.contracts.verdict import Verdict
from find_webhook_kit.contracts.wire.target import target
from find_webhook_kit.spec import contract

QUICK = Options(max_examples=0, repetitions=5, unsafe_methods=True, depth=Depth.QUICK)


def judged(
    speaker: Speaker, options: Options = QUICK, ids: tuple[str, ...] = KNOWN_IDS, token: str = TOKEN
) -> Verdict:
    asked = target("http://127.0.0.1", token=token, instance_ids=ids, unknown_id=UNKNOWN_ID)
    return judge(asked, options, world=Network(speaker).world)


# What was shown


@pytest.mark.parametrize(
    ("shown", "words"), [(0, "HEAD with no credentials"), (1, "HEAD with a junk token")]
)
def test_head_that_lets_in_names_what_was_shown(shown: int, words: str) -> None:
    """The text of a finding and its curl line speak of the same credentials."""

    def let_in(request: Request) -> Request:
        came = len(request.values("authorization"))
        return authorised(request) if request.method == "HEAD" and came == shown else request

    found = [item for item in judged(hearing(let_in)).findings if item.clause == "security.head"]

    assert {f"answered 200 to {words}"} == {item.message for item in found}


# Look-alikes


@pytest.mark.parametrize(
    ("expected", "got", "words"),
    [
        ("name", "n\u0430me", "character 2 is U+0430 CYRILLIC SMALL LETTER A, and not U+0061"),
        ("id", "\u0456d", "character 1 is U+0456 CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I"),
        ("a", "\u0430", "character 1 is U+0430"),
        ("name", "name ", "character 5 is U+0020 SPACE, and not the end"),
        ("name ", "name", "character 5 is the end, and not U+0020 SPACE"),
        ("name", "na\u200bme", "character 3 is U+200B ZERO WIDTH SPACE, and not U+006D"),
        ("name", "na\N{SOFT HYPHEN}me", "character 3 is U+00AD SOFT HYPHEN"),
        ("a b", "a\xa0b", "character 2 is U+00A0 NO-BREAK SPACE, and not U+0020 SPACE"),
        ("a b", "a\tb", "character 2 is U+0009, and not U+0020 SPACE"),
        ("'caf\xe9'", '"cafe\u0301"', "character 4 is U+0065 LATIN SMALL LETTER E, and not U+00E9"),
        ("url", "ur\uff4c", "character 3 is U+FF4C FULLWIDTH LATIN SMALL LETTER L"),
        ("webhookId", "webhookld", "character 8 is U+006C LATIN SMALL LETTER L, and not U+0049"),
        ("crm-0", "crm-O", "character 5 is U+004F LATIN CAPITAL LETTER O, and not U+0030"),
        ("url", "u\u0280l", "character 2 is U+0280 LATIN LETTER SMALL CAPITAL R"),
    ],
)
def test_look_alike_is_told_by_its_first_other_character(
    expected: str, got: str, words: str
) -> None:
    """What no eye tells apart is named as Unicode names it."""
    assert difference(expected, got).startswith(words)


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ("name", "name"),
        ("string", '"\xe9lan"'),
        ("'crm'", '"shop"'),
        ("boolean", '"true"'),
        ("200", "401"),
        ("", "\xe9"),
        ("webhookId", "webhookID"),
        ("a documented member", "{}"),
        ("string", "\u043f\u0440\u0438\u0432\u0435\u0442"),
    ],
)
def test_what_anybody_sees_needs_no_words(expected: str, got: str) -> None:
    """A hint beside every finding would be read by nobody."""
    assert not difference(expected, got)


def renamed(old: str, new: str) -> Speaker:
    def edit(item: Item) -> None:
        item[new] = item.pop(old)

    return items(edit)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("n\u0430me", "character 2 is U+0430"),
        ("name ", "character 5 is U+0020"),
        ("nam\u0435\u0301", "character 4 is U+0435"),
    ],
)
def test_renamed_member_that_looks_the_same_is_told_apart(name: str, words: str) -> None:
    """`name is gone from every item, name appeared instead` helps nobody."""
    (finding,) = (
        item for item in judged(renamed("name", name)).findings if item.clause == "body.200.name"
    )

    assert finding.hint.startswith(words)


def test_undocumented_member_that_looks_documented_is_told_apart() -> None:
    """`[].name is not documented` is a riddle, where it is."""
    (finding,) = judged(items(put("n\u0430me", "x"))).findings

    assert "body.200.undeclared" == finding.clause
    assert finding.hint.startswith("character 2 is U+0430")


def test_owner_that_looks_like_the_instance_is_told_apart() -> None:
    """Any finding with two texts that look the same says where they differ."""
    speaker = items(put("instanceInstanceId", "cr\u043c"), when=asked("crm"))
    (finding,) = (item for item in judged(speaker).findings if item.clause == "meaning.owner")

    assert finding.hint.startswith("character 3 is U+043C CYRILLIC SMALL LETTER EM")


# Counts and places


def test_rename_is_counted_wherever_it_was_met() -> None:
    """All of them, and not the first of so many answers to the same question."""
    with mock_target(contract(), "renamed-member") as lying:
        verdict = judge(lying, QUICK)
    (finding,) = (item for item in verdict.findings if item.kind is Kind.RENAMED)

    assert 0 == finding.of
    assert 20 < finding.count
    assert len({item.request for item in finding.occurrences}) > 20


def test_rename_now_and_then_is_so_many_of_so_many() -> None:
    """A member that is renamed in all bodies but is absent in none is told with both numbers."""
    group = [Finding(Severity.ERROR, Kind.RENAMED, "m", request=number) for number in (1, 2, 2)]

    assert [(2, 5)] == [
        (item.count, item.of) for item in folded(group, dict.fromkeys(range(1, 6), 1))
    ]


def test_folded_finding_lists_every_instance_and_request() -> None:
    """The first of each instance comes first, so that a list which is cut names them all."""
    group = [
        Finding(Severity.ERROR, Kind.BREAKING, "m", instance=instance, pointer=at, request=number)
        for instance, at, number in (("a", "/0", 1), ("a", "/1", 1), ("b", "/0", 2), ("a", "/0", 1))
    ]
    (finding,) = folded(group)

    assert [("a", "/0", 1), ("b", "/0", 2), ("a", "/1", 1)] == [
        (item.instance, item.pointer, item.request) for item in finding.occurrences
    ]
    assert ("a", "b") == finding.instances


def test_finding_about_several_instances_names_them() -> None:
    """In a run as in a made-up group."""
    (finding,) = judged(items(drop("url"))).findings

    assert {"crm", "shop", "bare"} <= set(finding.instances)


# What came


def test_finding_keeps_what_came() -> None:
    """Status, headers and the start of the body, as they stood."""

    def speaker(request: Request) -> Speech:
        moved = replace(refusal(302), headers=(("Location", "/elsewhere"),), body=b"b" * 5_000)
        return said(request, moved if "/shop/" in request.path else answer(request))

    came = next(item.came for item in judged(speaker).findings if item.instance == "shop")

    assert came is not None
    assert (302, "/elsewhere", 5_000) == (came.status, came.location, came.size)
    assert 200 <= len(came.body) < 5_000
    assert "location" in dict(came.headers)


# The same finding in another run


def everybody_fails(request: Request) -> Speech:
    """Answer 500 to whoever is not known, and let whatever credentials in."""
    if request.values("authorization") == [f"Bearer {TOKEN}"]:
        known = any(f"/{name}/" in request.path for name in KNOWN_IDS)
        return speak(request) if known else said(request, refusal(500))
    return said(request, refusal(418))


def test_key_of_a_finding_hangs_on_no_seed() -> None:
    """Ids and credentials that are made up are others with each seed, and one deviation."""
    one, other = (
        set(judged(everybody_fails, replace(QUICK, max_examples=15, seed=seed)).deviations)
        for seed in (1, 2)
    )

    assert one == other
    assert "(none that exists)" in {item.instance for item in one}


def test_key_of_a_finding_hangs_on_no_token() -> None:
    """A night with a stale token makes no new deviations of the old ones."""

    def speaker(request: Request) -> Speech:
        return said(request, refusal(403)) if "/shop/" in request.path else speak(request)

    good, stale = judged(speaker), judged(speaker, token="stale-token")
    about = [
        {item.message for item in verdict.deviations if item.clause == "status.documented"}
        for verdict in (good, stale)
    ]

    assert {"answered 403, which the contract does not know"} == about[0] | about[1]


def test_accepted_deviation_stays_accepted_with_a_stale_token(tmp_path: Path) -> None:
    """The hint about the token is no part of what was accepted."""
    path = tmp_path / "known-drift.toml"
    path.write_text(
        """
[[accepted]]
clause = "status.documented"
message = "answered 404, which the contract does not know"
place = ""
instance = "*"
reason = "the gateway"
owner = "team chat"
expires = 2099-01-01
""",
        encoding="utf-8",
    )
    options = replace(QUICK, known_drift=read_known_drift(path))
    verdict = judged(
        lambda request: (
            said(request, refusal(404))
            if request.values("authorization") and request.method == "GET"
            else speak(request)
        ),
        options,
    )
    (finding,) = (item for item in verdict.findings if item.clause == "status.documented")

    assert Severity.NOTE is finding.severity
    assert "accepted until 2099-01-01 by team chat: the gateway" in finding.hint
    assert "are the token and BASE_URL right?" in finding.hint


@pytest.mark.parametrize("limit", [0.001, 0.002])
def test_key_of_a_slow_answer_hangs_on_no_limit(limit: float) -> None:
    """Who lowers the limit meets the same deviation."""

    def speaker(request: Request) -> Speech:
        return replace(speak(request), delay=0.01 if request.number < 5 else 0.0)

    found = judged(speaker, replace(QUICK, max_response_time=limit))

    assert {"took longer than --max-response-time"} == {
        item.message for item in found.findings if item.clause == "run.time"
    }


def test_key_of_a_lost_request_hangs_on_no_plan() -> None:
    """The name of the probe stands beside it."""

    def speaker(request: Request) -> Speech:
        return Speech(b"") if "/shop/" in request.path else speak(request)

    lost = [item for item in judged(speaker).findings if item.clause == "run.answered"]

    assert ["no answer, twice"] == [item.message for item in lost]
    assert lost[0].expected.startswith("an answer to find 'shop'")
