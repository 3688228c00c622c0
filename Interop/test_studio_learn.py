"""The learn pages: each live example does what the text around it says, each link leads where it says."""

import base64
import json
import os
import re
from pathlib import Path

import pytest

from studio_page import StudioPage

WEB = Path(__file__).resolve().parent.parent / "Web/studio"
WIDTHS = [360, 768, 1280]


@pytest.fixture
def studio(request):
    """Where the Studio is served: a server for working on it, or the program itself."""
    return os.environ.get("SIGNET_STUDIO") or request.getfixturevalue("demo").control


def opened(chromium, url, **context):
    return StudioPage(chromium, url, **context)


@pytest.fixture
def learn(studio, chromium):
    with opened(chromium, studio + "/learn") as page:
        assert page.state == "ready"
        yield page
        assert page.requests_since_loading == [], "the page asked the network for something"
        assert page.violations == [] and page.errors == []


class Example:
    """One live example, found by its heading."""

    def __init__(self, page, title):
        self.box = page.get_by_role("group", name=title)

    def button(self, name):
        return self.box.get_by_role("button", name=name, exact=True)

    @property
    def token(self):
        return self.box.get_by_label("The token", exact=True).text_content()

    @property
    def link(self):
        return self.box.get_by_role("link", name="Open in the Studio")

    @property
    def linked_token(self):
        address = self.link.get_attribute("href")
        assert address.startswith("/#token="), address
        return address.removeprefix("/#token=")

    def verdict(self, word, *, code=None, step=None):
        """Waits until the example says so."""
        strip = self.box.locator("[role=status][data-settled='true']")
        strip.filter(has_text=re.compile(f"^{word}")).wait_for()
        text = strip.text_content()
        assert code is None or code in text, text
        assert step is None or f"At the step {step}:" in text, text
        return text


def part(token, index):
    text = token.split(".")[index]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_one_changed_letter_breaks_the_signature(learn):
    example = Example(learn.page, "Try it: make yourself an admin")
    example.verdict("Valid")
    honest = example.token
    field = example.box.get_by_label("Claim role")
    field.press("End")
    field.press("Backspace")
    example.verdict("Refused", code="signature-mismatch", step="signature")
    assert json.loads(part(example.token, 1))["role"] == "reade"
    assert honest.split(".")[0::2] == example.token.split(".")[0::2], "only the payload may change"
    assert example.linked_token == example.token
    field.type("r")
    example.verdict("Valid")
    assert example.token == honest


def test_only_the_issuer_can_sign_what_was_changed(learn):
    example = Example(learn.page, "Try it: make yourself an admin")
    example.box.get_by_label("Claim role").fill('ad"min\\ 🙂')
    example.verdict("Refused", code="signature-mismatch")
    example.button("Let the issuer sign it").click()
    example.verdict("Valid")
    assert json.loads(part(example.token, 1))["role"] == 'ad"min\\ 🙂'
    example.button("Put it back").click()
    example.verdict("Valid")
    assert json.loads(part(example.token, 1))["role"] == "reader"
    assert example.box.get_by_label("Claim role").input_value() == "reader"


def test_a_signed_note_can_be_read(learn):
    example = Example(learn.page, "Try it: hide something in a payload")
    example.box.get_by_label("Your note").fill("the cake is <b>a lie</b> 🙂")
    read = example.box.get_by_label("What anybody reads, without any key").text_content()
    assert json.loads(read)["note"] == "the cake is <b>a lie</b> 🙂"
    travelling = example.box.get_by_label("The payload as it travels").text_content()
    assert json.loads(part("." + travelling, 1))["note"] == "the cake is <b>a lie</b> 🙂"
    assert "cake" not in travelling
    assert example.linked_token.split(".")[1] == travelling
    assert example.box.locator("b").count() == 0, "a note became markup"


@pytest.mark.parametrize(("minute", "word", "code", "step"), [
    (-1, "Refused", "token-not-yet-valid", "not before"),
    (0, "Valid", None, None),
    (14, "Valid", None, None),
    (15, "Refused", "token-expired", "expiry"),
    (25, "Refused", "token-expired", "expiry"),
])
def test_the_clock_decides(learn, minute, word, code, step):
    example = Example(learn.page, "Try it: let a token expire")
    slider = example.box.get_by_role("slider", name=re.compile("The verifier's clock"))
    slider.fill(str(minute))
    example.verdict(word, code=code, step=step)
    claims = json.loads(part(example.token, 1))
    assert claims["exp"] - claims["nbf"] == 15 * 60
    said = slider.get_attribute("aria-valuetext")
    assert said in example.box.text_content() and (minute == 0 or str(abs(minute)) in said)


def test_the_slider_moves_by_keyboard(learn):
    example = Example(learn.page, "Try it: let a token expire")
    slider = example.box.get_by_role("slider")
    slider.focus()
    slider.press("End")
    example.verdict("Refused", code="token-expired")
    slider.press("Home")
    example.verdict("Refused", code="token-not-yet-valid")


def test_an_unsigned_admin_is_refused(learn):
    example = Example(learn.page, "Try it: get in without the private key")
    example.verdict("Valid")
    example.button("alg: none").click()
    example.verdict("Refused", code="algorithm-none", step="algorithm")
    assert json.loads(part(example.token, 0))["alg"] == "none"
    assert json.loads(part(example.token, 1))["role"] == "admin"
    assert example.token.endswith(".")
    assert example.button("alg: none").get_attribute("aria-pressed") == "true"


def test_the_public_key_is_no_secret(learn):
    example = Example(learn.page, "Try it: get in without the private key")
    example.button("Public key as secret").click()
    text = example.verdict("Refused", code="algorithm-not-allowed", step="algorithm")
    assert json.loads(part(example.token, 0))["alg"] == "HS256"
    assert json.loads(part(example.token, 1))["role"] == "admin"
    assert "finds that it matches" in example.box.get_by_label("What a careless verifier does").text_content(), text
    example.button("Honest token").click()
    example.verdict("Valid")


def test_an_id_token_is_no_access_token(learn):
    example = Example(learn.page, "Try it: send either to the API")
    example.verdict("Valid")
    example.button("Send the ID token").click()
    text = example.verdict("Refused", code="type-mismatch", step="type")
    assert "signature" in text.split("Passed:")[1], "the signature alone must not be what stops it"
    example.button("Send the access token").click()
    example.verdict("Valid")


def test_every_example_opens_in_the_studio_with_its_token_and_without_a_key(learn, studio, chromium):
    links = learn.page.get_by_role("link", name="Open in the Studio").all()
    assert len(links) == 5
    for link in links:
        address = link.get_attribute("href")
        token = address.removeprefix("/#token=")
        assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]*", token), address
        with opened(chromium, studio + address) as page:
            assert page.page.locator("#token").input_value() == token
            assert page.page.locator("#key").input_value() == ""


def test_contents_lead_to_every_section(learn):
    contents = learn.page.get_by_role("navigation", name="Contents").get_by_role("link").all()
    leads = [link.get_attribute("href").removeprefix("#") for link in contents]
    sections = learn.page.locator("main section[id]").evaluate_all("nodes => nodes.map(node => node.id)")
    assert leads == sections and len(sections) > 12
    titles = learn.page.locator("main section > h2").all_text_contents()
    assert [link.text_content() for link in contents] == titles


def test_without_the_judge_the_text_stands_and_the_examples_say_why(studio, chromium):
    with opened(chromium, studio + "/learn", without_judge=True) as page:
        assert page.state == "no-judge"
        assert page.page.get_by_text("This example needs to run.").count() == 5
        assert page.page.get_by_role("heading", name="Revocation").is_visible()


@pytest.mark.parametrize("path", ["/learn", "/learn/current"])
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_scrolls_sideways(studio, chromium, path, width):
    with opened(chromium, studio + path, viewport={"width": width, "height": 800}) as page:
        assert page.page.evaluate("document.documentElement.scrollWidth") <= width
        outside = page.page.evaluate("""width => [...document.querySelectorAll("main *, header *, nav *")]
            .filter(node => !node.closest("svg") || node.matches("svg"))
            .filter(node => node.getClientRects().length > 0 && node.getBoundingClientRect().right > width + 1)
            .map(node => node.outerHTML.slice(0, 90))""", width)
        assert outside == []
        assert page.violations == [] and page.errors == []


@pytest.mark.parametrize("path", ["/learn", "/learn/current"])
def test_words_in_drawings_stay_inside_them(studio, chromium, path):
    with opened(chromium, studio + path, viewport={"width": 360, "height": 800}) as page:
        bad = page.page.evaluate("""() => [...document.querySelectorAll("svg.art text")].filter(text => {
            const box = text.getBBox(), view = text.ownerSVGElement.viewBox.baseVal
            const frame = text.parentNode.querySelector(":scope > rect")?.getBBox()
            const tall = text.getBoundingClientRect().height
            return box.x < 0 || box.x + box.width > view.width || box.y + box.height > view.height + 1 || tall < 11
                || (frame && (box.x < frame.x + 3 || box.x + box.width > frame.x + frame.width - 3))
        }).map(text => text.textContent)""")
        assert bad == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/learn", "/learn/current"])
def test_words_stand_out_from_what_is_behind_them(studio, chromium, path, scheme):
    with opened(chromium, studio + path, color_scheme=scheme) as page:
        weak = page.page.evaluate("""() => {
            const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true })
            const rgb = (colour) => {
                paint.clearRect(0, 0, 1, 1); paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1)
                return [...paint.getImageData(0, 0, 1, 1).data]
            }
            const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
                .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
                .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0)
            const behind = (node) => {
                for (let at = node; at; at = at.parentElement) {
                    const colour = rgb(getComputedStyle(at).backgroundColor)
                    if (colour[3] === 255) return colour
                }
                return [255, 255, 255]
            }
            const words = [...document.querySelectorAll("body *")].filter(node => !node.closest("svg, noscript")
                && node.getClientRects().length > 0
                && [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim()))
            return words.filter(node => {
                const [a, b] = [light(rgb(getComputedStyle(node).color)), light(behind(node))].sort((x, y) => y - x)
                return (a + 0.05) / (b + 0.05) < 4.5
            }).map(node => node.outerHTML.slice(0, 80))
        }""")
        assert weak == []


@pytest.mark.parametrize("name", ["learn.html", "current.html"])
def test_links_out_give_no_referrer_and_go_to_those_who_define(name):
    text = (WEB / name).read_text()
    anchors = re.findall(r"<a [^>]*href=\"(https?:[^\"]*)\"[^>]*>", text)
    assert len(anchors) > 20
    for tag in re.findall(r"<a [^>]*href=\"https?:[^>]*>", text):
        assert 'rel="noreferrer"' in tag, tag
    hosts = {address.split("/")[2] for address in anchors}
    assert hosts <= {"www.rfc-editor.org", "openid.net", "cheatsheetseries.owasp.org", "datatracker.ietf.org",
                     "github.com", "wicg.github.io"}
    assert " style=" not in text and "onclick" not in text


def test_the_current_page_asks_this_browser(studio, chromium):
    with opened(chromium, studio + "/learn/current") as page:
        answers = dict(page.page.get_by_role("list", name="Signature algorithms this browser knows").get_by_role(
            "listitem").evaluate_all("items => items.map(item => [item.dataset.algorithm, item.textContent])"))
        assert len(answers) == 10
        for algorithm in ("HS256", "RS256", "PS256", "ES256", "Ed25519"):
            assert answers[algorithm] == f"{algorithm}known"
        assert page.page.get_by_text("November 2026").count() >= 1
        assert page.requests_since_loading == [] and page.violations == [] and page.errors == []


def test_the_studio_names_the_document_of_each_claim(studio, chromium):
    header, claims = {"alg": "HS256", "typ": "at+jwt"}, {
        "iss": "https://login.example", "realm_access": {}, "job_workflow_ref": "o/r/.github/workflows/x@v1", "made_up": 1}
    encoded = ".".join(base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in (header, claims))
    with opened(chromium, f"{studio}/#token={encoded}.AAAA") as page:
        expected = {
            "RFC 7519 §4.1.1": "https://www.rfc-editor.org/rfc/rfc7519.html#section-4.1.1",
            "RFC 7515 §4.1.9": "https://www.rfc-editor.org/rfc/rfc7515.html#section-4.1.9",
            "Keycloak": "https://www.keycloak.org/docs/latest/server_admin/#_protocol-mappers",
            "GitHub Actions": "https://docs.github.com/en/actions/reference/security/oidc",
        }
        for source, address in expected.items():
            link = page.page.get_by_role("link", name=source, exact=True).first
            assert link.get_attribute("href") == address
            assert link.get_attribute("rel") == "noreferrer" and link.get_attribute("target") == "_blank"
