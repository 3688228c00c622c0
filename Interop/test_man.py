"""The manual pages: one for each command, each with every option that its help names, and well-formed for groff."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BINARY = os.environ.get("SIGNET_BINARY", str(ROOT / ".build/release/signet"))
PAGES = ROOT / ".man/man1"


def told(*words: str) -> str:
    return subprocess.run([BINARY, *words, "--help"], capture_output=True, text=True, check=True).stdout


def commands(*path: str) -> list[tuple[str, ...]]:
    """Every command below this one, read from the help that people see."""
    _, _, listed = told(*path).partition("SUBCOMMANDS:\n")
    names = [name for name in re.findall(r"^  ([a-z-]+)", listed, re.MULTILINE) if name != "help"]
    return [path, *(below for name in names for below in commands(*path, name))]


@pytest.fixture(scope="module", autouse=True)
def pages():
    subprocess.run([str(ROOT / "dev/make-man"), BINARY], check=True, capture_output=True)


def test_every_command_has_a_page_with_every_option_of_its_help():
    found = commands()
    assert len(found) > 15
    for path in found:
        text = (PAGES / f"{'-'.join(('signet', *path))}.1").read_text(encoding="utf-8").replace("\\-", "-")
        wanted = set(re.findall(r"^  (?:-\w, )?(--[a-z0-9-]+)", told(*path), re.MULTILINE))
        assert wanted or not path
        missing = {option for option in wanted if not re.search(re.escape(option) + r"(?![a-z0-9-])", text)}
        assert not missing, f"{path}: {missing}"


def test_groff_has_nothing_to_say():
    groff = shutil.which("groff")
    if not groff:
        pytest.skip("groff is not installed")
    for page in sorted(PAGES.glob("*.1")):
        done = subprocess.run([groff, "-ww", "-man", "-Tutf8", "-z", str(page)], capture_output=True, text=True)
        assert done.returncode == 0 and not done.stderr, f"{page.name}: {done.stderr}"
