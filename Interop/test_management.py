"""`signet client` and `signet user` against a running server, and what their changes do to tokens."""

import base64
import http.client
import json
from urllib.parse import urlencode

import pytest

from signet_process import Signet, call, run


@pytest.fixture(scope="module")
def manage(demo):
    """Runs a management command against the demo server: its JSON, or its exit status and complaint."""

    def command(*arguments, status=0):
        done = run(*arguments, "--data", str(demo.data), "--json", env={"PASSWORD_OF_KEEPER": "a-password-of-the-keeper"})
        assert done.returncode == status, done.stderr
        return json.loads(done.stdout) if status == 0 else done.stderr

    return command


def form(demo, path, parameters, client=None):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if client:
        headers["Authorization"] = "Basic " + base64.b64encode(":".join(client).encode()).decode()
    return call("POST", demo.control + path, body=urlencode(parameters).encode(), headers=headers)


def test_a_service_gets_tokens_that_the_gateway_accepts(demo, manage):
    made = manage(
        "client", "create", "orders", "--grant", "client_credentials", "--scope", "orders:read orders:write",
        "--audience", "demo")
    client = ("orders", made["client_secret"])
    tokens = form(demo, "/token", {"grant_type": "client_credentials", "scope": "orders:read"}, client)
    assert tokens.status == 200
    assert tokens.headers["Cache-Control"] == "no-store"
    access = tokens.json["access_token"]
    assert form(demo, "/introspect", {"token": access}, client).json["scope"] == "orders:read"
    assert call("GET", demo.gateway + "/demo/orders", token=access).status == 200
    assert form(demo, "/revoke", {"token": access}, client).status == 200
    assert form(demo, "/introspect", {"token": access}, client).json == {"active": False}
    assert call("GET", demo.gateway + "/demo/orders", token=access).status == 401


def test_a_renewed_secret_replaces_the_old_one_and_a_disabled_client_gets_nothing(demo, manage):
    old = manage("client", "create", "robot", "--grant", "client_credentials")["client_secret"]
    new = manage("client", "secret", "robot")["client_secret"]
    grant = {"grant_type": "client_credentials"}
    assert form(demo, "/token", grant, ("robot", old)).status == 401
    assert form(demo, "/token", grant, ("robot", new)).status == 200
    assert manage("client", "disable", "robot")["active"] is False
    assert form(demo, "/token", grant, ("robot", new)).status == 401
    assert manage("client", "enable", "robot")["active"] is True
    assert form(demo, "/token", grant, ("robot", new)).status == 200
    assert "client_secret" not in manage("client", "show", "robot")
    assert manage("client", "delete", "robot")["client_id"] == "robot"
    assert "no client" in manage("client", "show", "robot", status=1)


def test_what_cannot_be_registered_says_why(manage):
    manage("client", "create", "app", "--redirect-uri", "https://app.example/back", "--public")
    assert "already" in manage("client", "create", "app", "--redirect-uri", "https://app.example/back", status=1)
    assert "https" in manage("client", "create", "a", "--redirect-uri", "http://app.example/back", status=1)
    assert "fragment" in manage("client", "create", "a", "--redirect-uri", "https://app.example/#x", status=1)
    assert "redirect_uris" in manage("client", "create", "a", status=1)
    assert "grant_types" in manage("client", "create", "a", "--grant", "password", status=1)
    assert "exclude" in manage("client", "create", "a", "--public", "--post", status=2)
    assert "no client" in manage("client", "show", "../users", status=1)
    names = [client["client_id"] for client in manage("client", "list")["clients"]]
    assert "app" in names and "a" not in names


def test_a_disabled_user_is_out_at_once(demo, manage):
    made = manage("user", "create", "ada", "--role", "user", "--email", "ada@example.com")
    assert made["profile"] == {"email": "ada@example.com"}
    login = call("POST", demo.control + "/login", data={"name": "ada", "password": made["password"]})
    assert login.status == 200
    access, refresh = login.json["access_token"], login.json["refresh_token"]
    assert call("GET", demo.gateway + "/demo/orders", token=access).status == 200
    assert manage("user", "disable", "ada")["active"] is False
    assert call("GET", demo.gateway + "/demo/orders", token=access).status == 401
    assert call("POST", demo.control + "/refresh", data={"refresh_token": refresh}).status == 400
    assert call("POST", demo.control + "/login", data={"name": "ada", "password": made["password"]}).status == 401
    assert manage("user", "enable", "ada")["active"] is True
    again = call("POST", demo.control + "/login", data={"name": "ada", "password": made["password"]})
    assert again.status == 200
    changed = manage("user", "password", "ada")["password"]
    assert call("GET", demo.gateway + "/demo/orders", token=again.json["access_token"]).status == 401
    assert call("POST", demo.control + "/login", data={"name": "ada", "password": changed}).status == 200
    assert "password" not in manage("user", "show", "ada")


def test_a_named_client_manages_for_an_admin_and_no_other_token_does(demo, manage, page):
    """What OPERATIONS tells: a token for a script, by the device grant."""
    manage("user", "create", "keeper", "--server-role", "owner", "--password-env", "PASSWORD_OF_KEEPER")
    manage("client", "create", "terminal", "--management", "--public", "--grant", "device_code")
    scope = "openid signet:manage"
    begun = form(demo, "/device_authorization", {"client_id": "terminal", "scope": scope}).json
    page.goto(begun["verification_uri_complete"])
    page.get_by_label("Name").fill("keeper")
    page.get_by_label("Password").fill("a-password-of-the-keeper")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_text("Manage this server").wait_for()
    page.get_by_role("button", name="Allow", exact=True).click()
    page.get_by_role("heading", name="The device is connected").wait_for()
    tokens = form(demo, "/token", {
        "client_id": "terminal", "grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": begun["device_code"]})
    access = tokens.json["access_token"]
    users = call("GET", demo.control + "/api/users", token=access)
    assert users.status == 200 and "keeper" in [user["name"] for user in users.json["users"]]
    # An API never sees it, and it ends other people's tokens.
    assert call("GET", demo.gateway + "/demo/orders", token=access).status == 401
    login = call("POST", demo.control + "/login", data={"name": "keeper", "password": "a-password-of-the-keeper"}).json["access_token"]
    other = call("POST", demo.control + "/login", data={"name": "demo", "password": demo.demo_password}).json["access_token"]
    assert call("GET", demo.control + "/api/users", token=login).status == 401
    assert call("POST", demo.control + "/revoke", data={"token": other}, token=login).status == 403
    assert call("POST", demo.control + "/revoke", data={"token": other}, token=access).status == 200
    assert call("GET", demo.gateway + "/demo/orders", token=other).status == 401
    assert manage("user", "server-role", "keeper", "none")["server_role"] is None
    assert call("GET", demo.control + "/api/users", token=access).status == 403
    document = json.loads(call("GET", demo.control + "/api/openapi.json").body)
    assert "/api/users/{name}/server-role" in document["paths"]


def test_a_private_key_is_not_taken_for_a_clients(demo, manage, tmp_path):
    private = tmp_path / "private.json"
    assert run("keygen", "ES256", "--out", str(private)).returncode == 0
    secret = json.loads(private.read_text())["d"]
    for document in (json.loads(private.read_text()), {"keys": [json.loads(private.read_text())]}):
        file = tmp_path / "jwks.json"
        file.write_text(json.dumps(document))
        refused = manage("client", "create", "signer", "--jwks", str(file), "--grant", "client_credentials", status=1)
        assert "private key" in refused and secret not in refused
    public = run("key", "public", str(private))
    (tmp_path / "public.json").write_text(public.stdout)
    manage("client", "create", "signer", "--jwks", str(tmp_path / "public.json"), "--grant", "client_credentials")
    assert secret not in demo.output


def test_users_have_one_name_each(manage):
    manage("user", "create", "bob")
    assert "already" in manage("user", "create", "bob", status=1)
    assert "already" in manage("user", "create", "BOB", status=1)
    assert manage("user", "show", "Bob")["name"] == "bob"
    assert "usr_" in manage("client", "create", manage("user", "show", "bob")["id"], "--grant", "client_credentials", status=1)
    assert "letters" in manage("user", "create", "b b", status=1)
    assert "no user" in manage("user", "show", "nobody", status=1)
    assert "letters" in manage("user", "show", "a/../b", status=2)


def test_nothing_that_was_shown_once_is_in_the_log(demo, manage):
    secret = manage("client", "create", "quiet", "--grant", "client_credentials")["client_secret"]
    password = manage("user", "create", "carol")["password"]
    form(demo, "/token", {"grant_type": "client_credentials"}, ("quiet", secret + "x"))
    call("POST", demo.control + "/login", data={"name": "carol", "password": password + "x"})
    assert secret not in demo.output and password not in demo.output


def test_claims_are_looked_at_before_they_are_kept(demo, manage, tmp_path):
    rules = tmp_path / "rules.json"
    rules.write_text('[{"claim":"can","from":"roles","map":{"clerk":["orders:read"]}},{"claim":"tenant","value":"acme"}]')
    manage("user", "create", "erin", "--role", "clerk", "--role", "singer")
    manage("client", "create", "plain", "--redirect-uri", "https://app.example/back")
    wanted = {"can": ["orders:read"], "tenant": "acme"}
    tried = manage("client", "claims", "plain", "--user", "erin", "--scope", "openid", "--rules", str(rules))
    assert tried == {"access_token": wanted, "id_token": wanted}
    assert manage("client", "claims", "plain", "--user", "erin", "--scope", "openid") == {"access_token": {}, "id_token": {}}
    manage("client", "create", "mapped", "--redirect-uri", "https://app.example/back", "--claims", str(rules))
    assert manage("client", "claims", "mapped", "--user", "erin", "--scope", "openid")["id_token"] == wanted
    rules.write_text('[{"claim":"sub","value":"root"}]')
    assert "verifiers depend on" in manage("client", "create", "bad", "--claims", str(rules), "--redirect-uri", "https://a.example/", status=1)


def test_what_happened_is_told(demo, manage):
    manage("user", "create", "dora")
    call("POST", demo.control + "/login", data={"name": "dora", "password": "a guess"})
    told = run("audit", "--user", "dora", "--data", str(demo.data))
    assert told.returncode == 0, told.stderr
    lines = [line.split("  ") for line in told.stdout.splitlines()]
    assert [line[1] for line in lines] == ["user-created", "sign-in-refused"]
    assert lines[0][2] == "dora" and lines[0][-1] == "by operator" and lines[1][3] == "127.0.0.1"
    checked = run("audit", "--check", "--data", str(demo.data))
    assert checked.returncode == 0 and "as they were written; the log is keyed since 20" in checked.stdout
    assert "no user" in manage("audit", "--user", "nobody", status=1)


def test_a_gateway_elsewhere_hears_of_revocations(demo, manage):
    secret = manage("client", "create", "edge", "--first-party", "--grant", "client_credentials")["client_secret"]
    other = manage("client", "create", "stranger", "--grant", "client_credentials")["client_secret"]

    def listen(name, password):
        connection = http.client.HTTPConnection("127.0.0.1", demo.control_port, timeout=20)
        basic = base64.b64encode(f"{name}:{password}".encode()).decode()
        connection.request("GET", "/revocations", headers={"Authorization": f"Basic {basic}", "Host": f"localhost:{demo.control_port}"})
        return connection.getresponse()

    assert listen("edge", "wrong").status == 401 and listen("stranger", other).status == 400
    stream = listen("edge", secret)
    assert stream.status == 200 and stream.headers["Content-Type"] == "text/event-stream"
    assert stream.readline() == b"event: all\n"
    stream.readline(), stream.readline()
    session = demo.login_demo()
    assert call("POST", demo.control + "/logout", data={"refresh_token": session["refresh_token"]}).status == 204
    assert stream.readline() == b"event: more\n"
    told = json.loads(stream.readline().removeprefix(b"data: "))
    claims = json.loads(base64.urlsafe_b64decode(session["access_token"].split(".")[1] + "=="))
    assert [(one["kind"], one["iss"], one["id"]) for one in told] == [("session", demo.control, claims["sid"])]
    stream.close()


def test_keys_are_replaced_while_the_gateway_goes_on(demo):
    """Announced, at once, and in an emergency: what each does to the tokens of the key before."""
    url = demo.gateway + "/demo/orders"
    old = demo.login_demo()["access_token"]
    before = keys_of(demo)
    assert before[0]["state"] == "current" and before[0]["alg"] == "ES256"
    announced = run("signing-key", "rotate", "--data", str(demo.data))
    assert announced.returncode == 0, announced.stderr
    assert "next, signs from 20" in announced.stdout
    published = {key["kid"] for key in call("GET", demo.control + "/.well-known/jwks.json").json["keys"]}
    assert published == {key["kid"] for key in keys_of(demo)} and len(published) == len(before) + 1
    assert run("signing-key", "rotate", "--now", "--data", str(demo.data)).returncode == 0
    new = demo.login_demo()["access_token"]
    assert header_of(new)["kid"] != header_of(old)["kid"]
    assert [call("GET", url, token=token).status for token in (old, new)] == [200, 200]
    assert run("signing-key", "rotate", "--emergency", "--data", str(demo.data)).returncode == 0
    last = demo.login_demo()["access_token"]
    assert [call("GET", url, token=token).status for token in (old, new, last)] == [401, 401, 200]
    assert [key["state"] for key in keys_of(demo)] == ["current"]
    refused = run("signing-key", "rotate", "--algorithm", "RS256", "--data", str(demo.data))
    assert refused.returncode != 0 and "RS256" not in refused.stdout


def keys_of(demo):
    return json.loads(run("signing-key", "list", "--data", str(demo.data), "--json").stdout)["keys"]


def header_of(token):
    return json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))


def test_the_master_key_is_replaced_while_the_server_is_stopped(tmp_path):
    server = Signet(data=tmp_path / "data", demo=True, demo_password="a-password-for-the-demo")
    server.start()
    try:
        token = server.login_demo()["access_token"]
        busy = run("master-key", "rotate", "--data", str(server.data))
        assert busy.returncode == 1 and "in use by another process" in busy.stderr
        server.stop()
        key = (server.data / "master.key").read_bytes()
        done = run("master-key", "rotate", "--data", str(server.data))
        assert done.returncode == 0 and "values are sealed" in done.stdout, done.stderr
        assert (server.data / "master.key").read_bytes() != key
        server.start()
        assert call("GET", server.gateway + "/demo/orders", token=token).status == 200
    finally:
        server.stop()
