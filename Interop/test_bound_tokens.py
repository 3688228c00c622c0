"""A DPoP client (RFC 9449) written with other libraries: it gets a bound token, and calls the gateway and userinfo with it."""

import base64
import hashlib
import json
import time
import uuid
from urllib.parse import urlencode

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey

from signet_process import Signet, call, run
from wire import Wire


class Holder:
    """Somebody with a key, and proofs of it."""

    def __init__(self, algorithm="ES256"):
        self.algorithm = algorithm
        self.key = ECKey.generate_key("P-256") if algorithm == "ES256" else OKPKey.generate_key("Ed25519")

    def proof(self, method, address, token=None, **changes):
        claims = {"jti": uuid.uuid4().hex, "htm": method, "htu": address, "iat": int(time.time())}
        if token:
            digest = hashlib.sha256(token.encode()).digest()
            claims["ath"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        claims = {name: value for name, value in (claims | changes).items() if value is not None}
        header = {"typ": "dpop+jwt", "alg": self.algorithm, "jwk": self.key.as_dict(private=False)}
        return jws.serialize_compact(header, json.dumps(claims).encode(), self.key, algorithms=[self.algorithm])


@pytest.fixture(scope="module")
def client(demo):
    done = run(
        "client", "create", "bound", "--grant", "client_credentials", "--audience", "demo", "--require-dpop",
        "--data", str(demo.data), "--json")
    assert done.returncode == 0, done.stderr
    return "bound", json.loads(done.stdout)["client_secret"]


def token_of(server, client, holder, address=None):
    proof = holder.proof("POST", address or server.control + "/token")
    answer = call(
        "POST", server.control + "/token", body=urlencode({"grant_type": "client_credentials"}).encode(), headers={
            "Content-Type": "application/x-www-form-urlencoded", "DPoP": proof,
            "Authorization": "Basic " + base64.b64encode(":".join(client).encode()).decode()})
    assert answer.status == 200, answer.body
    assert answer.json["token_type"] == "DPoP"
    return answer.json["access_token"]


def ask(server, scheme, token, *proofs, path="/demo/orders"):
    fields = "".join(f"DPoP: {proof}\r\n" for proof in proofs)
    with Wire(server.gateway_port) as wire:
        wire.send((f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.gateway_port}\r\n"
                   f"Authorization: {scheme} {token}\r\n{fields}\r\n").encode())
        return wire.answer()


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA"])
def test_a_bound_token_passes_with_a_proof_for_this_request_once(demo, client, algorithm):
    holder, thief = Holder(algorithm), Holder()
    token = token_of(demo, client, holder)
    address = demo.gateway + "/demo/orders"

    def refused(scheme, *proofs, code, token=token, **more):
        answer = ask(demo, scheme, token, *proofs, **more)
        body = json.loads(answer.body)
        assert (answer.status, body["code"]) == (401, code), body
        return answer

    # The token is not known here before the first of these, and is afterwards.
    for _ in range(2):
        bearer = refused("Bearer", code="token-bound")
        assert 'DPoP realm="signet", error="invalid_token", algs="ES256 ' in bearer.header("WWW-Authenticate")
        refused("Bearer", holder.proof("GET", address, token), code="token-bound")
        refused("DPoP", thief.proof("GET", address, token), code="token-bound")
        for change in (
            {"htm": "POST"}, {"htu": demo.gateway + "/demo/other"}, {"htu": "https://127.0.0.1/demo/orders"},
            {"ath": None}, {"ath": "x"}, {"iat": int(time.time()) - 300}, {"iat": int(time.time()) + 300}, {"jti": None},
        ):
            answer = refused("DPoP", holder.proof("GET", address, token, **change), code="proof-refused")
            assert 'error="invalid_dpop_proof"' in answer.header("WWW-Authenticate")
        refused("DPoP", code="proof-refused")
        refused("DPoP", holder.proof("GET", address, token), holder.proof("GET", address, token), code="proof-refused")
        refused("DPoP", token, code="proof-refused")

        good = holder.proof("GET", address, token)
        assert ask(demo, "DPoP", token, good).status == 200
        refused("DPoP", good, code="proof-refused")
        # The query is no part of the address; each request has a connection, and so an event loop, of its own.
        assert ask(demo, "dpop", token, holder.proof("GET", address, token), path="/demo/orders?a=1").status == 200
        for _ in range(6):
            refused("DPoP", good, code="proof-refused")


def test_a_token_that_is_bound_to_nothing_is_a_bearer_token_alone(demo):
    token = demo.login_demo()["access_token"]
    proof = Holder().proof("GET", demo.gateway + "/demo/orders", token)
    assert ask(demo, "Bearer", token).status == 200
    answer = ask(demo, "DPoP", token, proof)
    assert (answer.status, json.loads(answer.body)["code"]) == (401, "token-not-bound")
    assert ask(demo, "Bearer", token, proof).status == 200


def test_without_a_token_both_ways_are_named(demo):
    answer = call("GET", demo.gateway + "/demo/orders")
    assert answer.status == 401
    challenges = answer.headers.get_all("WWW-Authenticate")
    assert [challenge.split()[0] for challenge in challenges] == ["Bearer", "DPoP"]
    metadata = call("GET", demo.control + "/.well-known/oauth-authorization-server").json
    assert set(metadata["dpop_signing_alg_values_supported"]) >= {"ES256", "EdDSA", "Ed25519"}
    assert f'algs="{" ".join(metadata["dpop_signing_alg_values_supported"])}"' in challenges[1]


def test_an_issuer_with_a_slash_at_its_end_has_addresses_with_one(tmp_path):
    server = Signet(data=tmp_path / "data", demo=True, demo_password="demo-password-for-tests")
    server.arguments = ("--issuer", server.control + "/")
    server.start()
    try:
        metadata = call("GET", server.control + "/.well-known/openid-configuration").json
        assert metadata["issuer"] == server.control + "/"
        assert metadata["token_endpoint"] == server.control + "/token"
        assert not [value for value in metadata.values() if isinstance(value, str) and "//" in value.removeprefix("http://")]
        done = run(
            "client", "create", "bound", "--grant", "client_credentials", "--audience", "demo", "--data",
            str(server.data), "--json")
        secret = json.loads(done.stdout)["client_secret"]
        token_of(server, ("bound", secret), Holder())
    finally:
        server.stop()
