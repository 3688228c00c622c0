"""The same verdict in the browser and at the command line, over vectors that others wrote and what becomes of them when they are
damaged."""

import json
import os
import random
from pathlib import Path

import pytest

from signet_process import run
from studio_page import StudioPage

VECTORS = Path(os.environ.get("SIGNET_VECTORS") or "/nowhere")
WANTED = 4_000
# WebCrypto has no arithmetic for these, here or anywhere; the page says so and gives no verdict.
NOT_IN_BROWSERS = {"ES256K", "Ed448", "EdDSA"}
# The terminal reads keys before it looks at the token: it names the key where the page names what is wrong with the token.
KEY_FIRST = {"key-unsupported", "key-malformed"}
JUDGE = """async cases => {
    const { bench } = await import('/studio/bench.js')
    const { askSignature } = await import('/studio/signature.js')
    const policy = { issuer: null, audience: null, type: null, leeway: 30, require: [], scopes: [] }
    const answers = []
    for (const { token, key } of cases) {
        const asked = { token, key: { text: key, form: 'auto' }, policy, now: 1800000000 }
        let told = bench.judge.ask('plan', asked)
        if (told.question) {
            const answer = await askSignature(told.question)
            told = answer.unable ? answer : bench.judge.ask('judge', { ...asked, signatureHolds: answer.holds })
        }
        answers.push(told.verdict ? [told.verdict, told.code ?? null] : ['none', told.unable])
    }
    return answers
}"""

pytestmark = pytest.mark.skipif(
    not VECTORS.is_dir(), reason="SIGNET_VECTORS names no folder with the public test vectors; `make vectors` tells more")


def vectors():
    for name in ("json_web_signature_test", "json_web_key_test", "json_web_crypto_test"):
        for group in json.loads((VECTORS / f"wycheproof/jose/{name}.json").read_text())["testGroups"]:
            key = json.dumps(group.get("public") or group.get("private"))
            for case in group["tests"]:
                if isinstance(case.get("jws"), str):
                    yield case["jws"], key
    for path in sorted((VECTORS / "jose-cookbook/jws").glob("*.json")):
        example = json.loads(path.read_text())
        if "compact" in example.get("output", {}) and isinstance(example["input"].get("key"), dict):
            yield example["output"]["compact"], json.dumps(example["input"]["key"])


def damaged(dice, token):
    """The token with one or two characters changed, dropped or added, or its parts moved."""
    parts = token.split(".")
    kind = dice.randrange(6)
    if kind == 0:
        place = dice.randrange(len(token) or 1)
        return token[:place] + dice.choice("ABCxyz019-_.=+/ ") + token[place + 1:]
    if kind == 1:
        place = dice.randrange(len(token) or 1)
        return token[:place] + token[place + 1:]
    if kind == 2:
        return token[:-dice.randrange(1, 5)]
    if kind == 3:
        return token + dice.choice(["A", "=", ".", "AAAA"])
    if kind == 4:
        dice.shuffle(parts)
        return ".".join(parts)
    return ".".join(parts[:2]) + "." + parts[-1][::-1]


def cases():
    """Tokens alone on their line: what stands around a pasted token is the page's matter, not the verifier's."""
    found = list(vectors())
    dice = random.Random(4_000)
    while len(found) < WANTED:
        token, key = dice.choice(found[:500])
        token = damaged(dice, token)
        if token.split() == [token]:
            found.append((token, key))
    return [{"token": token, "key": key} for token, key in found]


def test_both_give_the_same_verdict(request, chromium):
    asked = cases()
    lines = "".join(json.dumps({"token": case["token"], "key": json.loads(case["key"])}) + "\n" for case in asked)
    done = run("verify", "--batch", "--at", "1800000000", stdin=lines)
    assert done.returncode in (0, 1), done.stderr
    at_terminal = [json.loads(line) for line in done.stdout.splitlines()]
    address = os.environ.get("SIGNET_STUDIO") or request.getfixturevalue("demo").control
    with StudioPage(chromium, address + "/") as studio:
        in_browser = studio.page.evaluate(JUDGE, asked)
    assert len(at_terminal) == len(in_browser) == len(asked) >= WANTED
    different, without, refused_for_key = [], 0, 0
    for case, line, (verdict, code) in zip(asked, at_terminal, in_browser):
        if verdict == "none":
            # No verdict: the browser lacks the arithmetic, or the key cannot be used, and then the terminal refused as well.
            without += 1
            if line["ok"] and not any(name in code for name in NOT_IN_BROWSERS):
                different.append((case, line, code))
        elif verdict == "refused" and line.get("code") in KEY_FIRST:
            refused_for_key += 1
        elif line["ok"] != (verdict == "valid") or (not line["ok"] and line["code"] != code):
            different.append((case, line, verdict, code))
    # These payloads are no claims: whose signature holds is refused for that, and for nothing before it.
    held = sum(line.get("code", "").startswith("claims-") for line in at_terminal)
    print(f"{len(asked)} verdicts, {without} of them none in the browser, {refused_for_key} refused for the key, {held} signatures held")
    assert not different, (len(different), different[:3])
    assert without + refused_for_key < len(asked) / 10 and held > 50
