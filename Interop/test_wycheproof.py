"""C2SP/wycheproof's encrypted tokens through the command, as its users meet them."""

import base64
import json
import os
from pathlib import Path

import pytest

from signet_process import run

VECTORS = Path(os.environ.get("SIGNET_VECTORS") or "/nowhere") / "wycheproof/jose"
# Valid by their label, refused here: RSA1_5 is never accepted (RFC 8725 section 3.2).
REFUSED_BY_POLICY = {100, 101, 102, 103, 104, 105, 112, 128}
# Labelled invalid for readers of the compact form alone: the token in JSON form, which the command reads as well.
OPENED_IN_JSON = {22: b"foo"}

pytestmark = pytest.mark.skipif(
    not VECTORS.is_dir(), reason="SIGNET_VECTORS names no folder with the public test vectors; `make vectors` tells more")


def cases():
    document = json.loads((VECTORS / "json_web_encryption_test.json").read_text())
    return [(group["private"], case) for group in document["testGroups"] for case in group["tests"]]


def answers(asked, *options):
    lines = "".join(json.dumps({"token": case["jwe"], "key": key}) + "\n" for key, case in asked)
    done = run("decrypt", "--batch", *options, stdin=lines)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_encrypted_token_gets_the_right_answer():
    asked = cases()
    told = answers(asked, "--allow-compression")
    assert len(asked) == len(told) == 139
    wrong = []
    for (_, case), answer in zip(asked, told):
        if case["tcId"] in REFUSED_BY_POLICY:
            assert case["result"] == "valid"
            is_right = not answer["ok"]
        elif case["result"] == "valid" or case["tcId"] in OPENED_IN_JSON:
            content = OPENED_IN_JSON.get(case["tcId"]) or bytes.fromhex(case["pt"])
            plain = answer.get("plaintext")
            is_right = plain is not None and base64.urlsafe_b64decode(plain + "==") == content
        else:
            is_right = not answer["ok"]
        if not is_right:
            wrong.append((case["tcId"], case["comment"], answer))
    assert not wrong


def test_compressed_content_is_opened_only_where_that_is_asked_for():
    def header(token):
        return json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))

    asked = [
        (key, case) for key, case in cases() if case["result"] == "valid" and header(case["jwe"]).get("zip") == "DEF"]
    assert asked
    for answer in answers(asked):
        assert answer["code"] == "compression-not-allowed"
        assert "--allow-compression" in answer["detail"]
    for answer in answers(asked, "--allow-compression"):
        assert answer["ok"]
