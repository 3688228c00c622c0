"""What a configuration can say of an API, over the wire: who may call, how often, which versions, whose pages, what the upstream is told."""

import json
import threading

import pytest

from conftest import write_configuration
from signet_process import Signet, call, run
from wire import wait_for

SIX_LINES = """
upstreams: {{ orders: "http://127.0.0.1:{port}" }}
apis:
  orders:
    path: /orders
    upstream: orders
    access: {{ jwt: {{ issuer: built-in, audience: demo, scopes: [orders:read] }} }}
    limit: 100/min per consumer
"""

CONFIGURATION = """
issuers:
  partner: {{ issuer: "https://idp.example", keys: {{ file: keys.json }} }}
upstreams: {{ u: "http://127.0.0.1:{port}", v1: "http://127.0.0.1:{port}" }}
apis:
  keyed: {{ path: /keyed, upstream: u, access: api-key, identity-headers: [X-Consumer=consumer], forward-token: false }}
  basic: {{ path: /basic, upstream: u, access: basic }}
  either:
    path: /either
    upstream: u
    access: {{ any: [ {{ jwt: {{ issuer: partner, audience: orders }} }}, {{ api-key: X-Key }} ] }}
    identity-headers: [X-User=sub, X-Roles=roles, X-Consumer=consumer]
  both: {{ path: /both, upstream: u, access: {{ all: [ {{ jwt: {{ issuer: partner, audience: orders }} }}, {{ api-key: X-Key }} ] }} }}
  cookie:
    path: /cookie
    upstream: u
    access: {{ jwt: {{ issuer: partner, audience: orders, cookie: session, login: "https://login.example/?return=" }} }}
  hidden:
    path: /hidden
    upstream: u
    access: {{ jwt: {{ issuer: partner, audience: orders, cookie: session }} }}
    forward-token: false
  limited: {{ path: /limited, upstream: u, access: anonymous, limit: 3/h per address }}
  sold:
    path: /sold
    upstream: u
    access: api-key
    routes: {{ ping: {{ path: /ping, access: anonymous }} }}
  counted: {{ path: /counted, upstream: u, access: api-key, limit: 2/day }}
  stripped: {{ path: /stripped, upstream: u, access: anonymous, strip-path: true, policies: [browser] }}
  small: {{ path: /small, upstream: u, access: anonymous, maximum-body: 10B }}
  parts:
    path: /parts
    upstream: u
    routes:
      item: {{ path: "/items/{{id}}", methods: [GET], access: anonymous }}
      beta: {{ path: "/items/{{id}}", headers: [X-Beta=yes], access: api-key }}
      start: {{ path: /start/*, redirect: /, access: anonymous }}
      old: {{ path: /old/*, redirect: "https://new.example/parts", access: anonymous }}
  dated:
    path: /dated
    upstream: u
    access: anonymous
    versions: {{ v1: {{ upstream: v1, deprecated: 2020-01-01, sunset: 2999-01-01 }}, v2: {{}}, v0: {{ sunset: 2020-01-01 }} }}
    default-version: v2
  headed:
    path: /headed
    upstream: u
    access: anonymous
    version-header: API-Version
    versions: {{ "1": {{ deprecated: 2020-01-01 }}, "2": {{}} }}
  hosted: {{ path: /hosted, hosts: [api.example], upstream: u, access: anonymous }}
policies:
  browser: {{ origins: ["https://app.example"], request-headers: [X-Tenant=acme] }}
plans:
  bronze: {{ limit: 2/day, apis: [sold] }}
consumers:
  acme: {{ title: Acme Ltd. }}
  other: Other
  gone: {{ enabled: false }}
  partner-app: {{ issuer: partner, subjects: [usr_9] }}
credentials:
  acme-key: {{ consumer: acme, secret: {{ env: ACME_KEY }} }}
  other-key: {{ consumer: other, secret: {{ file: other.key }} }}
  gone-key: {{ consumer: gone, secret: {{ env: GONE_KEY }} }}
  off-key: {{ consumer: acme, enabled: false, secret: {{ env: OFF_KEY }} }}
  acme-password: {{ consumer: acme, kind: basic, secret: {{ env: ACME_PASSWORD }} }}
subscriptions:
  acme-bronze: {{ consumer: acme, plan: bronze }}
  other-ended: {{ consumer: other, plan: bronze, ends: 2020-01-01 }}
"""
SECRETS = {
    "ACME_KEY": "acme-key-0123456789", "GONE_KEY": "gone-key-0123456789", "OFF_KEY": "off-key-0123456789",
    "ACME_PASSWORD": "correct-horse-battery",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory, mint, upstream):
    folder = tmp_path_factory.mktemp("apis")
    (folder / "keys.json").write_text(json.dumps(mint.public_set()))
    (folder / "other.key").write_text("other-key-0123456789\n")
    config = write_configuration(folder, CONFIGURATION.format(port=upstream.port))
    signet = Signet(data=folder / "data", config=config, environment=SECRETS).start()
    yield signet
    signet.stop()


@pytest.fixture
def seen(upstream):
    upstream.clear()
    return upstream


def get(server, path, **headers):
    return call("GET", server.gateway + path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def token(mint, **claims):
    return mint.token(claims=mint.claims(**claims)).decode()


def code(answer):
    return answer.json["code"]


def test_the_six_lines_protect_an_api(tmp_path, upstream, seen):
    config = write_configuration(tmp_path, SIX_LINES.format(port=upstream.port))
    checked = run("check", str(config))
    assert checked.returncode == 0 and "1 route" in checked.stdout, checked.stderr
    signet = Signet(data=tmp_path / "data", config=config, arguments=("--audience", "demo")).start()
    try:
        assert (answer := get(signet, "/orders")).status == 401 and code(answer) == "token-missing"
        run("client", "create", "job", "--grant", "client_credentials", "--scope", "orders:read", "--scope", "other",
            "--audience", "demo", "--data", str(signet.data))
        assert not seen.seen
    finally:
        signet.stop()


def test_an_api_key_opens_what_asks_for_one(server, seen):
    assert (missing := get(server, "/keyed")).status == 401 and code(missing) == "key-missing"
    assert missing.headers["WWW-Authenticate"]
    assert code(get(server, "/keyed", X_API_Key="wrong-key-0123456789")) == "key-refused"
    assert code(get(server, "/keyed", X_API_Key=SECRETS["OFF_KEY"])) == "key-refused"
    disabled = get(server, "/keyed", X_API_Key=SECRETS["GONE_KEY"])
    assert disabled.status == 403 and code(disabled) == "consumer-disabled"
    assert not seen.seen
    assert get(server, "/keyed/x", X_API_Key=SECRETS["ACME_KEY"], X_Consumer="root").status == 200
    assert get(server, "/keyed", X_API_Key="other-key-0123456789").status == 200
    assert [request.values("x-consumer") for request in seen.seen] == [["acme"], ["other"]]
    assert all(not request.values("x-api-key") for request in seen.seen), "the key went on to the upstream"


def test_a_password_opens_what_asks_for_one(server, seen):
    import base64

    def header(text):
        return "Basic " + base64.b64encode(text.encode()).decode()

    missing = get(server, "/basic")
    assert missing.status == 401 and missing.headers["WWW-Authenticate"].startswith("Basic ")
    for wrong in ("acme:wrong-horse-battery", "other:" + SECRETS["ACME_PASSWORD"], "acme", ":"):
        assert code(get(server, "/basic", Authorization=header(wrong))) == "password-refused", wrong
    assert code(get(server, "/basic", Authorization="Basic ????")) == "password-refused"
    assert not seen.seen
    assert get(server, "/basic", Authorization=header("acme:" + SECRETS["ACME_PASSWORD"])).status == 200


def test_either_way_in_is_enough_and_names_the_caller(server, mint, seen):
    good = token(mint, sub="usr_9", roles=["clerk", "user"])
    assert get(server, "/either", Authorization="Bearer " + good, X_User="root", X_Roles="admin").status == 200
    assert get(server, "/either", X_Key=SECRETS["ACME_KEY"], X_User="root").status == 200
    first, second = seen.seen
    assert (first.values("x-user"), first.values("x-roles"), first.values("x-consumer")) == (["usr_9"], ["clerk,user"], ["partner-app"])
    assert (second.values("x-user"), second.values("x-consumer")) == ([], ["acme"])
    nothing = get(server, "/either")
    assert nothing.status == 401 and len(nothing.headers.get_all("WWW-Authenticate")) >= 2
    # Of two refusals the one that says more.
    assert code(get(server, "/either", Authorization="Bearer nonsense")) != "key-missing"


def test_where_both_are_asked_one_is_not_enough(server, mint, seen):
    bearer = "Bearer " + token(mint)
    assert get(server, "/both", Authorization=bearer).status == 401
    assert get(server, "/both", X_Key=SECRETS["ACME_KEY"]).status == 401
    assert not seen.seen
    assert get(server, "/both", Authorization=bearer, X_Key=SECRETS["ACME_KEY"]).status == 200


def test_whoever_is_switched_off_passes_beside_nobody(server, mint, seen):
    bearer = "Bearer " + token(mint, sub="usr_9")
    answer = get(server, "/both", Authorization=bearer, X_Key=SECRETS["GONE_KEY"])
    assert answer.status == 403 and code(answer) == "consumer-disabled" and not seen.seen


def test_nobody_says_at_one_api_who_calls_at_another(server, seen):
    assert get(server, "/stripped", X_User="root", X_Consumer="root", X_Roles="admin").status == 200
    only = seen.seen[0]
    assert [only.values(name) for name in ("x-user", "x-consumer", "x-roles")] == [[], [], []]


def test_a_token_that_ends_here_goes_no_further_in_a_cookie_either(server, mint, seen):
    cookie = "a=b; session=" + token(mint) + "; c=d"
    assert get(server, "/hidden", Cookie=cookie).status == 200
    assert get(server, "/hidden", Cookie="session=" + token(mint)).status == 200
    assert [request.values("cookie") for request in seen.seen] == [["a=b; c=d"], []]
    both = get(server, "/hidden", Cookie=cookie, Authorization="Bearer " + token(mint))
    assert both.status == 400 and code(both) == "token-ambiguous"


@pytest.mark.parametrize("line", ["Host=evil", "Content-Length=0", "X-Forwarded-For=1.2.3.4", "Connection=close"])
def test_what_is_the_connection_s_business_is_set_by_nobody(tmp_path, line):
    for text in (f"policies: {{ p: {{ request-headers: [{line}] }} }}", f"policies: {{ p: {{ response-headers: [{line}] }} }}",
                 f"apis: {{ a: {{ path: /a, upstream: u, access: anonymous, identity-headers: [{line}] }} }}"):
        config = write_configuration(tmp_path, "upstreams: { u: http://127.0.0.1:9 }\n" + text + "\n")
        assert run("check", str(config)).returncode == 1, text


def test_a_cookie_brings_the_token_and_other_sites_only_read(server, mint, seen):
    cookie = "a=b; session=" + token(mint) + "; c=d"
    assert get(server, "/cookie", Cookie=cookie).status == 200

    def post(**headers):
        return call("POST", server.gateway + "/cookie", body=b"", headers={"Cookie": cookie, **headers})

    for foreign in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}):
        answer = post(**foreign)
        assert answer.status == 403 and code(answer) == "page-foreign", foreign
    assert post(**{"Sec-Fetch-Site": "same-origin"}).status == 200
    assert post(Origin=server.gateway).status == 200
    upgrade = get(server, "/cookie", Cookie=cookie, Connection="Upgrade", Upgrade="websocket")
    assert upgrade.status == 403, "another site's page could open a connection that stays"
    # Twice the same name could be two people, also with blanks around it.
    for second in ("; session=x", "; session =x", ";\tsession=x"):
        assert get(server, "/cookie", Cookie=cookie + second).status == 400


def test_browsers_without_a_good_token_are_led_to_the_login(server, mint):
    expired = token(mint, exp=mint.now - 1000)
    for cookie in ("", "session=" + expired):
        answer = get(server, "/cookie/page?x=1&y=2", Accept="text/html,*/*", Cookie=cookie)
        assert answer.status == 303
        assert answer.headers["Location"] == (
            "https://login.example/?return=http%3A%2F%2F127.0.0.1%3A" + str(server.gateway_port) + "%2Fcookie%2Fpage%3Fx%3D1%26y%3D2")
    assert get(server, "/cookie", Accept="application/json").status == 401
    assert call("POST", server.gateway + "/cookie", body=b"", headers={"Accept": "text/html"}).status == 401


def test_a_limit_says_when_to_come_back(server, seen):
    answers = [get(server, "/limited") for _ in range(5)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429, 429]
    refused = answers[-1]
    assert code(refused) == "limit-exceeded"
    assert 0 < int(refused.headers["Retry-After"]) <= 3600 + 120
    assert refused.headers["RateLimit-Policy"] == '"limited";q=3;w=3600'
    assert refused.headers["RateLimit"].startswith('"limited";r=0;t=')
    assert len(seen.seen) == 3


def test_a_plan_opens_and_limits(server, seen):
    assert (none := get(server, "/sold", X_API_Key="other-key-0123456789")).status == 403 and code(none) == "subscription-missing"
    assert [get(server, "/sold", X_API_Key=SECRETS["ACME_KEY"]).status for _ in range(3)] == [200, 200, 429]
    assert get(server, "/sold/ping").status == 200, "whoever may call as nobody needs no subscription"
    # A plan's limit does not count where the plan opens nothing.
    assert get(server, "/keyed", X_API_Key=SECRETS["ACME_KEY"]).status == 200


def test_consumers_are_counted_apart(server):
    assert [get(server, "/counted", X_API_Key=SECRETS["ACME_KEY"]).status for _ in range(3)] == [200, 200, 429]
    assert get(server, "/counted", X_API_Key="other-key-0123456789").status == 200


def test_a_limit_is_exact_over_connections_and_loops(tmp_path, upstream):
    config = write_configuration(tmp_path, f"""
upstreams: {{ u: "http://127.0.0.1:{upstream.port}" }}
apis: {{ a: {{ path: /a, upstream: u, access: anonymous, limit: 200/h per route }} }}
""")
    signet = Signet(data=tmp_path / "data", config=config).start()
    try:
        counts = []

        def work():
            counts.append(sum(get(signet, "/a").status == 200 for _ in range(40)))

        threads = [threading.Thread(target=work) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(counts) == 200
        # What stays the same goes on counting over a reload; what changes counts anew.
        assert run("reload", "--data", str(signet.data)).returncode == 0
        assert get(signet, "/a").status == 429
        config.write_text(config.read_text().replace("200/h", "300/h"))
        assert run("reload", "--data", str(signet.data)).returncode == 0
        assert get(signet, "/a").status == 200
    finally:
        signet.stop()


def test_the_path_s_beginning_can_stay_behind(server, seen):
    for path in ("/stripped/a/b?c=d", "/stripped", "/stripped/"):
        assert get(server, path).status == 200
    assert [request.target for request in seen.seen] == ["/a/b?c=d", "/", "/"]
    assert [request.values("x-tenant") for request in seen.seen] == [["acme"]] * 3


def test_a_page_of_a_named_origin_may_call(server, seen):
    asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization, x-a"}
    preflight = call("OPTIONS", server.gateway + "/stripped/x", headers=asked)
    assert preflight.status == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == "https://app.example"
    assert "PUT" in preflight.headers["Access-Control-Allow-Methods"]
    assert preflight.headers["Access-Control-Allow-Headers"] == "authorization, x-a"
    foreign = call("OPTIONS", server.gateway + "/stripped/x", headers={**asked, "Origin": "https://evil.example"})
    assert foreign.headers["Access-Control-Allow-Origin"] is None
    assert not seen.seen, "a preflight reached the upstream"
    answer = get(server, "/stripped/x", Origin="https://app.example")
    assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example"
    assert "RateLimit" in answer.headers["Access-Control-Expose-Headers"]
    assert answer.headers.get_all("Vary") == ["Accept", "Origin"], "a cache would mix answers up"
    assert get(server, "/stripped/x", Origin="https://evil.example").headers["Access-Control-Allow-Origin"] is None


@pytest.mark.parametrize("framed", ["length", "chunked"])
def test_a_body_may_be_as_large_as_the_api_says(server, seen, framed):
    def post(size):
        if framed == "length":
            return call("POST", server.gateway + "/small", body=b"x" * size)
        chunk = b"%x\r\n%b\r\n0\r\n\r\n" % (size, b"x" * size)
        return call("POST", server.gateway + "/small", body=chunk, headers={"Transfer-Encoding": "chunked"})

    assert post(10).status == 200
    assert (refused := post(11)).status == 413 and code(refused) == "body-too-large"


def test_parts_of_an_api_differ(server, seen):
    assert get(server, "/parts/items/7").status == 200
    assert get(server, "/parts/items/7/more").status == 404
    assert get(server, "/parts").status == 404
    assert call("POST", server.gateway + "/parts/items/7", body=b"").status == 405
    assert get(server, "/parts/items/7", X_Beta="no").status == 200
    assert get(server, "/parts/items/7", X_Beta="yes").status == 401
    moved = get(server, "/parts/old/a/b?c=d")
    assert moved.status == 308 and moved.headers["Location"] == "https://new.example/parts/a/b?c=d"


@pytest.mark.parametrize("api, complaint", [
    ("{ path: '/t/{x}', upstream: u, access: anonymous, strip-path: true }", "no fixed length"),
    ("{ path: /a, upstream: u, access: anonymous, routes: { r: { path: '/{old}/*', redirect: 'https://new.example' } } }", "cannot be redirected"),
])
def test_a_path_of_no_fixed_length_is_not_cut(tmp_path, api, complaint):
    config = write_configuration(tmp_path, "upstreams: { u: http://127.0.0.1:9 }\napis: { a: " + api + " }\n")
    checked = run("check", str(config))
    assert checked.returncode == 1 and complaint in checked.stderr


def test_a_redirect_leads_nowhere_else(server):
    moved = get(server, "/parts/start/evil.example")
    assert moved.status == 308 and moved.headers["Location"] == "/evil.example"


def test_a_limit_that_is_said_twice_counts_once(tmp_path, upstream):
    config = write_configuration(tmp_path, f"""
upstreams: {{ u: "http://127.0.0.1:{upstream.port}" }}
policies: {{ p: {{ limit: 4/h per route }}, q: {{ limit: 4/h per route }} }}
apis: {{ a: {{ path: /a, upstream: u, access: anonymous, policies: [p, q] }} }}
""")
    signet = Signet(data=tmp_path / "data", config=config).start()
    try:
        assert [get(signet, "/a").status for _ in range(5)] == [200, 200, 200, 200, 429]
    finally:
        signet.stop()


def test_a_shared_secret_does_not_stand_in_a_document(tmp_path, mint):
    keys = json.dumps(mint.secret_set())
    config = write_configuration(tmp_path, f"""
issuers: {{ i: {{ issuer: x, keys: {{ inline: {keys} }} }} }}
upstreams: {{ u: http://127.0.0.1:9 }}
apis: {{ a: {{ path: /a, upstream: u, access: anonymous }} }}
""")
    checked = run("check", str(config))
    assert checked.returncode == 1 and "shared secret" in checked.stderr and keys[30:60] not in checked.stderr


def test_a_pipe_is_no_file(tmp_path):
    import os

    os.mkfifo(tmp_path / "pipe")
    config = write_configuration(tmp_path, f"""
upstreams: {{ u: http://127.0.0.1:9 }}
apis: {{ a: {{ path: /a, upstream: u, access: api-key }} }}
consumers: {{ c: C }}
credentials: {{ k: {{ consumer: c, secret: {{ file: {tmp_path}/pipe }} }} }}
""")
    assert run("check", str(config), timeout=20).returncode == 1
    assert run("check", str(tmp_path / "pipe"), timeout=20).returncode != 0


def test_quotas_outlive_the_process(tmp_path, upstream):
    config = write_configuration(tmp_path, f"""
upstreams: {{ u: "http://127.0.0.1:{upstream.port}" }}
apis:
  a: {{ path: /a, upstream: u, access: anonymous, limit: 4/month }}
  b: {{ path: /b, upstream: u, access: anonymous, limit: [100/day, 3/month per route] }}
""")
    signet = Signet(data=tmp_path / "data", config=config).start()
    try:
        assert [get(signet, "/a").status for _ in range(2)] == [200, 200]
        kept = tmp_path / "data" / "quotas"
        wait_for(kept.exists, seconds=25)
        assert kept.stat().st_mode & 0o777 == 0o600
        signet.kill()
        signet.start()
        assert [get(signet, "/a").status for _ in range(2)] == [200, 200]
        assert get(signet, "/b").status == 200
        # What was counted since the last time is written when it stops.
        signet.stop()
        signet.start()
        assert code(get(signet, "/a")) == "limit-exceeded"
        assert [get(signet, "/b").status for _ in range(3)] == [200, 200, 429]
        # A file that is no good stops nobody.
        signet.stop()
        kept.write_bytes(b"damaged")
        signet.start()
        assert get(signet, "/a").status == 200
    finally:
        signet.stop()


def test_versions_by_path_segment(server, seen):
    old = get(server, "/dated/v1/x")
    assert old.status == 200 and old.headers["Deprecation"] == "@1577836800"
    assert old.headers["Sunset"] == "Tue, 01 Jan 2999 00:00:00 GMT"
    assert get(server, "/dated/v2/x").headers["Deprecation"] is None
    assert get(server, "/dated/x").status == 200
    gone = get(server, "/dated/v0/x")
    assert gone.status == 410 and code(gone) == "version-gone"


def test_versions_by_header(server, seen):
    assert get(server, "/headed", API_Version="1").headers["Deprecation"] is not None
    assert get(server, "/headed", API_Version="2").status == 200
    assert get(server, "/headed", API_Version="3").status == 404
    assert get(server, "/headed").status == 404


def test_hosts(server, seen):
    for host, status in (("api.example", 200), ("API.example:8000", 200), ("other.example", 404), ("api.example.evil", 404)):
        assert get(server, "/hosted", Host=host).status == status, host
