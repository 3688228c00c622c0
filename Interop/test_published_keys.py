"""`jwks fetch`, and `verify` with published keys: from real servers, good ones and hostile ones, with TLS and without."""

import json
import shutil
import ssl
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from signet_process import Signet, run

HUGE = 1_000_000


class Idp(BaseHTTPRequestHandler):
    """An issuer whose every path answers in a way of its own."""

    documents: dict[str, bytes] = {}
    asked: list[str] = []

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.asked.append(self.path)
        if self.path == "/redirect":
            return self.answer(302, b"", Location="http://127.0.0.1:1/keys")
        if self.path == "/huge":
            return self.answer(200, b"[" + b" " * HUGE)
        if self.path == "/slow":
            try:
                for _ in range(40):
                    self.wfile.write(b"HTTP/1.1 200 OK\r\n" if _ == 0 else b"X-Slow: 1\r\n")
                    time.sleep(0.5)
            except OSError:
                pass
            return None
        if self.path in self.documents:
            return self.answer(200, self.documents[self.path])
        return self.answer(404, b"not here")

    def answer(self, status: int, body: bytes, **fields: str):
        try:
            self.send_response(status)
            for name, value in fields.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass


def serve(context: ssl.SSLContext | None = None):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Idp)
    server.daemon_threads = True
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="module")
def keys(folder):
    """A key, its published set, and a token by it."""
    assert run("keygen", "ES256", "--id", "one", "--out", "private.json", cwd=folder).returncode == 0
    published = json.loads(run("jwks", "make", "private.json", cwd=folder).stdout)
    published["keys"].append({"kty": "FUTURE", "kid": "two"})
    return published


@pytest.fixture(scope="module")
def idp(keys, folder):
    server = serve()
    base = f"http://127.0.0.1:{server.server_port}"
    private = json.loads((folder / "private.json").read_text())

    def metadata(issuer: str, **more) -> bytes:
        return json.dumps({"issuer": issuer, "jwks_uri": base + "/keys", **more}).encode()

    Idp.documents = {
        "/keys": json.dumps(keys).encode(),
        "/private": json.dumps({"keys": [private]}).encode(),
        "/empty": b'{"keys":[]}',
        "/page": b"<html>",
        "/realms/a/.well-known/openid-configuration": metadata(base + "/realms/a"),
        "/.well-known/oauth-authorization-server/realms/b": metadata(base + "/realms/b"),
        "/liar/.well-known/openid-configuration": metadata(base + "/realms/a"),
        "/plain/.well-known/openid-configuration": metadata(base + "/plain", jwks_uri="http://keys.example/"),
        "/hidden/.well-known/openid-configuration": metadata(
            base + "/hidden", jwks_uri="http://keys.example/\u202e\u001b[2J" + "x" * 300),
        "/none/.well-known/openid-configuration": json.dumps({"issuer": base + "/none"}).encode(),
    }
    yield base
    server.shutdown()


def token(folder, issuer: str) -> str:
    done = run("sign", "--key", "private.json", "--issuer", issuer, "--subject", "ada", "--expires-in", "5m", cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_set_is_printed_as_it_was_published(idp, keys, folder):
    done = run("jwks", "fetch", f"{idp}/keys")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == keys
    assert "passed over" in done.stderr and "FUTURE" in done.stderr
    again = run("jwks", "fetch", f"{idp}/keys", "--out", "fetched.json", cwd=folder)
    assert again.returncode == 0 and again.stdout == ""
    assert (folder / "fetched.json").read_text() == done.stdout
    assert run("jwks", "fetch", f"{idp}/keys", "--out", "fetched.json", cwd=folder).returncode == 2


@pytest.mark.parametrize("path", ["/realms/a", "/realms/b"])
def test_an_issuer_says_where_its_keys_are(idp, keys, path):
    done = run("jwks", "fetch", "--issuer", idp + path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == keys


@pytest.mark.parametrize("path, said", [
    ("/missing", "404"), ("/redirect", "no redirect is followed"), ("/huge", "more than 524288 bytes"),
    ("/private", "private key"), ("/empty", "no key"), ("/page", "not JSON"),
])
def test_what_is_no_key_set_is_refused(idp, path, said):
    done = run("jwks", "fetch", idp + path)
    assert done.returncode == 1 and done.stdout == ""
    assert said in done.stderr


@pytest.mark.parametrize("path, said", [
    ("/liar", "not of"), ("/plain", "not https"), ("/none", "jwks_uri"), ("/nowhere", "404"),
])
def test_metadata_that_is_not_the_issuers_is_refused(idp, path, said):
    done = run("jwks", "fetch", "--issuer", idp + path)
    assert done.returncode in (1, 2) and done.stdout == ""
    assert said in done.stderr


def test_the_address_in_metadata_is_shown_safely(idp):
    done = run("jwks", "fetch", "--issuer", idp + "/hidden")
    assert done.returncode == 2 and "https" in done.stderr
    assert done.stderr.isascii() or "\u202e" not in done.stderr
    assert "\x1b" not in done.stderr and len(done.stderr) < 300


def test_a_server_without_tls_is_named_as_one(idp):
    done = run("jwks", "fetch", idp.replace("http://", "https://") + "/keys")
    assert done.returncode == 1 and "something else than TLS" in done.stderr, done.stderr
    assert ".cc" not in done.stderr and "SSL" not in done.stderr


def test_a_server_that_drips_is_left_after_ten_seconds(idp):
    begun = time.monotonic()
    done = run("jwks", "fetch", f"{idp}/slow")
    assert done.returncode == 1 and "10 seconds" in done.stderr
    assert 8 < time.monotonic() - begun < 18


@pytest.mark.parametrize("address", [
    "http://keys.example/", "ftp://keys.example/", "keys.example", "https://", "https://user:secret@keys.example/", "",
])
def test_an_address_that_must_not_be_asked_is_not(address):
    done = run("jwks", "fetch", address)
    assert done.returncode == 2 and done.stderr
    assert "secret" not in done.stderr


def test_nobody_there_is_said(idp):
    done = run("jwks", "fetch", "http://127.0.0.1:9/keys")
    assert done.returncode == 1 and "refused" in done.stderr.lower()


def test_tokens_are_verified_with_published_keys(idp, folder):
    issuer = f"{idp}/realms/a"
    good = token(folder, issuer)
    by_address = run("verify", "--jwks-url", f"{idp}/keys", "--issuer", issuer, stdin=good)
    assert by_address.returncode == 0, by_address.stdout + by_address.stderr
    by_issuer = run("verify", "--discover", "--issuer", issuer, stdin=good)
    assert by_issuer.returncode == 0, by_issuer.stdout + by_issuer.stderr
    forged = good[:-6] + ("AAAAAA" if good[-6:] != "AAAAAA" else "BBBBBB")
    assert run("verify", "--discover", "--issuer", issuer, stdin=forged).returncode == 1
    lines = "".join(json.dumps({"token": text}) + "\n" for text in (good, forged))
    batch = run("verify", "--batch", "--jwks-url", f"{idp}/keys", stdin=lines)
    assert [json.loads(line)["ok"] for line in batch.stdout.splitlines()] == [True, False]
    other = run("verify", "--jwks-url", f"{idp}/keys", "--alg", "RS256", stdin=good)
    assert other.returncode == 2 and "RS256" in other.stderr


def test_a_mistake_is_found_with_published_keys(idp, folder):
    issuer = f"{idp}/realms/a"
    good = token(folder, issuer)
    by_issuer = run("diagnose", "--discover", "--issuer", issuer, stdin=good)
    assert by_issuer.returncode == 0 and "verifies" in by_issuer.stdout, by_issuer.stdout + by_issuer.stderr
    wrapped = run("diagnose", "--jwks-url", f"{idp}/keys", "--json", stdin=good[:40] + "\n " + good[40:])
    assert wrapped.returncode == 0 and "token-blanks" in wrapped.stdout, wrapped.stdout + wrapped.stderr
    for options in (["--issuer", issuer, "--key", "k"], ["--jwks-url", f"{idp}/keys", "--key", "k"], ["--discover"]):
        refused = run("diagnose", *options, stdin=good)
        assert refused.returncode == 2 and refused.stderr


@pytest.mark.parametrize("options", [
    ["--discover"], ["--discover", "--issuer", "https://a.example", "--issuer", "https://b.example"],
    ["--jwks-url", "https://a.example/keys", "--discover", "--issuer", "https://a.example"],
    ["--jwks-url", "http://a.example/keys"], ["--ca-file", "roots.pem", "--key", "private.json"],
])
def test_contradictions_are_named_before_anybody_is_asked(folder, options):
    done = run("verify", *options, stdin="a.b.c", cwd=folder)
    assert done.returncode == 2 and done.stderr


def test_signet_verifies_the_tokens_of_signet(tmp_path):
    server = Signet(data=tmp_path / "data", demo=True, demo_password="demo-password-for-tests").start()
    try:
        access = server.login("demo", "demo-password-for-tests")["access_token"]
        done = run("verify", "--jwks-url", f"{server.control}/.well-known/jwks.json", "--issuer", server.control,
                   "--audience", "demo", stdin=access)
        assert done.returncode == 0, done.stdout + done.stderr
    finally:
        server.stop()


def openssl(folder, *words: str):
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def secure(idp, folder):
    """The same issuer behind TLS, with a certificate by an authority that no system knows."""
    if not shutil.which("openssl"):
        pytest.fail("openssl is not here: apt-get install openssl")
    openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=Test Root", "-keyout", "root.key", "-out", "root.pem")
    openssl(folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost",
            "-keyout", "server.key", "-out", "server.csr")
    (folder / "names").write_text("subjectAltName=DNS:localhost\n")
    openssl(folder, "x509", "-req", "-in", "server.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial",
            "-days", "2", "-extfile", "names", "-out", "server.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    server = serve(context)
    yield server.server_port
    server.shutdown()


def test_over_tls_only_a_trusted_certificate_will_do(secure, folder, keys):
    address = f"https://localhost:{secure}/keys"
    good = run("jwks", "fetch", address, "--ca-file", "root.pem", cwd=folder)
    assert good.returncode == 0, good.stderr
    assert json.loads(good.stdout) == keys
    unknown = run("jwks", "fetch", address)
    assert unknown.returncode == 1 and "its certificate is not trusted" in unknown.stderr, unknown.stderr
    assert ".cc" not in unknown.stderr and "BoringSSL" not in unknown.stderr
    wrong_name = run("jwks", "fetch", f"https://127.0.0.1:{secure}/keys", "--ca-file", "root.pem", cwd=folder)
    assert wrong_name.returncode == 1 and wrong_name.stdout == ""
    assert "another name" in wrong_name.stderr and "SSL" not in wrong_name.stderr, wrong_name.stderr
    no_roots = run("jwks", "fetch", address, "--ca-file", "private.json", cwd=folder)
    assert no_roots.returncode == 2 and "no certificate" in no_roots.stderr
