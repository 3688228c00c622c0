"""The test of a provider: its models, or one sentence that says what to do."""

import json
import socket
import threading
import time

import pytest

from conftest import write_configuration
from hosted_models import base_address
from operator_socket import api
from signet_process import Signet, call, run

KEY = "openai-key-one"
WRONG = "wrong-key-that-no-provider-knows"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    signet = Signet(data=tmp_path_factory.mktemp("trials") / "data").start()
    yield signet
    signet.stop()
    assert KEY not in signet.output and WRONG not in signet.output


def trial(server, name="openai", **wanted):
    status, answer = api(server, "POST", f"/providers/{name}/test", wanted)
    assert status == 200, answer
    return answer


def reconfigured(server, kind, address):
    text = f'providers: {{ demo: demo, openai: {{ kind: {kind}, address: "{address}", keys: [{{ secret: openai }}] }} }}\n'
    # One file for all, which owns what it lists.
    path = write_configuration(server.data.parent, text)
    done = run("apply", "-f", str(path), "--data", str(server.data))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("kind", ["openai", "anthropic", "gemini", "mistral", "ollama"])
def test_a_good_provider_lists_its_models_and_a_wrong_key_is_told(server, providers, kind):
    fake = providers[kind]
    api(server, "PUT", "/secrets/openai", {"value": fake.key})
    reconfigured(server, kind, base_address(fake))
    answer = trial(server)
    assert answer["ok"] and answer["status"] == 200 and set(fake.known) <= {name.removesuffix(":latest") for name in answer["models"]}, answer
    assert "lists 2 models" in answer["detail"] and answer["milliseconds"] < 5_000
    assert trial(server, model=fake.known[0])["ok"]
    missing = trial(server, model="model-nine")
    assert not missing["ok"] and missing["status"] == 200 and "model-nine is not among" in missing["detail"]
    if kind == "ollama":
        return  # It takes any key.
    api(server, "PUT", "/secrets/openai", {"value": WRONG})
    wrong = trial(server)
    assert not wrong["ok"] and wrong["status"] == (400 if kind == "gemini" else 401) and wrong["models"] == []
    assert "refused the key" in wrong["detail"] and WRONG[:5] not in json.dumps(wrong)


def test_the_demo_answers_at_once_and_who_is_not_there_is_unknown(server):
    path = write_configuration(server.data.parent, "providers: { demo: demo }\n")
    assert run("apply", "-f", str(path), "--data", str(server.data)).returncode == 0
    answer = trial(server, "demo")
    assert answer["ok"] and "status" not in answer and answer["models"] == ["demo"]
    status, problem = api(server, "POST", "/providers/nobody/test", {})
    assert status == 404 and problem["code"] == "object-unknown"


class Odd:
    """Something that listens and answers a request with these bytes; None says nothing."""

    def __init__(self, answer):
        self.answer = answer
        self.listening = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.serve, daemon=True).start()

    @property
    def port(self):
        return self.listening.getsockname()[1]

    def serve(self):
        kept = []
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            kept.append(connection)
            if self.answer is not None:
                connection.recv(65_536)
                try:
                    connection.sendall(self.answer)
                except OSError:
                    pass
                connection.close()


def http_answer(body, status="200 OK", more=""):
    return f"HTTP/1.1 {status}\r\n{more}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()


ODD = {
    "refused": (None, "http://127.0.0.1:1/v1", None, "Nothing listens at http://127.0.0.1:1/v1"),
    "no name": (None, "http://no-such-host.invalid/v1", None, "cannot be resolved"),
    "wrong path": (http_answer("{}", "404 Not Found"), "http://127.0.0.1:{port}/v2", 404, "usually ends in /v1"),
    "a page": (http_answer("<html>hello</html>"), "http://127.0.0.1:{port}/v1", 200, "gives no list of models"),
    "too long": (http_answer('{"data":[' + " " * 1_100_000 + "]}"), "http://127.0.0.1:{port}/v1", 200, "gives no list of models"),
    "elsewhere": (http_answer("", "302 Found", "Location: http://127.0.0.1:1/\r\n"), "http://127.0.0.1:{port}/v1", 302, "leads elsewhere"),
    "failing": (http_answer("sorry", "503 Unavailable"), "http://127.0.0.1:{port}/v1", 503, "try again later"),
    "echo": (http_answer(f"no {KEY}", "403 Forbidden"), "http://127.0.0.1:{port}/v1", 403, "refused the key"),
    "no TLS": (http_answer("{}", "400 Bad Request"), "https://127.0.0.1:{port}/v1", None, "TLS with https://127.0.0.1"),
    "cut": (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{", "http://127.0.0.1:{port}/v1", None, "broke off"),
}


@pytest.mark.parametrize("kind", ODD)
def test_what_is_wrong_is_told_with_what_to_do(server, kind):
    answer, address, status, words = ODD[kind]
    odd = Odd(answer)
    api(server, "PUT", "/secrets/openai", {"value": KEY})
    reconfigured(server, "openai", address.format(port=odd.port))
    told = trial(server)
    odd.listening.close()
    assert not told["ok"] and told.get("status") == status and words in told["detail"], told
    assert KEY not in json.dumps(told)


def test_who_says_nothing_is_waited_for_ten_seconds(server):
    odd = Odd(None)
    api(server, "PUT", "/secrets/openai", {"value": KEY})
    reconfigured(server, "openai", f"http://127.0.0.1:{odd.port}/v1")
    began = time.monotonic()
    told = trial(server)
    odd.listening.close()
    assert 9 < time.monotonic() - began < 14 and not told["ok"] and "in time" in told["detail"] and "status" not in told
    assert call("GET", server.control + "/readyz").status == 200
