"""Tokens for the differential run: good ones, and ones with exactly one thing wrong, each with what we must say of it.

A case names its kind; the table of explained differences (differential_table.py) goes by peer and kind.
"""

import itertools
import json
import random
from dataclasses import dataclass

from differential_keys import ALGORITHMS, CURVES, HMACS, ORDERS, RSAS, Key
from token_mint import b64, compact

ACCEPT, REFUSE = True, False


@dataclass
class Case:
    kind: str
    alg: str
    token: str
    key: dict
    expected: bool
    claims: bool = False
    """Whether the claims are judged too."""


def registrar(kinds: dict, everything: list[str]):
    """A way to register makers of tokens in a dictionary: `make(bench)` answers a token, or a token and the key to give."""
    def kind(name: str, expected: bool, only=None, claims: bool = False, weight: int = 1):
        def register(make):
            kinds[name] = (make, expected, set(only or everything), claims, weight)
            return make
        return register
    return kind


KINDS = {}
kind = registrar(KINDS, ALGORITHMS)


class Dice:
    """Chance, the same for the same seed."""

    def __init__(self, dice: random.Random):
        self.dice = dice

    def pick(self, *choices):
        return self.dice.choice(choices)


class TokenBench(Dice):
    """Where one case is made: an algorithm, its key, another key, and dice."""

    def __init__(self, alg: str, keys: dict, dice: random.Random):
        super().__init__(dice)
        self.alg = alg
        self.key, self.other = keys[alg][:2]
        self.weak = keys.get("weak " + alg)
        self.keys = keys

    def header(self, **changes) -> dict:
        header = {"alg": self.alg, "typ": "JWT"}
        if self.dice.random() < 0.5:
            header["kid"] = self.key.name
        if self.dice.random() < 0.2:
            header["cty"] = "example"
        header.update(changes)
        return {name: value for name, value in header.items() if value is not ...}

    def claims(self, **changes) -> dict:
        dice = self.dice
        claims = {"iss": "https://issuer.example", "sub": f"user-{dice.randrange(10**6)}", "aud": self.pick("a", ["a", "b"]),
                  "exp": 4_000_000_000 + dice.randrange(10**6), "iat": 1_600_000_000 + dice.randrange(10**6),
                  "jti": b64(dice.randbytes(12)).decode(), "name": self.pick("Ann", "Zoë", "名前", "a\\b\"c"),
                  "n": dice.randrange(2**40)}
        claims.update(changes)
        return {name: value for name, value in claims.items() if value is not ...}

    def seal(self, header: bytes, payload: bytes, key: Key | None = None, alg: str | None = None) -> str:
        """Signs parts that are encoded already, however wrongly."""
        data = header + b"." + payload
        return (data + b"." + b64((key or self.key).sign(data, alg))).decode("utf-8")

    def token(self, header=None, claims=None, key: Key | None = None, alg: str | None = None) -> str:
        header = self.header() if header is None else header
        claims = self.claims() if claims is None else claims
        return self.seal(
            b64(header if isinstance(header, bytes) else compact(header)),
            b64(claims if isinstance(claims, bytes) else compact(claims)), key, alg)

    def parts(self) -> tuple[str, str, bytes]:
        header, payload = b64(compact(self.header())).decode(), b64(compact(self.claims())).decode()
        return header, payload, self.key.sign(f"{header}.{payload}".encode())

    def with_signature(self, change) -> str:
        header, payload, signature = self.parts()
        return f"{header}.{payload}.{b64(change(signature)).decode()}"

    def jwk(self, **changes) -> dict:
        return {name: value for name, value in (self.key.jwk() | changes).items() if value is not ...}


# Good tokens.

@kind("untouched", ACCEPT, weight=20)
def _(bench):
    return bench.token()


@kind("key without kid", ACCEPT)
def _(bench):
    return bench.token(), bench.jwk(kid=...)


@kind("private key given to verify", ACCEPT, only=[alg for alg in ALGORITHMS if alg not in HMACS])
def _(bench):
    return bench.token(), bench.key.jwk(private=True)


@kind("unknown key members", ACCEPT)
def _(bench):
    return bench.token(), bench.jwk(**{"use": "sig", "x-note": [1, {"a": None}], "iat": 1})


@kind("key_ops verify", ACCEPT)
def _(bench):
    return bench.token(), bench.jwk(key_ops=["verify"])


@kind("set with the key", ACCEPT)
def _(bench):
    header = bench.header(kid=bench.key.name)
    return bench.token(header), {"keys": bench.dice.sample([bench.key.jwk(), bench.other.jwk()], 2)}


@kind("white space in the header's JSON", ACCEPT)
def _(bench):
    return bench.token(json.dumps(bench.header(), indent=bench.pick(1, 4, "\t"), separators=(" ,", " : ")).encode() + bench.pick(b"", b"\r\n "))


@kind("escapes in the header's JSON", ACCEPT)
def _(bench):
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in bench.alg)
    return bench.token(f'{{"\\u0061lg":"{escaped}","typ":"J\\u0057T"}}'.encode())


@kind("unknown header parameters", ACCEPT)
def _(bench):
    return bench.token(bench.header(**{"x": bench.pick(None, True, [1, {"a": []}], -1.5e3, "é", 0), "x5t": "AAAA"}))


@kind("ALG beside alg", ACCEPT)
def _(bench):
    return bench.token(bench.header(ALG="none", Alg="HS256"))


@kind("payload that is no JSON, signature alone", ACCEPT)
def _(bench):
    return bench.token(claims=bench.pick(b"not json", b"{", b"\xff\xfe", b"[]", b"\0", bench.dice.randbytes(40)))


@kind("high or low s", ACCEPT, only=CURVES)
def _(bench):
    def other_s(signature):
        half = len(signature) // 2
        s = ORDERS[bench.alg] - int.from_bytes(signature[half:], "big")
        return signature[:half] + s.to_bytes(half, "big")
    return bench.with_signature(other_s)


@kind("RSA-PSS salt of the hash's length", ACCEPT, only=["PS256", "PS384", "PS512"])
def _(bench):
    return bench.token()


# Text and parts.

def flip(text: str, place: int, bench) -> str:
    return text[:place] + chr(ord(text[place]) ^ 1 << bench.dice.randrange(7)) + text[place + 1:]


@kind("a flipped bit in the text", REFUSE, weight=8)
def _(bench):
    token = bench.token()
    # Not the last letter: it may hold bits that belong to no byte, which is a kind of its own.
    return flip(token, bench.dice.randrange(len(token) - 1), bench)


@kind("a flipped bit in the signature", REFUSE, weight=8)
def _(bench):
    def change(signature):
        changed = bytearray(signature)
        changed[bench.dice.randrange(len(changed))] ^= 1 << bench.dice.randrange(8)
        return bytes(changed)
    return bench.with_signature(change)


@kind("a flipped bit in header or payload", REFUSE, weight=4)
def _(bench):
    header, payload, signature = bench.parts()
    parts = [header, payload]
    which = bench.dice.randrange(2)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    place = bench.dice.randrange(len(parts[which]) - 1)  # In the last letter it may be a bit of no byte.
    other = bench.dice.choice([letter for letter in letters if letter != parts[which][place]])
    parts[which] = parts[which][:place] + other + parts[which][place + 1:]
    return ".".join([*parts, b64(signature).decode()])


def trailing(text: str, bench) -> str | None:
    """The same bytes in another spelling, where bits are left over."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spare = {2: 15, 3: 3}.get(len(text) % 4)
    return spare and text[:-1] + letters[letters.index(text[-1]) + bench.dice.randint(1, spare)]


@kind("trailing bits in the signature", REFUSE, weight=2)
def _(bench):
    header, payload, signature = bench.parts()
    text = trailing(b64(signature).decode(), bench)
    return text and f"{header}.{payload}.{text}"


@kind("trailing bits in the header", REFUSE)
def _(bench):
    text = trailing(b64(compact(bench.header())).decode(), bench)
    return text and bench.seal(text.encode(), b64(compact(bench.claims())))


@kind("trailing bits in the payload", REFUSE)
def _(bench):
    text = trailing(b64(compact(bench.claims())).decode(), bench)
    return text and bench.seal(b64(compact(bench.header())), text.encode())


SPELLINGS = {}
"""Other ways to write base64url, none of them right; None where a text has no such spelling."""


def respell(name: str, change):
    """One change of spelling, in each of the three parts; header and payload are signed as changed."""
    SPELLINGS[name] = change

    @kind(f"{name} in the signature", REFUSE)
    def _(bench):
        header, payload, signature = bench.parts()
        text = change(b64(signature).decode(), bench)
        return text and f"{header}.{payload}.{text}"

    @kind(f"{name} in the header", REFUSE)
    def _(bench):
        text = change(b64(compact(bench.header(x="??>>~~"))).decode(), bench)
        return text and bench.seal(text.encode(), b64(compact(bench.claims())))

    @kind(f"{name} in the payload", REFUSE)
    def _(bench):
        text = change(b64(compact(bench.claims(x="??>>~~"))).decode(), bench)
        return text and bench.seal(b64(compact(bench.header())), text.encode())


def insert(text: str, what: str, bench) -> str:
    place = bench.dice.randrange(len(text) + 1)
    return text[:place] + what + text[place:]


respell("padding", lambda text, bench: text + bench.pick("=", "==", "=" * (-len(text) % 4 or 4)))
respell("white space", lambda text, bench: insert(text, bench.pick(" ", "\n", "\t", "\r\n", "\x0b", "\u00a0"), bench))
respell("foreign characters", lambda text, bench: insert(text, bench.pick("!", "*", "?", "%2d", "\x00", "\x7f", "é", ","), bench))
respell("the other alphabet", lambda text, bench: (
    text.translate(str.maketrans("-_", "+/")) if set(text) & set("-_") else None))
respell("a letter too many", lambda text, bench: text + "A" * ((1 - len(text)) % 4 or 4) if len(text) % 4 != 1 else None)


@kind("white space around the token", REFUSE, weight=2)
def _(bench):
    space = bench.pick(" ", "\n", "\t", "\r\n", "\ufeff")
    return bench.pick(space + bench.token(), bench.token() + space)


@kind("dots too many or too few", REFUSE, weight=3)
def _(bench):
    token = bench.token()
    header, payload, signature = token.split(".")
    return bench.pick(
        "." + token, token + ".", token + "." + signature, f"{header}.{payload}", header, "", ".", "..", "...",
        f"{header}..{payload}.{signature}", f"{token}..", f"{header}.{payload}{signature}", "." * 4000)


@kind("parts in another order", REFUSE)
def _(bench):
    header, payload, signature = bench.token().split(".")
    return bench.pick(
        f"{payload}.{header}.{signature}", f"{signature}.{payload}.{header}", f"{header}.{signature}.{payload}",
        f"{header}.{header}.{signature}")


@kind("a token cut short", REFUSE, weight=2)
def _(bench):
    token = bench.token()
    return token[:bench.dice.randrange(len(token))]


@kind("no signature", REFUSE)
def _(bench):
    header, payload, _ = bench.token().split(".")
    return f"{header}.{payload}."


@kind("JSON serialisation", REFUSE, weight=2)
def _(bench):
    header, payload, signature = bench.token().split(".")
    one = {"protected": header, "signature": signature}
    return json.dumps(bench.pick({"payload": payload, **one}, {"payload": payload, "signatures": [one]}))


@kind("a payload of another token", REFUSE)
def _(bench):
    header, _, signature = bench.token().split(".")
    return f"{header}.{b64(compact(bench.claims(admin=True))).decode()}.{signature}"


@kind("a header of another token", REFUSE)
def _(bench):
    _, payload, signature = bench.token().split(".")
    return f"{b64(compact(bench.header(jti=1))).decode()}.{payload}.{signature}"


# Signatures.

@kind("a short signature", REFUSE, weight=2)
def _(bench):
    return bench.with_signature(lambda signature: signature[:bench.pick(len(signature) - 1, len(signature) // 2, 1, 16)])


@kind("a long signature", REFUSE, weight=2)
def _(bench):
    more = bench.pick(b"\0", b"\0\0", bench.dice.randbytes(1))
    return bench.with_signature(lambda signature: bench.pick(signature + more, b"\0" + signature, signature * 2))


@kind("DER instead of r and s", REFUSE, only=CURVES, weight=2)
def _(bench):
    header, payload, _ = bench.parts()
    return f"{header}.{payload}.{b64(bench.key.der(f'{header}.{payload}'.encode())).decode()}"


@kind("r or s out of range", REFUSE, only=CURVES, weight=2)
def _(bench):
    order = ORDERS[bench.alg]

    def change(signature):
        half = len(signature) // 2
        r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
        top = 256**half
        r, s = bench.pick((0, s), (r, 0), (0, 0), (order, s), (r, order), (1, 0), (0, 1), (top - 1, top - 1),
                          ((r + order) if r + order < top else top - 1, s), (order - 1, order))
        return r.to_bytes(half, "big") + s.to_bytes(half, "big")
    return bench.with_signature(change)


@kind("S not reduced", REFUSE, only=["Ed25519"], weight=2)
def _(bench):
    order = 2**252 + 27742317777372353535851937790883648493
    return bench.with_signature(
        lambda signature: signature[:32] + (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little"))


@kind("a signature plus the modulus", REFUSE, only=RSAS)
def _(bench):
    modulus = bench.key.private.public_key().public_numbers().n

    def change(signature):
        grown = int.from_bytes(signature, "big") + modulus
        return grown.to_bytes(256 if grown < 256**256 else 257, "big")
    return bench.with_signature(change)


@kind("nothing but zeros, or ones, as signature", REFUSE)
def _(bench):
    return bench.with_signature(lambda signature: bench.pick(b"\0", b"\xff", b"\1") * len(signature))


@kind("signed by another key", REFUSE, weight=3)
def _(bench):
    return bench.token(bench.header(kid=bench.pick(..., bench.key.name)), key=bench.other)


@kind("signed with another algorithm than the header says", REFUSE, only=[*HMACS, *RSAS], weight=2)
def _(bench):
    family = HMACS if bench.alg in HMACS else RSAS
    return bench.token(alg=bench.dice.choice([alg for alg in family if alg != bench.alg]))


def draws(kinds: dict, algorithms: list[str], dice: random.Random, scale=lambda alg: 1, is_even: bool = False):
    """An algorithm and a kind, without end, each as often as its weight says.

    A kind that is for few algorithms is drawn less often than one that is for many, unless `is_even`.
    """
    chances = []
    for name, (_, _, only, _, weight) in kinds.items():
        chosen = [alg for alg in algorithms if alg in only]
        share = 1 / sum(map(scale, chosen)) if is_even and chosen else 1
        chances += [(alg, name, weight * scale(alg) * share) for alg in chosen]
    heights = list(itertools.accumulate(weight for *_, weight in chances))
    while True:
        [(alg, name, _)] = dice.choices(chances, cum_weights=heights)
        yield alg, name


def cases(count: int, seed: int, algorithms: list[str]) -> list[Case]:
    """So many cases, each algorithm and each kind as often as its weight says."""
    import differential_tokens_claims  # noqa: F401  (registers its kinds)
    import differential_tokens_header  # noqa: F401

    dice = random.Random(seed)
    keys = {alg: [Key(alg, f"{alg}-key", dice), Key(alg, f"{alg}-other", dice)] for alg in algorithms}
    for alg in set(algorithms) & {"RS256", "PS256"}:
        keys["weak " + alg] = Key(alg, f"{alg}-key", dice, rsa_bits=1024)
    for alg in set(algorithms) & set(HMACS):
        keys["weak " + alg] = Key(alg, f"{alg}-key", dice, secret_bytes=16)
    # ML-DSA tokens are ten times as long as others: fewer of them.
    drawn = draws(KINDS, algorithms, dice, lambda alg: 0.3 if alg.startswith("ML") else 1)
    made = []
    while len(made) < count:
        alg, name = next(drawn)
        make, expected, _, claims, _ = KINDS[name]
        bench = TokenBench(alg, keys, dice)
        done = make(bench)
        if done is None:  # This spelling has no such variant; a signature of 48 bytes never has.
            continue
        token, key = done if isinstance(done, tuple) else (done, bench.key.jwk())
        made.append(Case(name, alg, token, key, expected, claims))
    return made
