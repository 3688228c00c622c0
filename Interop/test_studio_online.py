"""The Studio's online page in Chromium: published keys fetched by the server, within its guard, and what the gateway's routes say."""

import itertools
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from signet_process import Signet, call
from studio_page import StudioPage
from wire import wait_for

class Issuer(ThreadingHTTPServer):
    """Somebody else's issuer, which counts who asked for what; documents are (status, headers, body) by path."""

    daemon_threads = True

    def __init__(self, mint):
        super().__init__(("127.0.0.1", 0), Answer)
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        self.asked = []
        self.documents = {
            "/.well-known/openid-configuration": self.json({"issuer": self.address, "jwks_uri": f"{self.address}/keys"}),
            "/keys": self.json(mint.public_set()),
            "/moved": (302, {"Location": "/keys"}, b""),
            "/large": (200, {}, b'{"keys":[' + b" " * 600_000 + b"]}"),
            "/page": (200, {}, b"<html>"),
            "/slow": None,
        }
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @staticmethod
    def json(value):
        return (200, {"Content-Type": "application/json"}, json.dumps(value).encode())


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        found = self.server.documents.get(self.path, (404, {}, b""))
        if found is None:
            time.sleep(8)
            return
        status, headers, body = found
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def issuer(mint):
    server = Issuer(mint)
    yield server
    server.shutdown()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server whose operator opened this machine to it."""
    signet = Signet(
        data=tmp_path_factory.mktemp("online") / "data", demo=True, demo_password="demo-password-for-tests",
        arguments=("--fetch-network", "127.0.0.0/8", "--trusted-proxy", "127.0.0.1"))
    yield signet.start()
    signet.stop()


@pytest.fixture
def online(server, chromium):
    with StudioPage(chromium, server.control + "/online") as page:
        assert page.state == "ready"
        wait_for(lambda: not page.page.locator("#routes-who").inner_text().startswith("Looking"))
        yield page
        assert page.violations == []
        assert all(url.startswith(server.control) for url in page.requests_since_loading), page.requests_since_loading


strangers = itertools.count(1)


def ask(server, body, **headers):
    """By a client of its own each time, so that no test is refused for what another asked."""
    return call(
        "POST", server.control + "/online/keys", data=body,
        headers={"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": f"192.0.2.{next(strangers)}", **headers})


def status_of(page):
    said = page.page.locator("#online-came")
    wait_for(lambda: said.inner_text() and not said.inner_text().startswith("Asking"), 15)
    return said.inner_text()


def test_nothing_is_asked_before_a_button_says_so(online, issuer, mint):
    issuer.asked.clear()
    before = len(online.requests)
    online.judge(mint.token("ES256", claims=mint.claims(iss=issuer.address)).decode())
    assert "This server will ask 127.0.0.1" in online.page.locator("#online-asked").inner_text()
    online.page.wait_for_timeout(300)
    assert issuer.asked == [] and online.requests[before:] == []


def test_keys_of_the_issuer_that_the_token_names(online, issuer, mint):
    issuer.asked.clear()
    online.judge(mint.token("ES256", claims=mint.claims(iss=issuer.address)).decode())
    online.page.get_by_role("button", name="Fetch keys").click()
    assert status_of(online).startswith("3 keys from " + issuer.address)
    online.settle()
    assert online.verdict()["verdict"] == "valid"
    assert issuer.asked == ["/.well-known/openid-configuration", "/keys"]
    assert online.page.get_by_label("Issuer", exact=True).input_value() == issuer.address
    trust = online.page.locator("[data-part-name='trust']")
    assert trust.get_attribute("data-state") == "passed"
    assert "publishes this key" in trust.inner_text()
    # Another issuer's token does not become this issuer's.
    online.judge(mint.token("ES256", claims=mint.claims(iss="https://other.example")).decode())
    assert trust.get_attribute("data-state") == "careful"


def test_keys_at_an_address(online, issuer, mint):
    online.page.get_by_label("at an address").check()
    online.page.get_by_label("Issuer or address").fill(issuer.address + "/keys")
    online.judge(mint.token("RS256").decode())
    online.page.get_by_role("button", name="Fetch keys").click()
    assert status_of(online).startswith("3 keys")
    online.settle()
    assert online.verdict()["verdict"] == "valid"


@pytest.mark.parametrize("path, says", [
    ("/moved", "no redirect is followed"), ("/large", "more than 524288 bytes"), ("/page", "not JSON"),
    ("/nothing", "status 404"), ("/slow", "within 5 seconds"),
])
def test_what_is_no_key_set_is_told(server, issuer, path, says):
    answer = ask(server, {"address": issuer.address + path})
    assert answer.status == 502, answer.body
    assert answer.json["code"] == "keys-not-fetched" and says in answer.json["detail"], answer.json


def test_the_inside_of_a_network_is_not_asked(demo, issuer):
    """Without the operator's word: loopback by every name, the metadata of a cloud, and addresses that are none."""
    issuer.asked.clear()
    port = issuer.server_address[1]
    for address in [
        f"http://127.0.0.1:{port}/keys", f"https://127.0.0.1:{port}/keys", f"http://localhost:{port}/keys",
        f"http://[::1]:{port}/keys", f"http://[::ffff:127.0.0.1]:{port}/keys",
    ]:
        answer = ask(demo, {"address": address})
        assert answer.status == 502 and "not on the public internet" in answer.json["detail"], answer.json
    for address in [f"http://0:{port}/keys", f"http://2130706433:{port}/keys", "http://169.254.169.254/latest/", "file:///etc/passwd"]:
        answer = ask(demo, {"address": address})
        assert answer.status in (502, 429), answer.json
    assert issuer.asked == []


def test_a_stranger_asks_ten_times_a_minute(tmp_path, issuer):
    signet = Signet(data=tmp_path / "data", demo=True, arguments=("--fetch-network", "127.0.0.0/8", "--trusted-proxy", "127.0.0.1"))
    signet.start()
    try:
        # Within one minute of the clock, which the answers' count begins anew with.
        while time.time() % 60 > 50:
            time.sleep(1)
        body = {"address": issuer.address + "/keys"}
        answers = [ask(signet, body, **{"X-Forwarded-For": "198.51.100.1"}) for _ in range(12)]
        assert [answer.status for answer in answers] == [200] * 10 + [429] * 2
        assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
        assert ask(signet, body, **{"X-Forwarded-For": "198.51.100.2"}).status == 200
    finally:
        signet.stop()


def test_other_pages_cannot_ask(server, issuer):
    issuer.asked.clear()
    for headers in [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "same-site"}]:
        answer = ask(server, {"address": issuer.address + "/keys"}, **headers)
        assert answer.status == 403 and answer.json["code"] == "form-foreign"
    bare = call("POST", server.control + "/online/keys", data={"address": issuer.address + "/keys"})
    assert bare.status == 403
    assert issuer.asked == []


def sign_in(online, server, name, password):
    with online.context.expect_page() as opened:
        online.page.get_by_role("link", name="Sign in").click()
    tab = opened.value
    tab.get_by_label("Name").fill(name)
    tab.get_by_label("Password", exact=True).fill(password)
    tab.get_by_role("button", name="Sign in", exact=True).click()
    tab.wait_for_url(server.control + "/online")
    tab.close()
    online.page.bring_to_front()
    online.page.evaluate("dispatchEvent(new Event('focus'))")
    wait_for(lambda: online.page.locator("#routes-who").inner_text().startswith("Signed in"), 15)


def test_the_gateway_says_which_routes_take_the_token(online, server):
    token = server.login_demo()["access_token"]
    online.judge(token)
    assert "Sign in to this server" in online.page.locator("#routes-who").inner_text()
    assert not online.page.get_by_role("button", name="Send the token to this server").is_visible()
    sign_in(online, server, server.admin_name, server.admin_password)
    online.page.get_by_role("button", name="Send the token to this server").click()
    routes = online.page.locator("#routes-list > li")
    routes.first.wait_for()
    said = {route.get_attribute("data-route"): route.get_attribute("data-state") for route in routes.all()}
    assert "passed" in said.values(), said
    # A token that the gateway has never seen signed: it says where it stops.
    online.judge(token[:-6] + "AAAAAA")
    online.page.get_by_role("button", name="Send the token to this server").click()
    online.page.wait_for_selector("#routes-list > li[data-state='failed']")
    refused = online.page.locator("#routes-list > li[data-state='failed']").first
    refused.locator("summary").click()
    assert refused.locator("li[data-check='signature'][data-outcome='failed']").is_visible()
    assert token not in server.output and token[-20:] not in server.output


def test_whoever_does_not_manage_this_server_is_not_told(online, server):
    online.judge(server.login_demo()["access_token"])
    sign_in(online, server, "demo", server.demo_password)
    assert "Only admins" in online.page.locator("#routes-who").inner_text()
    answer = online.page.evaluate("""async () => (await fetch('/online/routes', { method: 'POST',
        headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ token: 'a.b.c' }) })).status""")
    assert answer == 403


def test_the_offline_page_leads_here_with_its_token_and_stays_offline(studio, studio_address, mint):
    token = mint.token("ES256").decode()
    studio.judge(token)
    assert studio.page.locator("#online-keys").is_hidden() and studio.page.locator("#online-routes").is_hidden()
    link = studio.page.get_by_role("link", name="Online", exact=True)
    link.evaluate("node => node.addEventListener('click', event => event.preventDefault())")
    link.click()
    assert link.get_attribute("href").endswith(f"/online#token={token}")
