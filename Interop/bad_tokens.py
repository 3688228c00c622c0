"""Exactly 200 tokens that must be refused, each with the check that says no and the code it gives.

The recipes are fixed and the keys are fresh, so a list can be made again at any time and no vector of anybody else is
needed. Every token is judged by one policy (see POLICY) against one of two key sets: `public` (RS256, ES256, Ed25519)
and `secret` (HS256).
"""

from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from token_mint import AUDIENCE, ED25519_ORDER, ISSUER, P256_ORDER, SCOPE, Mint, b64, compact, unb64

COUNT = 200
POLICY = {
    "issuer": ISSUER, "audience": AUDIENCE, "type": "at+jwt", "leeway": 30,
    "require": ["exp", "sub", "roles=user"], "scopes": [SCOPE],
}


@dataclass(frozen=True)
class Bad:
    name: str
    token: bytes
    check: str
    code: str
    keys: str = "public"


def bad_tokens(mint: Mint) -> list[Bad]:
    groups = (
        algorithm_none, algorithm_names, confusion, critical, duplicates, header_text, encoding, form, key_names,
        own_keys, ecdsa, rsa_signatures, eddsa, mac, claims_text, claim_types, policy,
    )
    tokens = [Bad(*row) for group in groups for row in group(mint)]
    names = [bad.name for bad in tokens]
    assert len(set(names)) == len(names), "two recipes share a name"
    assert len(set(bad.token for bad in tokens)) == len(tokens), "two recipes make the same token"
    assert len(tokens) == COUNT, f"{len(tokens)} recipes; the list holds exactly {COUNT}"
    return tokens


def cannot_travel(token: bytes) -> str | None:
    """Why a token cannot stand in an Authorization header, or None when it can."""
    if not token:
        return "nothing stands after the scheme"
    if any(byte < 0x21 or byte > 0x7E for byte in token):
        return "bytes that no header value may hold"
    if len(token) > 8 * 1024 - len("Authorization: Bearer "):
        return "longer than the 8 KiB of one header field"
    return None


def algorithm_none(m: Mint):
    for spelling in ("none", "None", "NONE", "nOnE"):
        head, payload = b64(compact(m.header(alg=spelling))), b64(compact(m.claims()))
        yield f"alg {spelling}, no signature", m.parts(head, payload, b""), "algorithm", "algorithm-none"
        if spelling in ("none", "nOnE"):
            signature = b64(m.sign("ES256", head + b"." + payload))
            yield f"alg {spelling}, signed", m.parts(head, payload, signature), "algorithm", "algorithm-none"
    head = b64(compact({"alg": "none"}))
    yield "alg none, two parts", head + b"." + b64(compact(m.claims())), "form", "token-not-compact"
    yield "alg none, no kid and no typ", m.parts(head, b64(compact(m.claims())), b""), "algorithm", "algorithm-none"


def algorithm_names(m: Mint):
    for name, value in (
        ("missing", ...), ("null", None), ("a number", 256), ("an array", ["ES256"]), ("empty", ""),
    ):
        yield f"alg {name}", m.token(header=m.header(alg=value)), "header", "header-parameter"
    for value in (
        "es256", "Es256", "ES256 ", "ES256\0", "ES521", "RSA1_5",
    ):
        yield f"alg {value!r}", m.token(header=m.header(alg=value)), "algorithm", "algorithm-unsupported"
    for value in ("HS384", "RS512", "PS256", "ES256K"):
        yield f"alg {value!r}", m.token(header=m.header(alg=value)), "algorithm", "algorithm-not-allowed"


def confusion(m: Mint):
    der = m.rsa.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    secrets = (
        ("the RSA public PEM", m.public_pem("RS256")),
        ("the RSA public PEM without its last newline", m.public_pem("RS256").rstrip()),
        ("the Ed25519 public PEM", m.public_pem("Ed25519")),
        ("the RSA public DER", der),
        ("the RSA public JWK", compact(m.jwk("RS256"))),
        ("the RSA modulus", unb64(m.jwk("RS256")["n"].encode())),
        ("the Ed25519 public bytes", m.ed.public_key().public_bytes_raw()),
        ("nothing", b""),
    )
    for index, (what, secret) in enumerate(secrets):
        alg = ("RS256", "ES256", "Ed25519")[index % 3]
        signed = b64(compact(m.header("HS256", kid=m.kid(alg)))) + b"." + b64(compact(m.claims()))
        token = signed + b"." + b64(m.mac(secret, signed))
        yield f"HS256 keyed with {what}", token, "algorithm", "algorithm-not-allowed"
    for alg, other in (("RS256", "ES256"), ("ES256", "Ed25519"), ("Ed25519", "RS256")):
        yield (
            f"{alg} under the {other} key's name", m.token(alg, m.header(alg, kid=m.kid(other))),
            "key", "key-algorithm-mismatch")
    yield "HS256 without kid, against public keys", m.token("HS256", m.header("HS256", kid=...)), "algorithm", "algorithm-not-allowed"
    yield (
        "ES256 against a shared secret", m.token("ES256", m.header("ES256", kid="mac-1")),
        "algorithm", "algorithm-not-allowed", "secret")


def critical(m: Mint):
    rows = (
        ("names an unknown extension", ["exp-policy"], {"exp-policy": 1}, "critical-unknown"),
        ("names b64, which is false", ["b64"], {"b64": False}, "critical-unknown"),
        ("is empty", [], {}, "critical-invalid"),
        ("is a string", "exp", {}, "critical-invalid"),
        ("is null", None, {}, "critical-invalid"),
        ("holds a number", [1], {}, "critical-invalid"),
        ("names one extension twice", ["x", "x"], {"x": 1}, "critical-invalid"),
        ("names alg", ["alg"], {}, "critical-invalid"),
        ("names an absent member", ["x"], {}, "critical-invalid"),
        ("holds an empty name", [""], {}, "critical-invalid"),
    )
    for what, value, more, code in rows:
        yield f"crit {what}", m.token(header=m.header(crit=value, **more)), "critical", code
    yield "b64 false without crit", m.token(header=m.header(b64=False)), "critical", "critical-invalid"


def duplicates(m: Mint):
    kid = m.kid("ES256")
    heads = (
        ("alg twice, the same", f'{{"alg":"ES256","alg":"ES256","kid":"{kid}","typ":"at+jwt"}}'),
        ("alg twice, none last", f'{{"alg":"ES256","kid":"{kid}","typ":"at+jwt","alg":"none"}}'),
        ("alg twice, once escaped", f'{{"alg":"ES256","kid":"{kid}","typ":"at+jwt","\\u0061lg":"none"}}'),
        ("typ twice", f'{{"alg":"ES256","kid":"{kid}","typ":"at+jwt","typ":"JWT"}}'),
        ("a member of a member twice", f'{{"alg":"ES256","kid":"{kid}","typ":"at+jwt","x":{{"a":1,"a":2}}}}'),
    )
    for what, text in heads:
        yield f"header: {what}", m.token(header=text.encode()), "header", "header-json"
    body = compact(m.claims())[1:-1].decode()
    for what, more in (
        ("sub twice", '"sub":"admin"'), ("exp twice", '"exp":9999999999'), ("exp twice, once escaped", '"\\u0065xp":1'),
        ("roles twice", '"roles":["admin"]'), ("a member of a member twice", '"x":[{"a":1,"a":1}]'),
    ):
        yield f"claims: {what}", m.token(claims=f"{{{body},{more}}}".encode()), "claims", "claims-json"


def header_text(m: Mint):
    good = compact(m.header())
    rows = (
        ("empty", b""), ("a trailing comma", good[:-1] + b",}"), ("a comment", good[:-1] + b"/* x */}"),
        ("bytes after the end", good + b"x"), ("a byte order mark", b"\xef\xbb\xbf" + good),
        ("bad UTF-8", good[:-2] + b'\xff"}'), ("overlong UTF-8", good[:-2] + b'\xc0\xaf"}'),
        ("NaN", good[:-1] + b',"x":NaN}'),
        ("a lone surrogate", good[:-1] + b',"x":"\\ud800"}'),
        ("a leading zero", good[:-1] + b',"x":01}'), ("UTF-16", good.decode().encode("utf-16-le")),
        ("40 arrays deep", good[:-1] + b',"x":' + b"[" * 40 + b"]" * 40 + b"}"),
    )
    for what, text in rows:
        yield f"header text: {what}", m.token(header=text), "header", "header-json"
    for what, text in (("an array", b'["ES256"]'), ("a string", b'"ES256"'), ("null", b"null")):
        yield f"header text: {what}", m.token(header=text), "header", "header-not-object"


def odd_texts(part: bytes):
    """One part of a token, wrongly encoded in five ways."""
    last = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    bits = len(part) % 4
    assert bits in (2, 3), "choose a part with spare bits"
    yield "padded", part + b"=" * (4 - bits)
    yield "with a plus", part[:8] + b"+" + part[9:]
    yield "with a slash", part[:8] + b"/" + part[9:]
    yield "with spare bits set", part[:-1] + bytes([last[last.index(part[-1]) | 1]])
    yield "with a length no encoder makes", part + b"A" * ((5 - bits) % 4)


def encoding(m: Mint):
    # The names are filled up until each part ends in spare bits.
    head = b64(compact(m.header()))
    while len(head) % 4 not in (2, 3):
        head = b64(compact(m.header(cty="x" * (len(head) % 4 + 1))))
    payload = b64(compact(m.claims()))
    for size in range(4):
        if len(payload) % 4 not in (2, 3):
            payload = b64(compact(m.claims(note="x" * size)))
    for what, text in odd_texts(head):
        yield f"header {what}", m.seal("ES256", text, payload), "header", "header-encoding"
    for what, text in odd_texts(payload):
        yield f"payload {what}", m.seal("ES256", head, text), "claims", "claims-encoding"
    signature = b64(m.sign("ES256", head + b"." + payload))
    for what, text in odd_texts(signature):
        yield f"signature {what}", m.parts(head, payload, text), "signature", "signature-encoding"


def form(m: Mint):
    good = m.token()
    head, payload, signature = good.split(b".")
    jwe = b".".join(b64(part) for part in (b'{"alg":"dir","enc":"A128GCM"}', b"", b"x" * 12, b"y" * 30, b"z" * 16))
    rows = (
        ("one part", head), ("two parts", head + b"." + payload), ("four parts", good + b"." + signature),
        ("six parts", good + b"." + good), ("a dot after the end", good + b"."),
        ("a thousand dots", b"." * 1000), ("words", b"letmein"),
    )
    for what, token in rows:
        yield f"form: {what}", token, "form", "token-not-compact"
    yield "form: five parts (JWE)", jwe, "form", "token-encrypted"
    yield "form: three empty parts", b"..", "header", "header-json"
    flat = {"protected": head.decode(), "payload": payload.decode(), "signature": signature.decode()}
    yield "form: flattened JSON serialisation", compact(flat), "form", "token-not-compact"
    yield (
        "form: general JSON serialisation",
        compact({"payload": flat["payload"], "signatures": [{"protected": flat["protected"], "signature": "AA"}]}),
        "form", "token-not-compact")
    yield "form: a header of 5 KiB", m.token(header=m.header(x="x" * 5000)), "form", "token-too-large"
    yield "form: 17 KiB", m.token(claims=m.claims(x="x" * 13_000)), "form", "token-too-large"
    yield "form: 9 KiB, expired", m.token(claims=m.claims(x="x" * 7_000, exp=m.now - 90)), "expiry", "token-expired"
    yield "form: a control byte in the header part", m.seal("ES256", b"\x01" + head[1:], payload), "header", "header-encoding"
    # At the start: further on, the Studio would read the token that begins after it, and say so.
    yield "form: a non-ASCII byte in the header part", m.seal("ES256", "é".encode() + head[1:], payload), "header", "header-encoding"


def key_names(m: Mint):
    for what, kid in (
        ("a number", 1), ("an array", ["ec-1"]), ("empty", ""),
        ("300 bytes", "k" * 300), ("with NUL", "ec-1\0"), ("with a newline", "ec-1\n"),
    ):
        yield f"kid {what}", m.token(header=m.header(kid=kid)), "header", "header-parameter"
    for what, kid in (
        ("a path", "../../../../dev/null"), ("an SQL quote", "x' UNION SELECT 'k"), ("a command", "k|id"),
        ("a prefix of a real one", "ec"), ("in capitals", "EC-1"), ("with a space", "ec-1 "),
    ):
        yield f"kid {what}", m.token(header=m.header(kid=kid)), "key", "key-unknown"


def own_keys(m: Mint):
    thief = Mint()
    yield "jwk: the thief's key", thief.token(header=m.header(jwk=thief.jwk("ES256"))), "header", "header-embedded-key"
    yield "jwk: our own key", m.token(header=m.header(jwk=m.jwk("ES256"))), "header", "header-embedded-key"
    url = "https://thief.example/keys"
    yield "jku to the thief, unknown kid", thief.token(header=m.header(jku=url, kid="thief")), "key", "key-unknown"
    yield "jku to the thief, our kid", thief.token(header=m.header(jku=url)), "signature", "signature-mismatch"
    yield "x5u to the thief, our kid", thief.token(header=m.header(x5u=url)), "signature", "signature-mismatch"
    chain = [b64(b"not a certificate").decode()]
    yield "x5c of the thief, our kid", thief.token(header=m.header(x5c=chain)), "signature", "signature-mismatch"


def ecdsa(m: Mint):
    def raw(r: int, s: int) -> bytes:
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    length = "signature-length"
    rows = (
        ("in DER", lambda _, data: m.ec_der(data), length),
        ("r zero", lambda sig, _: bytes(32) + sig[32:], "signature-mismatch"),
        ("s zero", lambda sig, _: sig[:32] + bytes(32), "signature-mismatch"),
        ("all zero", lambda *_: bytes(64), "signature-mismatch"),
        ("r is n", lambda sig, _: raw(P256_ORDER, int.from_bytes(sig[32:], "big")), "signature-mismatch"),
        ("s is n", lambda sig, _: raw(int.from_bytes(sig[:32], "big"), P256_ORDER), "signature-mismatch"),
        ("r and s one", lambda *_: raw(1, 1), "signature-mismatch"),
        ("one bit flipped", lambda sig, _: sig[:40] + bytes([sig[40] ^ 1]) + sig[41:], "signature-mismatch"),
        ("63 bytes", lambda sig, _: sig[:-1], length), ("65 bytes", lambda sig, _: sig + b"\0", length),
        ("empty", lambda *_: b"", length),
    )
    for what, make, code in rows:
        yield f"ES256 signature {what}", m.with_signature("ES256", make), "signature", code
    thief = ec.generate_private_key(ec.SECP256R1())

    def other(_, data):
        return raw(*decode_dss_signature(thief.sign(data, ec.ECDSA(hashes.SHA256()))))

    yield "ES256 signature of another key", m.with_signature("ES256", other), "signature", "signature-mismatch"
    head, _, signature = m.token().split(b".")
    changed = m.parts(head, b64(compact(m.claims(sub="admin"))), signature)
    yield "ES256 claims changed after signing", changed, "signature", "signature-mismatch"
    expired = m.parts(head, b64(compact(m.claims(exp=1))), signature)
    yield "ES256 badly signed and expired", expired, "signature", "signature-mismatch"


def rsa_signatures(m: Mint):
    thief = rsa.generate_private_key(65537, 2048)
    modulus = m.rsa.public_key().public_numbers().n.to_bytes(256, "big")
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    rows = (
        ("of 255 bytes", lambda sig, _: sig[:-1], "signature-length"),
        ("of 257 bytes", lambda sig, _: b"\0" + sig, "signature-length"),
        ("all zero", lambda *_: bytes(256), "signature-mismatch"),
        ("equal to the modulus", lambda *_: modulus, "signature-mismatch"),
        ("over SHA-512", lambda _, data: m.rsa.sign(data, padding.PKCS1v15(), hashes.SHA512()), "signature-mismatch"),
        ("with PSS padding", lambda _, data: m.rsa.sign(data, pss, hashes.SHA256()), "signature-mismatch"),
        ("of another key", lambda _, data: thief.sign(data, padding.PKCS1v15(), hashes.SHA256()), "signature-mismatch"),
        ("with one bit flipped", lambda sig, _: sig[:99] + bytes([sig[99] ^ 1]) + sig[100:], "signature-mismatch"),
    )
    for what, make, code in rows:
        yield f"RS256 signature {what}", m.with_signature("RS256", make), "signature", code


def eddsa(m: Mint):
    thief = ed25519.Ed25519PrivateKey.generate()

    def plus_order(sig, _):
        return sig[:32] + (int.from_bytes(sig[32:], "little") + ED25519_ORDER).to_bytes(32, "little")

    rows = (
        ("with S past the order", plus_order, "signature-mismatch"),
        ("all zero", lambda *_: bytes(64), "signature-mismatch"),
        ("of another key", lambda _, data: thief.sign(data), "signature-mismatch"),
        ("with one bit flipped", lambda sig, _: bytes([sig[0] ^ 1]) + sig[1:], "signature-mismatch"),
        ("of 63 bytes", lambda sig, _: sig[:-1], "signature-length"),
        ("of 65 bytes", lambda sig, _: sig + b"\0", "signature-length"),
    )
    for what, make, code in rows:
        yield f"Ed25519 signature {what}", m.with_signature("Ed25519", make), "signature", code


def mac(m: Mint):
    rows = (
        ("cut to 16 bytes", lambda sig, _: sig[:16], "signature-length"),
        ("with a byte more", lambda sig, _: sig + b"\0", "signature-length"),
        ("empty", lambda *_: b"", "signature-length"),
        ("with one bit flipped", lambda sig, _: sig[:-1] + bytes([sig[-1] ^ 1]), "signature-mismatch"),
        ("under another secret", lambda _, data: m.mac(b"x" * 32, data), "signature-mismatch"),
    )
    for what, make, code in rows:
        yield f"HS256 tag {what}", m.with_signature("HS256", make), "signature", code, "secret"


def claims_text(m: Mint):
    good = compact(m.claims())
    rows = (
        ("empty", b"", "claims-json"), ("a trailing comma", good[:-1] + b",}", "claims-json"),
        ("bad UTF-8", good[:-1] + b',"x":"\xff"}', "claims-json"), ("a byte order mark", b"\xef\xbb\xbf" + good, "claims-json"),
        ("bytes after the end", good + b" {}", "claims-json"),
        ("a lone surrogate", good[:-1] + b',"x":"\\udfff"}', "claims-json"),
        ("70 arrays deep", good[:-1] + b',"x":' + b"[" * 70 + b"]" * 70 + b"}", "claims-json"),
        ("an array", b"[" + good + b"]", "claims-not-object"), ("a string", b'"claims"', "claims-not-object"),
        ("null", b"null", "claims-not-object"),
    )
    for what, text, code in rows:
        yield f"claims text: {what}", m.token(claims=text), "claims", code


def claim_types(m: Mint):
    good = compact(m.claims(exp=...))[:-1]
    for what, text in (
        ("a string", b'"%d"' % (m.now + 3600)), ("negative", b"-1"),
        ("milliseconds", b"%d000" % (m.now + 3600)), ("past Int64", b"9223372036854775808"),
    ):
        yield f"exp {what}", m.token(claims=good + b',"exp":' + text + b"}"), "claims", "claim-invalid"
    yield "exp past every number", m.token(claims=good + b',"exp":1e400}'), "claims", "claims-json"
    for what, changes in (
        ("nbf a string", {"nbf": "0"}), ("iat an array", {"iat": [1]}), ("iss an array", {"iss": [ISSUER]}),
        ("aud a number", {"aud": 1}), ("aud holds a number", {"aud": [AUDIENCE, 1]}),
        ("sub a number", {"sub": 1}), ("sub with NUL", {"sub": "user\0admin"}), ("jti a number", {"jti": 7}),
        ("scope an array", {"scope": [SCOPE]}),
    ):
        yield what, m.token(claims=m.claims(**changes)), "claims", "claim-invalid"


def policy(m: Mint):
    for what, value in (("missing", ...), ("JWT", "JWT")):
        yield f"typ {what}", m.token(header=m.header(typ=value)), "type", "type-mismatch"
    yield "typ a number", m.token(header=m.header(typ=1)), "header", "header-parameter"
    for what, value in (
        ("missing", ...), ("another", "https://other.example"), ("with a slash more", ISSUER + "/"),
    ):
        yield f"iss {what}", m.token(claims=m.claims(iss=value)), "issuer", "issuer-mismatch"
    for what, value in (
        ("missing", ...), ("another", "billing"), ("cut short", AUDIENCE[:-1]), ("with ours inside", f"x {AUDIENCE} y"),
        ("an empty array", []),
    ):
        yield f"aud {what}", m.token(claims=m.claims(aud=value)), "audience", "audience-mismatch"
    yield "exp missing", m.token(claims=m.claims(exp=...)), "expiry", "expiry-missing"
    for what, value in (("a day ago", m.now - 86_400), ("as long ago as the leeway", m.now - 30)):
        yield f"exp {what}", m.token(claims=m.claims(exp=value)), "expiry", "token-expired"
    yield "nbf in ten minutes", m.token(claims=m.claims(nbf=m.now + 600)), "not-before", "token-not-yet-valid"
    yield "iat in ten minutes", m.token(claims=m.claims(iat=m.now + 600)), "issued-at", "token-issued-in-future"
    yield "sub missing", m.token(claims=m.claims(sub=...)), "required-claims", "claim-missing"
    yield "roles missing", m.token(claims=m.claims(roles=...)), "required-claims", "claim-missing"
    for what, value in (("another role", ["writer"]), ("a longer role", ["user2"])):
        yield what, m.token(claims=m.claims(roles=value)), "required-claims", "claim-mismatch"
    for what, value in (("missing", ...), ("longer", SCOPE + "er")):
        yield f"scope {what}", m.token(claims=m.claims(scope=value)), "scopes", "scope-missing"


def good_tokens(mint: Mint) -> list[tuple[str, bytes, str]]:
    """Twenty tokens that everybody must accept: name, token, key set."""
    m = mint

    def other_s(sig, _):
        return sig[:32] + (P256_ORDER - int.from_bytes(sig[32:], "big")).to_bytes(32, "big")

    return [
        *((f"plain {alg}", m.token(alg), "public") for alg in ("RS256", "ES256", "Ed25519")),
        ("plain HS256", m.token("HS256"), "secret"),
        *((f"{alg} without kid", m.token(alg, m.header(alg, kid=...)), "public") for alg in ("RS256", "ES256", "Ed25519")),
        ("typ in capitals", m.token(header=m.header(typ="AT+JWT")), "public"),
        ("typ as a whole media type", m.token(header=m.header(typ="application/at+jwt")), "public"),
        ("aud an array", m.token(claims=m.claims(aud=["billing", AUDIENCE])), "public"),
        ("Ed25519 by its older name", m.token("Ed25519", m.header("Ed25519", alg="EdDSA")), "public"),
        ("exp with a fraction", m.token(claims=m.claims(exp=m.now + 3600.5)), "public"),
        ("nbf now", m.token(claims=m.claims(nbf=m.now)), "public"),
        ("iat within the leeway", m.token(claims=m.claims(iat=m.now + 5)), "public"),
        ("one role, as a string", m.token(claims=m.claims(roles="user")), "public"),
        ("only the one scope", m.token(claims=m.claims(scope=SCOPE)), "public"),
        ("claims in other scripts", m.token(claims=m.claims(name="Ünïcödé 漢字 🙂")), "public"),
        ("spaces in the JSON", m.token(claims=b" {\n" + compact(m.claims())[1:] + b"\n"), "public"),
        ("unknown header members", m.token(header=m.header(x={"deep": [1, 2]})), "public"),
        ("the other s of ES256", m.with_signature("ES256", other_s), "public"),
    ]
