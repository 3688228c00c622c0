"""Encrypted tokens for the differential run: good ones, by several makers, and ones with exactly one thing wrong.

What a header says stays true to how the token was made unless that is the damage: only the one thing may be the reason
to refuse. Kinds whose header or key is wrong stand in differential_encrypted_tokens_header.py and *_keys.py.
"""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import differential_encryption_keys as steps
from differential_decryption_peers import MAKERS
from differential_encryption_keys import (AGREEMENT_CURVES, AGREEMENT_WAYS, DIRECT_WAYS, ENCRYPTIONS, PASSWORDS, SEALINGS,
                                          WAYS, EncryptionKey, encryptions)
from differential_tokens import ACCEPT, REFUSE, SPELLINGS, Case, Dice, draws, flip, registrar, trailing
from token_mint import b64, compact, unb64

PARTS = ["header", "encrypted key", "vector", "ciphertext", "tag"]
LONG = 50_000
"""So many tokens are a long run."""

KINDS = {}
kind = registrar(KINDS, WAYS)


@dataclass
class EncryptedCase(Case):
    content: bytes = b""
    """What is in the token."""


class EncryptionBench(Dice):
    """Where one case is made: a way to encrypt and its keys, a content encryption, tokens of other makers, and dice."""

    def __init__(self, way: str, enc: str, keys: dict, made: dict, dice: random.Random):
        super().__init__(dice)
        self.way, self.enc, self.keys = way, enc, keys
        self.key, self.other, self.weak = keys[way]
        self.alg, self.curve = self.key.alg, self.key.curve
        self.made = made.get((way, enc), [])
        self.is_gcm = enc.endswith("GCM")
        self.content = dice.randbytes(dice.choice([1, 15, 16, 17, dice.randrange(1, 200)]))

    def header(self, **changes) -> dict:
        header = {"alg": self.alg, "enc": self.enc}
        if self.dice.random() < 0.5:
            header["kid"] = self.key.name
        if self.dice.random() < 0.2:
            header |= {"typ": "JWT", "cty": self.pick("JWT", "example")}
        return self.changed(header, changes)

    @staticmethod
    def changed(header: dict, changes: dict) -> dict:
        """`...` takes a parameter away."""
        return {name: value for name, value in (header | changes).items() if value is not ...}

    def manage(
        self, header: dict, *, alg=None, key=None, content_key=None, own=None, agreed=None, apu=b"", apv=b"",
        salt=None, count=None, key_vector=None,
    ) -> tuple[bytes, bytes, dict]:
        """The content key, its encrypted form, and what the header must say of it (RFC 7516 section 5.1, steps 1 to 7)."""
        alg, key, dice = alg or self.alg, key or self.key, self.dice
        content_key = content_key or dice.randbytes(ENCRYPTIONS[self.enc])
        if alg == "dir":
            return key.secret, b"", {}
        if alg in steps.WRAPPINGS:
            return content_key, steps.wrap(key.secret, content_key), {}
        if alg in SEALINGS:
            key_vector = dice.randbytes(12) if key_vector is None else key_vector
            encrypted, tag = steps.gcm(key.secret, key_vector, content_key)
            return content_key, encrypted, {"iv": b64(key_vector).decode(), "tag": b64(tag).decode()}
        if alg in steps.RSA_OAEP:
            return content_key, steps.oaep(alg, key.private.public_key(), content_key), {}
        if alg in PASSWORDS:
            salt = dice.randbytes(16) if salt is None else salt
            count = dice.randrange(1000, 3000) if count is None else count
            encrypted = steps.wrap(steps.stretch(alg, key.secret, salt, count), content_key)
            return content_key, encrypted, {"p2s": b64(salt).decode(), "p2c": count}
        own = own or steps.ephemeral(key.curve, dice)
        secret = steps.agree(own, key.private.public_key()) if agreed is None else agreed
        parameters = {"epk": steps.public_jwk(key.curve, own)}
        parameters |= {name: b64(info).decode() for name, info in (("apu", apu), ("apv", apv)) if info}
        if alg == "ECDH-ES":
            return steps.derive(secret, header.get("enc", self.enc), ENCRYPTIONS[self.enc], apu, apv), b"", parameters
        length = steps.WRAPPINGS[alg.removeprefix("ECDH-ES+")]
        return content_key, steps.wrap(steps.derive(secret, alg, length, apu, apv), content_key), parameters

    def close(self, content_key: bytes, header: str, content: bytes, vector: bytes | None = None, is_padded=False) -> list[str]:
        """Vector, ciphertext and tag, encoded."""
        vector = self.dice.randbytes(steps.vector_length(self.enc)) if vector is None else vector
        if self.is_gcm:
            ciphertext, tag = steps.gcm(content_key, vector, content, header.encode())
        else:
            ciphertext, tag = steps.cbc(self.enc, content_key, vector, content, header.encode(), is_padded)
        return [b64(part).decode() for part in (vector, ciphertext, tag[:steps.tag_length(self.enc)])]

    def token(
        self, header: dict | None = None, changes: dict | None = None, text=compact, spell=None, encrypted=None,
        content: bytes | None = None, vector: bytes | None = None, is_padded: bool = False, **management,
    ) -> str:
        """A token made by ourselves. Whatever is changed here is authenticated as changed."""
        header = self.header() if header is None else header
        self.content = self.content if content is None else content
        content_key, encrypted_key, parameters = self.manage(header, **management)
        part = b64(text(self.changed(header | parameters, changes or {}))).decode()
        if spell is not None and (part := spell(part)) is None:
            return ""
        encrypted_key = encrypted_key if encrypted is None else encrypted
        return ".".join([part, b64(encrypted_key).decode(), *self.close(content_key, part, self.content, vector, is_padded)])

    def parts(self) -> list[str]:
        """The parts of a good token by any maker."""
        token = self.token()
        if self.made and self.dice.random() < 0.5:
            token, self.content = self.pick(*self.made)
        return token.split(".")

    def with_part(self, name: str, change) -> str:
        """A good token, one part of it exchanged after it was made: `change(bytes)` answers other bytes."""
        parts, index = self.parts(), PARTS.index(name)
        parts[index] = b64(change(unb64(parts[index].encode()))).decode()
        return ".".join(parts)

    def jwk(self, **changes) -> dict:
        return self.changed(self.key.jwk(), changes)


# Good tokens.

@kind("untouched", ACCEPT, weight=8)
def _(bench):
    return bench.token()


@kind("empty content", ACCEPT)
def _(bench):
    return bench.token(content=b"")


@kind("much content", ACCEPT)
def _(bench):
    return bench.token(content=bench.dice.randbytes(bench.dice.randrange(10_000, 40_000)))


@kind("a token of more than 256 KiB", REFUSE)
def _(bench):
    return bench.token(content=bench.dice.randbytes(197_000))


@kind("another encryption of the same key length", ACCEPT, only=["dir A128CBC-HS256", "dir A256GCM"])
def _(bench):
    """A key for dir that names no encryption is for each of its length."""
    bench.enc = "A256GCM" if bench.enc == "A128CBC-HS256" else "A128CBC-HS256"
    bench.is_gcm = not bench.is_gcm
    return bench.token()


# One bit, in each part.

def flipped(data: bytes, bench) -> bytes | None:
    if not data:
        return None
    changed = bytearray(data)
    changed[bench.dice.randrange(len(changed))] ^= 1 << bench.dice.randrange(8)
    return bytes(changed)


def flipping(name: str):
    @kind(f"a flipped bit in the {name}", REFUSE, weight=3)
    def _(bench):
        return bench.with_part(name, lambda part: flipped(part, bench) or bench.dice.randbytes(1))


for part in PARTS:
    flipping(part)


@kind("a flipped bit in the text", REFUSE, weight=4)
def _(bench):
    # Not the last letter of a part: it may hold bits that belong to no byte, which is a kind of its own.
    parts = bench.parts()
    index = bench.pick(*[index for index, part in enumerate(parts) if len(part) > 1])
    parts[index] = flip(parts[index], bench.dice.randrange(len(parts[index]) - 1), bench)
    return ".".join(parts)


# Tag and vector.

@kind("a short tag", REFUSE, weight=3)
def _(bench):
    return bench.with_part("tag", lambda tag: tag[:bench.pick(0, 1, 4, 8, 12, len(tag) // 2, len(tag) - 1)])


@kind("a long tag", REFUSE, weight=2)
def _(bench):
    return bench.with_part("tag", lambda tag: bench.pick(tag + b"\0", tag * 2, b"\0" + tag, tag + bench.dice.randbytes(8)))


@kind("an HMAC that was not cut", REFUSE)
def _(bench):
    if bench.is_gcm:
        return None
    header = bench.header()
    content_key, encrypted, parameters = bench.manage(header)
    part = b64(compact(header | parameters)).decode()
    vector = bench.dice.randbytes(16)
    ciphertext, tag = steps.cbc(bench.enc, content_key, vector, bench.content, part.encode())
    return ".".join([part, *(b64(data).decode() for data in (encrypted, vector, ciphertext, tag))])


@kind("a vector of another length", REFUSE, weight=2)
def _(bench):
    """With AES-GCM any length can be computed with, and here it was; AES-CBC has one."""
    if bench.is_gcm:
        return bench.token(vector=bench.dice.randbytes(bench.pick(8, 11, 13, 16, 32)))
    return bench.with_part("vector", lambda vector: bench.pick(vector[:-1], vector[:12], vector + b"\0", vector * 2))


@kind("no vector", REFUSE)
def _(bench):
    return bench.with_part("vector", lambda vector: b"")


@kind("no ciphertext", REFUSE)
def _(bench):
    return bench.with_part("ciphertext", lambda ciphertext: b"")


@kind("ciphertext cut or with more behind it", REFUSE)
def _(bench):
    return bench.with_part("ciphertext", lambda text: bench.pick(text[:-1], text + b"\0", text + text[-16:], text[16:] or b"\0"))


@kind("authentic content whose padding is wrong", REFUSE, weight=2)
def _(bench):
    """Whoever has the key can make it: nobody may crash over it, or take it for content."""
    if bench.is_gcm:
        return None
    ends = [b"\0", b"\x11", b"\xff", b"\2", b"\x10", b"\1\2", b"\3\2\3"]
    return bench.token(content=b"a" * 16 + bench.pick(*ends).rjust(16, b"x"), is_padded=True)


@kind("authentic content of no whole block", REFUSE)
def _(bench):
    if bench.is_gcm:
        return None
    header = bench.header()
    content_key, encrypted, parameters = bench.manage(header)
    part = b64(compact(header | parameters)).decode()
    vector, ciphertext = bench.dice.randbytes(16), bench.dice.randbytes(bench.pick(0, 1, 15, 17, 31))
    tag = steps.authenticate(bench.enc, content_key, vector, ciphertext, part.encode())[:steps.tag_length(bench.enc)]
    return ".".join([part, *(b64(data).decode() for data in (encrypted, vector, ciphertext, tag))])


# The encrypted key.

WITH_KEY = [way for way in WAYS if way not in DIRECT_WAYS and not way.startswith("ECDH-ES ")]


@kind("no encrypted key where one belongs", REFUSE, only=WITH_KEY)
def _(bench):
    return bench.with_part("encrypted key", lambda key: b"")


@kind("an encrypted key where none belongs", REFUSE, only=[way for way in WAYS if way not in WITH_KEY], weight=2)
def _(bench):
    return bench.token(encrypted=bench.dice.randbytes(bench.pick(1, 24, 40, 256)))


@kind("an encrypted key cut or with more behind it", REFUSE)
def _(bench):
    return bench.with_part(
        "encrypted key", lambda key: bench.pick(key[:-1], key[:-8], key + b"\0", key + key, b"\0" + key) or b"\0")


@kind("an encrypted key of another token", REFUSE)
def _(bench):
    other = bench.token().split(".")[1]
    parts = bench.parts()
    if not other:
        return None
    return ".".join([parts[0], other, *parts[2:]])


@kind("a content key of another length", REFUSE, only=WITH_KEY, weight=2)
def _(bench):
    """Wrapped properly, and the content encrypted with just that key."""
    wanted = ENCRYPTIONS[bench.enc]
    lengths = [16, 24, 32] if bench.is_gcm else [32, 48, 64]
    return bench.token(content_key=bench.dice.randbytes(bench.pick(*[length for length in lengths if length != wanted])))


# Spellings.

def respell(name: str, change):
    for part in PARTS:
        respell_part(name, change, part)


def respell_part(name: str, change, part: str):
    """One change of spelling in one part; the header is authenticated as changed."""
    @kind(f"{name} in the {part}", REFUSE)
    def _(bench):
        if part == "header":
            # A content type that is written with the letters in which the two alphabets differ.
            return bench.token(bench.header(cty="??>>~~"), spell=lambda text: change(text, bench)) or None
        parts, index = bench.parts(), PARTS.index(part)
        text = change(parts[index], bench)
        if text is None or text == parts[index]:
            return None
        parts[index] = text
        return ".".join(parts)


for name, change in (SPELLINGS | {"trailing bits": trailing}).items():
    respell(name, change)


# The whole text.

@kind("white space around the token", REFUSE, weight=2)
def _(bench):
    space, token = bench.pick(" ", "\n", "\t", "\r\n", "\ufeff"), ".".join(bench.parts())
    return bench.pick(space + token, token + space)


@kind("dots too many or too few", REFUSE, weight=3)
def _(bench):
    parts = bench.parts()
    token = ".".join(parts)
    return bench.pick(
        "." + token, token + ".", token + "." + parts[4], ".".join(parts[:4]), ".".join(parts[:3]), ".".join(parts[1:]),
        parts[0], "", ".", "....", ".....", "." * 4000, ".".join([*parts[:2], "", *parts[2:]]), parts[0] + "....")


@kind("parts in another order", REFUSE, weight=2)
def _(bench):
    parts = bench.parts()
    one, other = bench.dice.sample(range(5), 2)
    parts[one], parts[other] = parts[other], parts[one]
    # Two parts that are both empty do not change places.
    return ".".join(parts) if parts[one] != parts[other] else None


@kind("a token cut short", REFUSE, weight=2)
def _(bench):
    token = ".".join(bench.parts())
    return token[:bench.dice.randrange(len(token))]


@kind("a header of another token", REFUSE)
def _(bench):
    """Of the same way, with the same parameters, but for one word."""
    parts = bench.token(bench.header(typ="one")).split(".")
    parts[0] = b64(unb64(parts[0].encode()).replace(b'"one"', b'"two"')).decode()
    return ".".join(parts)


@kind("three parts", REFUSE)
def _(bench):
    return bench.pick("e30.e30.", ".".join(bench.parts()[:3]), f"{b64(compact({'alg': 'none'})).decode()}.e30.")


# All makers, all ways, all encryptions.

def made_by(name: str):
    @kind(f"made by {name}", ACCEPT, weight=0)
    def _(bench):
        raise AssertionError("these are not drawn by chance: each is made once")


for name in MAKERS:
    made_by(name)


def made_cases(keys: dict, dice: random.Random, is_whole: bool) -> list[tuple[str, str, EncryptedCase]]:
    """Each maker's token for each way and each encryption.

    Our own command takes a process for each token, and half a second where it is for a password: it makes two for each
    way, one of those with passwords, and those of every encryption where the run is long.
    """
    wanted = []
    for name in MAKERS:
        for way in WAYS:
            encs = encryptions(way)
            if name == "signet" and not is_whole and len(encs) > 1:
                encs = dice.sample(encs, 1 if way in PASSWORDS else 2)
            wanted += [(name, way, enc, dice.randbytes(dice.randrange(1, 100))) for enc in encs]
    with ThreadPoolExecutor(2) as pool:
        tokens = list(pool.map(lambda one: MAKERS[one[0]](keys[one[1]][0], one[2], one[3]), wanted))
    return [(way, enc, EncryptedCase(f"made by {name}", keys[way][0].alg, token, keys[way][0].jwk(), ACCEPT, content=content))
            for (name, way, enc, content), token in zip(wanted, tokens)]


def cases(count: int, seed: int) -> list[EncryptedCase]:
    """Each maker's tokens, and so many more, each way and each kind as often as its weight says."""
    import differential_encrypted_tokens_header  # noqa: F401  (registers its kinds)
    import differential_encrypted_tokens_keys  # noqa: F401

    dice = random.Random(seed)
    keys = {way: (EncryptionKey(way, f"{way} key", dice), EncryptionKey(way, f"{way} other", dice), weak_key(way, dice))
            for way in WAYS}
    made = made_cases(keys, dice, is_whole=count >= LONG)
    pool = {}
    for way, enc, case in made:
        # Half a second for each token that our own command made with a password is too much to be damaged many times.
        if way not in PASSWORDS or case.kind != "made by signet":
            pool.setdefault((way, enc), []).append((case.token, case.content))
    drawn = draws(KINDS, WAYS, dice, lambda way: 1 / len(AGREEMENT_CURVES) if way in AGREEMENT_WAYS else 1, is_even=True)
    asked = [case for *_, case in made]
    while len(asked) < len(made) + count:
        way, name = next(drawn)
        make, expected, *_ = KINDS[name]
        bench = EncryptionBench(way, dice.choice(encryptions(way)), keys, pool, dice)
        done = make(bench)
        if done is None:  # This way, or this encryption, has no such variant.
            continue
        token, key = done if isinstance(done, tuple) else (done, bench.key.jwk())
        asked.append(EncryptedCase(name, bench.alg, token, key, expected, content=bench.content))
    return asked


def weak_key(way: str, dice: random.Random) -> EncryptionKey | None:
    if way in PASSWORDS:
        return EncryptionKey(way, f"{way} key", dice, secret_bytes=7)
    return EncryptionKey(way, f"{way} key", dice, rsa_bits=1024) if way in steps.RSA_OAEP else None
