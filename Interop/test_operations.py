"""The operations at /api: who may, entity tags, idempotency keys, pages, the description, and the command as their client."""

import json
import re
import subprocess
import sys
import threading
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from signet_process import ROOT, Signet, call, run

ROLES = ("viewer", "publisher", "admin", "owner")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Signet(data=tmp_path_factory.mktemp("operations") / "data", demo=True, demo_password="a-password-for-the-demo")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def tokens(server, chromium):
    """A management token for somebody of each role, by the device grant; and one for somebody without a role."""
    assert run("client", "create", "terminal", "--management", "--public", "--grant", "device_code", "--data", str(server.data)).returncode == 0
    tokens = {}
    for role in (*ROLES, "nobody"):
        given = () if role == "nobody" else ("--server-role", role)
        made = run("user", "create", f"a-{role}", *given, "--password-env", "PASSWORD", "--data", str(server.data),
                   env={"PASSWORD": "a-password-of-somebody"})
        assert made.returncode == 0, made.stderr
        tokens[role] = token_of(server, chromium, f"a-{role}")
    return tokens


def token_of(server, chromium, name):
    begun = post_form(server, "/device_authorization", {"client_id": "terminal", "scope": "openid signet:manage"}).json
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(begun["verification_uri_complete"])
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill("a-password-of-somebody")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Allow", exact=True).click()
    page.get_by_role("heading", name="The device is connected").wait_for()
    context.close()
    return post_form(server, "/token", {
        "client_id": "terminal", "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": begun["device_code"]}).json["access_token"]


def post_form(server, path, parameters):
    return call("POST", server.control + path, body=urlencode(parameters).encode(), headers=FORM)


def api(server, token, method, path, data=None, **fields):
    return call(method, server.control + "/api" + path, data=data, token=token, headers={k.replace("_", "-"): v for k, v in fields.items()})


def description(server):
    return json.loads(call("GET", server.control + "/api/openapi.json").body)


def page_of_operations():
    loader = SourceFileLoader("api_reference", str(ROOT / "dev/api-reference"))
    module = module_from_spec(spec_from_loader("api_reference", loader))
    loader.exec_module(module)
    return module.page


def test_the_page_of_operations_is_what_the_server_describes(server):
    page = page_of_operations()
    written = (ROOT / "Documentation/API.md").read_text()
    assert page(description(server)) == written, "run dev/api-reference against a server of this version"


def test_every_cell_of_roles_and_operations(server, tokens):
    """What the page says of who may, by a real request of somebody of each role."""
    cells = 0
    for path, methods in description(server)["paths"].items():
        target = server.control + re.sub(r"\{[a-z]+\}", "nobody", path)
        for method, operation in methods.items():
            if "text/event-stream" in operation["responses"]["200"]["content"]:
                continue  # It has no end; test_analytics.py asks for it.
            assert call(method.upper(), target).status == 401, path
            refused = call(method.upper(), target, token=tokens["nobody"])
            assert refused.status == 403 and refused.json["code"] == "server-role-missing", path
            for position, role in enumerate(ROLES):
                may = position >= ROLES.index(operation["x-role"])
                answer = call(method.upper(), target, token=tokens[role])
                assert (answer.status != 403) is may, (role, method, path, answer.status, answer.body)
                assert answer.status not in (401, 405) and answer.status < 500, (role, method, path, answer.body)
                cells += 1
    assert cells > 250


def test_an_object_is_changed_only_as_it_was_read(server, tokens):
    token = tokens["publisher"]
    upstream = {"endpoints": ["http://127.0.0.1:9"]}
    made = api(server, token, "PUT", "/upstreams/stock", upstream, If_None_Match="*")
    assert made.status == 200 and made.json["written"], made.body
    again = api(server, token, "PUT", "/upstreams/stock", upstream, If_None_Match="*")
    assert again.status == 412 and again.json["code"] == "changed-meanwhile"
    read = api(server, token, "GET", "/upstreams/stock")
    tag = read.headers["ETag"]
    assert read.json["owner"] == "console" and tag == f'"{read.json["revision"]}"'
    assert api(server, token, "GET", "/upstreams/stock", If_None_Match=tag).status == 304
    other = {"endpoints": ["http://127.0.0.1:10"]}
    assert api(server, token, "PUT", "/upstreams/stock", other, If_Match=tag).status == 200
    lost = api(server, token, "PUT", "/upstreams/stock", upstream, If_Match=tag)
    assert lost.status == 412
    assert api(server, token, "DELETE", "/upstreams/stock", If_Match=tag).status == 412
    assert "127.0.0.1:10" in json.dumps(api(server, token, "GET", "/upstreams/stock").json["value"])
    dry = api(server, token, "DELETE", "/upstreams/stock?dry_run=true")
    assert dry.status == 200 and not dry.json["written"] and dry.json["changes"] == 1
    assert api(server, token, "DELETE", "/upstreams/stock").status == 200
    assert api(server, token, "GET", "/upstreams/stock").status == 404


def test_what_the_demo_has_is_told_as_its_own(server, tokens):
    token = tokens["viewer"]
    listed = {item["name"]: item for item in api(server, token, "GET", "/apis").json["apis"]}
    assert listed["demo-open"]["owner"] == "demo" and "revision" not in listed["demo-open"]
    assert listed["demo-open"]["value"]["path"] == "/demo/open"
    assert api(server, token, "GET", "/upstreams/demo").json["owner"] == "demo"
    # It is stored nowhere, so nobody deletes it; one of the same name takes its place until it is deleted.
    assert api(server, tokens["publisher"], "DELETE", "/apis/demo-open").status == 404
    own = {"path": "/demo/open", "access": "anonymous", "methods": ["GET"], "upstream": "own"}
    assert api(server, tokens["publisher"], "PUT", "/upstreams/own", {"endpoints": ["http://127.0.0.1:9"]}).status == 200
    assert api(server, tokens["publisher"], "PUT", "/apis/demo-open", own).status == 200
    assert api(server, token, "GET", "/apis/demo-open").json["owner"] == "console"
    assert api(server, tokens["publisher"], "DELETE", "/apis/demo-open").status == 200
    assert api(server, token, "GET", "/apis/demo-open").json["owner"] == "demo"
    assert api(server, tokens["publisher"], "DELETE", "/upstreams/own").status == 200


def test_a_request_is_tried_through_the_gateway(server, tokens):
    (listener,) = api(server, tokens["viewer"], "GET", "/open-listeners").json["listeners"]
    assert listener == {"name": "gateway", "url": server.gateway, "everywhere": False, "serves": "gateway"}

    def attempt(trial, role="publisher"):
        return api(server, tokens[role], "POST", "/try", trial)

    seen = attempt({"path": "/demo/open"})
    assert seen.status == 200 and seen.json["status"] == 200 and not seen.json["cut"], seen.body
    assert json.loads(seen.json["body"]) == {"message": "Everybody may read this."}
    assert any(line.lower().startswith("content-type: application/json") for line in seen.json["headers"])
    refused = attempt({"path": "/demo/orders", "headers": {"authorization": "Bearer x.y.z"}}).json
    assert refused["status"] == 401
    trace = json.loads(refused["body"])["trace"]
    assert api(server, tokens["viewer"], "GET", f"/explanations/{trace}").json["path"] == "/demo/orders"
    assert attempt({"path": "/demo/open", "method": "POST", "body": "{}"}).json["status"] in (404, 405)
    # Nobody smuggles a request or an address in, and nothing else than the gateway is reached.
    for wrong in ({"path": "demo"}, {"path": "/a b"}, {"path": "/a\r\nX: y"}, {"path": "/", "method": "get"}, {"path": "/", "host": "a b"},
                  {"path": "/", "headers": {"a": "b\r\nc: d"}}, {"path": "/", "headers": {"x-forwarded-for": "10.0.0.1"}},
                  {"path": "/", "headers": {"content-length": "5"}}, {"path": "/", "headers": {"host": "elsewhere"}}, {}):
        assert attempt(wrong).status == 400, wrong
    elsewhere = attempt({"path": "@127.0.0.1:9/"})
    assert elsewhere.status == 400
    assert attempt({"path": "/demo/open"}, role="viewer").status == 403


def test_fifty_who_change_one_object_lose_nothing(server, tokens):
    """Each reads, then writes with the tag it read: every success was made on what the one before it left."""
    token = tokens["publisher"]
    assert api(server, token, "PUT", "/upstreams/raced", {"endpoints": ["http://127.0.0.1:9"]}).status == 200
    tag = api(server, token, "GET", "/upstreams/raced").headers["ETag"]
    statuses = []

    def change(number):
        statuses.append(api(server, token, "PUT", "/upstreams/raced", {"endpoints": [f"http://127.0.0.1:{1000 + number}"]}, If_Match=tag).status)

    threads = [threading.Thread(target=change, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(set(statuses)) == [200, 412] and statuses.count(200) == 1
    api(server, token, "DELETE", "/upstreams/raced")


def test_users_and_clients_have_tags_too(server, tokens):
    token = tokens["admin"]
    assert api(server, token, "POST", "/users", {"name": "mona", "roles": ["clerk"]}).status == 200
    tag = api(server, token, "GET", "/users/mona").headers["ETag"]
    change = {"roles": ["clerk", "singer"], "groups": [], "profile": {"email": "mona@example.com"}}
    changed = api(server, token, "PUT", "/users/mona", change, If_Match=tag)
    assert changed.status == 200 and changed.json["roles"] == ["clerk", "singer"]
    assert api(server, token, "PUT", "/users/mona", change, If_Match=tag).status == 412
    document = {"client_id": "tagged", "grant_types": ["client_credentials"], "scope": "orders"}
    made = api(server, token, "POST", "/clients", document)
    assert made.status == 200 and made.json["client_secret"]
    tag = api(server, token, "GET", "/clients/tagged").headers["ETag"]
    assert api(server, token, "PUT", "/clients/tagged", {**document, "scope": "orders stock"}, If_Match=tag).status == 200
    assert api(server, token, "DELETE", "/clients/tagged", If_Match=tag).status == 412
    assert api(server, token, "DELETE", "/clients/tagged").status == 200


def test_a_key_lets_a_change_be_sent_twice(server, tokens):
    token = tokens["admin"]
    first = api(server, token, "POST", "/users", {"name": "once"}, Idempotency_Key="make-once-1")
    second = api(server, token, "POST", "/users", {"name": "once"}, Idempotency_Key="make-once-1")
    assert first.status == second.status == 200 and first.json == second.json
    assert second.headers["Idempotent-Replayed"] == "true" and first.headers["Idempotent-Replayed"] is None
    reused = api(server, token, "POST", "/users", {"name": "twice"}, Idempotency_Key="make-once-1")
    assert reused.status == 422 and reused.json["code"] == "idempotency-key-reused"
    # Another caller's key of the same text is another key; and what was refused may be sent again.
    other = api(server, tokens["owner"], "POST", "/users", {"name": "once"}, Idempotency_Key="make-once-1")
    assert other.status == 409 and other.json["code"] == "user-name-taken"
    assert api(server, tokens["owner"], "POST", "/users", {"name": "thrice"}, Idempotency_Key="make-once-1").status == 200
    # What was shown once does not lie open in the database.
    secret = first.json["password"].encode()
    assert not any(secret in file.read_bytes() for file in Path(server.data).glob("signet.db*"))


def test_ten_who_send_one_key_do_it_once(server, tokens):
    answers = []

    def make():
        answers.append(api(server, tokens["admin"], "POST", "/users", {"name": "raced"}, Idempotency_Key="race-1"))

    threads = [threading.Thread(target=make) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    good = [answer.json["password"] for answer in answers if answer.status == 200]
    assert good and len(set(good)) == 1
    assert {answer.json["code"] for answer in answers if answer.status != 200} <= {"idempotency-under-way"}


def test_lists_come_in_pages(server, tokens):
    token = tokens["owner"]
    for number in range(7):
        assert api(server, token, "PUT", f"/consumers/page-{number}", {"title": f"Number {number}"}).status == 200
    names, after, pages = [], "", 0
    while after is not None:
        answer = api(server, token, "GET", f"/consumers?limit=3{after and '&after=' + quote(after)}")
        names += [item["name"] for item in answer.json["consumers"]]
        after = answer.json.get("next")
        assert (f'after={after}>; rel="next"' in answer.headers["Link"]) if after else answer.headers["Link"] is None
        pages += 1
    assert pages == 3 and [name for name in names if name.startswith("page-")] == [f"page-{number}" for number in range(7)]
    for target in ("/users", "/clients", "/audit", "/configuration/history", "/configuration/objects", "/signing-keys", "/tokens", "/revocations"):
        everything = [item for page in pages_of(server, token, target, 1_000) for item in page]
        single = [item for page in pages_of(server, token, target, 2) for item in page]
        assert everything == single[:len(everything)], target
    assert api(server, token, "GET", "/users?limit=0").json["code"] == "parameter-invalid"
    assert api(server, token, "GET", "/users?colour=red").json["code"] == "parameter-invalid"


def pages_of(server, token, target, limit):
    after = ""
    while True:
        answer = api(server, token, "GET", f"{target}?limit={limit}{after}").json
        (items,) = (value for name, value in answer.items() if name != "next")
        yield items
        if "next" not in answer:
            return
        after = f"&after={quote(answer['next'])}"


def test_a_refusal_lists_what_is_wrong(server, tokens):
    refused = api(server, tokens["admin"], "POST", "/users", {"name": "a b", "roles": "x" * 300, "colour": "red"})
    assert refused.status == 400 and refused.json["code"] == "field-invalid"
    assert {error["pointer"] for error in refused.json["errors"]} == {"/name", "/roles", "/colour"}
    text = "apis:\n  orders: { path: /orders, upstream: nowhere, acess: anonymous }\n"
    refused = api(server, tokens["admin"], "POST", "/configuration/apply", {"document": text, "file": "a.yaml"})
    assert refused.status == 422 and refused.json["code"] == "configuration-refused"
    assert refused.json["errors"][0]["line"] == 2 and "acess" in refused.json["errors"][0]["message"]
    afar = api(server, tokens["owner"], "POST", "/configuration/apply", {"path": "/etc/passwd"})
    assert afar.status == 403 and afar.json["code"] == "path-from-afar"


def test_objects_are_put_together_by_whoever_may_put_each(server, tokens):
    def put(role, document, **more):
        return api(server, tokens[role], "POST", "/configuration/objects", {"document": document, **more})

    def revision():
        return api(server, tokens["viewer"], "GET", "/configuration").json["revision"]

    before = revision()
    both = "consumers: { pair: Pair }\nplans: { pair: { limit: 10/min } }\n"
    made = put("publisher", both, new=True, note="a pair")
    assert (made.status, made.json["changes"], made.json["revision"]) == (200, 2, before + 1), made.body
    stored = api(server, tokens["viewer"], "GET", "/plans/pair").json
    assert (stored["owner"], stored["revision"]) == ("console", before + 1)
    # One of two is there already: neither is put.
    there = put("publisher", "consumers: { pair: Pair, single: Single }\n", new=True)
    assert there.status == 412 and "consumer pair is there already" in there.json["detail"], there.body
    for document, more, code in (
        (both + "settings: { public-address: https://a.example }\n", {}, "role-insufficient"),
        (both, {"take_over": True}, "role-insufficient"),
        ("credentials: { pair-key: { consumer: pair, secret: { env: HOME } } }\n", {}, "role-insufficient"),
    ):
        refused = put("publisher", document, **more)
        assert (refused.status, refused.json["code"]) == (403, code), refused.body
    wrong = put("publisher", "plans:\n  pair:\n    limit: often\n")
    assert wrong.status == 422 and wrong.json["errors"][0]["line"] == 3
    tried = put("publisher", both.replace("10/min", "20/min"), dry_run=True)
    assert tried.json["changes"] == 1 and not tried.json["written"]
    assert revision() == before + 1
    for path in ("/plans/pair", "/consumers/pair"):
        assert api(server, tokens["admin"], "DELETE", path).status == 200


def test_the_command_is_a_client_from_elsewhere(server, tokens, tmp_path):
    def signet(*arguments, role="admin", **environment):
        return run(*arguments, "--server", server.control, env={"SIGNET_TOKEN": tokens[role], **environment})

    listed = signet("user", "list")
    assert listed.returncode == 0 and "a-owner" in listed.stdout, listed.stderr
    file = tmp_path / "far.yaml"
    file.write_text("consumers: { far: Far away }\nplans: { small: 10/min }\n")
    for command, wanted in ((("diff", "-f", str(file)), 1), (("apply", "-f", str(file)), 0), (("diff", "-f", str(file)), 0)):
        done = signet(*command)
        assert done.returncode == wanted, (command, done.stdout, done.stderr)
    assert "file far.yaml" in signet("history").stdout
    made = signet("credential", "create", "far-key", "--consumer", "far", "--json", role="publisher")
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["secret"].startswith("sgk_")
    file.write_text("plans: { small: 10/min }\n")
    in_use = signet("apply", "-f", str(file))
    assert in_use.returncode == 1 and "in use" in in_use.stderr
    weak = signet("apply", "-f", str(file), role="viewer")
    assert weak.returncode == 1 and "admin" in weak.stderr
    nothing = run("user", "list", "--server", server.control)
    assert nothing.returncode == 2 and "SIGNET_TOKEN" in nothing.stderr
    wrong = signet("user", "list", SIGNET_TOKEN="not-a-token")
    assert wrong.returncode == 1 and "token" in wrong.stderr
    clear = run("user", "list", "--server", "http://signet.example", env={"SIGNET_TOKEN": "x"})
    assert clear.returncode == 2 and "https" in clear.stderr
    assert all(token not in server.output for token in tokens.values())


def test_a_made_key_opens_an_api_and_a_renewed_one_in_its_place(server, tokens, upstream, tmp_path):
    token = tokens["publisher"]
    assert api(server, token, "PUT", "/upstreams/real", {"endpoints": [f"http://127.0.0.1:{upstream.port}"]}).status == 200
    assert api(server, token, "PUT", "/consumers/acme", {"title": "Acme"}).status == 200
    route = {"path": "/made", "upstream": "real", "access": {"api-key": {}}}
    put = api(server, token, "PUT", "/apis/made", route)
    assert put.status == 200, put.body
    made = api(server, token, "POST", "/credentials/acme-key/secret", {"consumer": "acme"})
    assert made.status == 200, made.body
    url = server.gateway + "/made/x"
    assert call("GET", url, headers={"X-API-Key": made.json["secret"]}).status == 200
    renewed = api(server, token, "POST", "/credentials/acme-key/secret", {})
    assert renewed.json["secret"] != made.json["secret"] and renewed.json["consumer"] == "acme"
    assert call("GET", url, headers={"X-API-Key": made.json["secret"]}).status == 401
    assert call("GET", url, headers={"X-API-Key": renewed.json["secret"]}).status == 200
    kept = api(server, token, "GET", "/credentials/acme-key").json["value"]
    assert set(kept) == {"consumer", "digest"}
    elsewhere = {"consumer": "acme", "secret": {"file": "/etc/hostname"}}
    refused = api(server, token, "PUT", "/credentials/found", elsewhere)
    assert refused.status == 403 and refused.json["code"] == "role-insufficient"
    missing = api(server, token, "POST", "/credentials/nobodys/secret", {})
    assert missing.status == 404


def test_the_address_of_a_problem_says_what_to_do(server):
    refused = call("GET", server.gateway + "/demo/orders")
    assert refused.json["type"] == f"{server.control}/problems/{refused.json['code']}"
    page = call("GET", refused.json["type"])
    assert page.status == 200 and refused.json["code"].encode() in page.body and b"<p>" in page.body
    codes = re.findall(r"^### `(.*)`$", (ROOT / "Documentation/PROBLEMS.md").read_text(), re.M)
    listed = call("GET", server.control + "/problems").body.decode()
    assert all(f'href="/problems/{code}"' in listed for code in codes)
    assert call("GET", server.control + "/problems/no-such-code").status == 404


def test_a_refusal_of_the_control_plane_is_explained(server, tokens):
    refused = api(server, tokens["viewer"], "POST", "/users", {"name": "x"})
    assert refused.status == 403
    told = run("explain", refused.json["trace"], "--data", str(server.data))
    assert told.returncode == 0 and "POST /api/users" in told.stdout and "role-insufficient" in told.stdout, told.stderr
    recent = api(server, tokens["viewer"], "GET", "/explanations?limit=5").json["explanations"]
    assert refused.json["trace"] in [explanation["trace"] for explanation in recent]


# What can end the token that the rest is asked with: schemathesis learns names from answers, and uses them.
ENDING = (
    "rotateSigningKeys", "revokeClient", "disableClient", "deleteClient", "replaceClient", "signUserOut", "disableUser",
    "setUserPassword", "setServerRole", "endSession")


@pytest.mark.timeout(1_200)
def test_schemathesis_finds_nothing(server, tokens, chromium, tmp_path):
    """Fifty inputs for each operation: no 5xx, no answer that is not described, nothing open."""
    # One that lasts as long as it all takes.
    client = api(server, tokens["owner"], "GET", "/clients/terminal").json
    assert api(server, tokens["owner"], "PUT", "/clients/terminal", {
        **{name: value for name, value in client.items() if name not in ("active", "built_in")}, "access_token_lifetime": 3_600}).status == 200
    token = token_of(server, chromium, "a-owner")

    def found(choice):
        chosen = [word for name in ENDING for word in (choice, name)]
        return subprocess.run(
            [str(Path(sys.executable).parent / "schemathesis"), "run", server.control + "/api/openapi.json",
             "-H", f"Authorization: Bearer {token}", "--phases", "fuzzing", "--max-examples", "50", "--workers", "4", "--seed", "1",
             "--no-color", "--request-timeout", "60", "--checks",
             "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,ignored_auth", *chosen],
            capture_output=True, text=True, cwd=tmp_path, timeout=600)

    most = found("--exclude-operation-id")
    assert "returned only 401/403" not in most.stdout
    for run_of_it in (most, found("--include-operation-id")):
        assert run_of_it.returncode == 0, run_of_it.stdout[-20_000:] + run_of_it.stderr[-2_000:]
    assert call("GET", server.control + "/readyz").status == 200
