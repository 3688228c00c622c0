"""The Studio over texts that are more than one compact token: several tokens, JSON serialisations, DPoP proofs."""

import json

from token_mint import ISSUER
from wire import wait_for


def claims_of(studio):
    return json.loads(studio.page.input_value("#claims-json"))


def part(studio, name):
    node = studio.page.locator(f"[data-part-name='{name}']")
    return node.get_attribute("data-state"), node.inner_text()


def test_any_of_several_tokens_is_shown_and_changed_in_its_place(studio, mint):
    access = mint.token("ES256", claims=mint.claims(sub="the access token")).decode()
    identity = mint.token("ES256", claims=mint.claims(sub="the ID token")).decode()
    text = json.dumps({"access_token": access, "token_type": "Bearer", "id_token": identity})
    studio.judge(text, json.dumps(mint.public_set()))
    assert studio.page.get_by_text("2 tokens in this text").is_visible()
    assert claims_of(studio)["sub"] == "the access token" and studio.verdict()["verdict"] == "valid"
    studio.page.get_by_role("radio", name="id_token").check()
    studio.settle()
    assert claims_of(studio)["sub"] == "the ID token" and studio.verdict()["verdict"] == "valid"
    # A change of the one leaves the text around it, and the other, as they are.
    studio.fill("#key", mint.private_pem("ES256").decode())
    studio.settle()
    studio.page.locator("#claims-tab-edit").click()
    studio.fill("#claims-json", json.dumps({**claims_of(studio), "sub": "changed"}))
    wait_for(lambda: '"changed"' in studio.page.locator("#claims").text_content())
    studio.settle()
    body = json.loads(studio.page.input_value("#token"))
    assert body["access_token"] == access and body["id_token"] != identity and body["token_type"] == "Bearer"
    assert studio.page.get_by_role("radio", name="id_token").is_checked()
    assert studio.verdict()["verdict"] == "valid"
    # Another text begins with its first token again.
    studio.judge(access)
    assert studio.page.locator("#found-tokens").is_hidden() and claims_of(studio)["sub"] == "the access token"


def test_a_json_serialisation_is_read_and_judged(studio, mint):
    header, payload, signature = mint.token("RS256").decode().split(".")
    for text in (
        {"payload": payload, "protected": header, "signature": signature},
        {"payload": payload, "signatures": [{"protected": header, "signature": signature, "header": {"kid": "other"}}]},
    ):
        # As at the terminal: a JWT is always compact (RFC 7519 section 1).
        verdict = studio.judge(json.dumps(text, indent=1), json.dumps(mint.public_set()))
        assert verdict["code"] == "token-not-compact", verdict
        assert claims_of(studio)["iss"] == ISSUER
        assert "JSON serialisation" in studio.page.locator("#token-notes").inner_text()
        assert studio.page.locator("#token-ink [data-part='payload']").inner_text() == payload
        studio.page.get_by_role("button", name="Take the compact form").click()
        wait_for(lambda: studio.page.input_value("#token") == f"{header}.{payload}.{signature}")
        studio.settle()
        assert studio.verdict()["verdict"] == "valid" and studio.page.locator("#take-compact").is_hidden()


def test_a_proof_is_judged_with_its_own_key_for_its_request(studio):
    studio.page.select_option("#template", "dpop-proof")
    studio.page.get_by_role("button", name="Make a token").click()
    wait_for(lambda: "dpop+jwt" in studio.page.locator("#header").text_content())
    studio.settle()
    assert studio.verdict()["verdict"] == "valid"
    assert part(studio, "trust")[0] == "passed", "the key of the proof is the one in the box"
    assert part(studio, "audience")[0] == "unknown"
    claims = claims_of(studio)
    studio.page.get_by_label("Method", exact=True).fill(claims["htm"])
    studio.page.get_by_label("Address", exact=True).fill(claims["htu"] + "?a=b")
    studio.settle()
    assert studio.verdict()["verdict"] == "valid" and part(studio, "audience")[0] == "passed"
    studio.page.get_by_label("Method", exact=True).fill("PATCH")
    studio.settle()
    assert studio.verdict()["verdict"] == "refused" and part(studio, "audience")[0] == "failed"
    studio.page.get_by_label("Method", exact=True).fill(claims["htm"])
    studio.page.get_by_label("Access token sent with it").fill("another token")
    studio.settle()
    assert studio.verdict()["verdict"] == "refused", "ath is not this token's"
    studio.page.get_by_label("Access token sent with it").fill("")
    # Without the key that made it the proof shows the same, and says what that is worth.
    studio.fill("#key", "")
    studio.settle()
    assert studio.verdict()["verdict"] == "valid" and part(studio, "trust")[0] == "careful"
    studio.fill("#now", str(claims["iat"] + 3600))
    studio.settle()
    assert studio.verdict()["verdict"] == "refused" and part(studio, "time")[0] == "failed"


def test_the_fields_of_a_proof_are_there_for_proofs_alone(studio, mint):
    studio.judge(mint.token("ES256").decode())
    assert studio.page.locator("#proof-fields").is_hidden()
