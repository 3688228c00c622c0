"""Programs that others wrote log people in here: Authlib, requests-oauthlib, Apache's mod_auth_openidc; HAProxy checks tokens."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlencode

import pytest
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from joserfc import jwt
from joserfc.jwk import KeySet
from jwcrypto import jwk
from requests_oauthlib import OAuth2Session as OAuthlibSession

from signet_process import call, free_port, run
from test_authorize import ClientSite, sign_in
from wire import wait_for

# The libraries want https even on this machine.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
SCOPE = "openid profile offline_access"


@pytest.fixture(scope="module")
def site():
    site = ClientSite()
    yield site
    site.server.shutdown()


def register(demo, name, redirect_uri, *further):
    done = run(
        "client", "create", name, "--redirect-uri", redirect_uri, "--scope", SCOPE, "--audience", "demo", *further, "--data",
        str(demo.data), "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["client_secret"]


def discovered(demo):
    return call("GET", demo.control + "/.well-known/openid-configuration").json


def walk(page, demo, site, address):
    """Signs in and agrees; the address that the client is answered at."""
    page.goto(address)
    sign_in(page, demo)
    page.get_by_role("button", name="Allow", exact=True).click()
    page.get_by_role("heading", name="Back at the application").wait_for()
    return site.address + "?" + urlencode(site.arrived[-1][1])


def identity(demo, token, client, nonce=None):
    """Checks an ID token with a library of others, against the keys that are published."""
    metadata = discovered(demo)
    keys = KeySet.import_key_set(call("GET", metadata["jwks_uri"]).json)
    claims = jwt.decode(token, keys, algorithms=metadata["id_token_signing_alg_values_supported"]).claims
    assert claims["iss"] == metadata["issuer"] and claims["aud"] == client and claims.get("nonce") == nonce
    return claims


def orders(demo, token):
    return call("GET", demo.gateway + "/demo/orders", token=token).status


def test_authlib_logs_in_refreshes_revokes_and_logs_out(demo, site, page):
    metadata = discovered(demo)
    bye = site.address.replace("/back", "/bye")
    secret = register(demo, "authlib", site.address, "--post-logout-redirect-uri", bye)
    session = AuthlibSession(
        "authlib", secret, scope=SCOPE, redirect_uri=site.address, code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic")
    verifier, nonce = "authlib-" + "v" * 50, "a-nonce"
    address, state = session.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce)
    answered = walk(page, demo, site, address)
    token = session.fetch_token(
        metadata["token_endpoint"], authorization_response=answered, code_verifier=verifier, state=state)
    claims = identity(demo, token["id_token"], "authlib", nonce)
    assert session.get(metadata["userinfo_endpoint"]).json()["sub"] == claims["sub"]
    assert orders(demo, token["access_token"]) == 200
    refreshed = session.refresh_token(metadata["token_endpoint"], refresh_token=token["refresh_token"])
    assert refreshed["access_token"] != token["access_token"]
    introspected = session.introspect_token(metadata["introspection_endpoint"], token=refreshed["access_token"]).json()
    assert introspected["active"] is True and introspected["sub"] == claims["sub"]
    assert session.revoke_token(
        metadata["revocation_endpoint"], token=refreshed["refresh_token"], token_type_hint="refresh_token").status_code == 200
    assert orders(demo, refreshed["access_token"]) == 401
    page.goto(metadata["end_session_endpoint"] + "?" + urlencode(
        {"id_token_hint": token["id_token"], "post_logout_redirect_uri": bye, "state": "end"}))
    assert page.url == bye + "?state=end"


def test_requests_oauthlib_logs_in_and_refreshes_by_itself(demo, site, page):
    metadata = discovered(demo)
    secret = register(demo, "oauthlib", site.address)
    kept = []
    session = OAuthlibSession(
        "oauthlib", redirect_uri=site.address, scope=SCOPE.split(), pkce="S256", token_updater=kept.append,
        auto_refresh_url=metadata["token_endpoint"])
    address, _ = session.authorization_url(metadata["authorization_endpoint"], nonce="n")
    token = session.fetch_token(
        metadata["token_endpoint"], authorization_response=walk(page, demo, site, address), client_secret=secret)
    claims = identity(demo, token["id_token"], "oauthlib", "n")
    assert session.get(metadata["userinfo_endpoint"]).json()["sub"] == claims["sub"]
    # A token that is over is replaced before the request is sent.
    session.token = {**token, "expires_in": -10, "expires_at": 1}
    answer = session.get(demo.gateway + "/demo/orders", client_id="oauthlib", client_secret=secret)
    assert answer.status_code == 200
    assert kept and kept[0]["refresh_token"] != token["refresh_token"]


def test_a_public_client_of_authlib_binds_nothing_but_the_verifier(demo, site, page):
    metadata = discovered(demo)
    done = run("client", "create", "native", "--public", "--redirect-uri", "http://127.0.0.1/back", "--scope", SCOPE, "--audience",
               "demo", "--data", str(demo.data))
    assert done.returncode == 0, done.stderr
    # Another port than the registered one: an app on a desktop listens where it can (RFC 8252).
    session = AuthlibSession(
        "native", scope=SCOPE, redirect_uri=site.address, code_challenge_method="S256", token_endpoint_auth_method="none")
    address, state = session.create_authorization_url(metadata["authorization_endpoint"], code_verifier="n" * 60)
    answered = walk(page, demo, site, address)
    token = session.fetch_token(
        metadata["token_endpoint"], authorization_response=answered, code_verifier="n" * 60, state=state)
    assert orders(demo, token["access_token"]) == 200
    assert identity(demo, token["id_token"], "native")["preferred_username"] == "demo"


APACHE = """
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {folder}/pid
ErrorLog {folder}/error.log
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authn_core_module {modules}/mod_authn_core.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule authz_user_module {modules}/mod_authz_user.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule auth_openidc_module {modules}/mod_auth_openidc.so
User www-data
Group www-data
DocumentRoot {folder}/pages
OIDCProviderMetadataURL {control}/.well-known/openid-configuration
OIDCClientID apache
OIDCClientSecret {secret}
OIDCRedirectURI http://localhost:{port}/secure/redirect_uri
OIDCCryptoPassphrase a-passphrase-for-cookies-of-this-test
OIDCPKCEMethod S256
OIDCScope "{scope}"
OIDCRefreshAccessTokenBeforeExpiry 86400
OIDCPassRefreshToken On
<Location /secure>
AuthType openid-connect
Require claim aud:apache
Header set X-Subject "%{{OIDC_CLAIM_sub}}e"
Header set X-Access "%{{OIDC_access_token}}e"
Header always set Cache-Control no-store
</Location>
"""


@pytest.fixture
def apache(demo):
    modules = Path("/usr/lib/apache2/modules")
    command = shutil.which("apache2") or "/usr/sbin/apache2"
    if not (modules / "mod_auth_openidc.so").exists() or not Path(command).exists():
        pytest.skip("Apache or its mod_auth_openidc is not here: apt-get install apache2-bin libapache2-mod-auth-openidc")
    port = free_port()
    secret = register(demo, "apache", f"http://localhost:{port}/secure/redirect_uri", "--post-logout-redirect-uri",
                      f"http://localhost:{port}/bye.html")
    # Not below the test's own folder: Apache's workers are another user.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        for path, text in [("secure/index.html", "<h1>Behind Apache</h1>"), ("bye.html", "<h1>Bye</h1>")]:
            file = folder / "pages" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        configuration = folder / "apache.conf"
        configuration.write_text(APACHE.format(
            port=port, folder=folder, modules=modules, control=demo.control, secret=secret, scope=SCOPE))
        process = subprocess.Popen([command, "-X", "-f", str(configuration)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            wait_for(lambda: process.poll() is not None or answers(f"http://localhost:{port}/bye.html"), 15)
            assert process.poll() is None, process.stderr.read()
            yield f"http://localhost:{port}"
        finally:
            process.terminate()
            process.wait(10)


def answers(address):
    try:
        return call("GET", address).status == 200
    except OSError:
        return False


def test_apache_guards_a_page(demo, page, apache):
    page.goto(apache + "/secure/index.html")
    sign_in(page, demo)
    with page.expect_response(lambda answer: answer.url == apache + "/secure/index.html" and answer.status == 200) as arrived:
        page.get_by_role("button", name="Allow", exact=True).click()
    page.get_by_role("heading", name="Behind Apache").wait_for()
    first = arrived.value.headers
    assert first["x-subject"].startswith("usr_")
    assert orders(demo, first["x-access"]) == 200
    # It refreshes before each request here: the token is another one, and the page is still there.
    second = page.goto(apache + "/secure/index.html").headers
    assert second["x-access"] != first["x-access"] and second["x-subject"] == first["x-subject"]
    assert orders(demo, second["x-access"]) == 200
    page.goto(apache + "/secure/redirect_uri?" + urlencode({"logout": apache + "/bye.html"}))
    page.get_by_role("heading", name="Bye").wait_for()
    page.goto(apache + "/secure/index.html")
    assert page.title() == "Sign in"


HAPROXY = """
defaults
    mode http
    timeout client 10s
    timeout connect 10s
    timeout server 10s
frontend api
    bind 127.0.0.1:{port}
    http-request set-var(txn.token) http_auth_bearer
    http-request set-var(txn.alg) var(txn.token),jwt_header_query('$.alg')
    http-request deny deny_status 401 unless {{ var(txn.alg) -m str {algorithm} }}
    http-request deny deny_status 401 unless {{ var(txn.token),jwt_verify(txn.alg,"{key}") 1 }}
    http-request deny deny_status 403 unless {{ var(txn.token),jwt_payload_query('$.iss') -m str {issuer} }}
    http-request set-var(txn.sub) var(txn.token),jwt_payload_query('$.sub')
    http-request return status 200 content-type text/plain lf-string %[var(txn.sub)]
"""


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_haproxy_verifies_our_tokens(demo, tmp_path, algorithm):
    command = shutil.which("haproxy") or "/usr/sbin/haproxy"
    if not Path(command).exists():
        pytest.skip("haproxy is not here: apt-get install haproxy")
    name = f"service-{algorithm.lower()}"
    done = run("client", "create", name, "--grant", "client_credentials", "--scope", "orders", "--audience", "demo",
               "--access-token-alg", algorithm, "--data", str(demo.data), "--json")
    assert done.returncode == 0, done.stderr
    basic = base64.b64encode(f"{name}:{json.loads(done.stdout)['client_secret']}".encode()).decode()
    token = call("POST", demo.control + "/token", body=b"grant_type=client_credentials", headers={
        "Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Basic {basic}"}).json["access_token"]
    kid = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))["kid"]
    document = next(key for key in call("GET", discovered(demo)["jwks_uri"]).json["keys"] if key["kid"] == kid)
    key = tmp_path / "key.pem"
    key.write_bytes(jwk.JWK(**document).export_to_pem())
    port = free_port()
    configuration = tmp_path / "haproxy.cfg"
    configuration.write_text(HAPROXY.format(port=port, key=key, issuer=demo.control, algorithm=algorithm))
    process = subprocess.Popen([command, "-db", "-f", str(configuration)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    address = f"http://127.0.0.1:{port}/"
    try:
        wait_for(lambda: process.poll() is not None or opened(address), 15)
        assert process.poll() is None, process.stderr.read()
        good = call("GET", address, token=token)
        assert good.status == 200 and good.body.decode() == name
        header, payload, signature = token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
        changed = base64.urlsafe_b64encode(json.dumps({**claims, "sub": "root"}).encode()).rstrip(b"=").decode()
        none = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
        for bad in [f"{header}.{changed}.{signature}", f"{none}.{payload}.", f"{header}.{payload}.{signature[:-8]}AAAAAAAA", "x"]:
            assert call("GET", address, token=bad).status == 401
    finally:
        process.terminate()
        process.wait(10)


def opened(address):
    try:
        call("GET", address)
        return True
    except OSError:
        return False
