"""An endpoint as a client takes its answers: with the media types in the order of its Accept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from find_webhook_kit.mock_server.answers import negotiation
from find_webhook_kit.mock_server.answers.endpoint import Endpoint, writable

MAX_VIEWS: Final = 64


class Views:
    """The views of one endpoint; where each answer has one media type, there is one view."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        listed = [writable(response) for response in endpoint.operation.documented()]
        self._names = tuple(dict.fromkeys(item.name for each in listed for item in each))
        self._is_one = all(len(each) <= 1 for each in listed)
        self._known: dict[tuple[str, ...], Endpoint] = {}

    def of(self, accept: Sequence[str]) -> Endpoint:
        """Return the endpoint as the Accept headers like it."""
        if self._is_one:
            return self._endpoint
        accepts = negotiation.ranked(accept, self._names)
        found = self._known.get(accepts)
        if found is None:
            found = replace(self._endpoint, accepts=accepts)
            if len(self._known) < MAX_VIEWS:
                self._known[accepts] = found
        return found

    def check(self, accept: Sequence[str], status: int | None) -> None:
        """Raise `NotAcceptable` where a status, else a success, has a body and none of its types.

        An answer without a body is acceptable to everybody.
        """
        listed = self._endpoint.media_types(status or self._endpoint.status)
        if listed:
            negotiation.check(accept, tuple(item.name for item in listed))
