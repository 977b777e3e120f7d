"""Writes the curl line that sends what the judge sent, from a shell that has the token."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Final

from find_webhook_kit.contracts.wire.exchange import CARRYING, TOKEN_VARIABLE, Form, Probe
from find_webhook_kit.contracts.wire.shell import Live, word
from find_webhook_kit.contracts.wire.target import Target

OURS: Final = "CONTRACT_TOKEN"
"""What probes call the variable of the token."""

OUTSIDE: Final = re.compile(r"(\$\([^()]*\))|([\"\\`])")


def curl(probe: Probe, target: Target) -> str:
    """Return a line that repeats a request, in any POSIX shell; nothing in it runs on its own.

    Only the order of what curl writes itself, and the handling of the connection, may differ.
    """
    return " ".join(
        [
            *("curl", "-sS", "-i", "--path-as-is", *_version(probe, target)),
            *_method(probe),
            *("--max-time", f"{target.client.timeout:g}"),
            *_connection(target),
            *_headers(probe, target),
            *_content(probe),
            *_url(probe, target),
        ]
    )


def _version(probe: Probe, target: Target) -> Iterator[str]:
    """Name the version, where curl would choose another one (HTTP/2, over TLS)."""
    if probe.form.version == "1.0":
        yield "--http1.0"
    elif target.scheme == "https":
        yield "--http1.1"
    if probe.form.absolute:
        yield from ("--request-target", word(target.origin + target.prefix + probe.shown_path))


def _method(probe: Probe) -> Iterator[str]:
    """Ask with a method; HEAD so that a body that should not be there is seen, not waited for."""
    method = probe.method
    if ("Transfer-Encoding", "chunked") in probe.headers:
        yield from ("-X", word(method), "--data-binary", "''", "-H", "'Content-Type:'")
    elif method == "HEAD":
        yield from ("-X", "HEAD", "--ignore-content-length", "-H", "'Connection: close'")
    elif method != "GET":
        yield from ("-X", word(method))


def _connection(target: Target) -> Iterator[str]:
    """Name what the judge was given to reach the target."""
    client = target.client
    if client.ca_file is not None:
        yield from ("--cacert", word(str(client.ca_file)))
    if client.cert is not None:
        # curl takes what follows a colon for a password
        path = str(client.cert).replace("\\", "\\\\").replace(":", "\\:")
        yield from ("--cert", word(path))
    if client.key is not None:
        yield from ("--key", word(str(client.key)))
    if target.proxy is not None:
        yield from ("--proxy", target.proxy.word)
    elif client.around_proxies:
        yield from ("--noproxy", "'*'")


def _headers(probe: Probe, target: Target) -> Iterator[str]:
    """Write the headers in the order in which the judge sends them."""
    names = {name.lower() for name, _ in probe.headers}
    if "user-agent" not in names:
        yield from _agent(probe.form)
    if "accept" not in names:
        yield from ("-H", "'Accept:'")  # curl has one of its own
    for header in _lines(probe, target):
        yield from ("-H", header)


def _lines(probe: Probe, target: Target) -> Iterator[str]:
    variable = target.client.token_variable
    shown, place = probe.credentials, probe.credentials.place
    sent = place.headers(shown.wire(target.token))
    for (name, text), (_, value) in zip(place.headers(shown.shell), sent, strict=False):
        # What is the same without a shell is none of its business, whatever it looks like.
        piece = text if text == value else Live(_doubly_quoted(text.replace(OURS, variable)))
        yield _line(probe.form, name, piece) if text else word(f"{name};")
    for name, value in probe.headers:
        yield _line(probe.form, name, *_filled(value, variable)) if value else word(f"{name};")
    if probe.method in CARRYING and not probe.content:
        yield "'Content-Length: 0'"
    for header in target.headers:
        yield header.word


def _content(probe: Probe) -> Iterator[str]:
    """Write what the request carries; curl counts its bytes."""
    if probe.content:
        yield from ("--data-raw", word(probe.content.decode()))


def _agent(form: Form) -> tuple[str, str]:
    """Say who asks, with the name of the header spelled as all others, or say nothing."""
    if not form.agent:
        return "-H", "'User-Agent:'"
    if form.named("User-Agent") == "User-Agent":
        return "-A", word(form.agent)
    return "-H", word(f"{form.named('User-Agent')}: {form.agent}")


def _line(form: Form, name: str, *value: str | Live) -> str:
    """Write a header field in the form of its request."""
    return word(f"{form.named(name)}: {form.before}", *value, form.behind)


def _doubly_quoted(text: str) -> str:
    """Escape what ends double quotes, but not inside `$(...)`, where a shell starts again."""
    return OUTSIDE.sub(lambda found: found[1] or f"\\{found[2]}", text)


def _filled(text: str, variable: str) -> Iterator[str]:
    """Split a text where the token goes in."""
    first, *others = text.split(TOKEN_VARIABLE)
    yield first
    for other in others:
        yield from (Live(f"${{{variable}}}" if other[:1].isalnum() else f"${variable}"), other)


def _url(probe: Probe, target: Target) -> Iterator[str]:
    """Write the URL; a token in its query is percent-encoded by curl itself."""
    path, mark, query = probe.shown_path.partition("?")
    parts = query.split("&") if query else []
    plain = list(takewhile(lambda part: TOKEN_VARIABLE not in part, parts))
    if len(plain) < len(parts):
        yield "-G"
    for part in parts[len(plain) :]:
        flag = "--data-urlencode" if TOKEN_VARIABLE in part else "--data-raw"
        yield from (flag, word(*_filled(part, target.client.token_variable)))
    address = target.url + path + (mark + "&".join(plain) if plain or not query else "")
    if set(address.removeprefix(f"{target.scheme}://{target.authority}")) & set("[]{}"):
        yield "-g"
    yield word(address)
