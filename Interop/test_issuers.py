"""Issuers that are not ours: their keys found by discovery or address, rotated under load, and away for a while."""

import http.server
import json
import threading

import pytest

from conftest import write_configuration
from signet_process import Signet, call
from test_analytics import ask
from token_mint import Mint
from wire import wait_for


class Issuer:
    """An OpenID provider as far as a verifier sees it: its metadata and its keys, on loopback."""

    def __init__(self):
        issuer = self
        self.mint, self.asked, self.is_dead, self.name = Mint(), [], False, None
        self.keys = self.mint.public_set()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.asked.append(self.path)
                if issuer.is_dead:
                    self.send_error(500)
                    return
                document = {
                    "/.well-known/openid-configuration": {"issuer": issuer.name or issuer.url, "jwks_uri": issuer.url + "/keys"},
                    "/keys": issuer.keys,
                }.get(self.path)
                if document is None:
                    self.send_error(404)
                    return
                body = json.dumps(document).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def token(self, mint=None, alg="ES256", **claims) -> str:
        mint = mint or self.mint
        return mint.token(alg, claims=mint.claims(iss=self.url, **claims)).decode()


@pytest.fixture
def issuer():
    issuer = Issuer()
    yield issuer
    issuer.server.shutdown()


def serve(tmp_path, upstream, issuer, keys="discovery"):
    config = write_configuration(tmp_path, f"""
issuers: {{ other: {{ issuer: "{issuer.url}", keys: {keys} }} }}
upstreams: {{ u: "http://127.0.0.1:{upstream.port}" }}
apis: {{ a: {{ path: /a, upstream: u, access: {{ jwt: {{ issuer: other, audience: orders }} }} }} }}
""")
    return Signet(data=tmp_path / "data", config=config, arguments=("--fetch-network", "127.0.0.1")).start()


def get(signet, token):
    return call("GET", signet.gateway + "/a", token=token)


@pytest.mark.parametrize("keys", ["discovery", "{ url: KEYS }"])
def test_published_keys_are_found_and_kept(tmp_path, upstream, issuer, keys):
    signet = serve(tmp_path, upstream, issuer, keys.replace("KEYS", f'"{issuer.url}/keys"'))
    try:
        assert get(signet, issuer.token()).status == 200
        assert get(signet, issuer.token(alg="RS256")).status == 200
        (known,) = ask(signet, "/published-keys")[1]["sets"]
        assert known["discovered"] == (keys == "discovery") and known["address"] == issuer.url + ("" if known["discovered"] else "/keys")
        assert known["serves"] and known["failures"] == 0 and known["age"] < 60 and "last_failure" not in known
        assert len(known["keys"]) == len(issuer.keys["keys"]) and any("(ES256)" in key for key in known["keys"])
        assert get(signet, issuer.token(Mint())).status == 401
        fetched = len(issuer.asked)
        issuer.is_dead = True
        # The issuer is away; what was fetched serves on, for tokens that were never seen as well.
        assert all(get(signet, issuer.token(jti=f"t{number}")).status == 200 for number in range(20))
        assert len(issuer.asked) - fetched <= 2
    finally:
        signet.stop()


def test_a_rotated_key_is_taken_up_under_load(tmp_path, upstream, issuer):
    signet = serve(tmp_path, upstream, issuer)
    statuses, stop = [], threading.Event()
    try:
        assert get(signet, issuer.token()).status == 200
        old = issuer.mint

        def work():
            while not stop.is_set():
                statuses.append(get(signet, issuer.token(old)).status)

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        # The new keys stand beside the old ones, as a careful issuer publishes them; fetches are at most one in a while.
        new = Mint()
        new.kid = lambda alg: {"ES256": "ec-2"}[alg]
        issuer.keys = {"keys": [*issuer.keys["keys"], new.jwk("ES256")]}
        wait_for(lambda: get(signet, issuer.token(new)).status == 200, 45)
        stop.set()
        for thread in threads:
            thread.join()
        assert set(statuses) == {200}, "a token of the old key was refused meanwhile"
        # Names that nobody publishes have nothing fetched for each of them.
        fetched = len(issuer.asked)
        strange = Mint()
        strange.kid = lambda alg: "strange"
        for number in range(30):
            strange.kid = lambda alg, number=number: f"strange-{number}"
            assert get(signet, issuer.token(strange)).status == 401
        assert len(issuer.asked) - fetched <= 4
    finally:
        stop.set()
        signet.stop()


def test_keys_that_never_came_are_nobody_s_fault_but_the_issuer_s(tmp_path, upstream, issuer):
    issuer.is_dead = True
    signet = serve(tmp_path, upstream, issuer)
    try:
        answer = get(signet, issuer.token())
        assert answer.status == 503 and answer.json["code"] == "keys-unavailable" and answer.headers["Retry-After"]
        issuer.is_dead = False
        wait_for(lambda: get(signet, issuer.token()).status == 200, 45)
    finally:
        signet.stop()


def test_metadata_of_somebody_else_leads_to_no_keys(tmp_path, upstream, issuer):
    issuer.name = "https://somebody.example"
    signet = serve(tmp_path, upstream, issuer)
    try:
        assert get(signet, issuer.token()).status == 503
        assert "/keys" not in issuer.asked
    finally:
        signet.stop()


def test_nothing_is_fetched_from_a_network_that_is_not_opened(tmp_path, upstream, issuer):
    config = write_configuration(tmp_path, f"""
issuers: {{ other: {{ issuer: "{issuer.url}", keys: discovery }} }}
upstreams: {{ u: "http://127.0.0.1:{upstream.port}" }}
apis: {{ a: {{ path: /a, upstream: u, access: {{ jwt: {{ issuer: other, audience: orders }} }} }} }}
""")
    signet = Signet(data=tmp_path / "data", config=config).start()
    try:
        assert get(signet, issuer.token()).status == 503
        assert issuer.asked == []
    finally:
        signet.stop()
