"""What our own pages refuse, and why."""

from __future__ import annotations

from dataclasses import dataclass

from find_webhook_kit.mock_server.answers.errors import Refusal, quoted
from find_webhook_kit.spec.json_places import MAX_SHOWN


@dataclass(eq=False)
class UnusableParameter(Refusal):
    """A parameter in the query of one of our own pages that says nothing to it."""

    status = 400
    name: str
    fault: str
    wanted: str

    def __str__(self) -> str:
        return f"The parameter {quoted(self.name)} {self.fault[:MAX_SHOWN]}: use {self.wanted}."


@dataclass(eq=False)
class UnusablePreferences(Refusal):
    """A body that sets no preferences."""

    status = 400
    reason: str

    def __str__(self) -> str:
        return f'{self.reason} A body such as {{"prefer": "lie=dropped, delay=2000"}} sets some.'


class SeveralProcesses(Refusal):
    """A change of what one process of several remembers."""

    status = 409
    words = (
        "The mock runs in several processes, and this would change one of them: "
        "start mock-server with --prefer, or without --workers."
    )
    cacheable = False


class _Private(Refusal):
    """A request for what the mock says about itself, which a web page may be behind."""

    status = 403
    cacheable = False  # it hangs on the address that the connection came to


@dataclass(eq=False)
class ForeignHost(_Private):
    """A request whose Host names another machine."""

    host: str

    def __str__(self) -> str:
        return (
            f"The mock shows its own pages on loopback hosts alone, not on {quoted(self.host)}; "
            "open http://127.0.0.1 with the mock's port, "
            "or start mock-server with --trust-host and that name."
        )


@dataclass(eq=False)
class ForeignOrigin(_Private):
    """A request that a web page of another origin makes."""

    origin: str

    def __str__(self) -> str:
        return (
            f"What the mock says about itself is not for pages of {quoted(self.origin)}; "
            "start mock-server with --trust-host and the host of the page, if it is yours."
        )


@dataclass(eq=False)
class Formlike(_Private):
    """A change of state that any web page's form could ask a browser for."""

    words = "A browser that changes the mock's state sends the header {header}."
    header: str
