"""Keys, passwords and sessions of any document are shown as it asks, and looked after."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from foreign import Asked, errors, found, messages, problem, speaking
from liars.honest import Answer
from network import Network
from support.sampling import one_of_each

from find_webhook_kit.contracts.config.configuration import configuration
from find_webhook_kit.contracts.config.options import Depth, Options
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.reports import Mask, report
from find_webhook_kit.contracts.reports.har import as_har
from find_webhook_kit.contracts.reports.json_report import as_json
from find_webhook_kit.contracts.usage import UsageError
from find_webhook_kit.contracts.verdict import Status, Verdict
from find_webhook_kit.spec import Contract, load

QUICK = Options(max_examples=0, repetitions=3, depth=Depth.QUICK)
SCHEMES = {
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "reader": {"type": "apiKey", "in": "query", "name": "reader"},
    "session": {"type": "apiKey", "in": "cookie", "name": "SESSION"},
    "login": {"type": "http", "scheme": "basic"},
    "bearer": {"type": "http", "scheme": "bearer"},
}
SECRETS = {
    "key": "k3y-of-the-house",
    "reader": "r34der-of-books",
    "session": "s3ssion-0815-x",
    "login": "ann:pa55word-of-ann",
    "bearer": "b34rer-0f-t0kens",
}
TOKEN = "t0ken-for-everything"


def contract(folder: Path, *security: list[str], refused: str = "401", **more: Any) -> Contract:
    """Write a document with one operation, whose alternatives are these."""
    content = {"application/json": {"schema": {"type": "object"}}}
    answers = {"200": {"description": "d", "content": content}, refused: {"description": "d"}}
    operation = {
        "operationId": "things",
        "security": [{name: [] for name in each} for each in security],
        "responses": answers,
        **more,
    }
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Shop", "version": "1"},
        "paths": {"/things": {"get": operation}},
        "components": {"securitySchemes": SCHEMES},
    }
    file = folder / "api.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    return load(file)


def shown(asked: Asked) -> dict[str, str]:
    """Return what a request shows of each scheme."""
    authorization = asked.headers.get("authorization", "")
    scheme, _, text = authorization.partition(" ")
    places = {
        "key": asked.headers.get("x-key"),
        "reader": asked.query.get("reader"),
        "session": asked.cookies.get("SESSION"),
        "login": text if scheme == "Basic" else None,
        "bearer": text if scheme.lower() == "bearer" else None,
    }
    return {name: value for name, value in places.items() if value is not None}


def asking(
    *alternatives: list[str], secrets: Mapping[str, str] = SECRETS, status: int = 401
) -> Callable[[Asked], Answer]:
    """Let in who shows all schemes of one alternative."""
    known = {**secrets, "login": b64encode(secrets["login"].encode()).decode()}

    def handler(asked: Asked) -> Answer:
        has = {name for name, value in shown(asked).items() if value == known[name]}
        if any(set(each) <= has for each in alternatives):
            return found({})
        challenge = [("WWW-Authenticate", "Key")] if status == 401 else []
        return problem(status, *challenge)

    return handler


def verdict(
    document: Contract,
    handler: Callable[[Asked], Answer],
    monkeypatch: pytest.MonkeyPatch,
    *names: str,
    **flags: Any,
) -> Verdict:
    """Judge with keys of these schemes, each in a variable of its own."""
    monkeypatch.delenv("CONTRACT_TOKEN", raising=False)
    for name in names:
        monkeypatch.setenv(f"MY_{name.upper()}", SECRETS[name])
    given = [f"{name}=$MY_{name.upper()}" for name in names]
    chosen = configuration(
        {"contract": document.path, "credential": given, **flags}, "http://127.0.0.1:9"
    )
    with chosen.target() as target:
        return judge(target, QUICK, document, world=Network(speaking(handler)).world)


TOGETHER = [
    ["session"],
    ["key"],
    ["reader"],
    ["login"],
    ["bearer"],
    ["bearer", "key"],
    ["key", "session"],
    ["reader", "session"],
    ["login", "key", "reader"],
]


@pytest.mark.parametrize("schemes", one_of_each(TOGETHER, len), ids="-".join)
def test_all_that_is_asked_for_together_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, schemes: list[str]
) -> None:
    """An honest server conforms; who asks for nothing, or not for all of it, is found."""
    document = contract(tmp_path, schemes)
    honest = verdict(document, asking(schemes), monkeypatch, *schemes)
    opened = verdict(document, asking([]), monkeypatch, *schemes)

    assert (set(), 0) == (errors(honest), honest.exit_code)
    assert {"security.missing", "security.junk"} <= errors(opened)
    for left in schemes if len(schemes) > 1 else []:
        kept = [name for name in schemes if name != left]
        assert errors(verdict(document, asking(kept), monkeypatch, *schemes)) & {
            "security.junk",
            "security.invalid",
        }


@pytest.mark.parametrize("schemes", one_of_each(TOGETHER, len), ids="-".join)
def test_no_key_stands_in_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, schemes: list[str]
) -> None:
    """The variables stand there in place of the values."""
    document = contract(tmp_path, schemes)
    told = verdict(document, asking([]), monkeypatch, *schemes)
    mask = Mask.of(told.target, show_values=True)
    text = json.dumps([as_json(report(told, mask)), as_har(told, mask)], default=str)
    secrets = [SECRETS[name].rpartition(":")[2] for name in schemes]

    assert [] == [
        it for it in secrets if it in text or b64encode(it.encode()).decode()[:12] in text
    ]
    assert all(f"$MY_{name.upper()}" in text for name in schemes)


def test_each_alternative_lets_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that knows one way alone breaks the promise of the other."""
    document = contract(tmp_path, ["key"], ["session"])
    both = verdict(document, asking(["key"], ["session"]), monkeypatch, "key", "session")
    one = verdict(document, asking(["key"]), monkeypatch, "key", "session")
    untold = verdict(document, asking(["key"]), monkeypatch, "key")

    assert (set(), 0) == (errors(both), both.exit_code)
    assert ["answered 401 to a valid SESSION"] == messages(one, "security.alternatives")
    assert (set(), 0) == (errors(untold), untold.exit_code)


def test_way_with_a_key_of_its_own_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token is not shown as what another key was given for."""
    document = contract(tmp_path, ["reader"], ["session"])
    told = verdict(document, asking(["session"]), monkeypatch, "session", token=TOKEN)

    assert (set(), 0) == (errors(told), told.exit_code)


def test_token_and_key_are_shown_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has no key of its own is made of the token."""
    document = contract(tmp_path, ["key", "bearer"])
    handler = asking(["key", "bearer"], secrets={**SECRETS, "bearer": TOKEN})
    told = verdict(document, handler, monkeypatch, "key", token=TOKEN)

    assert (set(), 0) == (errors(told), told.exit_code)


@pytest.mark.parametrize(
    ("token", "user"), [("ann:pa55word-of-ann", ""), ("pa55word-of-ann", "ann")]
)
def test_user_and_password_are_told_in_two_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str, user: str
) -> None:
    """As `user:password` in the token, or the user apart."""
    document = contract(tmp_path, ["login"])
    told = verdict(document, asking(["login"]), monkeypatch, token=token, user=user)

    assert (set(), 0) == (errors(told), told.exit_code)


@pytest.mark.parametrize("status", [401, 403])
def test_refusal_is_the_documented_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """A document that has 403 for it means 403, and no other."""
    document = contract(tmp_path, ["key"], refused=str(status))
    right = verdict(document, asking(["key"], status=status), monkeypatch, "key")
    wrong = verdict(document, asking(["key"], status=804 - status), monkeypatch, "key")
    (told,) = {it.expected for it in wrong.findings if it.clause == "security.missing"}

    assert (set(), 0) == (errors(right), right.exit_code)
    assert {"security.missing", "security.junk"} <= errors(wrong)
    assert str(status) == told


def test_range_leaves_both_refusals_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where 4XX is documented, 401 and 403 both say no."""
    document = contract(tmp_path, ["key"], refused="4XX")
    told = [verdict(document, asking(["key"], status=it), monkeypatch, "key") for it in (401, 403)]

    assert [set(), set()] == [errors(each) for each in told]


def test_operation_whose_key_nobody_gave_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not proven, and what to give is said."""
    document = contract(tmp_path, ["key", "session"], ["login"])
    told = verdict(document, asking(["login"]), monkeypatch, "key")
    (left,) = told.unproven

    assert (3, "things:judged", Status.NOT_PROVEN) == (told.exit_code, left.id, left.status)
    assert left.hint.endswith(
        "it asks for key and session or login: give --credential 'session=$NAME'"
    )


def test_cookies_of_keys_and_parameters_are_one_header(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the wire, and in the curl line."""
    cookie = {"name": "a", "in": "cookie", "required": True, "schema": {"enum": [1]}}
    document = contract(tmp_path, ["session"], parameters=[cookie])
    seen: list[list[str]] = []

    def handler(asked: Asked) -> Answer:
        seen.append(asked.request.values("cookie"))
        return found([])

    told = verdict(document, handler, monkeypatch, "session")
    line = next(it.curl for it in told.findings if it.clause == "body.200")

    assert [f"SESSION={SECRETS['session']}; a=1"] == seen[0]
    assert '-H "Cookie: SESSION=$MY_SESSION; a=1"' in line


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        ({"credential": ["keys=$A"]}, "--credential keys: the contract has no such scheme; it has"),
        ({"credential": ["key"]}, "--credential: must look like SCHEME=$NAME"),
        ({"credential": ["key=$NO_SUCH"]}, "--credential key: the environment has no variable"),
        ({"credential": ["key="]}, "--credential key: its value is empty"),
        ({"credential": ["key=a\nb"]}, "--credential key: its value holds a line break"),
        ({"user": "a:b", "token": "t"}, "--user: a name without a colon"),
    ],
)  # fmt: skip
def test_mistake_is_named_and_no_value_is_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: Any, reason: str
) -> None:
    """The flag and the scheme are named."""
    monkeypatch.delenv("NO_SUCH", raising=False)
    file = contract(tmp_path, ["key"]).path
    chosen = configuration({"contract": file, **flags}, "http://h")

    with pytest.raises(UsageError) as caught, chosen.target():
        pass

    assert str(caught.value).startswith(reason)


def test_target_file_has_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of schemes, each with its variable or its value."""
    monkeypatch.setenv("MY_KEY", "k3y")
    contract(tmp_path, ["key"])
    file = tmp_path / "target.toml"
    said = 'contract = "api.yaml"\nuser = "ann"\n[credentials]\nkey = "$MY_KEY"\nsession = "s3ss"\n'
    file.write_text(f'url = "http://h"\n{said}')
    with configuration({"target": file}, None).target() as target:
        keys = {name: (key.value, key.variable) for name, key in target.keys.items()}

    assert {"key": ("k3y", "MY_KEY"), "session": ("s3ss", "SESSION")} == keys
    assert "ann" == target.user
    assert "s3ss" not in repr(target)
