"""What a mock of any document does, row by row; the ids are those of docs/foreign-contracts.md."""

from __future__ import annotations

import base64
import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
from mock_client import Answer, Client
from yaml_text import dump

from find_webhook_kit.mock_server.app.stack import create_app
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.spec import load

PROBLEM = "application/problem+json"
BASIC_CHALLENGE = 'Basic realm="mock", charset="UTF-8"'
BASIC = base64.b64encode(b"ann:demo-token").decode()
SCHEMES = {
    "basic": {"type": "http", "scheme": "basic"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "digest": {"type": "http", "scheme": "digest"},
    "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "query": {"type": "apiKey", "in": "query", "name": "key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "SESSION"},
    "oauth": {
        "type": "oauth2",
        "flows": {"implicit": {"authorizationUrl": "https://a.example/", "scopes": {}}},
    },
    "oidc": {"type": "openIdConnect", "openIdConnectUrl": "https://a.example/"},
}


def json_of(value: Any, media_type: str = "application/json") -> dict[str, Any]:
    return {media_type: {"schema": {}, "example": value}}


def res(content: Any = None, **more: Any) -> dict[str, Any]:
    return {"description": ".", **({"content": content} if content else {}), **more}


def says(value: Any) -> dict[str, Any]:
    return res(json_of(value))


def op(responses: Any = None, **more: Any) -> dict[str, Any]:
    return {"responses": responses or {"200": says("ok")}, **more}


def par(name: str, where: str = "query", **more: Any) -> dict[str, Any]:
    more.setdefault("schema", {"type": "string"})
    return {"name": name, "in": where, **({"required": True} if where == "path" else {}), **more}


def arr(of: str = "integer") -> dict[str, Any]:
    return {"type": "array", "items": {"type": of}}


OBJECT = {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}}
MAP: dict[str, Any] = {"type": "object", "additionalProperties": {"type": "integer"}}
LISTS: dict[str, Any] = {**MAP, "additionalProperties": arr()}
ERROR = {
    "type": "object",
    "required": ["code", "text"],
    "properties": {"code": {"type": "integer"}, "text": {"type": "string"}},
}
SHAPED = res({"application/json": {"schema": ERROR}})
BODY = {"required": True, "content": {"application/json": {"schema": OBJECT}}}

GET = {"/a": {"get": op()}}


def get(**operation: Any) -> dict[str, Any]:
    return {"/a": {"get": op(**operation)}}


def status(**responses: Any) -> dict[str, Any]:
    return get(responses={key.removeprefix("s"): value for key, value in responses.items()})


def secured(*security: dict[str, list[str]], **more: Any) -> dict[str, Any]:
    return get(security=list(security), **more)


def types(*names: str) -> dict[str, Any]:
    return get(responses={"200": res({name: {"schema": {}, "example": name} for name in names})})


def query(**more: Any) -> dict[str, Any]:
    return get(parameters=[par("q", **more)])


def path(template: str, *names: str, **more: Any) -> dict[str, Any]:
    return {template: {"get": op(parameters=[par(name, "path", **more) for name in names])}}


def post(body: Any = BODY, **responses: Any) -> dict[str, Any]:
    listed = {key.removeprefix("s"): value for key, value in responses.items()}
    return {"/a": {"post": op({"200": says("ok"), **listed}, requestBody=body)}}


class Row(NamedTuple):
    """A request to a document with some paths, and what it gets."""

    id: str
    paths: dict[str, Any]
    target: str
    status: int
    body: Any = ...
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    has: tuple[tuple[str, str], ...] = ()


def prefer(text: str) -> tuple[tuple[str, str], ...]:
    return (("Prefer", text),)


def accept(text: str) -> tuple[tuple[str, str], ...]:
    return (("Accept", text),)


def auth(text: str) -> tuple[tuple[str, str], ...]:
    return (("Authorization", text),)


TWO = {"/x/fixed": {"get": op({"200": says("fixed")})}, **path("/x/{id}", "id")}
KEY = (("X-Key", "demo-token"),)

ROWS = (
    Row("R1", TWO, "/x/fixed", 200, "fixed"),
    Row("R2 literal", path("/fixed.{f}", "f"), "/fixed.json", 200),
    Row("R2 colon", path("/{a}:{b}", "a", "b"), "/1:2", 200),
    Row("R3", {"/a b>|%": {"get": op()}}, "/a%20b%3E%7C%25", 200),
    Row("R4", {"/a": {"get": op(), "post": op({"200": says("post")})}}, "/a", 200, "ok"),
    Row("R5", GET, "/a", 405, method="PUT", has=(("Allow", "GET, HEAD, OPTIONS"),)),
    Row("R6", GET, "/a", 200, b"", method="HEAD"),
    Row(
        "R7",
        {"/a": {"head": op({"200": res(headers={"X-N": {"schema": {}, "example": 7}})})}},
        "/a", 200, b"", method="HEAD", has=(("X-N", "7"),),
    ),
    Row("R8", GET, "/b", 404, has=(("Content-Type", PROBLEM),)),
    Row("R8 slash", GET, "/a/", 404),
    Row("R8 own slash", {"/a/": {"get": op()}}, "/a/", 200),
    Row("R9", path("/x/{id}/y", "id"), "/x//y", 404),
    Row("R10", status(s200=says(1), s501=says(2)), "/a", 501, 2, headers=prefer("code=501")),
    Row("R options", {"/a": {"options": op()}}, "/a", 200, "ok", method="OPTIONS"),
    Row("R trace", {"/a": {"trace": op()}}, "/a", 200, "ok", method="TRACE"),
    Row("R page", {"/": {"get": op()}, "/docs": {"get": op()}}, "/", 200, "ok"),
    Row("R docs", {"/docs": {"get": op()}}, "/docs", 200, "ok"),
    Row("R hyphen", path("/{a-b}/{c.d}", "a-b", "c.d"), "/1/2", 200),
    Row("S1", status(sdefault=says(1)), "/a", 200, 1),
    Row("S2", status(s200=says(1), sdefault=says(2)), "/a", 201, 2, headers=prefer("code=201")),
    Row("S3", status(s200=says(1)), "/a", 404, headers=prefer("code=304")),
    Row("S4", status(s405=res(), s500=says(1)), "/a", 405, b""),
    Row("S5", status(s200=says(1), s201=says(2)), "/a", 201, 2, headers=prefer("code=201")),
    Row("S5 query", status(s200=says(1), s201=says(2)), "/a?__code=201", 201, 2),
    Row("S6", status(s210=says(210), s202=says(202), s204=res()), "/a", 202, 202),
    Row(
        "S7 exact",
        status(s503=says(1), s5XX=says(2), sdefault=says(3)),
        "/a", 503, 1, headers=prefer("code=503"),
    ),
    Row(
        "S7 range",
        status(s503=says(1), s5XX=says(2), sdefault=says(3)),
        "/a", 502, 2, headers=prefer("code=502"),
    ),
    Row(
        "S7 default",
        status(s503=says(1), s5XX=says(2), sdefault=says(3)),
        "/a", 401, 3, headers=prefer("code=401"),
    ),
    Row("S8 exact", status(s201=says(1), s2XX=says(2), sdefault=says(3)), "/a", 201, 1),
    Row("S8 range", status(s2XX=says(2), s4XX=says(3)), "/a", 200, 2),
    Row("S8 default", status(s4XX=says(1), sdefault=says(2)), "/a", 200, 2),
    Row("S8 first", status(s5XX=says(1), s4XX=says(2)), "/a", 500, 1),
    Row("S9", status(s200=res()), "/a", 200, b"", headers=accept("text/html")),
    Row("S9 204", status(s204=res()), "/a", 204, b"", headers=accept("image/png")),
    Row("N1", types("application/json"), "/a", 200, headers=accept("application/json")),
    Row(
        "N2", types("application/json"), "/a", 200,
        headers=accept("application/xml, application/json"),
    ),
    Row(
        "N3", types("text/xml", "application/vnd.a+json", "application/json"), "/a", 200,
        headers=accept("application/*"), has=(("Content-Type", "application/vnd.a+json"),),
    ),
    Row("N4", types("text/plain"), "/a", 406, headers=accept("application/json")),
    Row("N5", types("text/plain"), "/a", 200, b"text/plain", headers=accept("*/*")),
    Row(
        "N6", types("application/json", "application/xml"), "/a", 200, b"application/xml",
        headers=accept("application/json;q=0.8, application/xml;q=0.9"),
    ),
    Row(
        "N7", types("text/plain"), "/a", 200, b"text/plain",
        headers=accept("application/json, application/xml;q=0.8, text/plain;q=0.5"),
    ),
    Row(
        "N8", types("application/json", "application/vnd.api+json"), "/a", 200,
        headers=accept("application/vnd.api+json"),
        has=(("Content-Type", "application/vnd.api+json"),),
    ),
    Row("N9", types("application/vnd.b+json", "application/json"), "/a", 200,
        has=(("Content-Type", "application/vnd.b+json"),)),
    Row("N10", types("application/json", "text/plain"), "/a", 200, "application/json",
        headers=accept("application/json, text/plain, */*")),
    Row("N11", types("application/vnd.b+json"), "/a", 200,
        headers=accept("application/vnd.b+json; version=1")),
    Row("N any", types("*/*"), "/a", 200, "*/*", has=(("Content-Type", "application/json"),)),
    Row("N charset", types("application/json; charset=utf-8"), "/a", 200,
        headers=accept("application/json")),
    Row("A1", GET, "/a", 200),
    Row("A2", secured({"basic": []}), "/a", 401,
        has=(("WWW-Authenticate", BASIC_CHALLENGE),)),
    Row("A3 none", secured({"basic": []}, {"header": []}), "/a", 401),
    Row("A3 good", secured({"basic": []}, {"header": []}), "/a", 200,
        headers=auth(f"Basic {BASIC}")),
    Row("A3 key", secured({"basic": []}, {"header": []}), "/a", 200, headers=KEY),
    Row("A3 bad", secured({"basic": []}, {"header": []}), "/a", 401, headers=auth("Basic !!")),
    Row("A5", get(security=[]), "/a", 200),
    Row("A6", secured({"header": []}), "/a", 200, headers=KEY),
    Row("A6 none", secured({"header": []}), "/a", 401),
    Row("A6 wrong", secured({"header": []}), "/a", 401, headers=(("X-Key", "junk"),)),
    Row("A7", secured({"bearer": []}), "/a", 200, headers=auth("Bearer demo-token")),
    Row("A8 oauth", secured({"oauth": []}), "/a", 200, headers=auth("Bearer demo-token")),
    Row("A8 oidc", secured({"oidc": []}), "/a", 200, headers=auth("Bearer demo-token")),
    Row("A8 basic", secured({"oauth": []}), "/a", 401, headers=auth(f"Basic {BASIC}")),
    Row("A9", secured({"cookie": []}), "/a", 200, headers=(("Cookie", "a=b; SESSION=demo-token"),)),
    Row("A9 none", secured({"cookie": []}), "/a", 401, headers=(("Cookie", "a=b"),)),
    Row("A10", secured({"query": []}), "/a?key=demo-token", 200),
    Row("A10 none", secured({"query": []}), "/a?keys=demo-token", 401),
    Row("A11", secured({"basic": []}, responses={"200": says(1), "401": says({"no": 1})}),
        "/a", 401, {"no": 1}),
    Row("A12 none", secured({"digest": []}), "/a", 401),
    Row("A12", secured({"digest": []}), "/a", 200, headers=auth('Digest username="a"')),
    Row("A13", secured({"header": [], "query": []}), "/a?key=demo-token", 200, headers=KEY),
    Row("A13 one", secured({"header": [], "query": []}), "/a", 401, headers=KEY),
    Row("A13 none", secured({"basic": [], "query": []}), "/a", 401,
        has=(("WWW-Authenticate",
              f'{BASIC_CHALLENGE}, ApiKey realm="mock", in="query", name="key"'),)),
    Row("A14", secured({"header": []}, parameters=[par("q", required=True)],
                       responses={"200": says(1), "422": says("bad")}), "/a", 422, headers=KEY),
    Row("A15", secured({"basic": []}), "/a", 200, headers=auth(f"bAsIc {BASIC}")),
    Row("A16", secured({"basic": []}, responses={"200": says(1), "401": res()}), "/a", 401, b"",
        headers=accept("text/html")),
    Row("A17", secured({"basic": []}, responses={"default": says("d")}), "/a", 401, "d"),
    Row("A optional", secured({}, {"basic": []}), "/a", 200),
    Row("V1", path("/x/{id}", "id", schema={"type": "string", "pattern": "^[a-z]+$"}), "/x/7", 400),
    Row("V2", query(required=True, schema={"type": "integer"}), "/a?q=7", 200),
    Row("V3 query", query(schema={"type": "integer"}), "/a?q=x", 400),
    Row("V3 header", get(parameters=[par("X-A", "header", schema={"type": "integer"})]),
        "/a", 400, headers=(("X-A", "x"),)),
    Row("V3 cookie", get(parameters=[par("c", "cookie", schema={"type": "integer"})]),
        "/a", 400, headers=(("Cookie", "c=x"),)),
    Row("V4", query(required=True), "/a", 400, has=(("Content-Type", PROBLEM),)),
    Row("V4 bare", get(parameters=[par("q", required=True)],
                       responses={"200": says(1), "422": res()}), "/a", 422, b""),
    Row("V4 400", get(parameters=[par("q", required=True)],
                      responses={"200": says(1), "422": res(), "400": res()}), "/a", 400, b""),
    Row("V4 shaped", get(parameters=[par("q", required=True)],
                         responses={"200": says(1), "4XX": SHAPED}), "/a", 400,
        {"code": 400, "text": "The request does not fit the contract: "
                              "query q is required and absent."}),
    Row("V5 form", query(schema=arr()), "/a?q=1&q=2", 200),
    Row("V5 form bad", query(schema=arr()), "/a?q=1&q=x", 400),
    Row("V5 comma", query(schema=arr(), explode=False), "/a?q=1,2", 200),
    Row("V5 comma encoded", query(schema=arr(), explode=False), "/a?q=1%2C2", 200),
    Row("V5 comma bad", query(schema=arr(), explode=False), "/a?q=1,x", 400),
    Row("V5 pipe", query(schema=arr(), style="pipeDelimited", explode=False), "/a?q=1|2", 200),
    Row("V5 pipe bad", query(schema=arr(), style="pipeDelimited", explode=False), "/a?q=1|x", 400),
    Row("V5 space", query(schema=arr(), style="spaceDelimited", explode=False), "/a?q=1%202", 200),
    Row("V5 object", query(schema=OBJECT), "/a?a=1&b=x", 200),
    Row("V5 object bad", query(schema=OBJECT), "/a?a=x&b=x", 400),
    Row("V5 object flat", query(schema=OBJECT, explode=False), "/a?q=a,1,b,x", 200),
    Row("V5 object flat bad", query(schema=OBJECT, explode=False), "/a?q=a,x", 400),
    Row("V5 deep", query(schema=OBJECT, style="deepObject"), "/a?q[a]=1&q[b]=x", 200),
    Row("V5 deep encoded", query(schema=OBJECT, style="deepObject"), "/a?q%5Ba%5D=x", 400),
    Row("V5 label", path("/x/{id}", "id", schema=arr(), style="label"), "/x/.1,2", 200),
    Row("V5 label bad", path("/x/{id}", "id", schema=arr(), style="label"), "/x/1,2", 400),
    Row("V5 matrix", path("/x/{id}", "id", schema=arr(), style="matrix"), "/x/;id=1,2", 200),
    Row("V5 matrix explode", path("/x/{id}", "id", schema=arr(), style="matrix", explode=True),
        "/x/;id=1;id=2", 200),
    Row("V5 matrix bad", path("/x/{id}", "id", schema=arr(), style="matrix"), "/x/;di=1", 400),
    Row("V5 simple", path("/x/{id}", "id", schema=OBJECT, explode=True), "/x/a=1,b=2", 200),
    Row("V5 header", get(parameters=[par("X-A", "header", schema=arr())]), "/a", 200,
        headers=(("X-A", "1, 2"),)),
    Row("V5 map", query(schema=MAP), "/a?a=1", 200),
    Row("V5 map bad", query(schema=MAP), "/a?a=x", 400),
    Row("V5 map flat", query(schema=MAP, explode=False), "/a?q=a,1", 200),
    Row("V5 map flat bad", query(schema=MAP, explode=False), "/a?q=a,x", 400),
    Row("V5 map deep", query(schema=MAP, style="deepObject"), "/a?q[a]=1&q[b]=2", 200),
    Row("V5 map deep bad", query(schema=MAP, style="deepObject"), "/a?q[a]=1&q[b]=x", 400),
    Row("V5 map of lists", query(schema=LISTS, style="deepObject"), "/a?q[a]=1&q[a]=2", 200),
    Row("V5 map of short lists", query(schema=LISTS, style="deepObject"), "/a?q[a]=1", 200),
    Row("V5 map of bad lists", query(schema=LISTS, style="deepObject"), "/a?q[a]=x", 400),
    Row("V5 map simple", path("/x/{id}", "id", schema=MAP, explode=True), "/x/a=1", 200),
    Row("V5 map matrix", path("/x/{id}", "id", schema=MAP, style="matrix", explode=True),
        "/x/;a=1", 200),
    Row("V5 map header", get(parameters=[par("X-A", "header", schema=MAP)]), "/a", 200,
        headers=(("X-A", "a, 1"),)),
    Row("V5 map cookie", get(parameters=[par("c", "cookie", schema=MAP, explode=False)]), "/a", 200,
        headers=(("Cookie", "c=a,1"),)),
    Row("V json", get(parameters=[{"name": "q", "in": "query", "content": {
        "application/json": {"schema": OBJECT}}}]), "/a?q=%7B%22a%22:1%7D", 200),
    Row("V json bad", get(parameters=[{"name": "q", "in": "query", "content": {
        "application/json": {"schema": OBJECT}}}]), "/a?q=%7B%22a%22:%22x%22%7D", 400),
    Row("V twice", query(schema={"type": "integer"}), "/a?q=1&q=2", 400),
    Row("V unknown", query(), "/a?z=1", 200),
    Row("V empty", query(schema={"type": "integer"}, allowEmptyValue=True), "/a?q=", 200),
    Row("V nullable", query(schema={"type": "integer", "nullable": True}), "/a?q=", 200),
    Row("V accept", get(parameters=[par("Accept", "header", schema={"enum": ["x"]})]), "/a", 200,
        headers=accept("application/json")),
    Row("V9 body of GET", GET, "/a", 200, headers=(("Content-Type", "application/json"),)),
    Row("V absent body", post(), "/a", 400, method="POST"),
    Row("V absent body 422", post(s422=says("x")), "/a", 422, method="POST"),
    Row("V8", post({**BODY, "required": False}), "/a", 200, method="POST",
        headers=(("Content-Type", "application/json"),)),
)  # fmt: skip


@cache
def client_of(paths: str) -> Client:
    """Give a client of the mock of a document with these paths."""
    document = {
        "openapi": "3.0.3",
        "info": {"title": "T", "version": "1"},
        "paths": json.loads(paths),
        "components": {"securitySchemes": SCHEMES},
    }
    with TemporaryDirectory() as folder:
        file = Path(folder) / "api.yaml"
        file.write_text(dump(document, sort_keys=False), encoding="utf-8")
        return Client(app=create_app(Settings(), load(file)))


def asked(row: Row) -> Answer:
    return client_of(json.dumps(row.paths)).ask(row.target, *row.headers, method=row.method)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_request_gets_what_the_document_says(row: Row) -> None:
    """The status, the body and the headers follow from the document alone."""
    answer = asked(row)

    assert row.status == answer.status, answer.body
    if row.body is not ...:
        assert row.body == (answer.body if isinstance(row.body, bytes) else answer.json)
    for name, value in row.has:
        assert value == answer.headers[name]
