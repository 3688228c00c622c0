"""Pages in a real browser that call an API of another origin through the gateway: what they may send, and what they get to read."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from conftest import write_configuration
from signet_process import Signet, free_port
from wire import wait_for

CONFIGURATION = """
settings: {{ access-log: access.log }}
issuers: {{ partner: {{ issuer: "https://idp.example", keys: {{ file: keys.json }} }} }}
upstreams: {{ u: "http://127.0.0.1:{port}", gone: "http://127.0.0.1:{gone}", echo: "http://127.0.0.1:{echo}" }}
policies: {{ pages: {{ origins: ["http://127.0.0.1:{app}"] }} }}
apis:
  orders: {{ path: /orders, upstream: u, policies: [pages], access: {{ jwt: {{ issuer: partner, audience: orders }} }}, limit: 1000/h }}
  few: {{ path: /few, upstream: u, policies: [pages], access: {{ jwt: {{ issuer: partner, audience: orders }} }}, limit: 1/h }}
  session: {{ path: /session, upstream: u, policies: [pages], access: {{ jwt: {{ issuer: partner, audience: orders, cookie: session }} }} }}
  talk: {{ path: /talk, upstream: echo, policies: [pages], access: {{ jwt: {{ issuer: partner, audience: orders, cookie: session }} }} }}
  small: {{ path: /small, upstream: u, policies: [pages], access: anonymous, maximum-body: 10B }}
  gone: {{ path: /gone, upstream: gone, policies: [pages], access: anonymous }}
  evil: {{ path: /evil, upstream: u, policies: [pages], access: anonymous }}
"""
ASK = """async ([url, options]) => {
    try {
        const answer = await fetch(url, options)
        return {status: answer.status, type: answer.type, body: await answer.text(), fields: Object.fromEntries(answer.headers)}
    } catch (error) { return {error: String(error)} }
}"""


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>A page</title>")

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def origins():
    """Where the pages are: the application's, and a stranger's. To a browser both are of one site with the gateway."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Page) for _ in range(2)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield [f"http://127.0.0.1:{server.server_address[1]}" for server in servers]
    for server in servers:
        server.shutdown()


@pytest.fixture(scope="module")
def server(tmp_path_factory, mint, upstream, socket_echo, origins):
    folder = tmp_path_factory.mktemp("pages")
    (folder / "keys.json").write_text(json.dumps(mint.public_set()))
    text = CONFIGURATION.format(port=upstream.port, gone=free_port(), echo=socket_echo, app=origins[0].rpartition(":")[2])
    signet = Signet(data=folder / "data", config=write_configuration(folder, text)).start()
    signet.log = folder / "access.log"
    yield signet
    signet.stop()


@pytest.fixture
def ask(page, server, upstream, origins):
    """Asks as a script of the application's page, or with `foreign` of the stranger's."""
    upstream.clear()

    def asks(path, *, foreign=False, token=None, host="127.0.0.1", **options):
        page.goto((origins[1] if foreign else origins[0]).replace("127.0.0.1", host) + "/")
        if token:
            options["headers"] = {**options.get("headers", {}), "Authorization": "Bearer " + token}
        return page.evaluate(ASK, [server.gateway + path, options])

    return asks


TALK = """url => new Promise(done => {
    const socket = new WebSocket(url)
    socket.onopen = () => socket.send('one')
    socket.onmessage = message => { done(message.data); socket.close() }
    socket.onerror = () => done('refused')
})"""


def token(mint, **claims):
    return mint.token(claims=mint.claims(**claims)).decode()


def preflights(server, path, count):
    """How often a browser asked before it called, once the access log has so many lines for the path."""
    def found():
        lines = [json.loads(line) for line in server.log.read_text().splitlines()] if server.log.exists() else []
        lines = [line for line in lines if line["path"] == path]
        return lines if len(lines) >= count else None

    lines = wait_for(found)
    assert len(lines) == count, lines
    return sum(line["method"] == "OPTIONS" and line["status"] == 204 for line in lines)


def test_a_page_of_a_named_origin_calls_and_reads(ask, server, upstream, mint):
    answer = ask("/orders/named", token=token(mint), method="PUT", body="{}", headers={"Content-Type": "application/json", "X-Own": "1"})
    assert answer["status"] == 200 and answer["type"] == "cors" and json.loads(answer["body"])["method"] == "PUT"
    assert answer["fields"]["ratelimit-policy"] == '"orders";q=1000;w=3600'
    assert answer["fields"]["ratelimit"].startswith('"orders";r=999;t=')
    assert [(seen.method, seen.values("x-own")) for seen in upstream.seen] == [("PUT", ["1"])], "the preflight is ours to answer"
    assert preflights(server, "/orders/named", 2) == 1


def test_the_preflight_s_answer_is_remembered(ask, server, page, mint):
    ask("/orders/again", token=token(mint))
    answer = page.evaluate(ASK, [server.gateway + "/orders/again", {"headers": {"Authorization": "Bearer " + token(mint)}}])
    assert answer["status"] == 200
    assert preflights(server, "/orders/again", 3) == 1


def test_a_refusal_is_readable_with_its_reason(ask, mint):
    missing = ask("/orders")
    assert missing["status"] == 401 and json.loads(missing["body"])["code"] == "token-missing"
    assert missing["fields"]["www-authenticate"].startswith("Bearer")
    bad = ask("/orders", token="nonsense")
    assert bad["status"] == 401 and json.loads(bad["body"])["trace"]
    foreign = ask("/orders", token=token(mint, aud="others"))
    assert foreign["status"] == 401 and "invalid_token" in foreign["fields"]["www-authenticate"]
    mine = token(mint, sub="usr_few")
    assert ask("/few", token=mine)["status"] == 200
    exceeded = ask("/few", token=mine)
    assert exceeded["status"] == 429 and json.loads(exceeded["body"])["code"] == "limit-exceeded"
    assert int(exceeded["fields"]["retry-after"]) > 0 and exceeded["fields"]["ratelimit"].startswith('"few";r=0;t=')


def test_what_goes_wrong_later_is_readable_too(ask):
    large = ask("/small", method="POST", body="x" * 11)
    assert large["status"] == 413 and json.loads(large["body"])["code"] == "body-too-large"
    gone = ask("/gone")
    assert gone["status"] == 502 and json.loads(gone["body"])["code"] == "upstream-unreachable"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_page_of_another_origin_gets_nothing(ask, upstream, mint, host):
    """Of the same site, and of another."""
    # It asks first, and is not let in: nothing reaches the upstream.
    assert "error" in ask("/orders", foreign=True, host=host, token=token(mint))
    assert "error" in ask("/orders", foreign=True, host=host, token=token(mint), method="DELETE")
    assert not upstream.seen
    # What it may send without asking it cannot read, neither answers nor refusals.
    assert "error" in ask("/orders", foreign=True, host=host)
    assert "error" in ask("/small", foreign=True, host=host)
    hidden = ask("/small", foreign=True, host=host, mode="no-cors")
    assert hidden["type"] == "opaque" and hidden["body"] == "" and hidden["fields"] == {}


def test_the_same_port_under_another_name_is_another_origin(ask, origins, mint):
    """The application's own port, under the machine's other name."""
    assert "error" in ask("/orders", host="localhost", token=token(mint))


def test_a_cookie_lets_a_named_page_read_and_no_page_of_another_origin_write(ask, page, server, upstream, mint):
    page.context.add_cookies([{
        "name": "session", "value": token(mint), "domain": "127.0.0.1", "path": "/", "httpOnly": True, "sameSite": "Lax"}])
    assert json.loads(ask("/session")["body"])["code"] == "token-missing", "a page does not send cookies unless it says so"
    read = ask("/session", credentials="include")
    assert read["status"] == 200 and json.loads(read["body"])["method"] == "GET"
    upstream.clear()
    # The same site alone is not enough to write: another port may be anybody's.
    for method in ("POST", "PUT", "DELETE"):
        refused = ask("/session", credentials="include", method=method)
        assert refused["status"] == 403 and json.loads(refused["body"])["code"] == "page-foreign", method
    assert "error" in ask("/session", foreign=True, credentials="include", method="POST", body="a=b")
    form = {"method": "POST", "body": "a=b", "mode": "no-cors", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}
    assert ask("/session", foreign=True, credentials="include", **form)["type"] == "opaque"
    page.evaluate("""url => {
        const form = document.createElement('form')
        form.method = 'post'; form.action = url; document.body.append(form); form.submit()
    }""", server.gateway + "/session")
    page.wait_for_url(server.gateway + "/session")
    assert json.loads(page.inner_text("body"))["code"] == "page-foreign"
    assert not upstream.seen
    # A page of the other origin that only reads makes the upstream work, and gets nothing of it.
    assert "error" in ask("/session", foreign=True, credentials="include")
    # From the gateway's own origin it writes.
    page.goto(server.gateway + "/session")
    own = page.evaluate(ASK, ["/session", {"method": "POST", "body": "a=b"}])
    assert own["status"] == 200 and json.loads(own["body"])["method"] == "POST"


def test_a_cookie_opens_a_websocket_to_pages_of_the_gateway_s_own_origin_alone(page, server, origins, mint):
    page.context.add_cookies([{
        "name": "session", "value": token(mint), "domain": "127.0.0.1", "path": "/", "httpOnly": True, "sameSite": "Lax"}])
    address = f"ws://127.0.0.1:{server.gateway_port}/talk"
    for origin in origins:
        page.goto(origin + "/")
        assert page.evaluate(TALK, address) == "refused", origin
    page.goto(server.gateway + "/session")
    assert page.evaluate(TALK, address) == "one"
    logged = [json.loads(line) for line in server.log.read_text().splitlines()]
    assert [line["code"] for line in logged if line["path"] == "/talk" and line["status"] == 403] == ["page-foreign"] * 2


def test_what_the_upstream_says_of_origins_does_not_stand_beside_ours(ask):
    """Of an upstream that lets everybody in, the application's page still gets one answer, which browsers take."""
    assert ask("/evil/open-to-all")["body"] == "ok"


def test_an_upstream_lets_in_nobody_whom_the_api_does_not_name(ask):
    assert "error" in ask("/evil/open-to-all", foreign=True)
