"""The mock serves the document that `--contract` names, and says clearly why it does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from mock_client import Client

from find_webhook_kit.mock_server import cli
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.mock_server.state import State, contract_of
from find_webhook_kit.mock_server.try_it import curl
from find_webhook_kit.spec import contract, load
from find_webhook_kit.spec.meaning import NO_RULES, RULES, rules_of

DATA = Path(__file__).with_name("data") / "contracts"
PETS = DATA / "petstore.yaml"
DOCUMENT = "openapi: {version}\ninfo: {{title: T, version: '1'}}\npaths: {paths}\n"


def test_settings_name_the_contract() -> None:
    """The mock of a file answers with what that file says."""
    client = Client(Settings(contract=PETS))

    assert [{"id": 1, "name": "Tom", "status": "available", "tags": ["cat"]}] == client.ask(
        "/pets"
    ).json[:1]  # type: ignore[index]  # a list
    assert PETS.read_bytes() == client.ask("/openapi.yaml").body


def test_document_without_rules_has_none(tmp_path: Path) -> None:
    """Ours are for our own document; those beside a file, or named for it, are its own."""
    alone = tmp_path / "api.yaml"
    alone.write_bytes(PETS.read_bytes())
    named = tmp_path / "named.yaml"
    named.write_text("unknown: [404]\n", encoding="utf-8")

    assert NO_RULES is rules_of(load(alone))
    assert (404,) == rules_of(load(alone, rules=named)).unknown
    (tmp_path / "rules.yaml").write_text("unknown: [400]\n", encoding="utf-8")
    assert (400,) == rules_of(load(alone)).unknown
    assert "instanceId" == rules_of(contract()).tenant


def test_state_has_the_rules_that_were_named(tmp_path: Path) -> None:
    """Also those for the built-in contract."""
    ours = RULES.read_text(encoding="utf-8").replace("item: webhook\n", "item: hook\n")
    rows = ((PETS, "words: {item: hook}\n"), (None, ours))
    for number, (file, text) in enumerate(rows):
        named = tmp_path / f"{number}.yaml"
        named.write_text(text, encoding="utf-8")
        state = State(Settings(contract=file, rules=named))
        assert {"hook"} == {each.rules.item for each in state.endpoints.values()}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            DOCUMENT.format(version="3.1.0", paths="{}"),
            "line 1: /openapi: OpenAPI 3.0 is needed (Connexion), not '3.1.0'",
        ),
        ("swagger: '2.0'\n", "line 1: /swagger: OpenAPI 3.0 is needed, not Swagger: convert"),
        ("a: [1", "not readable as YAML"),
        (
            DOCUMENT.format(version="3.0.0", paths="{/a: {get: {}}}"),
            "line 3: /paths/~1a/get: 'responses' is a required property",
        ),
    ],
)
def test_file_that_is_no_contract_stops_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, told: str
) -> None:
    """The message names the file, the line and the place; the code is 2."""
    file = tmp_path / "api.yaml"
    file.write_text(text, encoding="utf-8")

    assert 2 == cli.run(["--port", "0", "--contract", str(file)])
    assert f"mock-server: {file}" in (error := capsys.readouterr().err)
    assert told in error


@pytest.mark.parametrize("flag", ["--contract", "--rules"])
def test_file_that_is_not_there_stops_the_start(
    flag: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """It is told by its name."""
    assert 2 == cli.run(["--port", "0", flag, str(tmp_path / "none.yaml")])
    assert "none.yaml: cannot be read: No such file" in capsys.readouterr().err


def test_help_is_about_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    """The title and version are those of the document."""
    with pytest.raises(SystemExit):
        cli.run(["--contract", str(PETS), "--help"])

    assert "Serve a mock of Pet shop 1.0.0." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "command"),
    [
        (PETS, "curl http://m/pets"),
        (DATA / "library.yaml", 'curl -H "X-Key: T" http://m/books'),
        (DATA / "parcels.yaml", "curl 'http://m/parcels?ids=1&ids=2'"),
        (DATA / "shelter.yaml", "curl -H \"X-Key: T\" 'http://m/animals?page=2'"),
        (None, 'curl -H "Authorization: Bearer T" http://m/api/v2/instance/demo/webhook'),
    ],
)
def test_request_to_try_is_one_of_the_contract(file: Path | None, command: str) -> None:
    """It shows the credentials that its operation asks for, and what is required."""
    assert command == curl("http://m", contract_of(Settings(contract=file)), "T")


def test_line_to_try_has_a_path_that_can_be_sent(tmp_path: Path) -> None:
    """What is fixed in a path is percent-encoded as what varies is."""
    path = tmp_path / "openapi.yaml"
    path.write_text(
        "openapi: 3.0.0\ninfo: {title: t, version: '1'}\n"
        "paths: {'/sp ace/ü': {get: {responses: {'204': {description: done}}}}}\n",
        encoding="utf-8",
    )

    assert "curl http://h/sp%20ace/%C3%BC" == curl("http://h", load(path), None)
