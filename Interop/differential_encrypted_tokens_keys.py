"""Good tokens, and keys that are wrong for them."""

import differential_encryption_keys as steps
from differential_encrypted_tokens import ACCEPT, REFUSE, kind
from differential_encryption_keys import (AGREEMENT_WAYS, DIRECT_WAYS, PASSWORDS, RSA_OAEP, SEALINGS, SECRET_WAYS, WAYS,
                                          WRAPPINGS)
from token_mint import b64, unb64

PUBLIC_WAYS = [way for way in WAYS if way not in SECRET_WAYS]
ELLIPTIC_WAYS = [way for way in AGREEMENT_WAYS if not way.endswith("X25519")]


def operations(way):
    """The operations of RFC 7517 section 4.3 of which a key must be allowed one to decrypt."""
    if way in [*AGREEMENT_WAYS, *PASSWORDS]:
        return ["deriveKey", "deriveBits"]
    if way in DIRECT_WAYS:
        return ["decrypt"]
    return ["unwrapKey"] if way in WRAPPINGS else ["decrypt", "unwrapKey"]


# Good keys.

@kind("key without kid", ACCEPT)
def _(bench):
    return bench.token(), bench.jwk(kid=...)


@kind("key for encryption", ACCEPT)
def _(bench):
    return bench.token(), bench.jwk(use="enc", **{"x-note": [1, {"a": None}]})


@kind("key for dir that names its encryption", ACCEPT, only=DIRECT_WAYS)
def _(bench):
    return bench.token(), bench.jwk(alg=bench.enc)


@kind("key_ops with what it takes", ACCEPT, weight=2)
def _(bench):
    """RFC 7517 section 4.3 has several names for what a key of each kind may be asked to do here."""
    names = operations(bench.way)
    return bench.token(), bench.jwk(key_ops=bench.dice.sample(names, bench.dice.randint(1, len(names))))


@kind("set with the key", ACCEPT)
def _(bench):
    header = bench.header(kid=bench.key.name)
    return bench.token(header), {"keys": bench.dice.sample([bench.key.jwk(), bench.other.jwk()], 2)}


@kind("set with the key, and a token that names none", ACCEPT)
def _(bench):
    """RFC 7516 section 6 leaves open how a key is found: all that fit are tried."""
    return bench.token(bench.header(kid=...)), {"keys": bench.dice.sample([bench.key.jwk(), bench.other.jwk()], 2)}


# Wrong keys.

@kind("wrong key", REFUSE, weight=4)
def _(bench):
    return ".".join(bench.parts()), bench.changed(bench.other.jwk(), {"kid": bench.key.name})


@kind("set without the key", REFUSE)
def _(bench):
    return bench.token(bench.header(kid=bench.key.name)), {"keys": [bench.other.jwk()]}


@kind("set where the name is another key's", REFUSE)
def _(bench):
    return bench.token(bench.header(kid=bench.other.name)), {"keys": [bench.key.jwk(), bench.other.jwk()]}


@kind("key of another kind", REFUSE, weight=3)
def _(bench):
    """Whether it says what it is for, or what the token is for."""
    way = bench.pick(*[way for way in WAYS if bench.keys[way][0].whole["kty"] != bench.key.whole["kty"]])
    key = bench.keys[way][0].jwk()
    return ".".join(bench.parts()), key | {"kid": bench.key.name} | bench.pick({}, {"alg": bench.alg})


@kind("key of another curve", REFUSE, only=ELLIPTIC_WAYS)
def _(bench):
    way = bench.pick(*[way for way in ELLIPTIC_WAYS if way.split()[0] == bench.alg and way != bench.way])
    return ".".join(bench.parts()), bench.keys[way][0].jwk() | {"kid": bench.key.name}


@kind("public key", REFUSE, only=PUBLIC_WAYS, weight=2)
def _(bench):
    return ".".join(bench.parts()), bench.key.jwk(private=False)


@kind("key of another algorithm of the same family", REFUSE, only=[way for way in WAYS if way not in DIRECT_WAYS], weight=2)
def _(bench):
    """The token is good, and so are the key's numbers; but the key says what it is for."""
    for family in (WRAPPINGS | SEALINGS, RSA_OAEP, steps.AGREEMENTS, PASSWORDS):
        if bench.alg in family:
            return ".".join(bench.parts()), bench.jwk(alg=bench.pick(*[alg for alg in family if alg != bench.alg]))


@kind("key for dir that names another encryption", REFUSE, only=["dir A128CBC-HS256", "dir A256GCM"])
def _(bench):
    return ".".join(bench.parts()), bench.jwk(alg="A256GCM" if bench.enc == "A128CBC-HS256" else "A128CBC-HS256")


@kind("key without alg", REFUSE)
def _(bench):
    return ".".join(bench.parts()), bench.jwk(alg=...)


@kind("key for signatures", REFUSE)
def _(bench):
    return ".".join(bench.parts()), bench.jwk(use="sig")


@kind("key_ops without what it takes", REFUSE)
def _(bench):
    # A private key's operations; "encrypt" and "wrapKey" are the other half's.
    names = ["sign", "verify", "encrypt", "wrapKey", "decrypt", "unwrapKey", "deriveKey", "deriveBits"]
    wrong = [name for name in names if name not in operations(bench.way)]
    return ".".join(bench.parts()), bench.jwk(key_ops=bench.pick([], wrong, *([name] for name in wrong)))


@kind("key without kty, or of an unknown one", REFUSE)
def _(bench):
    return ".".join(bench.parts()), bench.jwk(kty=bench.pick(..., None, "OCT", "none", 1))


@kind("kid of the key no string", REFUSE)
def _(bench):
    return bench.token(bench.header(kid=...)), bench.jwk(kid=bench.pick(1, None, ["x"], {}))


@kind("a key's member missing, of a wrong type, or no base64url", REFUSE, weight=4)
def _(bench):
    names = {"oct": ["k"], "RSA": ["n", "e"], "EC": ["crv", "x", "y", "d"], "OKP": ["crv", "x", "d"]}[bench.key.whole["kty"]]
    name = bench.pick(*names)
    value = bench.key.whole[name]
    wrong = bench.pick(..., None, 1, "", [value], value + "=", " " + value, value + "!")
    return ".".join(bench.parts()), bench.jwk(**{name: wrong})


@kind("a key of a wrong length", REFUSE, only=[*DIRECT_WAYS, *WRAPPINGS, *SEALINGS])
def _(bench):
    secret = bench.key.secret
    return ".".join(bench.parts()), bench.jwk(k=b64(bench.pick(secret[:-1], secret + b"\0", secret[:8], secret * 3)).decode())


@kind("a public half of another key", REFUSE, only=AGREEMENT_WAYS)
def _(bench):
    other = bench.other.whole
    return bench.token(), bench.jwk(**{name: other[name] for name in ("x", "y") if name in other})


@kind("a coordinate too short or too long", REFUSE, only=ELLIPTIC_WAYS)
def _(bench):
    name = bench.pick("x", "y", "d")
    return bench.token(), bench.jwk(**{name: b64(b"\0" + unb64(bench.key.whole[name].encode())).decode()})


@kind("RSA of 1024 bits", REFUSE, only=RSA_OAEP, weight=2)
def _(bench):
    """Long enough for RSA-OAEP with SHA-1 and any content key, and with SHA-256 for the shorter ones."""
    if bench.alg == "RSA-OAEP-256" and steps.ENCRYPTIONS[bench.enc] > 62:
        return None
    return bench.token(key=bench.weak), bench.weak.jwk()


@kind("a weak password", REFUSE, only=PASSWORDS, weight=2)
def _(bench):
    return bench.token(key=bench.weak), bench.weak.jwk()
