"""What the flags, a target file, a profile and the defaults come to: a target and options."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from contracts.flags import DEFAULTS, POLITE_BAD_CREDENTIALS, POLITE_RATE
from contracts.gateway import gateway_header
from contracts.known_drift import KnownDrift, read_known_drift
from contracts.options import PROFILES, Options
from contracts.proxy import proxy
from contracts.target import Target, target, tenant
from contracts.target_file import TargetFile, read
from contracts.tenant import Tenant
from contracts.usage import UsageError


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that was chosen: values of flags by their names, and where the target comes from."""

    values: Mapping[str, Any]
    base_url: str | None
    file: TargetFile | None = None

    def options(self, judged: Target) -> Options:
        """Return the options for a target, which may be our own mock."""
        values = self.values
        rate = values["rate_limit"]
        return Options(
            seed=values["seed"],
            max_examples=values["max_examples"],
            repetitions=values["repetitions"],
            depth=values["depth"],
            strict=values["strict"],
            unsafe_methods=values["unsafe_methods"] or judged.owned,
            timeout=values["timeout"],
            max_response_time=values["max_response_time"],
            max_time=values["max_time"],
            max_requests=values["max_requests"],
            rate=0.0 if judged.loopback and rate == POLITE_RATE else rate,
            connections=values["connections"],
            max_bad_credentials=self._max_bad_credentials(judged),
            wait=values["wait"],
            tls=_tls(values["ca_file"]),
            known_drift=self.known_drift(),
        )

    def _max_bad_credentials(self, judged: Target) -> int:
        """Return the limit; a server on this machine locks nobody out whom it should not."""
        given: int | None = self.values["max_bad_credentials"]
        if given is not None:
            return given
        return 0 if judged.loopback else POLITE_BAD_CREDENTIALS

    def known_drift(self) -> KnownDrift | None:
        """Read the accepted deviations, where a file of them was named."""
        path = self.values["known_drift"]
        if path is None or (self.values["update_known_drift"] and not path.exists()):
            return None
        return read_known_drift(path)

    @contextmanager
    def target(self) -> Iterator[Target]:
        """Yield the target, or the mock, started for as long as the block lasts."""
        values = self.values
        if self.base_url is not None:
            judged = target(
                self.base_url,
                token=values["token"] or self._token(),
                instance_ids=tuple(values["instance_id"]),
                unknown_id=values["unknown_instance_id"],
            )
            yield replace(
                judged,
                headers=tuple(map(gateway_header, values["header"])),
                proxy=proxy(
                    values["proxy"],
                    scheme=judged.scheme,
                    host=judged.host,
                    port=judged.port,
                    loopback=judged.loopback,
                ),
                webhooks=self.file.webhooks if self.file else {},
                other=self._other(judged),
            )
            return
        if values["token"] or values["instance_id"]:
            raise UsageError("--token and --instance-id need the URL of a server to judge")
        if values["other_token"] or values["other_instance_id"]:
            raise UsageError("--other-token and --other-instance-id need the URL of a server")
        # Only who has no server pays for importing one.
        from contracts.mock_target import mock_target  # noqa: PLC0415

        with mock_target() as judged:
            yield judged

    def _other(self, judged: Target) -> Tenant | None:
        """Return the other tenant, where there is one."""
        token = self.values["other_token"] or os.environ.get("CONTRACT_OTHER_TOKEN", "")
        return tenant(token, self.values["other_instance_id"], judged)

    def _token(self) -> str:
        return os.environ.get(self.file.token_variable if self.file else "CONTRACT_TOKEN", "")


def configuration(given: Mapping[str, Any], base_url: str | None) -> Configuration:
    """Put together what was chosen: a flag wins over the file, the file over the profile."""
    flags = {name: value for name, value in given.items() if value is not None}
    file = read(flags["target"]) if isinstance(flags.get("target"), Path) else None
    chosen = {**DEFAULTS, **(file.flags if file else {}), **flags}
    if chosen["profile"] not in PROFILES:
        known = ", ".join(PROFILES)
        raise UsageError(f"{flags.get('target')}: profile: there is {known}")
    return Configuration(
        values={**PROFILES[chosen["profile"]], **chosen},
        base_url=base_url if base_url is not None or file is None else file.url,
        file=file,
    )


def _tls(ca_file: Path | None) -> ssl.SSLContext | None:
    if ca_file is None:
        return None
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise UsageError(f"--ca-file {ca_file}: {error.strerror or error}") from None
