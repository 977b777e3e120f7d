"""Writes the curl line that sends what the judge sent, from a shell that has the token."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final
from urllib.parse import quote

from find_webhook_kit.contracts.wire.probe import CARRYING, TOKEN_VARIABLE, Form, Probe, one_cookie
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
            *(("--data-raw", word(probe.content.decode())) if probe.content else ()),
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
    fields = (*_credentials(probe, target), *_said(probe, target))
    for name, pieces in one_cookie(fields, _after_each_other):
        yield _line(probe.form, name, *pieces) if any(pieces) else word(f"{name};")
    if probe.method in CARRYING and not probe.content:
        yield "'Content-Length: 0'"
    for header in target.headers:
        yield header.word


HeaderPieces = tuple[str, tuple[str, ...]]
"""The name of a header, and the pieces of its value."""


def _credentials(probe: Probe, target: Target) -> Iterator[HeaderPieces]:
    """Write what lets a request in, of which the shell makes what the judge made."""
    variable, token = _variable(probe, target), probe.token(target.token)
    for each in probe.proofs:
        sent = each.place.headers(each.wire(token))
        for (name, text), (_, value) in zip(each.place.headers(each.shell), sent, strict=False):
            # What is the same without a shell is none of its business, whatever it looks like.
            live = Live(_doubly_quoted(text.replace(OURS, variable)))
            yield name, (text if text == value else live,)


def _said(probe: Probe, target: Target) -> Iterator[HeaderPieces]:
    for name, value in probe.headers:
        yield name, tuple(_filled(value, _variable(probe, target)))


def _variable(probe: Probe, target: Target) -> str:
    return probe.key.variable if probe.key else target.client.token_variable


def _after_each_other(cookies: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    first, *others = cookies
    return (*first, *(piece for other in others for piece in ("; ", *other)))


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
    """Write the URL; what a shell fills into its query is percent-encoded by curl itself."""
    path, mark, query = probe.path.partition("?")
    variable = _variable(probe, target)
    parts = [tuple(_filled(part, variable)) for part in query.split("&") if query]
    parts += _keys(probe, target)
    plain = list(takewhile(lambda part: not _is_live(part), parts))
    if len(plain) < len(parts):
        yield "-G"
    for part in parts[len(plain) :]:
        yield from ("--data-urlencode" if _is_live(part) else "--data-raw", word(*part))
    told = "&".join("".join(part) for part in plain)
    marked = bool(plain) or (mark and not query)
    address = target.url + path + (f"?{told}" if marked else "")
    if set(address.removeprefix(f"{target.scheme}://{target.authority}")) & set("[]{}"):
        yield "-g"
    yield word(address)


def _keys(probe: Probe, target: Target) -> Iterator[tuple[str, ...]]:
    """List the credentials that stand in the query."""
    variable, token = _variable(probe, target), probe.token(target.token)
    for each in probe.proofs:
        if each.place.location == "query":
            name = f"{quote(each.place.name, safe='')}="
            for text, value in zip(each.shell, each.wire(token), strict=False):
                live = Live(text.replace(OURS, variable))
                yield name, (quote(text, safe="") if text == value else live)


def _is_live(part: tuple[str, ...]) -> bool:
    return any(isinstance(piece, Live) for piece in part)
