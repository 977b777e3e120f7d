"""Cases by Schemathesis and Hypothesis on top of the plan: they generate and validate, never send.

`create_test` is what Schemathesis itself builds its pytest tests and its engine on. It is not
documented, nor is where Hypothesis takes its constants from, so both are used here alone, and the
version of Schemathesis is pinned to one minor release.
"""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from http import HTTPStatus
from typing import Any, Final, cast
from unittest.mock import patch
from urllib.parse import quote, unquote

import h11
import hypothesis
import hypothesis.configuration
import requests
import schemathesis
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.transport import Response
from schemathesis.generation.hypothesis.builder import (
    HypothesisTestConfig,
    HypothesisTestMode,
    create_test,
)
from schemathesis.specs.openapi import checks

from contracts.exchange import (
    VALID,
    Answer,
    Credentials,
    Exchange,
    Foreign,
    Probe,
    Topic,
    Trust,
)
from contracts.target import Target
from spec import Contract, Operation, pointer

# Its other checks send requests of their own or speak of several operations.
CHECKS: Final = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


def generate(  # noqa: PLR0913 - what a run is made of
    contract: Contract,
    operation: Operation,
    target: Target,
    *,
    seed: int,
    max_examples: int,
    send: Callable[[Probe], Exchange | None],
) -> None:
    """Hand every generated request to `send`, and note what Schemathesis says of the answer.

    The requests depend on the seed alone, never on the answers, so two runs send the same. Left to
    itself, Hypothesis makes half of them twice; what was made before is rejected here, so that it
    makes another, and `max_examples` counts different requests.
    """
    made: set[Probe] = set()

    def run(case: schemathesis.Case[Any]) -> None:
        probe = _probe(case, operation, target)
        if probe is None or probe in made:
            hypothesis.reject()
        made.add(probe)
        exchange = send(probe)
        if exchange is not None:
            exchange.foreign.extend(_validate(case, exchange))

    with tempfile.TemporaryDirectory() as folder, _by_seed_alone():
        hypothesis.configuration.set_hypothesis_home_dir(folder)  # not where the user stands
        _test(contract, operation, run, seed, max_examples)()


@contextmanager
def _by_seed_alone() -> Iterator[None]:
    """Let the seed alone decide what is drawn.

    Hypothesis mixes in constants of the modules that happen to be loaded and that it takes for
    the user's own, which would be others in another process, or in an installation.
    """
    providers.CONSTANTS_CACHE.cache.clear()
    with patch.object(providers, "_get_local_constants", Constants):
        yield
    providers.CONSTANTS_CACHE.cache.clear()


def _test(
    contract: Contract,
    operation: Operation,
    run: Callable[[schemathesis.Case[Any]], None],
    seed: int,
    max_examples: int,
) -> Callable[[], None]:
    """Build the test that hands each case to `run`, as Schemathesis builds its own."""
    document = cast("dict[str, Any]", copy.deepcopy(contract.document))
    schema = schemathesis.openapi.from_dict(document, config=schemathesis.Config())
    settings = hypothesis.settings(
        max_examples=max_examples,
        database=None,
        deadline=None,
        derandomize=False,  # Hypothesis turns it on where CI is set, and drops the seed
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    config = HypothesisTestConfig(
        project=schema.config,
        modes=list(HypothesisTestMode),
        seed=seed,
        apply_ci_profile=False,
        settings=settings,
    )
    described = schema[operation.path][operation.method]
    return create_test(operation=described, test_func=run, config=config)


def _probe(case: schemathesis.Case[Any], operation: Operation, target: Target) -> Probe | None:
    """Turn a case into a probe; None where HTTP/1.1 cannot carry it.

    Whatever credentials Schemathesis makes up are not the token, so they must be refused.
    """
    headers = {name.title(): str(value).strip() for name, value in (case.headers or {}).items()}
    shown = headers.pop("Authorization", None)
    segment = str((case.path_parameters or {}).get("instanceId", ""))
    if segment == operation.parameters[0].example:
        segment = quote(target.instance_ids[0], safe="")
    probe = Probe(
        name=f"generated: {case.method} {unquote(segment, errors='replace')!r}",
        path=operation.path.replace("{instanceId}", segment),
        instance_id=unquote(segment, errors="replace"),
        topic=_topic(case.method, shown),
        method=case.method,
        credentials=VALID if shown is None else _credentials(shown),
        headers=(("Accept", "application/json"), *sorted(headers.items())),
        generated=True,
    )
    return probe if segment and _sendable(probe) else None


def _topic(method: str, shown: str | None) -> Topic:
    if method == "GET":
        return Topic.FIND if shown is None else Topic.SECURITY
    return {"HEAD": Topic.HEAD, "OPTIONS": Topic.OPTIONS}.get(method, Topic.METHOD)


@cache  # so that probes with the same credentials are equal
def _credentials(shown: str) -> Credentials:
    return Credentials("generated credentials", Trust.INVALID, lambda _: (shown,), (shown,))


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


def _sendable(probe: Probe) -> bool:
    headers = [
        ("Host", "h"),
        *probe.headers,
        *(("Authorization", v) for v in probe.credentials.shell),
    ]
    try:
        h11.Request(method=probe.method, target=probe.path, headers=headers)
    except (h11.LocalProtocolError, UnicodeEncodeError):
        return False
    return not OURS & {name for name, _ in probe.headers} and not probe.path.startswith("//")


def _validate(case: schemathesis.Case[Any], exchange: Exchange) -> Iterator[Foreign]:
    """Let Schemathesis judge the answer that our transport brought."""
    answer = exchange.answer
    if answer is None or answer.faults or not exchange.probe.plain:
        return
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return  # how fast we ask is not the contract's business
    try:
        case.validate_response(_response(answer, exchange), checks=CHECKS)
    except FailureGroup as group:
        yield from _foreign(error for error in group.exceptions if isinstance(error, Failure))


def _response(answer: Answer, exchange: Exchange) -> Response:
    headers: dict[str, list[str]] = {}
    for name, value in answer.headers:
        if name not in {"content-encoding", "content-length", "transfer-encoding"}:
            headers.setdefault(name, []).append(value)
    request = requests.Request(exchange.probe.method, "http://target" + exchange.probe.path)
    return Response(
        status_code=answer.status,
        headers=headers,
        content=answer.content,
        request=request.prepare(),
        elapsed=answer.seconds,
        verify=True,
        encoding="utf-8",
    )


def _foreign(failures: Iterable[Failure]) -> Iterator[Foreign]:
    for failure in failures:
        yield Foreign(
            code=failure.code,
            title=failure.title,
            message=str(failure.message).partition("\n")[0],
            pointer=pointer(getattr(failure, "instance_path", ())),
        )
