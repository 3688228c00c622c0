"""The Studio's key tools in Debian's Chromium: keys are made, told apart, written in other forms, and chosen for an algorithm."""

import base64
import hashlib
import json
import os
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from playwright.sync_api import expect

from token_mint import AUDIENCE, Mint, b64

PEM = serialization.Encoding.PEM
SIGNING = ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
           "Ed25519"]
ENCRYPTING = ["RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A256KW", "A256KW", "A256GCM", "A256CBC-HS512"]
REQUIRED = {"oct": ("k", "kty"), "RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x"),
            "AKP": ("alg", "kty", "pub")}


def thumbprint(jwk: dict) -> str:
    members = {name: jwk[name] for name in REQUIRED[jwk["kty"]]}
    text = json.dumps(members, separators=(",", ":"), sort_keys=True)
    return b64(hashlib.sha256(text.encode()).digest()).decode()


def key_box(studio) -> str:
    return studio.page.get_by_role("textbox", name="Key", exact=True).input_value()


def give(studio, text: str, token: str | None = None):
    if token is not None:
        studio.fill("#token", token)
    studio.fill("#key", text)
    settle(studio)


def settle(studio):
    """Hashes and public halves come from WebCrypto, a moment after the verdict."""
    studio.settle()
    expect(studio.page.locator("#keys-panel")).to_have_attribute("aria-busy", "false")


def generate(studio, algorithm: str, **choices) -> dict:
    page = studio.page
    if page.get_by_role("button", name="Generate key").is_hidden():
        page.get_by_role("button", name="Generate", exact=True).click()
    page.get_by_label("Algorithm", exact=True).select_option(algorithm)
    for label, value in choices.items():
        page.get_by_label({"size": "Bits of the modulus", "curve": "Curve"}[label]).select_option(value)
    page.get_by_role("button", name="Generate key").click()
    expect(page.get_by_text(f"A new {algorithm} key is in the box")).to_be_visible(timeout=60_000)
    settle(studio)
    return json.loads(key_box(studio))


def described(studio) -> dict:
    """The table of what the key is, by its row headers."""
    details = studio.page.get_by_text("What this key is")
    expect(details).to_be_visible()
    if not details.evaluate("node => node.parentElement.open"):
        details.click()
    rows = {}
    for row in studio.page.get_by_role("row").all():
        rows.setdefault(row.get_by_role("rowheader").inner_text(), row.get_by_role("cell").inner_text())
    return rows


def converted(studio, form: str) -> str:
    page = studio.page
    if page.get_by_label("Write as").is_hidden():
        page.get_by_role("button", name="Convert", exact=True).click()
    page.get_by_label("Write as").select_option(label=form)
    return page.get_by_label("The key in this form").input_value()


# Generate


@pytest.mark.parametrize("algorithm", SIGNING + ENCRYPTING)
def test_a_new_key_is_a_private_jwk_with_its_name(kept_studio, algorithm):
    jwk = generate(kept_studio, algorithm)
    assert jwk["alg"] == algorithm and jwk["use"] == ("sig" if algorithm in SIGNING else "enc")
    assert set(jwk) & {"key_ops", "ext"} == set()
    if jwk["kty"] == "oct":
        wanted = {"HS256": 32, "HS384": 48, "HS512": 64, "A256KW": 32, "A256GCM": 32, "A256CBC-HS512": 64}[algorithm]
        assert len(base64.urlsafe_b64decode(jwk["k"] + "==")) == wanted
        # Anybody could test guesses against a hash of the secret.
        assert jwk["kid"] != thumbprint(jwk) and len(jwk["kid"]) == 22
    else:
        assert "d" in jwk and jwk["kid"] == thumbprint(jwk)
    assert kept_studio.page.locator("#key-found").get_attribute("data-kind") == "jwk"


@pytest.mark.parametrize("size", ["2048", "3072", "4096"])
def test_the_modulus_has_the_chosen_size(kept_studio, size):
    jwk = generate(kept_studio, "PS256", size=size)
    assert int.from_bytes(base64.urlsafe_b64decode(jwk["n"] + "==")).bit_length() == int(size)
    assert described(kept_studio)["Size"] == f"{size} bits"


@pytest.mark.parametrize("curve", ["P-256", "P-384", "P-521", "X25519"])
def test_a_key_for_agreement_is_on_the_chosen_curve(kept_studio, curve):
    jwk = generate(kept_studio, "ECDH-ES", curve=curve)
    assert (jwk["kty"], jwk["crv"]) == ("OKP" if curve == "X25519" else "EC", curve)
    assert jwk["kid"] == thumbprint(jwk)


@pytest.mark.parametrize("algorithm", ["ML-DSA-65", "ML-DSA-87"])
def test_a_new_ml_dsa_key_has_its_seed(kept_studio, algorithm):
    """Recent browsers have it; one that lacks it says so, which the next test holds."""
    lacks = kept_studio.page.evaluate("""name => crypto.subtle.generateKey({name}, false, ["sign", "verify"]).then(() => false, () => true)""", algorithm)
    if lacks:
        pytest.skip(f"this browser's WebCrypto does not know {algorithm}")
    jwk = generate(kept_studio, algorithm)
    assert (jwk["kty"], jwk["alg"], jwk["use"]) == ("AKP", algorithm, "sig")
    assert len(base64.urlsafe_b64decode(jwk["priv"] + "==")) == 32 and jwk["kid"] == thumbprint(jwk)
    rows = described(kept_studio)
    assert rows["Parameter set"] == algorithm and "also for a quantum computer" in rows["Strength"]


def test_what_the_browser_lacks_is_listed_with_the_reason(studio):
    page = studio.page
    page.evaluate("""() => {
        const generate = SubtleCrypto.prototype.generateKey
        SubtleCrypto.prototype.generateKey = function (algorithm, ...rest) {
            return algorithm.name === "ML-DSA-65"
                ? Promise.reject(new DOMException("", "NotSupportedError")) : generate.call(this, algorithm, ...rest)
        }
    }""")
    page.get_by_role("button", name="Generate", exact=True).click()
    option = page.get_by_label("Algorithm", exact=True).locator("option[value='ML-DSA-65']")
    expect(option).to_have_text("ML-DSA-65 (not in this browser)")
    expect(option).to_be_disabled()
    expect(page.get_by_text("does not know ML-DSA-65")).to_be_visible()
    expect(page.get_by_label("Algorithm", exact=True).locator("option[value='Ed25519']")).to_be_enabled()


def test_what_was_in_the_box_can_be_put_back(studio, mint):
    before = mint.private_pem("ES256").decode()
    give(studio, before)
    generate(studio, "Ed25519")
    studio.page.get_by_role("button", name="Put back what was there").click()
    assert key_box(studio) == before
    assert studio.page.get_by_role("button", name="Put back what was there").is_hidden()


def test_a_new_key_is_forgotten_with_the_page(studio):
    generate(studio, "ES256")
    studio.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert key_box(studio) == ""


# What this key is


def test_the_table_says_what_a_key_is(studio, mint):
    jwk = mint.jwk("ES256")
    give(studio, json.dumps({**jwk, "key_ops": ["verify"]}))
    rows = described(studio)
    assert rows["Type"] == "Elliptic curve key kty EC" and rows["Curve"] == "P-256"
    assert rows["Secrecy"] == "public" and "128 bits of security" in rows["Strength"]
    assert (rows["kid"], rows["alg"], rows["use"], rows["key_ops"]) == ("ec-1", "ES256", "sig", "verify")
    assert rows["Thumbprint (SHA-256)"] == thumbprint(jwk)
    assert rows["Thumbprint URI"] == f"urn:ietf:params:oauth:jwk-thumbprint:sha-256:{thumbprint(jwk)}"


def test_a_secret_has_no_thumbprint(studio):
    give(studio, b64(os.urandom(40)).decode())
    rows = described(studio)
    assert rows["Type"] == "Shared secret kty oct" and rows["Size"] == "432 bits"
    assert "Thumbprint (SHA-256)" not in rows


def test_the_key_that_the_token_names_is_marked(studio, mint):
    give(studio, json.dumps(mint.public_set()), mint.token("ES256").decode())
    studio.page.get_by_text("What this key is").click()
    marked = [text for text in studio.page.locator("summary").all_inner_texts() if "the token's kid" in text]
    assert len(marked) == 1 and "ec-1" in marked[0]
    assert studio.page.get_by_role("rowheader", name="Curve").count() == 1, "only the marked key is open"


@pytest.mark.parametrize("alg", ["ES256", "Ed25519"])
def test_a_public_half_that_does_not_belong_is_told(studio, mint, alg):
    other = Mint().jwk(alg)
    private = private_jwk(mint, alg)
    give(studio, json.dumps({**private, **{name: other[name] for name in ("x", "y") if name in other}}))
    assert "does not belong" in described(studio)["Problem"]


def test_a_certificate_is_told_with_its_names(studio):
    key, pem = certificate()
    give(studio, pem)
    rows = described(studio)
    assert rows["Subject"] == "CN=studio.example" and rows["Issuer"] == "CN=studio.example"
    assert rows["Not before"].startswith("2020-01-02T03:04:05Z") and "expired" in rows["Not after"]
    assert rows["Serial number"] == "2a"
    assert rows["Alternative names"].split() == ["DNS:studio.example", "DNS:www.studio.example", "IP:192.0.2.7"]
    der = x509.load_pem_x509_certificate(pem.encode()).public_bytes(serialization.Encoding.DER)
    assert rows["SHA-256"] == hashlib.sha256(der).hexdigest()


def test_a_certificate_with_another_hash_is_told(studio):
    key, pem = certificate()
    der = x509.load_pem_x509_certificate(pem.encode()).public_bytes(serialization.Encoding.DER)
    numbers = key.public_key().public_numbers()
    jwk = {"kty": "EC", "crv": "P-256", "x": b64(numbers.x.to_bytes(32)).decode(), "y": b64(numbers.y.to_bytes(32)).decode(),
           "x5c": [base64.b64encode(der).decode()]}
    give(studio, json.dumps({**jwk, "x5t#S256": b64(hashlib.sha256(der).digest()).decode()}))
    assert "Problem" not in described(studio)
    give(studio, json.dumps({**jwk, "x5t#S256": b64(bytes(32)).decode()}))
    expect(studio.page.get_by_role("cell", name=re.compile("key-certificate-mismatch"))).to_be_visible()


# Convert


def test_the_tools_work_by_keyboard(studio, mint):
    give(studio, json.dumps(mint.jwk("ES256")))
    page = studio.page
    opener = page.get_by_role("button", name="Convert", exact=True)
    opener.focus()
    page.keyboard.press("Enter")
    assert opener.get_attribute("aria-expanded") == "true"
    # What is there is a JWK, so the other form comes first.
    assert page.get_by_label("The key in this form").input_value() == mint.public_pem("ES256").decode()
    page.get_by_label("Write as").focus()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Write as")).to_be_hidden()
    expect(opener).to_be_focused()


def private_jwk(mint, alg) -> dict:
    private = mint.private(alg)
    if alg == "ES256":
        return {**mint.jwk(alg), "d": b64(private.private_numbers().private_value.to_bytes(32)).decode()}
    return {**mint.jwk(alg), "d": b64(private.private_bytes_raw()).decode()}


def test_an_rsa_key_is_written_in_every_form(studio, mint):
    give(studio, mint.private_pem("RS256").decode())
    private, public = mint.rsa, mint.rsa.public_key()
    none = serialization.NoEncryption()
    formats, publics = serialization.PrivateFormat, serialization.PublicFormat
    assert converted(studio, "PEM, SPKI") == public.public_bytes(PEM, publics.SubjectPublicKeyInfo).decode()
    assert converted(studio, "PEM, PKCS#8") == private.private_bytes(PEM, formats.PKCS8, none).decode()
    select = studio.page.get_by_label("Write as")
    select.select_option("pkcs1")
    text = studio.page.get_by_label("The key in this form")
    assert text.input_value() == private.private_bytes(PEM, formats.TraditionalOpenSSL, none).decode()
    select.select_option("pkcs1-public")
    assert text.input_value() == public.public_bytes(PEM, publics.PKCS1).decode()
    jwk = json.loads(converted(studio, "JWK"))
    assert jwk["alg"] == "RS256" and int.from_bytes(base64.urlsafe_b64decode(jwk["qi"] + "==")) == private.private_numbers().iqmp
    assert set(json.loads(converted(studio, "JWK, public half"))) == {"kty", "n", "e", "alg", "use"}
    assert "sec1" not in select.locator("option").evaluate_all("options => options.map(option => option.value)")


def test_an_ec_key_is_written_in_every_form(studio, mint):
    give(studio, json.dumps(private_jwk(mint, "ES256")))
    none, formats = serialization.NoEncryption(), serialization.PrivateFormat
    assert converted(studio, "PEM, PKCS#8") == mint.ec.private_bytes(PEM, formats.PKCS8, none).decode()
    assert converted(studio, "PEM, SEC1") == mint.ec.private_bytes(PEM, formats.TraditionalOpenSSL, none).decode()
    assert json.loads(converted(studio, "JWK set, public halves")) == {"keys": [mint.jwk("ES256")]}
    assert json.loads(converted(studio, "JWK set")) == {"keys": [private_jwk(mint, "ES256")]}


@pytest.mark.parametrize("kind", ["Ed25519", "X25519", "P-256"])
def test_a_private_part_alone_is_completed(studio, mint, kind):
    """PKCS#8 of Ed25519 and X25519 has no public key in it as a rule (RFC 8410 section 7), PKCS#8 of EC may leave it out."""
    if kind == "P-256":
        key = mint.ec
        scalar = key.private_numbers().private_value.to_bytes(32)
        sec1 = b"\x30\x25\x02\x01\x01\x04\x20" + scalar
        identifier = bytes.fromhex("301306072a8648ce3d020106082a8648ce3d030107")
        inner = b"\x02\x01\x00" + identifier + b"\x04" + bytes([len(sec1)]) + sec1
        pem = "-----BEGIN PRIVATE KEY-----\n" + base64.b64encode(b"\x30" + bytes([len(inner)]) + inner).decode() + "\n-----END PRIVATE KEY-----\n"
    else:
        key = {"Ed25519": ed25519.Ed25519PrivateKey, "X25519": x25519.X25519PrivateKey}[kind].generate()
        pem = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
    give(studio, pem)
    public = key.public_key().public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    assert converted(studio, "PEM, SPKI") == public
    studio.page.get_by_role("button", name="Public half").click()
    assert key_box(studio) == public


def test_a_private_part_that_cannot_be_completed_says_so(studio):
    """No browser knows secp256k1."""
    key = ec.generate_private_key(ec.SECP256K1())
    jwk = {"kty": "EC", "crv": "secp256k1", "d": b64(key.private_numbers().private_value.to_bytes(32)).decode()}
    sec1 = b"\x30\x2e\x02\x01\x01\x04\x20" + base64.urlsafe_b64decode(jwk["d"] + "==") + bytes.fromhex("a00706052b8104000a")
    give(studio, "-----BEGIN EC PRIVATE KEY-----\n" + base64.b64encode(sec1).decode() + "\n-----END EC PRIVATE KEY-----\n")
    studio.page.get_by_role("button", name="Public half").click()
    expect(studio.page.get_by_role("status").filter(has_text="the private part alone")).to_be_visible()
    assert "EC PRIVATE KEY" in key_box(studio)


def test_a_secret_is_written_in_every_form(studio):
    secret = "pässword of more than thirty-two bytes"
    give(studio, secret)
    raw = secret.encode()
    assert converted(studio, "Secret as text") == secret
    assert converted(studio, "Secret in hex") == raw.hex()
    assert converted(studio, "Secret in base64") == base64.b64encode(raw).decode()
    assert converted(studio, "Secret in base64url") == b64(raw).decode()
    assert json.loads(converted(studio, "JWK")) == {"k": b64(raw).decode(), "kty": "oct", "alg": "HS256", "use": "sig"}
    assert studio.page.get_by_role("button", name="Public half").is_disabled()


def test_a_conversion_is_downloaded(studio, mint):
    give(studio, json.dumps(mint.jwk("ES256")))
    text = converted(studio, "PEM, SPKI")
    with studio.page.expect_download() as download:
        studio.page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "public-key.pem"
    assert Path(download.value.path()).read_text() == text == mint.public_pem("ES256").decode()


def test_a_private_form_is_marked_and_goes_with_its_key(studio, mint):
    give(studio, mint.private_pem("ES256").decode())
    assert "PRIVATE" not in converted(studio, "PEM, SPKI")
    assert studio.page.get_by_text("This is the whole secret").is_hidden()
    converted(studio, "PEM, PKCS#8")
    expect(studio.page.get_by_text("This is the whole secret")).to_be_visible()
    give(studio, "")
    assert studio.page.locator("#keys-convert-text").input_value() == ""
    assert studio.page.get_by_role("button", name="Convert", exact=True).is_disabled()


def test_the_public_half_of_a_set_is_a_set(studio, mint):
    private = {"keys": [private_jwk(mint, "ES256"), private_jwk(mint, "Ed25519")]}
    give(studio, json.dumps(private))
    studio.page.get_by_role("button", name="Public half").click()
    settle(studio)
    assert json.loads(key_box(studio)) == {"keys": [mint.jwk("ES256"), mint.jwk("Ed25519")]}


def test_a_token_is_judged_with_the_public_half(studio, mint):
    pem = mint.private_pem("Ed25519").decode()
    give(studio, pem, mint.token("Ed25519").decode())
    studio.fill("#audience", AUDIENCE)
    studio.page.get_by_role("button", name="Public half").click()
    settle(studio)
    assert studio.verdict()["verdict"] == "valid"


# Key is for


def test_a_secret_can_be_for_another_hash(studio):
    secret = os.urandom(64)
    text = b64(secret).decode()
    signing_input = b64(b'{"alg":"HS512"}') + b"." + b64(b'{"sub":"a"}')
    import hmac
    token = (signing_input + b"." + b64(hmac.digest(text.encode(), signing_input, "sha512"))).decode()
    give(studio, text, token)
    assert studio.verdict()["code"] == "algorithm-not-allowed"
    studio.page.get_by_label("Key is for").select_option("HS512")
    settle(studio)
    assert studio.verdict()["verdict"] == "valid"
    assert "chosen above" in described(studio)["alg"]


def test_only_what_the_kind_of_key_can_be_for_is_offered(studio, mint):
    def offered():
        return studio.page.get_by_label("Key is for").locator("option:not([hidden])").evaluate_all(
            "options => options.map(option => option.value)")

    give(studio, mint.public_pem("RS256").decode())
    assert offered() == ["auto", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "RSA-OAEP", "RSA-OAEP-256"]
    studio.page.get_by_label("Key is for").select_option("PS384")
    settle(studio)
    assert described(studio)["alg"].startswith("PS384")
    # What one key was chosen to be for says nothing about the next.
    give(studio, mint.public_pem("Ed25519").decode())
    assert offered() == ["auto", "Ed25519"]
    expect(studio.page.get_by_label("Key is for")).to_have_value("auto")
    assert studio.page.locator("#key-found").get_attribute("data-kind") == "pem"
    give(studio, json.dumps(mint.jwk("RS256")))
    expect(studio.page.get_by_label("Key is for")).to_be_hidden()


def certificate() -> tuple:
    import ipaddress
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "studio.example")])
    start = datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    names = [x509.DNSName("studio.example"), x509.DNSName("www.studio.example"), x509.IPAddress(ipaddress.ip_address("192.0.2.7"))]
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(42)
            .not_valid_before(start).not_valid_after(start + timedelta(days=365))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(names), critical=False).sign(key, hashes.SHA256()))
    return key, made.public_bytes(PEM).decode()
