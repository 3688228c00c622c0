"""Keys of every way to encrypt a token, the same for the same seed but for RSA, and the steps of encryption one by one.

A way is an `alg` with what its key depends on besides: `ECDH-ES P-384`, `dir A128GCM`, or the bare name.
"""

import hashlib
import hmac
import random
from functools import cached_property

from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.keywrap import aes_key_wrap

from differential_keys import CURVES, Key
from token_mint import b64, number_b64

# The length in bytes of the content encryption key.
ENCRYPTIONS = {"A128CBC-HS256": 32, "A192CBC-HS384": 48, "A256CBC-HS512": 64, "A128GCM": 16, "A192GCM": 24, "A256GCM": 32}
WRAPPINGS = {"A128KW": 16, "A192KW": 24, "A256KW": 32}
SEALINGS = {"A128GCMKW": 16, "A192GCMKW": 24, "A256GCMKW": 32}
RSA_OAEP = {"RSA-OAEP": hashes.SHA1, "RSA-OAEP-256": hashes.SHA256}
AGREEMENTS = ["ECDH-ES", *(f"ECDH-ES+{name}" for name in WRAPPINGS)]
PASSWORDS = {"PBES2-HS256+A128KW": ("sha256", 16), "PBES2-HS384+A192KW": ("sha384", 24), "PBES2-HS512+A256KW": ("sha512", 32)}
AGREEMENT_CURVES = {curve: alg for alg, (_, curve, _) in CURVES.items() if curve != "secp256k1"} | {"X25519": None}

DIRECT_WAYS = [f"dir {enc}" for enc in ENCRYPTIONS]
AGREEMENT_WAYS = [f"{alg} {curve}" for alg in AGREEMENTS for curve in AGREEMENT_CURVES]
X25519_WAYS = [way for way in AGREEMENT_WAYS if way.endswith("X25519")]
WAYS = [*DIRECT_WAYS, *WRAPPINGS, *SEALINGS, *RSA_OAEP, *AGREEMENT_WAYS, *PASSWORDS]
SECRET_WAYS = [*DIRECT_WAYS, *WRAPPINGS, *SEALINGS, *PASSWORDS]


def algorithm(way: str) -> str:
    return way.split()[0]


def encryptions(way: str) -> list[str]:
    """The content encryptions that go with a way: any, or the one that a direct key has the length for."""
    return [way.split()[1]] if way in DIRECT_WAYS else list(ENCRYPTIONS)


class EncryptionKey:
    """One key for one way to encrypt."""

    def __init__(self, way: str, name: str, dice: random.Random, rsa_bits: int = 2048, secret_bytes: int | None = None):
        self.alg, self.name = algorithm(way), name
        self.curve = way.split()[1] if way in AGREEMENT_WAYS else None
        if way in SECRET_WAYS:
            length = (WRAPPINGS | SEALINGS).get(self.alg) or (20 if way in PASSWORDS else ENCRYPTIONS[way.split()[1]])
            self.secret = dice.randbytes(secret_bytes or length)
        elif self.curve == "X25519":
            self.private = x25519.X25519PrivateKey.from_private_bytes(dice.randbytes(32))
        else:
            # A key of the signatures' kind, and another word for what it is for.
            self.signing = Key(AGREEMENT_CURVES.get(self.curve) or "RS256", name, dice, rsa_bits)
            self.private = self.signing.private

    @cached_property
    def whole(self) -> dict:
        if self.alg in SECRET_WAYS or self.alg == "dir":
            jwk = {"kty": "oct", "k": b64(self.secret).decode()}
        elif self.curve == "X25519":
            jwk = {"kty": "OKP", "crv": "X25519", "x": b64(self.private.public_key().public_bytes_raw()).decode(),
                   "d": b64(self.private.private_bytes_raw()).decode()}
        else:
            jwk = self.signing.jwk(private=True)
        return {**jwk, "kid": self.name, "alg": self.alg}

    def jwk(self, private: bool = True) -> dict:
        if private or self.whole["kty"] == "oct":
            return dict(self.whole)
        return {name: value for name, value in self.whole.items() if name not in ("d", "p", "q", "dp", "dq", "qi")}


# The steps of RFC 7516 section 5.1, each taking whatever it is given.

def ephemeral(curve: str, dice: random.Random):
    if curve == "X25519":
        return x25519.X25519PrivateKey.from_private_bytes(dice.randbytes(32))
    return Key(AGREEMENT_CURVES[curve], "", dice).private


def public_jwk(curve: str, private) -> dict:
    """`epk` (RFC 7518 section 4.6.1.1)."""
    public = private.public_key()
    if curve == "X25519":
        return {"kty": "OKP", "crv": curve, "x": b64(public.public_bytes_raw()).decode()}
    point, size = public.public_numbers(), CURVES[AGREEMENT_CURVES[curve]][2]
    return {"kty": "EC", "crv": curve, "x": number_b64(point.x, size), "y": number_b64(point.y, size)}


def agree(own, public) -> bytes:
    return own.exchange(public) if isinstance(own, x25519.X25519PrivateKey) else own.exchange(ec.ECDH(), public)


def derive(secret: bytes, name: str, length: int, apu: bytes = b"", apv: bytes = b"") -> bytes:
    """Concat KDF with what RFC 7518 section 4.6.2 puts into it."""
    def counted(data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + data
    info = counted(name.encode()) + counted(apu) + counted(apv) + (length * 8).to_bytes(4, "big")
    return ConcatKDFHash(hashes.SHA256(), length, info).derive(secret)


def stretch(alg: str, password: bytes, salt: bytes, count: int) -> bytes:
    """PBES2's wrapping key (RFC 7518 section 4.8.1.1)."""
    name, length = PASSWORDS[alg]
    return hashlib.pbkdf2_hmac(name, password, alg.encode() + b"\0" + salt, count, length)


def wrap(key: bytes, content_key: bytes) -> bytes:
    return aes_key_wrap(key, content_key)


def oaep(alg: str, public, content_key: bytes) -> bytes:
    digest = RSA_OAEP[alg]
    return public.encrypt(content_key, OAEP(MGF1(digest()), digest(), None))


def gcm(key: bytes, vector: bytes, content: bytes, authenticated: bytes = b"") -> tuple[bytes, bytes]:
    """Ciphertext and tag; the vector may have any length, which modes.GCM allows and RFC 7518 does not."""
    encryptor = Cipher(algorithms.AES(key), modes.GCM(vector)).encryptor()
    encryptor.authenticate_additional_data(authenticated)
    return encryptor.update(content) + encryptor.finalize(), encryptor.tag


def cbc(enc: str, key: bytes, vector: bytes, content: bytes, authenticated: bytes, is_padded: bool = False):
    """Ciphertext and the whole HMAC, which RFC 7518 section 5.2.2.1 cuts to half its length."""
    half = len(key) // 2
    if not is_padded:
        padder = padding.PKCS7(128).padder()
        content = padder.update(content) + padder.finalize()
    encryptor = Cipher(algorithms.AES(key[half:]), modes.CBC(vector)).encryptor()
    ciphertext = encryptor.update(content) + encryptor.finalize()
    return ciphertext, authenticate(enc, key, vector, ciphertext, authenticated)


def authenticate(enc: str, key: bytes, vector: bytes, ciphertext: bytes, authenticated: bytes) -> bytes:
    """The whole HMAC."""
    text = authenticated + vector + ciphertext + (len(authenticated) * 8).to_bytes(8, "big")
    return hmac.new(key[:len(key) // 2], text, f"sha{enc[-3:]}").digest()


def tag_length(enc: str) -> int:
    return 16 if enc.endswith("GCM") else ENCRYPTIONS[enc] // 2


def vector_length(enc: str) -> int:
    return 12 if enc.endswith("GCM") else 16
