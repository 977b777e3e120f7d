"""Any honest document of OpenAPI 3.0 becomes a contract, and what it says is found there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV30SpecValidator

from find_webhook_kit.spec import Contract, DocumentError, Json, Schema, load
from find_webhook_kit.spec.operation import Operation
from find_webhook_kit.spec.routing import Match, NoMatch, Template

DATA = Path(__file__).with_name("data") / "contracts"


@pytest.fixture(scope="module")
def shelter() -> Contract:
    return load(DATA / "shelter.yaml")


@pytest.fixture(scope="module")
def shop() -> Contract:
    return load(DATA / "shop" / "openapi.yaml")


def animal(shelter: Contract) -> Schema:
    return shelter.operations["get_animals_id"].responses[200].content["application/json"].schema


def test_operation_without_a_name_is_called_after_method_and_path(shelter: Contract) -> None:
    """The names are the same at every load, and no two are."""
    assert ["get_animals", "addAnimal", "get_animals_mine", "get_animals_id", "report"] == list(
        shelter.operations
    )


def test_parameter_of_the_operation_replaces_that_of_its_path(shelter: Contract) -> None:
    """A parameter is known by its name and its location."""
    found = {
        (each.name, each.location): each for each in shelter.operations["get_animals"].parameters
    }

    assert [("page", "query"), ("X-Trace", "header")] == list(found)
    assert (True, 2, "form", True) == (
        (page := found["page", "query"]).required, page.example, page.style, page.explode
    )  # fmt: skip


@pytest.mark.parametrize(
    ("operation", "status", "key"),
    [
        ("get_animals", 200, "200"),
        ("get_animals", 404, "4XX"),
        ("get_animals", 500, "default"),
        ("addAnimal", 409, "409"),
        ("addAnimal", 500, None),
    ],
)
def test_response_is_exact_then_a_range_then_the_default(
    shelter: Contract, operation: str, status: int, key: str | None
) -> None:
    """The nearest words of the document count."""
    found = shelter.operations[operation].response(status)

    assert key == (found.key if found else None)


def test_referenced_parts_stand_where_they_are_used(shelter: Contract) -> None:
    """A response, a header, an example, a parameter and a body may be defined elsewhere."""
    get, add = shelter.operations["get_animals"], shelter.operations["addAnimal"]
    one = shelter.operations["get_animals_id"]
    body = add.request_body

    assert get.responses[200].headers["X-Next"].required
    assert ["example"] == list(get.responses[200].content["application/json"].examples)
    assert ["cat", "dog"] == list(one.responses[200].content["application/json"].examples)
    assert "/components/parameters/id" == one.parameters[0].source
    assert body
    assert (True, ["application/json"]) == (body.required, list(body.content))


@pytest.mark.parametrize(
    ("operation", "schemes", "anonymous"),
    [
        ("get_animals", [["key"]], False),
        ("addAnimal", [["bearer", "key"], ["basic"]], False),
        ("get_animals_mine", [], True),
        ("get_animals_id", [[], ["bearer"]], True),
    ],
)
def test_security_is_a_list_of_alternatives(
    shelter: Contract, operation: str, schemes: list[list[str]], *, anonymous: bool
) -> None:
    """Each alternative asks for all its schemes; the document's own counts where none is named."""
    found = shelter.operations[operation]

    assert schemes == [[each.name for each in group] for group in found.requirements]
    assert anonymous is found.anonymous


def test_scheme_says_where_credentials_stand(shelter: Contract) -> None:
    """OAuth 2 shows a bearer token; a key has a place and a name."""
    found = {each.name: each for each in shelter.operations["addAnimal"].security}

    assert ("oauth2", "bearer") == (found["bearer"].type, found["bearer"].scheme)
    assert ("http", "basic") == (found["basic"].type, found["basic"].scheme)
    assert ("header", "X-Key") == (found["key"].location, found["key"].key)


def test_variable_of_the_address_of_a_server_has_its_default(shelter: Contract) -> None:
    """The address is that of who names no value."""
    assert ("https://eu.example.com/v1",) == shelter.operations["report"].servers


@pytest.mark.parametrize(
    ("method", "path", "operation", "parameters"),
    [
        ("GET", "/animals", "get_animals", {}),
        ("post", "/animals", "addAnimal", {}),
        ("GET", "/animals/mine", "get_animals_mine", {}),
        ("GET", "/animals/7", "get_animals_id", {"id": "7"}),
        ("GET", "/animals/a%2Fb%20c", "get_animals_id", {"id": "a/b c"}),
        ("GET", "/animals/%FF", "get_animals_id", {"id": "\udcff"}),
        (
            "GET", "/reports/2024-05.csv", "report",
            {"year": "2024", "month": "05", "format": "csv"},
        ),
    ],
)  # fmt: skip
def test_request_finds_its_operation(
    shelter: Contract, method: str, path: str, operation: str, parameters: dict[str, str]
) -> None:
    """A fixed path comes before a templated one, and one segment may hold several parameters."""
    found = shelter.match(method, path)

    assert isinstance(found, Match)
    assert (operation, parameters) == (found.operation.operation_id, found.parameters)


@pytest.mark.parametrize(
    ("method", "path", "template", "methods"),
    [
        ("DELETE", "/animals", "/animals", ("GET", "POST")),
        ("POST", "/animals/mine", "/animals/mine", ("GET",)),
        ("GET", "/animals/", None, ()),
        ("GET", "/animals/1/2", None, ()),
        ("GET", "/Animals", None, ()),
        ("GET", "/reports/2024.csv", None, ()),
        ("GET", "", None, ()),
    ],
)
def test_request_for_no_operation_says_what_is_unknown(
    shelter: Contract, method: str, path: str, template: str | None, methods: tuple[str, ...]
) -> None:
    """It is the path, or the method alone."""
    assert NoMatch(template, methods) == shelter.match(method, path)


@given(st.lists(st.text(min_size=1).filter(lambda text: "." not in text), min_size=3, max_size=3))
def test_path_made_of_a_template_gives_its_parameters_back(values: list[str]) -> None:
    """Whatever the text: what is encoded into a path is what comes out of it."""
    names = ("one", "two", "three")
    encoded = dict(zip(names, (quote(text, safe="") for text in values), strict=True))
    template = Template("/a{one}/{two}.{three}/b")

    assert dict(zip(names, values, strict=True)) == template.parameters(
        template.path.format(**encoded)
    )


@pytest.mark.parametrize(
    ("value", "place", "message"),
    [
        ({"name": ""}, "/name", "does not have at least 1 character"),
        ({"name": "T" * 21}, "/name", "does not have at most 20 characters"),
        ({"name": "tom"}, "/name", "is not a text that matches ^([A-Z]|$)"),
        ({"lives": 0}, "/lives", "is not more than 0"),
        ({"lives": 10}, "/lives", "is not at most 9"),
        ({"lives": 1.5}, "/lives", "is not integer"),
        ({"secret": "x"}, "/secret", "is writeOnly and has no place here"),
    ],
)
def test_keyword_is_told_in_words(
    shelter: Contract, value: dict[str, Json], place: str, message: str
) -> None:
    """Each offence has its place, and a sentence a reader of the document understands."""
    cat: dict[str, Json] = {"kind": "cat", "id": 1, "name": "Tom", "lives": 9, **value}
    schema = animal(shelter).one_of[0]

    assert [(place, message)] == [(each.pointer, each.message) for each in schema.violations(cat)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"colour": None}, []),
        ({"colour": "black"}, []),
        ({"colour": "red"}, [("/colour", "one of 'black', 'white', null")]),
        ({"owner": None}, []),
        ({"owner": {"email": "a"}}, [("/owner/email", "an email address")]),
        ({"owner": {"age": 1}}, [("/owner/age", "absent")]),
        ({"parents": [{"kind": "dog", "id": 2}]}, [("/parents/0/name", "present")]),
    ],
)
def test_null_recursion_and_closed_objects_are_checked(
    shelter: Contract, value: dict[str, Json], expected: list[tuple[str, str]]
) -> None:
    """A schema may contain itself; what is nullable may be null, whatever else it must be."""
    dog: dict[str, Json] = {"kind": "dog", "id": 1, "name": "Rex", **value}
    schema = animal(shelter).one_of[1]

    assert expected == [(each.pointer, each.expected) for each in schema.violations(dog)]


def test_request_has_nothing_that_is_read_only(shelter: Contract) -> None:
    """There it is not required, and not allowed; what is write-only is the other way round."""
    schema = animal(shelter).one_of[0]
    cat: dict[str, Json] = {"kind": "cat", "name": "Tom", "lives": 9, "secret": "x"}

    assert () == schema.violations(cat, "request")
    assert ["/id"] == [each.pointer for each in schema.violations({**cat, "id": 1}, "request")]
    assert {"/id", "/secret"} == {each.pointer for each in schema.violations(cat)}


def test_members_go_through_all_of_and_end_where_a_schema_contains_itself(
    shelter: Contract,
) -> None:
    """A dog has parents, which are dogs, and the list of its members has an end."""
    members = {".".join(each.path): each.required for each in animal(shelter).one_of[1].members()}

    assert {"kind": True, "colour": False, "owner.email": False} == {
        name: members[name] for name in ("kind", "colour", "owner.email")
    }
    assert "parents" in members


def test_discriminator_names_its_schemas(shelter: Contract) -> None:
    """A mapping has references, or names of schemas."""
    found = animal(shelter).discriminator

    assert found
    assert ("kind", animal(shelter).one_of) == (
        found.property, (found.mapping["cat"], found.mapping["dog"])
    )  # fmt: skip


def test_what_is_not_checked_is_said(shelter: Contract) -> None:
    """A format that nobody knows and a body that is no JSON are listed, with their lines."""
    lines = (DATA / "shelter.yaml").read_text(encoding="utf-8").splitlines()
    found = {each.reason: each for each in shelter.unchecked}

    assert {
        "the format 'chip-number' of type string is not checked": "        chip:",
        "a body of the type text/csv is not checked, JSON alone is": "          content: {text/csv",
    } == {reason: lines[(each.line or 0) - 1].rstrip()[: len(start)]
          for reason, each in found.items()
          for start in (["        chip:"] if "chip" in reason else ["          content: {text/csv"])
    }  # fmt: skip


@pytest.mark.parametrize(
    ("keyword", "reason"),
    [
        ("pattern: '(['", "the pattern is not readable here"),
        ("format: colour", "the format 'colour' of type string is not checked"),
        ("default: 1", "the default is not what its schema allows"),
    ],
)
def test_keyword_that_cannot_be_checked_is_no_reason_to_stop(
    tmp_path: Path, keyword: str, reason: str
) -> None:
    """The document loads, says so at the place, and checks the rest."""
    schema = f"{{type: string, minLength: 2, {keyword}}}"
    contract = load(document(tmp_path, schema))

    assert [reason] == [each.reason for each in contract.unchecked]
    assert ["minLength"] == [each.keyword for each in only(contract).violations("a")]


def document(folder: Path, schema: str, rest: str = "") -> Path:
    """Write a document whose one answer has a schema."""
    path = folder / "openapi.yaml"
    path.write_text(
        "openapi: 3.0.0\ninfo: {title: t, version: '1'}\npaths: {/a: {get: {responses: {'200': "
        "{description: d, content: {application/json: {schema:\n"
        f" {schema}\n}}}}}}}}}}}}}}\n{rest}",
        encoding="utf-8",
    )
    return path


def only(contract: Contract) -> Schema:
    (operation,) = contract.operations.values()
    return operation.responses[200].content["application/json"].schema


@pytest.mark.parametrize(
    ("schema", "good", "bad", "expected"),
    [
        ("{enum: [a, 1, null]}", [None, 1, "a"], ["b"], "one of 'a', 1, null"),
        ("{type: string, enum: [a]}", ["a"], ["b"], "'a'"),
        ("{type: integer, format: int32}", [2**31 - 1, -(2**31)], [2**31], "a 32-bit integer"),
        ("{type: integer, format: int64}", [2**63 - 1], [2**63], "a 64-bit integer"),
        ("{type: number, format: float}", [1.5, -3e38], [1e39], "a number of single precision"),
        ("{type: string, format: byte}", ["", "YQ=="], ["a", "a b?"], "base64 text"),
        ("{type: string, format: date}", ["2024-02-29"], ["2023-02-29", "x"], "a date"),
        ("{type: string, format: uuid}", ["2b1f2c6e-57a7-4d4e-9bde-7f4b0a3a7a11"], ["1"], "a UUID"),
        ("{type: string, format: uri}", ["https://e.example/"], ["/a", "x y"], "a URI"),
        ("{type: string, format: ipv4}", ["127.0.0.1"], ["256.0.0.1"], "an IPv4 address"),
        ("{type: string, format: ipv6}", ["::1"], ["1"], "an IPv6 address"),
        ("{type: string, format: hostname}", ["e.example"], ["-a-"], "a host name"),
        ("{type: string, format: email}", ["a@e.example"], ["a"], "an email address"),
        ("{type: string, format: binary}", ["\x00"], [1], "string"),
        ("{type: number, minimum: 1, exclusiveMinimum: false}", [1], [0.5], "at least 1"),
        ("{type: number, maximum: 1, exclusiveMaximum: true}", [0.5], [1], "less than 1"),
        ("{type: number, multipleOf: 0.5}", [1.5], [0.7], "a multiple of 0.5"),
        ("{type: array, items: {}, uniqueItems: true}", [[1, "1"]], [[1, 1]], "no item twice"),
        ("{type: array, items: {}, minItems: 1}", [[1]], [[]], "at least 1 item"),
        ("{type: object, minProperties: 1}", [{"a": 1}], [{}], "at least 1 member"),
        ("{type: object, maxProperties: 0}", [{}], [{"a": 1}], "at most 0 members"),
        ("{additionalProperties: {type: string}}", [{"a": "b"}], [{"a": 1}], "string"),
        ("{type: string, nullable: true}", [None, "a"], [1], "string or null"),
        ("{nullable: true, oneOf: [{type: string}]}", [None, "a"], [1], "string"),
        ("{not: {type: string}}", [1], ["a"], "what `not` leaves"),
        ("{oneOf: [{type: integer}, {}]}", [0.5], [1], "what only one of `oneOf` allows"),
        ("{anyOf: [{type: integer}, {type: string}]}", [1, "a"], [None], "integer or string"),
        ("{oneOf: [{type: integer}, {type: string}]}", [1, "a"], [True], "integer or string"),
        ("{anyOf: [{enum: [a]}, {enum: [b, c]}]}", ["a", "c"], ["d"], "one of 'a', 'b', 'c'"),
        ("{oneOf: [{type: integer, minimum: 3}, {type: boolean}]}", [3], [2], "at least 3"),
    ],
)  # fmt: skip
def test_keyword_allows_and_refuses(
    tmp_path: Path, schema: str, good: list[Json], bad: list[Json], expected: str
) -> None:
    """Each keyword of OpenAPI 3.0 is held against values, and tells what it expects."""
    found = only(load(document(tmp_path, schema)))

    assert [] == [value for value in good if found.violations(value)]
    if expected != "string" or "oneOf" not in schema:
        assert [[expected]] * len(bad) == [
            [each.expected for each in found.violations(value)] for value in bad
        ]


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ("{type: text}", r"line 4: /paths/~1a/get/responses/200/content/application~1json/schema"),
        ("{minLength: -1}", "line 4: .*/minLength: -1 is less"),
        ("{required: true}", "line 4: .*/required: "),
        ("{$ref: 'https://e.example/a.yaml'}", "line 3: .*put a copy below the folder"),
        ("{$ref: '#/components/schemas/A'}", "line 3: .*leads to nothing"),
    ],
)
def test_offence_has_line_and_place(tmp_path: Path, schema: str, said: str) -> None:
    """A document that breaks the specification is refused in a sentence that says where."""
    with pytest.raises(DocumentError, match=said):
        load(document(tmp_path, schema))


@pytest.mark.parametrize(
    ("scheme", "said"),
    [
        ("{type: object}", "/type: 'object' is not one of 'apiKey', 'http', 'oauth2'"),
        ("{type: [http]}", "/type: ['http'] is not of type 'string'"),
        ("{type: http}", "'scheme' is a required property"),
        ("{type: apiKey, name: k}", "'in' is a required property"),
        ("{type: apiKey, in: header}", "'name' is a required property"),
        ("{type: apiKey, in: body, name: k}", "/in: 'body' is not one of"),
        ("{type: oauth2}", "'flows' is a required property"),
        ("[]", "[] is not of type 'object'"),
    ],
)
@pytest.mark.parametrize("written", ["{$ref: '#/x-s'}", "*s"])
def test_security_scheme_that_is_none_has_line_and_place(
    tmp_path: Path, scheme: str, said: str, written: str
) -> None:
    """A scheme that stands elsewhere is held against the specification as one in its place is."""
    rest = f"x-s: &s {scheme}\ncomponents: {{securitySchemes: {{s: {written}}}}}\n"

    with pytest.raises(DocumentError, match=f"line [67]: .*{re.escape(said)}"):
        load(document(tmp_path, "{}", rest))


def test_several_offences_are_told_at_once(tmp_path: Path) -> None:
    """Whoever mends a document sees more than the first."""
    path = document(tmp_path, "{minLength: -1, maxLength: x}")

    with pytest.raises(DocumentError, match=r"axLength: .*; line 4: .*inLength: "):
        load(path)


def test_parts_in_other_files_keep_their_places(shop: Contract) -> None:
    """A place in another file is written behind its name, and its line is that of that file."""
    (operation,) = shop.operations.values()
    items = operation.responses[200].content["application/json"].schema.items

    assert items
    assert ("GET", "paths/orders.yaml#/get") == (operation.method, operation.source)
    assert ("schemas/order.yaml#/Order", 1) == (items.source, shop.line(items.source))
    assert ["/0/replaces/id"] == [
        each.pointer
        for each in operation.responses[200]
        .content["application/json"]
        .schema.violations(
            [{"id": "2b1f2c6e-57a7-4d4e-9bde-7f4b0a3a7a11", "replaces": {"id": "x"}}]
        )
    ]


def test_document_of_several_files_stands_alone(shop: Contract) -> None:
    """Other tools get one document, in which each operation has its name."""
    document: dict[str, object] = dict(shop.document)
    paths = shop.document["paths"]

    OpenAPIV30SpecValidator(document).validate()
    assert isinstance(paths, dict)
    assert "get_orders" in str(paths["/orders"])


def test_built_in_contract_pays_for_no_validator() -> None:
    """What holds others' documents against the specification is not even imported for ours."""
    code = (
        "import sys; from find_webhook_kit.spec import contract; contract();"
        "print([name for name in ('openapi_spec_validator', 'jsonschema') if name in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert "[]" == done.stdout.strip()


def test_every_operation_is_matched_by_its_own_path(shelter: Contract, shop: Contract) -> None:
    """With a text in place of each parameter, a path leads to its operation."""

    def found(contract: Contract, operation: Operation) -> object:
        path = operation.path
        for name in Template(path).names:
            path = path.replace(f"{{{name}}}", "x")
        match = contract.match(operation.method, path)
        return match.operation if isinstance(match, Match) else match

    for contract in (shelter, shop):
        assert list(contract.operations.values()) == [
            found(contract, each) for each in contract.operations.values()
        ]
