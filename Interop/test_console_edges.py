"""The console at its edges: hostile names, strange tokens, a server that fails, long lists, files that say more than is asked for."""

import base64
import itertools
import json
import re
import subprocess

import pytest

from conftest import files_in_front_of
from console_page import PASSWORD, ConsolePage
from signet_process import ROOT, call, free_port
from wire import wait_for

PUT = """async ([path, data]) => (await import("/console/api.js")).call("PUT", path, { data }).then(({ body }) => body.revision)"""


@pytest.fixture
def lone(console, chromium):
    """The console of an admin whose browser may complain: requests fail here on purpose."""
    with ConsolePage(chromium, console.console) as page:
        page.sign_in("ada", PASSWORD)
        yield page
        assert page.violations == []


def script(folder, name, text):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_no_shell_runs_what_a_name_in_the_copied_line_says(ada, tmp_path):
    """`hit` is a command there that leaves a file; curl is one that tells what it was given."""
    script(tmp_path, "hit", f"/usr/bin/touch {tmp_path}/run")
    script(tmp_path, "curl", 'for one in "$@"; do printf "%s\\n" "$one"; done')
    name = "X-`hit`-$HOME-'`hit`'"
    ada.page.evaluate(PUT, ["/upstreams/hostile", {"endpoints": [{"url": "http://127.0.0.1:9"}]}])
    ada.page.evaluate(PUT, ["/apis/hostile", {"path": "/~hostile", "upstream": "hostile", "access": {"api-key": {"header": name}}}])
    ada.go("apis/hostile")
    line = ada.page.get_by_label("The line for a terminal").text_content()
    environment = {"PATH": str(tmp_path), "HOME": "/nowhere", "KEY": "sk-`hit`$(hit)"}
    done = subprocess.run(["/bin/sh", "-c", line], env=environment, capture_output=True, text=True, timeout=10)
    assert done.stderr == "" and not (tmp_path / "run").exists(), line
    given = done.stdout.splitlines()
    assert given[0] == "-i" and given[1].endswith("/~hostile") and given[2:] == ["-H", f"{name}: sk-`hit`$(hit)"]


def test_a_trial_takes_any_secret_at_an_api_that_wants_none(ada):
    ada.page.evaluate(PUT, ["/upstreams/open", {"endpoints": [{"url": "http://127.0.0.1:9"}]}])
    ada.page.evaluate(PUT, ["/apis/open", {"path": "/open", "upstream": "open", "access": "anonymous"}])
    ada.go("apis/open")
    sent = []
    ada.page.on("request", lambda request: sent.append(request.post_data_json) if request.url.endswith("/api/try") else None)
    for what, label, secret in (("key", "API key", "sk-1"), ("password", "Name:password", "łukasz:gęś")):
        ada.answer(What_is_shown=what)
        ada.page.get_by_label(label, exact=True).fill(secret)
        ada.page.get_by_role("button", name="Send").click()
        ada.page.get_by_role("region", name="The answer").wait_for()
    assert sent[0]["headers"] == {"x-api-key": "sk-1"}
    assert sent[1]["headers"] == {"authorization": "Basic " + base64.b64encode("łukasz:gęś".encode()).decode()}


def test_only_a_token_of_this_server_is_offered_to_be_refused(console, ada):
    page = ada.page
    own = page.evaluate("async () => (await import('/console/session.js')).metadata().then(({ issuer }) => issuer)")
    found = page.get_by_role("region", name="The token")
    for at, (issuer, is_own) in enumerate((("https://other.example", False), (own, True), (own + "/", False), (None, False))):
        claims = {"jti": "an-id", "sid": "ses_none", **({"iss": issuer} if issuer else {})}
        part = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        ada.go(f"tokens?{at}")
        page.get_by_label("Token", exact=True).fill(f"e30.{part}.AAAA")
        page.get_by_role("button", name="Find").click()
        found.get_by_text(issuer or "an-id", exact=True).wait_for()
        assert found.get_by_role("button", name="Refuse this token").count() == int(is_own), issuer
        assert found.get_by_text("its own issuer has to revoke it").count() == int(not is_own), issuer


def test_the_files_server_gives_nothing_but_the_console(console):
    """For working on the console: dev/serve-console."""
    front = files_in_front_of(console, free_port())
    try:
        address = f"http://127.0.0.1:{front.server_port}/console/"
        assert call("GET", address + "console.js").body == (ROOT / "Web/console/console.js").read_bytes()
        assert b"<html" in call("GET", address).body
        for path in ("../../../../../../../../etc/passwd", "../../README.md", "../studio/index.html", "..", "../consoles", "/etc/passwd"):
            assert call("GET", address + path).status == 404, path
    finally:
        front.shutdown()
        front.server_close()


def test_a_token_service_that_fails_signs_nobody_out(lone):
    page = lone.page
    renewed = """async () => {
        const { accessToken } = await import("/console/session.js")
        return accessToken({ anew: true }).then(token => token === null ? "signed out" : "renewed", () => "failed")
    }"""
    for fail in (lambda route: route.fulfill(status=503, json={"detail": "Busy."}), lambda route: route.fulfill(status=502, body="<html>"),
                 lambda route: route.fulfill(status=429, json={"detail": "Slower."}), lambda route: route.abort()):
        page.route("**/token", fail)
        assert page.evaluate(renewed) == "failed"
        page.unroute("**/token")
        assert page.evaluate(renewed) == "renewed"
    for status in (400, 401):
        page.route("**/token", lambda route: route.fulfill(status=status, json={"error": "invalid_grant"}))
        assert page.evaluate(renewed) == "signed out"
        page.unroute("**/token")
        page.reload()
        lone.wait_for("overview")


def test_a_description_that_failed_is_asked_for_again(console, chromium):
    with ConsolePage(chromium, console.console) as page:
        page.page.route("**/.well-known/openid-configuration", lambda route: route.fulfill(status=503, json={"detail": "Busy."}))
        page.open("sign-in")
        page.page.get_by_text("The server does not answer").wait_for()
        page.page.unroute("**/.well-known/openid-configuration")
        page.page.get_by_role("button", name="Sign in").click()
        page.page.get_by_label("Password").wait_for()


def test_whoever_cannot_be_looked_up_can_still_sign_out(lone):
    page = lone.page
    page.route("**/api/users/ada", lambda route: route.fulfill(status=503, json={"detail": "Busy."}))
    page.reload()
    lone.wait_for("overview")
    assert page.locator("#who .person").text_content().strip() == "ada"
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("heading", name="You are signed out").wait_for()


def test_pages_of_a_list_come_once_each(ada):
    page = ada.page
    for at in range(45):
        page.evaluate(PUT, [f"/consumers/many-{at:02}", {}])
    # Small pages, and slow ones, so that what is asked for at once is on its way together.
    page.evaluate("""() => {
        const real = fetch
        window.fetch = async (address, options) => {
            if (!String(address).startsWith("/api/consumers?")) return real(address, options)
            await new Promise(done => setTimeout(done, 120))
            if (window.failing) throw new TypeError("gone")
            return real(address.replace("limit=100", "limit=10"), options)
        }
    }""")
    names = page.locator("tbody th")
    ada.go("consumers")
    assert names.count() == 10
    more = page.get_by_role("button", name="Show more")
    more.dblclick()
    wait_for(lambda: names.count() == 20)
    page.wait_for_timeout(400)
    assert names.count() == 20 and len(set(names.all_text_contents())) == 20
    page.evaluate("window.failing = true")
    more.click()
    page.get_by_text("The server does not answer").wait_for()
    page.evaluate("window.failing = false")
    page.get_by_label("Search by name").press_sequentially("many", delay=50)
    wait_for(lambda: names.count() == 45)
    page.wait_for_timeout(400)
    assert names.all_text_contents() == [f"many-{at:02}" for at in range(45)]
    assert page.get_by_text("The server does not answer").count() == 0 and not more.is_visible()


def test_a_count_that_goes_on_says_so(ada):
    rows = [{"name": f"many-{at}", "value": {}} for at in range(200)]
    ada.page.route(re.compile(r"/api/consumers\?"), lambda route: route.fulfill(json={"consumers": rows, "next": "more"}))
    ada.go("?again")
    said = ada.page.get_by_role("list", name="What there is").get_by_role("listitem").all_text_contents()
    assert "1,000 or more Consumers" in said and "0 Subscriptions" in said


def test_an_answer_drops_nothing_that_only_the_file_says(ada):
    page = ada.page
    ada.go("protect")
    ada.answer(Name="pinned", Address="http://127.0.0.1:9")
    # The path goes with the name until it is chosen, by hand or in the file. So does the audience of another issuer's tokens;
    # whom this server's own are for, the server says.
    (audience,) = page.evaluate("async () => (await import('/console/api.js')).get('/token-defaults')")["audiences"]
    assert ada.field("Audience").input_value() == audience != "pinned"
    ada.answer(Whose_tokens="", Issuer="https://other.example")
    assert ada.field("Audience").input_value() == "pinned"
    ada.answer(Path="/by-hand")
    ada.answer(Name="pins")
    assert (ada.field("Path").input_value(), ada.field("Audience").input_value()) == ("/by-hand", "pins")
    ada.answer(Whose_tokens="built-in")
    assert ada.field("Audience").input_value() == audience
    ada.answer(Limit="5/s")
    file = page.get_by_label("Change it here, or there")
    plain = file.input_value().replace("path: /by-hand", "path: /in-the-file").replace(f"audience: [{audience}]", "audience: [ours]")
    file.fill(plain)
    ada.answer(Limit="6/s")
    assert file.input_value() == plain.replace("5/s", "6/s")
    # An order of one's own, one value for a list of it, and further settings of what is kept whole are no reason to stop.
    plain = file.input_value()
    file.fill(plain.replace("audience: [ours]", "audience: ours\n        types: [at+jwt]") + "    timeout: 5s\n")
    ada.answer(Limit="7/s")
    assert "types: [at+jwt]" in file.input_value() and "timeout: 5s" in file.input_value()

    for text, place in (
        (plain.replace("- url: http://127.0.0.1:9", "- url: http://127.0.0.1:9\n        weight: 7"), "upstreams/pins/endpoints/0"),
        (re.sub(r"access:\n(      .*\n)+", "access: { api-key: { header: X-Own } }\n", plain), "apis/pins/access/api-key/header"),
        (re.sub(r"access:\n(      .*\n)+", "access: { any: [api-key, basic] }\n", plain), "apis/pins/access/any/0"),
        (plain.replace("upstreams:\n  pins:", "upstreams:\n  elsewhere:").replace("upstream: pins", "upstream: elsewhere"), "upstreams/elsewhere"),
    ):
        assert text != plain
        file.fill(text)
        page.get_by_text(f"The answers do not say all of this ({place}").wait_for()
        assert ada.field("Limit").is_disabled() and file.input_value() == text
    file.fill(plain + "  another: { path: /two }\n")
    page.get_by_text("One of apis at a time").wait_for()
    assert ada.field("Limit").is_disabled()
    file.fill(plain)
    assert ada.field("Limit").is_enabled()

    # Keys that are pinned stay pinned, and what the file says can be done from here.
    key = {"kty": "EC", "crv": "P-256", "kid": "pin", "alg": "ES256", "use": "sig",
           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}
    pinned = "issuers:\n  corp:\n    issuer: https://login.corp.example\n    keys: " + json.dumps({"inline": {"keys": [key]}}) + "\n"
    file.fill(pinned + plain.replace("built-in", "corp"))
    page.get_by_text("The answers do not say all of this (issuers/corp").wait_for()
    page.get_by_role("button", name="Protect it").click()
    page.get_by_text("pins is protected.").wait_for()
    stored = page.evaluate("async () => (await import('/console/api.js')).get('/issuers/corp')")
    assert stored["value"]["keys"]["inline"]["keys"][0]["kid"] == "pin"


def test_a_subscription_keeps_its_own_name(ada):
    page = ada.page
    ada.go("let-in")
    ada.answer(Name="named", Who="", They_show_who_they_are_with="subject")
    ada.answer(Subject="usr_1", Plan="", Name_of_the_plan="paid", Limit="5/min per consumer")
    file = page.get_by_label("Change it here, or there")
    file.fill(file.input_value().replace("named-paid", "contract-7"))
    page.get_by_text("The answers do not say all of this (subscriptions/contract-7").wait_for()
    assert ada.field("Title").is_disabled()
    page.get_by_role("button", name="Let them in").click()
    page.get_by_text("named is let in.").wait_for()
    stored = page.evaluate("async () => (await import('/console/api.js')).get('/subscriptions/contract-7')")
    assert (stored["value"]["consumer"], stored["value"]["plan"]) == ("named", "paid")


def test_the_page_of_an_issuer_tells_how_its_keys_stand(ada):
    ada.page.evaluate("""async () => {
        const { call } = await import('/console/api.js')
        await call('PUT', '/issuers/silent', { data: { issuer: 'https://silent.example', keys: { url: 'http://127.0.0.1:1/keys' } } })
    }""")
    ada.go("issuers/silent")
    tries = itertools.count()

    def failed():
        ada.go(f"issuers/silent?again={next(tries)}")
        return ada.page.get_by_text("it cannot be reached").count() == 1
    wait_for(failed, 20)
    assert ada.page.get_by_text("none is known").count() == 1 and ada.page.get_by_text("Tokens of this issuer are refused").count() == 1


def test_what_somebody_is_called_is_text_whatever_yaml_makes_of_it(ada):
    page, title = ada.page, "Café&Bar, &Co *all* !now"
    for plan, name in (("Another plan", "ampersand-plan"), ("ampersand-plan", "")):
        ada.go("consumers")
        ada.go("let-in")
        if name:
            ada.answer(Name="ampersand", Title=title, They_show_who_they_are_with="subject", Subject="usr_&x")
            ada.field("Plan").select_option(label=plan)
            ada.answer(Name_of_the_plan=name, Limit="5/min per consumer")
        else:
            ada.answer(Who="ampersand", They_show_who_they_are_with="api-key")
            ada.field("Plan").select_option("ampersand-plan")
        page.get_by_role("button", name="Let them in").click()
        page.get_by_text("ampersand is let in." if name else "ampersand has the plan ampersand-plan already").wait_for()
    stored = page.evaluate("async () => (await import('/console/api.js')).get('/consumers/ampersand')")["value"]
    assert (stored["title"], stored["subjects"]) == (title, ["usr_&x"])
