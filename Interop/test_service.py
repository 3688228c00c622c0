"""The token service as a client sees it: login, refresh, logout, revocation, its errors, its files and its silence."""

import base64
import json
import re
import sqlite3
import stat
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from signet_process import Signet, StartFailed, binary, call, run
from test_account import time_code
from test_conformance import Agent
from test_races import BACK, CHALLENGE, VERIFIER
from token_mint import Mint
from wire import wait_for

PASSWORD = "canary-demo-password-7f3a91"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    signet = Signet(data=tmp_path_factory.mktemp("service") / "data", demo=True, demo_password=PASSWORD).start()
    yield signet
    signet.stop()


def post(server: Signet, path: str, data=None, **more):
    return call("POST", server.control + path, data=data, **more)


def refresh(server: Signet, token: str):
    return post(server, "/refresh", {"refresh_token": token})


def orders(server: Signet, access: str):
    return call("GET", f"{server.gateway}/demo/orders", token=access)


def claims_of(token: str) -> dict:
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def problem(answer, status: int) -> dict:
    assert answer.status == status, (answer.status, answer.body)
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json
    assert {"type", "title", "status", "detail", "code"} <= set(body) and body["status"] == status
    return body


def test_login_answers_as_promised(server):
    answer = post(server, "/login", {"name": "demo", "password": PASSWORD})
    assert answer.status == 200
    body = answer.json
    assert set(body) >= {"access_token", "token_type", "expires_in", "refresh_token"}
    assert body["token_type"] == "Bearer" and 0 < body["expires_in"] <= 3600
    assert "no-store" in answer.headers["cache-control"]
    claims = claims_of(body["access_token"])
    assert {"iss", "sub", "preferred_username", "roles", "aud", "client_id", "sid", "exp", "iat", "jti"} <= set(claims)
    assert claims["iss"] == server.control and claims["roles"] == ["user"]
    assert orders(server, body["access_token"]).status == 200


def test_two_logins_are_two_sessions(server):
    first, second = server.login("demo", PASSWORD), server.login("demo", PASSWORD)
    one, two = claims_of(first["access_token"]), claims_of(second["access_token"])
    assert one["sid"] != two["sid"] and one["jti"] != two["jti"] and one["sub"] == two["sub"]


def test_wrong_name_and_wrong_password_look_alike(server):
    name = problem(post(server, "/login", {"name": "nobody", "password": "x"}), 401)
    word = problem(post(server, "/login", {"name": "demo", "password": "x"}), 401)
    assert name.pop("trace") != word.pop("trace")
    assert name == word


def test_there_is_no_default_password(server):
    for name, password in (("admin", "admin"), ("admin", ""), ("admin", "password"), ("demo", "demo"), ("root", "root")):
        assert post(server, "/login", {"name": name, "password": password}).status in (400, 401, 422, 429)


def test_the_admin_password_is_printed_once(tmp_path):
    signet = Signet(data=tmp_path / "data").start()
    try:
        assert signet.admin_name and signet.admin_password, signet.output
        assert sum(signet.admin_password in line for line in signet.lines) == 1
        admin = signet.login(signet.admin_name, signet.admin_password)
        # What manages the server is no role that applications see.
        assert claims_of(admin["access_token"])["roles"] == []
        told = json.loads(run("user", "show", signet.admin_name, "--data", str(signet.data), "--json").stdout)
        assert told["server_role"] == "owner"
        signet.stop()
        lines = len(signet.lines)
        signet.start()
        assert signet.admin_password not in "\n".join(signet.lines[lines:])
        signet.login(signet.admin_name, signet.admin_password)
    finally:
        signet.stop()


def test_refresh_rotates(server):
    first = server.login("demo", PASSWORD)
    second = refresh(server, first["refresh_token"])
    assert second.status == 200
    assert second.json["refresh_token"] != first["refresh_token"]
    assert claims_of(second.json["access_token"])["sid"] == claims_of(first["access_token"])["sid"]
    assert orders(server, second.json["access_token"]).status == 200


def test_a_lost_reply_is_given_again(server):
    first = server.login("demo", PASSWORD)
    second = refresh(server, first["refresh_token"]).json
    again = refresh(server, first["refresh_token"]).json
    assert again["refresh_token"] == second["refresh_token"]
    assert orders(server, again["access_token"]).status == 200
    assert refresh(server, second["refresh_token"]).status == 200


def test_reuse_of_a_spent_token_ends_the_family_and_no_other(server):
    other, first = server.login("demo", PASSWORD), server.login("demo", PASSWORD)
    second = refresh(server, first["refresh_token"]).json
    time.sleep(11.5)  # the server's own clock decides, and gives ten seconds
    assert problem(refresh(server, first["refresh_token"]), 400)["error"] == "invalid_grant"
    assert problem(refresh(server, second["refresh_token"]), 400)["error"] == "invalid_grant"
    assert orders(server, second["access_token"]).status == 401, "the session's access token outlived it"
    assert refresh(server, other["refresh_token"]).status == 200


def test_many_refreshes_at_once_get_one_successor(server):
    token = server.login("demo", PASSWORD)["refresh_token"]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: refresh(server, token), range(16)))
    assert [answer.status for answer in answers] == [200] * 16
    assert len({answer.json["refresh_token"] for answer in answers}) == 1


def test_logout_ends_the_session(server):
    tokens = server.login("demo", PASSWORD)
    assert orders(server, tokens["access_token"]).status == 200
    assert post(server, "/logout", {"refresh_token": tokens["refresh_token"]}).status in (200, 204)
    assert refresh(server, tokens["refresh_token"]).status == 400
    assert orders(server, tokens["access_token"]).status == 401
    assert post(server, "/logout", {"refresh_token": tokens["refresh_token"]}).status in (200, 204)


def test_a_revoked_token_is_refused_at_once_and_explained(server):
    tokens = server.login("demo", PASSWORD)
    access = tokens["access_token"]
    for _ in range(5):  # a cache that had seen the token must forget it
        assert orders(server, access).status == 200
    assert post(server, "/revoke", {"token": access}, token=access).status == 200
    refused = orders(server, access)
    body = problem(refused, 401)
    assert body["code"] == "token-revoked" and 'error="invalid_token"' in refused.headers["www-authenticate"]
    told = server.explain(body["trace"])
    assert told["steps"][-1]["check"] == "revocation" and told["steps"][-1]["outcome"] == "failed"
    assert access not in json.dumps(told)
    text = run("explain", body["trace"], "--data", str(server.data))
    assert text.returncode == 0 and "revo" in text.stdout and access not in text.stdout
    assert orders(server, server.login("demo", PASSWORD)["access_token"]).status == 200


def test_only_the_owner_revokes(server):
    demo = server.login("demo", PASSWORD)["access_token"]
    admin = server.login(server.admin_name, server.admin_password)["access_token"]
    assert problem(post(server, "/revoke", {"token": admin}, token=demo), 403)
    missing = post(server, "/revoke", {"token": demo})
    problem(missing, 401)
    assert missing.headers["www-authenticate"].startswith("Bearer")
    problem(post(server, "/revoke", {"token": demo}, token="not-a-token"), 401)
    assert orders(server, demo).status == 200
    # What an admin holds for an application is no management token.
    assert problem(post(server, "/revoke", {"token": demo}, token=admin), 403)
    assert orders(server, demo).status == 200
    assert post(server, "/revoke", {"token": demo}, token=demo).status == 200
    assert orders(server, demo).status == 401


def test_a_foreign_key_cannot_revoke(server):
    mint = Mint()
    forged = mint.token(claims=claims_of(server.login("demo", PASSWORD)["access_token"])).decode()
    problem(post(server, "/revoke", {"token": forged}, token=forged), 401)


@pytest.mark.parametrize("path", ["/login", "/refresh", "/logout"])
@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b"null", b'{"name":1,"password":2,"refresh_token":3}', b'{"name":"demo"}', b"\xff\xfe",
    b'{"name":"demo","name":"demo","password":"x","refresh_token":"a","refresh_token":"b"}', b"[" * 10_000,
    b'{"name":"' + b"a" * 100_000 + b'","password":"x","refresh_token":"x"}', b"name=demo&password=x",
])
def test_bad_bodies_are_named(server, path, body):
    answer = post(server, path, body=body, headers={"Content-Type": "application/json"})
    assert answer.status in (400, 413, 415, 422), (answer.status, answer.body)
    assert answer.json["code"] and answer.headers["content-type"] == "application/problem+json"
    assert server.process.poll() is None


@pytest.mark.parametrize("method, path, status", [
    ("GET", "/login", 405), ("DELETE", "/refresh", 405), ("GET", "/nowhere", 404), ("PUT", "/.well-known/jwks.json", 405),
])
def test_other_methods_and_paths(server, method, path, status):
    answer = call(method, server.control + path)
    assert answer.status in (status, 404)
    problem(answer, answer.status)


def test_health_and_keys(server):
    assert call("GET", server.control + "/healthz").status == 200
    assert call("GET", server.control + "/readyz").status == 200
    keys = call("GET", server.control + "/.well-known/jwks.json")
    assert keys.status == 200 and all(key["kty"] == "EC" and "d" not in key for key in keys.json["keys"])


def test_guessing_is_slowed_down(tmp_path):
    signet = Signet(data=tmp_path / "data", demo=True, demo_password=PASSWORD).start()
    try:
        statuses = []
        for _ in range(40):
            answer = post(signet, "/login", {"name": "demo", "password": "guess"})
            statuses.append(answer.status)
            if answer.status == 429:
                assert int(answer.headers["retry-after"]) > 0
                break
        assert 429 in statuses, statuses
    finally:
        signet.stop()


def test_refresh_tokens_survive_a_restart(tmp_path):
    signet = Signet(data=tmp_path / "data", demo=True, demo_password=PASSWORD).start()
    try:
        tokens = signet.login("demo", PASSWORD)
        assert signet.stop() == 0
        signet.start()
        assert orders(signet, tokens["access_token"]).status == 200, "the signing key changed over the restart"
        assert refresh(signet, tokens["refresh_token"]).status == 200
    finally:
        signet.stop()


def test_a_second_process_is_kept_off_the_data(server):
    second = Signet(data=server.data)
    with pytest.raises(StartFailed) as failed:
        second.start(timeout=10)
    assert second.process.returncode not in (None, 0) and second.process.returncode > 0
    assert str(server.data) in str(failed.value)
    assert call("GET", server.control + "/readyz").status == 200


def test_a_taken_port_is_named(server, tmp_path):
    second = Signet(data=tmp_path / "data", control_port=server.control_port)
    with pytest.raises(StartFailed) as failed:
        second.start(timeout=10)
    assert second.process.returncode > 0 and str(server.control_port) in str(failed.value)


def test_a_bad_master_key_is_refused(tmp_path):
    for key in ("short", "!" * 43, base64.urlsafe_b64encode(bytes(31)).decode().rstrip("=")):
        signet = Signet(data=tmp_path / "data", master_key=key)
        with pytest.raises(StartFailed) as failed:
            signet.start(timeout=10)
        assert signet.process.returncode > 0 and "SIGNET_MASTER_KEY" in str(failed.value) and key not in str(failed.value)


def test_another_master_key_does_not_open_the_seal(tmp_path):
    keys = [base64.urlsafe_b64encode(bytes([value]) * 32).decode().rstrip("=") for value in (1, 2)]
    Signet(data=tmp_path / "data", master_key=keys[0]).start().stop()
    with pytest.raises(StartFailed):
        Signet(data=tmp_path / "data", master_key=keys[1]).start(timeout=10)
    signet = Signet(data=tmp_path / "data", master_key=keys[0]).start()
    assert signet.stop() == 0


def test_files_are_the_owners_alone(server):
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700
    modes = {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in server.data.rglob("*") if not path.is_dir()}
    assert modes and all(mode == "0o600" for mode in modes.values()), modes
    assert "signet.sock" in modes


def found_in(secrets, signet, folder):
    """Which secrets stand in the log or in the data folder, as text or as the bytes that their base64url is."""
    log = "\n".join(line for line in signet.lines if "password" not in line.lower())
    written = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert len(written) > 4096
    found = []
    for name, secret in secrets.items():
        forms = [secret.encode()]
        raw = re.sub("^sg[a-z]_", "", secret).encode()
        try:
            decoded = base64.urlsafe_b64decode(raw + b"=" * (-len(raw) % 4))
            forms += [decoded] if len(decoded) >= 8 else []
        except ValueError:
            pass
        found += [name for form in forms if form in written] + ([name] if secret in log else [])
    return found


def test_secrets_of_pages_and_clients_stay_out_of_logs_and_database(tmp_path):
    """The same for what the pages and the token endpoint hand out."""
    signet = Signet(data=tmp_path / "data", demo=True, demo_password=PASSWORD).start()
    secrets = {}
    try:
        made = json.loads(run("client", "create", "app", "--first-party", "--redirect-uri", BACK, "--post", "--data", str(signet.data),
                              "--json").stdout)
        secrets["client secret"] = made["client_secret"]
        link = json.loads(run("user", "reset-link", "admin", "--data", str(signet.data), "--json").stdout)["link"]
        secrets["reset link"] = link.split("=")[1]
        agent = Agent(signet)
        page = agent.send("GET", "/account")
        secrets["transaction"] = page.headers["Location"].split("=")[1]
        agent.send("POST", "/sign-in/password", {"transaction": secrets["transaction"], "name": "demo", "password": PASSWORD})
        secrets |= {f"cookie {name}": value for name, value in agent.cookies.items()}
        shown = agent.send("GET", "/account/authenticator").body.decode()
        secrets["authenticator's secret"] = shown.split('id="secret">')[1].split("<")[0].replace(" ", "")
        code = time_code(secrets["authenticator's secret"])
        codes = agent.send("POST", "/account/authenticator", {"code": code}).body.decode().split("<li><code>")[1:]
        secrets |= {f"recovery code {number}": text.split("<")[0] for number, text in enumerate(codes)}
        assert len(codes) == 10
        key = base64.b32decode(secrets["authenticator's secret"])
        answer = agent.send("GET", "/authorize?" + urlencode({
            "client_id": "app", "response_type": "code", "redirect_uri": BACK, "scope": "openid offline_access",
            "code_challenge": CHALLENGE, "code_challenge_method": "S256"}))
        secrets["code"] = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
        form = {"grant_type": "authorization_code", "code": secrets["code"], "code_verifier": VERIFIER, "redirect_uri": BACK,
                "client_id": "app", "client_secret": secrets["client secret"]}
        tokens = agent.send("POST", "/token", form).json
        secrets["refresh token"] = tokens["refresh_token"]
        for name in ("access_token", "id_token"):
            secrets[name] = tokens[name].rsplit(".", 1)[1]
        agent.send("POST", "/token", form)
        agent.send("POST", "/token", {**form, "client_secret": "canary-client-secret-91"})
        agent.send("POST", "/reset", {"link": secrets["reset link"], "new": "canary-new-password-28"})
        secrets |= {"wrong client secret": "canary-client-secret-91", "new password": "canary-new-password-28"}
    finally:
        signet.stop()
    assert found_in(secrets, signet, tmp_path / "data") == []
    assert key not in b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())


def test_secrets_stay_out_of_logs_and_database(tmp_path):
    """Canaries: every secret that went through, looked for in every byte that was written."""
    signet = Signet(data=tmp_path / "data", demo=True, demo_password=PASSWORD).start()
    try:
        tokens = signet.login("demo", PASSWORD)
        admin = signet.login(signet.admin_name, signet.admin_password)
        wrong = "canary-wrong-password-551c"
        post(signet, "/login", {"name": "demo", "password": wrong})
        post(signet, "/refresh", {"refresh_token": "canary-refresh-token-77"})
        post(signet, "/login", body=b'{"name":"canary-in-bad-json', headers={"Content-Type": "application/json"})
        next_tokens = refresh(signet, tokens["refresh_token"]).json
        orders(signet, "canary.access.token")
        orders(signet, next_tokens["access_token"])
        post(signet, "/revoke", {"token": next_tokens["access_token"]}, token=admin["access_token"])
        orders(signet, next_tokens["access_token"])
        signet.stop()
    finally:
        signet.stop()

    secrets = {
        "demo password": PASSWORD, "wrong password": wrong, "unknown refresh token": "canary-refresh-token-77",
        "text of a bad body": "canary-in-bad-json", "unknown access token": "canary.access.token",
    }
    for name, answer in (("first", tokens), ("admin", admin), ("next", next_tokens)):
        secrets[f"{name} refresh token"] = answer["refresh_token"]
        secrets[f"{name} access token's signature"] = answer["access_token"].rsplit(".", 1)[1]
    assert found_in(secrets, signet, tmp_path / "data") == []
    written = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    assert signet.admin_password.encode() not in written
    assert signet.output.count(signet.admin_password) == 1, "the admin password stands in the output more than once"


def test_the_database_holds_no_private_key_in_clear(tmp_path):
    signet = Signet(data=tmp_path / "data").start()
    signet.stop()
    databases = [path for path in (tmp_path / "data").iterdir() if path.read_bytes()[:15] == b"SQLite format 3"]
    assert databases
    for path in databases:
        with sqlite3.connect(path) as connection:
            for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                for row in connection.execute(f'SELECT * FROM "{table}"').fetchall():
                    assert '"d"' not in repr(row) and "PRIVATE KEY" not in repr(row), table


def test_sigint_and_sigterm_end_it_cleanly(tmp_path):
    import signal

    for number in (signal.SIGINT, signal.SIGTERM):
        signet = Signet(data=tmp_path / f"data-{number}").start()
        signet.process.send_signal(number)
        assert signet.process.wait(15) == 0
        wait_for(lambda: not (signet.data / "signet.sock").exists())


def test_wrong_use_is_status_2(tmp_path):
    for arguments in (["serve", "--gateway", "nonsense"], ["serve", "--control", ":x"], ["serve", "--what"], ["serv"]):
        done = subprocess.run([binary(), *arguments], capture_output=True, timeout=20, cwd=tmp_path, stdin=subprocess.DEVNULL)
        assert done.returncode == 2, (arguments, done.returncode, done.stderr)
