#!/usr/bin/env python3
"""seeds.py TARGET FOLDER: writes the first inputs of a fuzz target, the same every time.

Everything is made here from a seeded generator; the numbers of keys are random and fit only in form. Where
SIGNET_VECTORS names the folder of public test vectors, some of their tokens and keys are added.
"""

import base64
import json
import os
import random
import sys
from pathlib import Path

generator = random.Random(20260601)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def compact(value) -> str:
    return json.dumps(value, separators=(",", ":"))


HEADERS = [
    {"alg": "HS256"}, {"alg": "ES256", "kid": "ec", "typ": "at+jwt"}, {"alg": "RS256", "kid": "rsa"},
    {"alg": "Ed25519"}, {"alg": "EdDSA"}, {"alg": "none"}, {"alg": "HS256", "crit": ["exp"], "exp": 1},
    {"alg": "HS256", "b64": False, "crit": ["b64"]}, {"alg": "ES256", "jwk": {"kty": "EC"}},
    {"alg": "ML-DSA-65", "kid": "pq"}, {"alg": "dir", "enc": "A128GCM"},
]
CLAIMS = [
    {}, {"iss": "https://issuer.example", "aud": "orders", "exp": 1_700_000_100, "scope": "read write"},
    {"iss": "https://issuer.example", "aud": ["billing", "x"], "exp": 1.7000001e9, "nbf": 1, "iat": 1, "scope": "read",
     "sub": "user-1", "jti": "token-1", "sid": "s", "roles": ["a", {"b": [None, True, 1e-3]}]},
]
LENGTHS = {"HS256": 32, "ES256": 64, "RS256": 256, "Ed25519": 64, "EdDSA": 64, "ML-DSA-65": 3309}


def tokens() -> list[bytes]:
    made = []
    for header in HEADERS:
        for claims in CLAIMS:
            signature = generator.randbytes(LENGTHS.get(header["alg"], 16))
            made.append(".".join([b64(compact(header).encode()), b64(compact(claims).encode()), b64(signature)]).encode())
            made.append(compact(header).encode() + b"\n" + compact(claims).encode() + b"\n" + signature)
    made.append(b".".join([b64(compact(HEADERS[-1]).encode()).encode(), b"", b"AAAAAAAAAAAAAAAA", b"AAAA", b"A" * 22]))
    return made


def odd(size: int) -> bytes:
    data = bytearray(generator.randbytes(size))
    data[0] |= 0x80
    data[-1] |= 1
    return bytes(data)


def jwks() -> list[dict]:
    rsa = {"kty": "RSA", "n": b64(odd(256)), "e": "AQAB"}
    private_rsa = {**rsa, **{name: b64(odd(128)) for name in ("p", "q", "dp", "dq", "qi")}, "d": b64(odd(256))}
    keys = [{"kty": "oct", "k": b64(generator.randbytes(size)), "alg": f"HS{size * 8}"} for size in (32, 48, 64)]
    keys += [rsa, {**rsa, "alg": "PS256", "use": "sig", "kid": "r"}, private_rsa, {**rsa, "alg": "RSA-OAEP", "use": "enc"}]
    for curve, size in (("P-256", 32), ("P-384", 48), ("P-521", 66), ("secp256k1", 32)):
        point = {"kty": "EC", "crv": curve, "x": b64(generator.randbytes(size)), "y": b64(generator.randbytes(size))}
        keys += [{**point, "kid": curve}, {**point, "d": b64(generator.randbytes(size)), "key_ops": ["sign"]}]
    for curve, size in (("Ed25519", 32), ("Ed448", 57), ("X25519", 32)):
        keys.append({"kty": "OKP", "crv": curve, "x": b64(generator.randbytes(size)), "kid": curve})
        keys.append({**keys[-1], "d": b64(generator.randbytes(size))})
    keys.append({"kty": "AKP", "alg": "ML-DSA-65", "pub": b64(generator.randbytes(1952)), "priv": b64(generator.randbytes(32))})
    keys.append({"kty": "oct", "k": b64(generator.randbytes(16)), "alg": "A128KW", "key_ops": ["wrapKey"]})
    return keys


def der(tag: int, contents: bytes) -> bytes:
    size = len(contents)
    if size < 0x80:
        return bytes([tag, size]) + contents
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + contents


def number(data: bytes) -> bytes:
    return der(0x02, (b"\0" if data[0] & 0x80 else b"") + data)


RSA = bytes.fromhex("06092a864886f70d010101") + b"\x05\x00"
EC = bytes.fromhex("06072a8648ce3d0201")
CURVES = {bytes.fromhex("06082a8648ce3d030107"): 32, bytes.fromhex("06052b81040022"): 48,
          bytes.fromhex("06052b81040023"): 66, bytes.fromhex("06052b8104000a"): 32}
PAIRS = {bytes.fromhex("06032b6570"): 32, bytes.fromhex("06032b6571"): 57, bytes.fromhex("06032b656e"): 32}


def ders() -> list[tuple[str, bytes]]:
    public = der(0x30, number(odd(256)) + number(b"\1\0\1"))
    private = der(0x30, number(b"\0") + number(odd(256)) + number(b"\1\0\1") + number(odd(256))
                  + b"".join(number(odd(128)) for _ in range(5)))
    made = [("RSA PUBLIC KEY", public), ("RSA PRIVATE KEY", private),
            ("PUBLIC KEY", der(0x30, der(0x30, RSA) + der(0x03, b"\0" + public))),
            ("PRIVATE KEY", der(0x30, number(b"\0") + der(0x30, RSA) + der(0x04, private)))]
    for curve, size in CURVES.items():
        point = der(0x03, b"\0\4" + generator.randbytes(2 * size))
        scalar = der(0x04, generator.randbytes(size))
        sec1 = der(0x30, number(b"\1") + scalar + der(0xA0, curve) + der(0xA1, point))
        made += [("EC PRIVATE KEY", sec1), ("PUBLIC KEY", der(0x30, der(0x30, EC + curve) + point)),
                 ("PRIVATE KEY", der(0x30, number(b"\0") + der(0x30, EC + curve)
                                     + der(0x04, der(0x30, number(b"\1") + scalar + der(0xA1, point)))))]
    for name, size in PAIRS.items():
        made += [("PUBLIC KEY", der(0x30, der(0x30, name) + der(0x03, b"\0" + generator.randbytes(size)))),
                 ("PRIVATE KEY", der(0x30, number(b"\0") + der(0x30, name)
                                     + der(0x04, der(0x04, generator.randbytes(size)))))]
    return made


def certificates() -> list[bytes]:
    """Certificates of every kind of public key, signed by nobody."""
    made = []
    for label, info in ders():
        if label != "PUBLIC KEY":
            continue
        name = der(0x30, der(0x31, der(0x30, bytes.fromhex("0603550403") + der(0x0C, b"ada"))))
        times = der(0x30, der(0x17, b"260101000000Z") + der(0x18, b"20560229235959Z"))
        algorithm = der(0x30, bytes.fromhex("06032b6570"))
        extensions = der(0xA3, der(0x30, der(0x30, bytes.fromhex("0603551d0f") + der(0x04, bytes.fromhex("03020780")))))
        body = der(0x30, der(0xA0, number(b"\2")) + number(b"\7") + algorithm + name + times + name + info + extensions)
        made.append(der(0x30, body + algorithm + der(0x03, b"\0" + generator.randbytes(64))))
    return made


LABELS = ["PUBLIC KEY", "PRIVATE KEY", "RSA PUBLIC KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"]  # as in Targets/pem.swift


def pems() -> list[bytes]:
    made = []
    for label, data in ders():
        text = base64.encodebytes(data).replace(b"\n", b"")
        lines = b"\n".join(text[start:start + 64] for start in range(0, len(text), 64))
        made += [bytes([LABELS.index(label)]) + data, f"-----BEGIN {label}-----\n".encode() + lines + f"\n-----END {label}-----\n".encode()]
    return made


def encrypted() -> list[bytes]:
    header = {"alg": "A128KW", "enc": "A128GCM", "kid": "k"}
    body = {"protected": b64(compact(header).encode()), "iv": b64(generator.randbytes(12)),
            "ciphertext": b64(generator.randbytes(40)), "tag": b64(generator.randbytes(16)),
            "encrypted_key": b64(generator.randbytes(24))}
    several = {name: value for name, value in body.items() if name != "encrypted_key"}
    several["recipients"] = [{"header": {"kid": "a"}, "encrypted_key": "AAAA"}, {"header": {"kid": "b"}}]
    parts = [body[name] for name in ("protected", "encrypted_key", "iv", "ciphertext", "tag")]
    return [compact(value).encode() for value in (body, several, {**body, "aad": "AAAA", "unprotected": {"jku": "x"}})] + [
        ".".join(parts).encode()]


def signed_json() -> list[bytes]:
    header, payload, signature = tokens()[0].decode().split(".")
    flat = {"payload": payload, "protected": header, "header": {"kid": "mac"}, "signature": signature}
    one = {name: flat[name] for name in ("protected", "header", "signature")}
    return [compact(value).encode() for value in (flat, {"payload": payload, "signatures": [one, one]})]


def wrapped() -> list[bytes]:
    token = tokens()[0]
    return [token, b"Authorization: Bearer " + token, b'"' + token + b'"', b"Cookie: a=1; session=" + token + b"; b=2",
            b"https://app.example/cb?id_token=" + token + b"&state=x#access_token=" + token,
            b'{"access_token":"' + token + b'","expires_in":60}', b"2026-01-01 GET /x " + token + b" 200 " + token,
            token.rsplit(b".", 1)[0], token.replace(b".", b".\n  "), *pems()[1:4:2], *encrypted(), *signed_json()]


def samples() -> list[bytes]:
    return [b"", b"A", b"AA", b"AAAA", b"_-_-", b"AA==", b"AAB", b"QUJD", b"deadBEEF",
            *(generator.randbytes(size) for size in (3, 16, 64)), *(b64(generator.randbytes(s)).encode() for s in (5, 40, 300))]


def values() -> list[bytes]:
    texts = ['null', '-0.0e+1', '"\\u00e9\\ud83d\\ude00 \\n"', '[1,[2,[3,{"a":{}}]],[]]', '{"a":1,"b":{"a":"ä"}}', '1e308']
    return [text.encode() for text in texts] + [json.dumps(value, indent=1).encode() for value in HEADERS + CLAIMS]


TARGETS = {
    "base64url": samples, "json": values, "compact": tokens, "pem": pems, "anything": wrapped,
    "claims": lambda: [compact(claims).encode() for claims in CLAIMS] + [b"1.7e9", b"17000000005e-1", b"253402300799"],
    "jwk": lambda: [compact(key).encode() for key in jwks()],
    "jwks": lambda: [compact({"keys": [key]}).encode() for key in jwks()] + [
        compact({"keys": [{**key, "kid": f"k{i}"} for i, key in enumerate(jwks()[3:12])]}).encode()],
    "certificate": certificates, "jwe": encrypted, "jws": lambda: signed_json() + tokens()[::2],
}


def public_vectors(target: str) -> list[bytes]:
    folder = os.environ.get("SIGNET_VECTORS")
    if not folder:
        return []
    folder = Path(folder)
    if target == "json":
        return [path.read_bytes() for path in sorted((folder / "json/test_parsing").iterdir()) if path.stat().st_size < 2048]
    signed = json.loads((folder / "wycheproof/jose/json_web_signature_test.json").read_text())
    if target in ("compact", "anything"):
        return [test["jws"].encode() for group in signed["testGroups"] for test in group["tests"]][::4]
    if target == "jwk":
        return [compact(group["public"]).encode() for group in signed["testGroups"] if "public" in group]
    if target == "jwks":
        keys = json.loads((folder / "wycheproof/jose/json_web_key_test.json").read_text())
        return [compact(group["private"]).encode() for group in keys["testGroups"]]
    return []


def main() -> None:
    target, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for index, data in enumerate(TARGETS[target]() + public_vectors(target)):
        (folder / f"seed-{index:04}").write_bytes(data)


if __name__ == "__main__":
    main()
