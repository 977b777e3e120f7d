"""The judge and the mock say the same of three contracts that are not ours, end to end."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from pathlib import Path

import anyio
import foreign
import pytest
from foreign import found
from hypothesis import strategies as st
from liars.honest import Answer
from support.sampling import one_of_each

from find_webhook_kit.contracts.__main__ import main
from find_webhook_kit.contracts.clauses import CheckResult, Clause
from find_webhook_kit.contracts.clauses.status import nobodys
from find_webhook_kit.contracts.config.options import Depth, Options
from find_webhook_kit.contracts.exit_code import Exit
from find_webhook_kit.contracts.finding import Severity
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.mock_target import mock_target
from find_webhook_kit.contracts.verdict import Status, Verdict
from find_webhook_kit.spec import PATH, Contract, load
from find_webhook_kit.spec.meaning import rules_of

FOLDER = Path(__file__).with_name("data") / "contracts"
GIVEN = {"petstore": {}, "library": {}, "parcels": {"numbers": ("1,2",)}}
LIES = {
    "petstore": ("missing-member", "null-member", "truncated-json", "not-json", "server-error"),
    "library": ("missing-member", "number-for-text", "byte-order-mark", "html-login", "forbidden"),
    "parcels": ("truncated-json", "null-body", "two-documents", "not-json", "no-content"),
}
SOON = 60
"""Requests within which a lie is seen that every answer tells."""

LIED = [(name, lie) for name in LIES for lie in LIES[name]]


# pytest rewrites modules of Hypothesis and anyio as they are imported, and CPython 3.11 cannot do
# that in two threads at once; these are imported late, the second one by the mock.
st.from_regex("x").validate()
anyio.run(anyio.sleep, 0)


@cache
def document(name: str) -> Contract:
    """Read a document once."""
    return load(FOLDER / f"{name}.yaml")


def verdict(name: str, lie: str | None = None, examples: int = 0) -> Verdict:
    """Judge the mock of a document, which may lie."""
    contract = document(name)
    options = Options(
        max_examples=examples,
        repetitions=3,
        unsafe_methods=True,
        max_requests=SOON if lie else 0,
        depth=Depth.QUICK,
        connections=4,
    )
    with ExitStack() as stack:
        target = stack.enter_context(mock_target(contract, lie))
        return judge(replace(target, parameters=GIVEN[name]), options, contract)


@pytest.mark.parametrize("name", GIVEN)
def test_mock_of_a_foreign_contract_conforms(name: str) -> None:
    """Every operation that reads is judged, with drawn requests too, and nothing is wrong."""
    found = verdict(name, examples=3)
    loud = [item for item in found.findings if item.severity is not Severity.NOTE]
    judged = {it.id: it.status for it in found.outcomes if it.id.endswith(":judged")}

    assert ([], Exit.CONFORMS) == (loud, found.exit_code)
    assert {Status.NOT_APPLICABLE} >= set(judged.values())


@pytest.mark.parametrize("lied", one_of_each(LIED, lambda lied: lied[1]), ids="-".join)
def test_broken_answer_of_a_foreign_contract_is_caught(lied: tuple[str, str]) -> None:
    """A lie of its mock is an error, whatever the document calls its things."""
    found = verdict(*lied)

    assert Exit.DOES_NOT_CONFORM == found.exit_code


def test_command_judges_by_a_contract_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a URL the mock of that contract is the target; no instance is asked for."""
    arguments = ["--contract", str(FOLDER / "petstore.yaml"), "--profile", "quick"]

    assert 0 == main(arguments)
    assert "instance" not in capsys.readouterr().out


@pytest.fixture
def no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONTRACT_TOKEN", raising=False)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--contract", "no-such.yaml"], "no-such.yaml"),
        (["--rules", "no-such.yaml"], "no-such.yaml"),
        (["--contract", str(FOLDER / "petstore.yaml"), "--param", "colour=red"], "--param colour"),
        (["http://127.0.0.1:9/", "--contract", str(FOLDER / "library.yaml")], "no token"),
    ],
)
def test_mistake_names_the_file_or_the_flag(
    arguments: list[str],
    words: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Exit code 2, and a sentence that says what is wrong."""
    monkeypatch.delenv("CONTRACT_TOKEN", raising=False)

    assert 2 == main(arguments)
    assert words in capsys.readouterr().err


def test_what_nothing_checks_is_said_once_with_its_line(tmp_path: Path) -> None:
    """It is a clause that is not proven, and keeps nobody from a verdict."""
    path = tmp_path / "odd.yaml"
    schema = "{type: object, properties: {x: {type: string, format: colour}}}"
    path.write_text(
        "openapi: 3.0.3\ninfo: {title: Odd, version: '1'}\npaths:\n  /a:\n    get:\n"
        "      responses:\n        '200':\n          description: d\n          content:\n"
        f"            application/json:\n              schema: {schema}\n",
        encoding="utf-8",
    )
    contract = load(path)
    with mock_target(contract) as target:
        found = judge(target, Options(max_examples=0, repetitions=3), contract)
    told = [it for it in found.outcomes if it.id.startswith("contract.unchecked:")]

    assert ([Status.NOT_PROVEN], Exit.CONFORMS) == ([it.status for it in told], found.exit_code)
    assert "odd.yaml:11: the format 'colour' of type string is not checked" in told[0].hint


def test_document_of_several_files_with_a_cycle_is_mocked_and_judged() -> None:
    """What leads back to itself in another file ends neither the start nor the run."""
    contract = load(FOLDER / "shop" / "openapi.yaml")
    with mock_target(contract) as target:
        found = judge(target, Options(max_examples=3, repetitions=3), contract)

    assert 0 < found.answered
    assert [] == [item for item in found.findings if item.severity is not Severity.NOTE]


@pytest.mark.parametrize(
    ("of", "name", "words"),
    [
        (PATH, "findWebhook", "200 [] or 400"),
        (PATH, "findOneWebhook", "200 or 400 or 404"),
        (FOLDER / "petstore.yaml", "getPet", "200 or 400 or 404"),
    ],
)
def test_what_nobody_has_may_be_answered_as_the_contract_has_it(
    of: Path, name: str, words: str
) -> None:
    """A documented 404 is no deviation, and an object is no empty list."""
    found = load(of)

    assert words == nobodys(found.operations[name], rules_of(found))


@pytest.mark.parametrize(
    ("of", "flag"), [(FOLDER / "petstore.yaml", "a --param"), (PATH, "an --instance-id")]
)
def test_hint_names_the_flag_that_a_contract_gives_ids_by(of: Path, flag: str) -> None:
    """A flag for the ids of tenants helps nobody whose contract has none."""
    clause = Clause("any", "any", lambda _: CheckResult(0))

    assert f"give a valid token and {flag} that exists" == clause.hint({}, rules_of(load(of)))


@pytest.mark.parametrize(("status", "odd"), [(404, []), (301, ["id.odd"])])
def test_documented_refusal_without_content_is_the_answer_of_the_api(
    tmp_path: Path, status: int, odd: list[str]
) -> None:
    """Where a 404 is documented with no body, an odd id that nobody has is answered with it."""
    file = tmp_path / "api.yaml"
    file.write_text(
        """
openapi: 3.0.3
info: {title: Shop, version: "1"}
paths:
  /orders/{orderId}:
    get:
      operationId: getOrder
      parameters: [{name: orderId, in: path, required: true, schema: {type: string}}]
      responses:
        "200": {description: d, content: {application/json: {schema: {type: object}}}}
        "404": {description: d}
""",
        encoding="utf-8",
    )
    known = {"/orders/7": {"id": 7}}
    told = foreign.verdict(
        load(file),
        lambda it: (
            found(known[it.path]) if it.path in known else Answer(status if "%" in it.path else 404)
        ),
        orderId="7",
    )

    assert odd == [item.clause for item in told.findings if item.clause == "id.odd"]
