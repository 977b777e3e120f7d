"""What would prove a clause that a run has not proven."""

from __future__ import annotations

import re
from typing import Final

from find_webhook_kit.contracts.finding import UNJUDGED
from find_webhook_kit.contracts.verdict import Outcome, Status, Verdict


def supply(outcome: Outcome, verdict: Verdict) -> str:
    """Say what to supply so that the clause is proven; nothing, where nothing is missing."""
    if outcome.status not in {Status.NOT_PROVEN, Status.NOT_APPLICABLE}:
        return ""
    if any(item.message == UNJUDGED for item in outcome.findings):
        return "nothing to supply: this program failed on an answer, see the findings"
    if outcome.findings:
        return "no answer kept it, see its findings"
    seen = {item.id: item.evidence for item in verdict.outcomes}
    return next(
        sentence
        for pattern, without, sentence in ADVICE
        if re.match(pattern, outcome.id) and not (without and seen.get(without))
    )


# The first row that fits: a clause, another one that has no evidence either, and the sentence.
ADVICE: Final[tuple[tuple[str, str, str], ...]] = (
    (
        r"status\.200$",
        "id.known",
        "no known instance was answered with 200: are the token, BASE_URL and --instance-id right?",
    ),
    (
        r"status\.200$",
        "",
        "the known instances have no webhook: give an --instance-id that has one",
    ),
    (r"status\.200\.empty$", "", "give an --instance-id that exists and has no webhook"),
    (
        r"(status|media-type|body)\.400$",
        "",
        "nothing to supply: a server may find no id unreadable",
    ),
    (
        r"(status\.401|security\.(missing|junk|invalid))$",
        "",
        "no request without valid credentials was refused with 401: does the server ask for any?",
    ),
    (r"(media-type|body)\.401$", "", "no request was refused with 401"),
    (r"(media-type|body)\.200", "status.200", "give a token and an --instance-id with a webhook"),
    (r"meaning\.", "status.200", "give a token and an --instance-id with a webhook"),
    (
        r"body\.200\.WebhookEvents|meaning\.events",
        "body.200.WebhookEvents",
        "give an --instance-id whose webhook has WebhookEvents",
    ),
    (r"body\.200\.", "", "give an --instance-id whose webhook has this member"),
    (
        r"security\.tenant$",
        "",
        "--other-token T tests it, a valid token of another tenant, with --other-instance-id ID",
    ),
    (r"http\.(range|etag|preflight)$", "", "nothing to supply: a server need not offer it"),
    (r"http\.fields$", "id.known", "--profile default asks for it"),
    (r"http\.methods$", "", "--unsafe-methods tests it; a live API creates a webhook on POST"),
    (r"id\.count$", "", "a target file says how many webhooks an instance should have"),
    (r"run\.time$", "", "--max-response-time S judges it"),
    (r"", "id.known", "give a valid token and an --instance-id that exists"),
    (r"", "", "no answer of this run exercised it"),
)
