"""What the flags, a target file, a profile and the defaults come to: a target and options."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from find_webhook_kit.contracts.config.contract_names import keys, operations, parameters
from find_webhook_kit.contracts.config.flags import DEFAULTS, POLITE_BAD_CREDENTIALS, POLITE_RATE
from find_webhook_kit.contracts.config.known_drift import KnownDrift, read_known_drift
from find_webhook_kit.contracts.config.options import PROFILES, Options
from find_webhook_kit.contracts.config.target_file import TargetFile, read
from find_webhook_kit.contracts.mask import Mask
from find_webhook_kit.contracts.usage import UsageError, is_text
from find_webhook_kit.contracts.wire.bearer import Bearer, from_command
from find_webhook_kit.contracts.wire.client import Client
from find_webhook_kit.contracts.wire.gateway import gateway_header
from find_webhook_kit.contracts.wire.open_files import make_room
from find_webhook_kit.contracts.wire.plain_file import is_missing
from find_webhook_kit.contracts.wire.proxy import proxy, variable
from find_webhook_kit.contracts.wire.target import Target, target, tenant
from find_webhook_kit.contracts.wire.tenant import Tenant
from find_webhook_kit.spec import PATH, Contract, contract, load
from find_webhook_kit.spec.meaning import rules_of

OF_A_URL: Final = {
    "--token and --instance-id": ("token", "token_command", "instance_id"),
    "--user and --credential": ("user", "credential"),
    "--other-token and --other-instance-id": ("other_token", "other_instance_id"),
}
"""Flags that say nothing of our own mock."""

AS_CHOSEN: Final = (
    *("seed", "max_examples", "repetitions", "depth", "strict", "timeout", "max_response_time"),
    *("max_time", "max_requests", "connections", "wait"),
)
"""Options that hang on no target."""


@dataclass(frozen=True)
class Configuration:
    """All that was chosen: values of flags by their names, and where the target comes from."""

    values: Mapping[str, Any]
    base_url: str | None
    file: TargetFile | None = None

    @cached_property
    def contract(self) -> Contract:
        """What is judged by; raise `DocumentError` for what is wrong with its files."""
        path, rules = self.values["contract"], self.values["rules"]
        if path is None and rules is None:
            return contract()
        return load(path or PATH, rules=rules)

    def options(self, judged: Target) -> Options:
        """Return the options for a target, which may be our own mock."""
        values = self.values
        return Options(
            **{name: values[name] for name in AS_CHOSEN},
            unsafe_methods=values["unsafe_methods"] or judged.owned,
            max_bad_credentials=self._max_bad_credentials(judged),
            rate=self._rate(judged),
            tls=judged.client.tls(),
            known_drift=self.known_drift(Mask.of(judged, show_values=False)),
        )

    def _max_bad_credentials(self, judged: Target) -> int:
        """Return the limit; a server on this machine locks nobody out whom it should not."""
        given: int | None = self.values["max_bad_credentials"]
        if given is not None:
            return given
        return 0 if judged.loopback else POLITE_BAD_CREDENTIALS

    def known_drift(self, mask: Mask) -> KnownDrift | None:
        """Read the accepted deviations, where a file of them was named."""
        path = self.values["known_drift"]
        if path is None or (self.values["update_known_drift"] and is_missing(path)):
            return None
        return read_known_drift(path, mask=mask)

    def _rate(self, judged: Target) -> float:
        """Return the requests a second: as given, else polite to every other machine."""
        given: float | None = self.values["rate_limit"]
        if given is not None:
            return given
        return 0.0 if judged.loopback and judged.proxy is None else POLITE_RATE

    @contextmanager
    def target(self) -> Iterator[Target]:
        """Yield the target, or the mock, started for as long as the block lasts."""
        values = self.values
        if self.base_url is None:
            for flags, names in OF_A_URL.items():
                if any(values[name] for name in names):
                    raise UsageError(f"{flags} need the URL of a server to judge")
        chosen = operations(values["operation"], self.contract)
        given = parameters(values["param"], self.contract, chosen)
        make_room(values["connections"], mock=self.base_url is None)
        if self.base_url is not None:
            yield self._reached(self._at(self.base_url, given, chosen))
            return
        # Only who has no server pays for importing one.
        from find_webhook_kit.contracts.mock_target import mock_target  # noqa: PLC0415

        with mock_target(self.contract, writes=values["writes"]) as judged:
            client = self._client(around_proxies=bool(variable(judged.scheme)))
            yield replace(judged, client=client, parameters=given, operations=chosen)

    def _at(
        self, url: str, given: Mapping[str, tuple[str, ...]], chosen: tuple[str, ...]
    ) -> Target:
        """Return the target at a URL, as the flags say what it has."""
        values = self.values
        tenant_ids = given.get(rules_of(self.contract).tenant, ())
        # The instance that is written to, where there is one: its reads tell of it.
        scratch = tuple(filter(None, (values["scratch_instance"],)))
        return target(
            url,
            token=self._bearer(),
            instance_ids=(*values["instance_id"], *tenant_ids) or scratch,
            parameters=given,
            operations=chosen,
            keys=keys(values["credential"], self.contract),
            user=user(values["user"]),
            unknown_id=values["unknown_instance_id"],
            token_variable=self._token_variable(),
            contract=self.contract,
        )

    def _reached(self, judged: Target) -> Target:
        """Return the target with all that is needed on the way to it."""
        values = self.values
        chosen = proxy(
            values["proxy"],
            scheme=judged.scheme,
            host=judged.host,
            port=judged.port,
            loopback=judged.loopback,
        )
        return replace(
            judged,
            headers=tuple(map(gateway_header, values["header"])),
            proxy=chosen,
            counts=self.file.counts if self.file else {},
            client=self._client(around_proxies=not chosen and bool(variable(judged.scheme))),
            other=self._other(judged),
        )

    def _client(self, *, around_proxies: bool) -> Client:
        values = self.values
        return Client(
            ca_file=values["ca_file"],
            cert=values["cert"],
            key=values["key"],
            timeout=values["timeout"],
            token_variable=self._token_variable(),
            around_proxies=around_proxies,
        )

    def _bearer(self) -> Bearer:
        token, command = self.values["token"], self.values["token_command"]
        if token and command is not None:
            raise UsageError("--token and --token-command: give one of them")
        if command is not None:
            return from_command(command)
        return Bearer(token or os.environ.get(self._token_variable(), ""))

    def _token_variable(self) -> str:
        return self.file.token_variable if self.file else "CONTRACT_TOKEN"

    def _other(self, judged: Target) -> Tenant | None:
        """Return the other tenant, where there is one."""
        token = self.values["other_token"] or os.environ.get("CONTRACT_OTHER_TOKEN", "")
        return tenant(token, self.values["other_instance_id"], judged)


def user(name: str) -> str:
    """Check the user of a password (RFC 7617, section 2)."""
    if ":" in name or not is_text(name) or not name.isprintable():
        raise UsageError("--user: a name without a colon, and nothing that cannot be printed")
    return name


def configuration(given: Mapping[str, Any], base_url: str | None) -> Configuration:
    """Put together what was chosen: a flag wins over the file, the file over the profile."""
    os.environ.pop("SCHEMATHESIS_HOOKS", None)  # hooks of others would bend what is generated
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
