"""The server under judgement: its URL, the token, and the instance ids that are known."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, urlsplit

from contracts.exchange import Probe
from contracts.gateway import GatewayHeader
from contracts.proxy import Proxy
from contracts.tenant import Tenant
from contracts.usage import UsageError

CONTRACT_PREFIX: Final = "/api/v2"
DEFAULT_UNKNOWN_ID: Final = "no-such-instance-5f0c1e7a"


@dataclass(frozen=True, slots=True)
class Target:
    """A server that can be judged: origin and prefix, credentials, and what exists there.

    `webhooks` tells how many webhooks an instance should have, where that is known.
    """

    scheme: str
    host: str
    port: int
    prefix: str
    token: str
    instance_ids: tuple[str, ...]
    unknown_id: str
    owned: bool = False  # started by this very process
    headers: tuple[GatewayHeader, ...] = ()
    proxy: Proxy | None = None
    webhooks: Mapping[str, int] = field(default_factory=dict)
    other: Tenant | None = None  # somebody else, who owns none of these instances

    @property
    def url(self) -> str:
        """The base URL, as a person would type it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = {"http": 80, "https": 443}[self.scheme]
        port = "" if self.port == default else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.prefix}"

    @property
    def authority(self) -> str:
        """What the Host header says."""
        return self.url.removeprefix(f"{self.scheme}://").removesuffix(self.prefix or "\0")

    @property
    def origin(self) -> str:
        """The URL without its prefix, as a request to a proxy names it."""
        return f"{self.scheme}://{self.authority}"

    def curl(self, probe: Probe) -> str:
        """Return a line that repeats a request in a shell with $CONTRACT_TOKEN set."""
        return probe.curl(self.url, [header.word for header in self.headers])

    @property
    def loopback(self) -> bool:
        """True for a server on this machine, which needs no sparing."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def target(
    base_url: str,
    *,
    token: str,
    instance_ids: tuple[str, ...],
    unknown_id: str = DEFAULT_UNKNOWN_ID,
    owned: bool = False,
) -> Target:
    """Check what was given and return the target; raise `UsageError` for what cannot be one."""
    parts = _parts(base_url)
    if not token:
        raise UsageError("no token: give --token, or CONTRACT_TOKEN in the environment")
    _check_token("--token", token)
    for name, value in (
        ("--instance-id", "".join(instance_ids)),
        ("--unknown-instance-id", unknown_id),
    ):
        if not _is_text(value):
            raise UsageError(f"{name} is not UTF-8")
    if not instance_ids or not all(instance_ids):
        raise UsageError("no instance id: give --instance-id with one that has a webhook")
    if not unknown_id or unknown_id in instance_ids:
        raise UsageError("--unknown-instance-id must differ from every --instance-id")
    return Target(
        scheme=parts.scheme,
        host=str(parts.hostname),
        port=parts.port or {"http": 80, "https": 443}[parts.scheme],
        prefix=parts.path.rstrip("/"),
        token=token,
        instance_ids=tuple(dict.fromkeys(instance_ids)),
        unknown_id=unknown_id,
        owned=owned,
    )


def tenant(token: str, instance_id: str, judged: Target) -> Tenant | None:
    """Check what was given of another tenant; raise `UsageError` for what cannot be one."""
    if not token:
        if instance_id:
            raise UsageError("--other-instance-id needs --other-token, or CONTRACT_OTHER_TOKEN")
        return None
    _check_token("--other-token", token)
    if token == judged.token:
        raise UsageError("--other-token is --token: it must be that of another tenant")
    if not _is_text(instance_id):
        raise UsageError("--other-instance-id is not UTF-8")
    if instance_id in {*judged.instance_ids, judged.unknown_id}:
        raise UsageError("--other-instance-id must differ from every other instance id")
    return Tenant(token, instance_id)


def _check_token(flag: str, token: str) -> None:
    if not re.fullmatch(r"[\x21-\x7e]+", token):
        raise UsageError(f"{flag} holds a blank, a line break or a letter outside ASCII")


def _is_text(value: str) -> bool:
    """Tell whether a command line's bytes were readable; Python smuggles the others through."""
    return value.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in value)


def _parts(base_url: str) -> SplitResult:
    try:
        parts = urlsplit(base_url)
        _ = parts.port  # reading it is what checks it
    except ValueError as error:
        raise UsageError(f"BASE_URL {base_url!r} is not a URL: {error}") from None
    if not parts.netloc.isascii():
        raise UsageError(f"BASE_URL {base_url!r}: write the host in ASCII (IDNA)")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError(f"BASE_URL {base_url!r} must look like http://host:port or https://host")
    if parts.username or parts.password:
        raise UsageError("BASE_URL must not hold a user or password: the token goes into --token")
    if parts.query or parts.fragment:
        corrected = parts._replace(query="", fragment="").geturl()
        raise UsageError(f"BASE_URL must end before '?' and '#': use {corrected}")
    if not re.fullmatch(r"[!$-;=@-Z_a-z~]*", parts.path):
        raise UsageError(f"BASE_URL {base_url!r} holds letters that need percent-encoding")
    if f"{CONTRACT_PREFIX}/" in f"{parts.path}/":
        corrected = parts._replace(path=parts.path.partition(CONTRACT_PREFIX)[0]).geturl()
        raise UsageError(f"BASE_URL must end before {CONTRACT_PREFIX}: use {corrected}")
    return parts
