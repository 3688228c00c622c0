"""Encrypted tokens between the page and other libraries, in both directions."""

import json
import re

import pytest
from joserfc import jwe as joserfc_jwe
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from jwcrypto import jwe as jwcrypto_jwe
from jwcrypto import jwk as jwcrypto_jwk

from token_mint import b64, compact, unb64

CLAIMS = {"sub": "anna", "big": 12345678901234567890}
CONTENT_ALGORITHMS = ["A128GCM", "A256GCM", "A128CBC-HS256", "A256CBC-HS512"]
WITH_192 = ["A192GCM", "A192CBC-HS384"]
KEYS = {
    "dir": lambda enc: OctKey.generate_key({"A128GCM": 128, "A256GCM": 256, "A128CBC-HS256": 256, "A256CBC-HS512": 512}[enc]),
    "A128KW": lambda _: OctKey.generate_key(128),
    "A256KW": lambda _: OctKey.generate_key(256),
    "A128GCMKW": lambda _: OctKey.generate_key(128),
    "A256GCMKW": lambda _: OctKey.generate_key(256),
    "RSA-OAEP": lambda _: RSAKey.generate_key(2048),
    "RSA-OAEP-256": lambda _: RSAKey.generate_key(2048),
    "PBES2-HS256+A128KW": lambda _: OctKey.import_key("correct horse battery staple"),
    "PBES2-HS512+A256KW": lambda _: OctKey.import_key("correct horse battery staple"),
}
for family in ("ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"):
    KEYS[family] = lambda _: ECKey.generate_key("P-256")
CASES = [(alg, enc) for alg in KEYS for enc in CONTENT_ALGORITHMS]
CURVES = ["P-256", "P-384", "P-521", "X25519"]


@pytest.fixture
def studio(kept_studio):
    kept_studio.page.set_default_timeout(20_000)
    return kept_studio


def panel(studio):
    return studio.page.get_by_role("region", name="Encryption", exact=True)


def give(studio, token: str, key: str, form="auto"):
    page = studio.page
    page.get_by_label("Secret is written as").select_option(form)
    page.get_by_role("textbox", name="Key", exact=True).fill(key)
    page.get_by_role("textbox", name="Encoded token", exact=True).fill(token)
    studio.settle()


def jwk(key) -> str:
    return json.dumps(key.as_dict(private=True))


def sealed(alg, enc, key, content=None, **header) -> str:
    registry = joserfc_jwe.JWERegistry(algorithms=[alg, enc, "DEF"])
    return joserfc_jwe.encrypt_compact(
        {"alg": alg, "enc": enc, **header}, content or compact(CLAIMS), key, registry=registry)


def opened(studio):
    panel(studio).get_by_text("Opened.").wait_for(timeout=20_000)
    return panel(studio)


def refused(studio) -> str:
    panel(studio).get_by_text("Refused.").wait_for(timeout=20_000)
    return panel(studio).inner_text()


@pytest.mark.parametrize("alg, enc", CASES)
def test_what_joserfc_encrypts_is_opened(studio, alg, enc):
    key = KEYS[alg](enc)
    give(studio, sealed(alg, enc, key), jwk(key))
    assert "12345678901234567890" in opened(studio).inner_text()
    assert f"{alg} with {enc}" in panel(studio).inner_text()


@pytest.mark.parametrize("alg", ["ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"])
@pytest.mark.parametrize("curve", CURVES)
def test_curves(studio, alg, curve):
    key = OKPKey.generate_key("X25519") if curve == "X25519" else ECKey.generate_key(curve)
    give(studio, sealed(alg, "A256CBC-HS512", key, apu="QWxpY2U", apv="Qm9i"), jwk(key))
    assert "12345678901234567890" in opened(studio).inner_text()


@pytest.mark.parametrize("curve", CURVES)
def test_private_keys_in_pem(studio, curve):
    key = OKPKey.generate_key("X25519") if curve == "X25519" else ECKey.generate_key(curve)
    give(studio, sealed("ECDH-ES+A256KW", "A256GCM", key), key.as_pem(private=True).decode())
    opened(studio)


def choose(studio, what: str, alg: str, enc: str, text=None, iterations="250000") -> str:
    """joserfc refuses p2c from 300,000 on, which are fewer than the page takes by itself."""
    section = panel(studio)
    if not section.get_by_label("What", exact=True).is_visible():
        section.get_by_text("Encrypt", exact=True).first.click()
    section.get_by_label("What", exact=True).select_option(what)
    if text is not None:
        section.get_by_label("Text", exact=True).fill(text)
    section.get_by_label("Key encryption (alg)").select_option(alg)
    section.get_by_label("Content encryption (enc)").select_option(enc)
    if alg.startswith("PBES2"):
        assert section.get_by_label("Iterations (p2c)").input_value() in ("600000", iterations)
        section.get_by_label("Iterations (p2c)").fill(iterations)
    section.get_by_role("button", name="Encrypt").click()
    made = section.get_by_label("The encrypted token")
    made.wait_for(timeout=20_000)
    return made.input_value()


@pytest.mark.parametrize("alg, enc", CASES)
def test_what_the_page_encrypts_is_opened_by_joserfc(studio, alg, enc):
    key = KEYS[alg](enc)
    give(studio, "", jwk(key))
    token = choose(studio, "text", alg, enc, "für Anna")
    registry = joserfc_jwe.JWERegistry(algorithms=[alg, enc])
    found = joserfc_jwe.decrypt_compact(token, key, registry=registry)
    assert found.plaintext == "für Anna".encode()
    assert found.headers()["alg"] == alg and found.headers()["enc"] == enc
    assert found.headers().get("p2c", 250_000) == 250_000
    panel(studio).get_by_role("button", name="Put it into the token box").click()
    studio.settle()
    assert "für Anna" in opened(studio).inner_text()


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("alg", ["ECDH-ES", "ECDH-ES+A256KW"])
def test_what_the_page_encrypts_is_opened_by_jwcrypto(studio, alg, curve):
    kind = {"kty": "OKP"} if curve == "X25519" else {"kty": "EC"}
    key = jwcrypto_jwk.JWK.generate(**kind, crv=curve)
    give(studio, "", key.export_public())
    token = choose(studio, "text", alg, "A256CBC-HS512", "hello")
    found = jwcrypto_jwe.JWE()
    found.deserialize(token, key)
    assert found.payload == b"hello"


def test_two_tokens_share_no_chance(studio):
    key = OctKey.generate_key(256)
    give(studio, "", jwk(key))
    first = choose(studio, "text", "A256GCMKW", "A256GCM", "x").split(".")
    second = choose(studio, "text", "A256GCMKW", "A256GCM", "x").split(".")
    assert all(one != other for one, other in zip(first, second))


def test_a_nested_token_and_back(studio, mint):
    key = RSAKey.generate_key(2048)
    signed = mint.token().decode()
    give(studio, signed, jwk(key))
    token = choose(studio, "token", "RSA-OAEP-256", "A256GCM")
    assert json.loads(unb64(token.split(".")[0].encode()))["cty"] == "JWT"
    panel(studio).get_by_role("button", name="Put it into the token box").click()
    studio.settle()
    opened(studio)
    panel(studio).get_by_role("button", name="Read the token inside").click()
    studio.settle()
    assert studio.page.get_by_role("textbox", name="Encoded token", exact=True).input_value() == signed
    panel(studio).get_by_role("button", name="Back to the encrypted token").click()
    studio.settle()
    assert studio.page.get_by_role("textbox", name="Encoded token", exact=True).input_value() == token


def test_claims_keep_their_digits(studio, mint):
    key = OctKey.generate_key(256)
    give(studio, mint.token(claims=mint.claims(big=10**24 + 7)).decode(), jwk(key))
    token = choose(studio, "claims", "A256KW", "A128GCM")
    registry = joserfc_jwe.JWERegistry(algorithms=["A256KW", "A128GCM"])
    assert str(10**24 + 7) in joserfc_jwe.decrypt_compact(token, key, registry=registry).plaintext.decode()


@pytest.mark.parametrize("general", [False, True])
def test_the_json_forms(studio, general):
    keys = [jwcrypto_jwk.JWK.generate(kty="oct", size=256) for _ in range(2 if general else 1)]
    token = jwcrypto_jwe.JWE(b"in JSON", json.dumps({"enc": "A256GCM"}), unprotected={"note": "a b"})
    for key in keys:
        token.add_recipient(key, json.dumps({"alg": "A256KW"}))
    give(studio, token.serialize(), keys[-1].export())
    assert "in JSON" in opened(studio).inner_text()
    assert ("for 2 recipients" in panel(studio).inner_text()) == general


def test_a_bare_secret_is_read_by_its_length(studio):
    key = OctKey.generate_key(256)
    secret = key.as_dict(private=True)["k"]
    give(studio, sealed("A256KW", "A256GCM", key), secret)
    assert "read as base64url" in opened(studio).inner_text()
    give(studio, sealed("A256KW", "A256GCM", key), unb64(secret.encode()).hex(), "hex")
    opened(studio)


PIECES = ["encrypted key", "vector", "ciphertext", "tag"]


@pytest.mark.parametrize("enc", ["A256GCM", "A128CBC-HS256"])
@pytest.mark.parametrize("piece", range(1, 5), ids=PIECES)
def test_one_word_for_every_failure(studio, enc, piece):
    """RFC 7516 §11.5: which part was wrong must not be told."""
    key = OctKey.generate_key(256)
    parts = sealed("A256KW", enc, key).split(".")
    changed = bytearray(unb64(parts[piece].encode()))
    changed[0] ^= 1
    parts[piece] = b64(bytes(changed)).decode()
    give(studio, ".".join(parts), jwk(key))
    text = refused(studio)
    assert "it is not for this key, or it was changed" in text
    give(studio, sealed("A256KW", enc, key), jwk(OctKey.generate_key(256)))
    assert refused(studio) == text


@pytest.mark.parametrize("enc", ["A256GCM", "A128CBC-HS256"])
def test_a_cut_tag_is_no_tag(studio, enc):
    key = OctKey.generate_key(256)
    parts = sealed("A256KW", enc, key).split(".")
    whole = unb64(parts[4].encode())
    parts[4] = b64(whole[:12]).decode()
    give(studio, ".".join(parts), jwk(key))
    refused(studio)
    # Bytes of the tag moved into the ciphertext: the same text to WebCrypto, which wants them joined.
    parts[3] = b64(unb64(parts[3].encode()) + whole[:4]).decode()
    parts[4] = b64(whole[4:]).decode()
    give(studio, ".".join(parts), jwk(key))
    refused(studio)


def test_too_many_iterations_are_not_made(studio):
    key = OctKey.import_key("correct horse battery staple")
    header, *rest = sealed("PBES2-HS256+A128KW", "A128GCM", key).split(".")
    parameters = json.loads(unb64(header.encode())) | {"p2c": 2_000_000}
    give(studio, ".".join([b64(compact(parameters)).decode(), *rest]), jwk(key))
    assert "1000 to 1200000" in refused(studio)


def test_iterations_are_bounded_in_making_too(studio):
    give(studio, "", jwk(OctKey.import_key("correct horse battery staple")))
    for iterations in ("999", "1200001", "many"):
        section = panel(studio)
        if not section.get_by_label("What", exact=True).is_visible():
            section.get_by_text("Encrypt", exact=True).first.click()
        section.get_by_label("Key encryption (alg)").select_option("PBES2-HS256+A128KW")
        section.get_by_label("Iterations (p2c)").fill(iterations)
        section.get_by_role("button", name="Encrypt").click()
        section.get_by_text("PBES2 takes 1000 to 1200000 iterations").wait_for()
        assert section.get_by_label("The encrypted token").count() == 0
        section.get_by_label("Iterations (p2c)").fill("600000")


def test_the_key_box_knows_the_key_of_an_encrypted_token(studio):
    """16 bytes are too few for a signature, and just right here."""
    key = OctKey.generate_key(128)
    give(studio, sealed("A128KW", "A128GCM", key), jwk(key))
    assert "for A128KW" in studio.page.get_by_role("region", name="Key", exact=True).inner_text()


def test_compression_is_refused_unless_allowed(studio):
    key = OctKey.generate_key(256)
    give(studio, sealed("A256KW", "A256GCM", key, b"a" * 40, zip="DEF"), jwk(key))
    assert "compressed" in refused(studio)
    panel(studio).get_by_label("Allow compression").check()
    assert "a" * 40 in opened(studio).inner_text()
    panel(studio).get_by_label("Allow compression").uncheck()
    refused(studio)


def test_the_public_half_opens_nothing(studio):
    key = RSAKey.generate_key(2048)
    give(studio, sealed("RSA-OAEP", "A128GCM", key), json.dumps(key.as_dict(private=False)))
    assert "public key" in refused(studio)


def test_a_key_for_signatures_encrypts_nothing(studio):
    key = RSAKey.generate_key(2048, {"alg": "RS256"})
    give(studio, sealed("RSA-OAEP", "A128GCM", RSAKey.import_key({k: v for k, v in key.as_dict(private=True).items() if k != "alg"})), jwk(key))
    panel(studio).get_by_text("is for signing").first.wait_for()


def test_without_a_key_the_header_is_read(studio):
    key = OctKey.generate_key(256)
    give(studio, sealed("A256KW", "A256GCM", key), "")
    panel(studio).get_by_text("Closed.").wait_for()
    assert "A256KW with A256GCM" in panel(studio).inner_text()


@pytest.mark.parametrize("alg, enc", [("A192KW", "A128GCM"), ("A256KW", "A192GCM"), ("A256KW", "A192CBC-HS384")])
def test_192_bits_are_opened_or_their_lack_is_named(studio, alg, enc):
    key = OctKey.generate_key(192 if alg == "A192KW" else 256)
    give(studio, sealed(alg, enc, key), jwk(key))
    panel(studio).get_by_text(re.compile("Opened.|no AES with keys of 192 bits")).first.wait_for()


def test_an_announced_token_that_is_none(studio):
    key = OctKey.generate_key(256)
    give(studio, sealed("A256KW", "A256GCM", key, b"not a token", cty="JWT"), jwk(key))
    assert "three parts of a signed token" in opened(studio).inner_text()
    assert panel(studio).get_by_role("button", name="Read the token inside").count() == 0


def test_markup_inside_stays_text(studio):
    key = OctKey.generate_key(256)
    markup = "<img src=x onerror=alert(1)>"
    give(studio, sealed("A256KW", "A256GCM", key, compact({"sub": markup})), jwk(key))
    assert markup in opened(studio).inner_text()
    assert panel(studio).locator("img").count() == 0


def test_clear_all_leaves_nothing(studio):
    give(studio, "", jwk(OctKey.generate_key(256)))
    token = choose(studio, "text", "A256KW", "A128GCM", "a word for nobody")
    studio.page.get_by_role("button", name="Clear all").click()
    studio.settle()
    assert panel(studio).get_by_label("The encrypted token").count() == 0
    assert token not in studio.page.content()
