"""Renders the exchanges of a run as an HTTP archive (HAR 1.2), for a browser's network panel."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from find_webhook_kit.contracts.mask import Mask
from find_webhook_kit.contracts.reports.evidence import header
from find_webhook_kit.contracts.reports.facts import kit_version
from find_webhook_kit.contracts.verdict import Verdict
from find_webhook_kit.contracts.wire.exchange import Answer, Exchange
from find_webhook_kit.contracts.wire.probe import TOKEN_VARIABLE, Probe, one_cookie
from find_webhook_kit.contracts.wire.target import Target

BODY: Final = 64 * 1024  # characters of one body
BODIES: Final = 8 * 1024 * 1024  # bytes of all bodies, as the archive writes them
Object = dict[str, object]

NOTHING: Final[Object] = {
    "status": 0,
    "statusText": "",
    "httpVersion": "HTTP/1.1",
    "cookies": [],
    "headers": [],
    "content": {"size": 0, "mimeType": "x-unknown"},
    "redirectURL": "",
    "headersSize": -1,
    "bodySize": -1,
}
"""The response where none came, as browsers write it."""


def as_har(verdict: Verdict, mask: Mask) -> str:
    """Return the archive, without secrets; bodies beyond a limit are left out, and say so."""
    archive = _Archive(verdict, mask)
    log = {
        "version": "1.2",
        "creator": {"name": "contract-test", "version": kit_version()},
        "comment": mask.line(verdict.diagnosis or verdict.stopped or verdict.unreachable),
        "entries": [archive.entry(exchange) for exchange in verdict.exchanges],
    }
    return json.dumps({"log": log}, indent=1) + "\n"


@dataclass(slots=True)
class _Archive:
    """The archive while it grows: what is answered many times is masked once."""

    verdict: Verdict
    mask: Mask
    bodies: dict[bytes, tuple[str, int]] = field(default_factory=dict)
    size: int = 0

    def entry(self, exchange: Exchange) -> Object:
        answer = exchange.answer
        milliseconds = round(1000 * answer.seconds, 3) if answer else 0
        started = self.verdict.started + timedelta(seconds=exchange.started)
        lost = "; ".join(map(str, exchange.losses))
        return {
            "startedDateTime": started.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "time": milliseconds,
            "request": self.request(exchange.probe),
            "response": self.response(answer, lost),
            "cache": {},
            "timings": {"send": 0, "wait": milliseconds, "receive": 0},
            "comment": self.mask.line(f"request {exchange.number}: {exchange.probe.name}"),
        }

    def request(self, probe: Probe) -> Object:
        url = self.mask.line(self.verdict.target.url + probe.shown_path, BODY)
        return {
            "method": probe.method,
            "url": url,
            "httpVersion": f"HTTP/{probe.form.version}",
            "cookies": [],
            "headers": list(self.sent(probe)),
            "queryString": [
                {"name": name, "value": value}
                for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True)
            ],
            "headersSize": -1,
            "bodySize": len(probe.content or b""),
            **({"postData": self.posted(probe.content)} if probe.content else {}),
        }

    def posted(self, content: bytes) -> Object:
        text = self.mask.body(content.decode("utf-8", "backslashreplace"), BODY)
        return {"mimeType": "application/json", "text": text}

    def sent(self, probe: Probe) -> Iterator[Object]:
        """List the headers that go out, with the token's variable where the token stands."""
        target: Target = self.verdict.target
        yield _pair("Host", self.mask.line(target.authority))
        shown = (pair for each in probe.proofs for pair in each.place.headers(each.shell))
        for pair in one_cookie((*shown, *probe.headers), "; ".join):
            name, value = probe.form.header(*pair)
            yield _pair(name, self.mask.line(value.replace(TOKEN_VARIABLE, probe.variable)))
        for given in target.headers:
            yield _pair(given.name, header(given.name, given.wire, self.mask))

    def response(self, answer: Answer | None, lost: str) -> Object:
        if answer is None:
            return {**NOTHING, "_error": self.mask.line(lost)}
        faults = "; ".join(map(str, answer.faults))
        status = answer.status
        told = {"_error": self.mask.line(faults)} if faults else {}
        return {
            **NOTHING,
            "status": status,
            "statusText": HTTPStatus(status).phrase if status in list(HTTPStatus) else "",
            "headers": [
                _pair(self.mask.line(name), header(name, it, self.mask))
                for name, it in answer.headers
            ],
            "content": self.content(answer),
            "redirectURL": header("location", answer.header("location") or "", self.mask),
            **told,
        }

    def content(self, answer: Answer) -> Object:
        told: Object = {
            "size": len(answer.content),
            "mimeType": self.mask.line(answer.header("content-type") or "x-unknown"),
        }
        left_out = {**told, "comment": f"left out: the bodies take more than {BODIES} bytes"}
        if self.size >= BODIES:
            return left_out
        text, size = self.body(answer.content)
        self.size += size
        if self.size > BODIES:
            return left_out
        cut = {"comment": f"cut behind {BODY} characters"} if len(answer.content) > BODY else {}
        return {**told, "text": text, **cut}

    def body(self, content: bytes) -> tuple[str, int]:
        """Return a body without secrets, and how many bytes it takes in the archive."""
        if content not in self.bodies:
            start = content[: 4 * BODY].decode("utf-8", "backslashreplace")
            text = self.mask.body(start, BODY)
            self.bodies[content] = text, len(json.dumps(text))
        return self.bodies[content]


def _pair(name: str, value: str) -> Object:
    return {"name": name, "value": value}
