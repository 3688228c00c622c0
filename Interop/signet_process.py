"""The real binary as a child process: started on free loopback ports, in a data folder of its own, ended by its own pid."""

import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
READY = "signet is ready"


def binary() -> str:
    """The binary under test: SIGNET_BINARY, or the release build."""
    path = Path(os.environ.get("SIGNET_BINARY") or ROOT / ".build/release/signet")
    if not path.exists():
        raise FileNotFoundError(f"{path} is not there: run `make build`, or name a binary with SIGNET_BINARY")
    return str(path.resolve())


# Below the ports that systems give to outgoing connections, which could otherwise take one between its choice and its use.
# Tests that run side by side (pytest -n) have ports of their own.
WORKER, WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]), int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
OWN_PORTS = range(20_000 + WORKER, 32_000, WORKERS)
PORTS = iter(random.sample(OWN_PORTS, len(OWN_PORTS)))


def free_port() -> int:
    """A port that nobody listens on, and that was not given out before."""
    for port in PORTS:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("every port was given out")


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def target(self) -> str | None:
        """Where it leads a browser: a redirect, or a page that leads on by itself."""
        return self.headers["Location"] or (self.headers["Refresh"] or "").removeprefix("0; url=") or None


def call(method: str, url: str, *, data=None, body: bytes | None = None, headers=None, token=None, timeout=15.0) -> Answer:
    """One request on a connection of its own. `data` is sent as JSON, `token` as a bearer token."""
    parts = urlsplit(url)
    headers = dict(headers or {})
    if data is not None:
        body = json.dumps(data).encode()
        headers.setdefault("Content-Type", "application/json")
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    try:
        target = parts.path or "/"
        if parts.query:
            target += "?" + parts.query
        connection.request(method, target, body=body, headers=headers)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def run(*arguments: str, stdin: str | bytes | None = None, env=None, cwd=None, timeout=60) -> subprocess.CompletedProcess:
    """One run of the command, output as text."""
    if isinstance(stdin, str):
        stdin = stdin.encode()
    done = subprocess.run(
        [binary(), *arguments], input=stdin if stdin is not None else b"", capture_output=True,
        env={**os.environ, **(env or {})}, cwd=cwd, timeout=timeout)
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))


class StartFailed(Exception):
    pass


@dataclass
class Signet:
    """`signet serve` under test."""

    data: Path
    demo: bool = False
    config: Path | None = None
    demo_password: str | None = None
    master_key: str | None = None
    arguments: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    control_port: int = field(default_factory=free_port)
    gateway_port: int = field(default_factory=free_port)
    process: subprocess.Popen | None = None
    lines: list[str] = field(default_factory=list)
    admin_name: str | None = None
    admin_password: str | None = None

    @property
    def control(self) -> str:
        return f"http://localhost:{self.control_port}"

    @property
    def gateway(self) -> str:
        return f"http://127.0.0.1:{self.gateway_port}"

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def command(self) -> list[str]:
        command = [
            binary(), "serve", "--data", str(self.data),
            "--control", f"localhost:{self.control_port}", "--gateway", f"127.0.0.1:{self.gateway_port}",
        ]
        if self.config:
            command += ["--config", str(self.config)]
        if self.demo:
            command.append("--demo")
        return [*command, *self.arguments]

    def start(self, timeout=30.0) -> "Signet":
        environment = {k: v for k, v in os.environ.items() if not k.startswith("SIGNET_")} | self.environment
        if self.demo_password is not None:
            environment["SIGNET_DEMO_PASSWORD"] = self.demo_password
        if self.master_key is not None:
            environment["SIGNET_MASTER_KEY"] = self.master_key
        ready = threading.Event()
        started_at = len(self.lines)
        self.process = subprocess.Popen(
            self.command(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=environment, text=True, errors="replace")

        def collect(stream, marks_ready: bool):
            for line in stream:
                self.lines.append(line.rstrip("\n"))
                if marks_ready and line.startswith(READY):
                    ready.set()
            if marks_ready:
                ready.set()

        collectors = [
            threading.Thread(target=collect, args=(stream, marks_ready), daemon=True)
            for stream, marks_ready in ((self.process.stdout, True), (self.process.stderr, False))
        ]
        for collector in collectors:
            collector.start()
        if not ready.wait(timeout) or not any(line.startswith(READY) for line in self.lines[started_at:]):
            code = self.stop()
            for collector in collectors:
                collector.join(5)
            raise StartFailed(f"signet did not become ready (exit {code}):\n{self.output}")
        self._read_passwords()
        return self

    def _read_passwords(self):
        for line in self.lines:
            if match := re.search(r"\b(admin|demo)\b.*?password:? +(?:is )?([A-Za-z0-9_-]{8,})", line):
                name, password = match.groups()
                if name == "admin" and self.admin_password is None:
                    self.admin_name, self.admin_password = name, password
                elif name == "demo" and self.demo_password is None:
                    self.demo_password = password

    def stop(self, timeout=15.0) -> int:
        """Asks for a graceful stop and returns the exit status; kills the process when it does not obey."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode

    def kill(self):
        self.process.kill()
        self.process.wait()

    def login(self, name: str, password: str) -> dict:
        answer = call("POST", f"{self.control}/login", data={"name": name, "password": password})
        assert answer.status == 200, (answer.status, answer.body)
        return answer.json

    def login_demo(self) -> dict:
        return self.login("demo", self.demo_password)

    def explain(self, trace: str) -> dict:
        # The ring is written when the exchange ends, which may be a moment after the last byte reached us.
        for attempt in range(20):
            told = run("explain", trace, "--data", str(self.data), "--json")
            if told.returncode == 0:
                return json.loads(told.stdout)
            time.sleep(0.05 * attempt)
        raise AssertionError(f"signet explain {trace}: {told.stdout}{told.stderr}")
