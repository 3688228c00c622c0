"""The Studio's code panel: what it shows is run, and must say what the Studio says."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from snippet_runs import LANGUAGES, Snippet, run, run_values, shell_words
from token_mint import AUDIENCE, ISSUER, SCOPE, Mint, b64

# A slice of the algorithms; SIGNET_ALL_SNIPPETS=1 takes all of them.
ALGORITHMS = ["HS256", "RS256", "ES256", "Ed25519"] if os.environ.get("SIGNET_ALL_SNIPPETS") else ["HS256", "ES256"]
PAIRS = [alg for alg in ALGORITHMS if alg != "HS256"]
MODULE = Path(__file__).resolve().parent.parent / "Web/studio"


@pytest.fixture
def studio(kept_studio):
    return kept_studio


def code(studio, language: str) -> Snippet:
    page = studio.page
    panel = page.get_by_role("region", name="In your own code")
    panel.get_by_role("tab", name=language, exact=True).click()
    page.wait_for_timeout(60)
    shown = panel.get_by_role("region", name="Code").locator("code")
    problem = panel.get_by_role("tabpanel").locator("#snippet-problem")
    if problem.is_visible():
        return Snippet(language, None, problem.text_content())
    return Snippet(language, shown.text_content(), panel.get_by_role("region", name="To run it").locator("code").text_content())


def told(answer):
    """Skips, and says why, what could only be read."""
    if answer.accepted is None:
        pytest.skip(answer.said)


def fill(studio, mint, alg, *, pem=False):
    key = mint.public_pem(alg).decode() if pem else json.dumps(mint.jwk(alg))
    studio.policy(issuer=ISSUER, audience=AUDIENCE, type="at+jwt", leeway=300, require=["exp", "roles=user"], scopes=[SCOPE])
    return studio.judge(mint.token(alg).decode(), key)


def tokens(mint, alg) -> dict[str, bytes]:
    """Good tokens and bad ones, by what they are. Made at the moment: a slow machine must not make one expire."""
    other = Mint()
    mint.now = int(time.time())
    header, payload, signature = mint.token(alg).split(b".")
    return {
        "good": mint.token(alg),
        "other signature": b".".join([header, payload, other.token(alg).split(b".")[2]]),
        "expired": mint.token(alg, claims=mint.claims(iat=mint.now - 1900, exp=mint.now - 900)),
        "other audience": mint.token(alg, claims=mint.claims(aud=["billing"])),
        "other issuer": mint.token(alg, claims=mint.claims(iss="https://other.example")),
        "no issuer": mint.token(alg, claims=mint.claims(iss=...)),
        "never ends": mint.token(alg, claims=mint.claims(exp=...)),
        "other type": mint.token(alg, header=mint.header(alg, typ="JWT")),
        "type with prefix": mint.token(alg, header=mint.header(alg, typ="application/AT+JWT")),
        "critical": mint.token(alg, header=mint.header(alg, crit=["x"], x=1)),
        "issued later": mint.token(alg, claims=mint.claims(iat=mint.now + 1200)),
        "not yet": mint.token(alg, claims=mint.claims(nbf=mint.now + 1200)),
        "other role": mint.token(alg, claims=mint.claims(roles=["users"])),
        "other scope": mint.token(alg, claims=mint.claims(scope="orders:reader")),
        "list of audiences": mint.token(alg, claims=mint.claims(aud=["x", AUDIENCE])),
        "in the leeway": mint.token(alg, claims=mint.claims(exp=mint.now - 60)),
        "header of its own": mint.token(alg, header=mint.header(alg, x=1)),
        "unsigned": b".".join([b64(b'{"alg":"none"}'), payload, b""]),
    }


@pytest.mark.parametrize("alg", ALGORITHMS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_code_says_what_the_studio_says(studio, mint, language, alg, tmp_path):
    assert fill(studio, mint, alg)["verdict"] == "valid"
    shown = code(studio, language)
    if shown.code is None:
        assert "does not know the algorithm" in shown.run and (language, alg) in UNKNOWN, shown.run
        return
    assert (language, alg) not in UNKNOWN
    made = tokens(mint, alg)
    for name in made if alg == "ES256" else FIRST:
        token = made[name]
        verdict = studio.judge(token.decode())["verdict"]
        assert verdict == ("valid" if name in GOOD else "refused"), name
        answer = run(shown, token.decode(), secret=b64(mint.secret).decode() if alg == "HS256" else None, folder=tmp_path)
        told(answer)
        assert answer.accepted == (verdict == "valid"), f"{language}, {name}: {answer.said}"


UNKNOWN = {("Go", "Ed25519"), ("Rust", "Ed25519"), ("PHP", "Ed25519"), ("C#", "Ed25519")}
FIRST = ["good", "other signature", "expired", "other audience", "other issuer"]
GOOD = {"good", "type with prefix", "list of audiences", "in the leeway", "header of its own"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_expected_is_not_asked(studio, mint, language, tmp_path):
    assert studio.judge(mint.token(claims=mint.claims(exp=...)).decode(), json.dumps(mint.public_set()))["verdict"] == "valid"
    answer = run(code(studio, language), mint.token(claims=mint.claims(exp=...)).decode(), folder=tmp_path)
    told(answer)
    assert answer.accepted, answer.said
    late = mint.token(claims=mint.claims(exp=mint.now - 60)).decode()
    assert studio.judge(late)["verdict"] == "refused"
    assert not run(code(studio, language), late, folder=tmp_path).accepted


@pytest.mark.parametrize("form, write", [
    ("utf8", lambda secret: b64(secret).decode()), ("base64url", lambda secret: b64(secret).decode()), ("hex", lambda secret: secret.hex()),
    ("base64", lambda secret: __import__("base64").b64encode(secret).decode())])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_secret_comes_from_the_environment_and_never_stands_in_the_code(studio, mint, language, form, write, tmp_path):
    text = write(mint.secret)
    signing = text.encode() if form == "utf8" else mint.secret
    header, payload, _ = mint.token("HS256").split(b".")
    token = b".".join([header, payload, b64(mint.mac(signing, header + b"." + payload))]).decode()
    studio.page.get_by_label("Secret is written as").select_option(form)
    assert studio.judge(token, text)["verdict"] == "valid"
    shown = code(studio, language)
    for secret in (text, b64(mint.secret).decode(), mint.secret.hex()):
        assert secret not in shown.code and secret not in shown.run
    assert "SIGNET_SECRET" in shown.code and "SIGNET_SECRET" in shown.run
    answer = run(shown, token, secret=text, folder=tmp_path)
    told(answer)
    assert answer.accepted, answer.said
    assert not run(shown, token, secret=("ab" if text[:2] != "ab" else "cd") + text[2:], folder=tmp_path).accepted


@pytest.mark.parametrize("alg", PAIRS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_of_a_private_key_only_the_public_half_is_shown(studio, mint, language, alg):
    if alg == "Ed25519":
        # PKCS#8 holds the private half alone (RFC 8410 §7); a JWK holds both.
        private = json.dumps({**mint.jwk(alg), "d": b64(mint.ed.private_bytes_raw()).decode()})
    else:
        private = mint.private_pem(alg).decode()
    assert studio.judge(mint.token(alg).decode(), private)["verdict"] == "valid"
    shown = code(studio, language)
    text = (shown.code or "") + shown.run
    assert "PRIVATE" not in text
    for line in private.splitlines()[1:-1]:
        assert line[:40] not in text
    assert b64(mint.ed.private_bytes_raw()).decode() not in text
    if shown.code:
        assert '\\"d\\"' not in text and '"d"' not in text


HOSTILE = [
    "it's \"quoted\"", "back\\slash\\", "${HOME} $(id) `id` $HOME", "#{1 + 1} \\(1) {0} %s {{alg}}", "line\nbreak\r\n", "a\u2028b\u2029c", "?> <?php phpinfo();",
    "\\u0022 \\u000a \\x41", "'; exit 0; '", '"""; import os; os._exit(0)', "*/ // --> </script>", "\u202eRLO\u202c", "emoji \U0001f600 ß", "tab\tbell\x07", "-n --help",
    "`${1}`", "$'x'", "!history", "a\x7fb",
]


@pytest.mark.parametrize("value", HOSTILE if os.environ.get("SIGNET_ALL_SNIPPETS") else HOSTILE[::3])
def test_hostile_values_stay_data(mint, value, tmp_path):
    """Made by the page's own modules, since a box of the page holds no line breaks; run with Python, Node and a shell."""
    token = mint.token(claims=mint.claims(iss=value, aud=[value], roles=[value])).decode()
    policy = {"issuer": value, "audience": value, "type": None, "leeway": 30, "require": [f"roles={value}"], "scopes": []}
    made = rendered(mint, policy)
    assert set(made) == set(LANGUAGES.values())
    other = mint.token(claims=mint.claims(iss=value + "x", aud=[value], roles=[value])).decode()
    ran = 0
    for language, identity in LANGUAGES.items():
        snippet = Snippet(language, made[identity], "")
        assert all(" " <= character <= "~" or character in "\n\t" for character in snippet.code), (language, snippet.code)
        if identity == "signet":
            assert {f"--issuer={value}", f"--audience={value}", f"--require=roles={value}"} <= set(shell_words(snippet.code, tmp_path))
            # A control character in a claim is refused here; the libraries let it pass.
            if any(character < " " or character == "\x7f" for character in value):
                continue
        answer = run_values(snippet, token, folder=tmp_path)
        if answer.accepted is None:
            continue
        ran += 1
        assert answer.accepted, f"{language}: {value!r}: {answer.said}"
        assert not run_values(snippet, other, folder=tmp_path).accepted, f"{language}: {value!r}"
    assert ran >= 3, "Python twice and Node"


def rendered(mint, policy) -> dict[str, str]:
    """Every template filled in by the modules of the page, in Node."""
    if not shutil.which("node"):
        pytest.skip("node is not here")
    pem, jwk = mint.public_pem("ES256").decode(), json.dumps({name: value for name, value in mint.jwk("ES256").items() if name != "use"})
    plain = json.dumps({name: value for name, value in mint.jwk("ES256").items() if name in ("kty", "crv", "x", "y")})
    program = """
        const { templates } = await import(`${process.argv[1]}/snippets/all.js`);
        const { factsOf } = await import(`${process.argv[1]}/snippets/facts.js`);
        const { plainText, render } = await import(`${process.argv[1]}/snippets/rendering.js`);
        const { policy, key } = JSON.parse(process.argv[2]);
        const made = {};
        for (const template of templates.filter(({ keyless }) => !keyless)) {
          const facts = factsOf({ algorithm: "ES256", name: "ES256" }, key, policy);
          made[template.id] = plainText(render(template, facts, (key) => key));
        }
        console.log(JSON.stringify(made));"""
    question = json.dumps({"policy": policy, "key": {"pem": pem, "jwk": jwk, "plain": plain}})
    done = subprocess.run(["node", "--input-type=module", "--eval", program, str(MODULE), question], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_shell_gets_the_token_and_curl_its_header(studio, mint, tmp_path):
    fill(studio, mint, "ES256")
    shown = code(studio, "curl")
    assert 'Authorization: Bearer $TOKEN' in shown.code and "api.example" in shown.code
    recorded = tmp_path / "curl"
    recorded.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    recorded.chmod(0o755)
    said = subprocess.run(["bash", "-c", shown.run + shown.code], capture_output=True, text=True, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}).stdout
    assert f"Authorization: Bearer {mint.token('ES256').decode().split('.')[0]}" in said
    studio.fill("#audience", "https://api.shop.example/orders")
    studio.settle()
    assert "'https://api.shop.example/orders'" in code(studio, "curl").code
    studio.fill("#audience", "https://api.shop.example/orders' -o /tmp/x '")
    studio.settle()
    assert "-o /tmp/x" not in code(studio, "curl").code


def test_without_token_or_key_it_says_what_is_missing(studio, mint):
    assert "token" in code(studio, "Node").run
    studio.judge(mint.token().decode())
    assert "key" in code(studio, "Node").run
    studio.judge(mint.token().decode(), json.dumps(mint.jwk("RS256")))
    assert "No code verifies this token with this key" in code(studio, "Node").run


def test_a_fixed_time_is_said_and_never_written_into_a_program(studio, mint):
    fill(studio, mint, "ES256")
    studio.fill("#now", str(mint.now + 5))
    studio.settle()
    assert str(mint.now + 5) in code(studio, "signet").code
    for language in LANGUAGES:
        if language != "signet":
            shown = code(studio, language)
            assert str(mint.now + 5) not in shown.code and "as of now" in shown.code, language


def test_tabs_are_walked_by_arrow_keys_and_remembered(studio, mint):
    fill(studio, mint, "ES256")
    page = studio.page
    page.get_by_role("tab", name="Rust").click()
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("tab", name="Java", exact=True).get_attribute("aria-selected") == "true"
    assert page.evaluate("document.activeElement.textContent") == "Java"
    page.keyboard.press("End")
    assert page.get_by_role("tab", name="C#").get_attribute("aria-selected") == "true"
    stored = page.evaluate("JSON.stringify({...localStorage})")
    assert "csharp" in stored and "eyJ" not in stored


def test_copy(studio, mint):
    studio.context.grant_permissions(["clipboard-read", "clipboard-write"])
    fill(studio, mint, "ES256")
    shown = code(studio, "Python · PyJWT")
    studio.page.get_by_role("button", name="Copy code").click()
    studio.page.get_by_role("button", name="Copied").wait_for()
    assert studio.page.evaluate("navigator.clipboard.readText()") == shown.code


def test_several_keys_and_no_name_takes_the_one_that_signed(studio, mint, tmp_path):
    other = Mint()
    keys = [{**maker.jwk("ES256"), "kid": None} for maker in (other, mint)]
    keys = [{name: value for name, value in key.items() if value is not None} for key in keys]
    token = mint.token(header=mint.header(kid=...)).decode()
    assert studio.judge(token, json.dumps({"keys": keys}))["verdict"] == "valid"
    assert run(code(studio, "Python · PyJWT"), token, folder=tmp_path).accepted
