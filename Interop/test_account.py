"""What people do with their own account, in a real browser: passkeys, an authenticator app, a device, sessions."""

import base64
import email
import email.policy
import hashlib
import hmac
import struct
import time
from urllib.parse import urlencode

import pytest

from signet_process import Signet, StartFailed, call, run
from test_authorize import shot
from wire import wait_for

PASSWORD = "account-password-for-tests"


@pytest.fixture(scope="module")
def person(demo, tmp_path_factory):
    """Users of their own, so that a second factor does not meet other tests."""
    made = 0

    def make():
        nonlocal made
        made += 1
        name = f"person-{made}"
        file = tmp_path_factory.mktemp("password") / "password"
        file.write_text(PASSWORD)
        done = run("user", "create", name, "--email", f"{name}@example.com", "--password-file", str(file), "--data", str(demo.data))
        assert done.returncode == 0, done.stderr
        return name

    return make


def sign_in(page, name, password=PASSWORD):
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def open_account(page, demo, name):
    open_account_with(page, demo, name, PASSWORD)


def open_account_with(page, server, name, password):
    page.goto(server.control + "/account")
    sign_in(page, name, password)
    page.get_by_role("heading", name=name).wait_for()


def authenticator(page, **changes):
    """Chromium's own authenticator, made of software."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True, **changes}
    return session, session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def time_code(secret, moment=None):
    """RFC 6238 by the book."""
    key = base64.b32decode(secret.replace(" ", ""))
    digest = hmac.new(key, struct.pack(">Q", int(moment or time.time()) // 30), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def test_a_passkey_is_added_and_signs_in(demo, page, person):
    name = person()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    session, device = authenticator(page)
    open_account(page, demo, name)
    shot(page, "account")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("What you call it").fill("The laptop")
    shot(page, "passkey-new")
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("The laptop").wait_for()
    assert len(session.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]) == 1
    page.get_by_role("button", name="Sign out here").click()
    page.get_by_role("heading", name="You are signed out").wait_for()

    page.goto(demo.control + "/account")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name=name).wait_for()
    assert "used just now" in page.get_by_role("listitem").filter(has_text="The laptop").inner_text()
    shot(page, "account-with-a-passkey")

    # The same device is not added a second time.
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("This device has a passkey for this account already.").wait_for()
    page.goto(demo.control + "/account")
    page.get_by_role("button", name="Remove the passkey The laptop").click()
    page.get_by_role("heading", name=name).wait_for()
    assert not page.get_by_text("The laptop").is_visible()
    page.get_by_role("button", name="Sign out here").click()

    # Chromium still has the key; the server no longer knows it.
    page.goto(demo.control + "/account")
    page.get_by_role("button", name="Sign in with a passkey").click()
    assert "not known here" in page.get_by_role("alert").first.inner_text()
    assert [text for text in complaints if "403" not in text] == []


@pytest.mark.parametrize("algorithm", [-7, -8, -257])
def test_keys_of_every_kind_that_is_asked_for(demo, page, person, algorithm):
    name = person()
    session, device = authenticator(page)
    open_account(page, demo, name)
    # The page asks for three kinds; this browser is made to offer one.
    page.add_init_script(f"""
        const create = navigator.credentials.create.bind(navigator.credentials);
        navigator.credentials.create = (options) => {{
            options.publicKey.pubKeyCredParams = [{{ type: "public-key", alg: {algorithm} }}];
            return create(options);
        }};""")
    page.goto(demo.control + "/account/passkeys/new")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_function("document.querySelector('h1').textContent !== 'Add a passkey' || !document.querySelector('.problem').hidden")
    if page.title() == "Add a passkey":
        pytest.skip(f"Chromium's virtual authenticator makes no keys of the kind {algorithm}")
    page.get_by_role("button", name="Sign out here").click()
    page.goto(demo.control + "/account")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name=name).wait_for()


def test_a_key_that_does_not_check_who_is_there_is_refused(demo, page, person):
    open_account(page, demo, person())
    authenticator(page, isUserVerified=False)
    page.goto(demo.control + "/account/passkeys/new")
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("That did not work, or it was cancelled.").wait_for()


def test_an_authenticator_app_is_asked_for_after_the_password(demo, page, person):
    name = person()
    open_account(page, demo, name)
    page.get_by_role("link", name="Set up an app").click()
    secret = page.locator("#secret").inner_text()
    assert page.get_by_role("link", name="open the app").get_attribute("href").startswith("otpauth://totp/")
    shot(page, "authenticator")
    page.get_by_label("Code").fill("123 456")
    page.get_by_role("button", name="Switch it on").click()
    assert "not the code" in page.get_by_role("alert").inner_text()
    assert page.locator("#secret").inner_text() == secret
    page.get_by_label("Code").fill(time_code(secret))
    page.get_by_role("button", name="Switch it on").click()
    codes = page.locator(".codes code").all_inner_texts()
    assert len(set(codes)) == 10
    shot(page, "recovery-codes")
    page.get_by_role("link", name="I have kept them").click()
    assert page.get_by_text("10 recovery codes are left").is_visible()
    page.get_by_role("button", name="Sign out here").click()

    page.goto(demo.control + "/account")
    sign_in(page, name)
    page.get_by_role("heading", name="Enter a code").wait_for()
    assert not page.context.cookies(demo.control.replace("http:", "https:")) or all(
        cookie["name"] != "__Host-signet-session" for cookie in page.context.cookies())
    shot(page, "code")
    page.get_by_label("Code").fill(time_code(secret, time.time() - 3_600))
    page.get_by_role("button", name="Continue").click()
    assert "wrong" in page.get_by_role("alert").inner_text()
    shot(page, "code-refused")
    page.get_by_label("Code").fill(time_code(secret, time.time() + 30))
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name=name).wait_for()

    # The short way in knows it, too; a recovery code works once.
    login = {"name": name, "password": PASSWORD}
    assert call("POST", demo.control + "/login", data=login).json["code"] == "second-factor-needed"
    assert call("POST", demo.control + "/login", data={**login, "code": codes[0]}).status == 200
    assert call("POST", demo.control + "/login", data={**login, "code": codes[0]}).json["code"] == "second-factor-wrong"
    page.goto(demo.control + "/account")
    assert page.get_by_text("9 recovery codes are left").is_visible()
    page.get_by_role("button", name="Remove the authenticator").click()
    page.get_by_role("link", name="Set up an app").wait_for()
    assert call("POST", demo.control + "/login", data=login).status == 200


def test_a_device_is_connected(demo, page, person):
    name = person()
    done = run("client", "create", "tv", "--public", "--name", "The television", "--grant", "device_code", "--grant", "refresh_token",
               "--audience", "demo", "--data", str(demo.data), "--json")
    assert done.returncode == 0, done.stderr
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    def post(path, **form):
        return call("POST", demo.control + path, body=urlencode({"client_id": "tv", **form}).encode(), headers=headers)

    begun = post("/device_authorization", scope="openid profile").json
    grant = "urn:ietf:params:oauth:grant-type:device_code"
    assert post("/token", grant_type=grant, device_code=begun["device_code"]).json["error"] == "authorization_pending"
    page.goto(begun["verification_uri"])
    shot(page, "device")
    page.get_by_label("Code").fill("nonsense")
    page.get_by_role("button", name="Continue").click()
    assert "eight letters" in page.get_by_role("alert").inner_text()
    page.get_by_label("Code").fill(begun["user_code"].replace("-", " ").lower())
    page.get_by_role("button", name="Continue").click()
    sign_in(page, name)
    page.get_by_role("heading", name="Connect The television?").wait_for()
    assert page.get_by_text(begun["user_code"]).is_visible()
    shot(page, "device-consent")
    page.get_by_role("button", name="Allow", exact=True).click()
    page.get_by_role("heading", name="The device is connected").wait_for()
    time.sleep(5)
    tokens = post("/token", grant_type=grant, device_code=begun["device_code"])
    assert tokens.status == 200, tokens.body
    assert call("GET", demo.gateway + "/demo/orders", token=tokens.json["access_token"]).status == 200
    page.goto(demo.control + "/account")
    page.get_by_role("button", name="End the access of The television").click()
    page.get_by_role("heading", name=name).wait_for()
    assert call("GET", demo.gateway + "/demo/orders", token=tokens.json["access_token"]).status == 401
    assert post("/token", grant_type="refresh_token", refresh_token=tokens.json["refresh_token"]).json["error"] == "invalid_grant"


def test_a_password_is_changed_and_other_browsers_are_signed_out(demo, page, chromium, person):
    name = person()
    open_account(page, demo, name)
    other = chromium.new_context().new_page()
    open_account(other, demo, name)
    page.reload()
    page.get_by_text("Change it").click()
    page.get_by_label("Your password now").fill(PASSWORD)
    page.get_by_label("The new one").fill("a new password of mine")
    shot(page, "account-password")
    page.get_by_role("button", name="Change the password").click()
    page.get_by_text("Your password is changed.").wait_for()
    other.reload()
    assert other.title() == "Sign in"
    other.context.close()


def test_the_pages_work_without_scripts_and_fit_a_phone(demo, chromium, person):
    name = person()
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    open_account(page, demo, name)
    for path in ["/account", "/account/authenticator", "/device", "/account/passkeys/new"]:
        page.goto(demo.control + path)
        box = page.locator("main").bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 360, path
    assert page.get_by_text("Passkeys need JavaScript").is_visible()
    page.goto(demo.control + "/account")
    page.get_by_role("button", name="Sign out here").click()
    page.get_by_role("heading", name="You are signed out").wait_for()
    page.goto(demo.control + "/account")
    assert not page.get_by_role("button", name="Sign in with a passkey").is_visible()
    context.close()


def test_a_forgotten_password_is_replaced_by_mail(chromium, tmp_path):
    mail = tmp_path / "mail"
    mail.mkdir(mode=0o700)
    server = Signet(data=tmp_path / "data", arguments=("--mail-folder", str(mail)))
    server.start()
    try:
        done = run("user", "create", "ada", "--email", "ada@example.com", "--data", str(server.data))
        assert done.returncode == 0, done.stderr
        page = chromium.new_context().new_page()
        page.goto(server.control + "/account")
        page.get_by_role("link", name="Forgot your password?").click()
        page.get_by_label("Name").fill("ada")
        shot(page, "forgot")
        page.get_by_role("button", name="Send the link").click()
        page.get_by_role("heading", name="Look at your mail").wait_for()
        wait_for(lambda: list(mail.glob("*.eml")), 10)
        file = next(mail.glob("*.eml"))
        assert file.stat().st_mode & 0o777 == 0o600
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        assert message["To"] == "ada@example.com" and message["Subject"] == "A new password"
        link = next(line for line in message.get_content().splitlines() if line.startswith(server.control + "/reset?link="))
        page.goto(link)
        page.get_by_label("Password").fill("a password of ada's")
        shot(page, "reset")
        page.get_by_role("button", name="Set the password").click()
        page.get_by_role("heading", name="Your password is set").wait_for()
        open_account_with(page, server, "ada", "a password of ada's")
        page.goto(link)
        page.get_by_role("heading", name="This link works no more").wait_for()
        assert link.split("=")[1] not in server.output
        page.context.close()
    finally:
        server.stop()
    # A folder that others may read is none for secrets.
    mail.chmod(0o755)
    with pytest.raises(StartFailed) as refused:
        Signet(data=tmp_path / "other", arguments=("--mail-folder", str(mail))).start()
    assert "chmod 700" in str(refused.value)


# Every text that is seen, with the contrast to what is behind it (WCAG 2.2, 1.4.3 and its formula).
PALE_TEXTS = """() => {
    const parts = (color) => color.match(/[\\d.]+/g).map(Number);
    const linear = (part) => (part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    const light = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    const behind = (element) => {
        for (let one = element; one; one = one.parentElement) {
            const color = parts(getComputedStyle(one).backgroundColor);
            if (color.length < 4 || color[3] === 1) return color;
        }
        return [255, 255, 255];
    };
    const pale = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        if (!texts.currentNode.data.trim() || !element.checkVisibility()) continue;
        const style = getComputedStyle(element);
        const [one, other] = [light(parts(style.color)), light(behind(element))].sort((a, b) => b - a);
        const ratio = (one + 0.05) / (other + 0.05);
        const size = parseFloat(style.fontSize);
        const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
        if (ratio < (isLarge ? 3 : 4.5)) pale.push([texts.currentNode.data.trim(), ratio.toFixed(2)]);
    }
    return pale;
}"""

# What somebody who does not see the page depends on.
UNNAMED = """() => [
    ...[...document.querySelectorAll("input:not([type=hidden])")].filter((field) => !field.labels.length).map((field) => field.name),
    ...[...document.querySelectorAll("button, a")].filter((one) => !(one.getAttribute("aria-label") ?? one.textContent).trim())
        .map((one) => one.outerHTML),
    ...(document.querySelectorAll("h1").length === 1 ? [] : ["h1"]), ...(document.documentElement.lang ? [] : ["lang"]),
    ...[...document.querySelectorAll("[id]")].map((one) => one.id).filter((id, at, ids) => ids.indexOf(id) !== at),
]"""


def test_pages_are_read_by_eye_in_both_lights_and_by_ear(demo, page, person):
    name = person()

    def look(path=None):
        if path:
            page.goto(demo.control + path)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(PALE_TEXTS) == [], (page.title(), scheme)
        assert page.evaluate(UNNAMED) == [], page.title()

    look("/account")
    sign_in(page, "somebody", "wrong")
    page.get_by_role("alert").wait_for()
    look()
    sign_in(page, name)
    page.get_by_role("heading", name=name).wait_for()
    page.get_by_text("Change it").click()
    look()
    for path in ("/account/authenticator", "/account/passkeys/new", "/device", "/device?user_code=x", "/end-session", "/reset?link=x"):
        look(path)
    # By keyboard alone: in, to the button, and pressed.
    page.goto(demo.control + "/device")
    page.wait_for_function("document.activeElement.id === 'user_code'")
    page.keyboard.type("BCDF GHJK")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert "No device waits" in page.get_by_role("alert").inner_text()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
