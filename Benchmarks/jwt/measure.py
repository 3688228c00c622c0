#!/usr/bin/env python3
"""Verify and sign, each algorithm: this library beside the bare primitives and beside other libraries, in one run.

All programs read the same keys and tokens, made anew, and are timed in turn, round after round; each ratio is within one
round, and the table has the median of the rounds with the least and the most. Figures of different runs do not compare.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from contestants import Contestant

BENCHMARKS = Path(__file__).resolve().parent.parent
PEERS = ("jsonwebtoken", "golang-jwt", "libjwt", "cjose", "node", "joserfc", "PyJWT", "jwt-kit")
MAIN_ALGORITHMS = ("HS256", "RS256", "PS256", "ES256", "ES384", "ES512", "ES256K", "Ed25519", "Ed448", "ML-DSA-65")
# What nobody else does, and is not compared: name of the row, and what it is.
STEPS = (
    ("around", "all of a verify but the primitive: split, base64url, header, key, claims, policy"),
    ("decode", "split, header and claims, without a policy"), ("scan", "the payload, checked, its members found"),
    ("json", "the payload, from text to a tree"), ("base64url", "the payload, from text to bytes"),
    ("jwks", "a key set of one public RSA key, read and ready"),
    ("cache", "a hit in the verdict cache, 1,000 tokens in it"),
)
# What this project asks of itself: the most a full verify may take, as a multiple of the bare primitive, and the least that
# ours must be to the best peer. HMAC is compared with bare libcrypto, the least an HMAC can cost.
MOST_TIMES_BARE = {"HS256": 2.3, "RS256": 1.06, "PS256": 1.06, "ES256": 1.06, "Ed25519": 1.06, "ES384": 1.03, "ES512": 1.03,
                   "ML-DSA-65": 1.15, "ML-DSA-87": 1.15}
LEAST_TO_PEER = {("HS256", "verify"): 2.5, ("RS256", "verify"): 1.4, ("PS256", "verify"): 1.4, ("ES256", "verify"): 1.1,
                 ("HS256", "sign"): 2.0, ("ES256", "sign"): 1.3, ("Ed25519", "sign"): 1.3}
MOST_AROUND = 0.7  # microseconds
LEAST_HITS = 10e6  # verdict cache, a second


def commands() -> list[list[str]]:
    """What there is to run: peers/build makes it, and leaves out what this machine lacks."""
    built = BENCHMARKS / ".build-peers"
    candidates = [
        [str(BENCHMARKS / ".build/release/bench-jwt")], [str(built / "openssl")],
        [str(built / "rust/release/jsonwebtoken-peer")], [str(built / "golang-jwt")], [str(built / "libjwt")], [str(built / "cjose")],
        ["node", str(BENCHMARKS / "peers/node/peer.mjs")],
        [str(BENCHMARKS / ".venv/bin/python"), str(BENCHMARKS / "peers/python/peer.py")],
        [str(built / "jwt-kit/release/JWTKitPeer")],
    ]
    return [command for command in candidates if all(Path(part).exists() for part in command if "/" in part)]


class Run:
    """All programs of one run and what they answered: a list of rates, one for each round, for each row."""

    def __init__(self, options, material: Path):
        self.options = options
        self.contestants: list[Contestant] = []
        self.owner: dict[tuple[str, str, str], Contestant] = {}
        self.about: dict[str, str] = {}
        self.rates: dict[tuple[str, str, str], list[float]] = {}
        for command in commands():
            if options.no_peers and not command[0].endswith(("bench-jwt", "openssl")):
                continue
            try:
                contestant = Contestant(command, material)
            except (OSError, RuntimeError) as error:
                print(f"left out: {error}", file=sys.stderr)
                continue
            self.contestants.append(contestant)
            self.about |= contestant.about
            self.owner |= {row: contestant for row in contestant.rows}
            for failure in contestant.failures:
                print(f"left out: {failure}", file=sys.stderr)

    def rows(self) -> list[tuple[str, str, str]]:
        """What is to be timed, in the order of one round: ours beside everybody else's of the same algorithm."""
        wanted = self.options.only or (MAIN_ALGORITHMS if not self.options.all else None)
        rows = [row for row in self.owner if wanted is None or row[1] in wanted]
        rows = [row for row in rows if not self.options.op or row[2] in self.options.op]
        return sorted(rows, key=lambda row: (row[1], row[2], row[0] != "signet"))

    def measure(self):
        rows = self.rows()
        share = min(self.options.seconds, self.options.limit / (len(rows) * (self.options.rounds + 0.5)))
        print(f"{len(rows)} rows, {self.options.rounds} rounds of {share:.2f} s each: about "
              f"{len(rows) * (self.options.rounds + 0.5) * share:.0f} s", flush=True)
        for row in rows:
            self.owner[row].rate(*row, share / 3)  # Warms up, and finds the size of a batch.
        for _ in range(self.options.rounds):
            for row in rows:
                self.rates.setdefault(row, []).append(self.owner[row].rate(*row, share))

    def end(self):
        for contestant in self.contestants:
            contestant.end()

    def ratios(self, alg: str, op: str, name: str) -> list[float]:
        """Ours to that one, round by round; above one, ours is faster. Empty where one of the two has no such row."""
        ours, theirs = self.rates.get(("signet", alg, op), []), self.rates.get((name, alg, op), [])
        return [own / other for own, other in zip(ours, theirs)]

    def bare(self, alg: str, op: str) -> str | None:
        """The backend whose bare primitive is the limit: the faster of the two, and libcrypto's for HMAC."""
        known = [name for name in ("swift-crypto", "openssl") if (name, alg, op) in self.rates]
        return max(known, key=lambda name: statistics.median(self.rates[name, alg, op]), default=None)

    def best_peer(self, alg: str, op: str) -> str | None:
        known = [name for name in PEERS if (name, alg, op) in self.rates]
        return max(known, key=lambda name: statistics.median(self.rates[name, alg, op]), default=None)


def spread(values: list[float], form: str = ".2f") -> str:
    if not values:
        return "–"
    return f"{statistics.median(values):{form}} ({min(values):{form}}–{max(values):{form}})"


def rate(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ")


def print_tables(run: Run):
    algorithms = list(dict.fromkeys(row[1] for row in sorted(run.rates, key=lambda row: ALGORITHM_ORDER.index(row[1]))))
    for op in ("verify", "sign"):
        if not any(row[2] == op for row in run.rates):
            continue
        print(f"\n{op:10} {'signet/s':>11} {'us':>9}  {'to swift-crypto':>18} {'to bare libcrypto':>18} {'to the best peer':>18}  which, its rate")
        for alg in algorithms:
            if ("signet", alg, op) not in run.rates:
                continue
            ours = statistics.median(run.rates["signet", alg, op])
            best = run.best_peer(alg, op)
            which = f"{best}, {rate(statistics.median(run.rates[best, alg, op]))}" if best else "no peer has it"
            print(f"{alg:10} {rate(ours):>11} {1e6 / ours:>9.2f}  {spread(run.ratios(alg, op, 'swift-crypto')):>18} "
                  f"{spread(run.ratios(alg, op, 'openssl')):>18} {spread(run.ratios(alg, op, best or '')):>18}  {which}")

    print(f"\n{'operations a second':20}" + "".join(f"{name:>14}" for name in COLUMNS))
    for op in ("verify", "sign"):
        for alg in algorithms:
            cells = [run.rates.get((name, alg, op)) for name in COLUMNS]
            if any(cells):
                print(f"{alg + ' ' + op:20}" + "".join(f"{rate(statistics.median(cell)) if cell else '–':>14}" for cell in cells))

    print("\nAround the primitive, us")
    for alg in algorithms:
        full, bare = run.rates.get(("signet", alg, "verify")), run.rates.get(("swift-crypto", alg, "verify"))
        cells = []
        if full and bare and (alg.startswith("HS") or run.bare(alg, "verify") == "swift-crypto"):
            cells.append(f"verify less swift-crypto's primitive {spread([1e6 / a - 1e6 / b for a, b in zip(full, bare)])}")
        if around := run.rates.get(("signet", alg, "around")):
            cells.append(f"done alone {spread([1e6 / value for value in around])}")
        if cells:
            print(f"  {alg:10} " + "; ".join(cells))
    for op, meaning in STEPS[1:]:
        for (name, alg, which), values in run.rates.items():
            if name == "signet" and which == op:
                print(f"  {op:10} {spread([1e6 / value for value in values], '.3f')}  {rate(statistics.median(values))}/s: {meaning}")


def print_wanted(run: Run):
    """Whether the figures of this run are those that the project asks for."""
    lines = []

    def judge(what: str, value: float, wanted: float, at_most: bool, note: str = ""):
        met = value <= wanted if at_most else value >= wanted
        lines.append(f"  {'met   ' if met else 'MISSED'}  {what:34} {value:10.2f}  wanted {'at most' if at_most else 'at least'} {wanted:g}{note}")

    for alg, most in MOST_TIMES_BARE.items():
        if (bare := run.bare(alg, "verify")) and (ratios := run.ratios(alg, "verify", bare)):
            judge(f"{alg} verify, times the bare {bare}", 1 / statistics.median(ratios), most, True)
    for (alg, op), least in LEAST_TO_PEER.items():
        if (peer := run.best_peer(alg, op)) and (ratios := run.ratios(alg, op, peer)):
            judge(f"{alg} {op} to the best peer", statistics.median(ratios), least, False, f" ({peer})")
    if around := run.rates.get(("signet", "RS256", "around")):
        judge("around the primitive, RS256, us", statistics.median(1e6 / value for value in around), MOST_AROUND, True)
    for (name, alg, op), values in run.rates.items():
        if op == "cache":
            judge("verdict cache, million hits/s", statistics.median(values) / 1e6, LEAST_HITS / 1e6, False)
    if ("openssl", "RS256", "sign") in run.rates and (ratios := run.ratios("RS256", "sign", "swift-crypto")):
        judge("RS256 sign to swift-crypto", statistics.median(ratios), 2.0, False, ", where the processor has AVX-512 IFMA")
    if lines:
        print("\nWhat the project asks of itself")
        print("\n".join(lines))


ALGORITHM_ORDER = ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
                   "ES256K", "Ed25519", "Ed448", "ML-DSA-65", "ML-DSA-87"]
COLUMNS = ("signet", "swift-crypto", "openssl", *PEERS)


def machine() -> str:
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), "unknown") if Path("/proc/cpuinfo").exists() else "unknown"
    flags = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    return f"{model}; AVX-512 IFMA {'yes' if 'avx512ifma' in flags else 'no'}, SHA {'yes' if 'sha_ni' in flags else 'no'}"


def parse() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--seconds", type=float, default=0.2, help="the most that one row takes in one round")
    options.add_argument("--limit", type=float, default=220, help="the most that all rounds take, in seconds; rows get less each")
    options.add_argument("--quick", action="store_true", help="3 rounds in 45 seconds, for a look")
    options.add_argument("--all", action="store_true", help="all algorithms, not one of each kind")
    options.add_argument("--only", nargs="+", metavar="ALG", help="only these algorithms")
    options.add_argument("--op", nargs="+", metavar="OP", help="only these operations, such as verify")
    options.add_argument("--no-peers", action="store_true", help="only the library and the bare primitives")
    options.add_argument("--json", metavar="FILE", help="write every figure of every round there")
    options = options.parse_args()
    if options.quick:
        options.rounds, options.limit = 3, 45
    return options


def main():
    options = parse()
    python = BENCHMARKS / ".venv/bin/python"
    with tempfile.TemporaryDirectory(prefix="signet-bench-") as name:
        subprocess.run([str(python), "-W", "ignore", str(BENCHMARKS / "jwt/material.py"), name], check=True)
        run = Run(options, Path(name))
        try:
            print(f"{time.strftime('%Y-%m-%d')}, {machine()}")
            for who, text in run.about.items():
                print(f"  {who:20} {text}")
            for who in PEERS:
                if who not in run.about and not options.no_peers:
                    print(f"  {who:20} not here: peers/build says what it needs")
            run.measure()
        finally:
            run.end()
    print_tables(run)
    print_wanted(run)
    print("\nRatios: ours to theirs within one round, median (least–most); above 1, ours is faster. \"To swift-crypto\" is the bare\n"
          "primitive of its public API, key ready (HMAC: a keyed value, copied); what its BoringSSL could do for HMAC below that\n"
          "API is not reachable, so bare libcrypto, with both pads hashed beforehand, stands for the least an HMAC can cost.\n"
          "Peers marked old are what the system's packages have; \"best peer\" means the best of these, not of all there are.")
    if options.json:
        record = {"machine": machine(), "about": run.about, "rates": {" ".join(row): values for row, values in run.rates.items()}}
        Path(options.json).write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
