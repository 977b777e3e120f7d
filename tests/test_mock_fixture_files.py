"""A folder of fixtures may hold anything: what cannot be served is refused, and hurts nobody."""

import json
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from mock_client import Client, folder
from support.sampling import one_of_each

from find_webhook_kit.mock_server.__main__ import main
from find_webhook_kit.mock_server.answers import fixture_store
from find_webhook_kit.mock_server.answers.endpoint import endpoints
from find_webhook_kit.mock_server.answers.fixture_file import MAX_ISSUES
from find_webhook_kit.mock_server.answers.fixture_store import FixtureStore
from find_webhook_kit.mock_server.answers.fixtures import FixtureError
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.spec import contract, yaml_document, yaml_values
from find_webhook_kit.spec.document import MAX_BYTES

ENDPOINT = endpoints(contract())["findWebhook"]
GOOD = "webhooks: []"
MIB = 1024 * 1024

# Each line stands for ten of the one before.
ALIASES = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 10)}]\n"
    for old, new in zip("abcdef", "bcdefg", strict=True)
)
TEXT = f"a: &a {'x' * MIB}\nb: [{'*a, ' * 20}]"
MANY = "\n".join(["- {}"] * 1000)


def written(content: str | bytes) -> Callable[[Path], None]:
    """Return what writes a content."""
    data = content.encode() if isinstance(content, str) else content
    return lambda path: void(path.write_bytes(data))


def void(_: object) -> None:
    """Return nothing."""


def outside(path: Path) -> Path:
    """Write a fixture beside the folder."""
    other = path.parent.parent / "outside.yaml"
    other.write_text(GOOD)
    return other


def linked(target: str | Path) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def inside(path: Path) -> None:
    """Link to a folder beside."""
    path.with_name("inside").mkdir()
    path.symlink_to("inside")


def vast(path: Path) -> None:
    """Claim 100 MiB without writing them."""
    with path.open("wb") as file:
        file.truncate(100 * MIB)


def listening(path: Path) -> None:
    os.chdir(path.parent)  # the name of a socket may not be long
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)


HOSTILE: Mapping[str, tuple[str, Callable[[Path], object], str]] = {
    "a link out": (
        "bad.yaml",
        lambda path: path.symlink_to(outside(path)),
        "is a link out of the folder, to ",
    ),
    "a relative link out": (
        "bad.yaml",
        lambda path: path.symlink_to(Path("..") / outside(path).name),
        "outside.yaml: put a copy in its place",
    ),
    "a link to the passwords": ("bad.yaml", linked("/etc/passwd"), "is a link out of the folder"),
    "a link to what never ends": ("bad.yaml", linked("/dev/zero"), "is a link out of the folder"),
    "a link to a folder inside": (
        "bad.yaml",
        inside,
        "is no file that can be read, but a folder",
    ),
    "a link to the folder": ("bad.yaml", linked("."), "is no file that can be read, but a folder"),
    "a link to nothing": ("bad.yaml", linked("none"), "cannot be read: No such file or directory"),
    "a link to itself": ("bad.yaml", linked("bad.yaml"), "link"),
    "a folder": ("bad.yaml", Path.mkdir, "is no file that can be read, but a folder"),
    "a pipe": ("bad.yaml", os.mkfifo, "is no file that can be read, but a pipe"),
    "a socket": ("bad.yaml", listening, "is no file that can be read, but a pipe or a device"),
    "100 MiB": ("bad.yaml", vast, f"larger than {MAX_BYTES} bytes: leave something out"),
    "100 MiB of JSON": ("bad.json", vast, f"larger than {MAX_BYTES} bytes"),
    "aliases of aliases": (
        "bad.yaml",
        written(ALIASES),
        "more than 500000 values, aliases counted",
    ),
    "aliases of a long text": ("bad.yaml", written(TEXT), "line 1: more than 8388608 characters"),
    "an alias of itself": (
        "bad.yaml",
        written("&a [*a]"),
        "line 1: nothing before it is called 'a'",
    ),
    "an alias of nothing": (
        "bad.yaml",
        written("\n- *a"),
        "line 2: nothing before it is called 'a'",
    ),
    "a deep list": ("bad.yaml", written("[" * 100_000), "line 1: nested deeper than 64 levels"),
    "a deep mapping": ("bad.yaml", written("{a: " * 100_000), "line 1: nested deeper than"),
    "deep blocks": ("bad.yaml", written("- " * 100_000), "line 1: nested deeper than 64 levels"),
    "deep keys": ("bad.yaml", written("? " * 100_000), "line 1: nested deeper than 64 levels"),
    "deep JSON": ("bad.json", written("[" * 100_000), "nested deeper than 64 levels: make it"),
    "JSON of 65 levels": ("bad.json", written("[" * 66 + "]" * 66), "line 1: nested deeper than"),
    "a key twice": (
        "bad.yaml",
        written("a: 1\n\na: 2"),
        "line 3: the key 'a' stands twice: keep one",
    ),
    "a key twice in JSON": (
        "bad.json",
        written('{"a": 1,\n"a": 2}'),
        "line 2: not readable as JSON: the member 'a' for the second time (/a)",
    ),
    "Latin-1": ("bad.yaml", written(b"- x\n- \xe9"), "line 2: not UTF-8: save it in that encoding"),
    "UTF-16": ("bad.yaml", written(GOOD.encode("utf-16")), "line 1: not UTF-8"),
    "a picture": ("bad.yaml", written(b"\x89PNG\r\n\x1a\n"), "line 1: not UTF-8"),
    "NUL": ("bad.yaml", written("a: \x00"), "line 1: not readable as YAML: the character U+0000"),
    "half a pair": (
        "bad.json",
        written('["\\ud83d"]'),
        "line 1: not readable as JSON: a text with half of a surrogate pair (/0)",
    ),
    "a huge integer": ("bad.yaml", written("\na: 1" + "0" * 400), "line 2: the number '1000"),
    "a huge exponent": (
        "bad.yaml",
        written("a: 1e400"),
        "line 1: the number '1e400' is out of range",
    ),
    "a huge integer in JSON": ("bad.json", written("[1" + "0" * 400 + "]"), "is out of range"),
    "not a number": (
        "bad.json",
        written("[NaN]"),
        "line 1: not readable as JSON: NaN, which is no JSON value (/0)",
    ),
    "two documents": ("bad.yaml", written("[]\n---\n[]"), "line 2: a second document begins"),
    "a tag that builds": (
        "bad.yaml",
        written("!!python/object/apply:os.system ['true']"),
        "line 1: the tag '!!python/object/apply:os.system' is not read here",
    ),
    "gigabytes by repetition": (
        "bad.yaml",
        written(f"repeat: 10000\nwebhooks: [{{name: '{{n}}{'x' * MIB}'}}]"),
        "line 1: /repeat makes an answer of more than 16777216 bytes",
    ),
    "a key without end": (
        "bad.yaml",
        written(f"? {'k' * MIB}\n: 1"),
        "is not known; a fixture has",
    ),
    "a key that looks like a number": ("bad.yaml", written("\u00b2: 1"), "/\u00b2 is not known"),
    "a thousand issues": (
        "bad.yaml",
        written(MANY),
        "bad.yaml: these are its first 100 issues, there may be more",
    ),
    "a name that is no text": (
        os.fsdecode(b"\xff.yaml"),
        written(GOOD),
        "\\xff.yaml: has a name that is not UTF-8: rename it",
    ),
}


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Path]:
    """A folder with one good fixture."""
    here = Path.cwd()
    (tmp_path / "files").mkdir()
    yield folder(tmp_path / "files", mine_yaml=GOOD)
    os.chdir(here)


@pytest.fixture
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundredth of the values that a file may have, since each of them takes its time."""
    for module in (yaml_document, yaml_values):
        monkeypatch.setattr(module, "MAX_NODES", 5000)


@pytest.mark.usefixtures("_few")
@pytest.mark.parametrize(("name", "make", "said"), HOSTILE.values(), ids=list(HOSTILE))
def test_hostile_file_stops_the_start(
    capsys: pytest.CaptureFixture[str],
    files: Path,
    name: str,
    make: Callable[[Path], object],
    said: str,
) -> None:
    """The mock does not start, and says which file, where and why, in a few short lines."""
    make(files / name)
    code = main(["--port=0", f"--fixtures={files}"])
    error = capsys.readouterr().err

    assert 2 == code
    assert said in error
    assert f"{files}/" in error
    assert "Traceback" not in error
    assert len(error) < 400 * (MAX_ISSUES + 1)


@pytest.mark.usefixtures("_few")
@pytest.mark.parametrize("row", one_of_each([*HOSTILE], lambda row: HOSTILE[row][2].split()[0]))
def test_hostile_file_leaves_a_running_mock_as_it_was(
    monkeypatch: pytest.MonkeyPatch, files: Path, row: str
) -> None:
    """The last good fixtures are served, and said to be stale."""
    name, make, said = HOSTILE[row]
    monkeypatch.setattr(fixture_store, "INTERVAL", 0)
    client = Client(Settings(fixtures=files))
    make(files / name)
    answer = client.webhooks("mine")
    states = json.loads(client.ask("/__mock/states").body)

    assert (200, "stale") == (answer.status, answer.headers["Mock-Fixtures"])
    assert "Mock-Instance" not in answer.headers
    assert any(said in issue for issue in states["flaws"])


def issues(files: Path) -> str:
    """Load a folder that cannot be served, and return what is said about it."""
    with pytest.raises(FixtureError) as caught:
        FixtureStore(files, contract())
    return str(caught.value)


def test_unreadable_file_is_refused(monkeypatch: pytest.MonkeyPatch, files: Path) -> None:
    """A file that the mock may not open is told as the system says it."""
    opened = os.open

    def refuse(path: Path, flags: int) -> int:
        if path.name == "mine.yaml":
            raise PermissionError(13, "Permission denied")
        return opened(path, flags)

    monkeypatch.setattr(os, "open", refuse)

    assert f"{files}/mine.yaml: cannot be read: Permission denied" == issues(files)


def test_file_that_changes_while_it_is_read_is_refused(
    monkeypatch: pytest.MonkeyPatch, files: Path
) -> None:
    """Half of what was and half of what will be is neither."""
    seen = os.fstat

    def fstat(descriptor: int) -> os.stat_result:
        before = seen(descriptor)
        with (files / "mine.yaml").open("a") as file:
            file.write("\n# more")
        return before

    monkeypatch.setattr(os, "fstat", fstat)

    assert "mine.yaml: was changed while it was read: save it again" in issues(files)


def test_link_inside_the_folder_is_followed(files: Path) -> None:
    """As a volume of Kubernetes has it, where each file is a link to the release of the day."""
    (files / "..day").mkdir()
    (files / "mine.yaml").rename(files / "..day" / "mine.yaml")
    (files / "..data").symlink_to("..day")
    (files / "mine.yaml").symlink_to("..data/mine.yaml")

    assert "mine" in FixtureStore(files, contract()).by_id


def test_folder_may_be_a_link(files: Path, tmp_path: Path) -> None:
    """What counts is the folder that was meant."""
    (tmp_path / "link").symlink_to(files)

    assert "mine" in FixtureStore(tmp_path / "link", contract()).by_id


def test_vanished_folder_leaves_a_running_mock_as_it_was(
    monkeypatch: pytest.MonkeyPatch, files: Path
) -> None:
    """Nothing to read is no reason to forget what was read."""
    monkeypatch.setattr(fixture_store, "INTERVAL", 0)
    client = Client(Settings(fixtures=files))
    files.rename(files.with_name("gone"))
    answer = client.webhooks("mine")

    assert (200, "stale") == (answer.status, answer.headers["Mock-Fixtures"])


def test_second_save_in_one_tick_is_seen(monkeypatch: pytest.MonkeyPatch, files: Path) -> None:
    """Two saves that look the same to the disk's clock are two saves."""
    monkeypatch.setattr(fixture_store, "INTERVAL", 0)
    client = Client(Settings(fixtures=files))
    before = (files / "mine.yaml").stat()
    (files / "mine.yaml").write_text("[{a: b},   ]")
    os.utime(files / "mine.yaml", ns=(before.st_atime_ns, before.st_mtime_ns))

    assert before.st_size == (files / "mine.yaml").stat().st_size
    assert "stale" == client.webhooks("mine").headers["Mock-Fixtures"]


def test_too_many_values_are_not_read_to_the_end(
    monkeypatch: pytest.MonkeyPatch, files: Path
) -> None:
    """The line where the limit is reached is named."""
    monkeypatch.setattr(yaml_values, "MAX_NODES", 1000)
    (files / "bad.yaml").write_text("- x\n" * 1001)

    assert "bad.yaml, line 1000: more than" in issues(files)


@pytest.fixture
def _soon_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """An eighth of what makes a file long, and of what counts as its beginning."""
    monkeypatch.setattr(yaml_document, "LONG", yaml_document.LONG // 8)
    monkeypatch.setattr(yaml_document, "BEGINNING", yaml_document.BEGINNING // 8)


BROKEN = {
    "rows": "webhooks:\n" + "- {name: 1}\n" * 5_000,
    "rows of a bare list": "- {name: 1}\n" * 5_000,
    "rows on one line": "webhooks: [" + "{}, " * 12_500 + "{}, ",
    "rows of nothing": "webhooks:\n" + "-\n" * 25_000,
    "rows of texts": "instance: x\nwebhooks:\n" + "- x\n" * 12_500,
    "unknown keys": "".join(f"key{number}: 1\n" for number in range(5_000)),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
@pytest.mark.usefixtures("_soon_long")
def test_work_on_a_long_file_ends_with_its_first_flaws(files: Path, text: str) -> None:
    """What comes behind them is not read: the end of this file is no YAML."""
    (files / "bad.yaml").write_text(f"{text}]]]")
    told = issues(files).splitlines()

    assert ", line 1" in told[0] or ", line 2" in told[0] or ", line 3" in told[0]
    assert "not readable" not in "".join(told)
    assert MAX_ISSUES + 1 == len(told)


@pytest.mark.usefixtures("_soon_long")
def test_long_file_that_begins_well_is_read_to_its_end(files: Path) -> None:
    """What it begins with says nothing of its last item, nor of the keys behind its list."""
    (item,) = FixtureStore(None, contract()).by_id["demo"].state.items  # type: ignore[union-attr]  # it has one
    rows = "".join(f"- {json.dumps(item | {'webhookId': str(n)})}\n" for n in range(100))
    (files / "long.yaml").write_text(f"webhooks:\n{rows}instance: crm\n")
    (files / "bad.yaml").write_text(f"webhooks:\n{rows}- {{name: 1}}\n")

    assert "bad.yaml, line 102: item 101" in issues(files)
    (files / "bad.yaml").unlink()
    assert 100 == len(FixtureStore(files, contract()).by_id["crm"].state.items)  # type: ignore[union-attr]  # as above
