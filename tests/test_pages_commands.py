"""Each command that a page shows is run, or stands in a list of what cannot run here, with why."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from shutil import copyfile

import pytest
import yaml
from http_client import ask

from find_webhook_kit.contracts.__main__ import main
from find_webhook_kit.contracts.config.command_line import parser
from find_webhook_kit.mock_server import cli
from find_webhook_kit.mock_server.http.server import serving
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.spec import Contract

ROOT = Path(__file__).parents[1]
PETS = ROOT / "tests" / "data" / "contracts" / "petstore.yaml"
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
}
FENCE = re.compile(r"^```(.*)\n((?:.*\n)*?)```$", re.MULTILINE)
SHELLS = ("sh", "bash", "console")
ELSEWHERE = {
    "docker": "no container engine is here; tests/test_container.py runs the steps of the image",
    "pipx": "it comes from an index: make test-packaging runs it",
    "uvx": "it comes from an index: make test-packaging runs it",
}
"""Commands that are not run by these tests, and why."""

PAGES_ELSEWHERE = {
    "docs/in-your-app.md": "make test-frontend runs each block of it, where npm and Chromium are",
}
"""Pages whose commands another target runs, as they stand there."""


def commands() -> list[str]:
    """List each line of each block for a shell, once; a backslash joins it to the next."""
    listed = [
        line
        for page, text in PAGES.items()
        if page not in PAGES_ELSEWHERE
        for language, block in FENCE.findall(text)
        if language in SHELLS
        for line in block.replace("\\\n", "").splitlines()
        if shlex.split(line, comments=True)
    ]
    return list(dict.fromkeys(listed))


def words_of(line: str) -> list[str]:
    """Return the words of a line, as a shell has them, without the folder of the command."""
    first, *rest = shlex.split(line, comments=True)
    return [first.removeprefix(".venv/bin/"), *rest]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the pages name."""
    made = tmp_path_factory.mktemp("pages")
    copyfile(PETS, made / "api.yaml")
    (made / "api-rules.yaml").write_text("names: {tenant: petId}\n", encoding="utf-8")
    shop = yaml.safe_load(PETS.read_text(encoding="utf-8"))
    shop = json.loads(json.dumps(shop).replace("petId", "orderId"))
    (made / "shop.yaml").write_text(yaml.safe_dump(shop), encoding="utf-8")
    return made


HERE = {"my-instance": "demo", "api.example.com": "127.0.0.1"}


def stands_for(words: list[str], folder: Path, url: str) -> list[str]:
    """Put what is here in the place of what a page cannot know: a target, and files of ours."""
    found = []
    for word in words:
        if word.startswith("https://"):
            found.append(url)
        elif word.startswith("orderId="):
            found.append("orderId=1")
        elif (folder / word).is_file():
            found.append(str(folder / word))
        else:
            found.append(HERE.get(word, word))
    return found


def run(*words: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a command of a page."""
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)  # noqa: S603


def _curl(words: list[str], folder: Path) -> None:
    with serving(Settings(port=0, writes=True)) as mock:
        asked = [word.replace("http://127.0.0.1:8080", mock.url) for word in words]
        told = run("curl", "-sS", "-f", *asked[1:], cwd=folder)
    assert 0 == told.returncode, told.stderr
    assert told.stdout


def _judge(words: list[str], folder: Path) -> None:
    asked = words[1:]
    if asked[0] == "diff":
        assert main(asked) in {0, 1}  # what was changed since is not for this test
        return
    shop = folder / "shop.yaml" if "shop.yaml" in asked else None
    with serving(Settings(port=0, contract=shop, writes="--writes" in asked)) as mock:
        here = stands_for(asked, folder, mock.url)
        code = main(here if asked[0] == "cleanup" else [*here, "--profile", "quick"])
    assert code in ({0, 3} if "shop.yaml" in asked else {0})


def _mock(words: list[str], folder: Path) -> None:
    """Serve for a moment, as the command would until it is told to stop."""
    said = []

    def serve(settings: Settings, contract: Contract, announce: Callable[[str], None]) -> None:
        with serving(replace(settings, port=0), contract) as mock:
            announce(mock.url)
            said.append(ask(f"{mock.url}/__mock/health").status)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cli, "serve", serve)
        assert 0 == cli.run(stands_for(words[1:], folder, ""))
    assert [200] == said


def _make(words: list[str], _folder: Path) -> None:
    """Ask make what it would do; what it hands on are flags that the judge has."""
    given = [word for word in words[1:] if "=" in word]
    told = run("make", "-n", *words[1:])
    assert 0 == told.returncode, told.stderr
    for value in given:
        name, _, text = value.partition("=")
        assert name in {"BASE_URL", "INSTANCE_ID", "ARGS"}
        if name == "ARGS" and words[1] == "contract-test":
            parser().parse_args(text.split())


def _export(words: list[str], _folder: Path) -> None:
    assert words[1].startswith("CONTRACT_TOKEN=")


def _pytest(words: list[str], _folder: Path) -> None:
    with serving() as mock:
        asked = [word.replace("http://127.0.0.1:8080", mock.url) for word in words[1:]]
        told = run(sys.executable, "-m", "pytest", *asked, "-q", "--profile", "quick")
    assert 0 == told.returncode, told.stdout[-2000:]


RUN: dict[str, Callable[[list[str], Path], None]] = {
    "contract-test": _judge,
    "curl": _curl,
    "export": _export,
    "make": _make,
    "mock-server": _mock,
    "pytest": _pytest,
}


@pytest.fixture
def _token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CONTRACT_TOKEN", "demo-token")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.chdir(ROOT)


@pytest.mark.usefixtures("_token")
@pytest.mark.parametrize("line", commands(), ids=lambda it: it[:60])
def test_command_of_a_page_runs(
    line: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What somebody copies does what it says, from the clone."""
    words = words_of(line)
    if words[0] in ELSEWHERE:
        pytest.skip(ELSEWHERE[words[0]])
    if "--report-dir" in words:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "reports").mkdir()  # an earlier run has made it

    RUN[words[0]](words, folder)


def test_every_command_is_run_or_has_a_reason_why_not() -> None:
    """A new kind of command comes with the way to run it."""
    kinds = {words_of(line)[0] for line in commands()}

    assert set() == kinds - RUN.keys() - ELSEWHERE.keys()
    assert set() == (RUN.keys() | ELSEWHERE.keys()) - kinds


@pytest.mark.parametrize("page", PAGES_ELSEWHERE)
def test_page_that_is_run_elsewhere_is_read_there(page: str) -> None:
    """Its runner names it."""
    assert page in (ROOT / "tests" / "frontend" / "run.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_commands_stand_in_blocks_that_say_their_language(page: str) -> None:
    """So that these tests find them, and a reader's site can colour them."""
    assert [] == [language for language, _ in FENCE.findall(PAGES[page]) if not language]
    indented = r"^    (?:\$ )?(?:make|curl|contract-test|mock-server|docker|pip) .*"

    assert [] == re.findall(indented, PAGES[page], re.MULTILINE)


def shape(line: str) -> str:
    """Make a pattern of a line that a page shows: what hangs on the run may be anything."""
    text = re.escape(line.strip())
    for found, anything in (
        (r"3\\ of\\ 20", r"\d+ (?:of \d+|times)"),
        (r"'my\\-instance'\\ and\\ 2\\ others", r"'\S+'(?: and \d+ others?)?"),
        (r"request\\ 12", r"request \d+"),
        (r"\\-\\-http1\\\.1\\ ", ""),  # where TLS could choose another version
        (r"https://…", r"http://\S*?"),
    ):
        text = re.sub(found, lambda _, anything=anything: anything, text)  # type: ignore[misc]
    return text


@pytest.mark.parametrize("page", ["README.md", "docs/judge.md"])
def test_finding_of_a_page_is_what_the_judge_prints(
    page: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its words, its marks, and the line of the contract."""
    monkeypatch.setenv("CONTRACT_TOKEN", "demo-token")
    shown = re.findall(r"^    (error: (?:.*\n)(?:      .*\n)*)", PAGES[page], re.MULTILINE)
    with serving(Settings(port=0, lie="text-for-boolean")) as mock:
        flags = ["--instance-id", "demo", "--instance-id", "many", "--profile", "quick"]
        main([mock.url, *flags])
    told = capsys.readouterr().out

    assert 1 == len(shown)
    assert [] == [line for line in shown[0].splitlines() if not re.search(shape(line), told)]
