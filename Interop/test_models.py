"""Language models behind the gateway, asked by the unmodified clients of OpenAI and Anthropic: the demo model, and providers that fail."""

import http.client
import json
import time

import anthropic
import openai
import pytest

from conftest import write_configuration
from model_double import ModelDouble
from signet_process import Signet, call, run
from wire import wait_for

CONFIGURATION = """
settings: {{ access-log: access.log }}
issuers: {{ partner: {{ issuer: "https://idp.example", keys: {{ file: keys.json }} }} }}
providers:
  demo: demo
  first: {{ kind: openai, address: "{first}", keys: [{{ env: FIRST_KEY }}, {{ env: OTHER_KEY }}], response-timeout: 2s }}
  second: {{ kind: openai, address: "{second}", keys: [{{ env: SECOND_KEY }}] }}
  single: {{ kind: openai, address: "{first}", keys: [{{ env: FIRST_KEY }}], response-timeout: 2s }}
  nobody: {{ kind: openai, address: "http://127.0.0.1:1/v1" }}
models:
  demo: {{ deployments: {{ provider: demo, model: demo-1 }} }}
  fast:
    deployments: [ {{ provider: first, model: first-model }}, {{ provider: second, model: second-model, order: 1 }} ]
    retries: 2
  alone: {{ deployments: {{ provider: single, model: first-model }}, retries: 1 }}
  gone: {{ deployments: {{ provider: nobody, model: m }}, retries: 0 }}
  plain: {{ deployments: {{ provider: second, model: second-model, cannot: [tools] }}, retries: 0 }}
  paid: {{ deployments: {{ provider: second, model: paid-model, maximum-tokens: 200 }}, retries: 0 }}
prices:
  paid: {{ provider: second, model: paid-model, input: 1, cached-input: 0.5, output: 10 }}
budgets:
  each: {{ amount: 0.01, period: day, per: "claim:team", models: [paid] }}
apis:
  ai:
    path: /ai
    models: true
    access: {{ jwt: {{ issuer: partner, audience: orders }} }}
  parts:
    path: /parts
    models: [demo]
    access: {{ jwt: {{ issuer: partner, audience: orders }} }}
    routes: {{ deep: {{ path: "/deep/*", models: [demo] }}, one: {{ path: /one/v1/models, models: [demo] }} }}
  some:
    path: /some
    models: [demo]
    access: {{ jwt: {{ issuer: partner, audience: orders }} }}
"""
KEYS = {"FIRST_KEY": "first-key-abcdef", "OTHER_KEY": "other-key-abcdef", "SECOND_KEY": "second-key-abcdef"}


@pytest.fixture(scope="module")
def doubles():
    pair = ModelDouble("first"), ModelDouble("second")
    yield pair
    for double in pair:
        double.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory, mint, doubles):
    folder = tmp_path_factory.mktemp("models")
    (folder / "keys.json").write_text(json.dumps(mint.public_set()))
    text = CONFIGURATION.format(first=doubles[0].address, second=doubles[1].address)
    signet = Signet(data=folder / "data", config=write_configuration(folder, text), environment=KEYS).start()
    signet.log = folder / "access.log"
    yield signet
    signet.stop()
    for key in KEYS.values():
        assert key not in signet.output and key not in signet.log.read_text()


@pytest.fixture
def first(doubles, server):
    for double in doubles:
        double.script, double.requests, double.gone_at, double.retry_after = [], [], None, None
        double.heard.clear()
    return doubles[0]


@pytest.fixture
def second(doubles, first):
    return doubles[1]


def token(mint, **claims):
    return mint.token(claims=mint.claims(**claims)).decode()


@pytest.fixture
def chat(server, mint):
    with openai.OpenAI(base_url=server.gateway + "/ai/v1", api_key=token(mint), max_retries=0) as client:
        yield client


@pytest.fixture
def messages(server, mint):
    with anthropic.Anthropic(base_url=server.gateway + "/ai", auth_token=token(mint), max_retries=0) as client:
        yield client


def say(text):
    return [{"role": "user", "content": text}]


# The demo model


def test_openai_whole(chat):
    raw = chat.chat.completions.with_raw_response.create(model="demo", messages=say("hello there"))
    answer = raw.parse()
    assert answer.choices[0].message.content == "This is the demo model of Signet. You said: hello there"
    assert answer.choices[0].finish_reason == "stop" and answer.usage.prompt_tokens == 2
    assert raw.headers["x-signet-provider"] == "demo" and raw.headers["x-signet-model"] == "demo-1"
    assert raw.headers["x-signet-attempts"] == "1" and raw.headers["x-signet-input-tokens"] == "2"
    assert len(answer._request_id) == 32


def test_openai_stream(chat):
    stream = chat.chat.completions.create(
        model="demo", messages=say("hello there"), stream=True, stream_options={"include_usage": True})
    chunks = list(stream)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == "This is the demo model of Signet. You said: hello there"
    assert sum(1 for chunk in chunks if chunk.choices and chunk.choices[0].delta.content) >= 11
    assert chunks[-1].usage.completion_tokens == 11 and chunks[-2].choices[0].finish_reason == "stop"


def test_anthropic_whole(messages):
    answer = messages.messages.create(model="demo", max_tokens=100, messages=say("hello there"))
    assert answer.content[0].text == "This is the demo model of Signet. You said: hello there"
    assert answer.stop_reason == "end_turn" and (answer.usage.input_tokens, answer.usage.output_tokens) == (2, 11)
    assert len(answer._request_id) == 32
    short = messages.messages.create(model="demo", max_tokens=3, messages=say("hello there"))
    assert short.stop_reason == "max_tokens" and short.content[0].text == "This is the"


def test_anthropic_stream(messages):
    with messages.messages.stream(model="demo", max_tokens=100, messages=say("hello there")) as stream:
        assert "".join(stream.text_stream) == "This is the demo model of Signet. You said: hello there"
        assert stream.get_final_message().usage.output_tokens == 11


def test_tools(chat, messages):
    parameters = {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}}
    tools = [{"type": "function", "function": {"name": name, "parameters": parameters}} for name in ("weather", "news")]
    answer = chat.chat.completions.create(model="demo", messages=say("call every tool"), tools=tools)
    calls = answer.choices[0].message.tool_calls
    assert [one.function.name for one in calls] == ["weather", "news"] and answer.choices[0].finish_reason == "tool_calls"
    assert json.loads(calls[0].function.arguments) == {"city": "demo", "days": 1}
    back = say("call every tool") + [answer.choices[0].message.model_dump(exclude_none=True)]
    back += [{"role": "tool", "tool_call_id": one.id, "content": f"fine {one.function.name}"} for one in calls]
    assert chat.chat.completions.create(model="demo", messages=back, tools=tools).choices[0].message.content.startswith("The tool said: fine")
    other = [{"name": "weather", "input_schema": parameters}]
    with messages.messages.stream(model="demo", max_tokens=50, messages=say("call a tool"), tools=other) as stream:
        final = stream.get_final_message()
    assert final.stop_reason == "tool_use" and final.content[0].input == {"city": "demo", "days": 1}


def test_embeddings_models_and_counts(chat, messages):
    answer = chat.embeddings.create(model="demo", input=["one two", "three"], dimensions=8)
    assert len(answer.data) == 2 and len(answer.data[0].embedding) == 8 and answer.usage.prompt_tokens == 3
    plain = chat.embeddings.create(model="demo", input="one two", dimensions=8, encoding_format="float")
    assert plain.data[0].embedding == pytest.approx(answer.data[0].embedding)
    assert {"demo", "fast"} <= {model.id for model in chat.models.list()}
    assert {"demo", "fast"} <= {model.id for model in messages.models.list()}
    assert messages.messages.count_tokens(model="demo", messages=say("one two three")).input_tokens == 3


def test_the_demo_server_has_a_model(demo):
    login = call("POST", demo.control + "/login", data={"name": "demo", "password": "demo-password-for-tests"})
    client = openai.OpenAI(base_url=demo.gateway + "/ai/v1", api_key=login.json["access_token"], max_retries=0)
    assert "hello" in client.chat.completions.create(model="demo", messages=say("hello")).choices[0].message.content


# Who may


def test_who_may(server, mint, chat):
    def ask(path="/ai", model="demo", **claims):
        client = openai.OpenAI(base_url=server.gateway + path + "/v1", api_key=token(mint, **claims), max_retries=0)
        return client.chat.completions.create(model=model, messages=say("hi"))

    assert ask(models=["demo", "x"]) and ask(models="other demo") and ask()
    for claims in ({"models": ["fast"]}, {"models": []}, {"models": 7}, {"models": "demos"}):
        with pytest.raises(openai.PermissionDeniedError) as refused:
            ask(**claims)
        assert refused.value.code == "model_not_allowed" and "(trace " in refused.value.message
    with pytest.raises(openai.NotFoundError) as unknown:
        ask(model="nothing")
    assert unknown.value.code == "model_not_found" and unknown.value.response.headers["x-signet-code"] == "model-unknown"
    with pytest.raises(openai.NotFoundError):
        ask(path="/some", model="fast")
    assert ask(path="/some")
    with pytest.raises(openai.AuthenticationError):
        openai.OpenAI(base_url=server.gateway + "/ai/v1", api_key="nonsense", max_retries=0).models.list()
    listed = openai.OpenAI(base_url=server.gateway + "/ai/v1", api_key=token(mint, models=["fast"]), max_retries=0).models.list()
    assert [model.id for model in listed] == ["fast"]


def test_wrong_requests(server, mint, messages, chat):
    with pytest.raises(anthropic.BadRequestError) as refused:
        messages.messages.create(model="demo", max_tokens=5, messages=[{"role": "nobody", "content": "x"}])
    assert refused.value.body["error"]["type"] == "invalid_request_error" and "/messages/0/role" in str(refused.value)
    bearer = token(mint)
    for path, method, status in (("/ai/v1/nothing", "POST", 404), ("/ai/v1/chat/completions", "GET", 405), ("/ai", "GET", 404)):
        answer = call(method, server.gateway + path, token=bearer)
        assert answer.status == status and answer.headers["x-signet-code"] == "model-path-unknown"
    # Only where the operator put them: behind anything else they would be under the rules of another route.
    for path, status in (("/ai/x/v1/models", 404), ("/parts/v1/models", 200), ("/parts/x/v1/models", 404), ("/parts/deep/v1/models", 200),
                         ("/parts/deep/x/v1/models", 404), ("/parts/one/v1/models", 200)):
        assert call("GET", server.gateway + path, token=bearer).status == status, path
    assert call("POST", server.gateway + "/ai/v1/chat/completions", body=b"{", token=bearer).status == 400
    large = http.client.HTTPConnection("127.0.0.1", server.gateway_port, timeout=10)
    large.putrequest("POST", "/ai/v1/chat/completions")
    large.putheader("Authorization", f"Bearer {bearer}")
    large.putheader("Content-Length", str(33 << 20))
    large.endheaders()
    answer = large.getresponse()
    assert answer.status == 413 and json.loads(answer.read())["error"]["code"] == "request_too_large"
    large.close()
    with pytest.raises(openai.BadRequestError) as unfit:
        chat.chat.completions.create(model="plain", messages=say("x"), tools=[{"type": "function", "function": {"name": "f"}}])
    assert "tools" in str(unfit.value)


# Providers that fail


def text_of(stream):
    return "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)


def test_a_provider_gets_its_own_model_and_key(chat, first, second):
    answer = chat.chat.completions.create(model="fast", messages=say("x"), seed=4)
    assert answer.choices[0].message.content == "whole from first" and answer.usage.prompt_tokens_details.cached_tokens == 400
    path, fields, body = first.requests[0]
    assert path == "/v1/chat/completions" and body["model"] == "first-model" and body["seed"] == 4 and not second.requests
    assert fields["authorization"] in ("Bearer first-key-abcdef", "Bearer other-key-abcdef")
    assert {"traceparent", "x-forwarded-for", "cookie", "x-stainless-lang"}.isdisjoint(fields)
    chat.chat.completions.create(model="fast", messages=say("x"))
    assert {seen[1]["authorization"] for seen in first.requests} == {"Bearer first-key-abcdef", "Bearer other-key-abcdef"}
    assert chat.embeddings.create(model="fast", input="x", encoding_format="float").data[0].embedding == [0.5, -0.25]


@pytest.mark.parametrize("act", ["500", "die", "silent"])
@pytest.mark.parametrize("stream", [False, True])
def test_the_second_provider_answers(chat, first, second, act, stream):
    first.script = [act]
    raw = chat.chat.completions.with_raw_response.create(model="fast", messages=say("x"), stream=stream)
    assert raw.headers["x-signet-provider"] == "second" and raw.headers["x-signet-attempts"] == "2"
    said = text_of(raw.parse()) if stream else raw.parse().choices[0].message.content
    assert said == ("stream from second, and more" if stream else "whole from second")


def test_an_error_in_a_stream_before_anything_is_said_is_not_the_callers(chat, first, second):
    first.script = ["early-error"]
    assert text_of(chat.chat.completions.create(model="fast", messages=say("x"), stream=True)) == "stream from second, and more"


def test_a_key_with_too_much_to_do_rests(chat, first, second):
    first.script, first.retry_after = ["429"], 1
    assert chat.chat.completions.create(model="fast", messages=say("x")).choices[0].message.content == "whole from first"
    assert len({seen[1]["authorization"] for seen in first.requests}) == 2
    resting = first.requests[0][1]["authorization"]
    chat.chat.completions.create(model="fast", messages=say("x"))
    assert first.requests[-1][1]["authorization"] != resting
    time.sleep(1.1)


@pytest.mark.parametrize("stream", [False, True])
def test_429_then_ok(chat, first, stream):
    first.script, first.retry_after = ["429"], 1
    begun = time.monotonic()
    answer = chat.chat.completions.create(model="alone", messages=say("x"), stream=stream)
    assert (text_of(answer) if stream else answer.choices[0].message.content).endswith("first" if not stream else "more")
    assert time.monotonic() - begun >= 0.9 and len(first.requests) == 2


def test_a_provider_s_last_word_is_passed_on(server, mint, messages, first):
    first.script, first.retry_after = ["429"], 30
    with pytest.raises(anthropic.RateLimitError) as limited:
        messages.messages.create(model="alone", max_tokens=5, messages=say("x"))
    assert limited.value.response.headers["retry-after"] == "30" and "key-abcdef" not in str(limited.value.body)
    assert limited.value.response.headers["x-signet-code"] == "model-rate-limited" and len(first.requests) == 1
    with pytest.raises(anthropic.APIStatusError) as resting:
        messages.messages.create(model="alone", max_tokens=5, messages=say("x"))
    assert resting.value.status_code == 529 and 25 <= int(resting.value.response.headers["retry-after"]) <= 30
    assert len(first.requests) == 1


def test_a_refused_request_is_not_repeated(chat, first, second):
    first.script = ["400"]
    with pytest.raises(openai.BadRequestError) as refused:
        chat.chat.completions.create(model="fast", messages=say("x"))
    assert len(first.requests) == 1 and not second.requests and "key-abcdef" not in refused.value.message


def test_nobody_answers(chat):
    with pytest.raises(openai.InternalServerError) as failed:
        chat.chat.completions.create(model="gone", messages=say("x"))
    assert failed.value.status_code == 502 and failed.value.response.headers["x-signet-code"] == "model-provider-failed"


@pytest.mark.parametrize("act", ["cut", "error"])
def test_what_breaks_off_is_an_error_in_the_stream(chat, messages, first, second, act):
    first.script = [act, act]
    said = []
    with pytest.raises(openai.APIError):
        for chunk in chat.chat.completions.create(model="fast", messages=say("x"), stream=True):
            said += [chunk.choices[0].delta.content or ""]
            if said[-1]:
                first.heard.set()
    assert "".join(said) == "stream from first"
    with pytest.raises(anthropic.APIStatusError), messages.messages.stream(model="fast", max_tokens=9, messages=say("x")) as stream:
        for text in stream.text_stream:
            first.heard.set()
    assert not second.requests


def test_whoever_goes_is_no_longer_answered(chat, first):
    first.script = ["hold"]
    stream = chat.chat.completions.create(model="fast", messages=say("x"), stream=True)
    next(iter(stream))
    left = time.monotonic()
    stream.response.close()
    wait_for(lambda: first.gone_at)
    assert first.gone_at - left < 0.1


def test_whoever_goes_before_an_answer_is_not_waited_for(server, mint, first):
    first.script = ["silent"]
    client = openai.OpenAI(base_url=server.gateway + "/ai/v1", api_key=token(mint), max_retries=0, timeout=0.3)
    with pytest.raises(openai.APITimeoutError):
        client.chat.completions.create(model="fast", messages=say("x"))
    left = time.monotonic()
    wait_for(lambda: first.gone_at)
    assert first.gone_at - left < 0.1


def test_connections_to_providers_are_used_again(chat, first):
    before = first.connections
    for _ in range(3):
        assert text_of(chat.chat.completions.create(model="fast", messages=say("x"), stream=True)).endswith("more")
        chat.chat.completions.create(model="fast", messages=say("x"))
    assert first.connections - before <= 2


# What it costs


def paid(server, mint, team):
    bearer = token(mint, team=team)
    return (openai.OpenAI(base_url=server.gateway + "/ai/v1", api_key=bearer, max_retries=2),
            anthropic.Anthropic(base_url=server.gateway + "/ai", auth_token=bearer, max_retries=2))


def test_a_budget_is_spent(server, mint, second):
    chat, messages = paid(server, mint, "a")
    raw = chat.chat.completions.with_raw_response.create(model="paid", messages=say("x"))
    # 600 at 1, 400 at 0.5, 200 at 10 for a million.
    # The provider may not say more than was set aside.
    assert second.requests[-1][2]["max_completion_tokens"] == 200
    assert raw.headers["x-signet-cost"] == "0.0028 USD" and raw.headers["x-signet-input-tokens"] == "1000"
    assert text_of(chat.chat.completions.create(model="paid", messages=say("x"), stream=True))
    # The stream had no cached tokens: 0.003. What is left, 0.0042, reaches for two more estimates of some 0.002, one after the other.
    wait_for(lambda: chat.chat.completions.create(model="paid", messages=say("x")))
    seen = len(second.requests)
    with pytest.raises(openai.RateLimitError) as spent:
        chat.chat.completions.create(model="paid", messages=say("x"))
    assert spent.value.code == "insufficient_quota" and "each" in spent.value.message
    assert spent.value.response.headers["x-signet-code"] == "model-budget-spent"
    assert 0 < int(spent.value.response.headers["retry-after"]) <= 86_400
    with pytest.raises(anthropic.RateLimitError) as spent:
        messages.messages.create(model="paid", max_tokens=200, messages=say("x"))
    assert spent.value.body["error"]["type"] == "rate_limit_error"
    # Nobody was asked, and the clients did not try again.
    assert len(second.requests) == seen
    other, _ = paid(server, mint, "b")
    assert other.chat.completions.create(model="paid", messages=say("x"))


def test_what_fails_costs_nothing(server, mint, second):
    chat, _ = paid(server, mint, "c")
    for _ in range(8):
        second.script = ["400"]
        with pytest.raises(openai.BadRequestError):
            chat.chat.completions.create(model="paid", messages=say("x"))
    assert chat.chat.completions.create(model="paid", messages=say("x"))


def test_who_asks_for_more_than_there_is_is_refused(server, mint, second):
    chat, _ = paid(server, mint, "d")
    with pytest.raises(openai.RateLimitError):
        chat.chat.completions.create(model="paid", messages=say("x"), max_tokens=1_000)
    assert not second.requests


def test_who_goes_pays_what_was_sent(server, mint, second):
    chat, _ = paid(server, mint, "e")
    for _ in range(3):
        second.script = ["silent"]
        with pytest.raises(openai.APITimeoutError):
            chat.with_options(timeout=0.3, max_retries=0).chat.completions.create(model="paid", messages=say("x"))
    # Three whole answers that nobody waited for: some 0.002 each; a fourth and fifth do not both fit.
    answers = []
    with pytest.raises(openai.RateLimitError):
        for _ in range(3):
            answers.append(chat.chat.completions.create(model="paid", messages=say("x")))
    assert 1 <= len(answers) <= 2


# What is written down


def test_the_access_log_names_the_provider_and_no_text(server, chat, first):
    secret_text = "nobody-may-read-this"
    trace = chat.chat.completions.with_raw_response.create(model="fast", messages=say(secret_text)).headers["x-request-id"]
    # By its trace: the line of a request whose caller went away may come late.
    found = wait_for(lambda: [text for text in server.log.read_text().splitlines(keepends=True) if trace in text and text.endswith("\n")])
    line = json.loads(found[0])
    assert (line["api"], line["upstream"], line["attempts"]) == ("ai", "first", 1) and line["model"] == {
        "name": "fast", "provider_model": "first-model", "input_tokens": 1000, "output_tokens": 200, "cost": None}
    assert secret_text not in server.log.read_text() and secret_text not in server.output


def test_the_check_finds_what_is_wrong(tmp_path):
    def complaints(text):
        return run("check", str(write_configuration(tmp_path, text))).stderr

    assert "there is nothing in the environment variable NOT_THERE" in complaints(
        "providers: { a: { kind: openai, keys: [{ env: NOT_THERE }] } }")
    assert 'there is no provider "b"' in complaints("models: { m: { deployments: { provider: b, model: x } } }")
    assert "there is no \"flying\"" in complaints(
        "providers: { a: demo }\nmodels: { m: { deployments: { provider: a, model: x, can: [flying] } } }")
    assert 'there is no model "n"' in complaints(
        "providers: { a: demo }\nmodels: { m: { deployments: { provider: a, model: x } } }\n"
        "apis: { x: { path: /x, models: [n], access: anonymous } }")
    assert "more than once who answers" in complaints(
        "upstreams: { u: 'http://127.0.0.1:1' }\napis: { x: { path: /x, models: true, upstream: u, access: anonymous } }")
