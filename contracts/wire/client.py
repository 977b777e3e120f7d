"""What a client of a target needs beside the request: certificates, patience, a way around proxies.

The judge uses it, and so does a curl line that repeats what it sent.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from find_webhook_kit.contracts.usage import UsageError
from find_webhook_kit.contracts.wire.plain_file import Unreadable, content

MAX_PEM: Final = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Client:
    """How a target is reached.

    `key` is the key of the client certificate, where it is not in the same file. `token_variable`
    names the token in a shell, `around_proxies` tells that the environment has one to be avoided.
    """

    ca_file: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    timeout: float = 5.0
    token_variable: str = "CONTRACT_TOKEN"  # noqa: S105 - the name, not the value
    around_proxies: bool = False

    def tls(self) -> ssl.SSLContext | None:
        """Return what TLS trusts and shows; None for the system's own choice.

        Raises `UsageError` with the flag and the reason.
        """
        if self.key is not None and self.cert is None:
            raise UsageError("--key needs the certificate that --cert names")
        for flag, path in (("--ca-file", self.ca_file), ("--cert", self.cert), ("--key", self.key)):
            _check(flag, path)
        if self.ca_file is None and self.cert is None:
            return None
        context = self._trusting()
        if self.cert is not None:
            self._show(context, self.cert)
        return context

    def _trusting(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except OSError as error:
            pem = isinstance(error, ssl.SSLError)
            reason = "holds no certificate in PEM" if pem else error.strerror
            raise UsageError(f"--ca-file {self.ca_file}: {reason}") from None

    def _show(self, context: ssl.SSLContext, cert: Path) -> None:
        """Load the client certificate; a key that asks for a password asks nobody."""
        where = f"--cert {cert}" if self.key is None else f"--cert {cert}, --key {self.key}"
        try:
            context.load_cert_chain(cert, self.key, _no_password)
        except _Encrypted:
            raise UsageError(f"{where}: the key has a password: give one without") from None
        except OSError as error:  # ssl.SSLError is one
            mismatch = getattr(error, "reason", "") == "KEY_VALUES_MISMATCH"
            reason = "they do not belong together" if mismatch else "no certificate and key in PEM"
            raise UsageError(f"{where}: {reason}") from None


class _Encrypted(Exception):
    """The key asks for a password."""


def _no_password() -> str:
    raise _Encrypted


def _check(flag: str, path: Path | None) -> None:
    if path is None:
        return
    try:
        content(path, MAX_PEM)
    except Unreadable as error:
        raise UsageError(f"{flag} {path}: {error}") from None
