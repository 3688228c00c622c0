"""Other implementations behind the question: what is in this encrypted token? And the same ones, making tokens.

As in differential_peers.py each is used by somebody careful: the one key management that the case is about is listed,
with the six content encryptions, and nothing else.
"""

import json
import subprocess
import tempfile
from functools import lru_cache

from differential_encryption_keys import ENCRYPTIONS, PASSWORDS, WAYS, EncryptionKey, algorithm
from differential_peers import Peer
from signet_process import binary

ALGORITHMS = {algorithm(way) for way in WAYS}
MOST_ITERATIONS = 1_200_000
"""The largest `p2c` that we accept, and so the limit that a peer is given where it can be told one."""


@lru_cache(maxsize=4096)
def _joserfc_key(text: str):
    from joserfc.jwk import KeySet, import_key

    key = json.loads(text)
    return KeySet.import_key_set(key) if "keys" in key else import_key(key)


@lru_cache(maxsize=4096)
def _jwcrypto_key(text: str):
    from jwcrypto import jwk

    return jwk.JWKSet.from_json(text) if "keys" in json.loads(text) else jwk.JWK.from_json(text)


class JoserfcDecryption(Peer):
    name = "joserfc"
    algorithms = ALGORITHMS

    def accepts(self, case):
        from joserfc import jwe

        key = _joserfc_key(json.dumps(case.key))
        allowed = [case.alg, *ENCRYPTIONS]
        if case.token.startswith("{"):
            return bytes(jwe.decrypt_json(json.loads(case.token), key, algorithms=allowed).plaintext)
        return bytes(jwe.decrypt_compact(case.token.encode(), key, algorithms=allowed).plaintext)


class JWCryptoDecryption(Peer):
    name = "jwcrypto"
    algorithms = ALGORITHMS

    def __init__(self):
        from jwcrypto import jwa

        jwa.default_max_pbkdf2_iterations = MOST_ITERATIONS

    def accepts(self, case):
        from jwcrypto import jwe

        token = jwe.JWE(algs=[case.alg, *ENCRYPTIONS])
        token.deserialize(case.token, _jwcrypto_key(json.dumps(case.key)))
        return token.payload


PEERS = [JoserfcDecryption, JWCryptoDecryption]


# Makers: a token around this content with this key.

def made_by_joserfc(key: EncryptionKey, enc: str, content: bytes) -> str:
    from joserfc import jwe

    header = {"alg": key.alg, "enc": enc} | ({"p2c": 1000 + len(content)} if key.alg in PASSWORDS else {})
    return jwe.encrypt_compact(header, content, _joserfc_key(json.dumps(key.jwk())), algorithms=[key.alg, enc])


def made_by_jwcrypto(key: EncryptionKey, enc: str, content: bytes) -> str:
    from jwcrypto import jwe

    header = {"alg": key.alg, "enc": enc, "kid": key.name} | ({"p2c": 1000 + len(content)} if key.alg in PASSWORDS else {})
    token = jwe.JWE(content, json.dumps(header), algs=[key.alg, enc])
    token.add_recipient(_jwcrypto_key(json.dumps(key.jwk())))
    return token.serialize(compact=True)


def made_by_signet(key: EncryptionKey, enc: str, content: bytes) -> str:
    """`signet encrypt` with the public key, where there is one."""
    with tempfile.NamedTemporaryFile("w", suffix=".jwk") as file:
        file.write(json.dumps(key.jwk(private=False)))
        file.flush()
        done = subprocess.run(
            [binary(), "encrypt", "--key", file.name, "--enc", enc], input=content, capture_output=True, timeout=60)
    assert done.returncode == 0, (key.alg, enc, done.stderr.decode())
    return done.stdout.decode().removesuffix("\n")


MAKERS = {"joserfc": made_by_joserfc, "jwcrypto": made_by_jwcrypto, "signet": made_by_signet}
