"""The peers joserfc and PyJWT, their keys parsed once. The exchange with the runner is in ../README.md."""

import sys
import time
import warnings
from importlib.metadata import version
from pathlib import Path

warnings.simplefilter("ignore")

import json

import joserfc.jwt
import jwt
from cryptography.hazmat.backends.openssl import backend
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

ISSUER, AUDIENCE, KEY_ID = "https://idp.example/realms/production", "https://api.example/orders", "benchmark-2026"
FOLDER = Path(sys.argv[1])
CLAIMS = json.loads((FOLDER / "claims.json").read_text())
KINDS = {"H": OctKey, "R": RSAKey, "P": RSAKey, "E": ECKey}


class JoseRFC:
    """The peer joserfc."""

    name = "joserfc"
    algorithms = "HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 ES256K Ed25519 Ed448".split()

    def __init__(self, alg: str):
        kind = OKPKey if alg.startswith("Ed") else KINDS[alg[0]]
        self.key = kind.import_key(json.loads((FOLDER / alg / "private.jwk").read_text()))
        self.public = kind.import_key(json.loads((FOLDER / alg / "public.jwk").read_text()))
        self.header = {"alg": alg, "kid": KEY_ID}
        self.registry = JWSRegistry(algorithms=[alg])
        self.claims = joserfc.jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": ISSUER}, aud={"essential": True, "value": AUDIENCE}, exp={"essential": True},
            sub={"essential": True})

    def verify(self, token: str):
        self.claims.validate(joserfc.jwt.decode(token, self.public, registry=self.registry).claims)

    def sign(self) -> str:
        return joserfc.jwt.encode(self.header, CLAIMS, self.key, registry=self.registry)


class PyJWT:
    """The peer PyJWT."""

    name = "PyJWT"
    algorithms = JoseRFC.algorithms

    def __init__(self, alg: str):
        self.alg = "EdDSA" if alg.startswith("Ed") else alg
        if alg.startswith("HS"):
            self.public = self.private = (FOLDER / alg / "secret").read_bytes()
        else:
            self.private = load_pem_private_key((FOLDER / alg / "private.pem").read_bytes(), None)
            self.public = load_pem_public_key((FOLDER / alg / "public.pem").read_bytes())

    def verify(self, token: str):
        jwt.decode(
            token, self.public, algorithms=[self.alg], audience=AUDIENCE, issuer=ISSUER,
            options={"require": ["exp", "nbf", "sub", "iss", "aud"]})

    def sign(self) -> str:
        return jwt.encode(CLAIMS, self.private, algorithm=self.alg, headers={"kid": KEY_ID})


class Case:
    """One peer with one algorithm."""

    def __init__(self, peer: type, alg: str):
        self.peer = peer(alg)
        suffix = ".EdDSA" if alg == "Ed25519" and peer is PyJWT else ""
        token, forged = ((FOLDER / alg / (name + suffix)).read_text() for name in ("token", "forged"))
        if alg == "Ed448" and peer is PyJWT:
            token = self.peer.sign()  # It knows only the name EdDSA, for both curves.
        self.work = {"verify": lambda: self.peer.verify(token), "sign": self.peer.sign}
        self.batches: dict[str, int] = {}
        self.peer.verify(token)
        self.peer.verify(self.peer.sign())
        try:
            self.peer.verify(forged)
        except Exception:
            return
        raise RuntimeError("a forged token passed")

    def batch(self, op: str, count: int) -> float:
        work = self.work[op]
        start = time.perf_counter()
        for _ in range(count):
            work()
        return time.perf_counter() - start

    def measure(self, op: str, seconds: float) -> float:
        if op not in self.batches:
            count = 1
            while self.batch(op, count) < 0.002:
                count *= 2
            self.batches[op] = count
        done, spent = 0, 0.0
        while spent < seconds:
            spent += self.batch(op, self.batches[op])
            done += self.batches[op]
        return done / spent


def main():
    below = f"Python {sys.version.split()[0]}, cryptography {version('cryptography')} with {backend.openssl_version_text()}"
    cases = {}
    for peer in (JoseRFC, PyJWT):
        print(f"about {peer.name} {peer.name} {version(peer.name)}, {below}")
        for alg in peer.algorithms:
            try:
                cases[peer.name, alg] = Case(peer, alg)
                print(f"can {peer.name} {alg} verify\ncan {peer.name} {alg} sign")
            except Exception as error:
                print(f"fails {peer.name} {alg} {type(error).__name__} {error}")
    print("ready", flush=True)
    for line in sys.stdin:
        name, alg, op, seconds = line.split()
        print(f"{name} {alg} {op} {cases[name, alg].measure(op, float(seconds)):.1f}", flush=True)


if __name__ == "__main__":
    main()
