"""How a 401 tells a client what credentials an operation takes (RFC 9110, section 11.6.1)."""

from __future__ import annotations

from collections.abc import Sequence

from find_webhook_kit.spec import SecurityScheme


def challenges(schemes: Sequence[SecurityScheme]) -> tuple[str, ...]:
    """Return the challenges of some schemes, each once."""
    return tuple(dict.fromkeys(map(_challenge, schemes)))


def _challenge(scheme: SecurityScheme) -> str:
    if scheme.type == "apiKey":  # no scheme is registered for it
        return f'ApiKey realm="mock", in="{scheme.location}", name="{scheme.key}"'
    if scheme.scheme == "basic":
        return 'Basic realm="mock", charset="UTF-8"'
    if scheme.scheme == "digest":
        return 'Digest realm="mock", nonce="mock"'
    return f'{scheme.scheme.capitalize()} realm="mock"'
