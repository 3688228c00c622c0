"""The gateway over the wire: streaming, keep-alive, refusals and their explanations, reloads, what the upstream sees."""

import json
import os
import signal
import threading
import time

import pytest

from conftest import write_configuration
from signet_process import Signet, StartFailed, call, free_port, run
from wire import Wire, request, wait_for

ROUTES = """
issuers:
  partner: {{ issuer: "https://idp.example", keys: {{ file: ./keys.json }} }}
upstreams: {{ recorder: "http://127.0.0.1:{port}", nobody: "http://127.0.0.1:{closed}" }}
apis:
  open: {{ path: /open, upstream: recorder, access: anonymous }}
  gone: {{ path: /gone, upstream: nobody, access: anonymous }}
  post-only: {{ path: /post-only, methods: [POST], upstream: recorder, access: anonymous }}
  closed:
    path: /closed
    upstream: recorder
    identity-headers: [X-Signet-Subject=sub, Remote-User=sub]
    access: {{ jwt: {{ issuer: partner, audience: orders, types: [at+jwt], claims: [sub, roles=user], scopes: ["orders:read"] }} }}
"""


BAD_CONFIGURATION = """upstreams:
  recorder: ftp://127.0.0.1
apis:
  both:
    path: /both
    upstream: recorder
    access: { anonymous: true, jwt: { issuer: built-in, audience: x } }
  neither:
    path: /neither
    upstream: recorder
  lost:
    path: no-slash
    upstream: recorder
    access: anonymous
  typo:
    path: /typo
    upstraem: recorder
    access: anonymous
"""

MISSING = """issuers:
  partner: { issuer: "https://idp.example", keys: { file: ./missing.json } }
upstreams: { recorder: "http://127.0.0.1:9" }
apis:
  strange: { path: /strange, upstream: recorder, access: { jwt: { issuer: stranger, audience: x } } }
  lost: { path: /lost, upstream: nowhere, access: anonymous }
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory, mint):
    folder = tmp_path_factory.mktemp("gateway")
    (folder / "keys.json").write_text(json.dumps(mint.public_set()))
    return folder


@pytest.fixture(scope="module")
def server(folder, upstream):
    closed = free_port()
    routes = write_configuration(folder, ROUTES.format(port=upstream.port, closed=closed))
    signet = Signet(data=folder / "data", config=routes).start()
    signet.closed_port = closed
    yield signet
    signet.stop()


@pytest.fixture(autouse=True)
def fresh_record(upstream):
    upstream.clear()


# Streaming and keep-alive.


def test_an_answer_streams_before_it_is_complete(server, upstream):
    with Wire(server.gateway_port) as wire:
        wire.send(request("GET", "/open/gated/answer"))
        head = wire.read_until(b"\r\n\r\n")
        assert b"200" in head
        assert wire.read_until(b"first ") is not None, "the first piece waited for the second"
        upstream.open_gate("answer")
        assert wire.read_until(b"second") is not None


def test_a_body_streams_both_ways_at_once(server):
    with Wire(server.gateway_port) as wire:
        wire.send(request("POST", "/open/echo-stream", "Transfer-Encoding: chunked"))
        for piece in (b"one", b"two", b"three"):
            wire.send(b"%x\r\n%b\r\n" % (len(piece), piece))
            assert wire.read_until(piece) is not None, "the piece did not come back while the request was open"
        wire.send(b"0\r\n\r\n")
        assert wire.read_until(b"0\r\n\r\n") is not None


def echoed(server, body: bytes, pause: float = 0.0):
    """Sends a body and reads it back at the same time; yields the pieces of the answer as they come."""
    with Wire(server.gateway_port, timeout=60) as wire:
        def feed():
            wire.send(request("POST", "/open/echo-stream", f"Content-Length: {len(body)}"))
            wire.send(body)

        feeder = threading.Thread(target=feed)
        feeder.start()
        time.sleep(pause)
        assert b" 200 " in wire.read_until(b"\r\n\r\n")
        while (size := int(wire.read_until(b"\r\n"), 16)) > 0:
            yield wire.read_exactly(size)
            assert wire.read_exactly(2) == b"\r\n"
        feeder.join()


def test_large_bodies_arrive_whole(server):
    body = os.urandom(8 * 1024 * 1024)
    assert b"".join(echoed(server, body)) == body


def test_a_slow_reader_does_not_make_the_gateway_hold_everything(server):
    """64 MiB through a client that does not read for a while: the gateway's memory stays far below the body's size."""
    def resident() -> int:
        with open(f"/proc/{server.process.pid}/statm") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    body = bytes(64 * 1024 * 1024)
    before = peak = resident()
    received = 0
    for piece in echoed(server, body, pause=2.0):
        received += len(piece)
        peak = max(peak, resident())
    assert received == len(body)
    assert peak - before < 32 * 1024 * 1024, f"grew by {(peak - before) >> 20} MiB"


def test_connections_are_kept_on_both_sides(server, upstream):
    before = len(upstream.connections)
    with Wire(server.gateway_port) as wire:
        for number in range(20):
            wire.send(request("GET", f"/open/{number}"))
            assert wire.answer().status == 200
    assert len(upstream.connections) - before <= 1, "each request opened its own connection upstream"


def test_connection_close_is_honoured(server):
    with Wire(server.gateway_port) as wire:
        wire.send(request("GET", "/open/last", "Connection: close"))
        assert wire.answer().status == 200
        assert wire.is_closed()


def test_http_1_0_is_answered_and_closed(server):
    with Wire(server.gateway_port) as wire:
        wire.send(b"GET /open/old HTTP/1.0\r\nHost: gateway.example\r\n\r\n")
        assert wire.answer().status == 200
        assert wire.is_closed()


def test_a_head_sent_byte_by_byte_is_one_head(server, upstream):
    with Wire(server.gateway_port) as wire:
        for byte in request("POST", "/open/slowly", "Content-Length: 5", body=b"hello"):
            wire.send(bytes([byte]))
        assert wire.answer().status == 200
    assert upstream.seen[0].body == b"hello"


# Refusals.


def refusal(server, *lines: str, method="GET", target="/closed/thing"):
    with Wire(server.gateway_port) as wire:
        wire.send(request(method, target, *lines))
        answer = wire.answer()
    assert answer.header("content-type") == "application/problem+json", answer
    problem = json.loads(answer.body)
    assert {"type", "title", "status", "detail", "code", "trace"} <= set(problem)
    assert problem["status"] == answer.status
    return answer, problem, server.explain(problem["trace"])


def test_without_credentials_the_challenge_names_no_error(server, upstream):
    answer, problem, told = refusal(server)
    assert answer.status == 401
    assert answer.header("www-authenticate").startswith("Bearer") and "error=" not in answer.header("www-authenticate")
    assert told["code"] == problem["code"]
    assert upstream.seen == []


@pytest.mark.parametrize("value", ["Basic dXNlcjpwYXNz", "Digest x", "Bearer", "Bearer ", "bearer"])
def test_other_credentials_are_no_bearer_token(server, upstream, value):
    answer, problem, _ = refusal(server, f"Authorization: {value}")
    assert answer.status in (400, 401) and answer.header("www-authenticate").startswith("Bearer")
    assert upstream.seen == []


def test_two_authorization_lines_are_refused(server, mint, upstream):
    token = mint.token().decode()
    answer, _, _ = refusal(server, f"Authorization: Bearer {token}", f"Authorization: Bearer {token}")
    assert answer.status in (400, 401)
    assert upstream.seen == []


def test_a_bad_token_says_invalid_token_and_explain_says_why(server, mint, upstream):
    token = mint.token(claims=mint.claims(exp=mint.now - 3600)).decode()
    answer, problem, told = refusal(server, f"Authorization: Bearer {token}")
    assert answer.status == 401 and problem["code"] == "token-expired"
    assert 'error="invalid_token"' in answer.header("www-authenticate")
    steps = {step["check"]: step["outcome"] for step in told["steps"]}
    assert steps["signature"] == "passed" and steps["expiry"] == "failed"
    everything = json.dumps([problem, told, answer.headers]) + server.output
    for part in token.split("."):
        assert part not in everything, "a part of the token is kept"
    assert upstream.seen == []


def test_a_missing_scope_is_forbidden(server, mint):
    token = mint.token(claims=mint.claims(scope="other")).decode()
    answer, problem, _ = refusal(server, f"Authorization: Bearer {token}")
    assert answer.status == 403 and problem["code"] == "scope-missing"
    assert 'error="insufficient_scope"' in answer.header("www-authenticate")
    assert "orders:read" in answer.header("www-authenticate")


def test_the_scheme_is_case_insensitive_and_the_upstream_is_asked(server, mint, upstream):
    with Wire(server.gateway_port) as wire:
        wire.send(request("GET", "/closed/thing", f"Authorization: bEaReR {mint.token().decode()}"))
        assert wire.answer().status == 200
    assert len(upstream.seen) == 1


def test_no_route_is_not_found(server, upstream):
    answer, problem, told = refusal(server, target="/nowhere")
    assert answer.status == 404 and told["phase"] == "match"
    assert upstream.seen == []


def test_a_method_that_the_route_lacks(server):
    answer, _, _ = refusal(server, target="/post-only")
    assert answer.status in (404, 405)
    if answer.status == 405:
        assert "POST" in answer.header("allow")


def test_an_upstream_that_is_not_there(server):
    answer, problem, told = refusal(server, target="/gone")
    assert answer.status in (502, 503) and told["code"] == problem["code"]
    assert str(server.closed_port) not in answer.body.decode() and "nobody" not in answer.body.decode()


def test_a_refusal_keeps_the_connection_for_the_next_request(server, mint):
    with Wire(server.gateway_port) as wire:
        wire.send(request("GET", "/closed/thing"))
        assert wire.answer().status == 401
        wire.send(request("GET", "/closed/thing", f"Authorization: Bearer {mint.token().decode()}"))
        assert wire.answer().status == 200


def test_head_of_a_refusal_has_no_body(server):
    with Wire(server.gateway_port) as wire:
        wire.send(request("HEAD", "/closed/thing") + request("GET", "/open/next"))
        assert wire.answer(to_head=True).status == 401
        assert wire.answer().status == 200


def test_limits_of_a_head(server, upstream):
    for lines, statuses in (
        (("X-Big: " + "a" * 9000,), (400, 431)), (tuple(f"X-{n}: a" for n in range(101)), (400, 431)),
        (tuple(f"X-{n}: " + "a" * 4000 for n in range(12)), (400, 431)),
    ):
        with Wire(server.gateway_port) as wire:
            wire.send(request("GET", "/open/limits", *lines))
            answer = wire.answer()
            assert answer is not None and answer.status in statuses
    with Wire(server.gateway_port) as wire:
        wire.send(request("GET", "/open/" + "a" * 20_000))
        assert wire.answer().status in (400, 414, 431)
    assert upstream.seen == []


def test_explain_of_an_unknown_trace_is_refused(server):
    told = run("explain", "00000000000000000000000000", "--data", str(server.data))
    assert told.returncode == 1 and told.stderr and "Traceback" not in told.stderr
    assert run("explain", "../../etc/passwd", "--data", str(server.data)).returncode in (1, 2)


def test_explain_without_a_server_says_so(tmp_path):
    told = run("explain", "abc", "--data", str(tmp_path))
    assert told.returncode in (1, 2) and str(tmp_path) in told.stderr


# What the upstream sees.


def test_a_client_cannot_pose_as_the_gateway(server, upstream):
    upstream.clear()
    with Wire(server.gateway_port) as wire:
        wire.send(request(
            "GET", "/open/identity", "X-Signet-Subject: admin", "X-Forwarded-For: 10.0.0.1", "X-Forwarded-User: admin",
            "Forwarded: for=10.0.0.1", "X-Real-IP: 10.0.0.1", "Remote-User: admin"))
        assert wire.answer().status == 200
    seen = upstream.seen[0]
    for name in ("x-signet-subject", "x-forwarded-user", "remote-user", "x-real-ip", "forwarded"):
        assert seen.values(name) == [], f"{name} came from the client"
    assert seen.values("x-forwarded-for") == ["127.0.0.1"]
    # What many servers take for the same name is not let in at all.
    with Wire(server.gateway_port) as wire:
        wire.send(request("GET", "/open/identity", "X_Signet_Subject: admin"))
        assert wire.answer().status == 400


def test_hop_by_hop_fields_stay_on_their_hop(server, upstream):
    with Wire(server.gateway_port) as wire:
        wire.send(request(
            "GET", "/open/hops", "Connection: keep-alive, X-Private", "X-Private: 1", "Keep-Alive: timeout=5",
            "TE: trailers", "Proxy-Authorization: Basic eA==", "Upgrade: other"))
        assert wire.answer().status == 200
    for name in ("x-private", "keep-alive", "proxy-authorization", "upgrade"):
        assert upstream.seen[0].values(name) == []


def test_connection_cannot_remove_what_the_gateway_relies_on(server, mint, upstream):
    with Wire(server.gateway_port) as wire:
        wire.send(request(
            "POST", "/open/hops", "Connection: Content-Length, Host, Transfer-Encoding", "Content-Length: 5", body=b"hello"))
        answer = wire.answer()
    assert answer.status in (200, 400)
    if answer.status == 200:
        assert upstream.seen[0].body == b"hello" and len(upstream.seen[0].values("host")) == 1


@pytest.mark.parametrize("target", [
    "/open/../closed/thing", "/open/%2e%2e/closed/thing", "/open/..%2fclosed/thing", "/open/..;/closed/thing",
    "/open//closed", "/closed%2fthing", "/%63losed/thing", "/closed/%00", "/open/%zz", "/open/\\..\\closed", "/open/./x",
    "/CLOSED/thing", "/closed/thing/", "/closed;x=1/thing", "/open/%2E%2E%2Fclosed", "/open/a%c0%af..",
])
def test_one_canonical_path_for_policy_and_wire(server, upstream, target):
    """Whatever the path is taken for, nothing unprotected reaches /closed."""
    with Wire(server.gateway_port) as wire:
        wire.send(request("GET", target))
        answer = wire.answer()
    assert answer is not None and answer.status in (200, 400, 401, 404), answer
    for seen in upstream.seen:
        path = seen.target.split("?")[0].lower()
        assert path.startswith("/open/"), f"{target} went upstream as {seen.target}"
        assert ".." not in path and "%2e" not in path and "//" not in path and "\\" not in path, seen.target


def resident(server) -> int:
    """Bytes of memory that the server has."""
    with open(f"/proc/{server.process.pid}/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE")


@pytest.mark.parametrize("path, status", [("/open/x", 200), ("/closed/x", 401), ("/nowhere", 404), ("/gone", 502)])
def test_a_request_leaves_nothing_behind(server, path, status):
    def ask(count):
        with Wire(server.gateway_port) as wire:
            for _ in range(count // 50):
                wire.send(request("GET", path, "X-Padding: " + "x" * 3000) * 50)
                for _ in range(50):
                    assert wire.answer().status == status

    ask(1_500)
    before = resident(server)
    ask(5_000)
    # Kept, the heads alone would be 15 MB.
    assert resident(server) - before < 8_000_000


def test_what_was_read_of_a_connection_is_not_kept(server):
    """A client that always sends the first byte of the next request with this one."""
    one = request("GET", "/nowhere", "X-Padding: " + "x" * 6000)
    before = resident(server)
    with Wire(server.gateway_port) as wire:
        wire.send(one[:1])
        for _ in range(5_000):
            wire.send(one[1:] + one[:1])
            assert wire.answer().status == 404
    assert resident(server) - before < 12_000_000, "30 MB came, and were kept"


# Reloading.


def test_a_bad_configuration_lists_every_complaint_and_changes_nothing(folder, upstream, mint):
    work = folder / "reload"
    work.mkdir()
    (work / "keys.json").write_text(json.dumps(mint.public_set()))
    good = ROUTES.format(port=upstream.port, closed=free_port())
    routes = write_configuration(work, good)
    signet = Signet(data=work / "data", config=routes).start()
    try:
        for document, complaints in (
            (BAD_CONFIGURATION, ((2, "http://"), (7, "who may call"), (8, "who may call"), (12, "path"), (17, "upstraem"))),
            (MISSING, ((5, "stranger"), (6, "nowhere"))),
            (MISSING.replace("stranger", "partner").replace("nowhere", "recorder"), ((2, "missing.json"),)),
        ):
            routes.write_text(document)
            for told in (run("reload", "--data", str(signet.data)), run("check", str(routes))):
                assert told.returncode == 1, told.stdout
                said = (told.stdout + told.stderr).splitlines()
                for line, word in complaints:
                    assert any(text.startswith(f"line {line}:") and word in text for text in said), (line, word, said)
        assert call("GET", f"{signet.gateway}/open/still").status == 200, "the bad document changed something"
        assert call("GET", f"{signet.gateway}/typo").status == 404

        signet.process.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        assert signet.process.poll() is None
        assert call("GET", f"{signet.gateway}/open/still").status == 200

        routes.write_text(good.replace("path: /open,", "path: /opened,"))
        told = run("reload", "--data", str(signet.data))
        assert told.returncode == 0, told.stdout + told.stderr
        assert call("GET", f"{signet.gateway}/opened/now").status == 200
        assert call("GET", f"{signet.gateway}/open/still").status == 404

        routes.write_text(good)
        signet.process.send_signal(signal.SIGHUP)
        wait_for(lambda: call("GET", f"{signet.gateway}/open/again").status == 200)
    finally:
        signet.stop()


@pytest.mark.parametrize("text", ["", "[", "apis: 5\n", "a: &a [*a]\n", "apis:\n  - {name: x}\n", "\0", "- - -\n", "a: 1\na: 2\n"])
def test_a_server_does_not_start_on_a_bad_document(tmp_path, text):
    routes = write_configuration(tmp_path, text)
    signet = Signet(data=tmp_path / "data", config=routes)
    try:
        signet.start(timeout=10)
    except StartFailed as failed:
        assert signet.process.returncode not in (None, 0) and signet.process.returncode > 0, "died of a signal"
        assert "signet.yaml" in str(failed)
    else:
        signet.stop()
        assert text == "", f"started on {text!r}"
