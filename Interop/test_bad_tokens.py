"""One list of 200 bad tokens; the terminal, the browser and the gateway say the same of each, step for step."""

import json

import pytest

from bad_tokens import POLICY, bad_tokens, cannot_travel, good_tokens
from conftest import write_configuration
from signet_process import Signet, run
from studio_page import StudioPage
from wire import Wire

# These never reach a gateway: no header field can carry them. Terminal and browser still have to agree on them.
NOT_IN_A_HEADER = {
    "form: 17 KiB": "longer than the 8 KiB of one header field",
    "form: 9 KiB, expired": "longer than the 8 KiB of one header field",
    "form: a control byte in the header part": "bytes that no header value may hold",
    "form: a non-ASCII byte in the header part": "bytes that no header value may hold",
}

ROUTES = """
issuers:
  partner:
    issuer: {issuer}
    keys: {{ file: ./public.jwks.json }}
  partner-mac:
    issuer: {issuer}
    keys: {{ file: ./secret.jwks.json }}
upstreams: {{ echo: "http://127.0.0.1:{port}" }}
apis:
  public:
    path: /public
    upstream: echo
    access: {{ jwt: {{ issuer: partner, audience: {audience}, types: [at+jwt], leeway: 30s,
                      claims: [exp, sub, roles=user], scopes: ["orders:read"] }} }}
  secret:
    path: /secret
    upstream: echo
    access: {{ jwt: {{ issuer: partner-mac, audience: {audience}, types: [at+jwt], leeway: 30s,
                      claims: [exp, sub, roles=user], scopes: ["orders:read"] }} }}
"""


@pytest.fixture(scope="module")
def bad(mint):
    return bad_tokens(mint)


@pytest.fixture(scope="module")
def server(tmp_path_factory, mint, upstream):
    folder = tmp_path_factory.mktemp("bad-tokens")
    (folder / "public.jwks.json").write_text(json.dumps(mint.public_set()))
    (folder / "secret.jwks.json").write_text(json.dumps(mint.secret_set()))
    routes = write_configuration(
        folder, ROUTES.format(issuer=POLICY["issuer"], audience=POLICY["audience"], port=upstream.port))
    signet = Signet(data=folder / "data", config=routes).start()
    yield signet
    signet.stop()


@pytest.fixture(scope="module")
def key_files(tmp_path_factory, mint):
    folder = tmp_path_factory.mktemp("keys")
    files = {"public": folder / "public.json", "secret": folder / "secret.json"}
    files["public"].write_text(json.dumps(mint.public_set()))
    files["secret"].write_text(json.dumps(mint.secret_set()))
    return files


def ask_terminal(token: bytes, keys) -> dict:
    """What `signet verify --json` says."""
    policy = ["--issuer", POLICY["issuer"], "--audience", POLICY["audience"], "--type", POLICY["type"]]
    for claim in POLICY["require"]:
        policy += ["--require", claim]
    for scope in POLICY["scopes"]:
        policy += ["--scope", scope]
    told = run("verify", "--key", str(keys), *policy, "--leeway", str(POLICY["leeway"]), "--json", stdin=token)
    assert told.returncode in (0, 1), told.stderr
    answer = json.loads(told.stdout)
    assert (answer["verdict"] == "valid") == (told.returncode == 0)
    return {"verdict": answer["verdict"], "code": answer.get("code"), "steps": steps_of(answer)}


def steps_of(answer: dict) -> list[list]:
    return [[step["check"], step["outcome"], step.get("code")] for step in answer["steps"]]


def ask_gateway(server: Signet, token: bytes, keys: str) -> dict:
    with Wire(server.gateway_port) as wire:
        wire.send(b"GET /" + keys.encode() + b" HTTP/1.1\r\nHost: gateway.example\r\nAuthorization: Bearer " + token + b"\r\n\r\n")
        answer = wire.answer()
    assert answer is not None
    if answer.status == 200:
        return {"verdict": "valid", "code": None, "steps": None}
    problem = json.loads(answer.body)
    explained = server.explain(problem["trace"])
    assert explained["code"] == problem["code"]
    assert token.decode("latin-1") not in json.dumps([problem, explained, answer.headers])
    return {
        "verdict": "refused", "status": answer.status, "code": problem["code"], "steps": steps_of(explained),
        "challenge": answer.header("www-authenticate"),
    }


def told_apart(answers: dict[str, dict]) -> str:
    return "\n".join(f"  {name}: {answer}" for name, answer in answers.items())


def test_the_list_says_where_each_token_is_stopped(bad, key_files):
    """The terminal stops each token at the check that the list names, with its code."""
    wrong = []
    for token in bad:
        answer = ask_terminal(token.token, key_files[token.keys])
        last = answer["steps"][-1]
        if [answer["verdict"], answer["code"], last] != ["refused", token.code, [token.check, "failed", token.code]]:
            wrong.append(f"{token.name}: expected {token.check}/{token.code}, got {answer['verdict']} {last}")
    assert not wrong, "\n".join(wrong)


def test_the_tokens_that_no_header_carries_are_these(bad):
    assert {token.name: reason for token in bad if (reason := cannot_travel(token.token))} == NOT_IN_A_HEADER


@pytest.mark.timeout(300)
def test_terminal_and_browser_agree(bad, key_files, demo_url, chromium):
    wrong = []
    with StudioPage(chromium, demo_url) as studio:
        assert studio.state == "ready"
        studio.policy(
            issuer=POLICY["issuer"], audience=POLICY["audience"], type=POLICY["type"], leeway=POLICY["leeway"],
            require=POLICY["require"], scopes=POLICY["scopes"])
        for keys in ("public", "secret"):
            studio.fill("#key", key_files[keys].read_text())
            for token in (token for token in bad if token.keys == keys):
                terminal = ask_terminal(token.token, key_files[keys])
                browser = studio.judge(token.token.decode("utf-8"))
                if terminal != browser:
                    wrong.append(f"{token.name}:\n{told_apart({'terminal': terminal, 'browser': browser})}")
        assert studio.requests_since_loading == []
    assert not wrong, f"{len(wrong)} differ\n" + "\n".join(wrong)


@pytest.mark.timeout(300)
def test_terminal_and_gateway_agree(bad, key_files, server, upstream):
    upstream.clear()
    wrong = []
    for token in bad:
        if token.name in NOT_IN_A_HEADER:
            continue
        terminal = ask_terminal(token.token, key_files[token.keys])
        gateway = ask_gateway(server, token.token, token.keys)
        # A good token that does not grant this: RFC 6750 section 3.1 says 403.
        status = 403 if token.check in ("required-claims", "scopes") else 401
        error = "insufficient_scope" if status == 403 else "invalid_token"
        agrees = all(terminal[what] == gateway[what] for what in ("verdict", "code", "steps"))
        if not agrees or gateway["status"] != status or f'error="{error}"' not in gateway["challenge"]:
            wrong.append(f"{token.name}:\n{told_apart({'terminal': terminal, 'gateway': gateway})}")
    assert not wrong, f"{len(wrong)} differ\n" + "\n".join(wrong)
    assert upstream.seen == [], "a refused request reached the upstream"


@pytest.mark.parametrize("name", sorted(NOT_IN_A_HEADER))
def test_the_gateway_survives_what_no_header_carries(name, bad, server, upstream):
    upstream.clear()
    token = next(token for token in bad if token.name == name)
    with Wire(server.gateway_port) as wire:
        wire.send(b"GET /public HTTP/1.1\r\nHost: gateway.example\r\nAuthorization: Bearer " + token.token + b"\r\n\r\n")
        answer = wire.answer()
    assert answer is not None and answer.status in (400, 401, 431)
    assert upstream.seen == []


def test_twenty_good_tokens_are_accepted_by_all_three(mint, key_files, server, demo_url, chromium):
    tokens = good_tokens(mint)
    assert len(tokens) == 20
    wrong = []
    with StudioPage(chromium, demo_url) as studio:
        studio.policy(
            issuer=POLICY["issuer"], audience=POLICY["audience"], type=POLICY["type"], leeway=POLICY["leeway"],
            require=POLICY["require"], scopes=POLICY["scopes"])
        for name, token, keys in tokens:
            answers = {
                "terminal": ask_terminal(token, key_files[keys]),
                "browser": studio.judge(token.decode(), key_files[keys].read_text()),
                "gateway": ask_gateway(server, token, keys),
            }
            same_steps = answers["terminal"]["steps"] == answers["browser"]["steps"]
            if not same_steps or any(answer["verdict"] != "valid" for answer in answers.values()):
                wrong.append(f"{name}:\n{told_apart(answers)}")
    assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="module")
def demo_url(server):
    return server.control + "/"
