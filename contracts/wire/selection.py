"""Chooses what of a plan is sent: nothing twice, and nothing that is not allowed or not wanted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from find_webhook_kit.contracts.wire.probe import Probe, Validity
from find_webhook_kit.contracts.wire.target import Target


@dataclass(eq=False)
class Selection:
    """What was planned, and what of it was left out, by the reason; one thread asks at a time."""

    target: Target
    methods: frozenset[str]
    max_bad_credentials: int
    skipped: Counter[str] = field(default_factory=Counter)
    _known: set[object] = field(default_factory=set)
    _bad: int = 0

    def take(self, probe: Probe) -> None:
        """Count what is sent before all others."""
        self._known.add(self._key(probe))
        self._bad += probe.credentials.bad

    def is_new(self, probe: Probe) -> bool:
        """Tell whether a probe may be sent and is no duplicate, and remember it."""
        if probe.method not in self.methods:
            return False
        key = self._key(probe)
        known = key in self._known
        self._known.add(key)
        return not known or probe.repeat

    def wanted(self, probe: Probe, *, late: bool, guarded: bool) -> bool:
        """Tell whether a probe is still to be sent, and count why it is not.

        Its instance may be `late` again and again, or the login `guarded` against bad credentials.
        """
        reason = self._left_out(probe, late=late, guarded=guarded)
        if reason:
            self.skipped[reason] += 1
        else:
            self._bad += probe.credentials.bad
        return not reason

    def _left_out(self, probe: Probe, *, late: bool, guarded: bool) -> str:
        if late:
            return "their instances had timed out twice"
        if guarded and probe.credentials.validity is not Validity.VALID:
            return "bad credentials are throttled, good ones are not: a guard of the login"
        if probe.credentials.bad and 0 < self.max_bad_credentials <= self._bad:
            return f"--max-bad-credentials {self.max_bad_credentials}"
        return ""

    def _key(self, probe: Probe) -> object:
        token = probe.token(self.target.token)
        shown = tuple((each.wire(token), each.place) for each in probe.proofs)
        return (probe.method, probe.path, probe.headers, probe.form, probe.content, shown)
