#!/usr/bin/env python3
"""What a gateway to language models costs: CPU per chat request and per streamed chunk, of Signet, of a byte relay (nginx) and
of LiteLLM's proxy in the same run, before the same provider.

The processor's time of each gateway's process tree is read from /proc before and after a fixed number of requests. The price
of a chunk is what a stream of many costs more than one of few, divided by the difference. Signet checks a JWT and keeps a
budget and its ledger; LiteLLM compares one key, without a budget (it would need a database); nginx passes bytes on.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "gateway"))

from measure import Nginx, cpu_seconds, free_port, pinned, spread, stop, version, wait_for_port  # noqa: E402

FEW, MANY, CONNECTIONS = 10, 210, 32
TALK = "It was a quiet night in the harbour and the two of us were waiting for the ferry. " * 4
OPENAI = {"messages": [
    {"role": "system", "content": "You answer in short and plain sentences."}, {"role": "user", "content": TALK},
    {"role": "assistant", "content": "I see."}, {"role": "user", "content": "What burns in the harbour?"}],
    "temperature": 0.5, "max_tokens": 400}
ANTHROPIC = {**OPENAI, "system": OPENAI["messages"][0]["content"], "messages": OPENAI["messages"][1:]}
SIGNET = """
issuers: {{ bench: {{ issuer: "https://bench.example", keys: {{ file: ./keys.json }} }} }}
providers: {{ local: {{ kind: openai, address: "http://127.0.0.1:{port}/v1", keys: [{{ env: PROVIDER_KEY }}] }} }}
models:
{models}
prices:
{prices}
budgets: {{ each: {{ amount: 100000000, period: day, per: subject }} }}
apis:
  ai: {{ path: /ai, models: true, access: {{ jwt: {{ issuer: bench, audience: bench, claims: [exp, sub] }} }} }}
"""
MODELS = ("whole", f"chunks-{FEW}", f"chunks-{MANY}")


class Gateway:
    """A process under measurement, and how it is asked."""

    prefix = ""
    dialects = ("openai", "anthropic")

    def __init__(self, name: str):
        self.name, self.fields = name, {"Authorization": "Bearer bench"}

    @property
    def pid(self) -> int:
        return self.process.pid


class Relay(Gateway):
    """nginx, which passes on each piece as it comes."""

    dialects = ("openai",)

    def __init__(self, folder: Path, provider: int, core: int):
        super().__init__("nginx, relay")
        pool = f"upstream pool {{ server 127.0.0.1:{provider}; keepalive 64; keepalive_requests 100000000; }}"
        setting = 'proxy_pass http://pool; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off;'
        nginx = Nginx(folder, "relay", setting, pool, core=core)
        self.process, self.port = nginx.process, nginx.port


class Signet(Gateway):
    prefix = "/ai"

    def __init__(self, folder: Path, binary: str, provider: int, core: int):
        super().__init__("signet")
        home = folder / "signet"
        home.mkdir()
        command = [binary, "keygen", "ES256", "--id", "bench", "--out", str(home / "key.json"),
                   "--public-out", str(home / "public.json")]
        subprocess.run(command, check=True)
        (home / "keys.json").write_text(json.dumps({"keys": [json.loads((home / "public.json").read_text())]}))
        token = subprocess.run(
            [binary, "sign", "--key", str(home / "key.json"), "--issuer", "https://bench.example", "--subject", "caller-1",
             "--audience", "bench", "--expires-in", "7200"], check=True, capture_output=True, text=True).stdout.strip()
        self.fields = {"Authorization": f"Bearer {token}"}
        models = [f"  {name}: {{ deployments: {{ provider: local, model: {name} }} }}" for name in MODELS]
        prices = [f"  {name}: {{ provider: local, model: {name}, input: 0.25, output: 2.00 }}" for name in MODELS]
        (home / "signet.yaml").write_text(SIGNET.format(port=provider, models="\n".join(models), prices="\n".join(prices)))
        self.port = free_port()
        environment = {key: value for key, value in os.environ.items() if not key.startswith("SIGNET_")}
        self.process = subprocess.Popen(
            [binary, "serve", "--data", str(home / "data"), "--config", str(home / "signet.yaml"),
             "--control", f"localhost:{free_port()}", "--gateway", f"127.0.0.1:{self.port}"],
            preexec_fn=pinned(core), env={**environment, "PROVIDER_KEY": "bench"}, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=(home / "log").open("w"))
        wait_for_port(self.port, self.process)


class LiteLLM(Gateway):
    def __init__(self, folder: Path, provider: int, core: int):
        super().__init__("LiteLLM")
        home = folder / "litellm"
        home.mkdir()
        address = f"http://127.0.0.1:{provider}/v1"
        models = [{"model_name": name, "litellm_params": {"model": f"openai/{name}", "api_base": address, "api_key": "bench"}}
                  for name in MODELS]
        # JSON is YAML. Without the last setting it would ask the provider in the form of OpenAI's Responses.
        settings = {"telemetry": False, "use_chat_completions_url_for_anthropic_messages": True}
        (home / "config.yaml").write_text(json.dumps({
            "model_list": models, "general_settings": {"master_key": "sk-bench"}, "litellm_settings": settings}))
        self.fields, self.port = {"Authorization": "Bearer sk-bench"}, free_port()
        environment = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR", "HOME": str(home),
                       "NO_PROXY": "127.0.0.1"}
        self.process = subprocess.Popen(
            [str(HERE / ".venv/bin/litellm"), "--config", str(home / "config.yaml"), "--host", "127.0.0.1",
             "--port", str(self.port), "--num_workers", "1"],
            preexec_fn=pinned(core), env=environment, stdin=subprocess.DEVNULL, stdout=(home / "log").open("w"),
            stderr=subprocess.STDOUT)
        # It imports for half a minute and more on a busy machine.
        for patience in range(20, 0, -1):
            try:
                return wait_for_port(self.port, self.process)
            except SystemExit:
                if patience == 1 or self.process.poll() is not None:
                    sys.exit((home / "log").read_text()[-3000:])


class Row:
    """One gateway, asked in one dialect, whole or streamed."""

    def __init__(self, gateway: Gateway, dialect: str, requests: int):
        self.gateway, self.dialect, self.requests = gateway, dialect, requests
        self.name = f"{gateway.name}, {dialect} in"
        self.whole: list[float] = []
        self.chunk: list[float] = []

    def _ask(self, model: str, requests: int) -> float:
        """Seconds of the processor for each request."""
        openai = self.dialect == "openai"
        body = {"model": model, **(OPENAI if openai else ANTHROPIC)}
        if model != "whole":
            body["stream"] = True
            body |= {"stream_options": {"include_usage": True}} if openai else {}
        fields = self.gateway.fields | ({} if openai else {"anthropic-version": "2023-06-01"})
        words = 20 if model == "whole" else int(model.split("-")[1])
        order = {
            "port": self.gateway.port, "path": self.gateway.prefix + ("/v1/chat/completions" if openai else "/v1/messages"),
            "fields": fields, "body": json.dumps(body), "connections": CONNECTIONS, "requests": requests, "words": words,
            "word": "lantern"}
        before = cpu_seconds(self.gateway.pid)
        done = subprocess.run(
            [sys.executable, str(HERE / "load.py")], input=json.dumps(order), capture_output=True, text=True, timeout=180,
            preexec_fn=pinned(0))
        if done.returncode:
            sys.exit(f"{self.name}, {model}: {done.stderr.strip()[-1500:]}")
        return (cpu_seconds(self.gateway.pid) - before) / json.loads(done.stdout)["answers"]

    def measure(self, share: float, keep: bool):
        requests = max(CONNECTIONS, int(self.requests * share))
        whole = self._ask("whole", requests)
        streams = max(CONNECTIONS, requests // 20)
        few, many = self._ask(f"chunks-{FEW}", streams), self._ask(f"chunks-{MANY}", streams)
        if keep:
            self.whole.append(whole * 1e6)
            self.chunk.append((many - few) / (MANY - FEW) * 1e6)


def table(rows: list[Row], what: str, title: str):
    first = getattr(rows[0], what)
    print(f"\n{title:32}  {'CPU us':>24}  {'ratio to nginx':>20}")
    for row in rows:
        values = getattr(row, what)
        ratios = [own / max(other, 1e-9) for own, other in zip(values, first)]
        print(f"{row.name:32}  {spread(values, '.1f'):>24}  {spread(ratios, '.2f'):>20}")
    for row in rows:
        if row.gateway.name == "LiteLLM":
            same = next(each for each in rows if each.gateway.name == "signet" and each.dialect == row.dialect)
            ratios = [other / max(own, 1e-9) for own, other in zip(getattr(same, what), getattr(row, what))]
            print(f"{row.name} costs {spread(ratios, '.1f')} times what {same.name} costs")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--binary", default=os.environ.get("SIGNET_BINARY", ".build/release/signet"))
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--requests", type=int, default=8_000, help="of each row of Signet and nginx; LiteLLM gets a fortieth")
    options.add_argument("--without-litellm", action="store_true")
    options = options.parse_args()
    binary = str(Path(options.binary).resolve())
    started: list[subprocess.Popen] = []
    with tempfile.TemporaryDirectory(prefix="signet-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        try:
            port = free_port()
            provider = subprocess.Popen([sys.executable, str(HERE / "provider.py"), str(port)], preexec_fn=pinned(0))
            started.append(provider)
            wait_for_port(port, provider)
            gateways: list[Gateway] = []
            for make in (lambda: Relay(folder, port, 1), lambda: Signet(folder, binary, port, 1),
                         *([] if options.without_litellm else [lambda: LiteLLM(folder, port, 1)])):
                gateways.append(make())
                started.append(gateways[-1].process)
            print(f"Chat completions of one provider, {CONNECTIONS} connections; gateways on one core, the rest on another.")
            print(f"signet {version(binary, '--version')} | {version('/usr/sbin/nginx', '-v')}", end="")
            print("" if options.without_litellm else f" | LiteLLM {litellm_version()}")
            rows = [
                Row(gateway, dialect, options.requests // (40 if gateway.name == "LiteLLM" else 1))
                for gateway in gateways for dialect in gateway.dialects]
            for row in rows:
                progress(f"warming up {row.name}")
                row.measure(0.1, keep=False)
            for number in range(options.rounds):
                for row in rows:
                    progress(f"round {number + 1} of {options.rounds}, {row.name}")
                    row.measure(1, keep=True)
            table(rows, "whole", "a whole answer")
            table(rows, "chunk", "a chunk of a stream")
            print(f"\n{options.rounds} rounds, interleaved; median (least–most); ratios within one round.")
        finally:
            stop(started)


def progress(text: str):
    print(text, file=sys.stderr, flush=True)


def litellm_version() -> str:
    code = "import importlib.metadata; print(importlib.metadata.version('litellm'))"
    return version(str(HERE / ".venv/bin/python"), "-c", code)


if __name__ == "__main__":
    main()
