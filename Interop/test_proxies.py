"""Behind HAProxy: whose address counts for waits, for the audit log and at upstreams, with `--trusted-proxy` and without."""

import http.client
import json
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from conftest import write_configuration
from signet_process import Signet, free_port, run
from wire import wait_for

PASSWORD = "behind-a-proxy-password"
OWNER, STRANGER, OTHER = "127.0.0.3", "127.0.0.2", "127.0.0.4"
# The proxy asks from 127.0.0.1; the clients are other addresses of this machine.
HAPROXY = """
global
    log stdout format raw local0 emerg
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
    option forwardfor
frontend logins
    bind 127.0.0.1:{logins}
    http-request set-header X-Forwarded-Proto https
    default_backend control
backend control
    server signet 127.0.0.1:{control} source 127.0.0.1
frontend apis
    bind 127.0.0.1:{apis}
    http-request set-header X-Forwarded-Proto https
    default_backend gateway
backend gateway
    server signet 127.0.0.1:{gateway} source 127.0.0.1
"""
ROUTES = """
upstreams: {{ recorder: "http://127.0.0.1:{port}" }}
apis: {{ open: {{ path: /open, upstream: recorder, access: anonymous }} }}
"""


class Site:
    """A server, and the proxy before it."""

    def __init__(self, folder, upstream, *arguments):
        command = shutil.which("haproxy") or "/usr/sbin/haproxy"
        if not Path(command).exists():
            pytest.skip("haproxy is not here: apt-get install haproxy")
        folder.mkdir()
        routes = write_configuration(folder, ROUTES.format(port=upstream.port))
        self.signet = Signet(data=folder / "data", config=routes, arguments=arguments).start()
        done = run("user", "create", "ada", "--password-env", "ADA", "--data", str(self.signet.data), env={"ADA": PASSWORD})
        assert done.returncode == 0, done.stderr
        self.logins, self.apis = free_port(), free_port()
        configuration = folder / "haproxy.cfg"
        configuration.write_text(HAPROXY.format(
            logins=self.logins, apis=self.apis, control=self.signet.control_port, gateway=self.signet.gateway_port))
        self.proxy = subprocess.Popen([command, "-db", "-f", str(configuration)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(lambda: self.is_open(), 15)
        except AssertionError:
            self.stop()
            raise

    def is_open(self):
        try:
            return self.ask(OTHER, self.logins, "GET", "/healthz")[0] == 200
        except OSError:
            return False

    def ask(self, client, port, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15, source_address=(client, 0))
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            self.wait = int(answer.headers.get("Retry-After", 0))
            return answer.status, answer.read()
        finally:
            connection.close()

    def login(self, client, password, port=None, **headers):
        body = json.dumps({"name": "ada", "password": password})
        return self.ask(client, port or self.logins, "POST", "/login", body, {
            "Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}})[0]

    def guess(self, client, port=None, **headers):
        """Guesses wrong until the next try must wait for four seconds or more: a slow machine takes long for each."""
        for _ in range(30):
            if self.login(client, "wrong", port=port, **headers) == 429:
                if self.wait >= 4:
                    return
                time.sleep(self.wait)
        raise AssertionError("nothing slows the guesses down")

    def stop(self):
        self.proxy.terminate()
        self.proxy.wait(10)
        self.signet.stop()


@pytest.fixture(scope="module")
def trusting(tmp_path_factory, upstream):
    site = Site(tmp_path_factory.mktemp("proxies") / "trusting", upstream, "--trusted-proxy", "127.0.0.1", "--trusted-proxy", "2001:db8::/32")
    yield site
    site.stop()


@pytest.fixture(scope="module")
def plain(tmp_path_factory, upstream):
    site = Site(tmp_path_factory.mktemp("proxies") / "plain", upstream)
    yield site
    site.stop()


def test_a_stranger_elsewhere_neither_stops_nor_slows_the_owner(trusting):
    # However the stranger writes the field: the tries are the stranger's.
    trusting.guess(STRANGER, X_Forwarded_For=f"198.51.100.1, {OWNER}")
    assert trusting.login(OWNER, PASSWORD) == 200
    assert trusting.login(STRANGER, PASSWORD, X_Forwarded_For="198.51.100.2") == 429
    events = [json.loads(line) for line in run("audit", "--data", str(trusting.signet.data), "--json").stdout.splitlines()]
    assert {event["address"] for event in events if event["kind"] == "sign-in-refused"} == {STRANGER}


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


@pytest.mark.parametrize("network", ["localhost", "10.0.0.1/8", "0.0.0.0/0", "10.0.0.0/33", "[::1]", ""])
def test_nonsense_is_refused_by_name(tmp_path, network):
    done = run("serve", "--data", str(tmp_path / "data"), "--trusted-proxy", network)
    assert done.returncode != 0 and f'"{network}" is none' in done.stderr
    assert not (tmp_path / "data").exists()
