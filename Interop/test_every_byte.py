"""Each of the 256 bytes at each place where servers have been led astray: around lengths and `chunked`, in chunk sizes, in paths,
in the names of fields that tell who calls, and in what an upstream answers. What passes must mean one thing; the rows are those of the project's threat list."""

import json
import re
from urllib.parse import unquote_to_bytes

import pytest

from conftest import write_configuration
from signet_process import Signet
from wire import Wire, request

ROUTES = """
upstreams: {{ recorder: "http://127.0.0.1:{port}" }}
apis:
  open: {{ path: /open, upstream: recorder, access: anonymous }}
  closed:
    path: /closed
    upstream: recorder
    access: {{ jwt: {{ issuer: built-in, audience: demo }} }}
    identity-headers: [X-Caller-Name=sub]
"""
SMUGGLED = b"GET /open/smuggled HTTP/1.1\r\nHost: gateway.example\r\n\r\n"
MARKER = request("GET", "/open/marker")


@pytest.fixture(scope="module")
def server(tmp_path_factory, upstream):
    folder = tmp_path_factory.mktemp("bytes")
    text = ROUTES.format(port=upstream.port)
    signet = Signet(data=folder / "data", config=write_configuration(folder, text)).start()
    yield signet
    assert signet.process.poll() is None, f"the gateway died:\n{signet.output[-2000:]}"
    signet.stop()


def names(one) -> list[str]:
    """The names of the fields that the upstream was sent, as servers read them that forgive blanks, controls, capitals and `_` for `-`."""
    return [re.sub("[^!-~]", "", name.lower().replace("_", "-")) for name, _ in one.headers]


def asked(server, upstream, data: bytes):
    """The statuses of the answers to these bytes and to one more request behind them, and what the upstream was sent."""
    upstream.clear()
    statuses = []
    with Wire(server.gateway_port) as wire:
        wire.send(data + MARKER)
        while len(statuses) < 2 and (answer := wire.answer()) is not None:
            statuses.append(answer.status)
            if len(statuses) == 2:
                assert answer.status == 200 and json.loads(answer.body)["target"] == "/open/marker", data
        if len(statuses) < 2:
            assert statuses and statuses[0] >= 400 and not wire.buffer, data
    seen = list(upstream.seen)
    assert not [one for one in seen if one.broken or "smuggled" in one.target], data
    if len(statuses) == 2:
        assert seen.pop().target == "/open/marker", data
    return statuses, seen


@pytest.mark.parametrize("line", [
    b"Transfer-Encoding%b: chunked", b"%bTransfer-Encoding: chunked", b"Transfer-Encoding:%bchunked", b"Transfer-Encoding: chunked%b",
    b"Transfer-Encoding: chu%bnked", b"Transfer%bEncoding: chunked", b"Transfer-Encoding: x%bchunked", b"Transfer-Encoding: chunked%bx",
    b"X: y%bTransfer-Encoding: chunked",
], ids=bytes.decode)
def test_p04_no_byte_makes_chunked_of_what_has_a_length(server, upstream, line):
    body = b"0\r\n\r\n" + SMUGGLED
    for byte in range(256):
        head = b"POST /open/row HTTP/1.1\r\nHost: gateway.example\r\nContent-Length: %d\r\n%b\r\n\r\n" % (
            len(body), line % bytes([byte]))
        _, seen = asked(server, upstream, head + body)
        for one in seen:
            assert one.body == body, (byte, one.body)
            assert "transfer-encoding" not in names(one), byte


@pytest.mark.parametrize("line", [
    b"Content-Length%b: 5", b"%bContent-Length: 5", b"Content-Length:%b5", b"Content-Length: 5%b", b"Content%bLength: 5",
    b"Content-Length: 0%b5", b"X: y%bContent-Length: 5",
], ids=bytes.decode)
def test_p03_no_byte_gives_a_length_to_what_is_chunked(server, upstream, line):
    for byte in range(256):
        head = b"POST /open/row HTTP/1.1\r\nHost: gateway.example\r\nTransfer-Encoding: chunked\r\n%b\r\n\r\n" % (line % bytes([byte]))
        _, seen = asked(server, upstream, head + b"3\r\nabc\r\n0\r\n\r\n")
        for one in seen:
            assert one.body == b"abc", (byte, one.body)
            assert not {"content-length", "transfer-encoding"} <= set(names(one)), byte


@pytest.mark.parametrize("line", [b"%b5", b"5%b", b"0%b5", b"5;%b", b"5;a=%bb"], ids=bytes.decode)
def test_p07_a_chunk_is_as_long_as_its_digits_say(server, upstream, line):
    head = b"POST /open/row HTTP/1.1\r\nHost: gateway.example\r\nTransfer-Encoding: chunked\r\n\r\n"
    for byte in set(range(256)) - (set(b"123456789abcdefABCDEF") if line != b"5;%b" else set()):
        if (line, byte) == (b"5%b", 0x30):
            continue
        _, seen = asked(server, upstream, head + line % bytes([byte]) + b"\r\nhello\r\n0\r\n\r\n")
        for one in seen:
            assert one.body == b"hello", (byte, one.body)


def readings(target: str) -> set[str]:
    """How upstreams read a path: decoded, backslashes as slashes, parameters cut off, dots resolved, capitals or not."""
    path = unquote_to_bytes(target.split("?")[0].split("#")[0]).decode("latin-1").lower()
    found = set()
    for text in (path, path.replace("\\", "/"), re.sub(";[^/]*", "", path.replace("\\", "/")), path.split("\0")[0]):
        parts = []
        for part in text.split("/"):
            if part.rstrip(" ") == "..":
                del parts[-1:]
            elif part.rstrip(" ") not in ("", "."):
                parts.append(part)
        found.add("/" + "/".join(parts))
    return found


@pytest.mark.parametrize("target", [
    "/open/..%s/closed/x", "/open/.%s./closed/x", "/open/%s../closed/x", "/open/..%sclosed/x", "/open%s../closed/x", "/%sclosed/x",
    "/closed%s", "/clo%ssed/x", "/open/../%sclosed/x", "/open/x%s/../../closed/x", "/open/.%s/closed", "%s/closed/x",
])
@pytest.mark.parametrize("form", ["raw", "escaped"])
def test_p33_no_byte_leads_out_of_what_is_open(server, upstream, target, form):
    for byte in range(256):
        text = target.replace("%s", chr(byte) if form == "raw" else f"%{byte:02x}")
        # A blank would end the target, and a line's end the line.
        if form == "raw" and byte in (0x0A, 0x0D, 0x20):
            continue
        _, seen = asked(server, upstream, request("GET", text))
        for one in seen:
            assert one.target.startswith("/open"), (text, one.target)
            for reading in readings(one.target):
                assert reading.startswith("/open"), (text, one.target, reading)


# What a name may hold besides letters, digits, `-` and `_` (RFC 9110 section 5.6.2).
PUNCTUATION = b"!#$%&'*+.^`|~"


def spelled(server, upstream, name: str, values):
    """The spellings of the caller's field that reached an upstream which makes `-` of all that is no letter and no digit."""
    reached = []
    for byte in values:
        line = name.replace("%s", chr(byte)) + ": admin"
        _, seen = asked(server, upstream, request("GET", "/open/who", line))
        reached += [line for one in seen for each in names(one) if re.sub("[^a-z0-9]", "-", each) == "x-caller-name"]
    return reached


@pytest.mark.parametrize("name", ["X%sCaller%sName", "X-Caller%sName", "%sX-Caller-Name", "X-Caller-Name%s", "X-Caller-N%same"])
def test_p39_no_byte_spells_the_field_that_tells_who_calls(server, upstream, name):
    assert spelled(server, upstream, name, set(range(256)) - set(PUNCTUATION)) == []


@pytest.mark.parametrize("name", ["X%sCaller%sName", "X-Caller%sName"])
def test_p39_no_punctuation_spells_it_to_a_forgiving_upstream(server, upstream, name):
    assert spelled(server, upstream, name, PUNCTUATION) == []


def answered(server, data: bytes):
    """What the client gets of an upstream that answers with these bytes; afterwards the next one must get an answer of its own."""
    with Wire(server.gateway_port) as wire:
        wire.send(request("GET", f"/open/raw/{data.hex()}"))
        answer = wire.answer()
        assert answer is not None and not wire.buffer, data
    with Wire(server.gateway_port) as wire:
        wire.send(MARKER)
        following = wire.answer()
        assert following.status == 200 and json.loads(following.body)["target"] == "/open/marker", data
    return answer


@pytest.mark.parametrize("line", [
    b"X-Odd: a%bSet-Cookie: stolen=1", b"X-Odd%bSet-Cookie: stolen=1", b"%bSet-Cookie: stolen=1", b"X-Odd:%b\r\nX-More: b",
    b"X-Odd: a\r%bSet-Cookie: stolen=1", b"X-Odd: a%b\nSet-Cookie: stolen=1",
], ids=repr)
def test_p19_no_byte_of_an_upstream_begins_another_line(server, line):
    for byte in range(256):
        data = b"HTTP/1.1 200 OK\r\n" + line % bytes([byte]) + b"\r\nContent-Length: 2\r\n\r\nok"
        answer = answered(server, data)
        assert answer.status in (200, 502), data
        stolen = [name for name, _ in answer.headers if re.sub("[^!-~]", "", name.lower()) == "set-cookie"]
        # A proper line's end does begin a line, and the field is then the upstream's to set.
        proper = line % bytes([byte]) == b"X-Odd: a\r\nSet-Cookie: stolen=1"
        assert answer.status == 502 or answer.body == b"ok" and bool(stolen) == proper, (data, answer.headers)


@pytest.mark.parametrize("line", [
    b"Content-Length%b: 2", b"Content-Length:%b2", b"Content-Length: 2%b", b"Content-Length: %b2", b"Transfer-Encoding:%bchunked",
    b"Transfer-Encoding: chunked%b", b"Transfer-Encoding%b: chunked", b"%bTransfer-Encoding: chunked",
], ids=repr)
def test_p18_no_byte_of_an_upstream_makes_two_answers_of_one(server, line):
    """The upstream says a length, says it once more with the byte (or that it is chunked), and sends a second answer behind."""
    second = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned"
    body = b"0\r\n\r\n" + second
    for byte in range(256):
        data = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%b\r\n\r\n" % (len(body), line % bytes([byte])) + body
        answer = answered(server, data)
        assert answer.status == 502 or (answer.status, answer.body) == (200, body), (data, answer)
        framing = [name for name, _ in answer.headers if re.sub("[^a-z]", "-", name.lower()) in ("content-length", "transfer-encoding")]
        assert len(framing) == 1, (data, answer.headers)


@pytest.mark.parametrize("line", [
    b"HTTP/1.1%b200 OK", b"HTTP/1.1 200%bOK", b"%bHTTP/1.1 200 OK", b"HTTP/1%b1 200 OK", b"HTTP/1.1 20%b OK", b"HTTP/1.1 200 O%bK",
], ids=repr)
def test_p18_the_first_line_is_one_or_no_answer(server, line):
    for byte in range(256):
        answer = answered(server, line % bytes([byte]) + b"\r\nContent-Length: 2\r\n\r\nok")
        assert answer.status == 502 or (200 <= answer.status < 210 and answer.body in (b"ok", b"")), (byte, answer)
