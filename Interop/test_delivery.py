"""How requests reach their upstreams: several endpoints, health, upgrades, streams, TLS in front; with clients and servers that are not ours."""

import json
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


def test_a_websocket_that_carries_nothing_ends_when_the_api_says(tmp_path, socket_server):
    signet = started(tmp_path, f"""
upstreams: {{ echo: "http://127.0.0.1:{socket_server}" }}
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
    import socket

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
        curl = subprocess.run(
            ["curl", "-s", "--cacert", str(certificates / "b.example.pem"), "--resolve", f"b.example:{first}:127.0.0.1",
             f"https://b.example:{first}/u"], capture_output=True, text=True)
        seen = json.loads(curl.stdout)
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
