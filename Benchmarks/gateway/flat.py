#!/usr/bin/env python3
"""What a request costs beside much that it does not need: CPU per proxied request with 1 and 10,000 APIs, and with 1 and
10,000 consumers and keys, each pair in the same run.

The figure is the processor's time of the gateway's process divided by the responses that wrk counted, as in measure.py.
"""

import argparse
import os
import subprocess
import tempfile
from pathlib import Path

from measure import Nginx, Target, free_port, pinned, spread, stop, wait_for_port


class Gateway:
    """A gateway with so many APIs and so many consumers; the last one of each is asked for."""

    def __init__(self, folder: Path, name: str, binary: str, upstream: int, apis: int, consumers: int):
        self.folder = folder / name
        self.folder.mkdir()
        self.port = free_port()
        lines = [f"upstreams: {{ bench: http://127.0.0.1:{upstream} }}", "apis:"]
        access = "api-key" if consumers else "anonymous"
        lines += [f"  api-{number}: {{ path: /bench/{number}, upstream: bench, access: {access} }}" for number in range(apis)]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("SIGNET_")}
        if consumers:
            lines += ["consumers:"] + [f"  c{number}: C" for number in range(consumers)]
            lines += ["credentials:"]
            for number in range(consumers):
                environment[f"K{number}"] = f"key-of-consumer-{number:06}"
                lines.append(f"  k{number}: {{ consumer: c{number}, secret: {{ env: K{number} }} }}")
            self.key = environment[f"K{consumers - 1}"]
        else:
            self.key = None
        (self.folder / "signet.yaml").write_text("\n".join(lines) + "\n")
        self.process = subprocess.Popen(
            [binary, "serve", "--data", str(self.folder / "data"), "--config", str(self.folder / "signet.yaml"),
             "--control", f"localhost:{free_port()}", "--gateway", f"127.0.0.1:{self.port}"],
            preexec_fn=pinned(1), env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=(self.folder / "log").open("w"))
        # Ten seconds each: thousands of consumers take minutes to be read in on a busy machine.
        for patience in range(30, 0, -1):
            try:
                return wait_for_port(self.port, self.process)
            except SystemExit:
                if patience == 1 or self.process.poll() is not None:
                    raise

    def target(self, name: str, api: int) -> Target:
        target = Target(name, f"http://127.0.0.1:{self.port}/bench/{api}/orders", self.process.pid)
        if self.key:
            target.headers.append(f"X-API-Key: {self.key}")
        return target


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--binary", default=".build/release/signet")
    options.add_argument("--many", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=float, default=2.0)
    options = options.parse_args()
    binary = str(Path(options.binary).resolve())
    started = []
    with tempfile.TemporaryDirectory(prefix="signet-flat-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        try:
            upstream = Nginx(folder, "upstream", "return 200 'hello';", core=0)
            started.append(upstream.process)
            targets = []
            for title, apis, consumers in (
                ("1 API", 1, 0), (f"{options.many} APIs", options.many, 0),
                ("1 consumer", 1, 1), (f"{options.many} consumers", 1, options.many),
            ):
                gateway = Gateway(folder, title.replace(" ", "-"), binary, upstream.port, apis, consumers)
                started.append(gateway.process)
                targets.append(gateway.target(title, apis - 1))
            for target in targets:
                target.measure(1, 0, keep=False)
            for _ in range(options.rounds):
                for target in targets:
                    target.measure(options.seconds, 0, keep=True)
            print(f"{'':20}  {'CPU us/request':>22}  {'ratio to one':>20}")
            for index, target in enumerate(targets):
                ratios = [own / one for own, one in zip(target.cpu, targets[index // 2 * 2].cpu)]
                print(f"{target.name:20}  {spread(target.cpu, '.1f'):>22}  {spread(ratios, '.2f'):>20}")
        finally:
            stop(started)


if __name__ == "__main__":
    main()
