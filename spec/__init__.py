"""The contract of CodeChat's Find Webhook: data, and its only reader."""

from spec.contract import (
    PATH,
    Contract,
    Example,
    MediaType,
    Operation,
    Response,
    SecurityScheme,
    contract,
    load,
)
from spec.document import Document, DocumentError, Json, pointer, read
from spec.json_places import printable
from spec.schema import Member, Schema, Violation
from spec.strict_json import UnreadableJson, read_json

__all__ = [
    "PATH",
    "Contract",
    "Document",
    "DocumentError",
    "Example",
    "Json",
    "MediaType",
    "Member",
    "Operation",
    "Response",
    "Schema",
    "SecurityScheme",
    "UnreadableJson",
    "Violation",
    "contract",
    "load",
    "pointer",
    "printable",
    "read",
    "read_json",
]
