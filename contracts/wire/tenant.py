"""A second tenant: with a valid token of somebody else nothing of the first one may be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import quote

from find_webhook_kit.contracts.wire.probe import (
    OTHER_TOKEN_VARIABLE,
    Credentials,
    Probe,
    Purpose,
    Validity,
)

NAME: Final = "another tenant's token"


@dataclass(frozen=True, slots=True)
class Tenant:
    """Somebody else with a valid token, and an instance of theirs, where one is known."""

    token: str = field(repr=False)
    instance_id: str = ""

    @property
    def credentials(self) -> Credentials:
        """Return what stands in their Authorization header."""
        return Credentials(
            NAME,
            Validity.OTHER,
            lambda _: (f"Bearer {self.token}",),
            (f"Bearer {OTHER_TOKEN_VARIABLE}",),
        )


def tenants(
    known: Sequence[Probe], own: Probe | None, tenant: Tenant, parameter: str
) -> Iterator[Probe]:
    """Ask as the other tenant for the instances of the first one, and the other way round.

    `own` asks for the other tenant's instance: that it is answered proves their token. `parameter`
    is what the path calls an instance.
    """
    credentials = tenant.credentials
    for find in known:
        yield replace(
            find, name=f"{find.name} with {NAME}", purpose=Purpose.TENANT, credentials=credentials
        )
    if own is None:
        return
    yield replace(
        own, name=f"{own.name}, their own", purpose=Purpose.TENANT, credentials=credentials
    )
    yield replace(own, name=f"{own.name}, with the first tenant's token", purpose=Purpose.TENANT)
    query = f"{parameter}={quote(known[0].instance_id, safe='')}"
    yield replace(
        own.with_query(query),
        name=f"{known[0].instance_id!r} in the query of {own.instance_id!r} with {NAME}",
        purpose=Purpose.TENANT,
        credentials=credentials,
    )
