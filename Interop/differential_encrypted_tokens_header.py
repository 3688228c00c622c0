"""Encrypted tokens whose header is wrong, and parameters of key management that are. All of it is authenticated."""

import json
import zlib

import differential_encryption_keys as steps
from differential_encrypted_tokens import ACCEPT, REFUSE, kind
from differential_encryption_keys import (AGREEMENT_CURVES, AGREEMENT_WAYS, AGREEMENTS, DIRECT_WAYS, ENCRYPTIONS, PASSWORDS,
                                          RSA_OAEP, SEALINGS, WAYS, WRAPPINGS, X25519_WAYS)
from differential_keys import CURVES
from differential_tokens import insert, trailing
from token_mint import b64, compact, number_b64, unb64


# The header's JSON.

@kind("white space in the header's JSON", ACCEPT)
def _(bench):
    return bench.token(text=lambda header: json.dumps(
        header, indent=bench.pick(1, 4, "\t"), separators=(" ,", " : ")).encode() + bench.pick(b"", b"\r\n "))


@kind("escapes in the header's JSON", ACCEPT)
def _(bench):
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in bench.alg)
    return bench.token(
        bench.header(alg=...), text=lambda header: f'{{"\\u0061lg":"{escaped}",{json.dumps(header)[1:]}'.encode())


@kind("unknown header parameters", ACCEPT)
def _(bench):
    return bench.token(bench.header(x=bench.pick(None, True, [1, {"a": []}], -1.5e3, "é", 0)))


@kind("ALG beside alg", ACCEPT)
def _(bench):
    return bench.token(bench.header(ALG="none", Enc="none"))


@kind("a name twice in the header", REFUSE, weight=3)
def _(bench):
    def twice(header):
        text = compact(header)[:-1]
        return text + bench.pick(
            b',"alg":"%s"}' % bench.alg.encode(), b',"\\u0061lg":"%s"}' % bench.alg.encode(),
            b',"enc":"%s"}' % bench.enc.encode(),
            b',"cty":"a","cty":"b"}', b',"kid":"a","kid":"%s"}' % bench.key.name.encode())
    return bench.token(bench.header(kid=..., cty=...), text=twice)


@kind("a name twice inside epk", REFUSE, only=AGREEMENT_WAYS)
def _(bench):
    return bench.token(text=lambda header: compact(header).replace(b'"kty"', b'"kty":"oct","kty"'))


@kind("a header in UTF-16 or UTF-32", REFUSE)
def _(bench):
    return bench.token(text=lambda header: json.dumps(header).encode(bench.pick("utf-16", "utf-16-le", "utf-16-be", "utf-32-le")))


@kind("a byte order mark before the header", REFUSE)
def _(bench):
    return bench.token(text=lambda header: b"\xef\xbb\xbf" + compact(header))


@kind("a header that is no UTF-8", REFUSE)
def _(bench):
    return bench.token(text=lambda header: compact(header)[:-1] + bench.pick(
        b',"typ":"\xff"}', b',"typ":"\xc0\x80"}', b',"typ":"\xed\xa0\x80"}') if "typ" not in header else b"\xff")


@kind("a header that is no JSON", REFUSE, weight=2)
def _(bench):
    def broken(header):
        text = json.dumps(header)
        return bench.pick(
            text[:-1], text + "}", text[:-1] + ",}", text.replace('"', "'"), text + text, "", "{}", "[]", "null", f"[{text}]",
            text[:-1] + ',"x":NaN}', text[:-1] + ',"x":-Infinity}', text[:-1] + ',"x":01}', text + "\0", "/**/" + text).encode()
    return bench.token(text=broken)


@kind("half a surrogate pair in the header", REFUSE)
def _(bench):
    return bench.token(bench.header(typ=...), text=lambda header: compact(header)[:-1] + b',"typ":"\\ud800"}')


@kind("a number that no double holds in the header", REFUSE)
def _(bench):
    return bench.token(text=lambda header: compact(header)[:-1] + b',"x":' + bench.pick(b"1e400", b"-1e999") + b"}")


@kind("a header nested too deep", REFUSE)
def _(bench):
    depth = bench.pick(32, 40, 200)
    return bench.token(text=lambda header: compact(header)[:-1] + b',"x":' + b"[" * depth + b"]" * depth + b"}")


@kind("a header of 1 to 8 KiB", ACCEPT)
def _(bench):
    return bench.token(bench.header(typ="x" * bench.pick(1100, 4000, 5000)))


@kind("a header of more than 8 KiB", REFUSE)
def _(bench):
    return bench.token(bench.header(typ="x" * bench.pick(6200, 9000)))


@kind("typ or cty no string", REFUSE)
def _(bench):
    return bench.token(bench.header(**{bench.pick("typ", "cty"): bench.pick(1, None, ["JWT"], {}, False)}))


@kind("kid no string", REFUSE)
def _(bench):
    return bench.token(bench.header(kid=bench.pick(1, None, True, ["x"], {"kid": bench.key.name}, 1.5)))


@kind("kid of no key", REFUSE, weight=2)
def _(bench):
    return bench.token(bench.header(kid=bench.pick("other", "' OR 1=1 --", bench.key.name + " ", bench.key.name.upper())))


@kind("kid too long, empty or with control characters", REFUSE)
def _(bench):
    return bench.token(bench.header(kid=bench.pick("k" * 300, "", "a\nb", "a\0b", "\x7f")))


@kind("a JWK in the header", ACCEPT)
def _(bench):
    """Of an encrypted token it is the recipient's public key (RFC 7516 section 4.1.5), which says nothing to the recipient."""
    return bench.token(bench.header(jwk={"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}))


# alg and enc.

def families(way: str) -> list[str]:
    """The algorithms that can be computed with the same key."""
    alg = steps.algorithm(way)
    if way in AGREEMENT_WAYS:
        return AGREEMENTS
    if way in DIRECT_WAYS:
        length = ENCRYPTIONS[way.split()[1]]
        return [alg, *(name for name, wanted in (WRAPPINGS | SEALINGS).items() if wanted == length)]
    for family in (RSA_OAEP, PASSWORDS):
        if alg in family:
            return list(family)
    lengths = WRAPPINGS | SEALINGS
    return [name for name, length in lengths.items() if length == lengths[alg]]


@kind("made for another algorithm with the same key", REFUSE, weight=3, only=[way for way in WAYS if len(families(way)) > 1])
def _(bench):
    other = bench.pick(*[alg for alg in families(bench.way) if alg != bench.alg])
    return bench.token(bench.header(alg=other), alg=other)


@kind("alg exchanged", REFUSE, weight=2)
def _(bench):
    """The header says so; the token was made for the key."""
    return bench.token(bench.header(alg=bench.pick(*[alg for alg in map(steps.algorithm, WAYS) if alg != bench.alg])))


@kind("enc exchanged", REFUSE, weight=2, only=[way for way in WAYS if way not in DIRECT_WAYS])
def _(bench):
    """The content was encrypted otherwise than the header says."""
    said = bench.pick(*[enc for enc in ENCRYPTIONS if enc != bench.enc])
    return bench.token(bench.header(enc=said))


@kind("alg in another case", REFUSE)
def _(bench):
    return bench.token(bench.header(alg=bench.pick(bench.alg.swapcase(), bench.alg + " ", " " + bench.alg, bench.alg + "\0")))


@kind("alg or enc unknown", REFUSE, weight=2)
def _(bench):
    other = bench.pick("none", "RSA1_5", "HS256", "A512KW", "RSA-OAEP-512", "ECDH-1PU", "A128CBC", "A256CBC-HS256", "é", "")
    return bench.token(bench.header(**{bench.pick("alg", "enc"): other}), alg=bench.alg)


@kind("alg or enc missing or no string", REFUSE, weight=2)
def _(bench):
    name = bench.pick("alg", "enc")
    value = {"alg": bench.alg, "enc": bench.enc}[name]
    return bench.token(changes={name: bench.pick(..., None, 1, True, [value], {name: value})})


# crit, zip.

@kind("crit that must be understood", REFUSE, weight=2)
def _(bench):
    return bench.token(bench.header(crit=["exp"], exp=1) if bench.dice.random() < 0.5 else bench.header(
        crit=["http://example.com/x"], **{"http://example.com/x": True}))


@kind("crit of a wrong form", REFUSE, weight=2)
def _(bench):
    return bench.token(bench.header(crit=bench.pick(
        [], "exp", None, 1, {}, ["alg"], ["missing"], [1], [None], [""], ["enc", "enc"], ["kid", "typ"], True, ["zip"])))


@kind("compressed content", REFUSE, weight=2)
def _(bench):
    content = bench.content
    token = bench.token(bench.header(zip="DEF"), content=zlib.compress(content)[2:-4])
    bench.content = content
    return token


@kind("content that says to be compressed and is not", REFUSE)
def _(bench):
    # The first three bits name a kind of block that there is not (RFC 1951 section 3.2.3).
    return bench.token(bench.header(zip="DEF"), content=b"\7" + bench.content)


@kind("zip unknown", REFUSE)
def _(bench):
    return bench.token(bench.header(zip=bench.pick("def", "GZIP", "", None, 1, ["DEF"], True, {})))


# epk.

@kind("epk missing or no object", REFUSE, only=AGREEMENT_WAYS, weight=2)
def _(bench):
    return bench.token(changes={"epk": bench.pick(..., None, "", 1, [], {}, "MFkwEwYHKoZIzj0CAQYI")})


@kind("epk with other members", ACCEPT, only=AGREEMENT_WAYS)
def _(bench):
    own = steps.ephemeral(bench.curve, bench.dice)
    epk = steps.public_jwk(bench.curve, own) | {"kid": "e", "use": "enc", "alg": bench.alg}
    return bench.token(own=own, changes={"epk": epk})


@kind("epk without a member, or with one of a wrong type", REFUSE, only=AGREEMENT_WAYS, weight=2)
def _(bench):
    own = steps.ephemeral(bench.curve, bench.dice)
    epk = steps.public_jwk(bench.curve, own)
    name = bench.pick(*epk)
    epk = bench.changed(epk, {name: bench.pick(..., None, 1, "", [epk[name]])})
    return bench.token(own=own, changes={"epk": epk})


@kind("epk of another kind of key", REFUSE, only=AGREEMENT_WAYS, weight=2)
def _(bench):
    curve = bench.pick(*[curve for curve in AGREEMENT_CURVES if curve != bench.curve])
    return bench.token(changes={"epk": bench.pick(
        steps.public_jwk(curve, steps.ephemeral(curve, bench.dice)), {"kty": "oct", "k": "AAAA"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"})})


@kind("epk that says another curve", REFUSE, only=AGREEMENT_WAYS)
def _(bench):
    own = steps.ephemeral(bench.curve, bench.dice)
    others = [curve for curve in AGREEMENT_CURVES if curve != bench.curve]
    name = bench.pick(*others, "secp256k1", "Ed25519", bench.curve.lower())
    return bench.token(own=own, changes={"epk": steps.public_jwk(bench.curve, own) | {"crv": name}})


@kind("epk off the curve", REFUSE, only=[way for way in AGREEMENT_WAYS if way not in X25519_WAYS], weight=2)
def _(bench):
    own = steps.ephemeral(bench.curve, bench.dice)
    epk = steps.public_jwk(bench.curve, own)
    size = len(unb64(epk["x"].encode()))
    x, y = (int.from_bytes(unb64(epk[name].encode()), "big") for name in "xy")
    x, y = bench.pick((x, y ^ 1), (x ^ 1, y), (y, x), (0, 0), (0, 1), (2**(8 * size) - 1, y), (x, 0), (1, 1))
    return bench.token(own=own, changes={"epk": epk | {"x": number_b64(x, size), "y": number_b64(y, size)}})


@kind("epk with a coordinate beyond the field", REFUSE, only=[way for way in AGREEMENT_WAYS if way.endswith("P-521")])
def _(bench):
    """The same point, in a second spelling; only this curve's numbers leave room for one."""
    own = steps.ephemeral(bench.curve, bench.dice)
    epk = steps.public_jwk(bench.curve, own)
    name = bench.pick("x", "y")
    value = int.from_bytes(unb64(epk[name].encode()), "big") + 2**521 - 1
    return bench.token(own=own, changes={"epk": epk | {name: number_b64(value, 66)}})


@kind("epk with a coordinate too long", REFUSE, only=AGREEMENT_WAYS)
def _(bench):
    own = steps.ephemeral(bench.curve, bench.dice)
    epk = steps.public_jwk(bench.curve, own)
    return bench.token(own=own, changes={"epk": epk | {"x": b64(b"\0" + unb64(epk["x"].encode())).decode()}})


@kind("epk spelled otherwise", REFUSE, only=AGREEMENT_WAYS)
def _(bench):
    own = steps.ephemeral(bench.curve, bench.dice)
    epk = steps.public_jwk(bench.curve, own)
    return bench.token(own=own, changes={"epk": epk | {"x": misspelled(epk["x"], bench)}})


@kind("epk with its private part", REFUSE, only=AGREEMENT_WAYS)
def _(bench):
    own = steps.ephemeral(bench.curve, bench.dice)
    if bench.curve == "X25519":
        scalar = b64(own.private_bytes_raw()).decode()
    else:
        scalar = number_b64(own.private_numbers().private_value, CURVES[AGREEMENT_CURVES[bench.curve]][2])
    return bench.token(own=own, changes={"epk": steps.public_jwk(bench.curve, own) | {"d": scalar}})


@kind("epk of small order", REFUSE, only=X25519_WAYS, weight=3)
def _(bench):
    """What is agreed on is zero then, which everybody knows (RFC 7748 section 6.1)."""
    prime = 2**255 - 19
    point = bench.pick(
        0, 1, prime - 1, prime, prime + 1, 2**255 | 1,
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823)
    epk = {"kty": "OKP", "crv": "X25519", "x": b64(point.to_bytes(32, "little")).decode()}
    return bench.token(agreed=bytes(32), changes={"epk": epk})


@kind("epk with the bit that does not count", ACCEPT, only=X25519_WAYS)
def _(bench):
    """RFC 7748 section 5: the highest bit is masked."""
    own = steps.ephemeral(bench.curve, bench.dice)
    point = bytearray(own.public_key().public_bytes_raw())
    point[31] |= 0x80
    return bench.token(own=own, changes={"epk": {"kty": "OKP", "crv": "X25519", "x": b64(bytes(point)).decode()}})


# apu, apv.

@kind("apu and apv", ACCEPT, only=AGREEMENT_WAYS, weight=2)
def _(bench):
    return bench.token(apu=bench.dice.randbytes(bench.pick(0, 1, 32, 200)), apv=bench.dice.randbytes(bench.pick(1, 5, 64)))


@kind("apu or apv there and empty", ACCEPT, only=AGREEMENT_WAYS)
def _(bench):
    return bench.token(changes={bench.pick("apu", "apv"): ""})


@kind("apu or apv too long", REFUSE, only=AGREEMENT_WAYS)
def _(bench):
    return bench.token(**{bench.pick("apu", "apv"): bench.dice.randbytes(bench.pick(1025, 2000))})


@kind("apu or apv no string", REFUSE, only=AGREEMENT_WAYS)
def _(bench):
    return bench.token(changes={bench.pick("apu", "apv"): bench.pick(None, 0, True, [], {}, ["QQ"])})


@kind("apu or apv spelled otherwise", REFUSE, only=AGREEMENT_WAYS, weight=2)
def _(bench):
    info = bench.dice.randbytes(bench.pick(4, 7, 10))
    name = bench.pick("apu", "apv")
    return bench.token(**{name: info}, changes={name: misspelled(b64(info).decode(), bench)})


@kind("apu or apv of another agreement", REFUSE, only=AGREEMENT_WAYS)
def _(bench):
    return bench.token(apu=b"Alice", apv=b"Bob", changes=bench.pick(
        {"apu": "Qm9i", "apv": "QWxpY2U"}, {"apu": ...}, {"apv": ...}, {"apv": "QWxpY2U"}, {"apu": "QWxpY2UA"}))


def misspelled(text: str, bench) -> str:
    choices = [text + "=" * (-len(text) % 4 or 4), insert(text, bench.pick(" ", "\n", "!", "."), bench)]
    if (spare := trailing(text, bench)) is not None:
        choices.append(spare)
    return bench.pick(*choices)


# iv and tag of the key's own AES-GCM.

@kind("iv or tag of the key missing or no string", REFUSE, only=SEALINGS, weight=2)
def _(bench):
    return bench.token(changes={bench.pick("iv", "tag"): bench.pick(..., None, 1, "", [], {})})


@kind("a short or long tag of the key", REFUSE, only=SEALINGS, weight=2)
def _(bench):
    header = bench.header()
    content_key, encrypted, parameters = bench.manage(header)
    tag = unb64(parameters["tag"].encode())
    parameters["tag"] = b64(bench.pick(tag[:4], tag[:8], tag[:12], tag[:15], tag + b"\0")).decode()
    part = b64(compact(header | parameters)).decode()
    return ".".join([part, b64(encrypted).decode(), *bench.close(content_key, part, bench.content)])


@kind("an iv of the key of another length", REFUSE, only=SEALINGS, weight=2)
def _(bench):
    """The key was encrypted with just that."""
    return bench.token(key_vector=bench.dice.randbytes(bench.pick(8, 11, 13, 16)))


# p2s, p2c.

@kind("p2c below 1000", REFUSE, only=PASSWORDS, weight=2)
def _(bench):
    return bench.token(count=bench.pick(1, 2, 500, 999))


@kind("p2c beyond every limit", REFUSE, only=PASSWORDS, weight=2)
def _(bench):
    return bench.token(changes={"p2c": bench.pick(
        1_200_001, 10**7, 2**31 - 1, 2**31, 2**32 + 1000, 2**63, 2**64 + 1000, 10**30)})


@kind("p2c zero, negative or no whole number", REFUSE, only=PASSWORDS, weight=2)
def _(bench):
    return bench.token(count=2000, changes={"p2c": bench.pick(..., 0, -1, -2000, 2000.5, "2000", True, None, [2000], {})})


@kind("p2c with a fraction of zero", REFUSE, only=PASSWORDS)
def _(bench):
    spelled = b'"p2c":' + bench.pick(b"2000.0", b"2e3")
    return bench.token(count=2000, text=lambda header: compact(header).replace(b'"p2c":2000', spelled))


@kind("another p2c than was counted", REFUSE, only=PASSWORDS)
def _(bench):
    return bench.token(count=2000, changes={"p2c": bench.pick(1999, 2001, 1000)})


@kind("a short p2s", REFUSE, only=PASSWORDS, weight=2)
def _(bench):
    return bench.token(salt=bench.dice.randbytes(bench.pick(0, 1, 7)))


@kind("a long p2s", REFUSE, only=PASSWORDS)
def _(bench):
    return bench.token(salt=bench.dice.randbytes(bench.pick(1025, 2000)))


@kind("p2s missing or no string", REFUSE, only=PASSWORDS)
def _(bench):
    return bench.token(changes={"p2s": bench.pick(..., None, 1, [], {}, True)})


@kind("p2s spelled otherwise", REFUSE, only=PASSWORDS)
def _(bench):
    salt = bench.dice.randbytes(bench.pick(9, 10, 16))
    return bench.token(salt=salt, changes={"p2s": misspelled(b64(salt).decode(), bench)})


# The JSON forms, which our command opens too.

def json_token(
    bench, header: dict, unprotected: dict | None = None, own: dict | None = None, is_general: bool = False,
    aad: bytes | None = None,
) -> dict:
    """A token in JSON; whatever key management adds goes into the protected header."""
    content_key, encrypted, parameters = bench.manage(header | (unprotected or {}) | (own or {}))
    part = b64(compact(header | parameters)).decode()
    text = part if aad is None else f"{part}.{b64(aad).decode()}"
    vector, ciphertext, tag = bench.close(content_key, text, bench.content)
    recipient = ({"header": own} if own else {}) | ({"encrypted_key": b64(encrypted).decode()} if encrypted else {})
    token = {"protected": part, "iv": vector, "ciphertext": ciphertext, "tag": tag}
    token |= {"unprotected": unprotected} if unprotected else {}
    token |= {"aad": b64(aad).decode()} if aad is not None else {}
    return token | ({"recipients": [recipient]} if is_general else recipient)


@kind("flattened or general JSON", ACCEPT, weight=3)
def _(bench):
    return json.dumps(json_token(bench, bench.header(), is_general=bench.pick(True, False), aad=bench.pick(None, b"more")))


@kind("kid or alg in a header of JSON that is not protected", ACCEPT)
def _(bench):
    name = bench.pick("unprotected", "own")
    moved = bench.pick({"kid": bench.key.name}, {"alg": bench.alg})
    header = bench.header(**{next(iter(moved)): ...})
    return json.dumps(json_token(bench, header, is_general=bench.pick(True, False), **{name: moved}))


@kind("a name in two headers of JSON", REFUSE, weight=2)
def _(bench):
    extra = bench.pick({"alg": bench.alg}, {"enc": bench.enc}, {"kid": bench.key.name})
    header = bench.header(kid=bench.key.name)
    where = bench.pick("unprotected", "own")
    return json.dumps(json_token(bench, header, is_general=bench.pick(True, False), **{where: extra}))


@kind("crit or zip in a header of JSON that is not protected", REFUSE)
def _(bench):
    extra = bench.pick({"crit": ["kid"]}, {"crit": []}, {"zip": "DEF"})
    return json.dumps(json_token(bench, bench.header(), **{bench.pick("unprotected", "own"): extra}))


@kind("JSON whose aad was changed", REFUSE)
def _(bench):
    token = json_token(bench, bench.header(), aad=b"more")
    return json.dumps(token | {"aad": bench.pick("bW9yZXM", "", "AAAA")})


@kind("JSON that is signed and encrypted at once", REFUSE)
def _(bench):
    return json.dumps(json_token(bench, bench.header()) | bench.pick({"payload": "e30"}, {"signatures": []}))
