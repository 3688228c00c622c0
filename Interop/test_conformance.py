"""The OpenID Provider's side of the OpenID conformance suite, module by module: each test has its module's name.

The basic plan, the config plan and the RP-initiated logout plan, as their public descriptions tell them; the suite itself
is not run.
"""

import base64
import hashlib
import http.client
import json
import socket
import time
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from signet_process import call, run

BACK = "https://suite.example/callback"
BYE = "https://suite.example/bye"
PASSWORD = "conformance-password"
VERIFIER = "a-verifier-of-forty-three-characters-or-more"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
EVERYTHING = "openid profile email address phone offline_access"
PROFILE = {
    "name": "Ada Lovelace", "given_name": "Ada", "family_name": "Lovelace", "email": "ada@example.com", "email_verified": True,
    "phone_number": "+44 20 7946 0000", "phone_number_verified": False, "address": {"country": "United Kingdom"},
    "locale": "en-GB", "zoneinfo": "Europe/London", "updated_at": 1700000000}


class OperatorConnection(http.client.HTTPConnection):
    """HTTP over the socket in the data folder."""

    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self.path))


@pytest.fixture(scope="module")
def suite(demo):
    connection = OperatorConnection(demo.data / "signet.sock")
    body = json.dumps({"name": "ada", "password": PASSWORD, "profile": PROFILE})
    connection.request("POST", "/api/users", body, {"Content-Type": "application/json"})
    assert connection.getresponse().status == 200
    made = {}
    for name, further in [("basic", []), ("post", ["--post"]), ("other", [])]:
        done = run("client", "create", name, "--first-party", "--redirect-uri", BACK, "--redirect-uri", BACK + "?kept=1",
                   "--post-logout-redirect-uri", BYE, "--scope", EVERYTHING, "--audience", "demo", *further, "--data", str(demo.data),
                   "--json")
        assert done.returncode == 0, done.stderr
        made[name] = json.loads(done.stdout)["client_secret"]
    return Suite(demo, made)


class Agent:
    """A browser as far as the flow needs one: cookies, and forms sent as browsers send them."""

    def __init__(self, demo):
        self.demo = demo
        self.cookies = {}

    def send(self, method, address, form=None):
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        url = address if address.startswith("http") else self.demo.control + address
        answer = call(method, url, body=None if form is None else urlencode(form).encode(), headers=headers)
        for field in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = field.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer


class Suite:
    def __init__(self, demo, secrets):
        self.demo = demo
        self.secrets = secrets

    def metadata(self):
        return call("GET", self.demo.control + "/.well-known/openid-configuration").json

    def parameters(self, **changes):
        usual = {
            "client_id": "basic", "response_type": "code", "redirect_uri": BACK, "scope": "openid", "state": "a state",
            "nonce": "a nonce", "code_challenge": CHALLENGE, "code_challenge_method": "S256"}
        return {name: value for name, value in {**usual, **changes}.items() if value is not None}

    def authorize(self, agent=None, method="GET", **changes):
        """Goes as far as nobody is asked; the page, or the redirect to the client."""
        agent = agent or Agent(self.demo)
        address, parameters = self.metadata()["authorization_endpoint"], self.parameters(**changes)
        if method == "POST":
            answer = agent.send("POST", address, parameters)
        else:
            answer = agent.send("GET", address + "?" + urlencode(parameters))
        while answer.status == 303 and answer.headers["Location"].startswith("/"):
            answer = agent.send("GET", answer.headers["Location"])
        return answer

    def sign_in(self, agent, page):
        """Fills the sign-in page in; the redirect to the client."""
        assert page.status == 200 and b'name="password"' in page.body, page.body
        transaction = page.body.split(b'name="transaction" value="')[1].split(b'"')[0].decode()
        answer = agent.send("POST", "/sign-in/password", {"transaction": transaction, "name": "ada", "password": PASSWORD})
        while answer.status == 303 and answer.headers["Location"].startswith("/"):
            answer = agent.send("GET", answer.headers["Location"])
        return answer

    def said(self, answer, address=BACK):
        """What the client is told, at its own address."""
        location = answer.target
        assert location, (answer.status, answer.body)
        assert location.split("?")[0] == address, location
        return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}

    def code(self, agent=None, **changes):
        agent = agent or Agent(self.demo)
        answer = self.authorize(agent, **changes)
        said = self.said(self.sign_in(agent, answer) if answer.status == 200 else answer)
        assert said["iss"] == self.metadata()["issuer"]
        return said["code"]

    def token(self, code, client="basic", **changes):
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER, **changes}
        return self.post_token(form, client)

    def post_token(self, form, client="basic"):
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if client == "post":
            form = {**form, "client_id": client, "client_secret": self.secrets[client]}
        else:
            headers["Authorization"] = "Basic " + base64.b64encode(f"{client}:{self.secrets[client]}".encode()).decode()
        return call("POST", self.metadata()["token_endpoint"], body=urlencode(form).encode(), headers=headers)

    def tokens(self, agent=None, client="basic", **changes):
        answer = self.token(self.code(agent, client_id=client, **changes), client)
        assert answer.status == 200, answer.body
        assert answer.headers["Cache-Control"] == "no-store" and answer.json["token_type"] == "Bearer"
        return answer.json

    def identity(self, tokens, client="basic", nonce="a nonce"):
        keys = KeySet.import_key_set(call("GET", self.metadata()["jwks_uri"]).json)
        claims = jwt.decode(tokens["id_token"], keys, algorithms=["ES256"]).claims
        now = time.time()
        assert claims["iss"] == self.metadata()["issuer"] and claims["aud"] == client and claims.get("nonce") == nonce
        assert claims["iat"] <= now + 1 and now < claims["exp"] < now + 3_600 and 0 < len(claims["sub"]) <= 255
        half = base64.urlsafe_b64encode(hashlib.sha256(tokens["access_token"].encode()).digest()[:16]).rstrip(b"=").decode()
        assert claims["at_hash"] == half
        return claims

    def userinfo(self, token):
        return call("GET", self.metadata()["userinfo_endpoint"], token=token)


def test_oidcc_server(suite):
    tokens = suite.tokens()
    claims = suite.identity(tokens)
    assert suite.userinfo(tokens["access_token"]).json == {"sub": claims["sub"]}


def test_oidcc_response_type_missing(suite):
    said = suite.said(suite.authorize(response_type=None))
    assert said["error"] in ("invalid_request", "unsupported_response_type") and said["state"] == "a state"


def test_oidcc_userinfo_get(suite):
    answer = suite.userinfo(suite.tokens()["access_token"])
    assert answer.status == 200 and answer.headers["Content-Type"].startswith("application/json")


def test_oidcc_userinfo_post_header(suite):
    answer = call("POST", suite.metadata()["userinfo_endpoint"], token=suite.tokens()["access_token"])
    assert answer.status == 200 and answer.json["sub"]


def test_oidcc_userinfo_post_body(suite):
    token = suite.tokens()["access_token"]
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    address = suite.metadata()["userinfo_endpoint"]
    answer = call("POST", address, body=urlencode({"access_token": token}).encode(), headers=headers)
    assert answer.status == 200 and answer.json["sub"]
    assert call("POST", address, body=b"access_token=x", headers=headers).status == 401
    # In an address a token would stand in logs.
    assert call("GET", address + "?" + urlencode({"access_token": token})).status == 401


def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow(suite):
    suite.identity(suite.tokens(nonce=None), nonce=None)


@pytest.mark.parametrize("scope, claims", [
    ("profile", {"preferred_username", "name", "given_name", "family_name", "locale", "zoneinfo", "updated_at"}),
    ("email", {"email", "email_verified"}), ("address", {"address"}), ("phone", {"phone_number", "phone_number_verified"}),
])
def test_oidcc_scope(suite, scope, claims):
    """oidcc-scope-profile, -email, -address, -phone"""
    tokens = suite.tokens(scope=f"openid {scope}")
    told = suite.userinfo(tokens["access_token"]).json
    assert set(told) - {"sub"} == claims
    assert all(told[name] == value for name, value in PROFILE.items() if name in told)


def test_oidcc_scope_all(suite):
    told = suite.userinfo(suite.tokens(scope=EVERYTHING)["access_token"]).json
    assert {name: told[name] for name in PROFILE} == PROFILE


def test_oidcc_ensure_other_scope_order_succeeds(suite):
    tokens = suite.tokens(scope="email openid")
    assert suite.identity(tokens)["email"] == "ada@example.com"


@pytest.mark.parametrize("name, value", [
    ("display", "page"), ("display", "popup"), ("ui_locales", "se"), ("claims_locales", "se"), ("acr_values", "1 2"),
    ("extra", "foobar"), ("login_hint", "ada"), ("claims", '{"id_token":{"name":{"essential":true}}}'),
])
def test_oidcc_a_request_with_a_parameter_succeeds(suite, name, value):
    """oidcc-display-page, -display-popup, -ui-locales, -claims-locales, -ensure-request-with-acr-values-succeeds,
    -ensure-request-with-unknown-parameter-succeeds, -login-hint, -claims-essential"""
    suite.identity(suite.tokens(**{name: value}))


def test_oidcc_login_hint_is_shown(suite):
    assert b'value="ada"' in suite.authorize(login_hint="ada").body


def test_oidcc_prompt_login(suite):
    agent = Agent(suite.demo)
    first = suite.identity(suite.tokens(agent))
    time.sleep(1.1)
    page = suite.authorize(agent, prompt="login")
    assert page.status == 200
    second = suite.identity(suite.token(suite.said(suite.sign_in(agent, page))["code"]).json)
    assert second["sub"] == first["sub"] and second["auth_time"] > first["auth_time"]


def test_oidcc_prompt_none_not_logged_in(suite):
    said = suite.said(suite.authorize(prompt="none"))
    assert said["error"] == "login_required" and said["state"] == "a state"


def test_oidcc_prompt_none_logged_in(suite):
    agent = Agent(suite.demo)
    first = suite.identity(suite.tokens(agent))
    second = suite.identity(suite.tokens(agent, prompt="none"))
    assert (first["sub"], first["auth_time"]) == (second["sub"], second["auth_time"])


def test_oidcc_max_age_1(suite):
    agent = Agent(suite.demo)
    first = suite.identity(suite.tokens(agent))
    time.sleep(2.1)
    page = suite.authorize(agent, max_age="1")
    assert page.status == 200
    second = suite.identity(suite.token(suite.said(suite.sign_in(agent, page))["code"]).json)
    assert second["auth_time"] > first["auth_time"]


def test_oidcc_max_age_10000(suite):
    agent = Agent(suite.demo)
    first = suite.identity(suite.tokens(agent))
    second = suite.identity(suite.tokens(agent, max_age="10000"))
    assert first["auth_time"] == second["auth_time"]


def test_oidcc_id_token_hint(suite):
    agent = Agent(suite.demo)
    tokens = suite.tokens(agent)
    again = suite.tokens(agent, prompt="none", id_token_hint=tokens["id_token"])
    assert suite.identity(again)["sub"] == suite.identity(tokens)["sub"]


def test_oidcc_codereuse(suite):
    code = suite.code()
    first = suite.token(code)
    assert first.status == 200
    assert suite.token(code).json["error"] == "invalid_grant"
    assert suite.userinfo(first.json["access_token"]).status == 401


def test_oidcc_codereuse_30seconds(suite):
    code = suite.code()
    first = suite.token(code)
    time.sleep(30)
    assert suite.token(code).json["error"] == "invalid_grant"
    assert suite.userinfo(first.json["access_token"]).status == 401


@pytest.mark.parametrize("address", [
    "https://suite.example/callback/", "https://suite.example/callback?x=1", "https://suite.example/other",
    "https://evil.example/callback", "https://suite.example/callback#x",
])
def test_oidcc_ensure_registered_redirect_uri(suite, address):
    answer = suite.authorize(redirect_uri=address)
    assert answer.status == 400 and "Location" not in answer.headers


def test_oidcc_redirect_uri_query_OK(suite):
    agent = Agent(suite.demo)
    said = suite.said(suite.sign_in(agent, suite.authorize(agent, redirect_uri=BACK + "?kept=1")))
    assert said["kept"] == "1" and said["code"]


def test_oidcc_ensure_post_request_succeeds(suite):
    agent = Agent(suite.demo)
    page = suite.authorize(agent, method="POST")
    suite.identity(suite.token(suite.said(suite.sign_in(agent, page))["code"]).json)


def test_oidcc_server_client_secret_post(suite):
    suite.identity(suite.tokens(client="post"), client="post")


def test_oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(suite):
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=") + b"." + base64.urlsafe_b64encode(b"{}").rstrip(b"=") + b"."
    assert suite.said(suite.authorize(request=unsigned.decode()))["error"] == "request_not_supported"


def test_oidcc_ensure_request_object_with_redirect_uri(suite):
    """The address inside a request object is never followed."""
    inside = base64.urlsafe_b64encode(json.dumps({"redirect_uri": "https://evil.example/"}).encode()).rstrip(b"=").decode()
    answer = suite.authorize(request=f"e30.{inside}.")
    assert answer.headers["Location"].startswith(BACK)


def test_oidcc_request_uri_unsupported(suite):
    said = suite.said(suite.authorize(request_uri="https://suite.example/request.jwt"))
    assert said["error"] == "request_uri_not_supported"


def test_oidcc_refresh_token(suite):
    tokens = suite.tokens(scope="openid offline_access")
    first = suite.identity(tokens)
    answer = suite.post_token({"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})
    assert answer.status == 200 and answer.json["access_token"] != tokens["access_token"]
    assert suite.userinfo(answer.json["access_token"]).json["sub"] == first["sub"]
    # Another client's token is no good, and stays the first client's.
    stolen = suite.post_token({"grant_type": "refresh_token", "refresh_token": answer.json["refresh_token"]}, "other")
    assert stolen.json["error"] == "invalid_grant"
    again = suite.post_token({"grant_type": "refresh_token", "refresh_token": answer.json["refresh_token"]})
    assert again.status == 200


def test_oidcc_ensure_request_with_valid_pkce_succeeds(suite):
    assert suite.token(suite.code(), code_verifier="x" * 43).json["error"] == "invalid_grant"
    suite.identity(suite.token(suite.code()).json)


def test_oidcc_discovery_endpoint_verification(suite):
    metadata = suite.metadata()
    assert metadata["issuer"] == suite.demo.control
    for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint"):
        assert metadata[name].startswith(metadata["issuer"] + "/"), name
    assert metadata["response_types_supported"] == ["code"] and metadata["subject_types_supported"] == ["public"]
    assert "openid" in metadata["scopes_supported"] and "sub" in metadata["claims_supported"]
    assert {"client_secret_basic", "client_secret_post"} <= set(metadata["token_endpoint_auth_methods_supported"])
    assert "none" not in metadata["id_token_signing_alg_values_supported"]
    assert metadata["claims_parameter_supported"] is False and metadata["request_parameter_supported"] is False
    keys = call("GET", metadata["jwks_uri"]).json["keys"]
    assert len({key["kid"] for key in keys}) == len(keys)
    assert all("d" not in key and key["kty"] in ("EC", "RSA", "OKP", "AKP") for key in keys)


class TestRPInitiatedLogout:
    """oidcc-rp-initiated-logout, and its variants"""

    def leave(self, suite, agent, **parameters):
        return agent.send("GET", suite.metadata()["end_session_endpoint"] + "?" + urlencode(parameters))

    def is_signed_in(self, suite, agent):
        return "code" in suite.said(suite.authorize(agent, prompt="none"))

    @pytest.fixture
    def signed_in(self, suite):
        agent = Agent(suite.demo)
        return agent, suite.tokens(agent)["id_token"]

    def test_oidcc_rp_initiated_logout(self, suite, signed_in):
        agent, hint = signed_in
        answer = self.leave(suite, agent, id_token_hint=hint, post_logout_redirect_uri=BYE, state="a b")
        assert suite.said(answer, BYE) == {"state": "a b"}
        assert not self.is_signed_in(suite, agent)

    def test_oidcc_rp_initiated_logout_no_state(self, suite, signed_in):
        agent, hint = signed_in
        answer = self.leave(suite, agent, id_token_hint=hint, post_logout_redirect_uri=BYE)
        assert answer.target == BYE and not self.is_signed_in(suite, agent)

    def test_oidcc_rp_initiated_logout_no_post_logout_redirect_uri(self, suite, signed_in):
        agent, hint = signed_in
        answer = self.leave(suite, agent, id_token_hint=hint)
        assert answer.status == 200 and not self.is_signed_in(suite, agent)

    @pytest.mark.parametrize("parameters", [{}, {"state": "only"}, {"post_logout_redirect_uri": BYE, "client_id": "basic"}])
    def test_oidcc_rp_initiated_logout_no_id_token_hint(self, suite, signed_in, parameters):
        """-no-params, -only-state, -no-id-token-hint: the person is asked first."""
        agent, _ = signed_in
        answer = self.leave(suite, agent, **parameters)
        assert answer.status == 200 and b"Sign out?" in answer.body
        assert self.is_signed_in(suite, agent)

    @pytest.mark.parametrize("change", [lambda hint: "not a token", lambda hint: hint[:-6] + "AAAAAA"])
    def test_oidcc_rp_initiated_logout_bad_id_token_hint(self, suite, signed_in, change):
        """-bad-id-token-hint, -modified-id-token-hint"""
        agent, hint = signed_in
        answer = self.leave(suite, agent, id_token_hint=change(hint), post_logout_redirect_uri=BYE)
        assert "Location" not in answer.headers and self.is_signed_in(suite, agent)

    @pytest.mark.parametrize("address", ["https://evil.example/", BYE + "?x=1", BACK])
    def test_oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(self, suite, signed_in, address):
        """-bad-post-logout-redirect-uri, -query-added-to-post-logout-redirect-uri"""
        agent, hint = signed_in
        answer = self.leave(suite, agent, id_token_hint=hint, post_logout_redirect_uri=address)
        assert answer.status == 400 and "Location" not in answer.headers

    def test_oidcc_rp_initiated_logout_discovery_endpoint_verification(self, suite):
        assert suite.metadata()["end_session_endpoint"] == suite.demo.control + "/end-session"
