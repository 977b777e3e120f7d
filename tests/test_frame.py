"""README, Makefile, package and CI agree with each other."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from support.reference import page

from find_webhook_kit.contracts.config.command_line import diff_parser, parser
from find_webhook_kit.contracts.config.options import PROFILES
from find_webhook_kit.contracts.exit_code import Exit
from find_webhook_kit.contracts.reports.facts import kit_version
from find_webhook_kit.mock_server.answers.endpoint import endpoints
from find_webhook_kit.mock_server.answers.fixture_store import FixtureStore
from find_webhook_kit.mock_server.answers.lies import LIES
from find_webhook_kit.mock_server.answers.write_lies import WRITE_LIES
from find_webhook_kit.spec import contract

ROOT = Path(__file__).parents[1]
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
}
README, MOCK = PAGES["README.md"], PAGES["docs/mock.md"]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
ITSELF = f"{PROJECT['project']['name']}["
REQUIRED = [
    item
    for items in (PROJECT["project"]["dependencies"], *EXTRAS.values())
    for item in items
    if not item.startswith(ITSELF)
]
OURS = ("spec", "mock_server", "contracts")
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE))


def test_make_targets_of_the_pages_exist_and_all_are_told() -> None:
    """Every `make x` of a page is a target, and the contributors' page has each target."""
    told = {
        name: set(re.findall(r"(?:`|^|then )make ([a-z][a-z-]*)", text, re.MULTILINE))
        for name, text in PAGES.items()
    }

    assert {} == {name: found - TARGETS for name, found in told.items() if found - TARGETS}
    assert TARGETS - {"help"} == told["CONTRIBUTING.md"]


def test_ci_runs_the_test_command_of_the_readme() -> None:
    """CI calls the commands that people call."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    assert {"make lint", "make test"} <= set(script.splitlines())


def test_flags_of_the_judge_in_the_pages_exist() -> None:
    """No page about the judge names a flag that the command does not have."""
    text = PAGES["docs/judge.md"] + PAGES["docs/contract.md"]
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text.replace("--path-as-is", "")))
    pytest_only, curl_only = {"--target"}, {"--max-time", "--http"}  # --http1.1
    actions = [*parser()._actions, *diff_parser()._actions]  # noqa: SLF001
    known = {flag for action in actions for flag in action.option_strings}

    assert set() == named - known - pytest_only - curl_only


def test_exit_codes_stand_in_one_page_as_in_the_code() -> None:
    """Number and word stand in one row; the other pages lead there."""
    row = re.compile(r"^\| (\d+) \| `?([a-z-]*)`? *\|", re.MULTILINE)
    nameless = {Exit.USAGE, Exit.FAULT}
    codes = {str(int(code)): "" if code in nameless else code.words for code in Exit}

    assert {"docs/judge.md": codes} == {
        name: dict(row.findall(text)) for name, text in PAGES.items() if row.search(text)
    }


def test_profiles_stand_in_the_page_as_in_the_code() -> None:
    """How many examples are drawn, how often an instance is read, and for how long."""
    row = re.compile(
        r"^\| `--profile (\w+)` \|.*?\|.*?\| (\d+) \| (\d+) \| (\d+) s \|", re.MULTILINE
    )
    named = ("max_examples", "repetitions", "max_time")

    assert {name: list(map(PROFILES[name].get, named)) for name in PROFILES} == {
        name: list(map(int, numbers)) for name, *numbers in row.findall(PAGES["docs/judge.md"])
    }


LINK = re.compile(r"(?<!\!)\[[^\]]+\]\(([^)#\s]*)(#[^)\s]*)?\)")


def anchors(text: str) -> set[str]:
    """Return the anchors of the headings of a page, as its readers' sites make them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {"#" + re.sub(r"[^\w -]", "", item.lower()).replace(" ", "-") for item in headings}


@pytest.mark.parametrize("page", PAGES)
def test_links_of_a_page_lead_somewhere(page: str) -> None:
    """A relative link names a file of the project, and its anchor a heading there."""
    folder = (ROOT / page).parent
    lost = []
    for target, anchor in LINK.findall(PAGES[page]):
        if target.startswith(("http:", "https:")):
            continue
        file = (folder / target).resolve() if target else ROOT / page
        if not file.exists() or (
            anchor and anchor not in anchors(file.read_text(encoding="utf-8"))
        ):
            lost.append(target + anchor)

    assert [] == lost


def test_each_page_is_linked_from_the_readme() -> None:
    """Nobody has to know the name of a page; one below another is linked from there."""
    linked = {target for target, _ in LINK.findall(README)}
    deeper = {
        f"docs/{target}"
        for page in linked
        if page in PAGES
        for target, _ in LINK.findall(PAGES[page])
    }

    assert set() == set(PAGES) - linked - deeper - {"README.md"}


def test_changelog_tells_the_version() -> None:
    """The newest entry is the version of the package."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert PROJECT["project"]["version"] == re.findall(r"^## ([0-9.]+)", text, re.MULTILINE)[0]


def test_version_stands_in_one_place() -> None:
    """Code asks the installation for it, and no page but the list of changes repeats it."""
    version = PROJECT["project"]["version"]
    files = [file for folder in OURS for file in (ROOT / folder).rglob("*.py")]
    files += [ROOT / name for name in ("README.md", "Dockerfile", "compose.yaml", "Makefile")]
    quoted = re.compile(rf"(?<![\d.]){re.escape(version)}(?![\d.])")

    assert [] == [file for file in files if quoted.search(file.read_text(encoding="utf-8"))]
    assert version == kit_version()


def test_hook_before_a_commit_is_the_lint() -> None:
    """Who uses pre-commit gets what `make lint` says, in the versions that are pinned."""
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    hooks = [hook for repo in yaml.safe_load(text)["repos"] for hook in repo["hooks"]]

    assert ["make lint"] == [hook["entry"] for hook in hooks]
    assert ["system"] == [hook["language"] for hook in hooks]


def test_dependencies_are_bounded_on_both_sides() -> None:
    """Each has a lower and an upper bound."""
    assert [] == [item for item in REQUIRED if not re.search(r">=[\d.]+,<[\d.]+$", item)]


def test_constraints_pin_every_dependency_and_name_no_address() -> None:
    """One version each, from wherever the installer looks."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    names = {re.split(r"[\[><=]", item)[0].lower().replace("-", "_") for item in REQUIRED}

    assert [] == [pin for pin in pins if not re.fullmatch(r"[\w.-]+==[\w.]+", pin)]
    assert set() == names - {pin.partition("==")[0].lower().replace("-", "_") for pin in pins}


def folders() -> dict[str, list[str]]:
    """Return the patterns of what is installed beside the code, by the folder they hold for."""
    patterns = PROJECT["tool"]["setuptools"]["package-data"]
    return {package.removeprefix("find_webhook_kit."): found for package, found in patterns.items()}


@pytest.mark.parametrize("folder", folders())
def test_package_holds_every_file_of_its_folder(folder: str) -> None:
    """What runs in the clone runs from an installation: code by package, data by pattern."""
    packaged = {file for pattern in folders()[folder] for file in (ROOT / folder).glob(pattern)}
    files = {file for file in (ROOT / folder).rglob("*") if file.is_file()}
    data = {file for file in files if file.suffix not in {".py", ".pyc"}}
    code = {file.parent for file in files - data if "__pycache__" not in file.parts}

    assert set() == data - packaged
    assert [] == [folder for folder in code if not (folder / "__init__.py").exists()]


def test_git_ignores_no_folder_of_the_packages() -> None:
    """What is ignored wherever it stands is made by tools, and no package has its name."""
    patterns = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    anywhere = {pattern.strip("/") for pattern in patterns if not pattern.startswith("/")}
    named = {file.parent.name for folder in folders() for file in (ROOT / folder).rglob("*.py")}

    assert set() == anywhere & named


def rows(heading: str) -> dict[str, str]:
    """Return the rows of the first table below a heading, by the name in their first column."""
    section = MOCK.partition(f"\n## {heading}\n")[2].partition("\n#")[0]
    return dict(re.findall(r"^\| `([\w-]+)` \| (.+?) \|$", section, re.MULTILINE))


def test_page_lists_every_state_with_its_words() -> None:
    """The table of instances is the list of fixtures, description by description."""
    by_id = FixtureStore(None, contract()).by_id
    told = {name: text.partition(":")[0] for name, text in rows("States by instance id").items()}
    known = {name: one.description.partition(":")[0] for name, one in by_id.items()}

    assert known == told


def test_page_lists_every_lie_with_its_words() -> None:
    """The table of lies is the list of lies."""
    endpoint = endpoints(contract())["findWebhook"]

    assert {name: lie.told_by(endpoint) for name, lie in LIES.items()} == rows("Lies on request")
    about_writes = {name: lie.description for name, lie in WRITE_LIES.items()}
    assert about_writes == rows("Lies about writes")


def test_page_shows_the_example_that_runs() -> None:
    """What the page shows as a test is a test of ours."""
    example = (ROOT / "tests" / "examples" / "test_screen.py").read_text(encoding="utf-8")

    assert f"```python\n{example}```" in PAGES["docs/in-your-app.md"]


def test_fixture_of_the_page_is_a_good_one(tmp_path: Path) -> None:
    """Who copies it gets a running mock."""
    text = MOCK.partition("```yaml\n")[2].partition("```")[0]
    (tmp_path / "copied.yaml").write_text(text, encoding="utf-8")

    assert "copied" in FixtureStore(tmp_path, contract()).by_id


def test_reference_is_what_the_code_says() -> None:
    """Flags, codes and headers of the page are those of the commands."""
    assert page() == PAGES["docs/reference.md"], "run python tests/support/reference.py"
