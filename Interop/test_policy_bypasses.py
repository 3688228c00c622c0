"""Ways around a policy, with bytes that no library would send: other spellings of a path behind a beginning that is taken off, other
methods, two keys, other addresses; and what an upstream's early answer leaves behind. The rows are those of the project's threat list."""

import json

import pytest

from conftest import write_configuration
from signet_process import Signet, call, free_port
from wire import Wire, request

CONFIGURATION = """
issuers: {{ partner: {{ issuer: "https://idp.example", keys: {{ file: keys.json }} }} }}
listeners:
  first: {{ address: "127.0.0.1:{first}", trusted-proxies: [127.0.0.1] }}
  second: {{ address: "127.0.0.1:{second}", trusted-proxies: [127.0.0.1] }}
upstreams: {{ u: "http://127.0.0.1:{port}" }}
policies:
  pages: {{ origins: ["https://app.example"] }}
  inside: {{ request-headers: [X-Inside=yes] }}
apis:
  open: {{ path: /open, upstream: u, access: anonymous }}
  shop: {{ path: /shop, upstream: u, access: anonymous, strip-path: true }}
  admin: {{ path: /shop/admin, upstream: u, access: api-key, strip-path: true, policies: [inside] }}
  closed: {{ path: /closed, upstream: u, access: api-key }}
  paged: {{ path: /paged, upstream: u, access: api-key, policies: [pages] }}
  near: {{ path: /near, upstream: u, access: anonymous, limit: 2/h per address }}
  mapped: {{ path: /mapped, upstream: u, access: anonymous, limit: 2/h per address }}
  zoned: {{ path: /zoned, upstream: u, access: anonymous, limit: 2/h per address }}
  counted: {{ path: /counted, upstream: u, access: api-key, limit: 2/h }}
  spelled: {{ path: /spelled, upstream: u, access: anonymous, limit: 5/h per address }}
  mixed:
    path: /mixed
    upstream: u
    access: {{ any: [ {{ jwt: {{ issuer: partner, audience: orders }} }}, api-key ] }}
    limit: 2/h per consumer
consumers:
  acme: {{ issuer: partner, subjects: [usr_acme] }}
credentials:
  one: {{ consumer: acme, secret: {{ env: KEY_ONE }} }}
  two: {{ consumer: acme, secret: {{ env: KEY_TWO }} }}
"""
ONE, TWO = "first-key-0123456789", "second-key-0123456789"


@pytest.fixture(scope="module")
def server(tmp_path_factory, mint, upstream):
    folder = tmp_path_factory.mktemp("bypasses")
    (folder / "keys.json").write_text(json.dumps(mint.public_set()))
    first, second = free_port(), free_port()
    text = CONFIGURATION.format(port=upstream.port, first=first, second=second)
    signet = Signet(
        data=folder / "data", config=write_configuration(folder, text), environment={"KEY_ONE": ONE, "KEY_TWO": TWO}).start()
    signet.ports = (first, second)
    yield signet
    signet.stop()


@pytest.fixture
def seen(upstream):
    upstream.clear()
    return upstream.seen


def ask(server, method, target, *lines, host="gateway.example", listener=0):
    with Wire(server.ports[listener]) as wire:
        wire.send(request(method, target, *lines, host=host))
        answer = wire.answer(to_head=method == "HEAD")
    assert answer is not None, target
    return answer


def code(answer):
    return json.loads(answer.body)["code"]


def test_p17_an_upstream_that_answered_early_is_not_asked_again_on_that_connection(server, upstream, seen):
    """Its answer is whole and the request is not: what would be written next there is the rest of that request."""
    for _ in range(3):
        with Wire(server.ports[0]) as wire:
            wire.send(request("POST", "/open/early", "Content-Length: 1000", body=b"x" * 10))
            assert wire.answer().status == 200
        assert ask(server, "GET", "/open/next").status == 200
    early = {one.connection for one in seen if one.target == "/open/early"}
    after = {one.connection for one in seen if one.target == "/open/next"}
    assert len(early) == 3 and not early & after
    for number in early:
        assert upstream.connections[number].count(b"HTTP/1.1\r\n") == 1, "a second request stands where a body was promised"


@pytest.mark.parametrize("rest", [
    "/admin", "/%61dmin", "/./admin", "/x/../admin", "//admin", "/..;/shop/admin", "/admin%2f", "/%2e/admin", "/%2E%2E/shop/admin",
    "/admin/../admin", "/admin/.", "/\\admin", "/%5cadmin", "/;/admin", "/admin%00", "/%2fadmin", "/admin/", "/admin?x=/..",
    "/%25%36%31dmin", "/%c0%afadmin", "/admin#x", "/ADMIN", "/%41dmin", "/x/%2e%2e/%61dmin", "/..%2fshop/admin", "/../closed",
    "/../../closed", "/x/..", "//evil.example/x", "///evil.example", "/.", "/..", "/%2e%2e", "/@evil.example", "/http://evil.example/",
])
def test_p35_no_spelling_behind_a_beginning_that_is_taken_off_means_another_resource(server, seen, rest):
    answer = ask(server, "GET", "/shop" + rest)
    assert answer.status in (200, 400, 401, 404), answer
    for one in seen:
        path, _, _ = one.target.partition("?")
        # Of /shop/admin nothing passes without a key, and what passes is a path of this server in its one spelling.
        assert not one.values("x-inside"), one.target
        assert path.startswith("/") and not path.startswith("//"), one.target
        assert path.rstrip("/") != "/admin" and not path.startswith(("/admin/", "/shop", "/closed")), one.target
        assert "/./" not in path + "/" and "/../" not in path + "/" and "//" not in path, one.target
        assert "%2e" not in path.lower() and "%2f" not in path.lower() and "%5c" not in path.lower(), one.target
        assert "\\" not in path and "%00" not in path and "%61" not in path, one.target


def test_p35_with_a_key_the_rest_goes_on(server, seen):
    assert ask(server, "GET", "/shop/%61dmin/x", f"X-API-Key: {ONE}").status == 200
    assert [(one.target, one.values("x-inside")) for one in seen] == [("/x", ["yes"])]


@pytest.mark.parametrize("path", ["/closed", "/paged"])
@pytest.mark.parametrize("lines", [
    (), ("Origin: https://app.example",), ("Origin: https://evil.example",), ("Access-Control-Request-Headers: authorization",),
    ("X-HTTP-Method-Override: GET",),
])
def test_p37_options_is_no_way_past_the_policy(server, seen, path, lines):
    answer = ask(server, "OPTIONS", path + "/x", *lines)
    assert answer.status == 401 and code(answer) == "key-missing" and not seen


@pytest.mark.parametrize("origin, path", [
    ("https://evil.example", "/closed"), ("https://app.example", "/closed"), ("https://evil.example", "/paged"),
    ("https://app.example", "/paged"), ("null", "/paged"), ("https://app.example.evil.example", "/paged"),
    ("https://app.example, https://evil.example", "/paged"), ("HTTPS://APP.EXAMPLE", "/paged"),
])
def test_p37_a_preflight_is_answered_here_or_refused(server, seen, origin, path):
    answer = ask(server, "OPTIONS", path + "/x", f"Origin: {origin}", "Access-Control-Request-Method: DELETE")
    assert not seen, "a preflight reached the upstream without a key"
    if path == "/closed":
        assert answer.status == 401
    else:
        allowed = origin if origin == "https://app.example" else None
        assert answer.status == 204 and answer.body == b"" and answer.header("access-control-allow-origin") == allowed
    assert ask(server, "OPTIONS", path + "/x", f"X-API-Key: {ONE}").status == 200
    assert [one.method for one in seen] == ["OPTIONS"]


@pytest.mark.parametrize("method", ["HEAD", "GET", "OPTIONS", "DELETE", "PROPFIND", "get", "Get", "X-ANY"])
def test_p37_no_method_needs_no_key(server, seen, method):
    assert ask(server, method, "/closed/x").status in (400, 401, 405, 501)
    assert not seen


@pytest.mark.parametrize("lines", [
    ("X-HTTP-Method-Override: DELETE",), ("X-HTTP-Method: DELETE",), ("X-Method-Override: DELETE",), ("X-Original-URL: /closed",),
    ("X-Rewrite-URL: /closed",), ("X-Forwarded-Prefix: /closed",), ("X-Forwarded-Uri: /closed",), ("X-Forwarded-Host: evil.example",),
    ("X-Forwarded-Method: DELETE",), ("X-Original-Method: DELETE",), ("X-Forwarded-Server: evil.example",), ("X-Forwarded-Scheme: https",),
])
def test_p38_nothing_renames_a_request_behind_the_policy_s_back(server, seen, lines):
    assert ask(server, "GET", "/open/x", *lines).status == 200
    name, _, value = lines[0].partition(": ")
    assert value not in seen[0].values(name), "what the upstream could obey was never judged"


@pytest.mark.parametrize("lines", [
    (f"X-API-Key: {ONE}", f"X-API-Key: {TWO}"), (f"X-API-Key: {ONE}", f"X-API-Key: {ONE}"), (f"X-API-Key: {ONE}", "x-api-key:"),
    (f"X-API-Key: {ONE}, {TWO}",), (f"X-API-Key: wrong-key-0123456789, {ONE}",),
])
def test_p42_two_keys_are_none(server, seen, lines):
    answer = ask(server, "GET", "/closed/x", *lines)
    assert answer.status in (400, 401) and code(answer) in ("key-ambiguous", "key-refused") and not seen


def test_p42_a_key_stands_in_its_field_alone(server, seen):
    for target, lines in (
        (f"/closed?X-API-Key={ONE}", ()), (f"/closed?api_key={ONE}", ()), ("/closed", (f"Authorization: Bearer {ONE}",)),
        ("/closed", (f"Cookie: X-API-Key={ONE}",)), ("/closed", (f"API-Key: {ONE}",)),
    ):
        assert code(ask(server, "GET", target, *lines)) == "key-missing", target
    assert not seen


def came_from(*addresses):
    return "X-Forwarded-For: " + ", ".join(addresses)


def test_p53_one_network_of_ipv6_is_one_caller(server):
    spellings = ["2001:db8:1:1::1", "2001:DB8:1:1:FFFF:ffff:0:2", "[2001:db8:1:1::3]:4711", "2001:0db8:0001:0001::4"]
    assert [ask(server, "GET", "/near", came_from(one)).status for one in spellings] == [200, 200, 429, 429]
    assert ask(server, "GET", "/near", came_from("2001:db8:1:2::1")).status == 200, "the next network is somebody else"


def test_p53_an_ipv4_address_is_the_same_in_ipv6(server):
    spellings = ["198.51.100.1", "::ffff:198.51.100.1", "::FFFF:c633:6401", "198.51.100.1:80"]
    assert [ask(server, "GET", "/mapped", came_from(one)).status for one in spellings] == [200, 200, 429, 429]
    # All of IPv4 is one /64 in this spelling, and yet not one caller.
    assert ask(server, "GET", "/mapped", came_from("::ffff:198.51.100.2")).status == 200


def test_p53_what_is_no_address_is_nobody_of_its_own(server):
    """It ends the reading, and the proxy that passed it on is the caller."""
    texts = ["fe80::1%eth0", "fe80::1%eth1", "unknown", "_hidden", "198.51.100.01", "0x7f.1", "3325256705"]
    assert [ask(server, "GET", "/zoned", came_from(one)).status for one in texts] == [200, 200] + [429] * 5


def test_p53_other_spellings_methods_and_doors_count_together(server):
    asked = [
        ("GET", "/spelled", {}), ("POST", "/%73pelled/", {"listener": 1}), ("GET", "/spelled?x=1", {"host": "GATEWAY.EXAMPLE"}),
        ("GET", "/x/../spelled", {"host": "other.example"}), ("GET", "/spelled/a/b", {"listener": 1}),
        ("HEAD", "/spelled", {"host": "gateway.example."}), ("GET", "/spelled/c", {"listener": 1, "host": "third.example:99"}),
    ]
    statuses = []
    for method, target, options in asked:
        lines = ("Content-Length: 0",) if method == "POST" else ()
        statuses.append(ask(server, method, target, *lines, **options).status)
    passed = [status for status in statuses if status == 200]
    assert len(passed) == 5 and statuses[-1] == 429, statuses


def test_p53_keys_and_tokens_of_one_consumer_count_together(server, mint):
    keys = [f"X-API-Key: {key}" for key in (ONE, TWO, ONE, TWO)]
    assert [ask(server, "GET", "/counted", line).status for line in keys] == [200, 200, 429, 429]
    token = mint.token(claims=mint.claims(sub="usr_acme")).decode()
    asked = [f"Authorization: Bearer {token}", f"X-API-Key: {ONE}", f"X-API-Key: {TWO}", f"Authorization: Bearer {token}"]
    assert [ask(server, "GET", "/mixed", line).status for line in asked] == [200, 200, 429, 429]


def control_paths(server):
    """What the control plane serves, as far as it says so itself, and what is known besides."""
    told = call("GET", server.control + "/.well-known/openid-configuration").json
    paths = {value.removeprefix(server.control) for value in told.values() if isinstance(value, str) and value.startswith(server.control + "/")}
    paths |= {path.replace("{", "").replace("}", "") for path in call("GET", server.control + "/api/openapi.json").json["paths"]}
    assert len(paths) > 20, paths
    return sorted(paths | {
        "/", "/metrics", "/healthz", "/readyz", "/login", "/refresh", "/logout", "/revoke", "/account", "/device", "/online", "/learn",
        "/authorize", "/token", "/par", "/register", "/revocations", "/.well-known/openid-configuration", "/.well-known/jwks.json",
        "/.well-known/oauth-authorization-server", "/api/explanations/x", "/api/openapi.json", "/problems/token-missing"})


def test_p58_nothing_of_the_control_plane_is_at_the_gateway(server, seen):
    for path in control_paths(server):
        for method in ("GET", "POST"):
            for host in ("gateway.example", f"localhost:{server.control_port}"):
                lines = ("Content-Length: 0",) if method == "POST" else ()
                answer = ask(server, method, path, *lines, host=host)
                assert answer.status == 404 and code(answer) == "route-not-found", (method, path)
    assert not seen


@pytest.mark.parametrize("host", [
    "[fe80::1%25eth0]", "[fe80::1%eth0]", "[fe80::1%25]", "[::1", "::1", "[::1]x", "[::1]:x", "[v1.x]", "[::g]", "gateway.example..",
    "gateway..example", ".", "gateway.example:", "a" * 300,
])
def test_p61_a_host_that_is_none_reaches_nobody(server, seen, host):
    assert ask(server, "GET", "/open/x", host=host).status == 400 and not seen
