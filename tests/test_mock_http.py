"""Methods, media types, origins, limits and the order of decisions."""

import logging
import time
from collections.abc import Iterator

import pytest
from mock_client import AUTHORIZATION, ERROR, Client, path_of
from starlette.types import Receive, Scope, Send
from yaml_text import read

from find_webhook_kit.mock_server.answers.error_shape import Errors
from find_webhook_kit.mock_server.answers.errors import Refusal
from find_webhook_kit.mock_server.app.cors import CrossOrigin
from find_webhook_kit.mock_server.app.guard import Guard
from find_webhook_kit.mock_server.app.origins import Origins
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.spec import contract

PATH = path_of("demo")
ORIGIN = ("Origin", "http://localhost:5173")


def refusals(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """List every kind of refusal."""
    for child in kind.__subclasses__():
        yield child
        yield from refusals(child)


@pytest.mark.parametrize(
    ("method", "target", "headers", "status"),
    [
        pytest.param("POST", "/nothing", [], 404, id="path before method"),
        pytest.param("POST", PATH, [], 405, id="method before credentials"),
        pytest.param("GET", path_of("%FF"), [], 401, id="credentials before id"),
        pytest.param(
            "GET",
            path_of("%FF"),
            [AUTHORIZATION, ("Accept", "text/html")],
            400,
            id="id before Accept",
        ),
        pytest.param("GET", PATH, [AUTHORIZATION, ("Accept", "text/html")], 406, id="Accept"),
    ],
)
def test_decisions_have_an_order(
    client: Client, method: str, target: str, headers: list[tuple[str, str]], status: int
) -> None:
    """Of several things wrong with a request, the first in the order is told."""
    assert status == client.ask(target, *headers, method=method).status


@pytest.mark.parametrize(
    ("target", "headers", "method"),
    [
        pytest.param("/nothing", [], "GET", id="404"),
        pytest.param(PATH, [], "GET", id="401"),
        pytest.param(path_of("%FF"), [AUTHORIZATION], "GET", id="400"),
        pytest.param(PATH, [AUTHORIZATION], "PUT", id="405"),
        pytest.param(PATH, [AUTHORIZATION, ("Accept", "text/html")], "GET", id="406"),
        pytest.param(PATH + "?" + "x" * 5000, [AUTHORIZATION], "GET", id="414"),
        pytest.param(PATH, [AUTHORIZATION, ("X", "x" * 70000)], "GET", id="431"),
    ],
)
def test_every_error_has_the_shape_of_the_contract(
    client: Client, target: str, headers: list[tuple[str, str]], method: str
) -> None:
    """An error is JSON with its own status in it, and a page of another origin may read it."""
    answer = client.ask(target, ORIGIN, *headers, method=method)

    assert "application/json" == answer.headers["Content-Type"]
    assert () == ERROR.violations(answer.json)
    assert answer.status == dict(answer.json)["statusCode"]  # type: ignore[arg-type]
    assert "refused" == answer.headers["Mock-Source"]
    assert ORIGIN[1] == answer.headers["Access-Control-Allow-Origin"]


def test_every_refusal_has_an_error_status() -> None:
    """The table of refusals holds client errors, and one for our own mistakes."""
    assert {500} == {kind.status for kind in refusals() if not 400 <= kind.status < 500}


@pytest.mark.parametrize("target", [PATH, "/", "/openapi.yaml", "/__mock/health", "/nothing"])
def test_head_is_get_without_the_body(client: Client, target: str) -> None:
    """HEAD answers with the status and headers of GET, the length among them."""
    got = client.ask(target, AUTHORIZATION)
    head = client.ask(target, AUTHORIZATION, method="HEAD")

    assert (got.status, got.headers, b"") == (head.status, head.headers, head.body)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "get"])
@pytest.mark.parametrize("target", [PATH, "/openapi.yaml"])
def test_other_method_is_a_405_that_lists_the_right_ones(
    client: Client, target: str, method: str
) -> None:
    """A method that a path does not take is refused with those that it takes, in one order."""
    answer = client.ask(target, AUTHORIZATION, method=method)

    assert (405, "GET, HEAD, OPTIONS") == (answer.status, answer.headers["Allow"])


@pytest.mark.parametrize("target", [PATH, "/openapi.yaml"])
def test_options_answers_with_the_methods(client: Client, target: str) -> None:
    """OPTIONS needs no credentials and says what the path takes."""
    answer = client.ask(target, method="OPTIONS")

    assert (204, b"", "GET, HEAD, OPTIONS") == (answer.status, answer.body, answer.headers["Allow"])


@pytest.mark.parametrize(
    "accept",
    [
        "*/*",
        "",
        "application/json",
        "APPLICATION/JSON",
        "application/*",
        "application/json; charset=utf-8",
        "application/json;version=1",
        "text/html, application/json;q=0.1",
        "application/json, text/plain, */*",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "text/html;q=0, */*",
        "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",  # Java 8 to 17
        "*",
        "*;q=.1",
        "application/json;q=1.",
        "application/json;q=.9",
        "application/json;q=2",
        "application/json; q = 0.5",
        'application/json;q="0.5"',
        "application/json;q=high",
        "application/json;q=",
        "application/json;q=0.00000001",
        "application/json;q=0, application/json",
        'application/json;profile="a,b;q=0"',
        "text/html,, ,application/json;;",
        " , ",
        ";",
        ";q=0;;",
    ],
)
def test_accept_that_includes_json_is_served(client: Client, accept: str) -> None:
    """JSON is served to whoever takes it, however that is written."""
    assert 200 == client.webhooks("demo", ("Accept", accept)).status


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "application/xml",
        "application/json;q=0",
        "application/json;q=0, */*",
        "application/*;q=0, */*",
        "*/*;q=0",
        "application/problem+json",
        "nonsense",
        "*;q=0",
        "*, application/json;q=0.",
        "*/*;q=1, application/json;q=.0",
        "application/json;q=-1",
        "application/json;Q=0",
    ],
)
def test_accept_that_excludes_json_is_a_406(client: Client, accept: str) -> None:
    """The most specific range decides, and a quality of zero excludes."""
    assert 406 == client.webhooks("demo", ("Accept", accept)).status


@pytest.mark.parametrize("headers", [(), (ORIGIN,)])
def test_answer_varies_with_the_origin(
    client: Client, headers: tuple[tuple[str, str], ...]
) -> None:
    """A cache must not give one origin's answer to another."""
    vary = client.webhooks("demo", *headers).headers["Vary"].split(", ")

    assert (1, 1) == (vary.count("Origin"), vary.count("Accept"))


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_preflight_varies_with_what_it_reflects(client: Client, method: str) -> None:
    """A cache must not give one preflight's answer to another, and Origin is named once."""
    asked = (ORIGIN, ("Access-Control-Request-Method", method))
    vary = client.ask(path_of("demo"), *asked, method="OPTIONS").headers["Vary"].split(", ")

    assert {"Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"} <= {*vary}
    assert 1 == vary.count("Origin")


def test_page_of_another_origin_reads_everything(client: Client) -> None:
    """An answer names the origin, allows credentials and exposes our headers."""
    headers = client.webhooks("demo", ORIGIN).headers

    assert ORIGIN[1] == headers["Access-Control-Allow-Origin"]
    assert "true" == headers["Access-Control-Allow-Credentials"]
    assert {"Mock-Source", "Mock-Instance", "Mock-Lie", "Mock-Fixtures"} <= set(
        headers["Access-Control-Expose-Headers"].split(", ")
    )


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
def test_preflight_allows_what_the_path_takes(client: Client, method: str) -> None:
    """A preflight is answered without credentials, with the headers that were asked for."""
    answer = client.ask(
        PATH,
        ORIGIN,
        ("Access-Control-Request-Method", method),
        ("Access-Control-Request-Headers", "authorization, prefer"),
        ("Access-Control-Request-Private-Network", "true"),
        method="OPTIONS",
    )

    assert (204, b"") == (answer.status, answer.body)
    assert ORIGIN[1] == answer.headers["Access-Control-Allow-Origin"]
    assert "authorization, prefer" == answer.headers["Access-Control-Allow-Headers"]
    assert "GET, HEAD, OPTIONS, POST" == answer.headers["Access-Control-Allow-Methods"]
    assert "true" == answer.headers["Access-Control-Allow-Private-Network"]
    assert "Content-Type" not in answer.headers


def test_preflight_for_another_method_is_refused_as_json(client: Client) -> None:
    """A preflight for a method that nothing takes gets the error that the method would get."""
    answer = client.ask(PATH, ORIGIN, ("Access-Control-Request-Method", "PUT"), method="OPTIONS")

    assert 405 == answer.status
    assert () == ERROR.violations(answer.json)


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data", "application/x-www-form-urlencoded", "application/json", "\xff", "x"],
)
def test_content_type_of_a_get_means_nothing(client: Client, content_type: str) -> None:
    """The contract has no request body, so nothing reads one."""
    assert 200 == client.webhooks("demo", ("Content-Type", content_type)).status


@pytest.mark.parametrize(
    ("target", "status"),
    [
        pytest.param(path_of("x" * 32_000), 200, id="long id"),
        pytest.param(path_of("x" * 33_000), 414, id="too long an id"),
        pytest.param(PATH + "?" + "&a=" * 1300, 200, id="long query"),
        pytest.param(PATH + "?" + "&a=" * 1400, 414, id="too long a query"),
    ],
)
def test_target_has_a_limit(client: Client, target: str, status: int) -> None:
    """A target of 32 KiB and a query of 4 KiB are read, longer ones are not."""
    assert status == client.ask(target, AUTHORIZATION).status


@pytest.mark.parametrize(("size", "status"), [(60_000, 200), (66_000, 431)])
def test_headers_have_a_limit(client: Client, size: int, status: int) -> None:
    """Headers of 64 KiB are read, larger ones are not."""
    assert status == client.webhooks("demo", ("X-Large", "x" * size)).status


@pytest.mark.parametrize("name", ["Prefer", "Accept", "Accept-Encoding", "If-None-Match"])
@pytest.mark.parametrize("value", ['"\\', '"', "a=", 'a="', ";", ",", "a/b;q=", "a ", "\\"])
def test_no_header_takes_long_to_read(client: Client, name: str, value: str) -> None:
    """A header as long as the limit allows, made to confuse a parser, is read in no time."""
    start = time.process_time()
    client.webhooks("demo", (name, value * (60_000 // len(value))))

    assert time.process_time() - start < 1


async def crash(_: Scope, __: Receive, ___: Send) -> None:
    """Fail as a mistake in the mock would."""
    raise ZeroDivisionError("a detail")


def test_crash_stays_on_the_terminal(caplog: pytest.LogCaptureFixture) -> None:
    """A mistake of the mock is a JSON 500 without details, which are logged."""
    with caplog.at_level(logging.ERROR, "find_webhook_kit.mock_server"):
        guarded = Guard(crash, Errors.of(contract()))
        answer = Client(app=CrossOrigin(guarded, {}, contract(), Origins())).ask("/", ORIGIN)

    assert 500 == answer.status
    assert () == ERROR.violations(answer.json)
    assert b"Zero" not in answer.body
    assert b"detail" not in answer.body
    assert ORIGIN[1] == answer.headers["Access-Control-Allow-Origin"]
    assert "ZeroDivisionError: a detail" in caplog.text


def test_contract_is_served_as_it_is() -> None:
    """The document is given out byte for byte, where all of it is served."""
    assert contract().content == Client(Settings(writes=True)).ask("/openapi.yaml").body


def test_contract_that_is_served_has_what_is_read_alone(client: Client) -> None:
    """Without writes, the document lists what every instance takes, and is otherwise the same."""
    served = read(client.ask("/openapi.yaml").body)
    whole = read(contract().content)

    found = {name: [*item] for name, item in served.pop("paths").items()}
    del whole["paths"]
    path = "/api/v2/instance/{instanceId}/webhook"
    assert {path: ["get"], f"{path}/{{webhookId}}": ["get"]} == found
    assert whole == served


def test_health_is_json(client: Client) -> None:
    """Health says that the mock is there, and of which contract."""
    answer = client.ask("/__mock/health")

    assert 200 == answer.status
    assert isinstance(answer.json, dict)
    assert "ok" == answer.json["status"]


def test_preflight_of_the_reset_names_its_method() -> None:
    """A page of a trusted host may reset, with whatever headers its fetch adds."""
    client = Client(Settings(trusted_hosts=("a.example",)))
    asked = (
        ("Origin", "http://a.example"),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "authorization,content-type"),
    )
    answer = client.ask("/__mock/reset", *asked, method="OPTIONS")

    assert (204, "OPTIONS, POST") == (
        answer.status,
        answer.headers["Access-Control-Allow-Methods"],
    )
