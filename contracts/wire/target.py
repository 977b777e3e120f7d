"""The server under judgement: its URL, the token, and the instance ids that are known."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, urlsplit

from find_webhook_kit.contracts.usage import UsageError, is_text
from find_webhook_kit.contracts.wire.bearer import TOKEN, Bearer
from find_webhook_kit.contracts.wire.client import Client
from find_webhook_kit.contracts.wire.gateway import GatewayHeader
from find_webhook_kit.contracts.wire.key import Key
from find_webhook_kit.contracts.wire.proxy import Proxy
from find_webhook_kit.contracts.wire.tenant import Tenant
from find_webhook_kit.spec import Contract, Operation
from find_webhook_kit.spec import contract as the_contract
from find_webhook_kit.spec.meaning import Rules, needs_tenant, rules_of

DEFAULT_UNKNOWN_ID: Final = "no-such-instance-5f0c1e7a"
HOST: Final = re.compile(r"([\w-]+\.)*[\w-]+\.?|[\da-f.]*:[\da-f:.]+(%[\w.-]+)?", re.ASCII)
"""A name, absolute or not, or an IPv6 address with its zone."""
ZONE: Final = re.compile(r"%25(?=.)")
"""How a URL writes the `%` before a zone (RFC 6874); what people write is the sign itself."""


@dataclass(frozen=True, slots=True)
class Target:
    """A server that can be judged: origin and prefix, credentials, and what exists there.

    `counts` tells how many items an instance should have, where that is known. A `host` with
    a dot at its end is looked up as it is, and has none anywhere else.
    """

    scheme: str
    host: str
    port: int
    prefix: str
    bearer: Bearer
    instance_ids: tuple[str, ...]
    unknown_id: str
    owned: bool = False  # started by this very process
    headers: tuple[GatewayHeader, ...] = ()
    proxy: Proxy | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    client: Client = field(default_factory=Client)
    other: Tenant | None = None  # somebody else, who owns none of these instances
    parameters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # values, by names
    operations: tuple[str, ...] = ()  # the only ones that are asked for; none: all
    keys: Mapping[str, Key] = field(default_factory=dict)  # of security schemes, by their names
    user: str = ""  # what stands before a password, where Basic is shown
    start: str = ""  # how the paths of the contract begin, which is no part of the URL

    @property
    def token(self) -> str:
        """The token that is valid now."""
        return self.bearer.value

    @property
    def secrets(self) -> tuple[str, ...]:
        """What nobody may read, beside the token that is valid now."""
        keys = (secret for header in self.headers for secret in header.secrets)
        opens = self.proxy.secrets if self.proxy else ()
        shown = (it.value for it in self.keys.values())
        return tuple(filter(None, (*self.bearer.past, *keys, *opens, *shown)))

    @property
    def name(self) -> str:
        """The host as a certificate and a Host header know it (RFC 6066, section 3).

        The zone of an IPv6 address means something on this machine alone (RFC 6874, section 3).
        """
        return self.host.partition("%")[0].removesuffix(".")

    @property
    def url(self) -> str:
        """The base URL, as a person would type it."""
        here = self.host if "%" in self.host else self.name
        return f"{self.scheme}://{self._with_port(here)}{self.prefix}"

    @property
    def authority(self) -> str:
        """What the Host header says."""
        return self._with_port(self.name)

    def _with_port(self, host: str) -> str:
        written = f"[{host}]" if ":" in host else host
        default = {"http": 80, "https": 443}[self.scheme]
        return written if self.port == default else f"{written}:{self.port}"

    @property
    def origin(self) -> str:
        """The URL without its prefix, as a request to a proxy names it."""
        return f"{self.scheme}://{self.authority}"

    @property
    def loopback(self) -> bool:
        """True for a server on this machine, which needs no sparing."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return f".{self.name}".endswith(".localhost")  # RFC 6761, section 6.3


def target(  # noqa: PLR0913 - what a target is made of
    base_url: str,
    *,
    token: str | Bearer,
    instance_ids: tuple[str, ...],
    unknown_id: str = DEFAULT_UNKNOWN_ID,
    parameters: Mapping[str, tuple[str, ...]] | None = None,
    operations: tuple[str, ...] = (),
    keys: Mapping[str, Key] | None = None,
    user: str = "",
    owned: bool = False,
    token_variable: str = "CONTRACT_TOKEN",  # noqa: S107 - the name, not the value
    contract: Contract | None = None,
) -> Target:
    """Check what was given and return the target; raise `UsageError` for what cannot be one.

    What the contract, the built-in one where none is given, asks nobody for may be left out.
    """
    judged_by = contract or the_contract()
    start = _start(judged_by)
    parts = _parts(base_url, start)
    bearer = token if isinstance(token, Bearer) else Bearer(token)
    asked = [judged_by.operations[name] for name in operations] or _reading(judged_by)
    if not (bearer.value or keys) and not all(item.anonymous for item in asked):
        raise UsageError(f"no token: give --token, or {token_variable} in the environment")
    if bearer.value:
        _check_token("--token", bearer.value)
    _check_ids(instance_ids, unknown_id, rules_of(judged_by), needed=needs_tenant(judged_by, asked))
    return Target(
        scheme=parts.scheme,
        host=_host(str(parts.hostname)),
        port=parts.port or {"http": 80, "https": 443}[parts.scheme],
        prefix=parts.path.rstrip("/"),
        bearer=bearer,
        instance_ids=tuple(dict.fromkeys(instance_ids)),
        unknown_id=unknown_id,
        owned=owned,
        parameters=parameters or {},
        operations=operations,
        keys=keys or {},
        user=user,
        start=start,
    )


def _check_ids(ids: tuple[str, ...], unknown: str, rules: Rules, *, needed: bool) -> None:
    for name, value in (("--instance-id", "".join(ids)), ("--unknown-instance-id", unknown)):
        if not is_text(value):
            raise UsageError(f"{name} is not UTF-8")
    if not all(ids) or (needed and not ids):
        raise UsageError(f"no instance id: give --instance-id with one that has a {rules.item}")
    if ids and not rules.tenant:
        raise UsageError("--instance-id: no rule names a tenant (names: tenant); give a --param")
    if not unknown or unknown in ids:
        raise UsageError("--unknown-instance-id must differ from every --instance-id")


def _reading(contract: Contract) -> list[Operation]:
    """List the operations that are judged where nobody says which."""
    judged = rules_of(contract).judged or contract.operations
    listed = (contract.operations[name] for name in judged)
    return [operation for operation in listed if operation.method == "GET"]


def _start(contract: Contract) -> str:
    """Return the first two segments of the paths, where they are the same for all of them.

    One segment alone may be a part of the URL as well.
    """
    begins = {tuple(item.path.split("/")[1:3]) for item in contract.operations.values()}
    names = begins.pop() if len(begins) == 1 else ()
    fixed = len(names) > 1 and not any("{" in name or not name for name in names)
    return "".join(f"/{name}" for name in names) if fixed else ""


def tenant(token: str, instance_id: str, judged: Target) -> Tenant | None:
    """Check what was given of another tenant; raise `UsageError` for what cannot be one."""
    if not token:
        if instance_id:
            raise UsageError("--other-instance-id needs --other-token, or CONTRACT_OTHER_TOKEN")
        return None
    _check_token("--other-token", token)
    if token == judged.token:
        raise UsageError("--other-token is --token: it must be that of another tenant")
    if not is_text(instance_id):
        raise UsageError("--other-instance-id is not UTF-8")
    if instance_id in {*judged.instance_ids, judged.unknown_id}:
        raise UsageError("--other-instance-id must differ from every other instance id")
    return Tenant(token, instance_id)


def _check_token(flag: str, token: str) -> None:
    if TOKEN.fullmatch(token) is None:
        raise UsageError(f"{flag} holds a space, a line break or a character outside ASCII")


def _host(text: str) -> str:
    """Return a host; an IPv4 address as everybody writes it, also where it came as `127.1`."""
    with suppress(OSError):
        return socket.inet_ntoa(socket.inet_aton(text.removesuffix(".")))
    return ZONE.sub("%", text)


def _parts(base_url: str, start: str) -> SplitResult:
    given = f"BASE_URL {_repeatable(base_url)!r}"
    try:
        parts = urlsplit(base_url)
        port = parts.port  # reading it is what checks it
    except ValueError:
        raise UsageError(f"{given} is not a URL such as http://host:port") from None
    if not parts.netloc.isascii():
        raise UsageError(f"{given}: write the host in ASCII (IDNA)")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError(f"{given} must look like http://host:port or https://host")
    if "@" in parts.netloc:
        raise UsageError("BASE_URL must not hold a user or password: the token goes into --token")
    if not HOST.fullmatch(parts.hostname):
        raise UsageError(f"{given}: its host holds what no name of a host can")
    if port == 0:
        raise UsageError(f"{given}: no server has the port 0")
    if parts.query or parts.fragment:
        corrected = parts._replace(query="", fragment="").geturl()
        raise UsageError(f"BASE_URL must end before '?' and '#': use {corrected}")
    if not re.fullmatch(r"[!$-;=@-Z_a-z~]*", parts.path):
        raise UsageError(f"{given} holds characters that need percent-encoding")
    if start and f"{start}/" in f"{parts.path}/":
        corrected = parts._replace(path=parts.path.partition(start)[0]).geturl()
        raise UsageError(f"BASE_URL must end before {start}: use {corrected}")
    return parts


def _repeatable(url: str) -> str:
    """Return what may be repeated of a URL: not what stands before an `@`, nor its query."""
    scheme, slashes, rest = url.rpartition("://")
    _, at, rest = rest.rpartition("@")
    rest = re.split("[?#]", rest, maxsplit=1)[0]
    return f"{scheme.rpartition('@')[2]}{slashes}{'…' if at else ''}{at}{rest}"
