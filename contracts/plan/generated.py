"""Draws cases with Schemathesis and Hypothesis, as values: nothing is sent while they draw."""

from __future__ import annotations

import json
import os
import tempfile
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote, urlencode

import h11

# Parts of a package are imported by their names: of one whose import had to be repeated, since the
# working folder was gone, they may be no attributes.
import hypothesis
import schemathesis
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.errors import Unsatisfiable
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from schemathesis import GenerationMode

from find_webhook_kit.contracts.plan.credentials import validity
from find_webhook_kit.contracts.plan.subject import Subject, filled, segment
from find_webhook_kit.contracts.wire.probe import IDENTITY, VALID, Credentials, Probe, Purpose
from find_webhook_kit.spec import Operation

MISSES: Final = 4
"""Draws for each case that may come to nothing: drawn before, or nothing that HTTP carries."""

LONGEST_QUERY: Final = 2000
"""Characters that every server and gateway reads; longer ones are refused as such (414)."""

IN_A_QUERY: Final = "!$&'()*+,-./:;=?@_~%"

_DRAWING: Final = threading.Lock()
"""Hypothesis keeps its settings for a whole process."""


@dataclass(frozen=True, slots=True)
class Case:
    """What a request says: path parameters percent-encoded; no credentials are the valid ones.

    `query` is what stands behind the question mark. A case that is not `valid` breaks something.
    """

    path_parameters: Mapping[str, str]
    headers: tuple[tuple[str, str], ...]
    authorization: str | None
    query: str = ""
    valid: bool = True


def generated(subject: Subject, *, seed: int, max_examples: int) -> Iterator[Probe]:
    """Draw so many different requests that HTTP/1.1 can carry, at the most.

    The seed alone decides, so two runs send the same. The first half asks for ids as the contract
    allows them, with valid credentials; the other half breaks it in parameters and credentials.
    """
    half = max_examples // 2
    halves = ((GenerationMode.POSITIVE, max_examples - half), (GenerationMode.NEGATIVE, half))
    document, operation = json.dumps(subject.contract.document), subject.operation
    for mode, number in halves:
        for drawn in _cases(document, operation.path, operation.method, mode, seed, number):
            case = _without_keys(drawn, operation)
            if case is not None and not (subject.open and case.authorization):
                yield _probe(case, subject)


@cache  # a document as JSON, so that it is a key
def _cases(  # noqa: PLR0913, PLR0917 - what a draw hangs on
    document: str, path: str, method: str, mode: GenerationMode, seed: int, number: int
) -> tuple[Case, ...]:
    """Draw cases; Hypothesis makes half of them twice, so what was made before is rejected."""
    made: dict[tuple[object, ...], Case] = {}
    if not number:
        return ()
    schema = schemathesis.openapi.from_dict(json.loads(document), config=schemathesis.Config())
    # Valid ones are fixed, so that the draw is spent on ids; the others are drawn.
    fixed = {"Authorization": VALID.shell[0]} if mode is GenerationMode.POSITIVE else None
    strategy = schema[path][method].as_strategy(generation_mode=mode, headers=fixed)

    misses = 0

    def keep(case: schemathesis.Case[Any]) -> None:
        nonlocal misses
        value = _case(case, valid=mode is GenerationMode.POSITIVE)
        if not _sendable(path, method, value) or made.setdefault(_key(value), value) is not value:
            misses += 1
            if misses < MISSES * number:  # there may be no more than these
                hypothesis.reject()

    settings = hypothesis.settings(
        max_examples=number,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    with _DRAWING, by_seed_alone(), _storage() as folder:
        set_hypothesis_home_dir(folder)
        with suppress(Unsatisfiable):  # there is nothing, or nothing more, to draw
            hypothesis.seed(seed)(settings(hypothesis.given(strategy)(keep)))()
    return tuple(made.values())


@contextmanager
def by_seed_alone() -> Iterator[None]:
    """Let the seed alone decide what is drawn.

    Hypothesis mixes in constants of the modules that happen to be loaded and that it takes for
    the user's own: others in another process, or in an installation. No setting turns that off
    (Hypothesis 6.170), so this is the one place that reaches into it.
    """
    theirs = providers._get_local_constants  # noqa: SLF001
    providers.CONSTANTS_CACHE.cache.clear()
    providers._get_local_constants = Constants  # noqa: SLF001
    try:
        yield
    finally:
        providers._get_local_constants = theirs  # noqa: SLF001
        providers.CONSTANTS_CACHE.cache.clear()


@contextmanager
def _storage() -> Iterator[Path]:
    """Give Hypothesis a folder for its Unicode tables, which take seconds to make.

    It is one for all runs in the user's cache (XDG Base Directory), never where the user stands.
    """
    cache_home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(cache_home) / "find-webhook-contract-kit" / "hypothesis"
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    if os.access(folder, os.W_OK):
        yield folder
        return
    with tempfile.TemporaryDirectory() as temporary:
        yield Path(temporary)


def _case(case: schemathesis.Case[Any], *, valid: bool) -> Case:
    headers = {name.title(): str(value).strip() for name, value in (case.headers or {}).items()}
    shown = headers.pop("Authorization", None)
    if case.cookies:
        pairs = (f"{name}={quote(str(value))}" for name, value in case.cookies.items())
        headers["Cookie"] = "; ".join(pairs)
    sent = case.as_transport_kwargs(base_url="http://h").get("params") or ""
    query = quote(sent, safe=IN_A_QUERY) if isinstance(sent, str) else urlencode(sent, doseq=True)
    return Case(
        path_parameters={name: str(value) for name, value in (case.path_parameters or {}).items()},
        headers=tuple(sorted(headers.items())),
        authorization=None if shown == VALID.shell[0] else shown,
        query=query,
        valid=valid,
    )


def _key(case: Case) -> tuple[object, ...]:
    return (tuple(case.path_parameters.items()), case.headers, case.authorization, case.query)


def _probe(case: Case, subject: Subject) -> Probe:
    """Turn a case into a probe for this target; an example of the document stands for our values.

    Whatever credentials Schemathesis makes up are not the token, so they must be refused.
    """
    known, shown = subject.known()[0], case.authorization
    texts = _texts(case, subject.operation, known)
    asked = {name: unquote(text, errors="replace") for name, text in texts.items()}
    words = asked.get(subject.varied, "")
    exists = any(probe.asked == asked for probe in subject.known())
    operation = subject.operation
    beside = {item.location for item in operation.parameters} - {"path"}
    path = filled(operation.path, texts)
    if "query" in beside:
        path += f"?{case.query}" if case.query else ""
    else:
        path += "".join(known.path.partition("?")[1:])
    find = Purpose.FIND if case.valid or not beside else Purpose.EXTRA
    return replace(
        known,
        name=f"generated: {operation.method} {words!r}",
        path=path,
        instance_id=words,
        asked=asked,
        purpose=find if shown is None else Purpose.SECURITY,
        credentials=known.credentials if shown is None else _credentials(shown),
        headers=(known.headers[0], *_coding(case), *_said(case, subject, beside)),
        generated=True,
        made_up=not exists,
        odd=not exists,
    )


def _texts(case: Case, operation: Operation, known: Probe) -> dict[str, str]:
    """Return what stands in the path, percent-encoded."""
    examples = {
        item.name: str(item.example)
        for item in operation.parameters
        if item.location == "path" and item.example is not None
    }
    return {
        name: segment(known.asked[name]) if text == examples.get(name) else text
        for name, text in case.path_parameters.items()
        if name in known.asked
    }


def _said(case: Case, subject: Subject, beside: Collection[str]) -> tuple[tuple[str, str], ...]:
    """List the headers of a case, with what each request has to carry where it draws none."""
    drawn = "header" in beside or "cookie" in beside
    return case.headers if drawn else (*subject.headers, *case.headers)


def _without_keys(case: Case, operation: Operation) -> Case | None:
    """Leave out what was made up as a key, which stands where the judge puts its own.

    A query or a cookie that holds one is no case of ours.
    """
    keys = [item for item in operation.security if item.type == "apiKey"]
    named = {item.key.title() for item in keys if item.location == "header"}
    cookie = dict(case.headers).get("Cookie", "")
    for item in keys:
        where = {"query": case.query, "cookie": cookie}.get(item.location, "")
        if f"{quote(item.key)}=" in where:
            return None
    bearer = any(item.scheme == "bearer" for item in operation.security)
    return replace(
        case,
        headers=tuple(pair for pair in case.headers if pair[0] not in named),
        authorization=case.authorization if bearer else None,
    )


def _coding(case: Case) -> tuple[tuple[str, str], ...]:
    return () if "Accept-Encoding" in dict(case.headers) else (IDENTITY,)


@cache  # so that probes with the same credentials are equal
def _credentials(shown: str) -> Credentials:
    return Credentials("generated credentials", validity(shown), lambda _: (shown,), (shown,))


# What frames a message, describes a body or names the connection is not a case's to say.
OURS: Final = frozenset(
    {
        "Host",
        "Connection",
        "Content-Length",
        "Content-Type",
        "Transfer-Encoding",
        "Expect",
        "Upgrade",
    }
)


def _sendable(path: str, method: str, case: Case) -> bool:
    """Tell whether HTTP/1.1 can carry a case: whole segments, and headers that h11 lets pass."""
    shown = [] if case.authorization is None else [("Authorization", case.authorization)]
    try:
        h11.Request(
            method=method,
            target=filled(path, case.path_parameters),
            headers=[("Host", "h"), *case.headers, *shown],
        )
    except (h11.LocalProtocolError, UnicodeEncodeError):
        return False
    short = len(case.query) <= LONGEST_QUERY
    return (
        short
        and all(case.path_parameters.values())
        and not OURS & {name for name, _ in case.headers}
    )
