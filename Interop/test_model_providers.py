"""The fakes of model providers, each asked by its provider's own SDK: they speak as the provider does, and fail as told."""

import json
import re
import socket
import time

import anthropic
import httpx
import ollama
import openai
import pytest
from anthropic._constants import ANTHROPIC_API_VERSION
from google import genai
from mistralai.client import errors as mistral_errors

import provider_clients as clients
from model_providers import Call, Scene
from provider_clients import NAMES, WEATHER
from provider_types import compact, judge, written
from signet_process import call

CALLS = [Call("weather", {"city": "Zürich"}), Call("weather", {"city": "Rome", "days": 2}), Call("weather", {})]
ENDS = {"openai": "tool_calls", "anthropic": "tool_use", "gemini": "STOP", "mistral": "tool_calls", "ollama": "stop"}
LENGTH = {"openai": "length", "anthropic": "max_tokens", "gemini": "MAX_TOKENS", "mistral": "length", "ollama": "length"}
ERRORS = (openai.APIError, anthropic.APIError, genai.errors.APIError, mistral_errors.MistralError, ollama.ResponseError,
          httpx.HTTPError, json.JSONDecodeError, genai.errors.UnknownApiResponseError)
CHAT = {
    "openai": ("/v1/chat/completions", {"model": "m", "messages": [{"role": "user", "content": "hi"}]}),
    "anthropic": ("/v1/messages", {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}),
    "gemini": ("/v1beta/models/m:generateContent", {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}),
    "mistral": ("/v1/chat/completions", {"model": "m", "messages": [{"role": "user", "content": "hi"}]}),
    "ollama": ("/api/chat", {"model": "m", "stream": False, "messages": [{"role": "user", "content": "hi"}]}),
}
FORMS = [clients.chat, clients.stream]


def post(provider, body: dict | bytes, path: str | None = None, key: str | None = None):
    default_path, _ = CHAT[provider.dialect.name]
    fields = {"Content-Type": "application/json", "anthropic-version": "2023-06-01"}
    name, prefix = provider.dialect.key_fields[0]
    fields[name] = prefix + (key or provider.key)
    body = body if isinstance(body, bytes) else compact(body)
    return call("POST", provider.address + (path or default_path), body=body, headers=fields)


def status_of(error) -> int:
    return getattr(error, "status_code", None) or getattr(error, "code", None)


def eventually(probe, seconds: float = 2.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if (value := probe()) is not None:
            return value
        time.sleep(0.005)
    raise AssertionError("it did not happen")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", NAMES)
def test_text_reasoning_calls_and_counts(providers, name, form):
    fake = providers[name]
    fake.play("m", Scene(reasoning="It is dark. Ships come.", calls=CALLS, cached_tokens=5))
    outcome = form(name, fake.address, fake.key, "m", tools=True)
    assert outcome.text == "Two lanterns burn in the harbour."
    assert outcome.reasoning == "It is dark. Ships come."
    assert outcome.calls == [("weather", {"city": "Zürich"}), ("weather", {"city": "Rome", "days": 2}), ("weather", {})]
    assert len(set(outcome.identifiers)) == len(outcome.identifiers)
    assert outcome.end == ENDS[name]
    assert (outcome.input_tokens, outcome.output_tokens) == (17, 6 + 5 + 15)
    assert outcome.cached_tokens == (5 if name != "ollama" else None)
    assert len(outcome.pieces) == 6 or form is clients.chat
    # The client may be done before the fake has written down that it is.
    eventually(lambda: fake.seen[0].finished)
    assert [seen.abandoned for seen in fake.seen] == [None]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", NAMES)
def test_cut_short_by_the_limit(providers, name, form):
    providers[name].play("m", Scene(end="length"))
    assert form(name, providers[name].address, providers[name].key, "m").end == LENGTH[name]


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("name", NAMES)
def test_every_byte_in_a_write_of_its_own(providers, name, line_end):
    fake = providers[name]
    fake.play("m", Scene(text="Öl – 油 🏮 брент", calls=CALLS, split=1, line_end=line_end, comments=name not in ("gemini", "ollama")))
    outcome = clients.stream(name, fake.address, fake.key, "m", tools=True)
    assert outcome.text == "Öl – 油 🏮 брент" and len(outcome.calls) == 3


@pytest.mark.parametrize("name", NAMES)
def test_one_line_of_three_megabytes(providers, name):
    fake = providers[name]
    fake.play("m", Scene(text="x" * 3_000_000))
    assert len(clients.stream(name, fake.address, fake.key, "m").text) == 3_000_000


@pytest.mark.parametrize("form, status", [*((clients.chat, each) for each in (400, 403, 404, 429, 500, 529)), (clients.stream, 503)])
@pytest.mark.parametrize("name", NAMES)
def test_status_of_an_error(providers, name, status, form):
    fake = providers[name]
    fake.play("m", Scene(status=status, retry_after="3", message="not now"))
    with pytest.raises(ERRORS) as caught:
        form(name, fake.address, fake.key, "m")
    assert status_of(caught.value) == status
    assert "not now" in str(caught.value)
    if name in ("openai", "anthropic"):
        assert caught.value.response.headers["retry-after"] == "3"


@pytest.mark.parametrize("name", ["openai", "anthropic", "gemini", "mistral"])
def test_a_wrong_key(providers, name):
    with pytest.raises(ERRORS) as caught:
        clients.chat(name, providers[name].address, "no-such-key", "m")
    assert status_of(caught.value) == (400 if name == "gemini" else 401)
    assert "a wrong key" in providers[name].seen[0].fields.values()


@pytest.mark.parametrize("name", NAMES)
def test_no_key_is_written_down(providers, name):
    fake = providers[name]
    clients.chat(name, fake.address, fake.keys[1], "m")
    assert fake.keys[1] not in repr(fake.seen)
    assert name == "ollama" or "key 1" in fake.seen[0].fields.values()


@pytest.mark.parametrize("name", NAMES)
def test_scenes_follow_one_another(providers, name):
    fake = providers[name]
    fake.play("m", Scene(status=503), Scene(text="now"))
    with pytest.raises(ERRORS):
        clients.chat(name, fake.address, fake.key, "m")
    for _ in range(2):
        assert clients.chat(name, fake.address, fake.key, "m").text == "now"
    assert [seen.status for seen in fake.seen] == [503, 200, 200]


def test_the_sdks_retry_by_themselves(providers):
    for name, client in (("openai", openai.OpenAI), ("anthropic", anthropic.Anthropic)):
        fake = providers[name]
        fake.play("m", Scene(status=429, retry_after="0.1"), Scene(text="now"))
        address = fake.address + ("/v1" if name == "openai" else "")
        whole = clients.openai_whole if name == "openai" else clients.anthropic_whole
        assert whole(client(base_url=address, api_key=fake.key), "m").text == "now"
        assert len(fake.seen) == 2


@pytest.mark.parametrize("name", NAMES)
def test_an_exhausted_key(providers, name):
    fake = providers[name]
    fake.exhausted.add(fake.key)
    if name != "ollama":
        assert post(fake, CHAT[name][1]).status == 429
        assert post(fake, CHAT[name][1], key=fake.keys[1]).status == 200


@pytest.mark.parametrize("name", NAMES)
def test_an_error_after_the_head(providers, name):
    fake = providers[name]
    fake.play("m", Scene(error_after=3, message="Overloaded"))
    if name == "mistral":
        # Its SDK has no error inside a stream: what comes is no chunk.
        with pytest.raises(Exception):
            clients.stream(name, fake.address, fake.key, "m")
    else:
        with pytest.raises(ERRORS, match="Overloaded"):
            clients.stream(name, fake.address, fake.key, "m")
    assert (fake.seen[0].status, fake.seen[0].events_sent) == (200, 4)


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_a_stream_that_is_cut(providers, name, reset):
    fake = providers[name]
    fake.play("m", Scene(cut=300, reset=reset))
    with pytest.raises(Exception) as caught:
        clients.stream(name, fake.address, fake.key, "m")
    assert not isinstance(caught.value, AssertionError)
    assert (fake.seen[0].bytes_sent, fake.seen[0].finished) == (300, None)


@pytest.mark.parametrize("name", NAMES)
def test_a_whole_answer_that_is_cut(providers, name):
    providers[name].play("m", Scene(cut=50))
    with pytest.raises(Exception) as caught:
        clients.chat(name, providers[name].address, providers[name].key, "m")
    assert not isinstance(caught.value, AssertionError)


@pytest.mark.parametrize("name", NAMES)
def test_garbage_in_a_stream(providers, name):
    providers[name].play("m", Scene(garbage_after=2))
    with pytest.raises(Exception) as caught:
        clients.stream(name, providers[name].address, providers[name].key, "m")
    assert not isinstance(caught.value, AssertionError)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_instead_of_an_answer(providers, name):
    fake = providers[name]
    fake.play("m", Scene(status=502, body=b"<html>Bad Gateway</html>", content_type="text/html"))
    with pytest.raises(ERRORS) as caught:
        clients.chat(name, fake.address, fake.key, "m")
    assert status_of(caught.value) == 502
    answer = post(fake, CHAT[name][1])
    assert (answer.headers["content-type"], answer.body) == ("text/html", b"<html>Bad Gateway</html>")


@pytest.mark.parametrize("name", NAMES)
def test_a_stream_without_its_end(providers, name):
    fake = providers[name]
    fake.play("m", Scene(unfinished=True))
    if name == "anthropic":
        outcome = clients.stream(name, fake.address, fake.key, "m")
        assert outcome.end is None
    else:
        assert clients.stream(name, fake.address, fake.key, "m").end is None


@pytest.mark.parametrize("name", NAMES)
def test_counts_that_are_missing(providers, name):
    fake = providers[name]
    fake.play("m", Scene(usage="missing"))
    if name == "mistral":
        with pytest.raises(mistral_errors.ResponseValidationError, match="usage"):
            clients.chat(name, fake.address, fake.key, "m")
    else:
        assert clients.chat(name, fake.address, fake.key, "m").input_tokens is None
    if name != "anthropic":
        # Anthropic's streams cannot do without.
        assert clients.stream(name, fake.address, fake.key, "m").input_tokens is None


@pytest.mark.parametrize("name", NAMES)
def test_counts_that_grow(providers, name):
    fake = providers[name]
    fake.play("m", Scene(usage="cumulative"))
    outcome = clients.stream(name, fake.address, fake.key, "m")
    assert (outcome.input_tokens, outcome.output_tokens) == (17, 6)


@pytest.mark.parametrize("when", ["before_head", "before_first"])
@pytest.mark.parametrize("name", NAMES)
def test_a_slow_first_byte(providers, name, when):
    providers[name].play("m", Scene(**{when: 0.3}))
    for form in FORMS:
        began = time.monotonic()
        assert form(name, providers[name].address, providers[name].key, "m").text
        assert 0.3 <= time.monotonic() - began < 3


@pytest.mark.parametrize("scene", [Scene(silent_after=2), Scene(between=0.05, text="word " * 400), Scene(before_head=9)])
@pytest.mark.parametrize("name", NAMES)
def test_a_client_that_goes_is_noticed(providers, name, scene):
    fake = providers[name]
    fake.play("m", scene)
    path, body = CHAT[name]
    body = dict(body)
    if name == "gemini":
        path = "/v1beta/models/m:streamGenerateContent?alt=sse"
    else:
        body["stream"] = True
    field, prefix = fake.dialect.key_fields[0]
    text = compact(body)
    with socket.create_connection(("127.0.0.1", fake.port)) as client:
        client.sendall(
            f"POST {path} HTTP/1.1\r\nHost: fake\r\n{field}: {prefix}{fake.key}\r\nContent-Type: application/json\r\n"
            f"anthropic-version: 2023-06-01\r\nContent-Length: {len(text)}\r\n\r\n".encode() + text)
        if not scene.before_head:
            assert client.recv(100).startswith(b"HTTP/1.1 200")
        time.sleep(0.1)
        assert fake.seen[0].abandoned is None
        left = time.monotonic()
    abandoned = eventually(lambda: fake.seen[0].abandoned)
    assert 0 <= abandoned - left < 0.1 and fake.seen[0].finished is None


def test_fragments_of_parallel_calls_in_turn(providers):
    providers.openai.play("m", Scene(calls=CALLS[:2], interleaved=True))
    outcome = clients.stream("openai", providers.openai.address, providers.openai.key, "m", tools=True)
    assert outcome.calls == [("weather", {"city": "Zürich"}), ("weather", {"city": "Rome", "days": 2})]
    answer = post(providers.openai, changed("openai", stream=True))
    indices = re.findall(rb'"tool_calls":\[{"index":(\d)', answer.body)
    assert indices == [b"0", b"1", b"0", b"1", b"0", b"1"]


def test_embeddings(providers):
    with clients.openai_client(providers.openai.address, providers.openai.key) as client:
        as_base64 = client.embeddings.create(model="m", input=["one", "two"]).data
        as_numbers = client.embeddings.create(model="m", input=["one", "two"], encoding_format="float").data
    # The SDK asks for base64 by itself.
    asked = [json.loads(seen.body).get("encoding_format") for seen in providers.openai.seen]
    assert asked == ["base64", "float"]
    vectors = [each.embedding for each in as_numbers]
    assert [each.embedding for each in as_base64] == vectors and vectors[0] != vectors[1]
    answer = ollama.Client(host=providers.ollama.address).embed(model="m", input=["one", "two"])
    assert [list(each) for each in answer.embeddings] == vectors
    with clients.gemini_client(providers.gemini.address, providers.gemini.key) as client:
        answer = client.models.embed_content(model="m", contents=["one", "two"])
    assert [each.values for each in answer.embeddings] == vectors
    with clients._mistral_client(providers.mistral.address, providers.mistral.key) as client:
        answer = client.embeddings.create(model="m", inputs=["one", "two"])
    assert [each.embedding for each in answer.data] == vectors


def test_lists_of_models_and_counts_of_tokens(providers):
    names = ["model-one", "model-two"]
    with clients.openai_client(providers.openai.address, providers.openai.key) as client:
        assert [model.id for model in client.models.list()] == names
    with clients.anthropic_client(providers.anthropic.address, providers.anthropic.key) as client:
        assert [model.id for model in client.models.list()] == names
        messages = [{"role": "user", "content": "hello"}]
        assert client.messages.count_tokens(model="m", messages=messages).input_tokens > 0
    with clients.gemini_client(providers.gemini.address, providers.gemini.key) as client:
        assert [model.name for model in client.models.list()] == ["models/" + name for name in names]
        assert client.models.count_tokens(model="m", contents="hello").total_tokens > 0
    with clients._mistral_client(providers.mistral.address, providers.mistral.key) as client:
        assert [model.id for model in client.models.list().data] == names
    assert [model.model for model in ollama.Client(host=providers.ollama.address).list().models] == names


def test_scenes_are_set_over_http_as_well(providers):
    fake = providers.openai
    scenes = [{"text": "told", "calls": [{"name": "weather", "arguments": {"city": "Rome"}}]}]
    assert call("PUT", fake.address + "/scenes/m", data=scenes).status == 200
    outcome = clients.chat("openai", fake.address, fake.key, "m", tools=True)
    assert (outcome.text, outcome.calls) == ("told", [("weather", {"city": "Rome"})])
    assert [each["status"] for each in call("GET", fake.address + "/seen").json] == [200]


def test_an_answer_that_is_none_is_not_sent():
    from anthropic.types import Message

    with pytest.raises(AssertionError, match="no .*Message"):
        written(Message, {"id": "msg_1"})
    assert judge(Message).complaints(b'{"id": 1}')


def changed(name: str, **members) -> dict:
    return {**CHAT[name][1], **members}


def test_every_provider_refuses_what_it_does_not_know(providers):
    for name in NAMES:
        fake = providers[name]
        for body in (changed(name, bogus=1), b"[1]", b"{", compact(CHAT[name][1])[:-1] + b',"model":"m","model":"m"}'):
            answer = post(fake, body)
            assert answer.status == 400, (name, body)
            assert fake.seen[-1].complaints
    providers.clear()


USER = {"role": "user", "content": "hi"}
FUNCTION = {"type": "function", "function": {"name": "weather", "parameters": WEATHER}}
CALLING = {"role": "assistant", "content": None, "tool_calls": [
    {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}]}
SHORT = {"role": "assistant", "content": "", "tool_calls": [
    {"id": "abcdefgh1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}]}
USING = {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {}}]}
CALLED = {"role": "model", "parts": [{"functionCall": {"name": "weather", "args": {}}}]}


@pytest.mark.parametrize("name, changes, complaint", [
    ("openai", {"stream_options": {"include_usage": True}}, "only for streams"),
    ("openai", {"temperature": 3}, "not within"),
    ("openai", {"temperature": "1"}, "valid number"),
    ("openai", {"max_tokens": 1, "max_completion_tokens": 1}, "exclude each other"),
    ("openai", {"messages": [{**USER, "contents": "x"}]}, "contents"),
    ("openai", {"messages": [USER, CALLING, USER]}, "without a result"),
    ("openai", {"messages": [USER, {"role": "tool", "tool_call_id": "x", "content": "1"}]}, "without a call"),
    ("openai", {"tool_choice": "auto"}, "when tools are specified"),
    ("openai", {"tools": [{"type": "function", "function": {"name": "two words"}}]}, "no name of a tool"),
    ("anthropic", {"temperature": 1.5}, "not within"),
    ("anthropic", {"max_tokens": 0}, "not within"),
    ("anthropic", {"messages": [{"role": "assistant", "content": "x"}]}, "first message"),
    ("anthropic", {"messages": [{"role": "user", "content": [{"type": "text", "text": ""}]}]}, "non-empty"),
    ("anthropic", {"messages": [USER, USING, USER]}, "answered by"),
    ("anthropic", {"messages": [{"role": "user", "content": [{"type": "text", "text": "x", "bogus": 1}]}]}, "bogus"),
    ("anthropic", {"tools": [{"name": "weather", "input_schema": {}}]}, "input_schema"),
    ("anthropic", {"thinking": {"type": "enabled", "budget_tokens": 2000}}, "budget_tokens"),
    ("gemini", {"generationConfig": {"seeds": 1}}, "seeds"),
    ("gemini", {"contents": [{"role": "assistant", "parts": [{"text": "x"}]}]}, "no role"),
    ("gemini", {"contents": [CALLED, {"role": "user", "parts": [{"text": "x"}]}]}, "answered by"),
    ("gemini", {"tools": [{"functionDeclarations": [{"name": "w", "parameters": {"type": "OBJECT", "$schema": "x"}}]}]}, "schema"),
    ("gemini", {"tools": [{"functionDeclarations": [{"name": "w", "parameters": {"type": "object"}}]}]}, "no type"),
    ("gemini", {"generationConfig": {"responseSchema": {"type": "OBJECT"}}}, "responseMimeType"),
    ("gemini", {"toolConfig": {"functionCallingConfig": {"mode": "AUTO", "allowedFunctionNames": ["w"]}}}, "needs the mode"),
    ("mistral", {"seed": 1}, "seed"),
    ("mistral", {"stream_options": {"include_usage": True}}, "stream_options"),
    ("mistral", {"max_completion_tokens": 1}, "max_completion_tokens"),
    ("mistral", {"temperature": 1.6}, "not within"),
    ("mistral", {"messages": [{"role": "developer", "content": "x"}, USER]}, "developer"),
    ("mistral", {"messages": [USER, CALLING, {"role": "tool", "tool_call_id": "call_1", "content": "1"}]}, "length of 9"),
    ("mistral", {"messages": [USER, SHORT, {"role": "tool", "tool_call_id": "abcdefgh1", "content": "1"}, USER]}, "3230"),
    ("mistral", {"messages": [{"role": "user", "content": [{"type": "bogus", "text": "x"}]}]}, "bogus"),
    ("ollama", {"options": {"max_tokens": 1}}, "no option"),
    ("ollama", {"messages": [{"role": "user", "content": "x", "images": ["data:image/png;base64,aaaa"]}]}, "base64"),
    ("ollama", {"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]}]}, "string"),
    ("ollama", {"tool_choice": "auto"}, "tool_choice"),
])
def test_what_a_provider_refuses(providers, name, changes, complaint):
    assert post(providers[name], CHAT[name][1]).status == 200
    answer = post(providers[name], changed(name, **changes))
    assert answer.status == 400 and complaint in answer.body.decode(), answer.body
    providers.clear()


def test_what_went_with_a_version_of_anthropics_api(providers):
    fake = providers.anthropic
    for version, status in (("2023-06-01", 200), (ANTHROPIC_API_VERSION, 400), ("2020-01-01", 400)):
        fields = {"x-api-key": fake.key, "anthropic-version": version}
        answer = call("POST", fake.address + "/v1/messages", data=changed("anthropic", temperature=0.5), headers=fields)
        assert answer.status == status, answer.body
    providers.clear()


def test_what_the_chat_completions_of_ollama_do_not_read(providers):
    body = {"model": "m", "messages": [USER], "tools": [FUNCTION]}
    assert post(providers.ollama, body, "/v1/chat/completions").status == 200
    for unread in ({"max_completion_tokens": 1}, {"tool_choice": "auto"}, {"n": 1}):
        assert post(providers.ollama, body | unread, "/v1/chat/completions").status == 400
    providers.clear()
