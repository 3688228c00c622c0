"""Proxies of others in front of the server, and a site that has one: HAProxy in clear text, nginx with TLS."""

import http.client
import json
import os
import shutil
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from conftest import write_configuration
from signet_process import Signet, free_port, run
from wire import wait_for

PASSWORD = "behind-a-proxy-password"
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
NGINX = """
{user} worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 256; }}
http {{
    access_log off; client_body_temp_path {folder}/nginx; proxy_temp_path {folder}/nginx;
    fastcgi_temp_path {folder}/nginx; uwsgi_temp_path {folder}/nginx; scgi_temp_path {folder}/nginx;
    ssl_certificate {folder}/localhost.pem; ssl_certificate_key {folder}/localhost.key;
    map $http_upgrade $connection_of_upstream {{ default upgrade; '' ''; }}
    proxy_http_version 1.1; proxy_buffering off; proxy_bind 127.0.0.1;
    proxy_set_header Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $connection_of_upstream;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
    server {{ listen 127.0.0.1:{logins} ssl; location / {{ proxy_pass http://127.0.0.1:{control}; }} }}
    server {{ listen 127.0.0.1:{apis} ssl; location / {{ proxy_pass http://127.0.0.1:{gateway}; }} }}
}}
"""


def self_signed(folder: Path, name: str):
    """NAME.pem and NAME.key."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
         "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
         "-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.pem")], check=True, capture_output=True)


class Site:
    """A server, and the proxy before it."""

    def __init__(self, proxy, folder, routes, *arguments):
        command = shutil.which(proxy) or f"/usr/sbin/{proxy}"
        if not Path(command).exists():
            pytest.skip(f"{proxy} is not here: apt-get install {proxy}")
        folder.mkdir()
        self.logins, self.apis = free_port(), free_port()
        self.trust = None
        if proxy == "nginx":
            self_signed(folder, "localhost")
            self.trust = ssl.create_default_context(cafile=folder / "localhost.pem")
            arguments += ("--issuer", f"https://localhost:{self.logins}")
        self.folder = folder
        self.signet = Signet(
            data=folder / "data", config=write_configuration(folder, routes), arguments=arguments).start()
        done = run("user", "create", "ada", "--password-env", "ADA", "--data", str(self.signet.data), env={"ADA": PASSWORD})
        assert done.returncode == 0, done.stderr
        configuration = folder / f"{proxy}.cfg"
        configuration.write_text({"haproxy": HAPROXY, "nginx": NGINX}[proxy].format(
            logins=self.logins, apis=self.apis, control=self.signet.control_port, gateway=self.signet.gateway_port,
            folder=folder, user="user root;" if os.geteuid() == 0 else ""))
        options = {"haproxy": ["-db", "-f", str(configuration)], "nginx": ["-p", str(folder), "-c", str(configuration)]}
        self.proxy = subprocess.Popen(
            [command, *options[proxy]], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(lambda: self.is_open(), 15)
        except AssertionError:
            self.stop()
            raise

    def is_open(self):
        try:
            return self.ask("127.0.0.4", self.logins, "GET", "/healthz")[0] == 200
        except OSError:
            return False

    def ask(self, client, port, method, path, body=None, headers=None):
        """From an address of this machine, through the proxy or straight; the status and the body."""
        options = {"timeout": 15, "source_address": (client, 0)}
        if self.trust and port in (self.logins, self.apis):
            connection = http.client.HTTPSConnection("localhost", port, context=self.trust, **options)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", port, **options)
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
