"""What the gateway counts over time: asked for, streamed, and there again after a stop and a kill."""

import http.client
import json
import socket
import time
from urllib.parse import urlencode

import pytest

from signet_process import Signet, call


class Socket(http.client.HTTPConnection):
    """The operator's socket."""

    def __init__(self, server):
        super().__init__("localhost", timeout=20)
        self.place = str(server.data / "signet.sock")

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(20)
        self.sock.connect(self.place)


def ask(server, path, **query):
    connection = Socket(server)
    connection.request("GET", f"/api{path}?{urlencode(query)}")
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    return answer.status, body


def report(server, **query):
    status, body = ask(server, "/analytics", **query)
    assert status == 200, body
    return body


def groups(server, **query):
    return {group["name"]: group for group in report(server, **query)["groups"]}


def until(condition, seconds=25):
    end = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < end, "it did not come to be"
        time.sleep(0.5)
    return answer


@pytest.fixture()
def server(tmp_path):
    server = Signet(data=tmp_path / "data", demo=True, demo_password="a-password-for-the-demo")
    server.start()
    yield server
    server.stop()


def make_requests(server, token, good=3, refused=2):
    for _ in range(good):
        assert call("GET", server.gateway + "/demo/orders", token=token).status == 200
    for _ in range(refused):
        assert call("GET", server.gateway + "/demo/orders").status == 401


def test_what_was_counted_is_told_by_every_grouping_and_outlives_a_stop_and_a_kill(server):
    make_requests(server, server.login_demo()["access_token"])
    # Stopped before the ten seconds are over: a stop loses nothing.
    assert server.stop() == 0
    server.start()
    status = groups(server, by="status", step="hour")
    assert status["2xx"]["requests"] == 3 and status["4xx"]["requests"] == 2
    assert status["4xx"]["client_errors"] == 2 and status["2xx"]["response_bytes"] > 0
    assert 0 < status["2xx"]["p50"] <= status["2xx"]["p90"] <= status["2xx"]["p99"]
    assert groups(server, by="all", step="day")[""]["requests"] == 5
    (api,) = groups(server, by="api")
    (route,) = groups(server, by="route")
    assert route.startswith(api + " ")
    assert groups(server, by="reason") == {
        "token-missing": {**groups(server, by="reason")["token-missing"], "requests": 2}}
    assert groups(server, by="api", api="nothing") == {}
    points = report(server, by="status", step="minute")["points"]
    assert sum(point["requests"] for point in points) == 5 and all(point["time"] % 60 == 0 for point in points)
    # The same process goes on counting where the last one ended, and within ten seconds it is stored.
    make_requests(server, server.login_demo()["access_token"], good=4, refused=0)
    until(lambda: groups(server, by="status", step="day")["2xx"]["requests"] == 7)
    server.kill()
    server.start()
    assert groups(server, by="status", step="day")["2xx"]["requests"] == 7


def test_a_question_that_makes_no_sense_is_refused_by_name(server):
    for query, code in (
        ({"from": 10, "to": 10}, "range-invalid"), ({"from": 0, "step": "minute"}, "range-invalid"),
        ({"by": "moon"}, "parameter-invalid"), ({"step": "week"}, "parameter-invalid"), ({"limit": 0}, "parameter-invalid")):
        status, body = ask(server, "/analytics", **query)
        assert status == 400 and body["code"] == code, body
    status, body = ask(server, "/analytics/models", **{"from": 0, "step": "hour"})
    assert status == 400 and body["code"] == "range-invalid", body
    status, body = ask(server, "/analytics/models", by="provider", step="day")
    assert status == 200 and body["points"] == [] and body["by"] == "provider", body


def test_each_second_is_streamed_until_the_listener_goes_or_the_server_stops(server):
    listeners = []
    for _ in range(2):
        connection = Socket(server)
        connection.request("GET", "/api/analytics/live")
        answer = connection.getresponse()
        assert answer.status == 200 and answer.headers["Content-Type"] == "text/event-stream"
        listeners.append((connection, answer))
    listeners.pop()[0].close()
    make_requests(server, server.login_demo()["access_token"])
    connection, answer = listeners[0]
    seen, reasons, refused = 0, {}, 0
    end = time.monotonic() + 15
    while seen < 5 and time.monotonic() < end:
        line = answer.readline().decode()
        if not line.startswith("data: "):
            continue
        second = json.loads(line.removeprefix("data: "))
        seen += second["requests"]
        refused += second["client_errors"]
        assert sum(second["apis"].values()) == second["requests"]
        for reason, count in second["reasons"].items():
            reasons[reason] = reasons.get(reason, 0) + count
    assert (seen, refused, reasons) == (5, 2, {"token-missing": 2})
    began = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - began < 10
    while answer.readline():
        pass
    connection.close()


def test_nobody_listens_or_asks_without_a_token(server):
    for path in ("/analytics", "/analytics/models", "/analytics/live"):
        assert call("GET", server.control + "/api" + path).status == 401
