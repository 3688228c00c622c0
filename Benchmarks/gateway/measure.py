#!/usr/bin/env python3
"""One proxied request with and without JWT: CPU per request of Signet's gateway, as a ratio to nginx in the same run.

The figure to trust is CPU per request: user and system time of the proxy's process tree from /proc, divided by the
responses that wrk counted. Requests per second depend on what else the machine does. Everything stays on loopback, each
run is bounded in time, and every process started here is ended here.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path

BODY = json.dumps({"orders": [{"id": number, "item": "a lantern", "status": "shipped"} for number in range(4)]})[:204].ljust(204)
HEADERS = ("User-Agent: bench", "Accept: application/json", "X-Request-Note: three ordinary fields")
TICKS = os.sysconf("SC_CLK_TCK")
# Three times what one event loop of the gateway remembers, so that hardly any request meets a remembered token.
DISTINCT_TOKENS = 6_000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and its children that still live."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(") ", 1)[1].split()
        except (OSError, IndexError):
            continue
        process = int(stat.parent.name)
        if process == pid or int(fields[1]) == pid:
            total += (int(fields[11]) + int(fields[12])) / TICKS
    return total


def pinned(core: int | None):
    """Where there are two cores, the proxy has one for itself."""
    if core is None or os.cpu_count() < 2:
        return None
    return lambda: os.sched_setaffinity(0, {core})


class Nginx:
    """nginx with one worker and a configuration of its own: as the upstream, or as the peer to compare with."""

    def __init__(self, folder: Path, name: str, location: str, extra: str = "", core: int | None = None):
        self.port = free_port()
        home = folder / name
        home.mkdir()
        configuration = home / "nginx.conf"
        user = "user root;" if os.geteuid() == 0 else ""
        configuration.write_text(f"""
            {user} worker_processes 1; daemon off; pid {home}/pid; error_log {home}/error.log;
            events {{ worker_connections 4096; }}
            http {{
                access_log off; keepalive_requests 100000000; client_body_temp_path {home}; proxy_temp_path {home};
                fastcgi_temp_path {home}; uwsgi_temp_path {home}; scgi_temp_path {home}; default_type application/json;
                {extra}
                server {{ listen 127.0.0.1:{self.port} reuseport backlog=4096; location / {{ {location} }} }}
            }}""")
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        self.process = subprocess.Popen(
            [program, "-p", str(home), "-c", str(configuration)], preexec_fn=pinned(core),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.url, self.headers = f"http://127.0.0.1:{self.port}/bench/open", []
        wait_for_port(self.port, self.process)

    @property
    def pid(self) -> int:
        return self.process.pid


class Signet:
    """The gateway under measurement; its routes go to the same upstream."""

    def __init__(self, folder: Path, binary: str, upstream: int, core: int | None):
        self.folder, self.binary = folder / "signet", binary
        self.folder.mkdir()
        self.gateway = free_port()
        self.keys: dict[str, Path] = {}
        upstreams = f"upstreams: {{ bench: http://127.0.0.1:{upstream} }}"
        issuers, apis = [], ["  open: { path: /bench/open, upstream: bench, access: anonymous }"]
        for alg in ("RS256", "ES256", "Ed25519", "HS256"):
            self._make_key(alg)
            name = alg.lower()
            issuers.append(f'  {name}: {{ issuer: "https://{alg}.example", keys: {{ file: ./{alg}.jwks.json }} }}')
            apis.append(
                f"  {name}: {{ path: /bench/{alg}, upstream: bench, "
                f"access: {{ jwt: {{ issuer: {name}, audience: bench, claims: [exp, sub] }} }} }}")
        (self.folder / "signet.yaml").write_text("\n".join(["issuers:", *issuers, upstreams, "apis:", *apis]) + "\n")
        environment = {key: value for key, value in os.environ.items() if not key.startswith("SIGNET_")}
        self.process = subprocess.Popen(
            [binary, "serve", "--data", str(self.folder / "data"), "--config", str(self.folder / "signet.yaml"),
             "--control", f"localhost:{free_port()}", "--gateway", f"127.0.0.1:{self.gateway}"],
            preexec_fn=pinned(core), env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=(self.folder / "log").open("w"))
        wait_for_port(self.gateway, self.process)

    def _make_key(self, alg: str):
        private = self.folder / f"{alg}.json"
        public = self.folder / f"{alg}.public.json"
        command = [self.binary, "keygen", alg, "--id", alg, "--out", str(private)]
        subprocess.run(command + ([] if alg == "HS256" else ["--public-out", str(public)]), check=True)
        key = json.loads((private if alg == "HS256" else public).read_text())
        (self.folder / f"{alg}.jwks.json").write_text(json.dumps({"keys": [key]}))
        self.keys[alg] = private

    def token(self, alg: str) -> str:
        claims = {"scope": "orders:read orders:write profile email", "jti": base64.urlsafe_b64encode(os.urandom(16)).decode()}
        return subprocess.run(
            [self.binary, "sign", "--key", str(self.keys[alg]), "--issuer", f"https://{alg}.example", "--subject",
             "3f1c2a54-9b7e-4d53-8f5e-1f0a6f7b2c11", "--audience", "bench", "--expires-in", "3600", "--claims", json.dumps(claims)],
            check=True, capture_output=True, text=True).stdout.strip()

    def distinct_tokens(self, alg: str = "RS256") -> Path:
        """A wrk script that sends another token with each request. Signed here: a command for each would take minutes."""
        key = json.loads(self.keys[alg].read_text())
        number = {name: int.from_bytes(unpadded(key[name]), "big") for name in ("n", "p", "q", "dp", "dq", "qi")}
        head, payload, _ = self.token(alg).split(".")
        claims = json.loads(unpadded(payload))
        prefix = bytes.fromhex("3031300d060960864801650304020105000420")
        size = (number["n"].bit_length() + 7) // 8
        lines = []
        for index in range(DISTINCT_TOKENS):
            text = head + "." + base64url(json.dumps(claims | {"jti": f"bench-{index}"}).encode())
            block = prefix + hashlib.sha256(text.encode()).digest()
            padded = int.from_bytes(b"\0\1" + b"\xff" * (size - len(block) - 3) + b"\0" + block, "big")
            first, second = pow(padded, number["dp"], number["p"]), pow(padded, number["dq"], number["q"])
            value = second + (first - second) * number["qi"] % number["p"] * number["q"]
            lines.append(f'"{text}.{base64url(value.to_bytes(size, "big"))}",')
        script = self.folder / "distinct.lua"
        script.write_text(
            "local tokens = {" + "\n".join(lines) + "}\nlocal next = 0\nfunction request()\n  next = next % #tokens + 1\n"
            '  wrk.headers["Authorization"] = "Bearer " .. tokens[next]\n  return wrk.format()\nend\n')
        return script

    @property
    def pid(self) -> int:
        return self.process.pid


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Target:
    """What wrk is pointed at, and whose CPU time is read."""

    def __init__(self, name: str, url: str, pid: int, token: str | None = None, script: Path | None = None):
        self.name, self.url, self.pid, self.script = name, url, pid, script
        self.headers = list(HEADERS) + ([f"Authorization: Bearer {token}"] if token else [])
        self.token = token
        self.cpu: list[float] = []
        self.rate: list[float] = []

    def ask(self, token: str | None) -> int:
        host, path = re.match(r"http://([^/]+)(/.*)", self.url).groups()
        connection = HTTPConnection(host, timeout=5)
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
        status = connection.getresponse().status
        connection.close()
        return status

    def check(self):
        """A target counts only if it answers, and, with JWT, refuses a broken signature."""
        if self.ask(self.token) != 200:
            sys.exit(f"{self.name}: does not answer 200")
        if self.token:
            head, payload, signature = self.token.split(".")
            broken = signature[:-9] + ("A" if signature[-9] != "A" else "B") + signature[-8:]
            if self.ask(f"{head}.{payload}.{broken}") != 401:
                sys.exit(f"{self.name}: a broken signature was not refused")

    def measure(self, seconds: float, core: int | None, keep: bool):
        command = ["wrk", "-t1", "-c64", f"-d{seconds:g}s"]
        for header in self.headers:
            command += ["-H", header]
        if self.script:
            command += ["-s", str(self.script)]
        before = cpu_seconds(self.pid)
        done = subprocess.run(
            command + [self.url], capture_output=True, text=True, timeout=seconds + 30, preexec_fn=pinned(core))
        spent = cpu_seconds(self.pid) - before
        responses = int(re.search(r"(\d+) requests in", done.stdout).group(1))
        elapsed = float(re.search(r"requests in ([\d.]+)s", done.stdout).group(1))
        if match := re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout):
            sys.exit(f"{self.name}: {match.group(1)} responses were not 200")
        if keep:
            self.cpu.append(spent / responses * 1e6)
            self.rate.append(responses / elapsed)


def wait_for_port(port: int, process: subprocess.Popen):
    for _ in range(200):
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit(f"nothing listens on port {port}: {process.args[0]} ended with {process.poll()}")


def stop(started: list[subprocess.Popen]):
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    for process in started:
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def version(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    return (done.stdout + done.stderr).strip().splitlines()[0]


def spread(values: list[float], form: str) -> str:
    return f"{statistics.median(values):{form}} ({min(values):{form}}–{max(values):{form}})"


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--binary", default=".build/release/signet")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=float, default=3.0)
    options = options.parse_args()
    binary = str(Path(options.binary).resolve())
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"

    started: list[subprocess.Popen] = []
    # nginx's worker and the gateway's data both live here; 0755 so that an unprivileged worker can get in.
    with tempfile.TemporaryDirectory(prefix="signet-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        try:
            upstream = Nginx(folder, "upstream", f"return 200 '{BODY}';", core=0)
            started.append(upstream.process)
            pool = f"upstream pool {{ server 127.0.0.1:{upstream.port}; keepalive 64; keepalive_requests 100000000; }}"
            peer = Nginx(
                folder, "peer", 'proxy_pass http://pool; proxy_http_version 1.1; proxy_set_header Connection "";', pool, core=1)
            started.append(peer.process)
            gateway = Signet(folder, binary, upstream.port, core=1)
            started.append(gateway.process)

            base = f"http://127.0.0.1:{gateway.gateway}/bench"
            targets = [Target("nginx, no JWT", peer.url, peer.pid), Target("signet, no JWT", f"{base}/open", gateway.pid)]
            targets += [Target(f"signet, {alg}", f"{base}/{alg}", gateway.pid, gateway.token(alg)) for alg in gateway.keys]
            targets.append(
                Target("signet, RS256, new", f"{base}/RS256", gateway.pid, gateway.token("RS256"), gateway.distinct_tokens()))
            length = (options.rounds * options.seconds + 1) * len(targets)
            print(f"One proxied GET, 204-byte answer, 64 keep-alive connections, about {length:.0f} s.")
            print(f"signet {version(binary, '--version')} | {version(nginx, '-v')} | {version('wrk', '-v').split(' Copyright')[0]}")
            print("proxies on one core of their own; wrk and the upstream on another" if os.cpu_count() > 1 else "one core for all")
            for target in targets:
                target.check()
                target.measure(1, 0, keep=False)
            for _ in range(options.rounds):
                for target in targets:
                    target.measure(options.seconds, 0, keep=True)

            print(f"\n{'':20}  {'CPU us/request':>22}  {'ratio to nginx':>20}  {'requests/s':>26}")
            for target in targets:
                ratios = [own / other for own, other in zip(target.cpu, targets[0].cpu)]
                print(f"{target.name:20}  {spread(target.cpu, '.1f'):>22}  {spread(ratios, '.2f'):>20}  {spread(target.rate, '.0f'):>26}")
            print(f"\n{options.rounds} rounds of {options.seconds:g} s, interleaved; median (least–most); ratios within one round.")
            print("The JWT rows send one token over and over, which the gateway remembers; the row \"new\" sends another each time.")
        finally:
            stop(started)


if __name__ == "__main__":
    main()
