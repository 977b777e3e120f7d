"""Who may see what the mock says about itself: its own pages, and whoever sits at its machine.

The API's path is open to every origin, as a frontend on any port needs it. The journal, the page
and the reset are not: a browser carries out what any web page asks of `http://127.0.0.1:8080`.
So a request for them is held against three rules.

The `Host` names this machine (a loopback host, the address that the connection came to, `--host`
or `--trust-host`). Else a name of an attacker's, which was made to lead here, would count as the
same origin (DNS rebinding).

The page that asks, if a browser says that there is one, is of the same origin or of a trusted host.
`Sec-Fetch-Site` says it best: no page can write that header. To follow a link is allowed.

What changes state needs a header that no form can send. A request without any of the headers that
browsers put in (`Origin`, `Sec-Fetch-Site`, `Referer`) comes from curl, a test or a script on this
machine, which needs no page to ask for it and is not held up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, NamedTuple

from starlette.datastructures import Headers
from starlette.types import Scope

from find_webhook_kit.mock_server.app.own_errors import ForeignHost, ForeignOrigin, Formlike
from find_webhook_kit.mock_server.settings import Settings

PROOF: Final = "X-Requested-With"
"""The header that a script can send and a form cannot."""

_READING: Final = frozenset({"GET", "HEAD"})
_OF_BROWSERS: Final = ("origin", "referer", "sec-fetch-site")
_OWN_SITE: Final = frozenset({"none", "same-origin"})

_AUTHORITY: Final = re.compile(r"(\[[0-9a-f:.]+\]|[0-9a-z_.-]*[0-9a-z_-])\.?(?::([0-9]{1,5}))?")


class Authority(NamedTuple):
    """A host, in lower case and without brackets, and a port if one is named."""

    host: str
    port: int | None

    @classmethod
    def of(cls, text: str) -> Authority | None:
        """Read a host with or without a port; None stands for what is neither."""
        match = _AUTHORITY.fullmatch(text.lower())
        if match is None:
            return None
        return cls(match[1].strip("[]"), int(match[2]) if match[2] else None)

    @property
    def is_loopback(self) -> bool:
        """Say whether every system takes the host for its own machine (RFC 6761, section 6.3)."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            address = ip_address(self.host)
        except ValueError:
            return False
        return (getattr(address, "ipv4_mapped", None) or address).is_loopback


@dataclass(frozen=True, slots=True)
class Origins:
    """The hosts at which one mock is at home, beside the loopback ones."""

    trusted: frozenset[Authority] = frozenset()
    """A port that is not named is any."""
    own: str = ""
    """The value of `--host`."""

    @classmethod
    def of(cls, settings: Settings) -> Origins:
        """Read them from the settings."""
        named = map(Authority.of, settings.trusted_hosts)
        return cls(frozenset(host for host in named if host), settings.host.lower())

    def check(self, scope: Scope) -> None:
        """Raise the refusal that a request for one of our own paths calls for."""
        headers = Headers(scope=scope)
        host = headers.get("host")
        if host is not None and not self._is_home(Authority.of(host), scope):
            raise ForeignHost(host)
        if not self._is_welcome(scope["method"], headers):
            raise ForeignOrigin(headers.get("origin", "another site"))
        by_browser = any(name in headers for name in _OF_BROWSERS)
        if scope["method"] not in _READING and by_browser and PROOF not in headers:
            raise Formlike(PROOF)

    def trusts(self, origin: str) -> bool:
        """Say whether the pages of another origin may read what the mock says about itself."""
        return self._is_trusted(_authority(origin))

    def _is_trusted(self, host: Authority | None) -> bool:
        return host is not None and not self.trusted.isdisjoint({host, host._replace(port=None)})

    def _is_home(self, host: Authority | None, scope: Scope) -> bool:
        if host is None:
            return False
        address = (scope.get("server") or ("",))[0].removeprefix("::ffff:")  # IPv4 at ::
        return host.is_loopback or host.host in {self.own, address} or self._is_trusted(host)

    def _is_welcome(self, method: str, headers: Headers) -> bool:
        """Say whether no page asks, or one that may."""
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site in _OWN_SITE or (site is None and origin is None):
            return True
        if origin is None:
            return _is_link(method, headers)
        same = site is None and _authority(origin) == Authority.of(headers.get("host", ""))
        return same or self.trusts(origin)


def _authority(origin: str) -> Authority | None:
    return Authority.of(origin.partition("://")[2])


def _is_link(method: str, headers: Headers) -> bool:
    """Say whether a person has followed a link, which shows the linking page nothing."""
    return (method, headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")) in {
        ("GET", "navigate", "document"),
        ("HEAD", "navigate", "document"),
    }
