"""A walk through the Studio with Debian's Chromium. The page must explain, judge, and never speak to anybody."""

import json
import os
import time

import pytest

from studio_page import StudioPage
from token_mint import AUDIENCE, ISSUER

ALGORITHMS = ["HS256", "RS256", "ES256", "Ed25519"]
MADE = ["HS256", "HS384", "HS512", "RS256", "RS512", "PS256", "PS384", "ES256", "ES384", "ES512", "Ed25519"]


def test_a_pasted_token_is_taken_apart(studio, mint):
    token = mint.token().decode()
    studio.judge(token)
    page = studio.page
    parts = {name: page.locator(f"#token-ink span[data-part='{name}']").first.text_content().strip(".")
             for name in ("header", "payload", "signature")}
    assert ".".join(parts.values()) == token
    assert json.loads(page.input_value("#header-json"))["alg"] == "ES256"
    assert json.loads(page.input_value("#claims-json"))["sub"] == "user-1"
    expiry = page.locator("#claims [data-name='exp']")
    assert expiry.locator(".time").get_attribute("data-state") == "future"
    assert "RFC 7519" in expiry.locator(".note").text_content()


def test_without_a_key_there_is_no_valid(studio, mint):
    assert studio.judge(mint.token().decode())["verdict"] in ("none", "refused")


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_each_algorithm_is_verified_and_a_changed_token_refused(kept_studio, mint, alg):
    token = mint.token(alg).decode()
    assert kept_studio.judge(token, json.dumps(mint.jwk(alg)))["verdict"] == "valid"
    changed = mint.token(alg, claims=mint.claims(sub="admin")).decode().rsplit(".", 1)[0] + "." + token.rsplit(".", 1)[1]
    answer = kept_studio.judge(changed)
    assert answer["verdict"] == "refused" and answer["code"] == "signature-mismatch"
    assert answer["steps"][-1] == ["signature", "failed", "signature-mismatch"]


@pytest.mark.parametrize("alg", ["RS256", "ES256", "Ed25519"])
def test_keys_in_pem(kept_studio, mint, alg):
    assert kept_studio.judge(mint.token(alg).decode(), mint.public_pem(alg).decode())["verdict"] == "valid"
    assert kept_studio.page.locator("#key-found").get_attribute("data-kind") == "pem"


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


def test_a_token_is_made_with_each_algorithm(studio):
    for alg in MADE:
        make(studio, alg=alg)
        assert studio.verdict()["verdict"] == "valid", alg
        assert json.loads(studio.page.input_value("#header-json"))["alg"] == alg


def make(studio, template=None, alg=None):
    """Makes a token as a person does, and waits for it."""
    before = studio.page.input_value("#token")
    if template:
        studio.page.get_by_label("Begin with").select_option(label=template)
    if alg:
        studio.page.get_by_label("signed with").select_option(alg)
    studio.page.get_by_role("button", name="Make a token").click()
    studio.page.wait_for_function("before => !['', before].includes(document.querySelector('#token').value)", arg=before)
    studio.settle()


def tab(studio, panel, name):
    studio.page.get_by_role("tablist", name=panel).get_by_role("tab", name=name).click()


def changed(studio, act):
    """Does something and waits for the token that comes of it."""
    before = studio.page.input_value("#token")
    act()
    studio.page.wait_for_function("before => document.querySelector('#token').value !== before", arg=before)
    studio.settle()


TEMPLATES = {
    "Access token (RFC 9068)": "scope", "ID token (OpenID Connect)": "nonce", "Service account (RFC 7523)": "scope",
    "Client assertion (RFC 7523)": "jti", "DPoP proof (RFC 9449)": "htu", "Logout token (OpenID Connect)": "events",
    "Microsoft Entra ID": "tid", "Keycloak": "realm_access", "Auth0": "permissions", "Amazon Cognito": "token_use", "Google": "hd",
    "GitHub Actions": "repository", "Kubernetes": "kubernetes.io",
}


def test_each_template_gives_a_good_token(studio):
    for template, claim in TEMPLATES.items():
        make(studio, template, "ES256")
        assert studio.verdict()["verdict"] == "valid", (template, studio.page.locator("#verdict").inner_text())
        assert claim in json.loads(studio.page.input_value("#claims-json")), template
        assert ("jwk" in json.loads(studio.page.input_value("#header-json"))) == (template == "DPoP proof (RFC 9449)")


def test_edited_claims_are_signed_anew_and_keep_their_digits(studio):
    make(studio)
    tab(studio, "Claims", "Edit")
    editor = studio.page.get_by_label("Claims as JSON")
    text = editor.input_value()
    changed(studio, lambda: editor.fill(text.replace("{", '{"big": 12345678901234567890.10, ', 1).replace("buyer", "admin")))
    assert studio.verdict()["verdict"] == "valid"
    assert "12345678901234567890.10" in studio.page.locator("#claims").text_content()
    token = studio.page.input_value("#token")
    editor.fill(text + "}")
    studio.page.get_by_text("The claims are not JSON").wait_for()
    assert studio.page.input_value("#token") == token, "a text that cannot be read changed the token"
    # An edited token is read again, and the editor follows.
    studio.fill("#token", token)
    studio.settle()
    assert '"admin"' in editor.input_value()


def test_the_form_sets_times_and_identifiers(studio):
    make(studio)
    tab(studio, "Claims", "Form")
    claims = lambda: json.loads(studio.page.input_value("#claims-json"))
    before = claims()
    changed(studio, lambda: studio.page.get_by_role("button", name="exp +1 h").click())
    assert claims()["exp"] == before["exp"] + 3600
    changed(studio, lambda: studio.page.get_by_role("button", name="exp +1 d").click())
    assert claims()["exp"] == before["exp"] + 3600 + 86_400
    changed(studio, lambda: studio.page.get_by_label("exp as a date").fill("2031-01-02T03:04:05"))
    assert str(claims()["exp"]).startswith("19")
    changed(studio, lambda: studio.page.get_by_role("button", name="New ID").click())
    assert claims()["jti"] != before["jti"]
    changed(studio, lambda: studio.page.get_by_role("button", name="Remove scope").click())
    assert "scope" not in claims()
    studio.page.get_by_label("Another claim").fill("sid")
    changed(studio, lambda: studio.page.get_by_role("button", name="Add", exact=True).click())
    changed(studio, lambda: studio.page.locator('[data-claim="sid"] input').fill('a "quoted" session'))
    assert claims()["sid"] == 'a "quoted" session'
    assert studio.verdict()["verdict"] == "valid"


def test_without_a_private_key_the_old_signature_no_longer_fits_and_one_press_mends_it(studio, mint):
    studio.judge(mint.token().decode(), json.dumps(mint.jwk("ES256")))
    tab(studio, "Claims", "Edit")
    editor = studio.page.get_by_label("Claims as JSON")
    changed(studio, lambda: editor.fill(editor.input_value().replace("user-1", "admin")))
    assert studio.verdict()["code"] == "signature-mismatch"
    note = studio.page.locator("#signing-note")
    assert "Only the public half of the key is here" in note.inner_text() and "no longer fits" in note.inner_text()
    changed(studio, lambda: note.get_by_role("button", name="Sign with a new key").click())
    assert studio.verdict()["verdict"] in ("valid", "refused") and studio.verdict()["code"] != "signature-mismatch"
    assert json.loads(studio.page.input_value("#claims-json"))["sub"] == "admin"


def test_a_key_for_another_algorithm_is_named_and_the_header_mended(studio):
    make(studio)
    tab(studio, "Header", "Edit")
    editor = studio.page.get_by_label("Header as JSON")
    changed(studio, lambda: editor.fill(editor.input_value().replace("ES256", "RS256")))
    assert studio.verdict()["verdict"] == "refused"
    changed(studio, lambda: studio.page.get_by_role("button", name="Write ES256 into the header").click())
    assert studio.verdict()["verdict"] == "valid"


def part(studio, name):
    row = studio.page.locator("#parts > li").filter(has=studio.page.get_by_text(name, exact=True))
    return row.get_attribute("data-state"), row.inner_text()


def test_the_verdict_has_parts_with_answers_of_their_own(studio, mint):
    token = mint.token(claims=mint.claims(exp=mint.now - 60, aud="billing")).decode()
    studio.policy(issuer=ISSUER, audience=AUDIENCE)
    studio.judge(token, json.dumps(mint.jwk("ES256")))
    assert part(studio, "Signature")[0] == "passed" and part(studio, "Form")[0] == "passed"
    assert part(studio, "Time")[0] == "failed" and "xpired" in part(studio, "Time")[1]
    assert part(studio, "Issuer and audience")[0] == "failed"
    studio.judge(token, "")
    assert part(studio, "Signature")[0] == "unknown" and "Unproven" in part(studio, "Time")[1]
    assert "xpired" in studio.page.locator("#verdict-why").inner_text()
    carried = mint.token(header={"alg": "ES256", "jwk": {k: v for k, v in mint.jwk("ES256").items() if k in ("kty", "crv", "x", "y")}}).decode()
    studio.policy()
    studio.judge(carried, json.dumps(mint.jwk("ES256")))
    assert part(studio, "Key trust")[0] == "careful"


def test_times_stand_on_a_line_with_a_countdown(studio, mint):
    now = int(time.time())
    studio.judge(mint.token(claims=mint.claims(exp=now + 125, nbf=now - 60)).decode())
    page = studio.page
    assert page.get_by_role("img", name="now lies within").is_visible()
    first = page.get_by_role("timer").inner_text()
    page.wait_for_function("first => document.querySelector('#countdown').textContent !== first", arg=first, timeout=5_000)
    assert page.locator(".moments dt").all_inner_texts() == ["iat", "nbf", "exp"]
    studio.judge(mint.token(claims=mint.claims(exp=now - 125)).decode())
    assert page.get_by_role("img", name="now lies outside").is_visible() and "ended" in page.get_by_role("timer").inner_text()


def test_it_speaks_german_and_stays_dark_when_told(studio):
    page = studio.page
    page.get_by_role("combobox", name="Language").select_option("de")
    page.get_by_role("button", name="Token erzeugen").wait_for()
    page.get_by_role("combobox", name="Farben").select_option("dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 20, 23)"
    page.reload()
    page.wait_for_selector("html[data-studio='ready']", state="attached")
    assert page.get_by_role("heading", name="Erwartungen").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 20, 23)"
    assert page.evaluate("Object.keys(localStorage).sort().join()") == "studio.language,studio.theme"
    page.get_by_role("combobox", name="Sprache").select_option("en")
    page.get_by_role("button", name="Make a token").wait_for()
    studio.requests = list(studio.loaded)


def texts(folder, language):
    return "".join((folder / f"texts/{language}{part}.js").read_text() for part in ("", "-tools"))


def test_texts_are_data_in_both_languages():
    from pathlib import Path
    import re

    folder = Path(__file__).resolve().parent.parent / "Web/studio"
    keys = {name: re.findall(r'^  "([^"]+)":', texts(folder, name), re.M) for name in ("en", "de")}
    assert len(keys["en"]) == len(set(keys["en"])) and sorted(keys["en"]) == sorted(keys["de"])
    english = dict(re.findall(r'^  "([^"]+)": "(.*)",$', texts(folder, "en"), re.M))
    page = (folder / "index.html").read_text()
    for key, text in re.findall(r'data-t="([^"]+)"[^>]*>([^<]*)<', page):
        assert english[key] == text, key
    for script in folder.glob("*.js"):
        for key in re.findall(r'\bt\("([^"$]+)"', script.read_text()):
            assert key in english, f"{script.name}: {key}"


def test_shortcuts_are_listed_and_work(studio):
    page = studio.page
    page.keyboard.press("?")
    listed = page.get_by_role("dialog", name="Keyboard shortcuts")
    assert listed.get_by_text("edit the claims").is_visible()
    page.get_by_role("button", name="Close").click()
    changed(studio, lambda: page.keyboard.press("m"))
    page.keyboard.press("c")
    assert page.evaluate("document.activeElement.id") == "claims-json"
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.id") == "key"
    page.keyboard.type("m")
    assert page.input_value("#key").endswith("m"), "a letter typed into a field is a letter"


def test_nonsense_breaks_nothing(studio, mint):
    for text in ["", ".", "..", "a.b.c", "{}", "🙂.🙂.🙂", "=" * 100, "a" * 20_000, "eyJ" + "." * 3000, "Bearer x.y.z"]:
        answer = studio.judge(text, json.dumps(mint.public_set()))
        assert answer["verdict"] in ("none", "refused"), text[:40]
        assert studio.judge(mint.token().decode())["verdict"] == "valid", f"the page did not recover from {text[:40]}"


def test_unusable_keys_are_named(studio, mint):
    for key in ["short", "{", '{"kty":"RSA"}', "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "[]", "\0"]:
        assert studio.judge(mint.token().decode(), key)["verdict"] != "valid", key
        assert studio.page.locator("#key-found").text_content().strip(), key


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
    assert {"token", "key", "key-form", "issuer", "audience", "clear", "make", "template", "theme"} <= reached, reached


def test_narrow_screens_do_not_scroll_sideways(demo, chromium, mint):
    with StudioPage(chromium, demo.control + "/", viewport={"width": 360, "height": 740}) as studio:
        studio.judge(mint.token().decode(), json.dumps(mint.public_set()))
        assert studio.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_picture_of_the_readme(demo, chromium):
    target = os.environ.get("SIGNET_SCREENSHOT")
    with StudioPage(chromium, demo.control + "/", viewport={"width": 1440, "height": 900}, device_scale_factor=1) as studio:
        make(studio)
        assert studio.verdict()["verdict"] == "valid"
        if target:
            studio.page.screenshot(path=target)
        else:
            assert len(studio.page.screenshot()) > 10_000
