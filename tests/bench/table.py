"""Writes results as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from results import KNOWN, NEW, Results


def tables(results: Results) -> str:
    """Write all the tables, the summary first."""
    parts = [
        _summary(results),
        _growth(results),
        _latencies(results),
        _features(results),
        _waits(results),
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _summary(results: Results) -> Iterator[str]:
    yield from _head(
        "server",
        f"requests/s, {KNOWN}",
        f"CPU/request, {KNOWN}",
        f"CPU/request, {NEW}",
        "start to first 200",
        "memory, idle → after load",
    )
    for server in results.servers:
        idle, after = results.memory[server]
        yield _row(
            server,
            _with_ratio(results, server, KNOWN, "rate", "{:,.0f}"),
            _with_ratio(results, server, KNOWN, "cpu", "{:,.0f} µs"),
            _with_ratio(results, server, NEW, "cpu", "{:,.0f} µs"),
            f"{results.start(server):.2f} s ({results.start_ratio(server):.1f})",
            f"{idle:.0f} → {after:.0f} MiB",
        )


def _growth(results: Results) -> Iterator[str]:
    yield from _head("requests/s", *results.servers)
    for case in results.cases:
        cells = [_with_ratio(results, name, case, "rate", "{:,.0f}") for name in results.servers]
        yield _row(case, *cells)


def _latencies(results: Results) -> Iterator[str]:
    yield from _head("p50 / p99 in ms", *results.servers)
    for case in results.cases:
        yield _row(case, *(_latency(results, name, case) for name in results.servers))


def _features(results: Results) -> Iterator[str]:
    yield from _head("this mock, with", "CPU/request against a known state without")
    for name, ratio in results.features.items():
        yield _row(name, f"{ratio:.1f}")


def _waits(results: Results) -> Iterator[str]:
    yield from _head("this mock, busy every 0.1 s with", "p99 of other clients")
    for name, wait in results.waits.items():
        yield _row(name, f"{wait:.1f} ms")


def _head(*cells: str) -> Iterator[str]:
    yield _row(*cells)
    yield _row("---", *["---:"] * (len(cells) - 1))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _with_ratio(results: Results, server: str, case: str, name: str, style: str) -> str:
    value, ratio = results.middle(server, case, name), results.ratio(server, case, name)
    return "" if value is None or ratio is None else f"{style.format(value)} ({ratio:.2f})"


def _latency(results: Results, server: str, case: str) -> str:
    values = [results.middle(server, case, name) for name in ("p50", "p99")]
    return _joined([value for value in values if value is not None])


def _joined(values: Sequence[float]) -> str:
    return " / ".join(f"{value:.1f}" for value in values)
