"""The mock keeps writes for a contract of others, whose rules say what writes there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from writable_mock import WritableMock

from find_webhook_kit.mock_server import cli
from find_webhook_kit.mock_server.answers.keeping import NotKeptError
from find_webhook_kit.mock_server.settings import Settings

TODOS = Path(__file__).parent / "data" / "contracts" / "todos" / "openapi.yaml"


class Todos(WritableMock):
    """A mock of lists of things to do, asked for one list."""

    def __init__(self, contract: Path = TODOS, **more: Any) -> None:
        wanted = {"writes": True, "clock": "fixed", **more}
        super().__init__(Settings(contract=contract, **wanted), "home")
        self.list = "/lists/home/todos"


def test_list_of_another_contract_is_written() -> None:
    """Ids are numbers there, what is changed has its time, and a deletion is a 204."""
    mock = Todos()
    assert [] == mock.ask("GET").json()
    made = mock.ask("POST", "", {"title": "milk"}).json()
    other = mock.ask("POST", "", {"title": "bread"}).json()
    one = f"/{made['id']}"
    changed = mock.ask("PUT", one, {"title": "oat milk"}).json()

    assert isinstance(made["id"], int)
    assert made["id"] != other["id"]
    assert {**made, "title": "oat milk", "changed": changed["changed"]} == changed
    assert changed == mock.ask("GET", one).json()
    assert (204, b"") == ((gone := mock.ask("DELETE", one)).status_code, gone.content)
    assert 404 == mock.ask("GET", one).status_code
    assert [other] == mock.ask("GET").json()


def test_number_of_a_fixture_or_of_what_was_deleted_is_not_given_again(tmp_path: Path) -> None:
    """A deletion makes no room for another one."""
    (tmp_path / "home.yaml").write_text("todos:\n  - {id: 7, title: tea}\n", encoding="utf-8")
    mock = Todos(fixtures=tmp_path)
    assert 204 == mock.ask("DELETE", "/7").status_code

    assert 7 not in {mock.ask("POST", "", {"title": "milk"}).json()["id"] for _ in range(9)}


def changed(tmp_path: Path, document: Callable[[str], str], rules: Callable[[str], str]) -> Path:
    """Write the contract and its rules otherwise."""
    for name, change in (("openapi.yaml", document), ("rules.yaml", rules)):
        text = TODOS.with_name(name).read_text(encoding="utf-8")
        assert change is str or change(text) != text
        (tmp_path / name).write_text(change(text), encoding="utf-8")
    return tmp_path / "openapi.yaml"


def wrapped(text: str) -> str:
    """Let the list be a member of an object."""
    item = '{$ref: "#/components/schemas/Todo"}'
    array = f"{{type: array, items: {item}}}"
    whole = f"{{type: object, properties: {{all: {array}}}}}"
    return text.replace(f"schema: {array}", f"schema: {whole}")


def of_forms(text: str) -> str:
    """Let what is made be sent as a form, too."""
    json = '{application/json: {schema: {$ref: "#/components/schemas/NewTodo"}}}'
    form = "application/x-www-form-urlencoded: {schema: {type: object}}"
    return text.replace(f"content: {json}", f"content: {json[:-1]}, {form}}}", 1)


def without_resource(text: str) -> str:
    return text.partition("resource:")[0]


def without_identity(text: str) -> str:
    return text.replace("identity: id, ", "")


@pytest.mark.parametrize(
    ("document", "rules", "told"),
    [
        (wrapped, str, "listTodos, the list, is to be an array"),
        (str, without_resource, "no section `resource`"),
        (str, without_identity, "`names: identity`"),
    ],
)
def test_contract_whose_writes_cannot_be_kept_is_refused_with_the_reason(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    document: Callable[[str], str],
    rules: Callable[[str], str],
    told: str,
) -> None:
    """`--writes` never promises what the mock does not keep."""
    contract = changed(tmp_path, document, rules)

    assert 2 == cli.run(["--writes", "--port", "0", "--contract", str(contract)])
    assert told in capsys.readouterr().err


def test_form_is_no_write_that_can_be_kept(tmp_path: Path) -> None:
    """Where the document takes a form, too, the mock says that it does not."""
    mock = Todos(changed(tmp_path, of_forms, str))
    form = {"Content_Type": "application/x-www-form-urlencoded"}

    assert 415 == mock.ask("POST", "", b"title=milk", **form).status_code
    assert 201 == mock.ask("POST", "", {"title": "milk"}).status_code


def test_write_that_cannot_be_kept_is_answered_as_of_any_document(tmp_path: Path) -> None:
    """Without `--writes` such a mock is one of a document whose rules say nothing of writes."""
    mock = Todos(changed(tmp_path, wrapped, str), writes=False)
    made = mock.ask("POST", "", {"title": "milk"})

    assert (201, "sample; status=201") == (made.status_code, made.headers["Mock-Source"])


WHOLE = "#/components/schemas/Todo"


def of_one_schema(text: str) -> str:
    """Let what is sent be what is shown."""
    return text.replace("#/components/schemas/NewTodo", WHOLE).replace(
        "required: [id, title]", "required: [title]"
    )


def in_parts(text: str) -> str:
    """Put what is shown together of what is sent and the rest."""
    head, _, tail = text.partition("    Todo:\n")
    shown = """    Todo:
      allOf:
        - {$ref: "#/components/schemas/NewTodo"}
        - type: object
          required: [id, place]
          properties:
            id: {allOf: [{type: integer}]}
            place: {type: string}
            created: {type: string, format: date-time}
            changed: {type: string, format: date-time}
"""
    return (
        head
        + shown
        + tail[tail.index("    NewTodo:") :].replace("    NewTodo:", "    Sent:")
        + ("    NewTodo: {allOf: [{$ref: '#/components/schemas/Sent'}]}\n")
    )


def test_what_is_put_together_of_parts_is_kept_whole(tmp_path: Path) -> None:
    """`allOf` says as much as one schema: what is kept, its defaults, and the type of an id."""
    mock = Todos(changed(tmp_path, in_parts, str))
    made = mock.ask("POST", "", {"title": "milk", "weight": 2}).json()
    one = f"/{made['id']}"
    mock.ask("PUT", one, {"title": "oat milk"})

    assert ("milk", 2, False, str) == (
        made["title"],
        made["weight"],
        made["done"],
        type(made["place"]),
    )
    assert "oat milk" == mock.ask("GET", one).json()["title"]
    verdicts = {str(mock.state.journal.verdict(each)) for each in mock.state.journal}
    assert {"keeps the contract"} == verdicts


def test_client_that_sends_a_whole_item_does_not_say_which_it_is(tmp_path: Path) -> None:
    """The id and the times are the mock's to give, also where the document takes them."""
    mock = Todos(changed(tmp_path, of_one_schema, str))
    then = "2000-01-01T00:00:00Z"
    own = {"id": 5, "created": then, "changed": then}
    made = mock.ask("POST", "", {"title": "milk", **own}).json()
    put = mock.ask("PUT", f"/{made['id']}", {"title": "oat milk", **own}).json()

    assert 5 != made["id"]
    assert {**made, "title": "oat milk", "changed": put["changed"]} == put
    assert then not in (made["created"], put["changed"])


def with_a_secret(text: str) -> str:
    """Take what no answer shows."""
    return text.replace("weight: {type: number}", "pin: {type: string, writeOnly: true}")


def test_what_is_only_written_is_not_shown(tmp_path: Path) -> None:
    """`writeOnly` has no place in an answer."""
    mock = Todos(changed(tmp_path, with_a_secret, str))
    mock.ask("POST", "", {"title": "milk", "pin": "1234"})

    assert "1234" not in mock.ask("GET").text


def with_short_ids(text: str) -> str:
    return text.replace("id: {type: integer}", "id: {type: integer, maximum: 99}")


def with_numbers_for_times(text: str) -> str:
    return text.replace("changed: {type: string, format: date-time}", "changed: {type: integer}")


@pytest.mark.parametrize(
    ("document", "told"), [(with_short_ids, "'id'"), (with_numbers_for_times, "'changed'")]
)
def test_id_or_time_that_the_contract_does_not_take_is_told(
    tmp_path: Path, document: Callable[[str], str], told: str
) -> None:
    """What the mock makes of its own is held against the contract before anybody sees it."""
    with pytest.raises(NotKeptError, match=f"{told} of an item is made by the mock"):
        Todos(changed(tmp_path, document, str))


def of_few(text: str) -> str:
    """Let who makes something be told its id alone."""
    few = "{type: object, additionalProperties: false, properties: {id: {type: integer}}}"
    made = f'made, content: {{application/json: {{schema: {{$ref: "{WHOLE}"}}'
    return text.replace(made, f"made, content: {{application/json: {{schema: {few}")


def test_answer_shows_of_an_item_what_its_schema_has_room_for(tmp_path: Path) -> None:
    """A schema that is closed holds for what was written, too: the rest is kept, and not shown."""
    mock = Todos(changed(tmp_path, of_few, str))
    made = mock.ask("POST", "", {"title": "milk", "weight": 2}).json()
    one = mock.ask("GET", f"/{made['id']}").json()

    assert ({"id"}, "milk", 2) == (set(made), one["title"], one["weight"])
    verdicts = {str(mock.state.journal.verdict(each)) for each in mock.state.journal}
    assert {"keeps the contract"} == verdicts
