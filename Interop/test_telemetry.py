"""What is written down of each request: the access log, the metrics, the explanations; all from one value."""

import json

import pytest
from prometheus_client.parser import text_string_to_metric_families

from conftest import write_configuration
from signet_process import Signet, call, free_port, run
from wire import Wire, wait_for

CONFIGURATION = """
settings: {{ access-log: access.log }}
upstreams: {{ u: "http://127.0.0.1:{port}", gone: "http://127.0.0.1:{closed}" }}
apis:
  open: {{ path: /open, upstream: u, access: anonymous, routes: {{ item: {{ path: "/items/{{id}}" }} }} }}
  keyed: {{ path: /keyed, upstream: u, access: api-key }}
  gone: {{ path: /gone, upstream: gone, access: anonymous }}
consumers: {{ acme: Acme }}
credentials: {{ acme-key: {{ consumer: acme, secret: {{ env: ACME_KEY }} }} }}
"""
KEY = "acme-key-0123456789"


@pytest.fixture(scope="module")
def server(tmp_path_factory, upstream):
    folder = tmp_path_factory.mktemp("telemetry")
    config = write_configuration(folder, CONFIGURATION.format(port=upstream.port, closed=free_port()))
    signet = Signet(data=folder / "data", config=config, environment={"ACME_KEY": KEY}).start()
    signet.log = folder / "access.log"
    yield signet
    signet.stop()


def lines(server, count):
    """The last lines of the access log, once there are so many."""
    wait_for(lambda: server.log.exists() and len(server.log.read_text().splitlines()) >= count)
    return [json.loads(line) for line in server.log.read_text().splitlines()]


def samples(server):
    answer = call("GET", server.control + "/metrics")
    assert answer.status == 200 and answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.body.decode()) for sample in family.samples}


def total(found, name, **labels):
    return sum(value for (sample, has), value in found.items() if sample == name and set(labels.items()) <= set(has))


def test_each_request_is_one_line_and_one_count(server):
    before, known = samples(server), len(server.log.read_text().splitlines()) if server.log.exists() else 0
    call("GET", server.gateway + "/open/items/7?secret=query")
    call("POST", server.gateway + "/keyed/x", body=b"12345", headers={"X-API-Key": KEY})
    call("GET", server.gateway + "/keyed/x", headers={"X-API-Key": "wrong-key-0123456789"})
    call("GET", server.gateway + "/nowhere")
    call("GET", server.gateway + "/gone")
    written = lines(server, known + 5)[known:]
    # Lines of different event loops are not in order of time.
    by = {(line["path"], line["status"]): line for line in written}
    opened, keyed, refused = by["/open/items/7", 200], by["/keyed/x", 200], by["/keyed/x", 401]
    nowhere, gone = by["/nowhere", 404], by["/gone", 502]
    assert (opened["method"], opened["path"], opened["status"], opened["api"], opened["route"]) == ("GET", "/open/items/7", 200, "open", "item")
    assert opened["ended"] == "complete" and opened["address"] == "127.0.0.1" and opened["bytes_out"] > 0 and opened["upstream"] == "u"
    assert (keyed["consumer"], keyed["credential"], keyed["bytes_in"]) == ("acme", "acme-key", 5)
    assert (refused["status"], refused["code"], refused["phase"], refused["ended"]) == (401, "key-refused", "authenticate", "refused")
    assert (nowhere["status"], nowhere["api"], nowhere["code"]) == (404, None, "route-not-found")
    assert (gone["status"], gone["ended"], gone["code"]) == (502, "upstream-failed", "upstream-unreachable")
    text = server.log.read_text()
    assert KEY not in text and "wrong-key" not in text and "query" not in text
    after = samples(server)
    for labels, count in (
        ({"api": "open", "route": "item", "method": "GET", "status": "200"}, 1), ({"api": "keyed", "status": "401"}, 1),
        ({"api": "", "status": "404"}, 1), ({"api": "gone", "status": "502"}, 1),
    ):
        name = "signet_requests_total"
        assert total(after, name, **labels) - total(before, name, **labels) == count, labels
    assert total(after, "signet_request_duration_seconds_count", api="open") > total(before, "signet_request_duration_seconds_count", api="open")
    assert total(after, "signet_refusals_total", code="key-refused") - total(before, "signet_refusals_total", code="key-refused") == 1
    assert total(after, "signet_requests_in_flight") == 0
    assert total(after, "process_resident_memory_bytes") > 1_000_000


def test_a_refusal_is_found_by_its_trace_in_the_log_and_by_explain(server):
    known = len(lines(server, 0)) if server.log.exists() else 0
    answer = call("GET", server.gateway + "/keyed", headers={"X-API-Key": "wrong-key-0123456789"})
    line = lines(server, known + 1)[-1]
    assert line["trace"] == answer.json["trace"]
    told = run("explain", answer.json["trace"], "--data", str(server.data))
    assert told.returncode == 0 and "key-refused" in told.stdout


def test_a_client_s_trace_goes_on(server):
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    known = len(lines(server, 0)) if server.log.exists() else 0
    call("GET", server.gateway + "/open", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
    assert lines(server, known + 1)[-1]["trace"] == trace


def test_hostile_bytes_stay_in_their_line(server):
    known = len(lines(server, 0)) if server.log.exists() else 0
    with Wire(server.gateway_port) as wire:
        wire.send(b"GET /open/%0a%22%7b HTTP/1.1\r\nHost: x\r\n\r\n")
        wire.answer()
    with Wire(server.gateway_port) as wire:
        wire.send(b"BREW\x01 / HTTP/1.1\r\n\r\n")
        wire.answer()
    assert len(lines(server, known + 2)) == known + 2


def test_many_strangers_push_no_refused_credential_out(server):
    answer = call("GET", server.gateway + "/keyed", headers={"X-API-Key": "wrong-key-0123456789"})
    with Wire(server.gateway_port) as wire:
        for _ in range(60):
            wire.send(b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n" * 100)
            for _ in range(100):
                wire.answer()
    assert run("explain", answer.json["trace"], "--data", str(server.data)).returncode == 0


def test_the_log_can_be_moved_away(server):
    call("GET", server.gateway + "/open")
    lines(server, 1)
    old = server.log.with_suffix(".1")
    server.log.rename(old)
    assert run("reload", "--data", str(server.data)).returncode == 0
    call("GET", server.gateway + "/open/after")
    assert [line["path"] for line in lines(server, 1)] == ["/open/after"]


def test_metrics_are_not_there_through_a_proxy_that_nobody_named(server):
    assert call("GET", server.control + "/metrics").status == 200
    for mark in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"):
        assert call("GET", server.control + "/metrics", headers={mark: "127.0.0.1"}).status == 404, mark


def test_metrics_are_not_there_for_others(tmp_path, upstream):
    config = write_configuration(tmp_path, f'upstreams: {{ u: "http://127.0.0.1:{upstream.port}" }}\napis: {{ a: {{ path: /a, upstream: u, access: anonymous }} }}\n')
    signet = Signet(data=tmp_path / "data", config=config, arguments=("--trusted-proxy", "127.0.0.1")).start()
    try:
        assert call("GET", signet.control + "/metrics").status == 200
        assert call("GET", signet.control + "/metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status == 404
        config.write_text("settings: { metrics-networks: 192.0.2.0/24 }\n" + config.read_text())
        assert run("reload", "--data", str(signet.data)).returncode == 0
        assert call("GET", signet.control + "/metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status == 200
        assert call("GET", signet.control + "/metrics", headers={"X-Forwarded-For": "192.0.3.1"}).status == 404
    finally:
        signet.stop()


def test_open_connections_are_told_by_listener(server):
    def connections():
        return total(samples(server), "signet_connections_open", listener="gateway")

    wait_for(lambda: connections() == 0)
    with Wire(server.gateway_port), Wire(server.gateway_port):
        wait_for(lambda: connections() == 2)
    wait_for(lambda: connections() == 0)
