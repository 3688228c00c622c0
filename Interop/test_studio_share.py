"""Links that carry what lies in the Studio, and what comes in with a link."""

import json
import time
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from studio_page import StudioPage
from token_mint import AUDIENCE, ISSUER, b64
from wire import wait_for


def opened(studio):
    studio.page.get_by_role("button", name="Share…").click()
    return studio.page.get_by_role("dialog", name="Share a link")


def link(dialog) -> str:
    return dialog.get_by_label("The link", exact=True).input_value()


def held(text: str) -> dict:
    """What a link holds, as any reader of links would read it."""
    parts = urlsplit(text)
    assert parts.query == "", "something would go to the server"
    return {name: values[0] for name, values in parse_qs(parts.fragment.replace("+", "%2B")).items()}


def test_a_link_brings_everything_back(studio, chromium, mint):
    token = mint.token().decode()
    studio.policy(issuer=ISSUER, audience="a&b=c#d+e %41", type="at+jwt", leeway=77)
    studio.judge(token, json.dumps(mint.public_set()))
    text = link(opened(studio))
    with StudioPage(chromium, text) as other:
        other.settle()
        page = other.page
        assert page.input_value("#token") == token and page.input_value("#audience") == "a&b=c#d+e %41"
        assert (page.input_value("#issuer"), page.input_value("#type"), page.input_value("#leeway")) == (ISSUER, "at+jwt", "77")
        assert [key["kty"] for key in json.loads(page.input_value("#key"))["keys"]] == ["RSA", "EC", "OKP"]
        assert other.verdict()["code"] == "audience-mismatch"
        assert page.get_by_text("proves nothing about who issued").is_visible()
        assert "#" not in page.url and not any("eyJ" in url for url in other.requests)
        page.fill("#key", "")
        other.settle()
        assert not page.get_by_text("proves nothing about who issued").is_visible()


def test_the_signature_can_stay(studio, chromium, mint):
    token = mint.token().decode()
    studio.judge(token, json.dumps(mint.jwk("ES256")))
    dialog = opened(studio)
    assert dialog.get_by_text("can use it until").is_visible()
    dialog.get_by_label("The signature").uncheck()
    assert held(link(dialog))["token"] == token.rsplit(".", 1)[0] + "."
    assert token.rsplit(".", 1)[1] not in link(dialog) and token.rsplit(".", 1)[1] not in dialog.inner_text()
    assert not dialog.get_by_text("can use it until").is_visible() and dialog.get_by_text("can read every claim").is_visible()
    with StudioPage(chromium, link(dialog)) as other:
        other.settle()
        assert other.verdict()["verdict"] != "valid" and "user-1" in other.page.locator("#claims").text_content() + other.page.locator("#claims-json").text_content()


@pytest.mark.parametrize("changes, words", [
    ({"exp": ...}, "it never expires"), ({"iat": 1_500_000_000, "exp": 1_600_000_000}, "it is expired"), ({}, "can use it until")])
def test_what_the_reader_can_do_is_said(studio, mint, changes, words):
    studio.judge(mint.token(claims=mint.claims(**changes)).decode())
    assert opened(studio).get_by_text(words).is_visible()


def test_what_the_link_holds_is_shown(studio, mint):
    studio.policy(issuer=ISSUER, audience=AUDIENCE)
    studio.judge(mint.token().decode(), mint.public_pem("ES256").decode())
    dialog = opened(studio)
    shown = dialog.inner_text()
    assert ISSUER in shown and AUDIENCE in shown and mint.jwk("ES256")["x"] in shown and mint.token().decode()[:60] in shown
    dialog.get_by_label("The expectations").uncheck()
    dialog.get_by_label("The public key").uncheck()
    assert set(held(link(dialog))) == {"token"}
    assert dialog.get_by_role("definition").count() == 1
    studio.page.keyboard.press("Escape")
    assert not dialog.is_visible()


@pytest.mark.parametrize("alg", ["RS256", "ES256", "Ed25519"])
def test_a_private_key_gives_its_public_half(studio, mint, alg):
    if alg == "Ed25519":
        # PKCS#8 holds the private half alone (RFC 8410 §7); a JWK holds both.
        private = json.dumps({**mint.jwk(alg), "d": b64(mint.ed.private_bytes_raw()).decode()})
    else:
        private = mint.private_pem(alg).decode()
    studio.judge(mint.token(alg).decode(), private)
    dialog = opened(studio)
    assert dialog.get_by_text("Only the public half").is_visible()
    key = json.loads(held(link(dialog))["publicKey"])
    assert set(key) <= {"kty", "n", "e", "crv", "x", "y", "alg", "kid"}
    text = link(dialog) + dialog.inner_text()
    for line in private.splitlines()[1:-1]:
        assert line[:40] not in text
    assert b64(mint.ed.private_bytes_raw()).decode() not in text


@pytest.mark.parametrize("key", ["a shared secret that nobody should see", '{"kty":"oct","k":"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA"}'])
def test_a_secret_never_goes_into_a_link(studio, mint, key):
    studio.judge(mint.token("HS256").decode(), key)
    dialog = opened(studio)
    assert dialog.get_by_label("The public key").is_disabled()
    assert dialog.get_by_text("A secret never goes into a link").is_visible()
    assert "publicKey" not in held(link(dialog)) and "secret" not in link(dialog).lower() and "c2VjcmV0" not in link(dialog)


def test_copying(studio, mint):
    studio.context.grant_permissions(["clipboard-read", "clipboard-write"])
    studio.judge(mint.token().decode())
    dialog = opened(studio)
    dialog.get_by_role("button", name="Copy link").click()
    dialog.get_by_role("button", name="Copied").wait_for()
    assert studio.page.evaluate("navigator.clipboard.readText()") == link(dialog)


# What comes in

@pytest.mark.parametrize("form", [
    "#id_token={}", "#access_token={}&token_type=Bearer&state=x", "#token={}", "#value={}", "#debugger-io?token={}", "#state=1&token={}"])
def test_every_form_of_link_is_read_and_taken_away(studio_address, chromium, mint, form):
    token = mint.token().decode()
    with StudioPage(chromium, f"{studio_address}/{form.format(token)}") as studio:
        assert studio.page.input_value("#token") == token
        assert "#" not in studio.page.url and not any("eyJ" in url for url in studio.requests)
        assert studio.page.evaluate("JSON.stringify({...localStorage, ...sessionStorage, state: history.state})").find("eyJ") < 0


FORMS = ["token={}&publicKey={}", "debugger-io?token={}&publicKey={}", "publicKey={1}&access_token={0}"]
WRITERS = [
    lambda text: quote(text, safe=""), lambda text: text.replace("\n", "%0A").replace(" ", "%20"),
    lambda text: text.replace("\n", "%0A").replace(" ", "+"),
]


def test_public_keys_in_links(studio_address, chromium, mint):
    keys = (mint.public_pem("RS256").decode(), json.dumps(mint.jwk("RS256"), separators=(",", ":")))
    fragments = [form.format(mint.token("RS256").decode(), write(key)) for form in FORMS for write in WRITERS for key in keys]
    with StudioPage(chromium, f"{studio_address}/#{fragments[0]}") as studio:
        for fragment in fragments[1:] + fragments[:1]:
            studio.settle()
            assert studio.verdict()["verdict"] == "valid", fragment
            follow(studio, fragment)


def follow(studio, fragment):
    """Opens another link in the page that is there, with nothing left of the one before."""
    for box in ("#token", "#key", "#issuer"):
        studio.fill(box, "")
    studio.page.evaluate("fragment => { location.hash = fragment }", fragment)
    wait_for(lambda: studio.page.evaluate("location.hash") == "")
    studio.settle()


def test_a_link_that_is_opened_later_is_read_too(studio, mint):
    token = mint.token().decode()
    studio.page.evaluate(f"location.hash = 'token={token}'")
    wait_for(lambda: studio.page.input_value("#token"))
    assert studio.page.input_value("#token") == token and "#" not in studio.page.url.rstrip("#")


def test_a_link_sets_no_secret_and_no_private_key(studio, mint):
    pem, jwk = mint.private_pem("ES256").decode(), mint.jwk("HS256")
    private = {**mint.jwk("Ed25519"), "d": b64(mint.ed.private_bytes_raw()).decode()}
    for key in [
        "plain secret", "aGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8", pem, json.dumps(jwk), json.dumps(private), json.dumps({"keys": [mint.jwk("ES256"), jwk]}),
        json.dumps({"keys": []}), '{"kty":"RSA","kty":"oct","k":"aaaa"}', '{"kty":"oct","k":"aaaa","kty":"RSA"}', "{", "[]", "null", '{"kty":"EC","__proto__":{"kty":"oct"},"k":"x"}',
        mint.public_pem("ES256").decode() + pem, "-----BEGIN PUBLIC KEY-----", "-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----\nsecret", "-----BEGIN X PRIVATE KEY-----",
    ]:
        for name in ("publicKey", "key", "secret"):
            studio.fill("#token", "")
            fragment = f"token={mint.token('HS256').decode()}&{name}={quote(key, safe='')}&key-form=utf8"
            studio.page.evaluate("fragment => { location.hash = fragment }", fragment)
            wait_for(lambda: studio.page.input_value("#token"))
            studio.settle()
            kind = studio.page.locator("#key-found").get_attribute("data-kind")
            assert kind in ("none", "unusable"), (key, kind)
            assert studio.page.input_value("#key-form") == "auto" and "#" not in studio.page.url


def test_a_link_turns_the_form_of_a_secret_off(studio, mint):
    """With the form left at hex or text, a public key in a link would be taken for a secret."""
    studio.page.get_by_label("Secret is written as").select_option("utf8")
    key = quote(mint.public_pem("ES256").decode(), safe="")
    studio.page.evaluate(f"location.hash = 'token={mint.token().decode()}&publicKey={key}'")
    wait_for(lambda: studio.page.input_value("#key"))
    studio.settle()
    assert studio.page.locator("#key-found").get_attribute("data-kind") == "pem"


@pytest.mark.parametrize("fragment", [
    "token=%E0%A4%A&x=%", "token=<img src=x onerror=alert(1)>&issuer=<script>alert(1)</script>", "token=" + "a" * 1_900_000, "token=&token=", "=", "&&&=&", "token",
    "?token", "debugger-io?", "__proto__=x&token=eyJ", "token=" + "%00" * 50, "leeway=99999999&token=a", "leeway=-1&issuer=" + "x" * 10_000, "constructor=1&value=%F0%9F%98%80",
    "token=" + "&token=".join(["eyJ"] * 1000)], ids=lambda text: text[:24])
def test_hostile_fragments_do_nothing_bad(studio_address, chromium, mint, fragment):
    started = time.monotonic()
    with StudioPage(chromium, f"{studio_address}/#{fragment}") as studio:
        studio.settle()
        assert studio.verdict()["verdict"] in ("none", "refused")
        assert studio.errors == [] and studio.violations == []
        assert studio.page.locator("main img[onerror], main script").count() == 0
        assert studio.page.input_value("#leeway") == "30" and len(studio.page.input_value("#issuer")) <= 2048
        studio.fill("#issuer", "")
        assert studio.judge(mint.token().decode(), json.dumps(mint.public_set()))["verdict"] == "valid", "the page did not recover"
    assert time.monotonic() - started < 60


def test_ten_megabytes_are_taken_away_unread(studio):
    """Longer than Chromium lets an address be, so the reader is asked itself."""
    answer = studio.page.evaluate("""async () => {
        const { readFragment } = await import('/studio/fragment.js')
        const started = performance.now()
        const found = readFragment('token=' + 'a'.repeat(10 << 20))
        return { found, milliseconds: performance.now() - started } }""")
    assert answer["found"] == {} and answer["milliseconds"] < 200


def test_a_fragment_for_something_else_stays(studio_address, chromium):
    with StudioPage(chromium, f"{studio_address}/#token") as studio:
        assert studio.page.url.endswith("#token") and studio.page.input_value("#token") == ""


def test_the_dialog_fits_a_phone(studio_address, chromium, mint):
    with StudioPage(chromium, studio_address + "/", viewport={"width": 360, "height": 740}) as studio:
        studio.judge(mint.token().decode(), json.dumps(mint.public_set()))
        dialog = opened(studio)
        box = dialog.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 360
        assert studio.page.evaluate("document.querySelector('dialog[open]').scrollWidth <= document.querySelector('dialog[open]').clientWidth")
        assert studio.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
