"""Every kind of provider behind Signet, failing in every way that providers fail: what the SDKs of OpenAI and Anthropic raise, and
who is asked next."""

import json
import socket
import time

import pytest

from hosted_models import CALLERS, FORMS, TROUBLES, Caller
from model_providers import Call, Scene
from provider_clients import NAMES
from provider_types import compact
from wire import wait_for

# What a provider says, and what its caller is told: by OpenAI's and by Anthropic's dialect. The gateway's key is not the caller's.
TOLD = {400: (400, 400), 401: (502, 502), 403: (502, 502), 404: (502, 502), 429: (429, 429), 500: (502, 502), 503: (503, 529), 529: (503, 529)}
ANTHROPIC_TYPES = {400: "invalid_request_error", 429: "rate_limit_error", 502: "api_error", 529: "overloaded_error"}
SECRET = "the words of the prompt"
each_caller = pytest.mark.parametrize("caller", CALLERS, indirect=True)
each_form = pytest.mark.parametrize("form", FORMS)
each_kind = pytest.mark.parametrize("kind", NAMES)


@pytest.fixture
def caller(request, hosted):
    caller = Caller(request.param, hosted)
    yield caller
    caller.close()


def refusal(caller: Caller, model: str, form: str = "whole"):
    with pytest.raises(caller.errors.APIStatusError) as caught:
        caller.ask(model, form, messages=caller.say(SECRET))
    body = caught.value.body
    if caller.name == "openai":
        # The SDK takes the outer object away.
        assert {"message", "type", "param", "code"} <= body.keys()
    else:
        assert body["type"] == "error" and body["error"].keys() >= {"type", "message"}
    assert caught.value.response.headers["content-type"].startswith("application/json")
    return caught.value


@each_form
@each_caller
@each_kind
@pytest.mark.parametrize("status", TROUBLES)
def test_what_a_provider_says_before_it_answers(providers, caller, kind, form, status):
    model = f"{kind}-{status}-{caller.name}-{form}"
    providers[kind].play(model, Scene(status=status, retry_after="7" if status in (429, 503, 529) else None, message="not now"))
    error = refusal(caller, model, form)
    assert error.status_code == TOLD[status][CALLERS.index(caller.name)]
    if caller.name == "anthropic":
        assert error.body["error"]["type"] == ANTHROPIC_TYPES[error.status_code]
    if status in (429, 503, 529):
        assert error.response.headers["retry-after"] == "7"
    assert len(providers[kind].seen) == 1
    # A provider that does not like the key may say a piece of it.
    assert ("not now" in str(error)) == (status not in (401, 403, 404))


@each_caller
def test_gemini_says_in_the_body_when_to_come_back(providers, caller):
    model = f"gemini-hint-{caller.name}"
    providers.gemini.play(model, Scene(status=429))
    error = refusal(caller, model)
    assert (error.status_code, error.response.headers["retry-after"]) == (429, "17")


@each_form
@each_caller
@each_kind
@pytest.mark.parametrize("scene", [
    Scene(status=502, body=b"<html>Bad Gateway</html>", content_type="text/html"), Scene(body=b"<html>", content_type="text/html"),
    Scene(body=b""), Scene(body=b"[]"), Scene(body=b"null"), Scene(body=b'{"choices":[]}'), Scene(body=b"\xff\xfe\x00"),
    Scene(status=500, body=b""), Scene(status=500, body=b'["error"]'), Scene(cut=20), Scene(cut=0, reset=True)], ids=str)
def test_answers_that_are_none(providers, caller, kind, form, scene):
    providers[kind].play(kind, Scene(**vars(scene)))
    assert refusal(caller, kind, form).status_code == 502


def said_until_it_raises(caller: Caller, model: str) -> str:
    """What came before the error that must come."""
    said = ""
    with pytest.raises(caller.errors.APIError) as caught:
        if caller.name == "openai":
            for chunk in caller.client.chat.completions.create(model=model, messages=caller.say(SECRET), stream=True):
                said += (chunk.choices[0].delta.content or "") if chunk.choices else ""
        else:
            with caller.client.messages.stream(model=model, messages=caller.say(SECRET), max_tokens=99) as events:
                for text in events.text_stream:
                    said += text
    assert not isinstance(caught.value, caller.errors.APIConnectionError), "the error must stand in the stream"
    assert SECRET not in str(caught.value)
    return said


@each_caller
@each_kind
@pytest.mark.parametrize("trouble", ["error", "garbage", "cut", "reset", "unfinished"])
def test_streams_that_break_off(providers, caller, kind, trouble):
    fake = providers[kind]
    # A dozen words in, whatever stands before them; nothing can be taken back then.
    scene = {
        "error": Scene(error_after=12, message="Overloaded"), "garbage": Scene(garbage_after=12), "cut": Scene(cut=3_500),
        "reset": Scene(cut=3_500, reset=True), "unfinished": Scene(unfinished=True)}[trouble]
    scene.text, scene.between = "word " * 60, 0.001
    fake.play(kind, scene)
    said = said_until_it_raises(caller, kind)
    assert said.startswith("word word") and len(fake.seen) == 1


@each_caller
@each_kind
def test_a_stream_that_fails_before_it_says_anything(providers, caller, kind):
    """Until the first word it is as good as a status."""
    providers[kind].play(kind, Scene(error_after=0, message="Overloaded"))
    assert refusal(caller, kind, "stream").status_code in (502, 503, 529)


@each_form
@each_caller
@each_kind
@pytest.mark.parametrize("scene", [Scene(before_head=9), Scene(before_first=9)], ids=["head", "body"])
def test_a_provider_that_says_nothing(providers, caller, kind, form, scene):
    model = f"{kind}-hasty"
    providers[kind].play(model, Scene(**vars(scene)))
    began = time.monotonic()
    error = refusal(caller, model, form)
    assert error.status_code == 504 and 0.45 < time.monotonic() - began < 4
    wait_for(lambda: providers[kind].seen[0].abandoned)


@each_caller
@each_kind
def test_a_pause_within_an_answer_that_is_too_long(providers, caller, kind):
    providers[kind].play(f"{kind}-hasty", Scene(silent_after=6, text="word " * 20))
    assert said_until_it_raises(caller, f"{kind}-hasty").startswith("word")


def leave(caller: Caller, fake, model: str, stream: bool, after: bytes, wait: float) -> tuple[float, float]:
    """Asks, leaves when `after` has come (or `wait` has passed), and tells when it left and when the provider saw it."""
    path = "/ai/v1/chat/completions" if caller.name == "openai" else "/ai/v1/messages"
    body = compact({"model": model, "messages": caller.say(), "stream": stream, "max_tokens": 99})
    with socket.create_connection(("127.0.0.1", caller.signet.gateway_port)) as client:
        client.sendall(
            f"POST {path} HTTP/1.1\r\nHost: signet\r\nAuthorization: Bearer {caller.token}\r\nanthropic-version: 2023-06-01\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        received = b""
        while after and after not in received:
            received += client.recv(65_536)
        time.sleep(wait)
        left = time.monotonic()
    return left, wait_for(lambda: fake.seen[0].abandoned)


@each_caller
@each_kind
@pytest.mark.parametrize("scene, stream", [
    (Scene(silent_after=5), True), (Scene(between=0.02, text="word " * 300), True), (Scene(before_head=9), False), (Scene(before_head=9), True),
    (Scene(before_first=9), False)], ids=["silent", "busy", "waiting", "waiting for a stream", "half an answer"])
def test_the_provider_is_left_within_a_tenth_of_a_second(providers, caller, kind, scene, stream):
    fake = providers[kind]
    fake.play(kind, Scene(**vars(scene)))
    speaks = stream and not scene.before_head
    left, abandoned = leave(caller, fake, kind, stream, b"data: " if speaks else b"", 0.1 if speaks else 0.4)
    assert -0.01 < abandoned - left < 0.1


@each_form
@each_caller
@each_kind
def test_another_key_of_the_pool(providers, caller, kind, form):
    if kind == "ollama":
        pytest.skip("has no keys")
    fake = providers[kind]
    fake.exhausted.add(fake.keys[0])
    for _ in range(3):
        assert caller.ask(f"{kind}-pool", form).text
    used = [(seen.status, next(value for value in seen.fields.values() if value.startswith("key "))) for seen in fake.seen]
    assert [key for status, key in used if status == 200] == ["key 1"] * 3
    # The one that had enough is left alone meanwhile.
    assert len([status for status, _ in used if status == 429]) <= 1
    assert caller.signet.process.poll() is None


@each_form
@each_caller
def test_from_one_kind_of_provider_to_the_next(providers, caller, form):
    """OpenAI is overloaded, Anthropic resets, Gemini answers nonsense, Mistral fails within the stream: Ollama answers."""
    providers.openai.play("openai", Scene(status=503))
    providers.anthropic.play("anthropic", Scene(cut=0, reset=True))
    providers.gemini.play("gemini", Scene(body=b"nonsense"))
    providers.mistral.play("mistral", Scene(error_after=0) if form == "stream" else Scene(status=500))
    providers.ollama.play("ollama", Scene(text="at last", calls=[Call("weather", {"city": "Rome"})]))
    outcome = caller.ask("chain", form, tools=True)
    assert (outcome.text, outcome.calls, outcome.end) == ("at last", [("weather", {"city": "Rome"})], caller.end("calls"))
    assert [len(fake.seen) for fake in providers.all] == [1] * 5


@each_form
@each_caller
def test_a_request_that_is_wrong_is_not_carried_on(providers, caller, form):
    providers.openai.play("openai", Scene(status=400, message="wrong"))
    assert refusal(caller, "chain", form).status_code == 400
    assert [len(fake.seen) for fake in providers.all] == [1, 0, 0, 0, 0]


@each_caller
@each_kind
def test_calls_without_results_are_refused_by_name(providers, caller, kind):
    if caller.name == "openai":
        call = {"id": "call_7", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
        messages = [*caller.say(), {"role": "assistant", "content": None, "tool_calls": [call]}, *caller.say("well?")]
    else:
        call = {"type": "tool_use", "id": "call_7", "name": "weather", "input": {}}
        messages = [*caller.say(), {"role": "assistant", "content": [call]}, *caller.say("well?")]
    with pytest.raises(caller.errors.BadRequestError, match="call_7"):
        caller.ask(kind, tools=True, messages=messages)
    assert providers[kind].seen == []


@each_caller
def test_nothing_that_was_said_is_in_the_log(hosted, providers, caller):
    log = hosted.data.parent / "access.log"
    before = log.read_text().count('"model"')
    caller.ask("openai", messages=caller.say(SECRET))
    wait_for(lambda: log.read_text().count('"model"') > before)
    assert SECRET not in log.read_text() and SECRET not in hosted.output
    assert all(json.loads(line) for line in log.read_text().splitlines())
