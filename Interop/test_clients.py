"""Real JWT libraries and Signet read each other's tokens: PyJWT and joserfc, all four algorithms, PEM and JWK."""

import base64
import json
import time

import jwt
import pytest
from joserfc import jwt as jose_jwt
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey

from signet_process import call, run
from token_mint import Mint

ALGORITHMS = ["HS256", "RS256", "ES256", "Ed25519"]
# The name each library has for it: RFC 9864's Ed25519 is EdDSA in PyJWT.
PYJWT_NAMES = {"Ed25519": "EdDSA"}


def claims(**more) -> dict:
    now = int(time.time())
    return {"iss": "https://idp.example", "sub": "ada", "aud": "orders", "iat": now, "exp": now + 300, **more}


def verify(token: str, *key) -> dict:
    told = run("verify", *key, "--issuer", "https://idp.example", "--audience", "orders", "--json", stdin=token)
    assert told.stdout, told.stderr
    return json.loads(told.stdout)


def pyjwt_key(mint: Mint, alg: str):
    return mint.secret if alg == "HS256" else mint.private(alg)


def joserfc_key(mint: Mint, alg: str):
    if alg == "HS256":
        return OctKey.import_key(mint.secret)
    kind = {"RS256": RSAKey, "ES256": ECKey, "Ed25519": OKPKey}[alg]
    return kind.import_key(mint.private_pem(alg))


def written_key(mint: Mint, alg: str, form: str, folder) -> list[str]:
    """The verifying key as options of the command."""
    if form == "jwk":
        path = folder / "key.json"
        path.write_text(json.dumps(mint.jwk(alg)))
        return ["--key", str(path)]
    if alg == "HS256":
        path = folder / "secret"
        path.write_text(base64.urlsafe_b64encode(mint.secret).rstrip(b"=").decode())
        return ["--secret-file", str(path), "--secret-form", "base64url"]
    path = folder / "key.pem"
    path.write_bytes(mint.public_pem(alg))
    return ["--key", str(path)]


@pytest.mark.parametrize("form", ["jwk", "pem"])
@pytest.mark.parametrize("alg", ALGORITHMS)
def test_we_verify_what_pyjwt_signs(alg, form, mint, tmp_path):
    token = jwt.encode(claims(), pyjwt_key(mint, alg), PYJWT_NAMES.get(alg, alg), headers={"kid": mint.kid(alg)})
    answer = verify(token, *written_key(mint, alg, form, tmp_path))
    assert answer["verdict"] == "valid", answer
    assert answer["claims"]["sub"] == "ada"


@pytest.mark.parametrize("form", ["jwk", "pem"])
@pytest.mark.parametrize("alg", ALGORITHMS)
def test_we_verify_what_joserfc_signs(alg, form, mint, tmp_path):
    token = jose_jwt.encode(
        {"alg": alg, "kid": mint.kid(alg)}, claims(), joserfc_key(mint, alg), algorithms=[alg])
    answer = verify(token, *written_key(mint, alg, form, tmp_path))
    assert answer["verdict"] == "valid", answer


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_both_libraries_verify_what_we_sign(alg, tmp_path):
    private, public = tmp_path / "private.json", tmp_path / "public.json"
    made = run("keygen", alg, "--out", str(private), *([] if alg == "HS256" else ["--public-out", str(public)]))
    assert made.returncode == 0, made.stderr
    assert private.stat().st_mode & 0o777 == 0o600
    signed = run(
        "sign", "--key", str(private), "--issuer", "https://idp.example", "--subject", "ada", "--audience", "orders",
        "--expires-in", "300")
    assert signed.returncode == 0, signed.stderr
    token = signed.stdout.strip()
    document = json.loads((private if alg == "HS256" else public).read_text())

    key = jwt.PyJWK(document, algorithm=PYJWT_NAMES.get(alg, alg))
    # PyJWT 2.15 takes the algorithm from the header; the older name has to be allowed beside RFC 9864's.
    assert jwt.get_unverified_header(token)["alg"] == alg
    if alg != "Ed25519" or "Ed25519" in jwt.algorithms.get_default_algorithms():
        heard = jwt.decode(token, key, algorithms=[alg], audience="orders", issuer="https://idp.example")
        assert heard["sub"] == "ada"
    else:
        signing_input, _, signature = token.rpartition(".")
        raw = base64.urlsafe_b64decode(signature + "==")
        key.key.verify(raw, signing_input.encode())

    imported = KeySet.import_key_set({"keys": [document]}).keys[0]
    heard = jose_jwt.decode(token, imported, algorithms=[alg])
    assert heard.claims["sub"] == "ada"

    answer = verify(token, "--key", str(private if alg == "HS256" else public))
    assert answer["verdict"] == "valid"


def test_pyjwt_verifies_a_login_through_our_jwks(demo):
    access = demo.login_demo()["access_token"]
    key = jwt.PyJWKClient(f"{demo.control}/.well-known/jwks.json").get_signing_key_from_jwt(access)
    heard = jwt.decode(access, key, algorithms=["ES256"], issuer=demo.control, options={"verify_aud": False})
    assert heard["preferred_username"] == "demo"
    assert {"iss", "sub", "preferred_username", "roles", "aud", "client_id", "sid", "exp", "iat", "jti"} <= set(heard)
    header = jwt.get_unverified_header(access)
    assert header["typ"] == "at+jwt" and header["alg"] == "ES256"


def test_joserfc_verifies_a_login_through_our_jwks(demo):
    access = demo.login_demo()["access_token"]
    answer = call("GET", f"{demo.control}/.well-known/jwks.json")
    assert answer.status == 200
    document = answer.json
    for key in document["keys"]:
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & set(key), "a private member is published"
    heard = jose_jwt.decode(access, KeySet.import_key_set(document), algorithms=["ES256"])
    assert heard.claims["iss"] == demo.control
    assert heard.header["typ"] == "at+jwt"


def test_our_own_verifier_reads_a_login_through_the_jwks_file(demo, tmp_path):
    access = demo.login_demo()["access_token"]
    keys = tmp_path / "jwks.json"
    keys.write_bytes(call("GET", f"{demo.control}/.well-known/jwks.json").body)
    told = run("verify", "--key", str(keys), "--issuer", demo.control, "--type", "at+jwt", "--json", stdin=access)
    assert told.returncode == 0, told.stdout + told.stderr
