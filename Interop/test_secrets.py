"""Keys of providers that are typed in: sealed in the database, in force at once, and shown to nobody again."""

import json
import re
import sqlite3
import threading

import openai
import pytest

from conftest import write_configuration
from hosted_models import base_address
from operator_socket import api
from signet_process import Signet, run
from wire import wait_for

KEY, OTHER = "openai-key-one", "openai-key-two"
CONFIGURATION = """
settings: {{ access-log: access.log }}
providers:
  demo: demo
  openai: {{ kind: openai, address: "{address}", keys: [{{ secret: openai }}] }}
models: {{ fast: {{ deployments: {{ provider: openai, model: model-one }}, retries: 0 }} }}
apis: {{ ai: {{ path: /ai, models: true, access: anonymous }} }}
"""


@pytest.fixture
def server(tmp_path):
    signet = Signet(data=tmp_path / "data").start()
    signet.log = tmp_path / "access.log"
    yield signet
    signet.stop()
    written = signet.output.encode() + b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"secrets" in written
    for key in (KEY, OTHER):
        assert key.encode() not in written, "a key stands in a file or in the log"


def applied(server, folder, fake, text=CONFIGURATION):
    path = write_configuration(folder, text.format(address=base_address(fake)))
    return run("apply", "-f", str(path), "--data", str(server.data))


def ask(server):
    with openai.OpenAI(base_url=f"{server.gateway}/ai/v1", api_key="-", max_retries=0, timeout=10) as client:
        return client.chat.completions.create(model="fast", messages=[{"role": "user", "content": "hi"}])


def shown(fake):
    """With which key the fake was asked last."""
    return fake.seen[-1].fields["authorization"]


def test_a_typed_in_key_goes_to_the_provider_and_another_one_in_its_place_at_once(server, tmp_path, providers):
    fake = providers["openai"]
    assert fake.keys == [KEY, OTHER]
    refused = applied(server, tmp_path, fake)
    assert refused.returncode == 1 and "there is no secret openai: signet secret put openai" in refused.stderr
    assert "line 5" in refused.stderr, refused.stderr
    status, put = api(server, "PUT", "/secrets/openai", {"value": KEY})
    assert status == 200 and put.keys() == {"name", "created", "changed", "used_by"} and put["used_by"] == []
    done = applied(server, tmp_path, fake)
    assert done.returncode == 0, done.stderr
    ask(server)
    assert shown(fake) == "key 0"
    status, again = api(server, "PUT", "/secrets/openai", {"value": OTHER})
    assert status == 200 and again["used_by"] == ["providers/openai"] and again["created"] == put["created"]
    ask(server)
    assert shown(fake) == "key 1"
    assert api(server, "GET", "/secrets") == (200, {"secrets": [again]})
    document = api(server, "GET", "/configuration")[1]["document"]
    assert "secret: openai" in document
    # It is there after a restart, and where the master key is another one.
    server.stop()
    rotated = run("master-key", "rotate", "--data", str(server.data))
    assert rotated.returncode == 0, rotated.stderr
    server.start()
    ask(server)
    assert shown(fake) == "key 1"


def test_no_request_fails_while_a_key_is_replaced(server, tmp_path, providers):
    fake = providers["openai"]
    api(server, "PUT", "/secrets/openai", {"value": KEY})
    assert applied(server, tmp_path, fake).returncode == 0
    failed, ends = [], threading.Event()

    def go_on():
        while not ends.is_set():
            try:
                ask(server)
            except openai.APIError as error:
                failed.append(error)

    asking = [threading.Thread(target=go_on) for _ in range(3)]
    for thread in asking:
        thread.start()
    for number in range(12):
        status, _ = api(server, "PUT", "/secrets/openai", {"value": (OTHER, KEY)[number % 2]})
        assert status == 200
        # Each key is asked with.
        asked = len(fake.seen)
        wait_for(lambda: len(fake.seen) > asked + 3 or failed)
    ends.set()
    for thread in asking:
        thread.join()
    assert failed == [] and {seen.fields["authorization"] for seen in fake.seen} == {"key 0", "key 1"}


def test_a_secret_that_is_used_stays_and_one_that_is_not_goes(server, tmp_path, providers):
    api(server, "PUT", "/secrets/openai", {"value": KEY})
    assert applied(server, tmp_path, providers["openai"]).returncode == 0
    status, problem = api(server, "DELETE", "/secrets/openai")
    assert status == 409 and problem["code"] == "secret-in-use" and "provider openai" in problem["detail"]
    ask(server)
    assert applied(server, tmp_path, providers["openai"], "providers: {{ demo: demo }}").returncode == 0
    status, gone = api(server, "DELETE", "/secrets/openai")
    assert status == 200 and gone["name"] == "openai"
    status, problem = api(server, "DELETE", "/secrets/openai")
    assert status == 404 and problem["code"] == "secret-unknown"
    assert api(server, "GET", "/secrets") == (200, {"secrets": []})
    # Going back to where it was used is refused: it is gone.
    back = run("rollback", "1", "--data", str(server.data))
    assert back.returncode == 1 and "there is no secret openai" in back.stderr
    events = [json.loads(line) for line in run("audit", "--json", "--data", str(server.data)).stdout.splitlines()]
    told = [(event["kind"], event["detail"]) for event in events if "secret-" in event["kind"]]
    assert told == [("secret-put", "openai"), ("secret-deleted", "openai")], events[-3:]


@pytest.mark.parametrize("value", ["", " sk-1", "sk-1\n", "sk-“1”", "x" * 4_097, 7, None])
def test_what_cannot_be_a_secret_is_refused_and_not_repeated(server, value):
    status, problem = api(server, "PUT", "/secrets/openai", {"value": value})
    assert status == 400 and problem["code"] == "field-invalid" and problem["errors"][0]["pointer"] == "/value"
    assert "printable ASCII" in problem["detail"] and "sk-" not in json.dumps(problem) and "xxx" not in json.dumps(problem)
    assert api(server, "GET", "/secrets") == (200, {"secrets": []})
    assert api(server, "PUT", "/secrets/Open_AI", {"value": "x"})[0] == 400


def test_a_value_that_its_user_cannot_take_changes_nothing(server, tmp_path, providers):
    api(server, "PUT", "/secrets/openai", {"value": KEY})
    assert applied(server, tmp_path, providers["openai"]).returncode == 0
    status, problem = api(server, "PUT", "/secrets/openai", {"value": "two words"})
    assert status == 422 and problem["code"] == "configuration-refused", problem
    assert problem["errors"][0]["pointer"] == "/providers/openai/keys/0" and "two words" not in json.dumps(problem)
    # Nor is it stored: what is stored is still good.
    assert run("reload", "--data", str(server.data)).returncode == 0
    ask(server)
    assert shown(providers["openai"]) == "key 0"


def test_the_check_without_a_server_takes_a_secret_that_it_cannot_know(tmp_path, providers):
    text = CONFIGURATION + "consumers: {{ c: C }}\ncredentials: {{ k: {{ consumer: c, secret: {{ secret: k }} }}, l: {{ consumer: c, secret: {{ secret: l }} }} }}\n"
    path = write_configuration(tmp_path, text.format(address=base_address(providers["openai"])))
    done = run("check", str(path))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_command_puts_lists_and_deletes(server, tmp_path, providers):
    def secret(*arguments, **more):
        return run("secret", *arguments, "--data", str(server.data), **more)

    put = secret("put", "openai", "--secret-env", "TYPED", env={"TYPED": KEY})
    assert put.returncode == 0 and "name: openai" in put.stdout and KEY not in put.stdout, put.stderr
    assert applied(server, tmp_path, providers["openai"]).returncode == 0
    ask(server)
    listed = secret("list")
    assert re.fullmatch(r"openai  put \S+  used by providers/openai\n", listed.stdout), listed.stdout
    assert json.loads(secret("list", "--json").stdout)["secrets"][0]["used_by"] == ["providers/openai"]
    refused = secret("delete", "openai")
    assert refused.returncode == 1 and "in use by provider openai" in refused.stderr, refused.stderr
    file = tmp_path / "secrets-spare"
    file.write_text(OTHER + "\n")
    assert secret("put", "spare", "--secret-file", str(file)).returncode == 0
    file.unlink()
    assert secret("delete", "spare").returncode == 0 and "spare" not in secret("list").stdout


def test_one_that_does_not_open_is_named_and_put_again(server, tmp_path, providers):
    assert run("secret", "put", "openai", "--secret-env", "TYPED", "--data", str(server.data), env={"TYPED": KEY}).returncode == 0
    assert applied(server, tmp_path, providers["openai"]).returncode == 0
    with sqlite3.connect(server.data / "signet.db") as database:
        assert database.execute("UPDATE secrets SET sealed = zeroblob(40) WHERE name = 'openai'").rowcount == 1
    database.close()
    refused = run("reload", "--data", str(server.data))
    assert refused.returncode == 1 and "its log says more" in refused.stderr, refused.stderr
    assert "the stored secret openai does not open" in server.output
    put = run("secret", "put", "openai", "--secret-env", "TYPED", "--data", str(server.data), env={"TYPED": OTHER})
    assert put.returncode == 0, put.stderr
    ask(server)
    assert shown(providers["openai"]) == "key 1"
    assert run("reload", "--data", str(server.data)).returncode == 0
