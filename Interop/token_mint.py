"""Makes tokens byte by byte, good ones and ones that no library would agree to make."""

import base64
import hashlib
import hmac
import json
import time

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

ISSUER = "https://idp.example"
AUDIENCE = "orders"
SCOPE = "orders:read"
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493


def b64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def unb64(text: bytes) -> bytes:
    return base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))


def number_b64(value: int, size: int | None = None) -> str:
    size = size or (value.bit_length() + 7) // 8
    return b64(value.to_bytes(size, "big")).decode()


def compact(value) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


class Mint:
    """Freshly made keys, one for each algorithm, and the tokens they sign."""

    def __init__(self):
        self.rsa = rsa.generate_private_key(65537, 2048)
        self.ec = ec.generate_private_key(ec.SECP256R1())
        self.ed = ed25519.Ed25519PrivateKey.generate()
        self.secret = hashlib.sha256(b64(self.ed.private_bytes_raw())).digest()
        self.now = int(time.time())

    # Keys in the forms that people keep them in.

    def private(self, alg: str):
        return {"RS256": self.rsa, "ES256": self.ec, "Ed25519": self.ed}[alg]

    def jwk(self, alg: str) -> dict:
        """The key a verifier is given: public, except for HS256."""
        common = {"kid": self.kid(alg), "alg": alg, "use": "sig"}
        if alg == "HS256":
            return {"kty": "oct", "k": b64(self.secret).decode(), **common}
        public = self.private(alg).public_key()
        if alg == "RS256":
            numbers = public.public_numbers()
            return {"kty": "RSA", "n": number_b64(numbers.n), "e": number_b64(numbers.e), **common}
        if alg == "ES256":
            numbers = public.public_numbers()
            return {"kty": "EC", "crv": "P-256", "x": number_b64(numbers.x, 32), "y": number_b64(numbers.y, 32), **common}
        return {"kty": "OKP", "crv": "Ed25519", "x": b64(public.public_bytes_raw()).decode(), **common}

    def kid(self, alg: str) -> str:
        return {"RS256": "rsa-1", "ES256": "ec-1", "Ed25519": "ed-1", "HS256": "mac-1"}[alg]

    def public_set(self) -> dict:
        return {"keys": [self.jwk("RS256"), self.jwk("ES256"), self.jwk("Ed25519")]}

    def secret_set(self) -> dict:
        return {"keys": [self.jwk("HS256")]}

    def public_pem(self, alg: str, form=serialization.PublicFormat.SubjectPublicKeyInfo) -> bytes:
        return self.private(alg).public_key().public_bytes(serialization.Encoding.PEM, form)

    def private_pem(self, alg: str) -> bytes:
        return self.private(alg).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())

    # Signatures.

    def sign(self, alg: str, data: bytes) -> bytes:
        if alg == "HS256":
            return self.mac(self.secret, data)
        if alg == "RS256":
            return self.rsa.sign(data, padding.PKCS1v15(), hashes.SHA256())
        if alg == "Ed25519":
            return self.ed.sign(data)
        r, s = decode_dss_signature(self.ec_der(data))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def ec_der(self, data: bytes) -> bytes:
        return self.ec.sign(data, ec.ECDSA(hashes.SHA256()))

    @staticmethod
    def mac(secret: bytes, data: bytes) -> bytes:
        return hmac.new(secret, data, hashlib.sha256).digest()

    # Tokens.

    def header(self, alg: str = "ES256", /, **changes) -> dict:
        header = {"alg": alg, "kid": self.kid(alg), "typ": "at+jwt"}
        header.update(changes)
        return {name: value for name, value in header.items() if value is not ...}

    def claims(self, **changes) -> dict:
        """Claims that the policy of these tests accepts; `...` leaves one out."""
        claims = {
            "iss": ISSUER, "sub": "user-1", "aud": AUDIENCE, "iat": self.now - 60, "exp": self.now + 3600,
            "jti": "token-1", "roles": ["user", "writer"], "scope": f"{SCOPE} orders:write",
        }
        claims.update(changes)
        return {name: value for name, value in claims.items() if value is not ...}

    def parts(self, header: bytes, payload: bytes, signature: bytes) -> bytes:
        return header + b"." + payload + b"." + signature

    def token(self, alg: str = "ES256", header=None, claims=None) -> bytes:
        """A properly signed token; header and claims may be values or the very bytes of their text."""
        header = self.header(alg) if header is None else header
        claims = self.claims() if claims is None else claims
        return self.seal(
            alg,
            b64(header if isinstance(header, bytes) else compact(header)),
            b64(claims if isinstance(claims, bytes) else compact(claims)))

    def seal(self, alg: str, header: bytes, payload: bytes) -> bytes:
        """Signs parts that are encoded already, however wrongly."""
        return self.parts(header, payload, b64(self.sign(alg, header + b"." + payload)))

    def with_signature(self, alg: str, make) -> bytes:
        """A good token whose signature `make(signature, signed bytes)` replaces."""
        header, payload, signature = self.token(alg).split(b".")
        return self.parts(header, payload, b64(make(unb64(signature), header + b"." + payload)))
