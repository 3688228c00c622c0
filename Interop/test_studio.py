"""A walk through the Studio with Debian's Chromium. The page must explain, judge, and never speak to anybody."""

import json
import os
import time

import pytest

from studio_page import StudioPage
from token_mint import AUDIENCE, ISSUER, Mint

ALGORITHMS = ["HS256", "RS256", "ES256", "Ed25519"]


@pytest.fixture(scope="module")
def mint():
    return Mint()


@pytest.fixture
def studio(demo, chromium):
    with StudioPage(chromium, demo.control + "/") as page:
        assert page.state == "ready"
        yield page
        assert page.requests_since_loading == [], "the page asked the network for something"
        assert page.violations == [] and page.errors == []


def test_a_pasted_token_is_taken_apart(studio, mint):
    token = mint.token().decode()
    studio.judge(token)
    page = studio.page
    parts = {name: page.locator(f"#token-ink span[data-part='{name}']").first.text_content().strip(".")
             for name in ("header", "payload", "signature")}
    assert ".".join(parts.values()) == token
    assert json.loads(page.locator("#header-json").text_content())["alg"] == "ES256"
    assert json.loads(page.locator("#claims-json").text_content())["sub"] == "user-1"
    expiry = page.locator("#claims [data-name='exp']")
    assert expiry.locator(".time").get_attribute("data-state") == "future"
    assert "RFC 7519" in expiry.locator(".note").text_content()


def test_without_a_key_there_is_no_valid(studio, mint):
    assert studio.judge(mint.token().decode())["verdict"] in ("none", "refused")


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_each_algorithm_is_verified_and_a_changed_token_refused(studio, mint, alg):
    token = mint.token(alg).decode()
    assert studio.judge(token, json.dumps(mint.jwk(alg)))["verdict"] == "valid"
    changed = mint.token(alg, claims=mint.claims(sub="admin")).decode().rsplit(".", 1)[0] + "." + token.rsplit(".", 1)[1]
    answer = studio.judge(changed)
    assert answer["verdict"] == "refused" and answer["code"] == "signature-mismatch"
    assert answer["steps"][-1] == ["signature", "failed", "signature-mismatch"]


@pytest.mark.parametrize("alg", ["RS256", "ES256", "Ed25519"])
def test_keys_in_pem(studio, mint, alg):
    assert studio.judge(mint.token(alg).decode(), mint.public_pem(alg).decode())["verdict"] == "valid"
    assert studio.page.locator("#key-found").get_attribute("data-kind") == "pem"


def test_a_secret_as_text_and_as_base64url(studio, mint):
    studio.page.select_option("#key-form", "base64url")
    from token_mint import b64

    assert studio.judge(mint.token("HS256").decode(), b64(mint.secret).decode())["verdict"] == "valid"
    studio.page.select_option("#key-form", "hex")
    assert studio.judge(mint.token("HS256").decode(), mint.secret.hex())["verdict"] == "valid"


def test_the_policy_is_judged(studio, mint):
    studio.policy(issuer=ISSUER, audience=AUDIENCE, type="at+jwt", require=["roles=user"], scopes=["orders:read"])
    assert studio.judge(mint.token().decode(), json.dumps(mint.public_set()))["verdict"] == "valid"
    studio.fill("#audience", "billing")
    studio.settle()
    assert studio.verdict()["code"] == "audience-mismatch"
    studio.fill("#audience", AUDIENCE)
    studio.fill("#now", str(mint.now + 86_400))
    studio.settle()
    assert studio.verdict()["code"] == "token-expired"


def test_dangers_are_found(studio, mint):
    token = mint.token(header={"alg": "none"}).decode().rsplit(".", 1)[0] + "."
    studio.judge(token)
    assert studio.page.locator("#findings li[data-level='danger']").count() > 0


def test_markup_in_claims_stays_text(studio, mint):
    markup = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    studio.judge(mint.token(claims=mint.claims(sub=markup, **{markup: markup, "__proto__": {"x": 1}})).decode())
    assert studio.page.locator("#claims img, #claims script, #claims-json img").count() == 0
    assert markup in studio.page.locator("#claims").text_content()


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_examples(studio, alg):
    studio.page.click(f"#example-{alg}")
    studio.settle()
    assert studio.verdict()["verdict"] == "valid"


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "{}", "🙂.🙂.🙂", "=" * 100, "a" * 20_000, "eyJ" + "." * 3000, "Bearer x.y.z"])
def test_nonsense_breaks_nothing(studio, mint, text):
    answer = studio.judge(text, json.dumps(mint.public_set()))
    assert answer["verdict"] in ("none", "refused")
    assert studio.judge(mint.token().decode())["verdict"] == "valid", "the page did not recover"


@pytest.mark.parametrize("key", ["short", "{", '{"kty":"RSA"}', "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "[]", "\0"])
def test_unusable_keys_are_named(studio, mint, key):
    assert studio.judge(mint.token().decode(), key)["verdict"] != "valid"
    assert studio.page.locator("#key-found").text_content().strip()


def test_clear_and_copy(studio, mint):
    studio.judge(mint.token().decode(), json.dumps(mint.public_set()))
    for name in ("header", "claims", "token"):
        studio.page.click(f"#copy-{name}")
    studio.page.click("#clear")
    studio.settle()
    assert studio.page.input_value("#token") == "" and studio.page.input_value("#key") == ""
    assert studio.verdict()["verdict"] == "none"


def test_a_token_in_the_fragment_is_read_and_removed(demo, chromium, mint):
    token = mint.token().decode()
    with StudioPage(chromium, f"{demo.control}/#token={token}") as studio:
        assert studio.page.input_value("#token") == token
        assert "token" not in studio.page.url
        assert not any(token in url for url in studio.requests)


def test_the_page_cannot_send_anything_anywhere(demo, chromium):
    """Tries it from inside: the page's own policy must stop each way out."""
    with StudioPage(chromium, demo.control + "/") as studio:
        ways = studio.page.evaluate("""async () => {
            const failed = {}
            try { await fetch('/healthz'); failed.fetch = false } catch { failed.fetch = true }
            try { await fetch('http://127.0.0.1:9/'); failed.far = false } catch { failed.far = true }
            failed.beacon = await new Promise(done => {
                document.addEventListener('securitypolicyviolation', () => done(true), { once: true })
                navigator.sendBeacon('/healthz', 'x'); setTimeout(() => done(false), 1000) })
            failed.image = await new Promise(done => {
                const image = new Image(); image.onerror = () => done(true); image.onload = () => done(false)
                image.src = 'http://127.0.0.1:9/x.png' })
            try { new Function('return 1')(); failed.eval = false } catch { failed.eval = true }
            try {
                const script = document.createElement('script'); script.textContent = 'window.injected = true'
                document.body.append(script)
            } catch { /* Trusted Types stop it even before the policy for scripts does */ }
            failed.inline = window.injected !== true
            return failed
        }""")
        assert all(ways.values()), ways
        assert studio.violations, "the violations were not reported"


def test_the_response_headers_are_strict(demo):
    from signet_process import call

    answer = call("GET", demo.control + "/")
    policy = answer.headers["content-security-policy"]
    for directive in ("default-src 'none'", "connect-src 'none'", "form-action 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert directive in policy, policy
    assert "unsafe-inline" not in policy and "'unsafe-eval'" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_without_the_judge_there_is_no_verdict(demo, chromium, mint):
    with StudioPage(chromium, demo.control + "/", without_judge=True) as studio:
        assert studio.state == "no-judge"
        assert studio.page.locator("#no-judge").is_visible()
        studio.fill("#key", json.dumps(mint.public_set()))
        studio.fill("#token", mint.token().decode())
        time.sleep(1)
        assert studio.page.locator("#verdict").get_attribute("data-verdict") in (None, "none")
        assert studio.page.locator("#steps li").count() == 0
        shown = studio.page.locator("#verdict").text_content().lower()
        assert "valid" not in shown and "verified" not in shown


def test_it_can_be_walked_by_keyboard(studio):
    page = studio.page
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id"))
    assert {"token", "key", "key-form", "issuer", "audience", "clear", "example-ES256"} <= reached, reached


def test_narrow_screens_do_not_scroll_sideways(demo, chromium, mint):
    with StudioPage(chromium, demo.control + "/", viewport={"width": 360, "height": 740}) as studio:
        studio.judge(mint.token().decode(), json.dumps(mint.public_set()))
        assert studio.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_picture_of_the_readme(demo, chromium):
    target = os.environ.get("SIGNET_SCREENSHOT")
    with StudioPage(chromium, demo.control + "/", viewport={"width": 1440, "height": 900}, device_scale_factor=1) as studio:
        studio.page.click("#example-ES256")
        studio.settle()
        assert studio.verdict()["verdict"] == "valid"
        if target:
            studio.page.screenshot(path=target)
        else:
            assert len(studio.page.screenshot()) > 10_000
