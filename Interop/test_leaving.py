"""Leaving the pages in a real browser, where the application's address leads on to another origin at once: an API to its
single-page app, a bare domain to www. The pages' Content-Security-Policy judges every redirect after one of their forms
(`form-action`, in Chromium), so that no form of theirs may be what leads there."""

import base64
import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from signet_process import run

CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(b"a-verifier-of-forty-three-characters-or-more").digest()).rstrip(b"=").decode()


class Application:
    """Two origins: what arrives at the first is sent on to the second, with all that it said."""

    def __init__(self):
        self.referrers = []
        application = self

        class First(BaseHTTPRequestHandler):
            def do_GET(self):
                self.lead(urlsplit(self.path).query)

            def do_POST(self):
                self.lead(self.rfile.read(int(self.headers["Content-Length"])).decode())

            def lead(self, said):
                application.referrers.append(self.headers["Referer"])
                self.send_response(303)
                self.send_header("Location", f"{application.home}?{said}")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Second(First):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(b"<h1>Home</h1>")

        self.servers = [ThreadingHTTPServer(("127.0.0.1", 0), handler) for handler in (First, Second)]
        first, second = (server.server_port for server in self.servers)
        self.origin = f"http://127.0.0.1:{first}"
        self.home = f"http://localhost:{second}/home"
        for server in self.servers:
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def stop(self):
        for server in self.servers:
            server.shutdown()


@pytest.fixture(scope="module")
def application(demo):
    application = Application()
    for name, further in (("asking", []), ("ours", ["--first-party"])):
        done = run(
            "client", "create", name, "--public", *further, "--redirect-uri", application.origin + "/back", "--scope",
            "openid profile", "--post-logout-redirect-uri", application.origin + "/bye", "--data", str(demo.data))
        assert done.returncode == 0, done.stderr
    yield application
    application.stop()


@pytest.fixture(params=["with scripts", "without scripts"])
def browser(request, chromium):
    context = chromium.new_context(java_script_enabled=request.param == "with scripts")
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


def begin(page, demo, application, client, **changes):
    page.goto(demo.control + "/authorize?" + urlencode({
        "client_id": client, "response_type": "code", "redirect_uri": application.origin + "/back", "scope": "openid profile",
        "state": "s 1", "code_challenge": CHALLENGE, "code_challenge_method": "S256", **changes}))


def sign_in(page):
    page.get_by_label("Name").fill("demo")
    page.get_by_label("Password").fill("demo-password-for-tests")
    page.get_by_role("button", name="Sign in", exact=True).click()


def at_home(page, application):
    """What the second origin was told."""
    page.get_by_role("heading", name="Home").wait_for()
    assert page.url.startswith(application.home + "?")
    assert application.referrers[-1] is None
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def test_a_sign_in_leads_on_to_another_origin(demo, application, browser):
    begin(browser, demo, application, "ours")
    sign_in(browser)
    said = at_home(browser, application)
    assert said["state"] == "s 1" and said["iss"] == demo.control and said["code"].startswith("sgc_")
    # What led away is not what the browser goes back to.
    browser.go_back()
    assert urlsplit(browser.url).path == "/sign-in"


@pytest.mark.parametrize("choice, member", [("Allow", "code"), ("Do not allow", "error")])
def test_a_decision_leads_on_to_another_origin(demo, application, browser, choice, member):
    begin(browser, demo, application, "asking", prompt="consent")
    sign_in(browser)
    browser.get_by_role("button", name=choice, exact=True).click()
    assert member in at_home(browser, application)


def test_an_answer_by_form_leads_on_to_another_origin(demo, application, browser, request):
    begin(browser, demo, application, "ours", response_mode="form_post")
    sign_in(browser)
    if "without" in request.node.name:
        browser.get_by_role("button", name="Continue").click()
    assert "code" in at_home(browser, application)


def test_a_logout_leads_on_to_another_origin(demo, application, browser):
    begin(browser, demo, application, "ours")
    sign_in(browser)
    at_home(browser, application)
    browser.goto(demo.control + "/end-session?" + urlencode({
        "client_id": "ours", "post_logout_redirect_uri": application.origin + "/bye", "state": "x y"}))
    browser.get_by_role("button", name="Sign out").click()
    assert at_home(browser, application) == {"state": "x y"}


def test_forms_of_the_pages_lead_to_this_server_alone(demo, application, browser):
    policies = []
    browser.on("response", lambda response: policies.append(response.headers["content-security-policy"])
               if response.status == 200 and response.request.is_navigation_request() else None)
    begin(browser, demo, application, "asking", prompt="consent")
    sign_in(browser)
    browser.get_by_role("button", name="Allow", exact=True).wait_for()
    assert len(policies) == 2 and all("form-action 'self';" in policy for policy in policies)
