#!/usr/bin/env python3
"""What each operation of the token library may cost in instructions and heap allocations, against budgets.json.

Counted, not timed: callgrind's instructions for two numbers of the same operation, and the difference of the two, so that
starting and making keys cost nothing; allocations by a counter in front of malloc. Another machine of the same kind counts
the same to within the tolerance, whatever else it does. callgrind shows programs a processor without SHA instructions, so
hashes cost more here than in life; the rows without a primitive (around, decode, scan, json, base64url, jwks) do not.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent.parent
BUDGETS = BENCHMARKS / "budgets.json"
# How many of an operation are done: enough to drown the start's small differences, few enough for a minute in all.
COUNTS = {"verify": 40, "sign": 400, "around": 400, "decode": 400, "scan": 1_000, "json": 1_000, "base64url": 2_000, "jwks": 100, "cache": 4_000}
FEW = {"HS256": 400}
TOLERANCE = 0.05


def run(command: list[str]) -> subprocess.CompletedProcess:
    environment = os.environ | {"SWIFT_DETERMINISTIC_HASHING": "1"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)


def output(command: list[str]) -> str:
    done = run(command)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def instructions(program: list[str], count: int) -> int:
    done = run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *program, str(count)])
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not found:
        sys.exit(f"callgrind: {done.stderr.strip()[-600:]}")
    return int(found.group(1))


def measure(binary: str, folder: str, operation: str) -> dict:
    """Instructions and allocations of one operation."""
    alg, op = operation.split()
    count = FEW.get(alg, COUNTS[op]) if op == "verify" else COUNTS[op]
    program = [binary, "run", folder, alg, op]
    once, twice = instructions(program, count), instructions(program, 2 * count)
    allocations = int(output([*program, "1000"])) / 1000
    return {"instructions": round((twice - once) / count), "allocations": round(allocations, 2)}


def complaints(found: dict, budgets: dict) -> list[str]:
    result = []
    for operation, own in found.items():
        budget = budgets.get(operation)
        if budget is None:
            result.append(f"{operation}: no budget")
            continue
        most = budget["instructions"] * (1 + budget.get("tolerance", TOLERANCE))
        if own["instructions"] > most:
            result.append(f"{operation}: {own['instructions']} instructions; the budget is {budget['instructions']}")
        if own["allocations"] > budget["allocations"] + 0.02:
            result.append(f"{operation}: {own['allocations']} allocations; the budget is {budget['allocations']}")
    return result + [f"{operation}: has a budget but is not there" for operation in budgets if operation not in found]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--binary", default=str(BENCHMARKS / ".build/release/bench-budget"))
    options.add_argument("--update", action="store_true", help="write what was counted as the new budgets; say why in the commit")
    options = options.parse_args()
    if platform.machine() not in ("x86_64", "AMD64") or not sys.platform.startswith("linux"):
        print("budgets are for x86_64 Linux: nothing was checked here")
        return 0

    with tempfile.TemporaryDirectory(prefix="signet-budget-") as folder:
        # valgrind stumbles over the compiler's debugging information, which nothing here needs.
        binary = str(Path(folder) / "bench-budget")
        output(["strip", "--strip-debug", "-o", binary, options.binary])
        output([binary, "make", folder])
        operations = output([binary, "list", folder]).splitlines()
        with ThreadPoolExecutor(2) as pool:
            found = dict(zip(operations, pool.map(lambda name: measure(binary, folder, name), operations)))

    record = json.loads(BUDGETS.read_text()) if BUDGETS.exists() else {"operations": {}}
    budgets = record["operations"]
    print(f"{'':18} {'instructions':>13} {'budget':>10} {'allocations':>12} {'budget':>8}")
    for operation, own in found.items():
        budget = budgets.get(operation, {"instructions": "–", "allocations": "–"})
        print(f"{operation:18} {own['instructions']:>13} {budget['instructions']:>10} {own['allocations']:>12} {budget['allocations']:>8}")

    if options.update:
        kept = {operation: budgets.get(operation, {}).get("tolerance") for operation in found}
        record["operations"] = {
            operation: own | ({"tolerance": kept[operation]} if kept[operation] else {}) for operation, own in found.items()}
        record["note"] = f"Instructions under callgrind, x86_64 Linux; tolerance {TOLERANCE} unless said. jwt/check_budgets.py --update."
        BUDGETS.write_text(json.dumps(record, indent=2) + "\n")
        print(f"wrote {BUDGETS.name}")
        return 0
    result = complaints(found, budgets)
    for complaint in result:
        print(complaint, file=sys.stderr)
    for operation, own in found.items():
        if operation in budgets and own["instructions"] < 0.8 * budgets[operation]["instructions"]:
            print(f"{operation}: a fifth below its budget; lower it with --update")
    print(f"{len(found)} operations, {len(result)} over budget or without one")
    return 1 if result else 0


if __name__ == "__main__":
    sys.exit(main())
