"""One port for everything: the token service, the Studio and APIs behind the gateway's listener, as `control-plane` of an API
and as a listener of its own; with the client's real address, and drained at the end."""

import base64
import http.client
import json
import re
import ssl
import threading
import time
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from conftest import write_configuration
from signet_process import Signet, call, free_port, run
from test_authorize import CHALLENGE, VERIFIER, ClientSite
from test_certificates import certified
from wire import wait_for

PASSWORD = "a-password-at-one-port"
CONFIGURATION = """
settings: {{ access-log: access.log }}
upstreams: {{ recorder: "http://127.0.0.1:{port}" }}
apis:
  account: {{ path: /, control-plane: true, access: anonymous }}
  guarded: {{ path: /guarded, upstream: recorder, access: {{ jwt: {{ issuer: built-in, audience: orders }} }} }}
  parts:
    path: /parts
    upstream: recorder
    access: {{ jwt: {{ issuer: built-in, audience: orders }} }}
    routes: {{ mine: {{ path: /login, control-plane: true }} }}
"""


class Site:
    def __init__(self, folder, upstream):
        self.configuration = write_configuration(folder, CONFIGURATION.format(port=upstream.port))
        port = free_port()
        self.address = f"http://localhost:{port}"
        self.signet = Signet(
            data=folder / "data", config=self.configuration, gateway_port=port,
            arguments=("--issuer", self.address, "--audience", "orders")).start()
        self.log = folder / "access.log"
        done = run("user", "create", "ada", "--password-env", "ADA", "--data", str(self.signet.data), env={"ADA": PASSWORD})
        assert done.returncode == 0, done.stderr

    def get(self, path, method="GET", **headers):
        return call(method, self.address + path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def audit(self):
        told = run("audit", "--data", str(self.signet.data), "--json").stdout
        return [json.loads(line) for line in told.splitlines()]


@pytest.fixture(scope="module")
def one(tmp_path_factory, upstream):
    site = Site(tmp_path_factory.mktemp("one-port"), upstream)
    yield site
    site.signet.stop()


def test_a_person_signs_in_and_the_client_calls_the_api(one, page):
    back = ClientSite()
    done = run(
        "client", "create", "web", "--redirect-uri", back.address, "--scope", "openid profile", "--audience", "orders",
        "--data", str(one.signet.data), "--json")
    assert done.returncode == 0, done.stderr
    secret = json.loads(done.stdout)["client_secret"]
    page.goto(one.address + "/authorize?" + urlencode({
        "client_id": "web", "response_type": "code", "redirect_uri": back.address, "scope": "openid profile", "state": "s",
        "code_challenge": CHALLENGE, "code_challenge_method": "S256"}))
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Allow", exact=True).click()
    page.get_by_role("heading", name="Back at the application").wait_for()
    _, answer = back.arrived[-1]
    assert answer["iss"] == one.address
    basic = base64.b64encode(f"web:{secret}".encode()).decode()
    tokens = call("POST", one.address + "/token", body=urlencode({
        "grant_type": "authorization_code", "code": answer["code"], "redirect_uri": back.address,
        "code_verifier": VERIFIER}).encode(), headers={
            "Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Basic {basic}"})
    assert tokens.status == 200, tokens.body
    access = tokens.json["access_token"]
    assert call("GET", one.address + "/userinfo", token=access).json["preferred_username"] == "ada"
    assert call("GET", one.address + "/guarded", token=access).status == 200
    assert call("GET", one.address + "/guarded").status == 401
    metadata = one.get("/.well-known/openid-configuration").json
    assert metadata["issuer"] == one.address and metadata["token_endpoint"] == one.address + "/token"
    back.server.shutdown()


def test_pages_are_what_the_own_listener_serves(one):
    for path in ("/", "/.well-known/jwks.json", "/healthz", "/nothing-here", "/authorize"):
        here, there = one.get(path), call("GET", one.signet.control + path)
        # A problem's trace is each request's own.
        bodies = [re.sub(rb'"trace":"[0-9a-f]*"', b"", answer.body) for answer in (here, there)]
        assert here.status == there.status and bodies[0] == bodies[1], path
        differing = {"connection", "date"}
        assert {k.lower(): v for k, v in here.headers.items() if k.lower() not in differing} == {
            k.lower(): v for k, v in there.headers.items() if k.lower() not in differing}, path
        assert here.headers["Date"] and here.headers["Connection"] is None
    assert b"<title>" in one.get("/").body


def test_what_has_no_body_has_none(one):
    """Every answer on one connection, so that a byte too many would be seen in the next."""
    connection = http.client.HTTPConnection("localhost", one.signet.gateway_port, timeout=15)

    def ask(method, path, **headers):
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer, answer.read()

    page, body = ask("GET", "/")
    assert page.headers["Content-Length"] == str(len(body))
    head, nothing = ask("HEAD", "/")
    assert (head.status, head.headers["Content-Length"], nothing) == (200, str(len(body)), b"")
    if tag := page.headers["ETag"]:
        unchanged, nothing = ask("GET", "/", If_None_Match=tag)
        assert (unchanged.status, unchanged.headers["Content-Length"], nothing) == (304, None, b"")
    options, nothing = ask("OPTIONS", "/token", Origin="https://nobody.example")
    assert options.status in (204, 405)
    wrong, body = ask("BREW", "/")
    assert wrong.status >= 400
    again, body = ask("GET", "/healthz")
    assert (again.status, json.loads(body)) == (200, {"status": "live"})
    connection.close()


def test_a_forged_forwarded_for_does_not_change_who_the_audit_log_names(one):
    answer = call("POST", one.address + "/login", data={"name": "ada", "password": "wrong"}, headers={
        "X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9", "X-Real-IP": "203.0.113.9"})
    assert answer.status == 401
    refused = [event for event in one.audit() if event["kind"] == "sign-in-refused"]
    assert {event["address"] for event in refused} == {"127.0.0.1"}


def test_the_metrics_are_not_for_whoever_comes_through_the_gateway(one):
    assert call("GET", one.signet.control + "/metrics").status == 200
    assert one.get("/metrics").status == 404


def test_a_route_may_ask_for_more_than_the_control_plane_does(one):
    refused = call("POST", one.address + "/parts/login", data={"name": "ada", "password": PASSWORD})
    assert (refused.status, refused.json["code"]) == (401, "token-missing")


def test_every_request_is_in_the_access_log_and_counted(one):
    trace = "0af7651916cd43dd8448eb211c80319c"
    one.get("/healthz", traceparent=f"00-{trace}-b7ad6b7169203331-01")
    lines = wait_for(lambda: [line for line in one.log.read_text().splitlines() if trace in line])
    line = json.loads(lines[0])
    assert (line["api"], line["status"], line["ended"], line["address"]) == ("account", 200, "complete", "127.0.0.1")
    assert 'api="account"' in call("GET", one.signet.control + "/metrics").body.decode()


def test_a_refusal_of_the_control_plane_has_the_trace_of_its_exchange(one):
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    refused = one.get("/api/users", traceparent=f"00-{trace}-00f067aa0ba902b7-01")
    assert (refused.status, refused.json["trace"]) == (401, trace)
    explained = run("explain", trace, "--data", str(one.signet.data))
    assert explained.returncode == 0 and refused.json["code"] in explained.stdout, explained
    assert wait_for(lambda: [line for line in one.log.read_text().splitlines() if trace in line])


def test_a_body_comes_in_pieces(one):
    connection = http.client.HTTPConnection("localhost", one.signet.gateway_port, timeout=15)
    document = json.dumps({"name": "ada", "password": PASSWORD}).encode()

    def pieces():
        for byte in document:
            yield bytes([byte])

    connection.request("POST", "/login", pieces(), {"Content-Type": "application/json"}, encode_chunked=True)
    answer = connection.getresponse()
    assert answer.status == 200 and json.loads(answer.read())["token_type"]
    connection.request("POST", "/login", b"x" * 70_000, {"Content-Type": "application/json"})
    assert connection.getresponse().status == 413
    connection.close()


@pytest.mark.parametrize(("document", "words"), [
    ("apis: { a: { path: /a, access: anonymous } }", "does not say who answers"),
    ("upstreams: { u: http://127.0.0.1:1 }\napis: { a: { path: /a, upstream: u, control-plane: true, access: anonymous } }",
     "says twice who answers"),
    ("apis: { a: { path: /a, control-plane: true, access: anonymous, routes: { r: { path: /r, redirect: /, control-plane: true } } } }",
     "give one of upstream, control-plane, models and redirect"),
    ("apis: { a: { path: /a, control-plane: true, access: anonymous, strip-path: true } }", "strip-path and upstream-path cannot be"),
    ("apis: { a: { path: /a, control-plane: true } }", "does not say who may call"),
])
def test_what_a_document_cannot_say(tmp_path, document, words):
    done = run("check", str(write_configuration(tmp_path, document)))
    assert done.returncode == 1 and words in done.stderr, done.stderr


def test_what_is_taken_from_an_api_is_worth_a_word(tmp_path):
    document = """
upstreams: { u: http://127.0.0.1:1 }
apis:
  shop: { path: /shop, upstream: u, hosts: [a.example], access: anonymous }
  login: { path: /shop/account, control-plane: true, hosts: ["*.example"], access: anonymous }
  other: { path: /shop/other, control-plane: true, hosts: [b.example], access: anonymous }
"""
    done = run("check", str(write_configuration(tmp_path, document)))
    assert done.returncode == 0, done.stderr
    assert "api login: Its control plane takes /shop/account and what is below it from the api shop." in done.stdout + done.stderr
    assert (done.stdout + done.stderr).count("Its control plane takes") == 1
    assert "api login: Everybody may call it" not in done.stdout + done.stderr


def test_what_is_under_way_at_the_end_is_finished(tmp_path, upstream):
    site = Site(tmp_path, upstream)
    connection = http.client.HTTPConnection("localhost", site.signet.gateway_port, timeout=15)
    document = json.dumps({"name": "ada", "password": PASSWORD}).encode()
    connection.putrequest("POST", "/login")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", str(len(document)))
    connection.endheaders()
    connection.send(document[:10])
    time.sleep(0.3)
    stopped = []
    stopping = threading.Thread(target=lambda: stopped.append(site.signet.stop()))
    stopping.start()
    time.sleep(0.3)
    connection.send(document[10:])
    answer = connection.getresponse()
    assert answer.status == 200 and answer.headers["Connection"] == "close" and json.loads(answer.read())["access_token"]
    stopping.join(20)
    assert stopped == [0]


class TLSSite:
    """Its configuration changes while it runs."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.certify("first")
        self.path = write_configuration(folder, self.document())
        self.signet = Signet(data=folder / "data", config=self.path).start()

    def document(self, more=""):
        return f"""
listeners:
  door:
    address: 127.0.0.1:{self.port}
    serves: control
    trusted-proxies: [127.0.0.1]
    tls: {{ certificates: [{{ chain: door.pem, key: {{ file: door.key }} }}] }}
    {more}
"""

    def certify(self, name):
        names = (x509.SubjectAlternativeName([x509.DNSName("door.example")]), False)
        holder = certified(name, extensions=[names])
        (self.folder / "door.pem").write_bytes(holder.pem)
        (self.folder / "door.key").write_bytes(holder.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))

    def ask(self, method, path, body=None, headers=None):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=15, context=context)
        try:
            connection.connect()
            certificate = x509.load_der_x509_certificate(connection.sock.getpeercert(True))
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read(), certificate.subject.rfc4514_string()
        finally:
            connection.close()

    def reload(self, text=None):
        if text is not None:
            self.path.write_text(text)
        done = run("reload", "--data", str(self.signet.data))
        assert done.returncode == 0, done.stderr


def test_the_control_plane_has_listeners_like_the_gateway(tmp_path):
    site = TLSSite(tmp_path)
    try:
        status, body, certificate = site.ask("GET", "/")
        assert status == 200 and b"<title>" in body and certificate == "CN=first"
        # The gateway stays where it was: what serves the control plane is none of its listeners.
        assert call("GET", site.signet.gateway + "/").json["code"] == "route-not-found"
        # The trusted proxy names the client.
        document = json.dumps({"name": "nobody", "password": "wrong"})
        headers = {"Content-Type": "application/json", "X-Forwarded-For": "198.51.100.7"}
        assert site.ask("POST", "/login", document, headers)[0] == 401
        told = run("audit", "--data", str(site.signet.data), "--json").stdout
        refused = [event for event in map(json.loads, told.splitlines()) if event["kind"] == "sign-in-refused"]
        assert [event["address"] for event in refused] == ["198.51.100.7"]
        # Certificates are read again, limits are in force, and it closes, while everything runs.
        site.certify("second")
        site.reload()
        assert site.ask("GET", "/healthz")[2] == "CN=second"
        site.reload(site.document("maximum-body: 10B"))
        assert site.ask("POST", "/login", document, headers)[0] == 413
        site.reload("{}")
        with pytest.raises(OSError):
            site.ask("GET", "/healthz")
        assert call("GET", site.signet.control + "/healthz").status == 200
    finally:
        site.signet.stop()
