"""Runs Tests/Transcripts/*.txt: documents that a person can read and repeat, held against the real command.

Lines that begin with `$ ` are run by bash, one after another, in one empty folder per document, with `signet` on the
PATH. What follows is the expected output, standard output and standard error together, up to the next empty line or
command. `…` stands for anything within a line; a line that is only `…` for any number of lines. `(exit 1)` at the end says the
exit status; without it the status is 0. Everything else, and lines that begin with `#`, is prose.
"""

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from signet_process import ROOT, binary, run

DOCUMENTS = sorted((ROOT / "Tests/Transcripts").glob("*.txt"))


@dataclass
class Step:
    line: int
    command: str
    expected: list[str] = field(default_factory=list)
    status: int = 0


def steps_of(text: str) -> list[Step]:
    steps: list[Step] = []
    collecting = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("$ "):
            steps.append(Step(number, line[2:]))
            collecting = True
        elif not line.strip():
            collecting = False
        elif collecting and (match := re.fullmatch(r"\(exit (\d+)\)", line)):
            steps[-1].status = int(match.group(1))
        elif collecting:
            # An empty line of output is written as a lone backslash.
            steps[-1].expected.append("" if line == "\\" else line)
    return steps


def pattern_of(expected: list[str]) -> re.Pattern:
    lines = []
    for line in expected:
        if line == "…":
            lines.append(r"(?:.*\n)*?")
        else:
            lines.append(".*".join(re.escape(piece) for piece in line.split("…")) + r"\n")
    return re.compile("".join(lines))


def test_there_are_documents():
    assert len(DOCUMENTS) >= 5


def test_no_random_value_is_read_as_an_option():
    """Identifiers in base64url begin with a dash once in 64; a command then takes them for an option."""
    bare = re.compile(r"""\bgrep(?: -(?!e\b)\w+)* "?\$\(""")
    found = [f"{path.name}:{step.line}" for path in DOCUMENTS for step in steps_of(path.read_text(encoding="utf-8"))
             if bare.search(step.command)]
    assert not found, found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_transcript(document: Path, tmp_path):
    path = tmp_path / "bin"
    path.mkdir()
    (path / "signet").symlink_to(binary())
    folder = tmp_path / "folder"
    folder.mkdir()
    environment = {"PATH": f"{path}:{os.environ['PATH']}", "HOME": str(folder), "LC_ALL": "C.UTF-8", "COLUMNS": "100"}
    for step in steps_of(document.read_text(encoding="utf-8")):
        done = subprocess.run(
            ["bash", "-c", step.command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30)
        output = done.stdout.decode("utf-8")
        if output and not output.endswith("\n"):
            output += "\n"
        where = f"{document.name}:{step.line}: $ {step.command}"
        compared = "".join(line.rstrip() + "\n" for line in output.splitlines())
        assert pattern_of([line.rstrip() for line in step.expected]).fullmatch(compared), f"{where}\n{output}"
        assert done.returncode == step.status, f"{where}\nexit {done.returncode}\n{output}"


def test_the_page_of_settings_is_what_the_command_prints():
    printed = run("explain-setting", "--markdown")
    assert printed.returncode == 0, printed.stderr
    written = (ROOT / "Documentation/SETTINGS.md").read_text()
    assert printed.stdout == written, "signet explain-setting --markdown > Documentation/SETTINGS.md"
