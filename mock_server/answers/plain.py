"""Generated data as an operator would have it: names, addresses, dates and ids that look real.

What was generated keeps its shape; values that a property's format or name explains are replaced.
What nothing explains, and what would break the schema, stays as it was generated. A function of
seed, place and schema, as all generated data is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from find_webhook_kit.mock_server.answers.endpoint import Endpoint, Parameters
from find_webhook_kit.spec import Json, Schema

PRESENT: Final = 0.85
"""How often an optional property is there."""

_FIRST_DAY: Final = datetime(2024, 1, 8, 8, tzinfo=UTC)
_DAYS: Final = 500

Text = Callable[[Random, str], str]


def items(
    endpoint: Endpoint, seed: int, asked: Parameters, generated: tuple[Json, ...]
) -> tuple[Json, ...]:
    """Return generated items with plain values in them."""
    schema = endpoint.item
    if schema is None:
        return generated
    key = "/".join((str(seed), *asked.values()))
    plain = tuple(_item(endpoint, schema, f"{key}/{n}", it) for n, it in enumerate(generated))
    body = endpoint.body(plain)
    broken = endpoint.schema is not None and endpoint.schema.violations(body)
    if broken or next(endpoint.offences(asked, body), None) is not None:
        return generated
    return plain


def _item(endpoint: Endpoint, schema: Schema, place: str, generated: Json) -> Json:
    chance = Random(place)  # noqa: S311 - it must repeat
    moment = _FIRST_DAY + timedelta(days=chance.randrange(_DAYS), seconds=chance.randrange(36000))
    made = _Maker(chance, moment).value(schema, "", generated)
    for path, _ in endpoint.equal:  # these say what was asked for
        _restore(made, generated, path)
    return made


def _restore(made: Json, generated: Json, path: tuple[str, ...]) -> None:
    *way, name = path
    for step in way:
        if not (isinstance(made, dict) and isinstance(generated, dict)):
            return
        made, generated = made.get(step), generated.get(step)
    if isinstance(made, dict) and isinstance(generated, dict) and name in generated:
        made[name] = generated[name]


class _Maker:
    """Makes the values of one item; each moment in it is later than the one before."""

    def __init__(self, chance: Random, moment: datetime) -> None:
        self._chance = chance
        self._moment = moment

    def value(self, schema: Schema, name: str, generated: Json) -> Json:
        """Return a plain value in place of a generated one, if it keeps the schema."""
        made = self._made(schema, name, generated)
        return generated if schema.violations(made) else made

    def _made(self, schema: Schema, name: str, generated: Json) -> Json:
        if isinstance(generated, dict):
            return self._object(schema, generated)
        if isinstance(generated, list):
            inner = schema.items
            return [self.value(inner, name, it) if inner else it for it in generated]
        if isinstance(generated, bool) or "enum" in schema.value:
            return generated
        if isinstance(generated, str):
            return self._text(schema, name, generated)
        return self._number(generated)

    def _number(self, generated: Json) -> Json:
        if isinstance(generated, int):
            return self._chance.randint(1, 500)
        return self._chance.randint(100, 50_000) / 100 if isinstance(generated, float) else None

    def _object(self, schema: Schema, generated: Mapping[str, Json]) -> Json:
        members = schema.direct()
        made: dict[str, Json] = {}
        for name, inner in members.items():
            present = self._chance.random() < PRESENT
            if name in generated:
                made[name] = self.value(inner, name, generated[name])
            elif present and inner.type in {"boolean", "string"}:
                guess: Json = self._chance.random() < PRESENT if inner.type == "boolean" else ""
                value = self._made(inner, name, guess)
                if value != "" and not inner.violations(value):
                    made[name] = value
        if members and not schema.violations(made):
            return made  # without what nobody documented
        return {**generated, **made}

    def _text(self, schema: Schema, name: str, generated: str) -> str:
        words = _words(name)
        if schema.format in {"date-time", "date"} or (words and words[-1] == "at"):
            self._moment += timedelta(seconds=self._chance.randrange(60, 900_000))
            written = self._moment.isoformat(timespec="seconds").replace("+00:00", ".000Z")
            return written[:10] if schema.format == "date" else written
        make = _BY_FORMAT.get(schema.format or "")
        if make is None:
            make = next((_BY_WORD[word] for word in reversed(words) if word in _BY_WORD), None)
        return generated if make is None else make(self._chance, name)


def _words(name: str) -> list[str]:
    """Take a property's name apart, whatever its case."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", name)]


def _of(*choices: str) -> Text:
    return lambda chance, _: chance.choice(choices)


def _id(chance: Random, name: str) -> str:
    prefix = "-".join(word for word in _words(name) if word not in {"id", "uid"})
    return f"{prefix or 'id'}-{chance.getrandbits(32):08x}"


def _uuid(chance: Random, _: str) -> str:
    digits = f"{chance.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


_PEOPLE: Final = ("Ana Souza", "Ben Carter", "Chiara Rossi", "Deniz Kaya", "Eva Novak", "Femi Ade")
_TEAMS: Final = ("crm", "support", "billing", "orders", "delivery", "marketing", "archive", "bot")


def _url(chance: Random, _: str) -> str:
    return f"https://{chance.choice(_TEAMS)}.example.com/hooks/{chance.getrandbits(24):06x}"


def _email(chance: Random, _: str) -> str:
    return chance.choice(_PEOPLE).lower().replace(" ", ".") + "@example.com"


def _host(chance: Random, _: str) -> str:
    return f"{chance.choice(_TEAMS)}.example.com"


def _phone(chance: Random, _: str) -> str:
    return f"+1555{chance.randrange(10_000_000):07d}"


def _address(chance: Random, _: str) -> str:
    return f"192.0.2.{chance.randint(1, 254)}"


def _street(chance: Random, _: str) -> str:
    return f"{chance.randint(1, 200)} {chance.choice(('Mill Lane', 'High Street', 'Park Road'))}"


_name: Final = _of(*(f"{team} {kind}" for team in _TEAMS for kind in ("events", "sync", "alerts")))
_person: Final = _of(*_PEOPLE)
_sentence: Final = _of(
    "Tells the team about new orders.", "Set up for the support desk.", "Checked every morning."
)

_BY_FORMAT: Final[Mapping[str, Text]] = {
    "uuid": _uuid,
    "email": _email,
    "uri": _url,
    "url": _url,
    "hostname": _host,
    "ipv4": _address,
}

_BY_WORD: Final[Mapping[str, Text]] = {
    "id": _id,
    "uid": _id,
    "uuid": _uuid,
    "url": _url,
    "uri": _url,
    "link": _url,
    "href": _url,
    "email": _email,
    "mail": _email,
    "phone": _phone,
    "mobile": _phone,
    "host": _host,
    "hostname": _host,
    "domain": _host,
    "ip": _address,
    "name": _name,
    "title": _name,
    "label": _name,
    "author": _person,
    "user": _person,
    "customer": _person,
    "contact": _person,
    "owner": _person,
    "description": _sentence,
    "summary": _sentence,
    "comment": _sentence,
    "note": _sentence,
    "message": _sentence,
    "text": _sentence,
    "street": _street,
    "address": _street,
    "city": _of("Lisbon", "Porto Alegre", "Bologna", "Izmir", "Brno", "Lagos"),
    "country": _of("Portugal", "Brazil", "Italy", "Turkey", "Czechia", "Nigeria"),
    "company": _of("Example Ltd", "Sample and Sons", "Muster GmbH"),
    "currency": _of("EUR", "USD", "BRL"),
    "locale": _of("en-GB", "pt-BR", "de-DE"),
    "language": _of("en", "pt", "de"),
    "status": _of("active", "paused", "pending"),
    "state": _of("active", "paused", "pending"),
}
