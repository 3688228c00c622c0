"""A login as people see it: a client's request, the pages in a real browser, and the code at the client's address."""

import base64
import hashlib
import json
import os
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from signet_process import call, run
from wire import wait_for

VERIFIER = "a-verifier-of-forty-three-characters-or-more"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class ClientSite:
    """A relying party's redirect address that writes down what arrives."""

    def __init__(self):
        self.arrived: list[tuple[str, dict]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.note("GET", urlsplit(self.path).query)

            def do_POST(self):
                self.note("POST", self.rfile.read(int(self.headers["Content-Length"])).decode())

            def note(self, method, text):
                if urlsplit(self.path).path in ("/back", "/from-behind"):
                    site.arrived.append((method, {k: v[0] for k, v in parse_qs(text, strict_parsing=True).items()}))
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(b"<h1>Back at the application</h1>")

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/back"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def site():
    client_site = ClientSite()
    yield client_site
    client_site.server.shutdown()


@pytest.fixture(scope="module")
def app(demo, site):
    done = run(
        "client", "create", "web", "--name", "The <b>Orchard</b> app", "--redirect-uri", site.address, "--scope",
        "openid profile email offline_access orders:read", "--audience", "demo", "--post-logout-redirect-uri",
        site.address.replace("/back", "/bye"), "--data", str(demo.data), "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def address(demo, site, **changes):
    parameters = {
        "client_id": "web", "response_type": "code", "redirect_uri": site.address, "scope": "openid profile",
        "state": "s-1", "nonce": "n-1", "code_challenge": CHALLENGE, "code_challenge_method": "S256", **changes}
    return demo.control + "/authorize?" + urlencode({k: v for k, v in parameters.items() if v is not None})


def sign_in(page, demo, password="demo-password-for-tests"):
    page.get_by_label("Name").fill("demo")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def shot(page, name):
    """Pictures to look at, where somebody wants some: SIGNET_SHOTS names a folder."""
    if folder := os.environ.get("SIGNET_SHOTS"):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for width in (1280, 360):
                page.set_viewport_size({"width": width, "height": 760})
                page.screenshot(path=str(Path(folder) / f"{name}-{scheme}-{width}.png"))
        page.emulate_media(color_scheme="light")


def test_a_person_signs_in_agrees_and_the_client_gets_tokens(demo, site, app, page):
    page.goto(address(demo, site))
    assert page.title() == "Sign in"
    # The name of the client is text, whatever it holds.
    assert page.get_by_text("The <b>Orchard</b> app").is_visible()
    shot(page, "sign-in")
    sign_in(page, demo, "wrong")
    assert "password" in page.get_by_role("alert").inner_text()
    assert page.title().startswith("That did not work")
    assert page.get_by_label("Name").input_value() == "demo"
    shot(page, "sign-in-refused")
    sign_in(page, demo)
    page.get_by_role("heading", name="asks for access").wait_for()
    assert page.get_by_text("See your name and profile").is_visible()
    shot(page, "consent")
    page.get_by_role("button", name="Allow", exact=True).click()
    page.get_by_role("heading", name="Back at the application").wait_for()
    method, answer = site.arrived[-1]
    assert method == "GET" and answer["state"] == "s-1" and answer["iss"] == demo.control

    tokens = exchange(demo, app, site, answer["code"])
    assert tokens.status == 200, tokens.body
    claims = json.loads(base64.urlsafe_b64decode(tokens.json["id_token"].split(".")[1] + "=="))
    assert claims["nonce"] == "n-1" and claims["aud"] == "web" and claims["preferred_username"] == "demo"
    known = call("GET", demo.control + "/userinfo", token=tokens.json["access_token"])
    assert known.json["sub"] == claims["sub"]
    assert call("GET", demo.gateway + "/demo/orders", token=tokens.json["access_token"]).status == 200
    assert exchange(demo, app, site, answer["code"]).json["error"] == "invalid_grant"
    assert call("GET", demo.gateway + "/demo/orders", token=tokens.json["access_token"]).status == 401

    # Signed in and agreed: the second time nobody is asked, also without any page.
    page.goto(address(demo, site, state="s-2", prompt="none"))
    assert site.arrived[-1][1]["state"] == "s-2" and "code" in site.arrived[-1][1]
    page.goto(address(demo, site, state="s-3", prompt="none", scope="openid email"))
    assert site.arrived[-1][1]["error"] == "consent_required"
    page.goto(address(demo, site, prompt="login"))
    assert page.title() == "Sign in"


def exchange(demo, app, site, code):
    return at_token(
        demo, app, grant_type="authorization_code", code=code, redirect_uri=site.address, code_verifier=VERIFIER)


def at_token(demo, app, **form):
    basic = base64.b64encode(f"web:{app['client_secret']}".encode()).decode()
    return call(
        "POST", demo.control + "/token", body=urlencode(form).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Basic {basic}"})


def test_a_no_goes_to_the_client(demo, site, app, page):
    page.goto(address(demo, site, state="no", scope="openid orders:read"))
    sign_in(page, demo)
    assert page.get_by_text("orders:read").is_visible()
    page.get_by_role("button", name="Do not allow").click()
    page.get_by_role("heading", name="Back at the application").wait_for()
    assert site.arrived[-1][1]["error"] == "access_denied" and site.arrived[-1][1]["state"] == "no"


def test_an_answer_by_form_is_posted(demo, site, app, page):
    page.goto(address(demo, site, state="by form", response_mode="form_post", prompt="none"))
    page.get_by_role("heading", name="Back at the application").wait_for()
    assert site.arrived[-1][0] == "POST"
    assert site.arrived[-1][1]["error"] == "login_required" and site.arrived[-1][1]["state"] == "by form"


@pytest.mark.parametrize("changes", [
    {"client_id": "nobody"}, {"client_id": None}, {"redirect_uri": "https://evil.example/back"},
    {"redirect_uri": "javascript:alert(1)"}, {"redirect_uri": "http://127.0.0.1:9/back/../x"},
])
def test_nothing_is_sent_to_an_address_that_is_not_the_clients(demo, site, app, changes):
    answer = call("GET", address(demo, site, **changes))
    assert answer.status == 400
    assert "Location" not in answer.headers
    assert answer.headers["Content-Type"].startswith("text/html")
    assert b"alert(1)" not in answer.body and b"evil.example" not in answer.body


def test_what_the_client_did_wrong_goes_back_to_it(demo, site, app):
    for changes, error in [
        ({"response_type": "token"}, "unsupported_response_type"), ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"), ({"scope": "openid admin"}, "invalid_scope"),
        ({"request": "e30."}, "request_not_supported"), ({"prompt": "none login"}, "invalid_request"),
    ]:
        answer = call("GET", address(demo, site, **changes))
        assert answer.status == 303, changes
        location = answer.headers["Location"]
        assert location.startswith(site.address + "?")
        said = parse_qs(urlsplit(location).query)
        assert said["error"] == [error] and said["state"] == ["s-1"] and said["iss"] == [demo.control]


def test_a_login_page_belongs_to_the_browser_that_began_it(demo, site, app, page):
    page.goto(address(demo, site))
    transaction = parse_qs(urlsplit(page.url).query)["transaction"][0]
    # Somebody else's browser, with the address and with a cookie of its own.
    assert call("GET", page.url).status == 400
    other = {"Cookie": "__Host-signet-browser=sgw_" + secrets.token_urlsafe(32)}
    assert call("GET", page.url, headers=other).status == 400
    form = urlencode({"transaction": transaction, "name": "demo", "password": "demo-password-for-tests"}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", **other}
    stolen = call("POST", demo.control + "/sign-in/password", body=form, headers=headers)
    assert stolen.status == 400 and "Set-Cookie" not in stolen.headers


def test_a_form_from_another_site_is_refused(demo, site, app, page):
    page.goto(address(demo, site))
    transaction = parse_qs(urlsplit(page.url).query)["transaction"][0]
    cookies = "; ".join(f"{c['name']}={c['value']}" for c in page.context.cookies())
    form = urlencode({"transaction": transaction, "name": "demo", "password": "demo-password-for-tests"}).encode()
    for headers in [
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"},
        {"Origin": "null"}, {},
    ]:
        answer = call("POST", demo.control + "/sign-in/password", body=form, headers={
            "Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies, **headers})
        assert answer.status == 403, headers
        assert "Set-Cookie" not in answer.headers
    good = call("POST", demo.control + "/sign-in/password", body=form, headers={
        "Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies, "Origin": demo.control})
    assert good.status == 303 and "__Host-signet-session=" in good.headers["Set-Cookie"]
    for attribute in ("Path=/", "Secure", "HttpOnly", "SameSite=Lax"):
        assert attribute in good.headers["Set-Cookie"]


def test_pages_load_nothing_from_elsewhere_and_cannot_be_framed(demo, site, app, page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    answer = page.goto(address(demo, site))
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "script-src 'self';" in policy
    assert answer.headers["cache-control"] == "no-store"
    assert all(url.startswith(demo.control) for url in asked)
    assert complaints == []


def signed_in(page, demo, app, site, scope="openid"):
    page.goto(address(demo, site, scope=scope, prompt="consent"))
    sign_in(page, demo)
    page.get_by_role("button", name="Allow", exact=True).click()
    page.get_by_role("heading", name="Back at the application").wait_for()
    return exchange(demo, app, site, site.arrived[-1][1]["code"]).json


def test_a_logout_ends_what_came_of_the_login(demo, site, app, page):
    bound = signed_in(page, demo, app, site)
    lasting = signed_in_again(page, demo, app, site)
    target = site.address.replace("/back", "/bye")
    page.goto(demo.control + "/end-session?" + urlencode(
        {"id_token_hint": bound["id_token"], "post_logout_redirect_uri": target, "state": "x y"}))
    assert page.url == target + "?state=x%20y"
    for ended in (bound, lasting):
        assert call("GET", demo.gateway + "/demo/orders", token=ended["access_token"]).status == 401
    # What was asked for with offline_access goes on, with a new access token.
    renewed = at_token(demo, app, grant_type="refresh_token", refresh_token=lasting["refresh_token"]).json
    assert call("GET", demo.gateway + "/demo/orders", token=renewed["access_token"]).status == 200
    page.goto(address(demo, site, prompt="none"))
    assert site.arrived[-1][1]["error"] == "login_required"


def signed_in_again(page, demo, app, site):
    page.goto(address(demo, site, scope="openid offline_access", prompt="consent"))
    page.get_by_role("button", name="Allow", exact=True).click()
    page.get_by_role("heading", name="Back at the application").wait_for()
    return exchange(demo, app, site, site.arrived[-1][1]["code"]).json


def test_without_a_matching_hint_a_logout_is_asked_about(demo, site, app, page):
    signed_in(page, demo, app, site)
    page.goto(demo.control + "/end-session")
    assert page.title() == "Sign out?"
    shot(page, "sign-out")
    # Nothing has happened yet.
    page.goto(address(demo, site, scope="openid", prompt="none"))
    assert "code" in site.arrived[-1][1]
    page.goto(demo.control + "/end-session")
    page.get_by_role("button", name="Sign out").click()
    assert page.get_by_role("heading", name="You are signed out").is_visible()
    page.goto(address(demo, site, scope="openid", prompt="none"))
    assert site.arrived[-1][1]["error"] == "login_required"


def test_a_logout_leads_to_registered_addresses_only(demo, site, app):
    for target in (site.address, "https://evil.example/", site.address.replace("/back", "/bye") + "/"):
        answer = call("GET", demo.control + "/end-session?" + urlencode(
            {"client_id": "web", "post_logout_redirect_uri": target}))
        assert answer.status == 400 and "Location" not in answer.headers


def cookies_of(page):
    return {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}


def test_a_login_makes_a_new_session(demo, site, app, page):
    page.context.add_cookies([{
        "name": "__Host-signet-session", "value": "sgb_" + secrets.token_urlsafe(32), "url": demo.control.replace("http:", "https:"),
        "secure": True, "httpOnly": True}])
    planted = cookies_of(page)["__Host-signet-session"]
    page.goto(address(demo, site, scope="openid"))
    sign_in(page, demo)
    page.get_by_role("heading", name="Back at the application").wait_for()
    first = cookies_of(page)["__Host-signet-session"]
    assert first != planted
    page.goto(address(demo, site, scope="openid", prompt="login"))
    sign_in(page, demo)
    page.get_by_role("heading", name="Back at the application").wait_for()
    assert cookies_of(page)["__Host-signet-session"] != first
    # The session before is over, whoever has its cookie.
    done = call("GET", address(demo, site, scope="openid", prompt="none"), headers={"Cookie": f"__Host-signet-session={first}"})
    assert parse_qs(urlsplit(done.headers["Location"]).query)["error"] == ["login_required"]


def test_a_page_that_was_answered_is_over(demo, site, app, page):
    page.goto(address(demo, site, scope="openid", prompt="consent"))
    sign_in(page, demo)
    consent = page.url
    page.get_by_role("button", name="Allow", exact=True).click()
    page.get_by_role("heading", name="Back at the application").wait_for()
    page.goto(consent)
    assert page.get_by_role("heading", name="This page is no longer good").is_visible()


def test_a_malformed_cookie_opens_nothing(demo, site, app):
    for value in ["", "x", "sgb_", "sgb_" + "A" * 42, "sgb_" + "A" * 43, "sgw_" + secrets.token_urlsafe(32), "\xff" * 9]:
        for cookie in [f"__Host-signet-session={value}", f"__Host-signet-session={value}; __Host-signet-session={value}"]:
            done = call("GET", address(demo, site, scope="openid", prompt="none"), headers={"Cookie": cookie})
            assert done.status == 303
            assert parse_qs(urlsplit(done.headers["Location"]).query)["error"] == ["login_required"]


FETCH = """async ([address, form]) => {
    try {
        const answer = await fetch(address, { method: "POST", body: new URLSearchParams(form) });
        return [answer.status, await answer.json()];
    } catch (error) {
        return [0, String(error)];
    }
}"""


def test_an_app_in_a_browser_asks_from_its_own_pages(demo, site, page):
    done = run("client", "create", "spa", "--public", "--first-party", "--redirect-uri", site.address, "--audience", "demo",
               "--data", str(demo.data))
    assert done.returncode == 0, done.stderr
    page.goto(address(demo, site, client_id="spa"))
    sign_in(page, demo)
    page.get_by_role("heading", name="Back at the application").wait_for()
    form = {"grant_type": "authorization_code", "client_id": "spa", "code": site.arrived[-1][1]["code"],
            "redirect_uri": site.address, "code_verifier": VERIFIER}
    status, tokens = page.evaluate(FETCH, [demo.control + "/token", form])
    assert status == 200 and tokens["access_token"]
    assert page.evaluate(FETCH, [demo.control + "/token", form])[1]["error"] == "invalid_grant"
    # The short way in is no address for pages of others; the same machine under another name is another origin.
    assert page.evaluate(FETCH, [demo.control + "/login", {"name": "demo"}])[0] == 0
    page.goto(site.address.replace("127.0.0.1", "localhost"))
    assert page.evaluate(FETCH, [demo.control + "/token", form])[0] == 0


def test_a_client_is_told_of_a_logout_from_behind(demo, site, page):
    done = run("client", "create", "told", "--public", "--first-party", "--redirect-uri", site.address, "--audience", "demo",
               "--backchannel-logout-uri", site.address.replace("/back", "/from-behind"), "--data", str(demo.data))
    assert done.returncode == 0, done.stderr
    page.goto(address(demo, site, client_id="told"))
    sign_in(page, demo)
    page.get_by_role("heading", name="Back at the application").wait_for()
    tokens = call("POST", demo.control + "/token", body=urlencode({
        "grant_type": "authorization_code", "client_id": "told", "code": site.arrived[-1][1]["code"],
        "redirect_uri": site.address, "code_verifier": VERIFIER}).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"}).json
    page.goto(demo.control + "/end-session?" + urlencode({"id_token_hint": tokens["id_token"]}))
    wait_for(lambda: "logout_token" in site.arrived[-1][1], 10)
    header, payload, _ = site.arrived[-1][1]["logout_token"].split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    known = json.loads(base64.urlsafe_b64decode(tokens["id_token"].split(".")[1] + "=="))
    assert json.loads(base64.urlsafe_b64decode(header + "=="))["typ"] == "logout+jwt"
    assert (claims["aud"], claims["sub"], claims["sid"]) == ("told", known["sub"], known["sid"])
    # At a terminal it is a good one by the published keys.
    assert run("verify", "--profile", "logout-token", "--issuer", demo.control, "--audience", "told", "--jwks-url",
               demo.control + "/.well-known/jwks.json", site.arrived[-1][1]["logout_token"]).returncode == 0
