"""All that was asked of one operation and what came back: what every clause is judged by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, wraps
from http import HTTPStatus
from itertools import chain
from typing import Final, TypeVar
from weakref import WeakKeyDictionary

from find_webhook_kit.contracts.clauses.spelling import difference
from find_webhook_kit.contracts.finding import Evidence, Finding, Weight
from find_webhook_kit.contracts.plan.subject import Subject
from find_webhook_kit.contracts.wire.curl import curl
from find_webhook_kit.contracts.wire.exchange import Answer, Death, Exchange, LossKind
from find_webhook_kit.contracts.wire.probe import Purpose, Validity
from find_webhook_kit.contracts.wire.target import Target
from find_webhook_kit.spec import Json, Operation, Response, Violation
from find_webhook_kit.spec.meaning import Asked, Rule, broken
from find_webhook_kit.spec.success import (
    body_of,
    is_json,
    json_of,
    lists,
    promised,
    refusals,
    success,
)

REDIRECTED: Final = HTTPStatus.MULTIPLE_CHOICES
FAILED: Final = HTTPStatus.INTERNAL_SERVER_ERROR

EVIDENCE: Final = 1_500
"""Bytes of a body that a finding keeps."""

CALM: Final = 2.5
"""Seconds behind a slow-down in which who throttles refuses nothing: five requests or more."""

SELDOM: Final = 5
"""Of so many requests that who throttles refuses, at least one is refused again at once."""

Pairs = Sequence[tuple[Exchange, Answer]]
T = TypeVar("T")


OF_A_ROUTER: Final = frozenset({404, 405, 414})
"""What frameworks answer on their own where a path leads nowhere, or is too long."""


@dataclass(frozen=True, slots=True)
class SuccessBody:
    """The value of an answer of success, what was asked for, and what its schema says against it.

    `things` are the items of an array, or the one object that the body is.
    """

    exchange: Exchange
    asked: Asked
    value: Json
    things: list[Json]
    violations: tuple[Violation, ...]


@dataclass(frozen=True, eq=False)
class Transcript:
    """Everything that was sent about one operation and answered, and what the run was about."""

    subject: Subject
    exchanges: Sequence[Exchange]
    methods: frozenset[str]
    max_response_time: float | None = None
    death: Death | None = None
    slowed: Sequence[float] = ()

    @property
    def target(self) -> Target:
        return self.subject.target

    @property
    def operation(self) -> Operation:
        return self.subject.operation

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """The rules that hold for the operation, by their ids."""
        return {rule.id: rule for rule in self.subject.rules.of(self.operation)}

    @cached_property
    def success(self) -> int:
        """The status of the answer that the operation is there for."""
        return success(self.operation)

    @cached_property
    def refusals(self) -> frozenset[int]:
        """The statuses with which somebody without valid credentials is refused."""
        return refusals(self.operation)

    @property
    def refused(self) -> str:
        """The same, in words."""
        return " or ".join(map(str, sorted(self.refusals)))

    @cached_property
    def lists(self) -> bool:
        return lists(self.operation)

    def things(self, answer: Answer) -> list[Json] | None:
        """Return what a body shows; None where it is not readable, or not of the documented kind.

        That is the items of an array, or the one thing that another body is.
        """
        if not answer.readable or isinstance(answer.json, list) is not self.lists:
            return None
        return answer.json if isinstance(answer.json, list) else [answer.json]

    @cached_property
    def heard(self) -> Pairs:
        """The exchanges with an answer whose head could be read."""
        return tuple(
            (item, item.answer) for item in self.exchanges if item.answer and item.answer.status
        )

    @cached_property
    def answered(self) -> Pairs:
        """What was heard of the API itself, as far as anybody can tell."""
        return tuple(pair for pair in self.heard if not self._is_turned_away(*pair))

    @cached_property
    def turned_away(self) -> Pairs:
        """What a router, a gateway or a firewall refused or redirected on the way.

        They do that to odd ids, and to two Authorization headers (RFC 9110, section 5.3).
        """
        return tuple(pair for pair in self.heard if self._is_turned_away(*pair))

    def _is_turned_away(self, exchange: Exchange, answer: Answer) -> bool:
        """Tell whether an answer need not be the API's; a documented one is, in JSON if it has any.

        But a router may have the same status in a shape of its own, as FastAPI's 404 for `a/b`.
        """
        probe = exchange.probe
        if probe.purpose is Purpose.DOOR:
            return True  # a door leads somewhere else, mostly
        strange = probe.odd or len(probe.credentials.shell) > 1
        if not strange or not REDIRECTED <= answer.status < FAILED or answer.throttles:
            return False
        response = promised(self.operation, answer.status)
        if response is None or (response.content and not is_json(answer.media_type)):
            return True
        return answer.status in OF_A_ROUTER and not _fits(response, answer)

    def merged(self, exchange: Exchange, answer: Answer) -> str:
        """Return the known id that was answered for, where an odd one is that id and slashes.

        Servers and gateways that merge slashes (nginx, lighttpd, Litestar) read `crm%2F` as `crm`;
        who asks for it names the instance, so nothing leaks. Empty for every other answer.
        """
        known = exchange.probe.instance_id.strip("/")
        if not exchange.probe.odd or known not in self.target.instance_ids:
            return ""
        asked = {**exchange.probe.asked, self.subject.varied: known}
        return "" if not self.things(answer) or self.is_of_others(asked, answer) else known

    def is_of_others(self, asked: Asked, answer: Answer) -> bool:
        """Tell whether what is shown says itself that it is somebody else's."""
        rule = self.rules.get("owner")
        return rule is not None and any(broken(rule, asked, answer.json))

    def about(self, purpose: Purpose) -> Pairs:
        """Return what was heard of a purpose, from whomever."""
        return [pair for pair in self.heard if pair[0].probe.purpose is purpose]

    @cached_property
    def plain(self) -> Pairs:
        """The answers to what the contract describes: its GET, a valid token, JSON wanted."""
        return tuple(pair for pair in self.answered if pair[0].probe.plain)

    @cached_property
    def found(self) -> Pairs:
        """The answers that carry the documented body of a success."""
        purposes = {
            Purpose.FIND,
            Purpose.ACCEPT,
            Purpose.SECURITY,
            Purpose.CONDITIONAL,
            Purpose.EXTRA,
            Purpose.ALLOWED,
        }
        return tuple(
            (exchange, answer)
            for exchange, answer in self.answered
            if answer.status == self.success
            and exchange.probe.method == self.operation.method
            and exchange.probe.wants_json
            and exchange.probe.purpose in purposes
            and exchange.probe.credentials.validity in {Validity.VALID, Validity.EITHER}
        )

    @cached_property
    def bodies(self) -> tuple[SuccessBody, ...]:
        """The readable bodies of a success; what is the same is judged by the schema once."""
        schema = body_of(self.operation)
        readable = [(exchange, answer) for exchange, answer in self.found if answer.readable]
        judged = {answer.content: answer.json for _, answer in readable if schema}
        violations = {
            content: schema.violations(value) if schema else () for content, value in judged.items()
        }
        return tuple(
            SuccessBody(
                exchange,
                self._asked(exchange, answer),
                answer.json,
                self.things(answer) or [],
                violations[answer.content],
            )
            for exchange, answer in readable
            if schema
        )

    def _asked(self, exchange: Exchange, answer: Answer) -> Asked:
        merged = self.merged(exchange, answer)
        asked = exchange.probe.asked
        return {**asked, self.subject.varied: merged} if merged else asked

    @cached_property
    def throttles_by_503(self) -> bool:
        """True where each 503 without Retry-After came of how fast the judge asked.

        Throttling (nginx's default) refuses the same request again at once, and nothing once the
        run has slowed down; a server that fails now and then fails then, too.
        """
        left = [
            times
            for exchange in self.exchanges
            if (times := [it.left for it in exchange.losses if it.kind is LossKind.UNAVAILABLE])
        ]
        if not self.slowed or not refuses_at_once(left, before=self.slowed[0]):
            return False
        later = any(time <= it <= time + CALM for time in self.slowed for it in chain(*left))
        failing = any(
            answer.status == HTTPStatus.SERVICE_UNAVAILABLE and not answer.throttles
            for _, answer in self.answered
        )
        return not later and not failing

    def finding(  # noqa: PLR0913 - the fields of a finding
        self,
        exchange: Exchange,
        weight: Weight,
        message: str,
        *,
        expected: str = "",
        got: str = "",
        at: str = "",
        hint: str = "",
    ) -> Finding:
        """Make a finding about an exchange, with the line that repeats it."""
        return Finding(
            *weight,
            message,
            expected,
            got,
            pointer=at,
            instance=exchange.probe.instance_id,
            whose=self.subject.rules.whose,
            curl=curl(exchange.probe, self.target),
            request=exchange.number,
            hint=hint or difference(expected, got),
            known=exchange.probe.instance_id in self.target.instance_ids,
            came=evidence(exchange.answer),
        )

    def wrong_status(
        self, pairs: Pairs, weight: Weight, words: str, expected: str, *, hint: str = ""
    ) -> Iterator[Finding]:
        """Report the status of each of these answers; `words` may hold `{status}` and `{probe}`."""
        for exchange, answer in pairs:
            message = words.format(status=answer.status, probe=exchange.probe)
            got = str(answer.status)
            yield self.finding(exchange, weight, message, expected=expected, got=got, hint=hint)

    def answers_of(self, response: Response) -> Pairs:
        """Return what came to a request of the operation and is documented by this response."""
        return [
            pair
            for pair in self.answered
            if pair[0].probe.method == self.operation.method
            and promised(self.operation, pair[1].status) is response
        ]


def once(make: Callable[[Transcript], T]) -> Callable[[Transcript], T]:
    """Compute what hangs on a transcript alone once for it, and forget it with the transcript."""
    made: WeakKeyDictionary[Transcript, T] = WeakKeyDictionary()

    @wraps(make)
    def kept(transcript: Transcript) -> T:
        if transcript not in made:
            made[transcript] = make(transcript)
        return made[transcript]

    return kept


def refuses_at_once(refused: Sequence[Sequence[float]], *, before: float) -> bool:
    """Tell whether requests were mostly refused again, when they were sent again at once.

    Each has the times at which it was refused. Until a run slows down, who throttles refuses most
    of them again; of who fails now and then, the next attempt mostly succeeds.
    """
    early = [times for times in refused if times[0] <= before]
    again = [times for times in early if len(times) > 1]
    ever_again = sum(len(times) > 1 for times in refused)
    return 2 * len(again) > len(early) and len(refused) <= SELDOM * ever_again


def evidence(answer: Answer | None) -> Evidence | None:
    """Keep what came: of the body what a report shows, and a little more to mask it by."""
    if answer is None or not answer.status:
        return None
    body = answer.content[:EVIDENCE].decode("utf-8", "backslashreplace")
    return Evidence(answer.status, answer.headers, body, len(answer.content))


def _fits(response: Response, answer: Answer) -> bool:
    """Tell whether a body is what a documented response promises."""
    found = json_of(response)
    return found is None or (answer.readable and not found.schema.violations(answer.json))
