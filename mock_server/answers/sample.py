"""Makes one plain value of a schema, the same each time: what it shows itself, else the least."""

from __future__ import annotations

from typing import Final

from find_webhook_kit.spec import Json, Schema

_TEXTS: Final = {
    "date": "2024-04-14",
    "date-time": "2024-04-14T09:30:00Z",
    "email": "someone@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "byte": "",
}
_SAID: Final = ("example", "default")
MAX_ITEMS: Final = 100


def sample(schema: Schema, inside: tuple[Schema, ...] = ()) -> Json:
    """Return a value that fits a schema in most cases; whoever needs it to fit looks.

    What a schema demands of itself without end is null.
    """
    for word in _SAID:
        if word in schema.value:
            return schema.value[word]
    options = schema.value.get("enum")
    if isinstance(options, list) and options:
        return options[0]
    if schema in inside:
        return None
    inside = (*inside, schema)
    parts = [*schema.all_of, *schema.any_of[:1], *schema.one_of[:1]]
    values = [sample(part, inside) for part in parts]
    merged = {k: v for value in values if isinstance(value, dict) for k, v in value.items()}
    if schema.type is None and values and not all(isinstance(value, dict) for value in values):
        return values[-1]
    if schema.type in {None, "object"}:
        return {**merged, **_members(schema, inside)}
    return _of_type(schema, inside)


def _members(schema: Schema, inside: tuple[Schema, ...]) -> dict[str, Json]:
    return {name: sample(part, inside) for name, part in _required(schema).items()}


def _required(schema: Schema) -> dict[str, Schema]:
    hidden = {name for name, part in schema.properties.items() if part.value.get("writeOnly")}
    return {
        member.name: member.schema
        for member in schema.members()
        if len(member.path) == 1 and member.required and member.name not in hidden
    }


def _of_type(schema: Schema, inside: tuple[Schema, ...]) -> Json:
    value = schema.value
    if schema.type == "array":
        least = value.get("minItems", 0)
        size = min(least, MAX_ITEMS) if isinstance(least, int) else 0
        return [sample(schema.items, inside) if schema.items else None] * size
    if schema.type == "boolean":
        return True
    if schema.type in {"integer", "number"}:
        return _number(schema)
    return _text(schema)


def _number(schema: Schema) -> Json:
    value = schema.value
    least, most = value.get("minimum"), value.get("maximum")
    if isinstance(least, (int, float)) and least >= 0:
        return least + 1 if value.get("exclusiveMinimum") else least
    if isinstance(most, (int, float)) and most <= 0:
        return most - 1 if value.get("exclusiveMaximum") else most
    return 0


def _text(schema: Schema) -> str:
    found = _TEXTS.get(schema.format or "", "string")
    least, most = schema.value.get("minLength", 0), schema.value.get("maxLength")
    found = found.ljust(least if isinstance(least, int) else 0, "-")
    return found[:most] if isinstance(most, int) else found
