"""The programs of one run: started once, asked row by row, ended at the end. The exchange is in peers/README.md."""

import os
import select
import subprocess
from pathlib import Path

# How long a program may take to get ready (it checks a good and a forged token of each algorithm first).
STARTING = 60


class Contestant:
    """One program; it may speak for several names, such as the library and the bare primitives."""

    def __init__(self, command: list[str], material: Path):
        self.command = command
        # Other threads of a program would take the time of the one that is measured.
        environment = os.environ | {"GOMAXPROCS": "1", "UV_THREADPOOL_SIZE": "1"}
        self.process = subprocess.Popen(
            [*command, str(material)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
        self.about: dict[str, str] = {}
        self.rows: list[tuple[str, str, str]] = []
        self.failures: list[str] = []
        self.waiting = b""
        while (line := self._line(STARTING)) != "ready":
            word, _, rest = line.partition(" ")
            if word == "about":
                name, _, text = rest.partition(" ")
                self.about[name] = text
            elif word == "can":
                self.rows.append(tuple(rest.split()))
            elif word == "fails":
                self.failures.append(rest)

    def _line(self, patience: float) -> str:
        while b"\n" not in self.waiting:
            ready, _, _ = select.select([self.process.stdout], [], [], patience)
            more = os.read(self.process.stdout.fileno(), 65_536) if ready else b""
            if not more:
                self.end()
                said = self.process.stderr.read().decode(errors="replace").strip().splitlines()
                raise RuntimeError(f"{Path(self.command[-1]).name} {'stopped' if ready else 'does not answer'}: {said[-1:]}")
            self.waiting += more
        line, _, self.waiting = self.waiting.partition(b"\n")
        return line.decode().strip()

    def rate(self, name: str, alg: str, op: str, seconds: float) -> float:
        """Operations a second over about so many seconds."""
        self.process.stdin.write(f"{name} {alg} {op} {seconds}\n".encode())
        self.process.stdin.flush()
        words = self._line(seconds + 30).split()
        if words[:3] != [name, alg, op]:
            raise RuntimeError(f"{name} answered '{' '.join(words)}'")
        return float(words[3])

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
