#!/usr/bin/env python3
"""How many tokens the token service makes and looks at in a second, what it holds in memory, and how soon it is ready.

Server and load generator share the machine. Rates stand beside what one core could sign or verify (`signet`'s own library,
measured by bench-jwt), so nothing here is compared across machines.
"""

import argparse
import base64
import hashlib
import http.client
import itertools
import json
import os
import re
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
# Who refreshes at the same time.
CALLERS = 16
BINARY = os.environ.get("SIGNET_BINARY", str(ROOT / ".build/release/signet"))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()

    def start(self):
        started = time.monotonic()
        self.process = subprocess.Popen(
            [BINARY, "serve", "--data", str(self.folder), "--control", f"localhost:{self.port}", "--gateway", f"127.0.0.1:{free_port()}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.process.stdout:
            if line.startswith("signet is ready"):
                self.ready = time.monotonic() - started
                threading.Thread(target=self.process.stdout.read, daemon=True).start()
                return self
        raise SystemExit("the server did not become ready")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def memory(self):
        """Resident memory in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024

    def client(self, name, algorithm):
        done = subprocess.run(
            [BINARY, "client", "create", name, "--grant", "client_credentials", "--scope", "orders", "--access-token-alg", algorithm,
             "--data", str(self.folder), "--json"], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        secret = json.loads(done.stdout)["client_secret"]
        return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()

    def form(self, path, form, basic):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("POST", path, urlencode(form), {
            "Content-Type": "application/x-www-form-urlencoded", "Authorization": basic, "Host": f"localhost:{self.port}"})
        answer = connection.getresponse()
        body = json.loads(answer.read())
        assert answer.status == 200, body
        return body


def load(server, folder, path, form, basic, seconds):
    """Requests a second with 32 connections, after a second of warming up; no answer may be another than 200."""
    script = folder / "request.lua"
    script.write_text(
        f"wrk.method = 'POST'\nwrk.body = {json.dumps(urlencode(form))}\n"
        f"wrk.headers['Content-Type'] = 'application/x-www-form-urlencoded'\nwrk.headers['Authorization'] = {json.dumps(basic)}\n")
    command = ["wrk", "-t1", "-c32", "--latency", "-s", str(script), f"http://127.0.0.1:{server.port}{path}"]
    subprocess.run([*command, "-d1s"], capture_output=True, check=True)
    told = subprocess.run([*command, f"-d{seconds}s"], capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in told, told
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", told).group(1))
    return rate, re.search(r"99%\s+(\S+)", told).group(1)


def fill(folder, users, sessions):
    """Rows as the server would write them, put there while it does not run.

    Returns the refresh tokens of the first sessions, one for each caller of `refreshes`."""
    database = sqlite3.connect(folder / "signet.db")
    now = int(time.time())
    known = [secrets.token_bytes(32) for _ in range(CALLERS)]
    with database:
        database.executemany(
            "INSERT INTO users (id, name, roles, password, state, created, changed) VALUES (?, ?, '[\"user\"]', 'x', 'active', ?, ?)",
            ((f"usr_{number:022}", f"user-{number}", now, now) for number in range(users)))
        database.executemany(
            "INSERT INTO refresh_families (id, user_id, state, created, expires, access_expires) VALUES (?, ?, 'live', ?, ?, ?)",
            ((f"ses_{number:022}", f"usr_{number % users:022}", now, now + 86_400, now) for number in range(sessions)))
        database.executemany(
            "INSERT INTO refresh_tokens (hash, family_id, state, expires) VALUES (?, ?, 'live', ?)",
            ((hashlib.sha256(secret).digest() if secret else secrets.token_bytes(32), f"ses_{number:022}", now + 86_400)
             for number, secret in zip(range(sessions), itertools.chain(known, itertools.repeat(None)))))
    database.close()
    return ["sgr_" + base64.urlsafe_b64encode(secret).rstrip(b"=").decode() for secret in known]


def refreshes(server, tokens, seconds):
    """Refreshes a second, one caller and connection for each session, after a second of warming up."""
    begin = time.monotonic() + 1
    counts = [0] * len(tokens)

    def call(number):
        token = tokens[number]
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        while (now := time.monotonic()) < begin + seconds:
            connection.request("POST", "/refresh", json.dumps({"refresh_token": token}), {
                "Content-Type": "application/json", "Host": f"localhost:{server.port}"})
            answer = connection.getresponse()
            body = json.loads(answer.read())
            if answer.status != 200:
                return
            token = body["refresh_token"]
            counts[number] += now >= begin
        tokens[number] = None

    callers = [threading.Thread(target=call, args=(number,)) for number in range(len(tokens))]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert not any(tokens), "a refresh was refused"
    return sum(counts) / seconds


def compare_refreshes(sessions, seconds):
    """What stored live sessions cost a refresh of one of them."""
    first = None
    for count in sessions:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "data"
            Server(folder).start().stop()
            tokens = fill(folder, count, count)
            server = Server(folder).start()
            try:
                rate = refreshes(server, tokens, seconds)
            finally:
                server.stop()
        first = first or rate
        print(f"refresh, {count:,} live sessions: {rate:,.0f} a second, {rate / first:.2f} of the rate with {sessions[0]:,}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=8, help="for each row")
    parser.add_argument("--people", type=int, default=100_000, help="users and live sessions for the second half")
    parser.add_argument(
        "--sessions", type=int, nargs="+", default=[1_000, 100_000], help="live sessions beside which refreshes are counted")
    parser.add_argument("--refreshes", action="store_true", help="only count refreshes")
    options = parser.parse_args()
    compare_refreshes(options.sessions, options.seconds)
    if options.refreshes:
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = Server(folder / "data").start()
        try:
            time.sleep(1)
            print(f"idle: {server.memory():.0f} MB, ready after {server.ready * 1_000:.0f} ms")
            for algorithm in ("Ed25519", "ES256"):
                basic = server.client(f"service-{algorithm.lower()}", algorithm)
                grant = {"grant_type": "client_credentials"}
                rate, slow = load(server, folder, "/token", grant, basic, options.seconds)
                print(f"client credentials, {algorithm}: {rate:,.0f} a second, 99 % within {slow}")
                token = server.form("/token", grant, basic)["access_token"]
                rate, slow = load(server, folder, "/introspect", {"token": token}, basic, options.seconds)
                print(f"introspection, {algorithm}: {rate:,.0f} a second, 99 % within {slow}")
            print(f"after that: {server.memory():.0f} MB")
        finally:
            server.stop()
        fill(folder / "data", options.people, options.people)
        server = Server(folder / "data").start()
        try:
            time.sleep(1)
            print(f"with {options.people:,} users and as many live sessions: {server.memory():.0f} MB, ready after {server.ready * 1_000:.0f} ms")
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
