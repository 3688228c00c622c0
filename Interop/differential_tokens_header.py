"""Tokens whose header is wrong, and keys that are."""

import json

from differential_keys import ALGORITHMS, CURVES, HMACS, PAIRS, RSAS, Key
from differential_tokens import ACCEPT, REFUSE, kind
from token_mint import b64, compact

ASYMMETRIC = [alg for alg in ALGORITHMS if alg not in HMACS]


# alg.

@kind("alg in another case", REFUSE)
def _(bench):
    return bench.token(bench.header(alg=bench.pick(
        bench.alg.swapcase(), bench.alg.capitalize().swapcase(), bench.alg + " ", " " + bench.alg, bench.alg + "\0")))


@kind("alg none", REFUSE, weight=3)
def _(bench):
    header = b64(compact(bench.header(alg=bench.pick("none", "None", "NONE", "nOnE", "none\0", "")))).decode()
    payload = b64(compact(bench.claims())).decode()
    return f"{header}.{payload}.{bench.pick('', b64(bench.key.sign(f'{header}.{payload}'.encode())).decode())}"


@kind("alg missing or no string", REFUSE)
def _(bench):
    return bench.token(bench.header(alg=bench.pick(..., None, 1, True, [bench.alg], {"alg": bench.alg})))


@kind("alg unknown", REFUSE)
def _(bench):
    return bench.token(bench.header(alg=bench.pick("HS1", "RS1", "ES521", "HS2048", "A128KW", "dir", "ECDH-ES", "é", bench.alg + "K")))


@kind("alg of another family", REFUSE, weight=2)
def _(bench):
    return bench.token(bench.header(alg=bench.dice.choice([alg for alg in ALGORITHMS if alg[:2] != bench.alg[:2]])))


@kind("alg of another hash", REFUSE, only=[*HMACS, *RSAS])
def _(bench):
    return bench.token(bench.header(alg=bench.alg[:2] + bench.dice.choice([b for b in ("256", "384", "512") if b != bench.alg[2:]])))


@kind("public key as HMAC secret", REFUSE, only=ASYMMETRIC, weight=3)
def _(bench):
    import hmac
    alg = bench.pick(*HMACS)
    header, payload = b64(compact(bench.header(alg=alg))), b64(compact(bench.claims()))
    secret = bench.pick(*bench.key.public_texts(), compact(bench.key.jwk()), json.dumps(bench.key.jwk()).encode())
    mac = hmac.new(secret, header + b"." + payload, f"sha{alg[2:]}").digest()
    return (header + b"." + payload + b"." + b64(mac)).decode()


@kind("EdDSA for an Ed25519 key", ACCEPT, only=["Ed25519"])
def _(bench):
    """The older name of the same algorithm (RFC 8037, RFC 9864), which the terminal's policy lists."""
    return bench.token(bench.header(alg="EdDSA"))


# crit, b64, zip.

@kind("crit that must be understood", REFUSE, weight=2)
def _(bench):
    return bench.token(bench.header(crit=["exp"], exp=1) if bench.dice.random() < 0.5 else bench.header(
        crit=["http://example.com/x"], **{"http://example.com/x": True}))


@kind("crit of a wrong form", REFUSE, weight=2)
def _(bench):
    return bench.token(bench.header(crit=bench.pick(
        [], "exp", None, 1, {}, ["alg"], ["missing"], [1], [None], [""], ["x", "x"], ["b64"], ["kid", "typ"], True), x=1))


@kind("b64 true, marked critical", REFUSE)
def _(bench):
    return bench.token(bench.header(b64=True, crit=["b64"]))


@kind("b64 false", REFUSE)
def _(bench):
    header = bench.header(b64=False, **bench.pick({"crit": ["b64"]}, {}))
    payload = bench.pick(b64(compact(bench.claims())), b"raw-payload")
    return bench.seal(b64(compact(header)), payload)


@kind("zip in a signed token", ACCEPT)
def _(bench):
    return bench.token(bench.header(zip="DEF"))


# kid, typ and the parameters that bring keys along.

@kind("kid no string", REFUSE)
def _(bench):
    return bench.token(bench.header(kid=bench.pick(1, None, True, ["x"], {"kid": bench.key.name}, 1.5)))


@kind("kid of no key", REFUSE, weight=2)
def _(bench):
    return bench.token(bench.header(kid=bench.pick(
        "other", "../../dev/null", "' OR 1=1 --", "|id", bench.key.name + " ", bench.key.name.lower(), "/etc/passwd\0")))


@kind("kid too long, empty or with control characters", REFUSE)
def _(bench):
    return bench.token(bench.header(kid=bench.pick("k" * 300, "", "a\nb", "a\0b", "\x7f")))


@kind("typ or cty no string", REFUSE)
def _(bench):
    return bench.token(bench.header(**{bench.pick("typ", "cty"): bench.pick(1, None, ["JWT"], {}, False)}))


@kind("a key in the header, signed with it", REFUSE, only=ASYMMETRIC, weight=2)
def _(bench):
    return bench.token(bench.header(jwk=bench.other.jwk(), kid=bench.pick(..., bench.key.name)), key=bench.other)


@kind("the right key in the header", REFUSE, only=ASYMMETRIC)
def _(bench):
    return bench.token(bench.header(jwk=bench.key.jwk()))


@kind("addresses and certificates in the header", ACCEPT)
def _(bench):
    return bench.token(bench.header(**bench.pick(
        {"jku": "https://attacker.example/keys"}, {"x5u": "https://attacker.example/cert"}, {"x5t": "AAAAAAAAAAAAAAAAAAAAAAAAAAA"},
        {"x5t#S256": b64(bytes(32)).decode()})))


# The header's JSON.

@kind("a name twice in the header", REFUSE, weight=3)
def _(bench):
    alg = json.dumps(bench.alg)
    return bench.token(bench.pick(
        f'{{"alg":{alg},"alg":{alg}}}', f'{{"alg":"none","alg":{alg}}}', f'{{"alg":{alg},"alg":"none"}}',
        f'{{"alg":{alg},"\\u0061lg":{alg}}}', f'{{"alg":{alg},"x":{{"a":1,"a":2}}}}', f'{{"alg":{alg},"typ":"JWT","typ":"JWT"}}',
        f'{{"alg":{alg},"x":[{{"b":1,"\\u0062":1}}]}}').encode())


@kind("an invisible letter before alg", REFUSE, weight=2)
def _(bench):
    name = bench.pick("\\u0000alg", "\\u0000\\u0000alg", "\\u200balg", "alg\\u0000")
    return bench.token(f'{{"{name}":{json.dumps(bench.alg)}}}'.encode())


@kind("a header that is no object", REFUSE)
def _(bench):
    return bench.token(bench.pick(b"[]", b'"x"', b"null", b"1", b"true", b"", b" ", json.dumps([bench.header()]).encode()))


@kind("a header that is no JSON", REFUSE, weight=3)
def _(bench):
    text = json.dumps(bench.header())
    return bench.token(bench.pick(
        text[:-1], text + "}", text + "x", text[:-1] + ",}", text.replace('"', "'"), text[:-1] + ', "x":NaN}',
        text[:-1] + ', "x":Infinity}', text[:-1] + ', "x":01}', text[:-1] + ', "x":+1}', text[:-1] + ', "x":.5}',
        text[:-1] + ', "x":1.}', text[:-1] + ', "x":0x1}', text[:-1] + ', "x":tru}', text + "/* */", "// x\n" + text,
        text[:-1] + ', "x":"a\tb"}', text[:-1] + ', "x":"\\x41"}', text[:-1] + ', x:1}', text + "\0", "\f" + text).encode())


@kind("a header that is no UTF-8", REFUSE, weight=2)
def _(bench):
    text = compact(bench.header(x=...))[:-1]
    return bench.token(bench.pick(
        text + b',"x":"\xff"}', text + b',"x":"\xc0\x80"}', text + b',"x":"\xed\xa0\x80"}', text + b',"x":"\xf4\x90\x80\x80"}',
        text + b',"x":"\xe2\x82"}', text + b',"\x80":1}'))


@kind("a header in UTF-16 or UTF-32", REFUSE)
def _(bench):
    return bench.token(json.dumps(bench.header()).encode(bench.pick("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be")))


@kind("a byte order mark before the header", REFUSE)
def _(bench):
    return bench.token(b"\xef\xbb\xbf" + compact(bench.header()))


@kind("half a surrogate pair in the header", REFUSE)
def _(bench):
    return bench.token(compact(bench.header())[:-1] + b',"x":"%s"}' % bench.pick(b"\\ud800", b"\\udc00", b"\\ud800x", b"\\udc00\\ud800"))


@kind("numbers of every form in the header", ACCEPT)
def _(bench):
    number = bench.pick("0", "-0", "1.0", "1e5", "1E+5", "1e-5", "123456789012345678901234567890", "0.1e-400", "9" * 200)
    return bench.token(compact(bench.header())[:-1] + f',"x":{number}}}'.encode())


@kind("a number that no double holds in the header", REFUSE)
def _(bench):
    return bench.token(compact(bench.header())[:-1] + f',"x":{bench.pick("1e400", "-1e999", "9" * 400)}}}'.encode())


@kind("a header nested 20 deep", ACCEPT)
def _(bench):
    return bench.token(compact(bench.header())[:-1] + b',"x":' + b"[" * 20 + b"]" * 20 + b"}")


@kind("a header nested too deep", REFUSE)
def _(bench):
    depth = bench.pick(32, 40, 600)
    return bench.token(compact(bench.header())[:-1] + b',"x":' + b"[" * depth + b"]" * depth + b"}")


@kind("a header of more than 4 KiB", REFUSE)
def _(bench):
    return bench.token(bench.header(x="a" * bench.pick(3_100, 5_000, 9_000)))


@kind("a token of more than 16 KiB", REFUSE)
def _(bench):
    return bench.token(claims=bench.claims(x="a" * bench.pick(12_300, 20_000, 60_000)))


# Keys.

@kind("key of another algorithm of the same family", REFUSE, only=[*HMACS, *RSAS])
def _(bench):
    family = HMACS if bench.alg in HMACS else RSAS
    return bench.token(), bench.jwk(alg=bench.dice.choice([alg for alg in family if alg != bench.alg]))


@kind("key for encryption", REFUSE)
def _(bench):
    return bench.token(), bench.jwk(use="enc")


@kind("key_ops without verify", REFUSE)
def _(bench):
    return bench.token(), bench.jwk(key_ops=bench.pick([], ["encrypt"], ["deriveKey"], ["wrapKey", "unwrapKey"]))


@kind("a weak secret", REFUSE, only=HMACS, weight=2)
def _(bench):
    return bench.token(key=bench.weak), bench.weak.jwk()


@kind("RSA of 1024 bits", REFUSE, only=["RS256", "PS256"], weight=2)
def _(bench):
    return bench.token(key=bench.weak), bench.weak.jwk()


@kind("a key of another type", REFUSE)
def _(bench):
    other = bench.dice.choice([key[0] for alg, key in bench.keys.items()
                               if isinstance(key, list) and key[0].jwk()["kty"] != bench.key.jwk()["kty"]])
    return bench.token(), {**other.jwk(), "kid": bench.key.name, **bench.pick({}, {"alg": bench.alg})}


@kind("a set without the key", REFUSE)
def _(bench):
    return bench.token(bench.header(kid=bench.key.name)), {"keys": [bench.other.jwk()]}


@kind("a set with two keys of one name", REFUSE)
def _(bench):
    return (bench.token(bench.header(kid=bench.key.name)),
            {"keys": [bench.key.jwk(), {**bench.other.jwk(), "kid": bench.key.name}]})


@kind("a set of secrets and public keys", REFUSE, only=ASYMMETRIC)
def _(bench):
    return bench.token(), {"keys": [bench.key.jwk(), Key("HS256", "mac", bench.dice).jwk()]}


@kind("an empty set", REFUSE)
def _(bench):
    return bench.token(), {"keys": []}


@kind("a key's member missing, of a wrong type, or no base64url", REFUSE, weight=2)
def _(bench):
    jwk = bench.key.jwk()
    name = bench.dice.choice([name for name in jwk if name not in ("kid", "alg", "kty", "crv")])
    changed = bench.pick(..., 1, None, [jwk[name]], jwk[name] + "=", jwk[name] + "!", " " + jwk[name], "")
    return bench.token(), bench.jwk(**{name: changed})


@kind("a key without kty, or of an unknown one", REFUSE)
def _(bench):
    return bench.token(), bench.jwk(kty=bench.pick(..., 1, None, "XYZ", "ec", "rsa", "Oct"))


@kind("kid of the key no string", REFUSE)
def _(bench):
    return bench.token(bench.header(kid=...)), bench.jwk(kid=bench.pick(1, None, [], True))


@kind("a coordinate too short or too long", REFUSE, only=CURVES)
def _(bench):
    name = bench.pick("x", "y")
    return bench.token(), bench.jwk(**{name: bench.pick("AAAA" + bench.key.jwk()[name], bench.key.jwk()[name][:-4])})


@kind("a point off the curve", REFUSE, only=CURVES)
def _(bench):
    return bench.token(), bench.jwk(y=b64(bench.dice.randbytes(CURVES[bench.alg][2] - 2).rjust(CURVES[bench.alg][2], b"\0")).decode())


@kind("another curve's name", REFUSE, only=[*CURVES, *PAIRS])
def _(bench):
    return bench.token(), bench.jwk(crv=bench.dice.choice([c for c in ("P-256", "P-384", "P-521", "secp256k1", "Ed25519", "Ed448", "X25519", "p-256")
                                                           if c != bench.key.jwk()["crv"]]))


@kind("an exponent of one, or even", REFUSE, only=RSAS)
def _(bench):
    return bench.token(), bench.jwk(e=bench.pick("AQ", "AA", "AQAA", "BA"))


@kind("a modulus with a leading zero", REFUSE, only=RSAS)
def _(bench):
    number = bench.key.private.public_key().public_numbers().n
    return bench.token(), bench.jwk(n=b64(b"\0" + number.to_bytes(256, "big")).decode())


@kind("a key that is no object", REFUSE)
def _(bench):
    return bench.token(), bench.pick([], "key", None, 1, {}, [bench.key.jwk()])
