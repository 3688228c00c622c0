"""The Studio held to what its users may expect of any page: usable by everybody, unharmed by what is pasted into it."""

import json
import random

import pytest
from axe_playwright_python.sync_playwright import Axe

from studio_page import StudioPage
from token_mint import b64

HOSTILE = 500


def grave(page):
    """Findings of axe that keep somebody out: serious and critical ones."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], one["nodes"][0]["html"][:160]) for one in found if one["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_nobody_is_kept_out_of_the_studio(studio_address, chromium, mint, scheme, width):
    with StudioPage(
            chromium, studio_address + "/", viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True) as studio:
        page = studio.page
        assert grave(page) == [], "empty"
        studio.judge(mint.token().decode(), json.dumps(mint.public_set()))
        assert grave(page) == [], "valid"
        studio.fill("#now", str(mint.now + 90_000))
        studio.settle()
        assert studio.verdict()["verdict"] == "refused" and grave(page) == [], "refused"
        for tab in ("header-tab-edit", "claims-tab-edit", "claims-tab-form"):
            page.click(f"#{tab}")
            assert grave(page) == [], tab
        for details in page.locator("details").all():
            details.evaluate("node => { node.open = true }")
        studio.judge("not a token", "short")
        assert grave(page) == [], "nonsense"
        page.keyboard.press("Escape")
        page.click("#show-shortcuts")
        assert grave(page) == [], "shortcuts"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/learn", "/learn/current"])
def test_nobody_is_kept_out_of_the_learn_pages(studio_address, chromium, scheme, path):
    context = chromium.new_context(color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(studio_address + path)
    page.wait_for_load_state("networkidle")
    assert grave(page) == []
    context.close()


def hostile_texts():
    """Markup, control characters, right-to-left overrides, broken encodings, deep nesting, and mixtures of them."""
    dice = random.Random(20_261_129)
    seeds = [
        "<script>window.hacked = 1</script>", "<img src=x onerror='window.hacked = 1'>", "<svg onload=window.hacked=1>", "\"><b>x",
        "javascript:window.hacked=1", "{{constructor.constructor('window.hacked=1')()}}", "${window.hacked=1}", "');window.hacked=1;('",
        "\u202egnp.exe\u202c", "\u2066x\u2069", "\0\1\2\x1b[31m", "\ufeff\u200b\u200d", "\ud83d\ude00" * 3, "\u0301" * 50, "%00%ff%u0041", "__proto__",
        "constructor", "hasOwnProperty", "[" * 3_000, '{"a":' * 800, "eyJ", "eyJhbGciOiJub25lIn0..", "-----BEGIN PRIVATE KEY-----\n", '{"keys":[', "a.b.c.d.e",
        "1e999999", "-0", "9" * 400, "\\u0000", "Bearer ", "' OR 1=1 --", "]]>", "data:text/html,<script>window.hacked=1</script>", "\r\n\r\n", "\u2028\u2029",
    ]
    texts = list(seeds)
    while len(texts) < HOSTILE - 3:
        text = "".join(dice.choice(seeds) for _ in range(dice.randrange(1, 5)))
        if dice.random() < 0.4:
            # As a token of which one claim is the text: name and value.
            header = {"alg": dice.choice(["HS256", "none", text[:40]]), "kid": text[:200]}
            text = ".".join(b64(json.dumps(part).encode()).decode() for part in (header, {text[:300]: text, "exp": text})) + ".AAAA"
        texts.append(text)
    return texts + ["a" * 10_000_000, "eyJ" + "." * 2_000_000, "<script>" * 1_000_000]


@pytest.mark.timeout(900)
def test_hostile_texts_run_nothing_and_stop_nothing(studio_address, chromium):
    fields = ["token", "key", "issuer", "audience", "type", "require", "scopes", "now", "leeway", "header-json", "claims-json"]
    texts = hostile_texts()
    assert len(texts) == HOSTILE
    with StudioPage(chromium, studio_address + "/") as studio:
        page = studio.page
        page.on("dialog", lambda dialog: pytest.fail("a dialog was opened"))
        for number, text in enumerate(texts):
            # Every text goes into the token box and into one other field, each field in its turn.
            for field in ("token", fields[1 + number % (len(fields) - 1)]):
                page.evaluate(
                    "([id, text]) => { const box = document.getElementById(id); box.value = text; box.dispatchEvent(new Event('input', { bubbles: true })) }",
                    [field, text])
            studio.settle()
            if number % 25 == 24:
                page.evaluate("document.getElementById('clear').click()")
        assert page.evaluate("window.hacked === undefined && !('hacked' in Object.prototype)")
        assert page.locator("main script, main img, main svg:not(.timeline), main iframe").count() == 0
        assert studio.violations == [] and studio.errors == []
        assert studio.requests_since_loading == []
        page.evaluate("document.getElementById('clear').click()")
        studio.settle()
        page.get_by_role("button", name="Make a token").click()
        page.wait_for_selector("#verdict[data-verdict='valid']")
