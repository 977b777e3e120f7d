"""Small servers of three contracts of others: the honest ones conform, what they break is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from foreign import DOCUMENTS, QUICK, Asked, errors, found, messages, problem, speaking
from liars.honest import Answer
from network import Network

from find_webhook_kit.contracts.config.configuration import configuration
from find_webhook_kit.contracts.exit_code import Exit
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.verdict import Verdict

Handler = Callable[[Asked], Answer]
KEYS = {"apiKey": "k3y-for-books", "session": "s3ssion-of-ann", "readerKey": "r34der-of-all"}
CHALLENGE = ("WWW-Authenticate", "Key")

PETS = [{"id": 1, "name": "Tom", "status": "available"}, {"id": 2, "name": "Rex", "tags": ["dog"]}]


def integer(text: str | None, low: int, high: int) -> bool:
    """Tell whether a text is absent, or an integer in a range."""
    if text is None:
        return True
    return re.fullmatch(r"[+-]?\d{1,9}", text, re.ASCII) is not None and low <= int(text) <= high


def pets(asked: Asked) -> Answer:
    """Answer as petstore.yaml has it: what is wrong is a problem in plain JSON."""

    def wrong(status: int) -> Answer:
        return found({"code": status, "message": "it is wrong"}, status=status)

    one = re.fullmatch(r"/pets/([^/]*)", asked.path)
    if one:
        if not re.fullmatch(r"\d{1,18}", one[1], re.ASCII) or not int(one[1]):
            return wrong(400)
        pet = [it for it in PETS if it["id"] == int(one[1])]
        return found(pet[0]) if pet else wrong(404)
    status = asked.query.get("status")
    if not integer(asked.query.get("limit"), 1, 100) or status not in {
        None,
        "available",
        "pending",
        "sold",
    }:
        return wrong(400)
    return found(PETS, ("X-Total", "2"))


BOOK = {"isbn": "9780000000001", "title": "Gulliver", "copies": 2}


def library(asked: Asked) -> Answer:
    """Answer as library.yaml has it."""
    key = asked.headers.get("x-key") == KEYS["apiKey"]
    session = asked.cookies.get("SESSION") == KEYS["session"]
    if asked.path == "/books":
        return found([BOOK]) if key else problem(401, CHALLENGE)
    if asked.path == "/loans":
        if not session and asked.query.get("key") != KEYS["readerKey"]:
            return problem(401, CHALLENGE)
        since = asked.query.get("since")
        dated = since is None or re.fullmatch(r"\d{4}-\d\d-\d\d", since, re.ASCII)
        tracked = asked.cookies.get("tracking") in {None, "on", "off"}
        loan = {"book": BOOK, "due": "2027-01-02", "renewedAt": None}
        return found([loan]) if dated and tracked else problem(400)
    desk = re.fullmatch(r"/staff/([^/]*)/rota", asked.path)
    if desk:
        if not (key and session):
            return problem(401, CHALLENGE)
        right = desk[1] in {"north", "south"} and asked.headers.get("x-shift") in {"early", "late"}
        return found({"monday": "Ann", "tuesday": None}) if right else problem(400)
    isbn = re.fullmatch(r"/books/(\d{13})", asked.path, re.ASCII)
    return found({**BOOK, "isbn": isbn[1]}) if isbn else problem(400)


PARCELS = [{"kind": "Letter", "pages": 2}, {"kind": "Box", "weight": 0.5, "state": "sent"}]


def parcels(asked: Asked) -> Answer:
    """Answer as parcels.yaml has it: what is wrong is a problem in plain JSON."""

    def wrong(status: int) -> Answer:
        return found({"reason": "it is wrong"}, status=status)

    if re.fullmatch(r"/parcels/(\d+(,|%2C))*\d+/route", asked.path, re.ASCII):
        return found({"place": "here", "next": {"place": "there"}})
    if asked.path != "/parcels":
        return wrong(400)
    pairs = [part.partition("=") for part in asked.request.query.split("&") if part]
    named = {name: [text for other, _, text in pairs if other == name] for name, _, _ in pairs}
    listed = [it for text in named.get("states", []) for it in re.split(",|%2C", text)]
    sizes = [it for text in named.get("sizes", []) for it in re.split(r"%7C|\|", text)]
    box = {name: texts for name, texts in named.items() if name.startswith(("box%5B", "box["))}
    right = (
        bool(named.get("ids"))
        and all(re.fullmatch(r"-?\d{1,18}", it, re.ASCII) for it in named["ids"])
        and set(listed) <= {"sent", "lost", "there"}
        and set(sizes) <= {"s", "m", "l"}
        and not {name for name, _, _ in pairs} & {"box"}
        and not box
        and "filter" not in named
    )
    return found(PARCELS) if right else wrong(400)


def verdict(name: str, handler: Handler, monkeypatch: pytest.MonkeyPatch) -> Verdict:
    """Judge a handler by one of the contracts, with all that it asks for."""
    monkeypatch.delenv("CONTRACT_TOKEN", raising=False)
    given: dict[str, Any] = {"contract": DOCUMENTS / f"{name}.yaml", "param": ["numbers=1,2"]}
    if name != "parcels":
        given["param"] = ()
    if name == "library":
        for scheme, value in KEYS.items():
            monkeypatch.setenv(f"MY_{scheme.upper()}", value)
        given["credential"] = [f"{scheme}=$MY_{scheme.upper()}" for scheme in KEYS]
    chosen = configuration(given, "http://127.0.0.1:9")
    with chosen.target() as target:
        return judge(target, QUICK, chosen.contract, world=Network(speaking(handler)).world)


HONEST: dict[str, Handler] = {"petstore": pets, "library": library, "parcels": parcels}


@pytest.mark.parametrize("name", HONEST)
def test_honest_server_conforms(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every operation that reads is judged, and nothing is wrong."""
    told = verdict(name, HONEST[name], monkeypatch)

    assert (set(), Exit.CONFORMS) == (errors(told), told.exit_code)
    assert () == told.unproven


def where(path: str, given: Answer) -> Callable[[Handler], Handler]:
    """Answer one path in another way, wherever the honest answer is a 200."""

    def bend(honest: Handler) -> Handler:
        def handler(asked: Asked) -> Answer:
            right = honest(asked)
            return given if right.status == 200 and re.fullmatch(path, asked.path) else right

        return handler

    return bend


def instead(path: str, given: Answer) -> Callable[[Handler], Handler]:
    """Answer one path in another way, wherever the honest answer is none."""

    def bend(honest: Handler) -> Handler:
        def handler(asked: Asked) -> Answer:
            right = honest(asked)
            return given if right.status >= 400 and re.fullmatch(path, asked.path) else right

        return handler

    return bend


TOTAL = ("X-Total", "2")
BROKEN: dict[str, tuple[str, Callable[[Handler], Handler], str, str]] = {
    "a status that nobody documented": (
        "petstore",
        where("/pets/1", found({"id": 1, "name": "Tom"}, status=206)),
        "getPet:status.documented",
        "answered 206, which the contract does not know",
    ),
    "a member that allOf requires": (
        "petstore",
        where("/pets/1", found({"name": "Tom"})),
        "getPet:body.200.id",
        "id is required and absent",
    ),
    "no value of the enum": (
        "petstore",
        where("/pets", found([{"id": 1, "name": "Tom", "status": "gone"}], TOTAL)),
        "listPets:body.200.status",
        "[].status is not one of 'available', 'pending', 'sold'",
    ),
    "a header that is absent": (
        "petstore",
        where("/pets", found(PETS)),
        "listPets:header.200.X-Total",
        "a 200 has no header X-Total",
    ),
    "a header that says another thing": (
        "petstore",
        where("/pets", found(PETS, ("X-Total", "-1"))),
        "listPets:header.200.X-Total",
        "the header X-Total of a 200 is not at least 0",
    ),
    "another media type": (
        "petstore",
        where("/pets/1", Answer(200, (("Content-Type", "text/plain"),), b'{"id":1,"name":"T"}')),
        "getPet:media-type.200",
        "a 200 comes as text/plain",
    ),
    "an error of another shape": (
        "petstore",
        instead("/pets/.*", found({"code": "x", "message": "m"}, status=404)),
        "getPet:body.404",
        "the body of a 404: code is not integer",
    ),
    "any limit": (
        "petstore",
        instead("/pets", found(PETS, TOTAL)),
        "listPets:parameters.refused",
        "answered 200 to limit=0, which is not allowed",
    ),
    "a number that is not above its bound": (
        "library",
        where("/books", found([{**BOOK, "copies": 0}])),
        "listBooks:body.200.copies",
        "[].copies is not more than 0",
    ),
    "another pattern": (
        "library",
        where("/books", found([{**BOOK, "isbn": "1"}])),
        "listBooks:body.200.isbn",
        "[].isbn is not a text that matches ^[0-9]{13}$",
    ),
    "a map of numbers": (
        "library",
        where("/staff/.*", found({"monday": 1})),
        "getRota:body.200",
        "monday is not string or null",
    ),
    "a nested date": (
        "library",
        where("/loans", found([{"book": BOOK, "due": "soon"}])),
        "listLoans:body.200.due",
        "[].due is not a date",
    ),
    "an open door": (
        "library",
        instead("/loans", found([])),
        "listLoans:security.missing",
        "answered 200 to no credentials",
    ),
    "one key of two": (
        "library",
        lambda honest: (
            lambda asked: (
                found({"monday": "Ann"})
                if "/rota" in asked.path and asked.headers.get("x-key") == KEYS["apiKey"]
                else honest(asked)
            )
        ),
        "getRota:security.invalid",
        "answered 200 to no SESSION",
    ),
    "one alternative of two": (
        "library",
        lambda honest: (
            lambda asked: (
                problem(401, CHALLENGE)
                if asked.path == "/loans" and "SESSION" in asked.cookies
                else honest(asked)
            )
        ),
        "listLoans:security.alternatives",
        "answered 401 to a valid SESSION",
    ),
    "a branch without what it needs": (
        "parcels",
        where("/parcels", found([{"kind": "Letter"}])),
        "findParcels:body.200",
        "[].pages is required and absent (nearest branch of `oneOf`)",
    ),
    "a kind that there is not": (
        "parcels",
        where("/parcels", found([{"kind": "Bag"}])),
        "findParcels:body.200",
        "[].kind is not one of 'Letter', 'Box'",
    ),
    "a problem without a reason": (
        "parcels",
        instead("/parcels.*", found({}, status=400)),
        "findParcels:body.4XX",
        "the body of a 400: reason is required and absent",
    ),
    "a list of another type, far inside": (
        "parcels",
        where("/parcels/.*", found({"place": "here", "next": {"next": {"place": 7}}})),
        "getRoute:body.200",
        "next.next.place is not string",
    ),
    "no JSON": (
        "parcels",
        where("/parcels", Answer(200, (("Content-Type", "application/json"),), b"[{]")),
        "findParcels:json",
        "the body of a 200 is not readable JSON",
    ),
    "a list without what it must have": (
        "parcels",
        instead("/parcels", found([])),
        "findParcels:parameters.refused",
        "answered 200 to no ids, which is required",
    ),
}


@pytest.mark.parametrize(("name", "bend", "clause", "message"), BROKEN.values(), ids=BROKEN)
def test_broken_answer_is_told(
    name: str,
    bend: Callable[[Handler], Handler],
    clause: str,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The clause is the one that the document has for it, and the message says what is wrong."""
    told = verdict(name, bend(HONEST[name]), monkeypatch)

    assert Exit.DOES_NOT_CONFORM == told.exit_code
    assert clause in errors(told)
    assert any(it.startswith(message) for it in messages(told, clause)), messages(told, clause)
