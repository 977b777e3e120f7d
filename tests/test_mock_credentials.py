"""Who may come in."""

import pytest
from mock_client import ERROR, Client

from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.spec import contract

PATH = "/api/v2/instance/demo/webhook"


def authorization(*values: str) -> list[tuple[str, str]]:
    """Write each value as an Authorization header."""
    return [("Authorization", value) for value in values]


@pytest.mark.parametrize(
    ("values", "error"),
    [
        pytest.param([], False, id="missing"),
        pytest.param([""], False, id="empty header"),
        pytest.param(["Bearer"], False, id="scheme alone"),
        pytest.param(["Bearer "], False, id="empty token"),
        pytest.param(["Basic ZGVtbzpkZW1v"], False, id="another scheme"),
        pytest.param(["demo-token"], False, id="token alone"),
        pytest.param(["Bearer demo-token", "Bearer demo-token"], False, id="two headers"),
        pytest.param(["Bearer unknown"], True, id="unknown token"),
        pytest.param(["Bearer demo-tokens"], True, id="longer token"),
        pytest.param(["Bearer demo-toke"], True, id="shorter token"),
        pytest.param(["Bearer DEMO-TOKEN"], True, id="token in another case"),
        pytest.param(["Bearer demo-token x"], True, id="two tokens"),
        pytest.param(["Bearer demo-token, Bearer x"], True, id="a list"),
        pytest.param(["Bearer démo"], True, id="token beyond ASCII"),
    ],
)
def test_bad_credentials_are_a_documented_401(
    client: Client,
    values: list[str],
    error: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """Credentials that are not one known token get the documented error and a challenge."""
    answer = client.ask(PATH, *authorization(*values))
    challenge = 'Bearer realm="mock"' + (', error="invalid_token"' if error else "")

    assert 401 == answer.status
    assert challenge == answer.headers["WWW-Authenticate"]
    assert () == ERROR.violations(answer.json)


@pytest.mark.parametrize(
    "value", ["Bearer demo-token", "bearer demo-token", "BEARER demo-token", "Bearer   demo-token"]
)
def test_known_token_is_accepted(client: Client, value: str) -> None:
    """The scheme's case does not matter, nor how many spaces follow it."""
    assert 200 == client.ask(PATH, *authorization(value)).status


@pytest.mark.parametrize(
    ("settings", "value", "status"),
    [
        pytest.param(Settings(tokens=("a", "b")), "Bearer b", 200, id="one of several"),
        pytest.param(Settings(tokens=("a",)), "Bearer demo-token", 401, id="default is replaced"),
        pytest.param(Settings(auth="any"), "Bearer whatever", 200, id="any token"),
        pytest.param(Settings(auth="any"), "Bearer no token", 401, id="any, but a token"),
        pytest.param(Settings(auth="any"), "Basic abc", 401, id="any, but bearer"),
        pytest.param(Settings(auth="off"), "Basic abc", 200, id="off"),
    ],
)
def test_settings_decide_which_token_is_known(settings: Settings, value: str, status: int) -> None:
    """The mock takes the tokens it was given, any, or needs none."""
    assert status == Client(settings).ask(PATH, *authorization(value)).status


def test_refusal_does_not_show_the_token(client: Client) -> None:
    """The answer to a wrong token does not repeat it."""
    answer = client.ask(PATH, *authorization("Bearer s3cr3t-s3cr3t"))

    assert b"s3cr3t" not in answer.body
    assert "s3cr3t" not in str(answer.headers)


def test_settings_do_not_show_the_token() -> None:
    """Settings in a log or a trace keep the tokens to themselves."""
    assert "s3cr3t" not in repr(Settings(tokens=("s3cr3t",)))


def test_every_scheme_of_the_contract_is_checked() -> None:
    """Connexion only warns about a scheme without a check; the mock has one for each."""
    schemes = {
        (scheme.type, scheme.scheme)
        for operation in contract().operations.values()
        for scheme in operation.security
    }

    assert {("http", "bearer")} == schemes
