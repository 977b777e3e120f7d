"""How far a run goes: what a profile asks beyond the requests that every run sends."""

from __future__ import annotations

from enum import IntEnum


class Depth(IntEnum):
    """Each depth asks what the one before asks, and more."""

    QUICK = 1
    DEFAULT = 2
    THOROUGH = 3
