"""Fifty callers with one authorization code, and with one refresh token, all at the same moment."""

import base64
import hashlib
import json
import os
import secrets
import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from signet_process import Signet, call, run

ROUNDS = int(os.environ.get("SIGNET_RACE_ROUNDS", "20"))
CALLERS = 50
PASSWORD = "racing-demo-password"
BACK = "https://app.example/back"
VERIFIER = "a-verifier-of-forty-three-characters-or-more"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Signet(data=tmp_path_factory.mktemp("races") / "data", demo=True, demo_password=PASSWORD)
    server.start()
    done = run("client", "create", "app", "--public", "--first-party", "--redirect-uri", BACK, "--data", str(server.data))
    assert done.returncode == 0, done.stderr
    yield server
    server.stop()


class Browser:
    """Somebody who is signed in: codes come without any page."""

    def __init__(self, server, password):
        self.server = server
        begun = self.authorize({})
        browser = begun.headers["Set-Cookie"].split(";")[0]
        transaction = parse_qs(urlsplit(begun.headers["Location"]).query)["transaction"][0]
        form = urlencode({"transaction": transaction, "name": "demo", "password": password}).encode()
        signed_in = call("POST", server.control + "/sign-in/password", body=form, headers={
            "Content-Type": "application/x-www-form-urlencoded", "Cookie": browser, "Sec-Fetch-Site": "same-origin"})
        assert signed_in.status == 303, signed_in.body
        self.cookie = signed_in.headers["Set-Cookie"].split(";")[0]

    def authorize(self, headers):
        return call("GET", self.server.control + "/authorize?" + urlencode({
            "client_id": "app", "response_type": "code", "redirect_uri": BACK, "scope": "openid offline_access",
            "code_challenge": CHALLENGE, "code_challenge_method": "S256"}), headers=headers)

    def code(self):
        answer = self.authorize({"Cookie": self.cookie})
        return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


@pytest.fixture(scope="module")
def browser(server):
    return Browser(server, PASSWORD)


def at_once(server, form):
    """The same request on many connections: every byte but the last is there before any last byte is sent."""
    body = urlencode({"client_id": "app", **form}).encode()
    head = (
        f"POST /token HTTP/1.1\r\nHost: localhost:{server.control_port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n").encode()
    connections = [socket.create_connection(("127.0.0.1", server.control_port), timeout=30) for _ in range(CALLERS)]
    for connection in connections:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(head + body[:-1])
    for connection in connections:
        connection.sendall(body[-1:])
    with ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(answer, connections))


def answer(connection):
    received = bytearray()
    with connection:
        while piece := connection.recv(65_536):
            received += piece
    head, _, body = bytes(received).partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), json.loads(body)


def post(server, **form):
    return call("POST", server.control + "/token", body=urlencode({"client_id": "app", **form}).encode(),
                headers={"Content-Type": "application/x-www-form-urlencoded"})


def exchange(code):
    return {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER, "redirect_uri": BACK}


@pytest.mark.timeout(3_600)
def test_of_fifty_callers_with_one_code_one_gets_tokens(server, browser):
    told = Counter()
    for _ in range(ROUNDS):
        answers = at_once(server, exchange(browser.code()))
        good = [body for status, body in answers if status == 200]
        told.update(body.get("error", "tokens") for _, body in answers)
        assert len(good) == 1, answers
        assert all(status == 400 and body["error"] == "invalid_grant" for status, body in answers if status != 200), answers
        # Whoever came second ended what the first one got.
        assert call("GET", server.gateway + "/demo/orders", token=good[0]["access_token"]).status == 401
        assert post(server, grant_type="refresh_token", refresh_token=good[0]["refresh_token"]).status == 400
    print(f"codes: {ROUNDS} rounds of {CALLERS} callers: {dict(told)}")


@pytest.mark.timeout(3_600)
def test_of_fifty_callers_with_one_refresh_token_all_get_its_one_successor(server, browser):
    tokens = post(server, **exchange(browser.code())).json
    told = Counter()
    for _ in range(ROUNDS):
        answers = at_once(server, {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})
        told.update(status for status, _ in answers)
        successors = {body["refresh_token"] for status, body in answers if status == 200}
        assert len(successors) == 1, answers
        assert all(status == 200 for status, _ in answers), answers
        assert successors != {tokens["refresh_token"]}
        tokens = next(body for status, body in answers if status == 200)
    assert call("GET", server.gateway + "/demo/orders", token=tokens["access_token"]).status == 200
    print(f"refreshes: {ROUNDS} generations of {CALLERS} callers: {dict(told)}")


def test_after_ten_seconds_a_second_use_ends_everything(server, browser):
    first = post(server, **exchange(browser.code())).json
    second = post(server, grant_type="refresh_token", refresh_token=first["refresh_token"]).json
    time.sleep(11)
    answers = at_once(server, {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]})
    assert {(status, body.get("error")) for status, body in answers} == {(400, "invalid_grant")}
    assert post(server, grant_type="refresh_token", refresh_token=second["refresh_token"]).status == 400
    assert call("GET", server.gateway + "/demo/orders", token=second["access_token"]).status == 401


def test_guesses_are_nobody_s(server):
    answers = at_once(server, exchange("sgc_" + secrets.token_urlsafe(32)))
    assert {(status, body["error"]) for status, body in answers} == {(400, "invalid_grant")}
