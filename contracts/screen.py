"""Renders a verdict for a person: one screen, the heaviest first, the exit code last."""

from __future__ import annotations

from typing import Final

from rich.console import Console
from rich.text import Text

from contracts.finding import Severity
from contracts.report import Mask, lines
from contracts.verdict import Exit, Status, Verdict

SHOWN: Final = 8
NAMED: Final = 6
STYLES: Final = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}
MEANING: Final = {
    Exit.CONFORMS: "the target keeps the contract",
    Exit.DOES_NOT_CONFORM: "the target breaks the contract",
    Exit.NOT_PROVEN: "too little was seen to tell",
    Exit.UNREACHABLE: "no request was ever answered",
}


def show(verdict: Verdict, mask: Mask, console: Console) -> None:
    """Print the verdict; lines are never wrapped, so that a curl line can be copied."""

    def say(text: str, style: str = "") -> None:
        console.print(Text(mask.text(text), style), soft_wrap=True)

    say(
        f"{verdict.target.url}: {verdict.requests} requests in {verdict.seconds:.1f} s, "
        f"seed {verdict.seed}"
    )
    for finding in verdict.findings[:SHOWN]:
        say("")
        head, _, rest = lines(finding, mask).partition("\n")
        say(head, STYLES[finding.severity])
        say(rest)
    hidden = len(verdict.findings) - SHOWN
    if hidden > 0:
        say(f"\n... and {hidden} more findings: --report-dir DIR writes them all")
    say("")
    for line in [] if verdict.unreachable else _summary(verdict):
        say(line)
    style = "bold green" if verdict.exit_code is Exit.CONFORMS else "bold red"
    say(last_line(verdict), style)


def _summary(verdict: Verdict) -> list[str]:
    text = []
    for status in Status:
        named = [outcome.id for outcome in verdict.outcomes if outcome.status is status]
        listed = f": {_names(named)}" if status is not Status.PASSED and named else ""
        text.append(f"{len(named):4} {status.value.replace('-', ' ')}{listed}")
    if verdict.unproven:
        missing = ", ".join(outcome.id for outcome in verdict.unproven)
        text.append(f"must be proven and was not: {missing}{_hint(verdict)}")
    if verdict.stopped:
        text.append(f"stopped: {verdict.stopped}")
    return text


def _names(named: list[str]) -> str:
    rest = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    return ", ".join(named[:NAMED]) + rest


def _hint(verdict: Verdict) -> str:
    seen = {outcome.id for outcome in verdict.outcomes if outcome.evidence}
    if "status.401" in seen and "id.known" not in seen:
        return " (only 401s were seen: are the token and BASE_URL right?)"
    if "id.known" in seen and "status.200" not in seen:
        return " (the known instances have no webhook: give an --instance-id that has one)"
    return ""


def _counted(verdict: Verdict, severity: Severity) -> str:
    count = sum(finding.severity is severity for finding in verdict.findings)
    return f"{count} {severity}" if count == 1 else f"{count} {severity}s"


def last_line(verdict: Verdict) -> str:
    """Name our exit code and its meaning, because make turns every failure into its own 2."""
    code = verdict.exit_code
    counts = ", ".join(_counted(verdict, severity) for severity in Severity)
    reason = verdict.unreachable or counts
    return f"exit {int(code)} ({code.words}): {MEANING[code]}; {reason}"
