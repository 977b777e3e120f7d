"""Draws results as bars (SVG): what fits on one screen, each panel with a scale of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Final

from results import KNOWN, NEW, Results

WIDTH: Final = 760
BAR: Final = 18
GAP: Final = 6
LABEL: Final = 150
VALUE: Final = 90
TITLE: Final = 34

Panel = tuple[str, Callable[[Results, str], float | None], str]

_PANELS: Final[Sequence[Panel]] = (
    (
        "Requests per second, a known state (more is better)",
        lambda results, name: results.middle(name, KNOWN, "rate"),
        "{:,.0f}",
    ),
    (
        "CPU per request, an id never seen before (less is better)",
        lambda results, name: results.middle(name, NEW, "cpu"),
        "{:,.0f} µs",
    ),
    (
        "Start to first 200 (less is better)",
        lambda results, name: results.start(name),
        "{:.2f} s",
    ),
    (
        "Memory after load (less is better)",
        lambda results, name: results.memory[name][1],
        "{:,.0f} MiB",
    ),
)


def plot(results: Results) -> str:
    """Return the picture."""
    panel = TITLE + len(results.servers) * (BAR + GAP) + GAP
    height = panel * len(_PANELS) + GAP
    size = f'width="{WIDTH}" height="{height}"'
    look = f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="13"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {look}>',
        f'<rect {size} fill="#ffffff"/>',
    ]
    for index, (title, value, style) in enumerate(_PANELS):
        bars = [(name, found) for name in results.servers if (found := value(results, name))]
        lines += _panel(title, bars, style, panel * index)
    return "\n".join([*lines, "</svg>", ""])


def _panel(title: str, bars: Sequence[tuple[str, float]], style: str, top: float) -> Iterator[str]:
    most = max(value for _, value in bars)
    yield f'<text x="8" y="{top + 22}" font-weight="bold" fill="#111111">{escape(title)}</text>'
    for index, (name, value) in enumerate(bars):
        y = top + TITLE + index * (BAR + GAP)
        length = max(1.0, (WIDTH - LABEL - VALUE) * value / most)
        ours = name.startswith("**")
        colour, weight = ("#0b6e4f", "bold") if ours else ("#9aa5b1", "normal")
        yield (
            f'<text x="{LABEL - 8}" y="{y + 14}" text-anchor="end" font-weight="{weight}" '
            f'fill="#111111">{escape(name.strip("*"))}</text>'
            f'<rect x="{LABEL}" y="{y}" width="{length:.1f}" height="{BAR}" fill="{colour}"/>'
            f'<text x="{LABEL + length + 6:.1f}" y="{y + 14}" fill="#111111">'
            f"{style.format(value)}</text>"
        )
