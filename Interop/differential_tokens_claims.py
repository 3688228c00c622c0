"""Tokens that are properly signed and whose payload is wrong; the claims are judged too."""

import json

from differential_tokens import ACCEPT, REFUSE, kind
from token_mint import compact

ALGS = ["HS256", "ES256", "RS256", "Ed25519"]
FAR = 4_000_000_000


def claims_kind(name, expected, weight=1):
    return kind(name, expected, only=ALGS, claims=True, weight=weight)


@claims_kind("good claims", ACCEPT, weight=8)
def _(bench):
    return bench.token()


@claims_kind("white space and escapes in the claims", ACCEPT)
def _(bench):
    return bench.token(claims=json.dumps(bench.claims(), indent=bench.pick(None, 2)).encode() + bench.pick(b"", b"\n"))


@claims_kind("claims that are no object", REFUSE, weight=2)
def _(bench):
    return bench.token(claims=bench.pick(b"[]", b'"x"', b"null", b"1", b"true", b"", b"{}{}", b"[{}]"))


@claims_kind("claims that are no JSON", REFUSE, weight=3)
def _(bench):
    text = json.dumps(bench.claims())
    return bench.token(claims=bench.pick(
        text[:-1], text + "}", text[:-1] + ",}", text.replace('"', "'"), text[:-1] + ', "x":NaN}', text[:-1] + ', "x":-Infinity}',
        text[:-1] + ', "x":01}', text[:-1] + ', "x":1.}', text[:-1] + ', "x":"a\nb"}', text + "\0", "\ufeff" + text).encode())


@claims_kind("claims that are no UTF-8", REFUSE, weight=2)
def _(bench):
    text = compact(bench.claims())[:-1]
    return bench.token(claims=bench.pick(
        text + b',"x":"\xff"}', text + b',"x":"\xc0\x80"}', text + b',"x":"\xed\xa0\x80"}', text + b',"x":"\xf5\x80\x80\x80"}'))


@claims_kind("claims in UTF-16", REFUSE)
def _(bench):
    return bench.token(claims=json.dumps(bench.claims()).encode(bench.pick("utf-16", "utf-16-le", "utf-32-be")))


@claims_kind("a claim twice", REFUSE, weight=3)
def _(bench):
    text = json.dumps(bench.claims())[:-1]
    return bench.token(claims=bench.pick(
        text + ', "sub":"admin"}', text + ', "\\u0073ub":"admin"}', text + f', "exp":{FAR}}}', text + ', "x":{"a":1,"a":1}}').encode())


@claims_kind("half a surrogate pair in the claims", REFUSE)
def _(bench):
    return bench.token(claims=compact(bench.claims())[:-1] + b',"x":"%s"}' % bench.pick(b"\\ud800", b"\\udc00\\ud800"))


@claims_kind("claims nested too deep", REFUSE)
def _(bench):
    depth = bench.pick(64, 300, 3_000)
    return bench.token(claims=compact(bench.claims())[:-1] + b',"x":' + b"[" * depth + b"]" * depth + b"}")


@claims_kind("claims nested 50 deep", ACCEPT)
def _(bench):
    return bench.token(claims=compact(bench.claims())[:-1] + b',"x":' + b"[" * 50 + b"]" * 50 + b"}")


@claims_kind("a number that no double holds in the claims", REFUSE)
def _(bench):
    return bench.token(claims=compact(bench.claims())[:-1] + bench.pick(b',"x":1e400}', b',"x":-1e999}'))


def with_time(bench, name: str, form: str) -> str:
    """The form is JSON text, so that it stays as it is written."""
    return bench.token(claims=compact(bench.claims(**{name: ...}))[:-1] + f',"{name}":{form}}}'.encode())


@claims_kind("exp in the past", REFUSE, weight=2)
def _(bench):
    return with_time(bench, "exp", bench.pick("1", "0", "1600000000", "1.6e9", "1600000000.9", "-0", "16000000000e-1", "1E9"))


@claims_kind("exp in the future, in every form of a number", ACCEPT, weight=2)
def _(bench):
    return with_time(bench, "exp", bench.pick(f"{FAR}", f"{FAR}.5", "4e9", "4.0E+9", "40000000000e-1", "253402300799"))


@claims_kind("exp beyond the year 9999", REFUSE)
def _(bench):
    return with_time(bench, "exp", bench.pick("253402300800", "1e300", "4000000000000", "9" * 100, "9223372036854775808"))


@claims_kind("exp below zero", REFUSE)
def _(bench):
    return with_time(bench, "exp", bench.pick("-1", "-4000000000", "-1e300", "-0.1"))


@claims_kind("exp that is no number", REFUSE, weight=2)
def _(bench):
    return with_time(bench, "exp", bench.pick(f'"{FAR}"', "true", "null", f"[{FAR}]", "{}", '""', '"never"'))


@claims_kind("nbf in the future", REFUSE)
def _(bench):
    return with_time(bench, "nbf", bench.pick(f"{FAR}", f"{FAR}.5", "4e9"))


@claims_kind("nbf in the past", ACCEPT)
def _(bench):
    return with_time(bench, "nbf", bench.pick("0", "1", "1.5", "1e9", "-0"))


@claims_kind("nbf that is no number", REFUSE)
def _(bench):
    return with_time(bench, "nbf", bench.pick('"1"', "false", "null", "[]", "{}"))


@claims_kind("iat in the future", REFUSE)
def _(bench):
    return with_time(bench, "iat", bench.pick(f"{FAR}", "4e9"))


@claims_kind("iat that is no number", REFUSE)
def _(bench):
    return with_time(bench, "iat", bench.pick('"1"', "false", "null", "[]", "{}"))


@claims_kind("no exp, and none asked for", ACCEPT)
def _(bench):
    return bench.token(claims=bench.claims(exp=...))


@claims_kind("iss, sub or jti no string", REFUSE, weight=2)
def _(bench):
    return bench.token(claims=bench.claims(**{bench.pick("iss", "sub", "jti"): bench.pick(1, None, True, ["x"], {"x": 1}, 1.5)}))


@claims_kind("aud of a wrong type", REFUSE)
def _(bench):
    return bench.token(claims=bench.claims(aud=bench.pick(1, None, True, {"a": 1}, ["a", 1], ["a", None], [["a"]])))


@claims_kind("aud an empty array, or a name twice", ACCEPT)
def _(bench):
    return bench.token(claims=bench.claims(aud=bench.pick([], ["a", "a"], "")))


@claims_kind("control characters in identifiers", REFUSE)
def _(bench):
    return bench.token(claims=bench.claims(**{bench.pick("iss", "sub", "jti"): bench.pick("a\0b", "a\nb", "\x7f", "\x1b[31m")}))


@claims_kind("scope no string", REFUSE)
def _(bench):
    return bench.token(claims=bench.claims(scope=bench.pick(["read"], 1, None, {"read": True})))


@claims_kind("an invisible letter before exp in the past", ACCEPT)
def _(bench):
    """It is no exp, and no other one is there."""
    return bench.token(claims=compact(bench.claims(exp=...))[:-1] + b',"\\u0000exp":1}')
