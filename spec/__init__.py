"""The contract: data, and its only reader."""

from find_webhook_kit.spec.contract import PATH, Contract, contract, load
from find_webhook_kit.spec.contract_reader import Unchecked
from find_webhook_kit.spec.document import Document, DocumentError, Json, pointer, read
from find_webhook_kit.spec.json_places import printable
from find_webhook_kit.spec.operation import (
    Example,
    Header,
    MediaType,
    Operation,
    Parameter,
    RequestBody,
    Response,
    SecurityScheme,
)
from find_webhook_kit.spec.routing import Match, NoMatch
from find_webhook_kit.spec.schema import Direction, Member, Schema, Violation
from find_webhook_kit.spec.strict_json import UnreadableJson, read_json

__all__ = [
    "PATH",
    "Contract",
    "Direction",
    "Document",
    "DocumentError",
    "Example",
    "Header",
    "Json",
    "Match",
    "MediaType",
    "Member",
    "NoMatch",
    "Operation",
    "Parameter",
    "RequestBody",
    "Response",
    "Schema",
    "SecurityScheme",
    "Unchecked",
    "UnreadableJson",
    "Violation",
    "contract",
    "load",
    "pointer",
    "printable",
    "read",
    "read_json",
]
