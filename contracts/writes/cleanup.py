"""The command `contract-test cleanup`: puts back what a run that was cut off has left behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from find_webhook_kit.contracts.config.configuration import Configuration, configuration
from find_webhook_kit.contracts.mask import Mask
from find_webhook_kit.contracts.usage import UsageError
from find_webhook_kit.contracts.wire.target import Target
from find_webhook_kit.contracts.wire.world import World
from find_webhook_kit.contracts.writes.journal import PastRun, folder, logs, resume
from find_webhook_kit.contracts.writes.requests import requests
from find_webhook_kit.contracts.writes.restore import Restorer
from find_webhook_kit.contracts.writes.session import RESTORING, Ended, Session, closing

DONE, LEFT, UNREACHABLE = 0, 1, 4
Tell = Callable[[str], None]


def cleanup(flags: Mapping[str, Any], base_url: str | None, tell: Tell) -> int:
    """Put back what the journals tell of, and say what that was; return the exit code."""
    where = folder(_absolute(flags.get("report_dir")))
    found = [log for log in logs(where) if not log.settled]
    if not found:
        tell(f"nothing to clean up: {where} has no journal of a run that left something")
        return DONE
    urls = sorted({log.url for log in found})
    if base_url is None and len(urls) > 1:
        raise UsageError(f"cleanup: name the BASE_URL: the journals tell of {', '.join(urls)}")
    codes = {
        _Cleaner(_configured(flags, base_url or urls[0], log), tell).clean(log) for log in found
    }
    return max(codes)


def _configured(flags: Mapping[str, Any], url: str, log: PastRun) -> Configuration:
    given = {name: value for name, value in flags.items() if name != "report_dir"}
    return configuration({**given, "instance_id": [log.instance]}, url)


@dataclass(eq=False)
class _Cleaner:
    chosen: Configuration
    tell: Tell

    def clean(self, log: PastRun) -> int:
        """Put back what one run has left."""
        with self.chosen.target() as judged:
            mask = Mask.of(judged, show_values=True)
            if judged.url != log.url:
                self.tell(mask.line(f"{log.path}: is about {log.url}, and left alone"))
                return DONE
            journal = resume(log.path)
            if journal is None:
                self.tell(mask.line(f"{log.path}: its run is still under way, and left alone"))
                return LEFT
            try:
                left = self._restored(log, judged, mask)
            except Ended as error:
                journal.close()
                self.tell(mask.line(f"{log.path}: {error}"))
                return UNREACHABLE
            journal.settled(left)
            return LEFT if left else DONE

    def _restored(self, log: PastRun, judged: Target, mask: Mask) -> list[str]:
        """Put back what is found; return the ids of what is still there."""
        asked = requests(self.chosen.contract, judged, log.instance)
        options, control = self.chosen.options(judged), asked.probe("list")
        session = Session(judged, options, control, World(), max_time=RESTORING)
        with closing(session):
            restorer = Restorer(asked, session, log.word, self.chosen.values["settle"])
            found = restorer.restore(log.ids, unsure=log.sent > len(log.ids))
        told = [f"{key} in {log.instance!r}: {state}" for key, (_, state) in found.items()]
        for text in told or [f"nothing of the run {log.word} is left in {log.instance!r}"]:
            self.tell(mask.line(text))
        return [key for key, (_, state) in found.items() if state != "deleted"]


def _absolute(path: Path | None) -> Path | None:
    """Return the folder that was named; one that is not there is a slip, and nothing cleaned."""
    if path is not None and not path.is_dir():
        raise UsageError(f"cleanup: --report-dir {path}: is no folder")
    return None if path is None else path.absolute()
