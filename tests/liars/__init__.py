"""Servers that lie, each in one way, and servers that look odd and keep the contract.

They know the vendor's page and HTTP, and nothing of this project: only the standard library.
"""

from liars.catalogue import CROWDED, FAMILIES, HONEST, LIARS
from liars.honest import KNOWN_IDS, TOKEN, UNKNOWN_ID
from liars.row import Row
from liars.server import serving

__all__ = [
    "CROWDED",
    "FAMILIES",
    "HONEST",
    "KNOWN_IDS",
    "LIARS",
    "TOKEN",
    "UNKNOWN_ID",
    "Row",
    "serving",
]
