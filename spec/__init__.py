"""The contract of CodeChat's Find Webhook: data, and its only reader."""

from find_webhook_kit.spec.contract import (
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
from find_webhook_kit.spec.document import Document, DocumentError, Json, pointer, read
from find_webhook_kit.spec.json_places import printable
from find_webhook_kit.spec.schema import Member, Schema, Violation
from find_webhook_kit.spec.strict_json import UnreadableJson, read_json

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
