"""How requests reach their upstreams: several endpoints, health, upgrades, streams, TLS in front; with clients and servers that are not ours."""

import json
import socket
import ssl
import subprocess
import time

import pytest
import websockets
from websockets.sync.client import connect

from conftest import write_configuration
from front_proxies import self_signed
from signet_process import Signet, call, free_port, run
from upstream import RecordingUpstream
from wire import Wire, request, wait_for


@pytest.fixture
def second():
    recording = RecordingUpstream().start()
    yield recording
    recording.stop()


def started(tmp_path, text, **options):
    return Signet(data=tmp_path / "data", config=write_configuration(tmp_path, text), **options).start()


def test_a_websocket_passes_both_ways(tmp_path, socket_echo, mint):
    (tmp_path / "keys.json").write_text(json.dumps(mint.public_set()))
    signet = started(tmp_path, f"""
issuers: {{ partner: {{ issuer: "https://idp.example", keys: {{ file: keys.json }} }} }}
upstreams: {{ echo: "http://127.0.0.1:{socket_echo}" }}
apis: {{ echo: {{ path: /echo, upstream: echo, access: {{ jwt: {{ issuer: partner, audience: orders }} }} }} }}
""")
    try:
        address = f"ws://127.0.0.1:{signet.gateway_port}/echo"
        with pytest.raises(websockets.exceptions.InvalidStatus) as refused:
            connect(address)
        assert refused.value.response.status_code == 401
        token = mint.token().decode()
        with connect(address, additional_headers={"Authorization": f"Bearer {token}"}) as socket:
            for message in ("one", "x" * 300_000, b"\x00\x01"):
                socket.send(message)
                assert socket.recv(timeout=10) == message
        # It ends with its token.
        ending = mint.token(claims=mint.claims(exp=int(time.time()) + 3, jti="short")).decode()
        with connect(address, additional_headers={"Authorization": f"Bearer {ending}"}) as socket:
            socket.send("still")
            assert socket.recv(timeout=10) == "still"
            begun = time.monotonic()
            with pytest.raises(websockets.exceptions.ConnectionClosed):
                while time.monotonic() - begun < 45:
                    socket.send("ping")
                    socket.recv(timeout=20)
                    time.sleep(0.2)
            assert time.monotonic() - begun < 40
    finally:
        signet.stop()


def test_a_websocket_that_carries_nothing_ends_when_the_api_says(tmp_path, socket_echo):
    signet = started(tmp_path, f"""
upstreams: {{ echo: "http://127.0.0.1:{socket_echo}" }}
apis:
  echo: {{ path: /echo, upstream: echo, access: anonymous, idle-timeout: 2s, routes: {{ long: {{ path: "/long/*", idle-timeout: 1h }} }} }}
""")
    try:
        with connect(f"ws://127.0.0.1:{signet.gateway_port}/echo/long", ping_interval=None) as long:
            with connect(f"ws://127.0.0.1:{signet.gateway_port}/echo", ping_interval=None) as socket:
                for _ in range(3):
                    time.sleep(1)
                    socket.send("busy")
                    assert socket.recv(timeout=10) == "busy"
                begun = time.monotonic()
                with pytest.raises(websockets.exceptions.ConnectionClosed):
                    socket.recv(timeout=30)
                assert time.monotonic() - begun > 1.5
            long.send("still")
            assert long.recv(timeout=10) == "still"
    finally:
        signet.stop()


def test_endpoints_share_the_requests_and_one_that_is_gone_gets_none(tmp_path, upstream, second):
    upstream.clear()
    gone = free_port()
    signet = started(tmp_path, f"""
upstreams:
  u:
    endpoints: [ {{ url: "http://127.0.0.1:{upstream.port}", weight: 2 }}, "http://127.0.0.1:{second.port}" ]
  half: {{ endpoints: ["http://127.0.0.1:{gone}", "http://127.0.0.1:{second.port}"] }}
apis:
  u: {{ path: /u, upstream: u, access: anonymous }}
  half: {{ path: /half, upstream: half, access: anonymous }}
""")
    try:
        with Wire(signet.gateway_port) as wire:
            for _ in range(30):
                wire.send(request("GET", "/u"))
                assert wire.answer().status == 200
        assert (len(upstream.seen), len(second.seen)) == (20, 10)
        second.clear()
        assert all(call("GET", f"{signet.gateway}/half").status == 200 for _ in range(20)), "a dead endpoint lost a request"
        assert len(second.seen) == 20
    finally:
        signet.stop()


def test_an_endpoint_that_says_it_is_ill_gets_no_requests(tmp_path, second):
    """Active checks: the path /evil/nothing closes the connection, any other answers 200."""
    signet = started(tmp_path, f"""
upstreams:
  ill: {{ endpoints: ["http://127.0.0.1:{second.port}"], health: {{ path: /evil/nothing, interval: 1s, timeout: 500ms, failures: 1 }} }}
  well: {{ endpoints: ["http://127.0.0.1:{second.port}"], health: {{ path: /well, interval: 1s, timeout: 500ms }} }}
apis:
  ill: {{ path: /ill, upstream: ill, access: anonymous }}
  well: {{ path: /well, upstream: well, access: anonymous }}
""")
    try:
        wait_for(lambda: any(seen.target == "/evil/nothing" for seen in second.seen), 10)
        wait_for(lambda: any(seen.target == "/well" for seen in second.seen), 10)
        # The only endpoint is tried all the same: a check may be wrong, and nobody is served by giving up.
        assert call("GET", f"{signet.gateway}/ill").status == 200
        assert call("GET", f"{signet.gateway}/well").status == 200
    finally:
        signet.stop()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    for name in ("a.example", "b.example"):
        self_signed(folder, name)
    return folder


def served_name(port, name):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), timeout=5) as raw, context.wrap_socket(raw, server_hostname=name) as tls:
        der = tls.getpeercert(binary_form=True)
    from cryptography import x509

    return x509.load_der_x509_certificate(der).subject.rfc4514_string()


def test_listeners_speak_tls_by_name_and_change_without_a_restart(tmp_path, upstream, certificates):
    first, plain, third = free_port(), free_port(), free_port()
    for file in certificates.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    text = f"""
listeners:
  secure:
    address: 127.0.0.1:{first}
    tls: {{ certificates: [ {{ chain: a.example.pem, key: {{ file: a.example.key }} }}, {{ chain: b.example.pem, key: {{ file: b.example.key }} }} ] }}
  plain: 127.0.0.1:{plain}
upstreams: {{ u: "http://127.0.0.1:{upstream.port}" }}
apis: {{ u: {{ path: /u, upstream: u, access: anonymous }} }}
"""
    signet = started(tmp_path, text)
    try:
        assert served_name(first, "a.example") == "CN=a.example"
        assert served_name(first, "b.example") == "CN=b.example"
        assert served_name(first, "c.example") == "CN=a.example"
        seen = json.loads(curl(first, "b.example", certificates / "b.example.pem")[1])
        assert ["X-Forwarded-Proto", "https"] in seen["headers"]
        assert call("GET", f"http://127.0.0.1:{plain}/u").status == 200
        with pytest.raises(OSError):
            call("GET", f"{signet.gateway}/u")
        # Another certificate under the same name, another address, and a listener less.
        (tmp_path / "a.example.pem").write_bytes((certificates / "b.example.pem").read_bytes())
        (tmp_path / "a.example.key").write_bytes((certificates / "b.example.key").read_bytes())
        (tmp_path / "signet.yaml").write_text(text.replace(f"plain: 127.0.0.1:{plain}", f"other: 127.0.0.1:{third}"))
        told = run("reload", "--data", str(signet.data))
        assert told.returncode == 0, told.stderr
        assert served_name(first, "a.example") == "CN=b.example"
        assert call("GET", f"http://127.0.0.1:{third}/u").status == 200
        with pytest.raises(OSError):
            call("GET", f"http://127.0.0.1:{plain}/u")
        # A key that does not fit, and an address that is taken, change nothing.
        (tmp_path / "b.example.key").write_bytes((certificates / "a.example.key").read_bytes())
        assert (refused := run("reload", "--data", str(signet.data))).returncode == 1 and "b.example.pem" in refused.stderr
        (tmp_path / "b.example.key").write_bytes((certificates / "b.example.key").read_bytes())
        (tmp_path / "signet.yaml").write_text(text.replace(f"127.0.0.1:{plain}", f"127.0.0.1:{upstream.port}"))
        assert (refused := run("reload", "--data", str(signet.data))).returncode == 1 and "another process" in refused.stderr
        assert served_name(first, "a.example") == "CN=b.example"
    finally:
        signet.stop()


def curl(port, name, roots, *options):
    """curl's exit status and what it read; the name leads to this machine, its certificate must stand in the file of roots."""
    done = subprocess.run(
        ["curl", "-s", "--max-time", "10", "--cacert", str(roots), "--resolve", f"{name}:{port}:127.0.0.1", *options,
         f"https://{name}:{port}/u"], capture_output=True, text=True)
    return done.returncode, done.stdout


UNTRUSTED = 60


@pytest.fixture
def encrypted(tmp_path, upstream, certificates):
    for file in certificates.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    port = free_port()
    signet = started(tmp_path, f"""
listeners:
  secure:
    address: 127.0.0.1:{port}
    tls: {{ certificates: [ {{ chain: a.example.pem, key: {{ file: a.example.key }} }}, {{ chain: b.example.pem, key: {{ file: b.example.key }} }} ] }}
upstreams: {{ u: "http://127.0.0.1:{upstream.port}" }}
apis: {{ u: {{ path: /u, upstream: u, access: anonymous }} }}
""")
    signet.secure_port = port
    yield signet
    signet.stop()


def test_curl_trusts_each_name_and_takes_a_renewed_certificate(encrypted, tmp_path, certificates):
    port, a, b = encrypted.secure_port, certificates / "a.example.pem", certificates / "b.example.pem"
    for name, roots, other in (("a.example", a, b), ("b.example", b, a)):
        status, text = curl(port, name, roots, "--data-binary", "x" * 100_000)
        assert status == 0 and json.loads(text)["length"] == 100_000
        assert curl(port, name, other)[0] == UNTRUSTED
    # A name that no certificate has is shown the first one, and curl believes it not.
    assert curl(port, "c.example", a)[0] == UNTRUSTED
    context = ssl.create_default_context(cafile=a)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as raw:
        with context.wrap_socket(raw, server_hostname="a.example") as kept:
            self_signed(tmp_path, "a.example")
            assert curl(port, "a.example", a)[0] == 0, "a file that was written is not read before the reload"
            assert run("reload", "--data", str(encrypted.data)).returncode == 0
            assert curl(port, "a.example", a)[0] == UNTRUSTED, "the old certificate is still shown"
            assert curl(port, "a.example", tmp_path / "a.example.pem")[0] == 0
            assert curl(port, "b.example", b)[0] == 0
            # Who was there before is not sent away.
            kept.sendall(request("GET", "/u/kept"))
            assert kept.recv(65536).startswith(b"HTTP/1.1 200")


def test_nobody_renegotiates(encrypted, certificates):
    """P60: openssl asks for another handshake on the same connection (TLS 1.2); after that no request is answered."""
    def said(*lines):
        talk = subprocess.Popen(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{encrypted.secure_port}", "-servername", "a.example", "-tls1_2",
             "-CAfile", str(certificates / "a.example.pem")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            for line in lines:
                time.sleep(0.5)
                talk.stdin.write(line)
                talk.stdin.flush()
            time.sleep(0.5)
            return talk.communicate(timeout=15)[0]
        except BrokenPipeError:
            return talk.stdout.read()
        finally:
            talk.kill()
            talk.wait()

    asked = "GET /u HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n"
    plain = said(asked)
    assert "HTTP/1.1 200" in plain and "TLSv1.2" in plain
    renegotiated = said("R\n", asked)
    assert "RENEGOTIATING" in renegotiated and "HTTP/1.1" not in renegotiated, renegotiated[-400:]


def test_an_answer_may_pause_where_the_api_streams(tmp_path, upstream):
    signet = started(tmp_path, f"""
upstreams: {{ u: "http://127.0.0.1:{upstream.port}" }}
apis: {{ events: {{ path: /gated, upstream: u, access: anonymous, streams: true }} }}
""")
    try:
        with Wire(signet.gateway_port, timeout=10) as wire:
            wire.send(request("GET", "/gated/stream"))
            assert wire.read_until(b"first ") is not None
            time.sleep(1.5)
            upstream.open_gate("stream")
            assert wire.read_until(b"second") is not None
    finally:
        signet.stop()
