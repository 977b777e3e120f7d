"""Install what the servers need, where it is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from real_servers.servers import HOME, SOURCES, VENV

DEBIAN: Final = {
    "node": "nodejs",
    "npm": "npm",
    "go": "golang-go",
    "php": "php-cli",
    "puma": "puma ruby-sinatra",
    "mojo": "libmojolicious-perl",
    "nginx": "nginx-light",
    "apache2": "apache2-bin",
    "lighttpd": "lighttpd",
    "haproxy": "haproxy",
    "varnishd": "varnish",
    "caddy": "caddy",
}
"""Which packages bring which program."""

TSC: Final = (
    "node_modules/.bin/tsc --ignoreConfig --noCheck --target es2022 --module nodenext"
    " --experimentalDecorators --outDir node node/nest.mts"
)


def install() -> None:
    """Install programs from Debian, and frameworks under `build/real-servers`."""
    _programs()
    HOME.mkdir(parents=True, exist_ok=True)
    if _changed("requirements.txt"):
        _run(sys.executable, "-m", "venv", f"{HOME}/venv")
        pip = (f"{VENV}/pip", "install", "--quiet", "--disable-pip-version-check")
        _run(*pip, "--requirement", f"{SOURCES}/requirements.txt")
        _done("requirements.txt")
    if _changed("package.json"):
        npm = ("npm", "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock")
        shutil.copy(SOURCES / "package.json", HOME)
        _run(*npm)
        _done("package.json")
    # Node looks for packages beside the file that asks for them, and what is built stays here.
    for folder in ("python", "node", "debian"):
        shutil.copytree(SOURCES / folder, HOME / folder, dirs_exist_ok=True)
    _run(*TSC.split())
    _run("go", "build", "-o", "debian/servemux", "debian/servemux.go")


def _programs() -> None:
    """Install Debian's packages; as long as `RUNLEVEL` says so, none starts a service."""
    apt = ("env", "RUNLEVEL=1", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq")
    if not all(map(_found, DEBIAN)):
        _run(*apt, "update")
    for name, packages in DEBIAN.items():
        if not _found(name):  # one after the other: some packages of Node's bring npm
            _run(*apt, "install", "--yes", "--no-install-recommends", *packages.split())


def _found(name: str) -> bool:
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") is not None


def _changed(name: str) -> bool:
    done = HOME / f"installed-{name}"
    return not done.exists() or done.read_bytes() != (SOURCES / name).read_bytes()


def _done(name: str) -> None:
    Path(HOME, f"installed-{name}").write_bytes((SOURCES / name).read_bytes())


def _run(*command: str) -> None:
    subprocess.run(command, cwd=HOME if HOME.exists() else None, check=True)  # noqa: S603
