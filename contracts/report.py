"""Renders a verdict for machines: `report.json` and `junit.xml`.

No value of the token is ever written: every text passes through `Mask`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote
from xml.etree import ElementTree as ET

from contracts.exchange import TOKEN_VARIABLE
from contracts.finding import Finding
from contracts.target import Target
from contracts.verdict import Exit, Outcome, Status, Verdict

GOT_LENGTH: Final = 80
STEERING: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
URL: Final = re.compile(r"\b(https?://[^\s/\"'?#]+)[/?#][^\s\"']*")


def mask(target: Target, *, show_values: bool) -> Mask:
    """Return what hides the secrets of a target."""
    secrets = tuple(header.wire for header in target.headers)
    return Mask(target.token, show_values=show_values, secrets=secrets)


@dataclass(frozen=True, slots=True)
class Mask:
    """Hides the token everywhere, and what webhook URLs hold behind their origin.

    `secrets` are other values that must not be shown, such as a gateway's key.
    """

    token: str
    show_values: bool = False
    secrets: tuple[str, ...] = ()

    def text(self, text: str) -> str:
        """Put the token's variable where the token stands, whole, cut or percent-encoded."""
        for secret in (self.token, quote(self.token, safe=""), self.token[:-1]):
            if len(secret) > 3:  # noqa: PLR2004 - what is left of a cut token of four letters hides nothing
                text = text.replace(secret, TOKEN_VARIABLE)
        for secret in self.secrets:
            if len(secret) > 3:  # noqa: PLR2004 - as above
                text = text.replace(secret, "…")
        return text

    def line(self, text: str) -> str:
        """As `text`, with what would steer a terminal or break a line written as an escape."""
        return STEERING.sub(lambda match: f"\\u{ord(match.group()):04x}", self.text(text))

    def value(self, text: str) -> str:
        """As `text`, cut to 80 characters and URLs to their origin, unless values are shown."""
        if self.show_values:
            return self.line(text)
        plain = URL.sub(r"\1/…", self.line(text))
        return plain if len(plain) <= GOT_LENGTH else plain[: GOT_LENGTH - 1] + "…"

    def finding(self, finding: Finding) -> dict[str, object]:
        """Return a finding's fields, fit to be read by anybody."""
        fields = asdict(finding)
        for name in ("message", "expected", "instance", "pointer"):
            fields[name] = self.line(fields[name])
        return fields | {"got": self.value(finding.got)}


def write(folder: Path, verdict: Verdict, mask: Mask) -> None:
    """Write both reports into a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(as_json(verdict, mask), encoding="utf-8")
    (folder / "junit.xml").write_bytes(as_junit(verdict, mask))


def as_json(verdict: Verdict, mask: Mask) -> str:
    """Return the machine's report; its fields are named in the README."""
    report = {
        "verdict": verdict.exit_code.words,
        "exit_code": int(verdict.exit_code),
        "target": verdict.target.url,
        "seed": verdict.seed,
        "requests": verdict.requests,
        "seconds": round(verdict.seconds, 3),
        "stopped": verdict.stopped,
        "unreachable": mask.text(verdict.unreachable),
        "clauses": [
            {
                "id": outcome.id,
                "source": outcome.source,
                "required": outcome.required,
                "evidence": outcome.evidence,
                "status": outcome.status.value,
            }
            for outcome in verdict.outcomes
        ],
        "findings": [mask.finding(finding) for finding in verdict.findings],
    }
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def as_junit(verdict: Verdict, mask: Mask) -> bytes:
    """Return JUnit XML: one case a clause, an unproven one skipped, or an error where required."""
    suite = ET.Element("testsuite", name="contract", tests=str(len(verdict.outcomes)))
    suite.set("time", f"{verdict.seconds:.3f}")
    for outcome in verdict.outcomes:
        case = ET.SubElement(suite, "testcase", classname="contract", name=outcome.id, time="0")
        for tag, message, text in _result(outcome, verdict, mask):
            element = ET.SubElement(case, tag, {"message": _printable(message)} if message else {})
            element.text = _printable(text)
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(len(suite.findall(f"testcase/{tag}"))))
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _result(outcome: Outcome, verdict: Verdict, mask: Mask) -> Iterator[tuple[str, str, str]]:
    notes = "\n\n".join(lines(finding, mask) for finding in outcome.findings)
    if verdict.exit_code is Exit.UNREACHABLE and outcome.required:
        yield "error", f"target unreachable: {mask.text(verdict.unreachable)}", ""
    elif outcome.status is Status.FAILED:
        worst = outcome.findings[0]
        yield "failure", mask.text(worst.message), notes
    elif outcome.status is Status.NOT_PROVEN and outcome.required:
        yield "error", "not proven: no answer exercised this clause", notes
    elif outcome.status in {Status.NOT_PROVEN, Status.NOT_APPLICABLE}:
        yield "skipped", outcome.status.value, ""
    elif notes:
        yield "system-out", "", notes


def lines(finding: Finding, mask: Mask) -> str:
    """Write a finding for a person: what, where, the difference, and how to see it again."""
    seen = mask.finding(finding)
    times = f" ({finding.count} times)" if finding.count > 1 else ""
    times = f" ({finding.count} of {finding.of})" if finding.of else times
    where = [f"instance {seen['instance']!r}"] if finding.instance else []
    where += [f"at {seen['pointer']}"] if finding.pointer else []
    text = [f"{finding.severity}: {seen['message']}{times} [{finding.kind}, {finding.clause}]"]
    text += [f"  {', '.join(where)}"] if where else []
    text += [f"  expected {seen['expected']}, got {seen['got']}"] if finding.expected else []
    return "\n".join([*text, f"  {finding.curl}"])


def _printable(text: str) -> str:
    """Escape what XML 1.0 cannot hold."""
    return re.sub(
        "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]",
        lambda match: f"\\u{ord(match.group()):04x}",
        text,
    )
