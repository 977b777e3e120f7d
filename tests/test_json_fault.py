"""What keeps a text from being JSON is told in our own words, the same under every Python."""

from __future__ import annotations

import json
import random
from types import SimpleNamespace

import pytest

from find_webhook_kit.spec import UnreadableJson, read_json
from find_webhook_kit.spec.json_fault import MAX_DEPTH, JsonFault, first_fault

CASES = {
    "trailing comma in an array": ("[1,]", "expecting value", 3),
    "trailing comma in an object": ('{"a": 1,}', "expecting a name in double quotes", 8),
    "comma alone in an array": ("[,]", "expecting value or ']'", 1),
    "comma alone in an object": ("{,}", "expecting a name in double quotes or '}'", 1),
    "single quotes": ("{'a': 1}", "expecting a name in double quotes or '}'", 1),
    "name without quotes": ('{"a": 1, b: 2}', "expecting a name in double quotes", 9),
    "no colon": ('{"a" 1}', "expecting ':'", 5),
    "no comma in an array": ("[1 2]", "expecting ',' or ']'", 3),
    "no comma in an object": ('{"a": 1 "b": 2}', "expecting ',' or '}'", 8),
    "closed by another bracket": ("[1}", "expecting ',' or ']'", 2),
    "a value after the value": ("[] []", "extra data", 3),
    "a comment": ("[] // none", "extra data", 3),
    "cut in an array": ("[1", "expecting ',' or ']'", 2),
    "cut behind a name": ('{"a"', "expecting ':'", 4),
    "cut behind a colon": ('{"a":', "expecting value", 5),
    "cut in a string": ('["ab', "a string without an end", 1),
    "cut in an escape": ('["ab\\', "an escape that JSON does not have", 4),
    "unknown escape": ('["\\x41"]', "an escape that JSON does not have", 2),
    "half an escape": ('["\\u12"]', "an escape that JSON does not have", 2),
    "raw line feed": ('["a\nb"]', "a control character in a string", 3),
    "leading zero": ("[01]", "expecting ',' or ']'", 2),
    "no digit behind the point": ("[1.]", "expecting ',' or ']'", 2),
    "no digit before the point": ("[.5]", "expecting value or ']'", 1),
    "plus sign": ("[+1]", "expecting value or ']'", 1),
    "minus alone": ("[-]", "expecting value or ']'", 1),
    "a word in capitals": ("[True]", "expecting value or ']'", 1),
    "half a word": ("[tru]", "expecting value or ']'", 1),
    "a page": ("<html>", "expecting value", 0),
    "a no-break space": ("\xa0[]", "expecting value", 0),
    "an Arabic digit": ("[\u0661]", "expecting value or ']'", 1),
}


@pytest.mark.parametrize(("text", "reason", "index"), CASES.values(), ids=CASES)
def test_fault_is_told_with_its_place(text: str, reason: str, index: int) -> None:
    """Each text that RFC 8259 does not allow has a reason and the first wrong character."""
    found = first_fault(text)

    assert found is not None
    assert (reason, index) == (found.reason, found.index)


@pytest.mark.parametrize("text", [text for text, _, _ in CASES.values()], ids=CASES)
def test_words_do_not_hang_on_the_python(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever words and place Python's reader has for it, ours are the same."""
    with pytest.raises(UnreadableJson) as before:
        read_json(text.encode())

    def another(*_: object, **__: object) -> None:
        raise json.JSONDecodeError("Words of another version", text, 0)

    reader = SimpleNamespace(loads=another)
    monkeypatch.setattr("find_webhook_kit.spec.strict_json.json", reader)
    with pytest.raises(UnreadableJson) as after:
        read_json(text.encode())

    assert str(before.value) == str(after.value)


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


def test_depth_that_is_read_does_not_hang_on_the_python() -> None:
    """Python 3.11 reads 990 levels, 3.12 reads 1,490, 3.13 reads 9,990; every one of them 500."""
    assert read_json(nested(MAX_DEPTH).encode())
    for levels in (MAX_DEPTH + 1, 1_200, 5_000, 100_000):
        with pytest.raises(UnreadableJson, match=r"deeper than 500 levels at byte 500$"):
            read_json(nested(levels).encode())


def test_depth_is_told_before_what_comes_behind_it() -> None:
    """The first offence is told, however far Python's reader came."""
    for end in ("", "x", "]" * 700 + "x"):
        with pytest.raises(UnreadableJson, match="deeper than 500 levels"):
            read_json(("[" * 700 + end).encode())
    with pytest.raises(UnreadableJson, match="the member 'a' for the second time"):
        read_json(('[{"a": 1, "a": 2}, ' + nested(20_000) + "]").encode())


def test_many_values_side_by_side_are_no_depth() -> None:
    """A long array of objects is read."""
    assert [{}] * 1_000 == read_json(b"[" + b"{}," * 999 + b"{}]")


def test_long_text_costs_a_bounded_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """The place of a fault is not looked for without end."""
    monkeypatch.setattr("find_webhook_kit.spec.json_fault.MAX_PARTS", 1000)
    found = first_fault("[" + "1," * 1000)

    assert found == JsonFault("a fault far behind in a long text", 1000)


def test_number_beyond_the_limit_of_this_python_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """PYTHONINTMAXSTRDIGITS may be lower than what JSON readers keep; that is no fault of ours."""
    monkeypatch.setattr(
        "find_webhook_kit.spec.strict_json._whole", lambda text: int(text + "0" * 5_000)
    )

    with pytest.raises(UnreadableJson, match="more than this Python can read"):
        read_json(b"[1]")


TEXTS = ('{"a": [1, -2.5e+3, "x\\u00e9\\n", true, null], "b": {"c": []}}', '[{"d": "\\\\"}, 0.1]')
BITS = ('"', "\\", ",", ":", "[", "]", "{", "}", "0", "-", "e", "\n", "\x01", " ", "t", "null", "u")


def test_what_the_grammar_refuses_is_what_python_refuses() -> None:
    """Over bent texts: there is a fault exactly where Python's reader, or strictness, has one."""
    chance = random.Random(0)  # noqa: S311 - a plan, no secret
    for _ in range(5_000):
        text = chance.choice(TEXTS)
        for _ in range(chance.randint(1, 3)):
            start = chance.randrange(len(text) + 1)
            text = text[:start] + chance.choice(BITS) + text[start + chance.randint(0, 2) :]
        try:
            json.loads(text, object_pairs_hook=_once)
            refused = False
        except ValueError:
            refused = True

        assert refused is (first_fault(text) is not None), text


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError(pairs)
    return dict(pairs)
