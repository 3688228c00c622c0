"""Keys of every algorithm, the same for the same seed but for RSA, with what is needed to sign anything with them."""

import hashlib
import hmac
import random

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, mldsa, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from token_mint import b64, number_b64

HASHES = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}
CURVES = {"ES256": (ec.SECP256R1, "P-256", 32), "ES384": (ec.SECP384R1, "P-384", 48),
          "ES512": (ec.SECP521R1, "P-521", 66), "ES256K": (ec.SECP256K1, "secp256k1", 32)}
ORDERS = {
    "ES256": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "ES384": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    "ES512": 2**521 - 2**260 + 0xA51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409,
    "ES256K": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
}
HMACS = ["HS256", "HS384", "HS512"]
RSAS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]
PAIRS = ["Ed25519", "Ed448"]
MLDSAS = {"ML-DSA-65": mldsa.MLDSA65PrivateKey, "ML-DSA-87": mldsa.MLDSA87PrivateKey}
ALGORITHMS = [*HMACS, *RSAS, *CURVES, *PAIRS, *MLDSAS]


class Key:
    """One key for one algorithm."""

    def __init__(self, alg: str, name: str, dice: random.Random, rsa_bits: int = 2048, secret_bytes: int | None = None):
        self.alg, self.name = alg, name
        if alg in HMACS:
            self.private = dice.randbytes(secret_bytes or int(alg[2:]) // 8)
        elif alg in RSAS:
            self.private = rsa.generate_private_key(65537, rsa_bits)
        elif alg in CURVES:
            self.private = ec.derive_private_key(dice.randrange(1, ORDERS[alg]), CURVES[alg][0]())
        elif alg == "Ed25519":
            self.private = ed25519.Ed25519PrivateKey.from_private_bytes(dice.randbytes(32))
        elif alg == "Ed448":
            self.private = ed448.Ed448PrivateKey.from_private_bytes(dice.randbytes(57))
        else:
            self.seed = dice.randbytes(32)
            self.private = MLDSAS[alg].from_seed_bytes(self.seed)

    def sign(self, data: bytes, alg: str | None = None) -> bytes:
        alg = alg or self.alg
        if alg in HMACS:
            return hmac.new(self.private, data, f"sha{alg[2:]}").digest()
        if alg in RSAS:
            digest = HASHES[alg[2:]]()
            if alg.startswith("RS"):
                return self.private.sign(data, padding.PKCS1v15(), digest)
            return self.private.sign(data, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
        if alg in CURVES:
            size = CURVES[alg][2]
            r, s = decode_dss_signature(self.der(data, alg))
            return r.to_bytes(size, "big") + s.to_bytes(size, "big")
        return self.private.sign(data)

    def der(self, data: bytes, alg: str | None = None) -> bytes:
        digest = HASHES[(alg or self.alg).rstrip("K")[2:]]()
        return self.private.sign(data, ec.ECDSA(digest, deterministic_signing=True))

    def jwk(self, private: bool = False) -> dict:
        """What a verifier is given."""
        common = {"kid": self.name, "alg": self.alg}
        if self.alg in HMACS:
            return {"kty": "oct", "k": b64(self.private).decode(), **common}
        public = self.private.public_key()
        if self.alg in RSAS:
            numbers = public.public_numbers()
            jwk = {"kty": "RSA", "n": number_b64(numbers.n), "e": number_b64(numbers.e)}
            if private:
                own = self.private.private_numbers()
                jwk |= {name: number_b64(value) for name, value in {
                    "d": own.d, "p": own.p, "q": own.q, "dp": own.dmp1, "dq": own.dmq1, "qi": own.iqmp}.items()}
        elif self.alg in CURVES:
            _, curve, size = CURVES[self.alg]
            point = public.public_numbers()
            jwk = {"kty": "EC", "crv": curve, "x": number_b64(point.x, size), "y": number_b64(point.y, size)}
            if private:
                jwk["d"] = number_b64(self.private.private_numbers().private_value, size)
        elif self.alg in PAIRS:
            jwk = {"kty": "OKP", "crv": self.alg, "x": b64(public.public_bytes_raw()).decode()}
            if private:
                jwk["d"] = b64(self.private.private_bytes_raw()).decode()
        else:
            jwk = {"kty": "AKP", "pub": b64(public.public_bytes_raw()).decode()}
            if private:
                jwk["priv"] = b64(self.seed).decode()
        return {**jwk, **common}

    def public_texts(self) -> list[bytes]:
        """The public key in the forms that have been taken for an HMAC secret."""
        if self.alg in HMACS:
            return []
        public = self.private.public_key()
        spki = serialization.PublicFormat.SubjectPublicKeyInfo
        pem = public.public_bytes(serialization.Encoding.PEM, spki)
        return [pem, pem.rstrip(b"\n"), b" " + pem, public.public_bytes(serialization.Encoding.DER, spki),
                hashlib.sha256(pem).digest()]
