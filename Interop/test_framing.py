"""Request smuggling and its relatives, row by row, with bytes that no HTTP library would send.

P01 to P20 name the rows of the project's threat list for HTTP/1.1 framing. Each test says what the client sees, whether the connection ends, and
what reached the upstream, which writes down every byte it was sent.
"""

import json
import threading

import pytest

from conftest import write_configuration
from signet_process import Signet
from wire import Wire, request, wait_for

ROUTES = """
upstreams: {{ recorder: "http://127.0.0.1:{port}" }}
apis:
  open: {{ path: /open, upstream: recorder, access: anonymous }}
  evil: {{ path: /evil, upstream: recorder, access: anonymous }}
  closed: {{ path: /closed, upstream: recorder, access: {{ jwt: {{ issuer: built-in, audience: demo }} }} }}
"""
SMUGGLED = b"GET /open/smuggled HTTP/1.1\r\nHost: gateway.example\r\n\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory, upstream):
    folder = tmp_path_factory.mktemp("framing")
    signet = Signet(data=folder / "data", config=write_configuration(folder, ROUTES.format(port=upstream.port))).start()
    yield signet
    signet.stop()


@pytest.fixture
def recorder(upstream, server):
    upstream.clear()
    yield upstream
    assert server.process.poll() is None, f"the gateway died:\n{server.output[-2000:]}"
    assert not [seen for seen in upstream.seen if seen.broken], "something unframed reached the upstream"
    assert not [seen for seen in upstream.seen if "smuggled" in seen.target], "a smuggled request reached the upstream"


def refused(server, recorder, data: bytes, *statuses: int):
    """The bytes are answered with one of the statuses, the connection ends, and the upstream heard nothing of it."""
    with Wire(server.gateway_port) as wire:
        wire.send(data)
        answer = wire.answer()
        assert answer is not None, "the connection ended without an answer"
        assert answer.status in statuses, (answer.status, answer.body)
        assert wire.is_closed(), "the connection stayed open after a framing error"
    assert recorder.seen == []
    return answer


def post(*lines: str, body: bytes = b"") -> bytes:
    return request("POST", "/open/row", *lines, body=body)


@pytest.mark.parametrize("lines", [
    ("Content-Length: 5", "Transfer-Encoding: chunked"), ("Transfer-Encoding: chunked", "Content-Length: 5"),
    ("Content-Length: 0", "Transfer-Encoding: chunked"), ("transfer-encoding: chunked", "content-length: 5"),
])
def test_p01_length_and_chunked_together(server, recorder, lines):
    refused(server, recorder, post(*lines, body=b"0\r\n\r\n" + SMUGGLED), 400)


@pytest.mark.parametrize("lines", [
    ("Content-Length: 5", "Content-Length: 5"), ("Content-Length: 5", "Content-Length: 6"), ("Content-Length: 5, 5",),
    ("Content-Length: 5,6",),
])
def test_p02_two_lengths(server, recorder, lines):
    refused(server, recorder, post(*lines, body=b"hello" + SMUGGLED), 400)


@pytest.mark.parametrize("length", [
    "+5", "-0", "-5", "0x5", "5 5", "5_0", "5.0", "18446744073709551616", "9223372036854775808",
    "99999999999999999999999999", "", " ", "five", "\u00b2", '"5"',
])
def test_p03_length_is_digits_that_fit(server, recorder, length):
    refused(server, recorder, post(f"Content-Length: {length}", body=b"hello" + SMUGGLED), 400)


@pytest.mark.parametrize("coding", [
    "xchunked", "chunked, x", ", chunked", "chunked,", "chunked, chunked", "\x0bchunked", "chunked\x0b", "\xa0chunked",
    '"chunked"', "identity", "gzip, chunked", "chunked;q=1", "chunk", "", "x",
])
def test_p04_only_plain_chunked(server, recorder, coding):
    refused(server, recorder, post(f"Transfer-Encoding: {coding}", body=b"0\r\n\r\n" + SMUGGLED), 400, 501)


def test_p04_repeated_chunked(server, recorder):
    lines = ("Transfer-Encoding: chunked", "Transfer-Encoding: chunked")
    refused(server, recorder, post(*lines, body=b"0\r\n\r\n" + SMUGGLED), 400, 501)


@pytest.mark.parametrize("name", ["Transfer-Encoding ", "Transfer_Encoding", " Transfer-Encoding", "X\r\nTransfer-Encoding"])
def test_p04_disguised_names_frame_nothing(server, recorder, name):
    """Either refused, or forwarded as a request without body whose next request is its own."""
    with Wire(server.gateway_port) as wire:
        wire.send(post(f"{name}: chunked", body=b""))
        answer = wire.answer()
        assert answer is not None
        if answer.status == 200:
            assert recorder.seen[0].body == b""
        else:
            assert answer.status in (400, 501)
            assert wire.is_closed()


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS"])
def test_p05_bodies_of_any_method_are_framed(server, recorder, method):
    body = SMUGGLED
    with Wire(server.gateway_port) as wire:
        wire.send(request(method, "/open/first", f"Content-Length: {len(body)}", body=body) + request("GET", "/open/second"))
        first = wire.answer(to_head=method == "HEAD")
        assert first is not None
        if first.status == 200:
            second = wire.answer()
            assert second is not None and second.status == 200
            assert [seen.target for seen in recorder.seen] == ["/open/first", "/open/second"]
            assert recorder.seen[0].body == body
        else:
            assert wire.is_closed()
            assert recorder.seen == []


def test_p06_expect_continue_is_answered_or_forwarded(server, recorder):
    with Wire(server.gateway_port) as wire:
        wire.send(post("Expect: 100-continue", "Content-Length: 5"))
        line = wire.read_until(b"\r\n")
        assert line == b"HTTP/1.1 100 Continue\r\n", line
        wire.read_until(b"\r\n")
        wire.send(b"hello")
        assert wire.answer().status == 200
    assert recorder.seen[0].body == b"hello"
    assert recorder.seen[0].values("expect") == [] or recorder.seen[0].body == b"hello"


def test_p06_a_refusal_before_the_body_never_reads_the_body_as_a_request(server, recorder):
    with Wire(server.gateway_port) as wire:
        wire.send(request("POST", "/closed", "Expect: 100-continue", f"Content-Length: {len(SMUGGLED)}"))
        assert wire.answer().status == 401
        wire.send(SMUGGLED)
        assert wire.is_silent()
    assert recorder.seen == []


@pytest.mark.parametrize("expectation", ["200-ok", "100-continue, x"])
def test_p06_other_expectations_are_refused(server, recorder, expectation):
    refused(server, recorder, post(f"Expect: {expectation}", "Content-Length: 5", body=b"hello"), 400, 417)


@pytest.mark.parametrize("size", [
    b"0x5", b"5_0", b"+5", b"-5", b" 5", b"5 ", b"", b"g", b"5\t", b"00000000000000000000000000000000000000005",
    b"ffffffffffffffff", b"10000000000000005",
])
def test_p07_chunk_sizes(server, recorder, size):
    data = post("Transfer-Encoding: chunked", body=size + b"\r\nhello\r\n0\r\n\r\n")
    with Wire(server.gateway_port) as wire:
        wire.send(data + SMUGGLED)
        answer = wire.answer()
        assert answer is not None and answer.status == 400, answer
        assert wire.is_closed()
    # The head may be on its way already; a whole request must not be.
    assert [seen for seen in recorder.seen if seen.body] == []


@pytest.mark.parametrize("line", [
    b"5;a=\n", b"5;a=\r", b"5;\0", b"5;a=\nb", b"5\n", b"5;" + b"x" * 300, b"5;" + b"x" * 100_000,
])
def test_p08_chunk_extensions(server, recorder, line):
    with Wire(server.gateway_port) as wire:
        wire.send(post("Transfer-Encoding: chunked", body=line + b"\r\nhello\r\n0\r\n\r\n") + SMUGGLED)
        answer = wire.answer()
        assert answer is not None and answer.status == 400, answer
        assert wire.is_closed()


def test_p08_a_small_extension_is_read_and_not_forwarded(server, recorder):
    with Wire(server.gateway_port) as wire:
        wire.send(post("Transfer-Encoding: chunked", body=b"5;name=value\r\nhello\r\n0\r\n\r\n"))
        assert wire.answer().status == 200
    assert recorder.seen[0].body == b"hello"


def test_p08_many_small_extensions_have_a_limit(server, recorder):
    chunk = b"1;" + b"x" * 200 + b"\r\na\r\n"
    with Wire(server.gateway_port) as wire:
        wire.send(post("Transfer-Encoding: chunked", body=chunk * 200 + b"0\r\n\r\n"))
        answer = wire.answer()
        assert answer is None or answer.status == 400, answer
        assert wire.is_closed()


@pytest.mark.parametrize("data", [
    b"GET /open/row HTTP/1.1\nHost: gateway.example\n\n", b"GET /open/row HTTP/1.1\r\nHost: gateway.example\n\r\n",
    b"GET /open/row HTTP/1.1\nHost: gateway.example\r\n\r\n", b"GET /open/row HTTP/1.1\r\nHost: gateway.example\r\r\n\r\n",
    b"GET /open/row HTTP/1.1\r\nHost: gateway.example\rX: y\r\n\r\n", b"GET /open/row HTTP/1.1\rHost: gateway.example\r\n\r\n",
])
def test_p09_lines_end_in_cr_lf(server, recorder, data):
    refused(server, recorder, data, 400)


@pytest.mark.parametrize("value", ["a\0b", "a\rb", "a\nb", "a\r\n folded", "a\r\n\tfolded", "a\x01b", "a\x7fb"])
def test_p10_no_controls_in_values(server, recorder, value):
    refused(server, recorder, request("GET", "/open/row", f"X-Odd: {value}"), 400)


@pytest.mark.parametrize("line", [
    "X-Odd : a", ": a", "X Odd: a", "X(Odd): a", "X-Odd", "X-Odd\t: a", "X\u00e9: a", "X@Y: a", "X\0: a",
])
def test_p11_field_names(server, recorder, line):
    refused(server, recorder, request("GET", "/open/row", line), 400)


def test_p11_a_space_before_the_first_field(server, recorder):
    refused(server, recorder, b"GET /open/row HTTP/1.1\r\n Host: gateway.example\r\nX: y\r\n\r\n", 400)


def test_p12_trailers_change_nothing(server, recorder):
    trailers = b"Content-Length: 99\r\nHost: evil.example\r\nAuthorization: Bearer x\r\nX-Signet-Subject: admin\r\n"
    with Wire(server.gateway_port) as wire:
        wire.send(post("Transfer-Encoding: chunked", body=b"5\r\nhello\r\n0\r\n" + trailers + b"\r\n"))
        assert wire.answer().status == 200
        wire.send(request("GET", "/open/after"))
        assert wire.answer().status == 200
    assert recorder.seen[0].body == b"hello"
    assert recorder.seen[0].trailers == []
    assert recorder.seen[1].target == "/open/after"


@pytest.mark.parametrize("head", [
    b"GET /open/row HTTP/1.1\r\n\r\n", b"GET /open/row HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
    b"GET /open/row HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET /open/row HTTP/1.1\r\nHost:\r\n\r\n",
    b"GET /open/row HTTP/1.1\r\nHost: a@b\r\n\r\n", b"GET /open/row HTTP/1.1\r\nHost: a,b\r\n\r\n",
    b"GET /open/row HTTP/1.1\r\nHost: a/b\r\n\r\n", b"GET /open/row HTTP/1.1\r\nHost: a b\r\n\r\n",
    b"GET /open/row HTTP/1.1\r\nHost: a:port\r\n\r\n", b"GET /open/row HTTP/1.1\r\nHost: [::1\r\n\r\n",
    b"GET http://a/open/row HTTP/1.1\r\nHost: b\r\n\r\n", b"GET http://a@b/open/row HTTP/1.1\r\nHost: b\r\n\r\n",
])
def test_p13_one_valid_host(server, recorder, head):
    refused(server, recorder, head, 400)


@pytest.mark.parametrize("data, statuses", [
    (b"GET /open/row\r\n\r\n", (400, 505)), (b"GET /open/row HTTP/0.9\r\nHost: a\r\n\r\n", (400, 505)),
    (b"POST /open/row HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", (400,)),
    (b"GET /open/row HTTP/1.2\r\nHost: a\r\n\r\n", (505,)), (b"GET /open/row HTTP/2.0\r\nHost: a\r\n\r\n", (505,)),
    (b"GET /open/row http/1.1\r\nHost: a\r\n\r\n", (400, 505)), (b"GET /open/row HTTP/1.11\r\nHost: a\r\n\r\n", (400, 505)),
    (b"GET  /open/row HTTP/1.1\r\nHost: a\r\n\r\n", (400,)), (b"GET /open/row HTTP/1.1 \r\nHost: a\r\n\r\n", (400, 505)),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400, 505)),
])
def test_p14_versions(server, recorder, data, statuses):
    refused(server, recorder, data, *statuses)


@pytest.mark.parametrize("method", [b"G\xc3\x89T", b"GE(T", b"GET,POST", b"\0GET", b"G" * 500, b"CONNECT", b"TRACE"])
def test_p15_methods(server, recorder, method):
    with Wire(server.gateway_port) as wire:
        wire.send(method + b" /open/row HTTP/1.1\r\nHost: gateway.example\r\n\r\n")
        answer = wire.answer()
        assert answer is not None and answer.status in (400, 405, 431, 501), answer
    assert recorder.seen == []


def test_p15_connect_to_an_authority(server, recorder):
    refused(server, recorder, b"CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:22\r\n\r\n", 400, 405, 501)


def test_p16_nothing_is_read_after_an_error(server, recorder):
    with Wire(server.gateway_port) as wire:
        wire.send(post("Content-Length: x") + SMUGGLED * 3)
        assert wire.answer().status == 400
        assert wire.is_closed()
    assert recorder.seen == []


def test_p16_pipelined_requests_are_answered_in_order(server, recorder):
    with Wire(server.gateway_port) as wire:
        wire.send(b"".join(request("GET", f"/open/{number}") for number in range(8)))
        targets = [json.loads(wire.answer().body)["target"] for _ in range(8)]
    assert targets == [f"/open/{number}" for number in range(8)]


def test_p17_an_early_answer_does_not_leave_a_body_behind(server, recorder):
    """The upstream answers before the body is there; what follows must not become a request of its own."""
    with Wire(server.gateway_port) as wire:
        wire.send(request("POST", "/open/early", f"Content-Length: {len(SMUGGLED) + 10}", body=b"x" * 10))
        assert wire.answer().status == 200
        wire.send(SMUGGLED)
        wire.send(request("GET", "/open/after"))
        answer = wire.answer()
        assert answer is None or json.loads(answer.body)["target"] == "/open/after"
    with Wire(server.gateway_port) as wire:
        wire.send(request("GET", "/open/next"))
        assert json.loads(wire.answer().body)["target"] == "/open/next"


def evil(server, kind: str):
    with Wire(server.gateway_port) as wire:
        wire.send(request("GET", f"/evil/{kind}"))
        answer = wire.answer()
        return answer, (answer is None or not answer.complete) and wire.is_closed()


@pytest.mark.parametrize("kind", ["too-much", "two-answers"])
def test_p18_an_upstream_that_says_too_much(server, recorder, kind):
    for _ in range(3):
        answer, _ = evil(server, kind)
        assert (answer.status, answer.body) in ((200, b"hello"),) or answer.status == 502
        with Wire(server.gateway_port) as wire:
            wire.send(request("GET", "/open/other-user"))
            assert json.loads(wire.answer().body)["target"] == "/open/other-user", "an answer went to the wrong request"


@pytest.mark.parametrize("kind", ["too-little", "cut-chunked", "bad-chunk"])
def test_p18_a_cut_answer_is_not_passed_off_as_whole(server, recorder, kind):
    answer, ended = evil(server, kind)
    assert ended or answer.status == 502, answer


def test_p18_interim_answers_have_a_limit(server, recorder):
    answer, _ = evil(server, "storm")
    assert answer.status == 502
    assert len(answer.interim) <= 16
    answer, _ = evil(server, "interim")
    assert (answer.status, answer.body) == (200, b"ok")


@pytest.mark.parametrize("kind", ["nothing", "garbage", "two-lengths", "length-and-chunked", "huge-head", "switch"])
def test_p18_an_upstream_that_speaks_no_http(server, recorder, kind):
    answer, _ = evil(server, kind)
    assert answer is not None and answer.status == 502
    problem = json.loads(answer.body)
    assert problem["status"] == 502 and problem["code"] and problem["trace"]


def test_p18_an_answer_until_close(server, recorder):
    answer, _ = evil(server, "until-close")
    assert answer.status == 200 and answer.body == b"read me to the end"


@pytest.mark.parametrize("kind", ["bare-cr", "bare-lf", "nul", "folded", "bad-name", "reason-lf"])
def test_p19_nothing_splits_an_answer(server, recorder, kind):
    answer, _ = evil(server, kind)
    assert answer is not None
    assert answer.status == 502 or "set-cookie" not in [name.lower() for name, _ in answer.headers]
    assert b"\n" not in answer.reason.encode("latin-1")


@pytest.mark.parametrize("kind", ["too-much", "two-answers", "bad-chunk", "garbage", "length-and-chunked", "bare-lf"])
def test_p20_an_odd_upstream_connection_is_not_used_again(server, recorder, kind):
    evil(server, kind)
    used = next(seen.connection for seen in recorder.seen if "/evil/" in seen.target)
    for number in range(4):
        with Wire(server.gateway_port) as wire:
            wire.send(request("GET", f"/open/clean-{number}"))
            assert wire.answer().status == 200
    assert all(seen.connection != used for seen in recorder.seen if "clean" in seen.target)


def test_p20_users_in_parallel_get_their_own_answers(server, recorder):
    wrong = []

    def user(name: int):
        with Wire(server.gateway_port) as wire:
            for number in range(50):
                wire.send(request("POST", f"/open/{name}/{number}", "Content-Length: 3", body=b"abc"))
                if json.loads(wire.answer().body)["target"] != f"/open/{name}/{number}":
                    wrong.append((name, number))

    threads = [threading.Thread(target=user, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    wait_for(lambda: len(recorder.seen) == 400)
