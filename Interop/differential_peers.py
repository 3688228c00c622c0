"""Other implementations, each behind the same question: do you accept this token with this key?

Each is used the way its documentation says, by somebody careful: the one algorithm that the case is about is listed,
and nothing else. `answers(cases)` gives True, False, or None where a peer does not know the algorithm or is not asked.
"""

import json
import os
import shutil
import subprocess
import tempfile
import warnings
from pathlib import Path

from differential_keys import CURVES, HMACS, RSAS

HERE = Path(__file__).resolve().parent
NIST = ["ES256", "ES384", "ES512"]


class Peer:
    name = ""
    algorithms: set = set()
    judges_claims = True
    missing: str | None = None
    """Why it cannot be asked here, where it cannot."""

    def asks(self, case) -> bool:
        return case.alg in self.algorithms and (self.judges_claims or not case.claims)

    def accepts(self, case):
        """True, or what is in the token where that is compared too; whatever is raised says no."""
        raise NotImplementedError

    def answers(self, cases) -> list:
        answers = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for case in cases:
                try:
                    answers.append(self.accepts(case) if self.asks(case) else None)
                except Exception:  # noqa: BLE001  (a peer's way of saying no)
                    answers.append(False)
        return answers


class Joserfc(Peer):
    name = "joserfc"
    algorithms = {*HMACS, *RSAS, *CURVES, "Ed25519", "Ed448"}

    def accepts(self, case):
        from joserfc import jws, jwt
        from joserfc.jwk import KeySet, import_key

        key = KeySet.import_key_set(case.key) if "keys" in case.key else import_key(case.key)
        if case.claims:
            token = jwt.decode(case.token, key, algorithms=[case.alg])
            jwt.JWTClaimsRegistry(leeway=30).validate(token.claims)
        else:
            jws.deserialize_compact(case.token.encode(), key, algorithms=[case.alg])
        return True


class JWCrypto(Peer):
    name = "jwcrypto"
    algorithms = {*HMACS, *RSAS, *CURVES, "Ed25519", "Ed448", "ML-DSA-65", "ML-DSA-87"}

    def accepts(self, case):
        from jwcrypto import jwk, jws, jwt

        if "keys" in case.key:
            key = jwk.JWKSet.from_json(json.dumps(case.key))
        else:
            key = jwk.JWK.from_json(json.dumps(case.key))
        if case.claims:
            jwt.JWT(jwt=case.token, key=key, algs=[case.alg])
        else:
            token = jws.JWS()
            token.allowed_algs = [case.alg]
            token.deserialize(case.token, key)
        return True


class PyJWT(Peer):
    name = "PyJWT"
    algorithms = {*HMACS, *RSAS, *CURVES}

    def accepts(self, case):
        import jwt

        if "keys" in case.key:
            keys = jwt.PyJWKSet.from_dict(case.key)
            kid = jwt.get_unverified_header(case.token).get("kid")
            key = keys[kid] if kid else keys.keys[0]
        else:
            key = jwt.PyJWK.from_dict(case.key)
        if case.claims:
            jwt.decode(case.token, key, algorithms=[case.alg], leeway=30, options={"verify_aud": False})
        else:
            jwt.api_jws.PyJWS().decode_complete(case.token, key, algorithms=[case.alg])
        return True


class Node(Peer):
    name = "node"
    algorithms = {*HMACS, *RSAS, *CURVES, "Ed25519", "Ed448"}
    judges_claims = False

    def __init__(self):
        self.missing = None if shutil.which("node") else "node is not installed"

    def answers(self, cases):
        asked = [case for case in cases if self.asks(case)]
        lines = "".join(json.dumps({"token": case.token, "key": case.key, "alg": case.alg}) + "\n" for case in asked)
        done = subprocess.run(
            ["node", str(HERE / "differential_verify.mjs")], input=lines.encode(), capture_output=True, timeout=3600,
            check=True)
        said = iter(done.stdout.decode().split())
        answers = [next(said) == "true" if self.asks(case) else None for case in cases]
        assert next(said, None) is None
        return answers


class Latchset(Peer):
    """Debian's package `jose`: one process for each token, so one token of many is asked."""

    name = "jose"
    # Its version 11 names the curve of ES256K otherwise than RFC 8812 does, and reads no such key.
    algorithms = {*HMACS, *RSAS, *NIST}
    judges_claims = False

    def __init__(self):
        self.missing = None if shutil.which("jose") else "the package jose is not installed"
        self.one_of = 1

    def answers(self, cases):
        most = int(os.environ.get("SIGNET_DIFFERENTIAL_JOSE", "2000"))
        self.one_of = max(1, -(-len(cases) // most))
        answers = []
        with tempfile.NamedTemporaryFile("w", suffix=".jwk") as file:
            for index, case in enumerate(cases):
                asked = index % self.one_of == 0 and self.asks(case) and "\0" not in case.token
                answers.append(self.ask(case, file) if asked else None)
        return answers

    @staticmethod
    def ask(case, file) -> bool:
        file.seek(0)
        file.truncate()
        file.write(json.dumps(case.key))
        file.flush()
        done = subprocess.run(
            ["jose", "jws", "ver", "-i-", "-k", file.name], input=case.token.encode(), capture_output=True, timeout=20)
        return done.returncode == 0


PEERS = [Joserfc, JWCrypto, PyJWT, Node, Latchset]
