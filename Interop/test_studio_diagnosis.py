"""Mistakes made on purpose, explained and repaired by the page."""

import base64
import hashlib
import hmac
import json
import os
import re

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from token_mint import b64, compact, unb64

SECRET = bytes(range(7, 47))
CLAIMS = {"sub": "anna", "iss": "https://issuer.example", "n": [1, 2]}


def hs(secret: bytes, alg="HS256", header=None, payload=None, over=None) -> str:
    hash_name = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}[alg]
    signed = b64(compact(header or {"alg": alg, "typ": "JWT"})) + b"." + b64(compact(payload or CLAIMS))
    return (signed + b"." + b64(hmac.new(secret, over or signed, hash_name).digest())).decode()


def give(studio, token: str, key: str, form="auto"):
    page = studio.page
    page.get_by_label("Secret is written as").select_option(form)
    page.get_by_role("textbox", name="Key", exact=True).fill(key)
    page.get_by_role("textbox", name="Encoded token", exact=True).fill(token)
    studio.settle()


def panel(studio):
    return studio.page.get_by_role("region", name="Why does it not verify?")


def report(studio):
    """Asks for all attempts where the first few were not enough."""
    status = panel(studio).get_by_role("status")
    more = panel(studio).get_by_role("button", name=re.compile("Try .* more"))
    status.or_(more).first.wait_for()
    if more.count():
        more.click()
    status.wait_for(timeout=30_000)
    return panel(studio).inner_text()


FORMS = {
    "base64": base64.b64encode(SECRET).decode(),
    "base64url": b64(SECRET + b"\xfb").decode(),
    "hexadecimal": SECRET.hex(),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_in_another_form_is_explained_and_repaired(studio, form):
    secret = SECRET + b"\xfb" if form == "base64url" else SECRET
    give(studio, hs(secret), FORMS[form])
    assert studio.verdict()["code"] == "signature-mismatch"
    assert "its decoded bytes are the key" in report(studio)
    panel(studio).get_by_role("button", name=f"Read the secret as {form}").click()
    studio.settle()
    assert studio.verdict()["verdict"] == "valid"
    assert studio.page.get_by_label("Secret is written as").input_value() == form.replace("hexadecimal", "hex")
    panel(studio).get_by_role("button", name="Undo").click()
    studio.settle()
    assert studio.verdict()["code"] == "signature-mismatch"
    assert studio.page.get_by_label("Secret is written as").input_value() == "auto"


@pytest.mark.parametrize("given, used, code", [
    (SECRET.hex() + "\n", SECRET.hex().encode(), "secret-blank-around"),
    ('"' + SECRET.hex() + '"', SECRET.hex().encode(), "secret-quoted"),
    ("JWT_SECRET=" + SECRET.hex(), SECRET.hex().encode(), "secret-assignment"),
    (SECRET.hex().upper(), SECRET.hex().encode(), "secret-letter-case"),
    ("JWT_SECRET=" + base64.b64encode(SECRET).decode(), SECRET, "secret-is-base64"),
    (SECRET.hex(), SECRET.hex().encode() + b"\n", "secret-blank-missing"),
    (SECRET.hex(), SECRET.hex().encode("utf-16-le"), "secret-utf16"),
    ("a secret of thirty-two characters", base64.b64encode(b"a secret of thirty-two characters"), "secret-signed-as-base64"),
], ids=["blank", "quoted", "assignment", "case", "assigned-base64", "blank-missing", "utf16", "signed-as-base64"])
def test_what_sticks_to_a_secret_is_taken_away(studio, given, used, code):
    give(studio, hs(used), given)
    assert code in report(studio)
    panel(studio).get_by_role("button", name=re.compile("^(Put in the secret|Read the secret)")).click()
    studio.settle()
    assert studio.verdict()["verdict"] == "valid"


def test_a_short_secret_verifies_and_is_refused_all_the_same(studio):
    give(studio, hs(b"your-256-bit-secret"), "your-256-bit-secret")
    text = report(studio)
    assert "The signature verifies with this key" in text and "at least 32 bytes" in text
    assert panel(studio).get_by_role("button").count() == 0, "nothing can repair a weak secret"


def test_a_secret_for_another_hash(studio):
    secret = SECRET + SECRET
    give(studio, hs(secret, "HS512"), secret.hex(), "hex")
    assert studio.verdict()["verdict"] == "refused"
    report(studio)
    panel(studio).get_by_role("button", name="Use the key for HS512").click()
    studio.settle()
    assert studio.verdict()["verdict"] == "valid"


def test_an_empty_secret_is_found_out(studio):
    give(studio, hs(b""), "what the setting should have been, but it was not found")
    assert "secret-empty" in report(studio)


@pytest.fixture(scope="module")
def rsa_key():
    return rsa.generate_private_key(65537, 2048)


def public_pem(key) -> str:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def rs(key, alg="RS256", pad=None, header=None) -> str:
    signed = b64(compact(header or {"alg": alg})) + b"." + b64(compact(CLAIMS))
    return (signed + b"." + b64(key.sign(signed, pad or padding.PKCS1v15(), hashes.SHA256()))).decode()


PSS = padding.PSS(padding.MGF1(hashes.SHA256()), 32)


def test_a_pem_that_lost_its_line_breaks(studio, rsa_key):
    give(studio, rs(rsa_key), public_pem(rsa_key).replace("\n", "\\n"))
    assert "key-damaged" in report(studio)
    panel(studio).get_by_role("button", name="Put in the key that signed it").click()
    studio.settle()
    assert studio.verdict()["verdict"] == "valid"
    assert studio.page.get_by_role("textbox", name="Key", exact=True).input_value().strip() == public_pem(rsa_key).strip()


def test_a_key_that_is_taken_for_the_other_padding(studio, rsa_key):
    give(studio, rs(rsa_key, "PS256", PSS), public_pem(rsa_key))
    assert "taken to be for RS256" in report(studio)
    panel(studio).get_by_role("button", name="Use the key for PS256").click()
    studio.settle()
    assert studio.verdict()["verdict"] == "valid"


def test_the_other_padding_under_an_untrue_header(studio, rsa_key):
    give(studio, rs(rsa_key, "RS256", PSS), public_pem(rsa_key))
    assert "padding-mismatch" in report(studio)


def test_the_public_key_as_a_secret_is_never_repaired(studio, rsa_key):
    pem = public_pem(rsa_key)
    give(studio, hs(pem.encode()), pem)
    text = report(studio)
    assert "public-key-as-secret" in text and "attack" in text
    assert panel(studio).get_by_role("button").count() == 0


def test_a_signature_in_der_is_put_right(studio):
    key = ec.generate_private_key(ec.SECP256R1())
    signed = b64(compact({"alg": "ES256"})) + b"." + b64(compact(CLAIMS))
    token = signed + b"." + b64(key.sign(signed, ec.ECDSA(hashes.SHA256())))
    give(studio, token.decode(), public_pem(key))
    assert "signature-der" in report(studio)
    panel(studio).get_by_role("button", name="Put in the mended token").click()
    studio.settle()
    assert studio.verdict()["verdict"] == "valid"


def test_another_hash_under_ecdsa(studio):
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    key = ec.generate_private_key(ec.SECP256R1())
    signed = b64(compact({"alg": "ES256"})) + b"." + b64(compact(CLAIMS))
    r, s = decode_dss_signature(key.sign(signed, ec.ECDSA(hashes.SHA384())))
    token = signed + b"." + b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    give(studio, token.decode(), public_pem(key))
    assert "It was made with SHA-384" in report(studio)


def test_a_payload_that_was_written_anew(studio):
    token = hs(SECRET)
    head, payload, signature = token.split(".")
    spaced = b64(json.dumps(json.loads(unb64(payload.encode()))).encode()).decode()
    give(studio, f"{head}.{spaced}.{signature}", SECRET.hex(), "hex")
    assert "part-reserialized" in report(studio)
    panel(studio).get_by_role("button", name="Put in the mended token").click()
    studio.settle()
    assert studio.verdict()["verdict"] == "valid"
    assert studio.page.get_by_role("textbox", name="Encoded token", exact=True).input_value() == token


def test_two_repairs_at_once(studio):
    token = hs(SECRET)
    head, payload, signature = token.split(".")
    spaced = b64(json.dumps(json.loads(unb64(payload.encode()))).encode()).decode()
    give(studio, f"{head}.{spaced}.{signature}", SECRET.hex())
    report(studio)
    panel(studio).get_by_role("button", name="Repair it").click()
    studio.settle()
    assert studio.verdict()["verdict"] == "valid"


def test_a_token_that_was_cut_off(studio):
    give(studio, hs(SECRET)[:-8], SECRET.hex(), "hex")
    text = report(studio)
    # Not for want of another explanation: the secret is the right one.
    assert "token-truncated" in text and "one attempt" in text


def test_a_common_secret_is_found(studio):
    give(studio, hs(b"password123"), "another secret that has nothing to do with it")
    text = report(studio)
    assert "found by trying common ones" in text
    assert "password123" not in text


def test_nothing_explains_another_key(studio, rsa_key):
    other = rsa.generate_private_key(65537, 2048)
    give(studio, rs(rsa_key), public_pem(other))
    assert "None of the usual mistakes explains it" in report(studio)


def test_what_verifies_asks_nothing(studio):
    give(studio, hs(SECRET), SECRET.hex(), "hex")
    assert studio.verdict()["verdict"] == "valid"
    assert panel(studio).count() == 0
    give(studio, hs(SECRET, payload={"exp": 1}), SECRET.hex(), "hex")
    assert studio.verdict()["code"] == "token-expired"
    assert panel(studio).count() == 0


def test_two_thousand_attempts_do_not_stop_the_page(studio):
    """A token of some size; no task of the page may last longer than a person notices."""
    page = studio.page
    page.evaluate("""() => {
        window.long = []
        new PerformanceObserver(list => { for (const entry of list.getEntries()) window.long.push(entry.duration) })
            .observe({ type: 'longtask', buffered: false })
    }""")
    claims = CLAIMS | {"roles": [f"role-{number}" for number in range(40)]}
    give(studio, hs(b"not a common one, nor the one given", payload=claims), "JWT_SECRET=" + base64.b64encode(SECRET).decode())
    more = panel(studio).get_by_role("button", name=re.compile("Try .* more"))
    more.wait_for()
    attempts = int(re.search(r"\d+", more.inner_text())[0])
    assert attempts > 2_000
    page.wait_for_timeout(300)
    page.evaluate("window.long = []")
    more.click()
    panel(studio).get_by_role("status").wait_for(timeout=60_000)
    assert "None of the usual mistakes" in panel(studio).inner_text()
    long = page.evaluate("window.long")
    # A machine that does other things at the same time may hold one of the many batches up, not each.
    assert len(long) <= (0 if os.getloadavg()[0] < 1 else attempts / 64 / 5), long


def test_a_change_of_the_bench_cancels(studio):
    give(studio, hs(b"not a common one, nor the one given"), SECRET.hex() + "==")
    panel(studio).get_by_role("button", name=re.compile("Try .* more")).click()
    panel(studio).get_by_role("progressbar").wait_for()
    give(studio, hs(SECRET), SECRET.hex())
    repair = panel(studio).get_by_role("button", name="Read the secret as hexadecimal")
    repair.wait_for()
    assert panel(studio).get_by_role("progressbar").count() == 0
    # What was given up must not come to an end after all.
    studio.page.wait_for_timeout(4_000)
    assert repair.count() == 1 and panel(studio).get_by_role("progressbar").count() == 0
    give(studio, hs(b"not a common one, nor the one given"), SECRET.hex() + "==")
    panel(studio).get_by_role("button", name=re.compile("Try .* more")).click()
    panel(studio).get_by_role("button", name="Stop").click()
    panel(studio).get_by_role("button", name=re.compile("Try .* more")).wait_for()


def test_the_repair_never_shows_the_secret(studio):
    give(studio, hs(SECRET), '"' + SECRET.hex() + '"', "auto")
    text = report(studio)
    assert SECRET.hex() not in text
