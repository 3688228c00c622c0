"""Behind HAProxy and behind nginx with TLS: whose address counts for waits, limits, logs and at upstreams, with `--trusted-proxy`
and without; and what else must pass a proxy: a connection that stays, an answer that pauses, a login in a browser."""

import json
import socket

import pytest
from websockets.sync.client import connect

from front_proxies import PASSWORD, Site
from signet_process import run
from wire import request, wait_for

OWNER, STRANGER, OTHER = "127.0.0.3", "127.0.0.2", "127.0.0.4"
PROXIES = ["haproxy", "nginx"]
ROUTES = """
settings: {{ access-log: access.log }}
upstreams: {{ recorder: "http://127.0.0.1:{port}", echo: "http://127.0.0.1:{echo}" }}
apis:
  open: {{ path: /open, upstream: recorder, access: anonymous }}
  limited: {{ path: /limited, upstream: recorder, access: anonymous, limit: 3/h per address }}
  echo: {{ path: /echo, upstream: echo, access: anonymous }}
  paused: {{ path: /gated, upstream: recorder, access: anonymous, streams: true }}
"""


@pytest.fixture(scope="module", params=PROXIES)
def trusting(request, tmp_path_factory, upstream, socket_echo):
    site = Site(
        request.param, tmp_path_factory.mktemp("proxies") / "trusting", ROUTES.format(port=upstream.port, echo=socket_echo),
        "--trusted-proxy", "127.0.0.1", "--trusted-proxy", "2001:db8::/32")
    yield site
    site.stop()


@pytest.fixture(scope="module", params=PROXIES)
def plain(request, tmp_path_factory, upstream, socket_echo):
    site = Site(
        request.param, tmp_path_factory.mktemp("proxies") / "plain", ROUTES.format(port=upstream.port, echo=socket_echo))
    yield site
    site.stop()


def test_a_stranger_elsewhere_neither_stops_nor_slows_the_owner(trusting):
    # However the stranger writes the field: the tries are the stranger's.
    trusting.guess(STRANGER, X_Forwarded_For=f"198.51.100.1, {OWNER}")
    assert trusting.login(OWNER, PASSWORD) == 200
    assert trusting.login(STRANGER, PASSWORD, X_Forwarded_For="198.51.100.2") == 429
    events = [json.loads(line) for line in run("audit", "--data", str(trusting.signet.data), "--json").stdout.splitlines()]
    assert {event["address"] for event in events if event["kind"] == "sign-in-refused"} == {STRANGER}


@pytest.mark.parametrize("trusting", ["haproxy"], indirect=True)
def test_nobody_else_is_believed(trusting):
    """Straight to the server, from an address that is no proxy's."""
    port = trusting.signet.control_port
    trusting.guess(OTHER, port=port, X_Forwarded_For="198.51.100.8")
    assert trusting.login(OTHER, PASSWORD, port=port, X_Forwarded_For="198.51.100.9") == 429


def test_without_trusted_proxies_the_field_is_nothing(plain):
    plain.guess(STRANGER, X_Forwarded_For="198.51.100.1")
    assert plain.login(OWNER, PASSWORD) == 429


@pytest.mark.parametrize("straight", [False, True])
def test_an_upstream_is_told_who_asks(trusting, upstream, straight):
    upstream.clear()
    port = trusting.signet.gateway_port if straight else trusting.apis
    status, _ = trusting.ask(OWNER, port, "GET", "/open/who", headers={
        "X-Forwarded-For": "198.51.100.1", "Forwarded": "for=198.51.100.1", "X-Forwarded-Proto": "https"})
    assert status == 200
    assert upstream.seen[-1].values("x-forwarded-for") == [OWNER]
    assert upstream.seen[-1].values("x-forwarded-proto") == ["http" if straight else "https"]
    assert upstream.seen[-1].values("forwarded") == []


def test_a_made_up_address_changes_no_limit(trusting):
    """Each client has its own three, through the proxy and straight, whatever it says of itself."""
    forged = [{"X-Forwarded-For": f"198.51.100.{number}"} for number in range(4)]
    for client, port in ((STRANGER, trusting.apis), (OTHER, trusting.signet.gateway_port)):
        asked = [trusting.ask(client, port, "GET", "/limited", headers=headers)[0] for headers in forged]
        assert asked == [200, 200, 200, 429], client
        # Nor does going the other way round.
        other = trusting.apis if port != trusting.apis else trusting.signet.gateway_port
        assert trusting.ask(client, other, "GET", "/limited")[0] == 429, client
    assert trusting.ask(OWNER, trusting.apis, "GET", "/limited")[0] == 200
    # Nobody uses up another's by naming them.
    for headers in ({"X-Forwarded-For": OWNER}, {"X-Forwarded-For": f"{OWNER}, {OWNER}"}, {"Forwarded": f"for={OWNER}"}):
        assert trusting.ask(STRANGER, trusting.apis, "GET", "/limited", headers=headers)[0] == 429
    assert trusting.ask(OWNER, trusting.apis, "GET", "/limited")[0] == 200


def test_without_trusted_proxies_everybody_is_the_proxy(plain):
    asked = [plain.ask(client, plain.apis, "GET", "/limited", headers={"X-Forwarded-For": client})[0]
             for client in (OWNER, STRANGER, OTHER, OWNER)]
    assert asked == [200, 200, 200, 429]


def test_the_access_log_names_the_client(trusting):
    log = trusting.folder / "access.log"
    for client, port in ((OWNER, trusting.apis), (OTHER, trusting.signet.gateway_port)):
        path = f"/open/logged-{client}"
        assert trusting.ask(client, port, "GET", path, headers={"X-Forwarded-For": "198.51.100.7"})[0] == 200
        line = wait_for(lambda: log.exists() and [line for line in log.read_text().splitlines() if path in line])
        assert json.loads(line[0])["address"] == client


def opened(site):
    """A connection to the proxy before the gateway."""
    raw = socket.create_connection(("127.0.0.1", site.apis), timeout=10)
    return site.trust.wrap_socket(raw, server_hostname="localhost") if site.trust else raw


def test_a_websocket_passes_the_proxy(trusting):
    scheme = "wss" if trusting.trust else "ws"
    with connect(f"{scheme}://localhost:{trusting.apis}/echo", ssl=trusting.trust) as talk:
        for message in ("one", "x" * 300_000, b"\x00\x01"):
            talk.send(message)
            assert talk.recv(timeout=10) == message


def test_an_answer_that_pauses_is_not_held_back(trusting, upstream):
    name = f"behind-{trusting.apis}"
    with opened(trusting) as connection:
        connection.sendall(request("GET", f"/gated/{name}"))
        told = b""
        while b"first " not in told:
            assert (more := connection.recv(4096)), told
            told += more
        assert b"second" not in told
        upstream.open_gate(name)
        while b"second" not in told:
            assert (more := connection.recv(4096)), told
            told += more


@pytest.mark.parametrize("trusting", ["nginx"], indirect=True)
def test_a_browser_logs_in_over_tls_and_keeps_cookies_that_are_safe_there(trusting, chromium):
    context = chromium.new_context(ignore_https_errors=True)
    try:
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(f"https://localhost:{trusting.logins}/account")
        assert page.url.startswith(f"https://localhost:{trusting.logins}/"), "the browser was led out of TLS"
        page.get_by_label("Name").fill("ada")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_role("heading", name="ada").wait_for()
        assert page.url == f"https://localhost:{trusting.logins}/account"
        kept = {cookie["name"]: cookie for cookie in context.cookies()}
        assert "__Host-signet-session" in kept
        for cookie in kept.values():
            assert cookie["secure"] and cookie["httpOnly"] and cookie["path"] == "/" and cookie["sameSite"] != "None", cookie
    finally:
        context.close()


@pytest.mark.parametrize("network", ["localhost", "10.0.0.1/8", "0.0.0.0/0", "10.0.0.0/33", "[::1]", ""])
def test_nonsense_is_refused_by_name(tmp_path, network):
    done = run("serve", "--data", str(tmp_path / "data"), "--trusted-proxy", network)
    assert done.returncode != 0 and f'"{network}" is none' in done.stderr
    assert not (tmp_path / "data").exists()
