#!/usr/bin/env python3
"""Makes the keys and tokens that every program of one benchmark run reads: one folder for each algorithm.

Made anew for each run, into a temporary folder, by a library that is not under measurement here (Python's cryptography):
`token` and `forged`, `private.pem` and `public.pem` (or `secret`), `private.jwk` and `public.jwk`. Ed25519 also has
`token.EdDSA` and `forged.EdDSA`, the same under the older name, which is all that most peers know.
"""

import base64
import json
import os
import sys
import time
from pathlib import Path

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, mldsa, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

KEY_ID = "benchmark-2026"
HASHES = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}
CURVES = {"ES256": ("P-256", ec.SECP256R1), "ES384": ("P-384", ec.SECP384R1), "ES512": ("P-521", ec.SECP521R1),
          "ES256K": ("secp256k1", ec.SECP256K1)}
ALGORITHMS = ("HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
              "ES256K", "Ed25519", "Ed448", "ML-DSA-65", "ML-DSA-87")


def claims() -> dict:
    """Eight claims, about 350 bytes of JSON; good from now on for a day."""
    now = int(time.time())
    return {
        "iss": "https://idp.example/realms/production", "sub": "3f1c2a54-9b7e-4d53-8f5e-1f0a6f7b2c11",
        "aud": "https://api.example/orders", "exp": now + 86_400, "nbf": now, "iat": now,
        "jti": "b7a0c9f2-51d4-4f0f-9d43-0a6cfd9a7e21",
        "scope": "orders:read orders:write invoices:read invoices:write customers:read tickets:read profile email offline_access",
    }


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def compact(value: dict) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def number(value: int, length: int | None = None) -> str:
    return base64url(value.to_bytes(length or (value.bit_length() + 7) // 8, "big"))


class Material:
    """One algorithm: its key, how to write it and how to sign."""

    def __init__(self, alg: str):
        self.alg = alg
        self.jwk = {"kid": KEY_ID, "alg": alg}
        self.private_names: tuple[str, ...] = ()
        self.key = None
        if alg.startswith("HS"):
            self.hash = HASHES[alg[2:]]
            self.secret = os.urandom(self.hash.digest_size)
            self.jwk |= {"kty": "oct", "k": base64url(self.secret)}
            self.sign = self._hmac
        elif alg[:2] in ("RS", "PS"):
            self._rsa()
        elif alg in CURVES:
            self._elliptic()
        elif alg.startswith("Ed"):
            self.key = (ed25519.Ed25519PrivateKey if alg == "Ed25519" else ed448.Ed448PrivateKey).generate()
            self.jwk |= {"kty": "OKP", "crv": alg, "x": base64url(self.key.public_key().public_bytes_raw()),
                         "d": base64url(self.key.private_bytes_raw())}
            self.private_names = ("d",)
            self.sign = self.key.sign
        else:
            self.key = (mldsa.MLDSA65PrivateKey if alg == "ML-DSA-65" else mldsa.MLDSA87PrivateKey).generate()
            self.jwk |= {"kty": "AKP", "pub": base64url(self.key.public_key().public_bytes_raw()),
                         "priv": base64url(self.key.private_bytes_raw())}
            self.private_names = ("priv",)
            self.sign = self.key.sign

    def _hmac(self, text: bytes) -> bytes:
        mac = hmac.HMAC(self.secret, self.hash())
        mac.update(text)
        return mac.finalize()

    def _rsa(self):
        kind = HASHES[self.alg[2:]]
        pad = padding.PKCS1v15() if self.alg.startswith("RS") else padding.PSS(padding.MGF1(kind()), kind.digest_size)
        self.key = rsa.generate_private_key(65_537, 2_048)
        parts = self.key.private_numbers()
        self.jwk |= {"kty": "RSA", "n": number(parts.public_numbers.n), "e": number(parts.public_numbers.e),
                     "d": number(parts.d), "p": number(parts.p), "q": number(parts.q), "dp": number(parts.dmp1),
                     "dq": number(parts.dmq1), "qi": number(parts.iqmp)}
        self.private_names = ("d", "p", "q", "dp", "dq", "qi")
        self.sign = lambda text: self.key.sign(text, pad, kind())

    def _elliptic(self):
        name, curve = CURVES[self.alg]
        kind = HASHES[self.alg[2:5]]
        self.key = ec.generate_private_key(curve())
        parts = self.key.private_numbers()
        size = (self.key.key_size + 7) // 8
        self.jwk |= {"kty": "EC", "crv": name, "x": number(parts.public_numbers.x, size),
                     "y": number(parts.public_numbers.y, size), "d": number(parts.private_value, size)}
        self.private_names = ("d",)

        def sign(text: bytes) -> bytes:
            r, s = decode_dss_signature(self.key.sign(text, ec.ECDSA(kind())))
            return r.to_bytes(size, "big") + s.to_bytes(size, "big")

        self.sign = sign

    def token(self, payload: bytes, name: str | None = None) -> tuple[str, str]:
        """The token, and one with a signature that no longer fits."""
        head = compact({"alg": name or self.alg, "typ": "JWT", "kid": KEY_ID})
        text = base64url(head) + "." + base64url(payload)
        signature = bytearray(self.sign(text.encode()))
        good = text + "." + base64url(bytes(signature))
        signature[len(signature) // 2] ^= 1
        return good, text + "." + base64url(bytes(signature))

    def write(self, folder: Path, payload: bytes):
        folder.mkdir()
        for suffix, name in (("", None), (".EdDSA", "EdDSA")) if self.alg == "Ed25519" else (("", None),):
            good, forged = self.token(payload, name)
            (folder / f"token{suffix}").write_text(good)
            (folder / f"forged{suffix}").write_text(forged)
        (folder / "private.jwk").write_bytes(compact(self.jwk))
        (folder / "public.jwk").write_bytes(compact({k: v for k, v in self.jwk.items() if k not in self.private_names}))
        if self.key is None:
            (folder / "secret").write_bytes(self.secret)
            return
        (folder / "private.pem").write_bytes(self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        (folder / "public.pem").write_bytes(
            self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def make(folder: Path, algorithms: tuple[str, ...] = ALGORITHMS):
    """Fills a folder."""
    payload = compact(claims())
    (folder / "claims.json").write_bytes(payload)
    for alg in algorithms:
        Material(alg).write(folder / alg, payload)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
