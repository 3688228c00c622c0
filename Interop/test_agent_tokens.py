"""An agent's token: narrower than the one that it was exchanged for (RFC 8693), and told by the ledger's operations."""

import base64
import json
import time
from urllib.parse import urlencode

import anthropic
import openai
import pytest

from conftest import write_configuration
from model_double import ModelDouble
from signet_process import Signet, call, run
from test_analytics import Socket, ask
from wire import wait_for

CONFIGURATION = """
providers: {{ double: {{ kind: openai, address: "{address}" }} }}
models:
  paid: {{ deployments: {{ provider: double, model: m, maximum-tokens: 200 }}, retries: 0 }}
  second: {{ deployments: {{ provider: double, model: m, maximum-tokens: 200 }}, retries: 0 }}
prices: {{ m: {{ provider: double, model: m, input: 1, cached-input: 0.5, output: 10 }} }}
budgets: {{ all: {{ amount: 5, period: month }} }}
apis: {{ ai: {{ path: /ai, models: true, access: {{ jwt: {{ issuer: built-in, audience: ai }} }} }} }}
"""
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    double = ModelDouble()
    folder = tmp_path_factory.mktemp("agents")
    config = write_configuration(folder, CONFIGURATION.format(address=double.address))
    signet = Signet(data=folder / "data", config=config).start()
    made = run("client", "create", "agent", "--grant", "client_credentials", "--grant", "token-exchange", "--audience", "ai",
               "--json", "--data", str(signet.data))
    assert made.returncode == 0, made.stderr
    signet.secret = json.loads(made.stdout)["client_secret"]
    signet.double = double
    yield signet
    signet.stop()
    double.stop()


def token(server, **parameters):
    basic = base64.b64encode(f"agent:{server.secret}".encode()).decode()
    return call("POST", server.control + "/token", body=urlencode(parameters).encode(),
                headers={"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Basic {basic}"})


@pytest.fixture
def own(server):
    return token(server, grant_type="client_credentials").json["access_token"]


def narrower(server, subject, **limits):
    return token(server, grant_type=EXCHANGE, subject_token=subject, subject_token_type=ACCESS_TOKEN, **limits)


def clients(server, bearer):
    return (openai.OpenAI(base_url=server.gateway + "/ai/v1", api_key=bearer, max_retries=0),
            anthropic.Anthropic(base_url=server.gateway + "/ai", auth_token=bearer, max_retries=0))


def ask_model(chat, model="paid", **more):
    return chat.chat.completions.create(model=model, messages=[{"role": "user", "content": "x"}], **more)


def claims(bearer):
    part = bearer.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_an_agent_s_token_can_do_no_more_than_it_says(server, own):
    made = narrower(server, own, models="paid", budget="0.006 USD", expires_in="120")
    assert made.status == 200 and made.json["expires_in"] == 120, made.body
    chat, messages = clients(server, made.json["access_token"])
    assert [model.id for model in chat.models.list().data] == ["paid"]
    with pytest.raises(openai.PermissionDeniedError):
        ask_model(chat, "second")
    # 0.0028 each, and at least 0.002 must be left for the answer.
    assert ask_model(chat)
    wait_for(lambda: ask_model(chat))
    seen = len(server.double.requests)
    with pytest.raises(openai.RateLimitError) as spent:
        ask_model(chat)
    assert spent.value.code == "insufficient_quota" and "(token)" in spent.value.message
    assert spent.value.response.headers["x-signet-code"] == "model-budget-spent"
    # The operator finds it by its trace, and in what was counted by reason.
    trace = spent.value.response.headers["x-request-id"]
    told = wait_for(lambda: (answer := ask(server, f"/explanations/{trace}"))[0] == 200 and answer[1])
    assert (told["code"], told["status"], told["phase"], told["path"]) == ("model-budget-spent", 429, "deliver", "/ai/v1/chat/completions")
    assert told["detail"].startswith("Model paid: what is left of the budget (token)")
    with pytest.raises(anthropic.RateLimitError):
        messages.messages.create(model="paid", max_tokens=200, messages=[{"role": "user", "content": "x"}])
    assert len(server.double.requests) == seen
    # Exchanged again, it is no way around: what comes of it spends of the same.
    again = narrower(server, made.json["access_token"], budget="5 USD").json["access_token"]
    with pytest.raises(openai.RateLimitError):
        ask_model(clients(server, again)[0])
    assert narrower(server, made.json["access_token"], models="second").json["error"] == "invalid_request"
    # The one that it was exchanged for goes on, and so does another one of it.
    assert ask_model(clients(server, own)[0], "second")
    assert ask_model(clients(server, narrower(server, own, budget="0.006 USD").json["access_token"])[0])


def test_what_is_spent_of_a_token_outlives_the_server(server, own):
    made = narrower(server, own, budget="0.006 USD").json["access_token"]
    assert ask_model(clients(server, made)[0])
    wait_for(lambda: ask_model(clients(server, made)[0]))
    server.stop()
    server.start()
    with pytest.raises(openai.RateLimitError):
        ask_model(clients(server, made)[0])


def test_the_ledger_tells_each_request_and_what_is_gone_of_the_budgets(server, own):
    made = narrower(server, own, budget="1 USD").json["access_token"]
    chat, _ = clients(server, made)
    raw = chat.chat.completions.with_raw_response.create(model="second", messages=[{"role": "user", "content": "x"}])
    trace = raw.headers["x-request-id"]
    (entry,) = wait_for(lambda: ask(server, "/spending", trace=trace)[1]["spending"])
    assert (entry["model"], entry["provider"], entry["provider_model"], entry["state"]) == ("second", "double", "m", "settled")
    assert (entry["cost"], entry["currency"], entry["input_tokens"], entry["output_tokens"]) == ("0.0028", "USD", 1000, 200)
    status, page = ask(server, "/spending", model="second", limit=1)
    assert status == 200 and page["spending"][0]["id"] == entry["id"] and page["next"] == entry["id"]
    older = ask(server, "/spending", model="second", after=page["next"])[1]["spending"]
    assert older and all(int(one["id"]) < int(entry["id"]) and one["model"] == "second" for one in older)
    assert ask(server, "/spending", caller="nobody")[1]["spending"] == []
    assert ask(server, "/spending", after="x")[0] == 400
    budgets = ask(server, "/budget-states")[1]["budgets"]
    (everybody,) = [one for one in budgets if one["budget"] == "all"]
    assert everybody["amount"] == "5.00" and everybody["payer"] == "" and float(everybody["spent"]) > 0.0028
    assert everybody["starts"] < everybody["ends"] and everybody["reserved"] == "0.00"
    (mine,) = [one for one in budgets if one["budget"] == "(token)" and claims(made)["jti"] in one["payer"]]
    assert (mine["amount"], mine["spent"], mine["ends"]) == ("1.00", "0.0028", claims(made)["exp"] + 1)
    assert [one["budget"] for one in ask(server, "/budget-states", budget="all")[1]["budgets"]] == ["all"]


def test_metrics_count_by_the_models_that_there_are(server, own):
    chat, _ = clients(server, own)
    assert ask_model(chat)
    with pytest.raises(openai.NotFoundError) as unknown:
        ask_model(chat, "a-name-of-the-caller-s-choice")

    trace = unknown.value.response.headers["x-request-id"]
    assert wait_for(lambda: ask(server, f"/explanations/{trace}")[1].get("code")) == "model-unknown"

    def line(name, **labels):
        text = call("GET", server.control + "/metrics").body.decode()
        wanted = name + "{" + ",".join(f'{label}="{value}"' for label, value in labels.items()) + "} "
        return next((float(line.removeprefix(wanted)) for line in text.splitlines() if line.startswith(wanted)), 0)
    wait_for(lambda: line("signet_model_requests_total", model="other", outcome="refused"))
    answered = wait_for(lambda: line("signet_model_requests_total", model="paid", outcome="answered"))
    assert line("signet_model_tokens_total", model="paid", direction="output") == 200 * answered
    assert line("signet_model_cost_total", model="paid", currency="USD") > 0.0027
    assert b"choice" not in call("GET", server.control + "/metrics").body


def test_whoever_leaves_a_trial_ends_its_request(server, own):
    server.double.script, server.double.gone_at = ["silent"], None
    seen = len(server.double.requests)
    connection = Socket(server)
    connection.request("POST", "/api/try-stream", headers={"Content-Type": "application/json"}, body=json.dumps({
        "method": "POST", "path": "/ai/v1/chat/completions", "headers": {"authorization": f"Bearer {own}"},
        "body": json.dumps({"model": "paid", "messages": [{"role": "user", "content": "x"}], "stream": True})}))
    wait_for(lambda: len(server.double.requests) > seen)
    left = time.monotonic()
    connection.close()
    wait_for(lambda: server.double.gone_at, 10)
    assert server.double.gone_at - left < 5


def test_what_a_provider_or_a_caller_said_is_in_no_explanation(server, own):
    server.double.script = ["400"]
    with pytest.raises(openai.BadRequestError) as refused:
        ask_model(clients(server, own)[0])
    trace = refused.value.response.headers["x-request-id"]
    told = wait_for(lambda: (answer := ask(server, f"/explanations/{trace}"))[0] == 200 and answer[1])
    assert told["detail"] == "Model paid: double was asked last, and failed or refused (attempts: 1)."
    answer = call("POST", server.gateway + "/ai/v1/chat/completions", token=own, data={"model": "paid", "messages": [{"role": "a secret"}]})
    assert answer.status == 400
    told = wait_for(lambda: (found := ask(server, f"/explanations/{answer.headers['x-request-id']}"))[0] == 200 and found[1])
    assert told["code"] == "model-request-invalid" and "secret" not in json.dumps(told)


def test_a_trial_that_streams_tells_its_answer_as_it_comes(server, own):
    body = json.dumps({"model": "paid", "messages": [{"role": "user", "content": "x"}], "stream": True})
    connection = Socket(server)
    connection.request("POST", "/api/try-stream", headers={"Content-Type": "application/json"}, body=json.dumps({
        "method": "POST", "path": "/ai/v1/chat/completions", "body": body,
        "headers": {"authorization": f"Bearer {own}", "content-type": "application/json"}}))
    answer = connection.getresponse()
    assert answer.status == 200 and answer.headers["Content-Type"] == "text/event-stream"
    events = [block.split("\n") for block in answer.read().decode().split("\n\n") if block.startswith("event: ")]
    told = [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in events]
    assert told[0][0] == "head" and told[0][1]["status"] == 200
    assert told[-1][0] == "end" and told[-1][1]["is_cut"] is False
    text = "".join(data["text"] for name, data in told if name == "part")
    assert text.rstrip().endswith("data: [DONE]") and len(told) > 3
    # Refused before it begins, and while it is asked.
    connection.request("POST", "/api/try-stream", headers={"Content-Type": "application/json"}, body='{"path":"x"}')
    assert (refused := connection.getresponse()).status == 400 and refused.read()
    connection.close()
