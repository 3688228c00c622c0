"""Every kind of provider behind Signet, asked by the unmodified SDKs of OpenAI and of Anthropic: what is said arrives, and what is
sent is what the provider's own SDK would take."""

import json

import openai
import pytest

from hosted_models import CALLERS, FORMS, Caller
from model_providers import Call, Scene
from provider_clients import NAMES, PROMPT, WEATHER

TEXT = "Öl brennt – 油 🏮 im Hafen."
CALLS = [Call("weather", {"city": "Zürich"}), Call("weather", {"city": "Rome", "days": 2}), Call("weather", {})]
CALLED = [(call.name, call.arguments) for call in CALLS]
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
FUNCTIONS = [
    {"name": "weather", "description": "the weather", "parameters": WEATHER},
    {"name": "now", "description": "the time"},
    {"name": "search", "description": "a search", "parameters": {
        "type": "object", "additionalProperties": False, "required": ["query", "kind"], "properties": {
            "query": {"type": "string", "minLength": 1}, "kind": {"enum": ["news", "web"]},
            "const": {"type": ["string", "null"]}, "page": {"type": "integer", "minimum": 1},
            "within": {"type": "object", "properties": {"days": {"type": "number"}}, "additionalProperties": False},
            "words": {"type": "array", "items": {"type": "string"}, "maxItems": 5}}}},
]
SCHEMA = {
    "type": "object", "additionalProperties": False, "required": ["colour", "count"], "properties": {
        "colour": {"type": "string", "enum": ["red", "green"]}, "count": {"type": "integer"},
        "notes": {"type": "array", "items": {"type": "string"}}}}
each_caller = pytest.mark.parametrize("caller", CALLERS, indirect=True)
each_form = pytest.mark.parametrize("form", FORMS)
each_kind = pytest.mark.parametrize("kind", NAMES)


@pytest.fixture
def caller(request, hosted):
    caller = Caller(request.param, hosted)
    yield caller
    caller.close()


def tools_of(caller: Caller) -> list[dict]:
    if caller.name == "openai":
        return [{"type": "function", "function": function} for function in FUNCTIONS]
    return [
        {"name": each["name"], "description": each["description"], "input_schema": each.get("parameters", {"type": "object"})}
        for each in FUNCTIONS]


def turn_of_calls(caller: Caller, outcome) -> list[dict]:
    """The turn in which the model called, and the turn with the results."""
    pairs = list(zip(outcome.identifiers, outcome.calls))
    if caller.name == "openai":
        calls = [
            {"id": identifier, "type": "function", "function": {"name": name, "arguments": json.dumps(arguments) if arguments else ""}}
            for identifier, (name, arguments) in pairs]
        results = [{"role": "tool", "tool_call_id": identifier, "content": f"fine {identifier}"} for identifier, _ in pairs]
        return [{"role": "assistant", "content": outcome.text or None, "tool_calls": calls}, *results]
    uses = [{"type": "tool_use", "id": identifier, "name": name, "input": arguments} for identifier, (name, arguments) in pairs]
    results = [{"type": "tool_result", "tool_use_id": identifier, "content": f"fine {identifier}"} for identifier, _ in pairs]
    text = [{"type": "text", "text": outcome.text}] if outcome.text else []
    return [{"role": "assistant", "content": text + uses}, {"role": "user", "content": [*results, {"type": "text", "text": "And now?"}]}]


def sent(fake) -> dict:
    return json.loads(fake.seen[-1].body)


@each_form
@each_caller
@each_kind
def test_text_and_counts(providers, caller, kind, form):
    fake = providers[kind]
    fake.play(kind, Scene(text=TEXT, cached_tokens=5))
    outcome = caller.ask(kind, form)
    assert (outcome.text, outcome.end) == (TEXT, caller.end("stop"))
    # OpenAI's and Gemini's input holds the cached tokens, Anthropic's is added up by its client here. Ollama tells none,
    # but its chat completions have the member.
    assert (outcome.input_tokens, outcome.output_tokens) == (17, len(TEXT.split()))
    assert (outcome.cached_tokens or 0) == 5
    assert form == "whole" or len(outcome.pieces) >= len(TEXT.split()) - 1
    assert [seen.ask.streamed for seen in fake.seen] == [form == "stream"]


@each_form
@each_caller
@each_kind
def test_a_provider_is_told_nothing_of_the_caller(providers, caller, kind, form):
    caller.ask(kind, form)
    seen = providers[kind].seen[0]
    assert "key 0" in seen.fields.values()
    assert caller.token not in repr(seen)
    assert not {name for name in seen.fields if name.startswith(("x-stainless", "x-forwarded", "traceparent", "cookie"))}


@each_form
@each_caller
@each_kind
def test_parallel_calls_and_their_results(providers, caller, kind, form):
    fake = providers[kind]
    fake.play(kind, Scene(text="Let me see.", calls=CALLS), Scene(text="done"))
    outcome = caller.ask(kind, form, messages=caller.say(PROMPT), tools=False, **{"extra_body": {"tools": tools_of(caller)}})
    assert (outcome.text, outcome.calls, outcome.end) == ("Let me see.", CALLED, caller.end("calls"))
    assert len(set(outcome.identifiers)) == 3 and all(outcome.identifiers)
    messages = [*caller.say(PROMPT), *turn_of_calls(caller, outcome)]
    second = caller.ask(kind, form, messages=messages, **{"extra_body": {"tools": tools_of(caller)}})
    assert second.text == "done"
    assert len(fake.seen) == 2 and fake.complaints == []


@each_caller
@each_kind
def test_a_call_without_words(providers, caller, kind):
    providers[kind].play(kind, Scene(text="", calls=CALLS[:1]))
    for form in FORMS:
        outcome = caller.ask(kind, form, tools=True)
        assert (outcome.text, outcome.calls, outcome.end) == ("", CALLED[:1], caller.end("calls"))


@each_caller
@each_kind
@pytest.mark.parametrize("choice", ["auto", "none", "required", "weather"])
def test_the_choice_of_a_tool(providers, caller, kind, choice):
    if caller.name == "openai":
        chosen = {"type": "function", "function": {"name": choice}} if choice == "weather" else choice
    else:
        chosen = {"type": "tool", "name": choice} if choice == "weather" else {"type": "any" if choice == "required" else choice}
    ask = {"tools": True, "tool_choice": chosen}
    if kind == "ollama" and choice in ("required", "weather"):
        # It cannot be made to call.
        with pytest.raises(caller.errors.BadRequestError, match="(?i)call"):
            caller.ask(kind, **ask)
        assert providers.ollama.seen == []
        return
    caller.ask(kind, **ask)
    body = sent(providers[kind])
    if kind in ("openai", "mistral"):
        assert body["tool_choice"] in ({"type": "function", "function": {"name": choice}}, choice, "any")
    elif kind == "anthropic":
        assert body["tool_choice"]["type"] == {"required": "any", "weather": "tool"}.get(choice, choice)
    elif kind == "gemini":
        calling = body["toolConfig"]["functionCallingConfig"]
        assert calling["mode"] == {"required": "ANY", "weather": "ANY"}.get(choice, choice.upper())
        assert calling.get("allowedFunctionNames") == (["weather"] if choice == "weather" else None)
    elif choice == "none":
        assert "tools" not in body


@each_caller
@each_kind
def test_json_of_a_schema(providers, caller, kind):
    providers[kind].play(kind, Scene(text='{"colour":"red","count":2}'))
    if caller.name == "openai":
        asked = {"response_format": {"type": "json_schema", "json_schema": {"name": "colours", "strict": True, "schema": SCHEMA}}}
    else:
        asked = {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}}
    for form in FORMS:
        assert json.loads(caller.ask(kind, form, **asked).text) == {"colour": "red", "count": 2}
    assert "colour" in json.dumps(sent(providers[kind]))


@each_kind
def test_json_of_any_form(providers, hosted, kind):
    caller = Caller("openai", hosted)
    asked = {"response_format": {"type": "json_object"}, "messages": caller.say("JSON, please")}
    if kind == "anthropic":
        with pytest.raises(openai.BadRequestError, match="jsonObject|json_object|response_format"):
            caller.ask(kind, **asked)
    else:
        assert caller.ask(kind, **asked).text


def image(caller: Caller, address: str | None) -> list[dict]:
    if caller.name == "openai":
        part = {"type": "image_url", "image_url": {"url": address or f"data:image/png;base64,{PIXEL}"}}
    else:
        source = {"type": "url", "url": address} if address else {"type": "base64", "media_type": "image/png", "data": PIXEL}
        part = {"type": "image", "source": source}
    return [{"role": "user", "content": [{"type": "text", "text": "What is this?"}, part, {"type": "text", "text": "And why?"}]}]


@each_caller
@each_kind
def test_an_image_by_value(providers, caller, kind):
    assert caller.ask(kind, messages=image(caller, None)).text
    body = json.dumps(sent(providers[kind]))
    assert PIXEL in body and body.index("What is this?") < body.index("And why?")


@each_caller
@each_kind
def test_an_image_by_address(providers, caller, kind):
    messages = image(caller, "https://pictures.example/lantern.png")
    if kind in ("gemini", "ollama"):
        with pytest.raises(caller.errors.BadRequestError, match="image"):
            caller.ask(kind, messages=messages)
        assert providers[kind].seen == []
    else:
        assert caller.ask(kind, messages=messages).text
        assert "https://pictures.example/lantern.png" in json.dumps(sent(providers[kind]))


@each_form
@each_caller
@each_kind
def test_reasoning(providers, caller, kind, form):
    providers[kind].play(kind, Scene(reasoning="It is dark. Ships come."))
    outcome = caller.ask(kind, form)
    assert outcome.reasoning == "It is dark. Ships come."
    assert outcome.text == "Two lanterns burn in the harbour."
    assert outcome.output_tokens == 11


@each_form
def test_reasoning_goes_back_to_anthropic_as_it_came(providers, hosted, form):
    fake = providers.anthropic
    for name in CALLERS:
        caller = Caller(name, hosted)
        fake.play("anthropic", Scene(reasoning="Think.", calls=CALLS[:1]), Scene(text="done"))
        thinking = {"type": "enabled", "budget_tokens": 1024}
        if name == "anthropic":
            answer = caller.client.messages.create(
                model="anthropic", max_tokens=4000, messages=caller.say(), tools=tools_of(caller), thinking=thinking)
            results = [
                {"type": "tool_result", "tool_use_id": block.id, "content": "fine"} for block in answer.content if block.type == "tool_use"]
            messages = [*caller.say(), {"role": "assistant", "content": answer.content}, {"role": "user", "content": results}]
            more = {"messages": messages, "max_tokens": 4000, "tools": tools_of(caller), "thinking": thinking}
            caller.client.messages.create(model="anthropic", **more)
        else:
            answer = caller.client.chat.completions.create(
                model="anthropic", messages=caller.say(), tools=tools_of(caller), extra_body={"reasoning_effort": "low"})
            message = answer.choices[0].message
            results = [{"role": "tool", "tool_call_id": call.id, "content": "fine"} for call in message.tool_calls]
            messages = [*caller.say(), message.model_dump(exclude_none=True), *results]
            caller.client.chat.completions.create(
                model="anthropic", messages=messages, tools=tools_of(caller), extra_body={"reasoning_effort": "low"})
        blocks = sent(fake)["messages"][1]["content"]
        assert blocks[0] == {"type": "thinking", "thinking": "Think.", "signature": "c2lnbmF0dXJl"}


@each_caller
def test_signatures_go_back_to_gemini(providers, caller):
    """Its newer models refuse a call of theirs without the signature that it came with."""
    fake = providers.gemini
    fake.play("gemini-3-pro", Scene(text="", calls=CALLS), Scene(text="done"))
    if caller.name == "openai":
        message = caller.client.chat.completions.create(
            model="gemini-3-pro", messages=caller.say(), tools=tools_of(caller)).choices[0].message
        results = [{"role": "tool", "tool_call_id": call.id, "content": "fine"} for call in message.tool_calls]
        messages = [*caller.say(), message.model_dump(exclude_none=True), *results]
    else:
        content = caller.client.messages.create(
            model="gemini-3-pro", max_tokens=99, messages=caller.say(), tools=tools_of(caller)).content
        results = [{"type": "tool_result", "tool_use_id": block.id, "content": "fine"} for block in content]
        messages = [*caller.say(), {"role": "assistant", "content": content}, {"role": "user", "content": results}]
    assert caller.ask("gemini-3-pro", messages=messages, extra_body={"tools": tools_of(caller)}).text == "done"


@each_form
@each_caller
@each_kind
@pytest.mark.parametrize("end", ["length", "filter"])
def test_why_it_ends(providers, caller, kind, form, end):
    if end == "filter" and kind in ("mistral", "ollama"):
        pytest.skip("has no word for it")
    providers[kind].play(kind, Scene(end=end))
    assert caller.ask(kind, form).end == caller.end(end)


@each_caller
@each_kind
def test_every_byte_in_a_write_of_its_own(providers, caller, kind):
    providers[kind].play(kind, Scene(text=TEXT, calls=CALLS, split=1, comments=kind != "gemini", line_end=b"\r\n"))
    outcome = caller.ask(kind, "stream", tools=True)
    assert (outcome.text, outcome.calls) == (TEXT, CALLED)


@each_form
@each_caller
@each_kind
def test_three_megabytes(providers, caller, kind, form):
    providers[kind].play(kind, Scene(text="x" * 3_000_000))
    assert len(caller.ask(kind, form).text) == 3_000_000


@each_caller
def test_fragments_of_parallel_calls_in_turn(providers, caller):
    providers.openai.play("openai", Scene(calls=CALLS, interleaved=True))
    assert caller.ask("openai", "stream", tools=True).calls == CALLED


@each_form
@each_caller
@each_kind
def test_counts_that_are_missing(providers, caller, kind, form):
    if kind == "anthropic" and form == "stream":
        pytest.skip("its streams cannot do without")
    providers[kind].play(kind, Scene(usage="missing"))
    assert caller.ask(kind, form).text == "Two lanterns burn in the harbour."


@each_caller
@each_kind
def test_counts_that_grow(providers, caller, kind):
    providers[kind].play(kind, Scene(usage="cumulative"))
    outcome = caller.ask(kind, "stream")
    assert (outcome.input_tokens, outcome.output_tokens) == (17, 6)


def test_what_tunes_an_answer_is_left_out_where_it_is_unknown(providers, hosted):
    caller = Caller("openai", hosted)
    asked = {
        "temperature": 1.9, "top_p": 0.5, "seed": 7, "stop": ["END", "STOP"], "presence_penalty": 0.5, "frequency_penalty": -0.5,
        "max_completion_tokens": 55, "user": "someone", "metadata": {"a": "b"}, "reasoning_effort": "low"}
    for kind in NAMES:
        raw = caller.raw(kind, **asked)
        body = json.dumps(sent(providers[kind]))
        assert "55" in body and "END" in body and "0.5" in body
        if kind == "anthropic":
            assert {"seed", "penalties"} <= set(raw.headers["x-signet-dropped"].replace(" ", "").split(","))


@each_kind
def test_anthropics_own_settings(providers, hosted, kind):
    caller = Caller("anthropic", hosted)
    system = [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}, {"type": "text", "text": "Be kind."}]
    extra = {"top_k": 5, "temperature": 0.3, "top_p": 0.9}
    caller.ask(kind, system=system, stop_sequences=["END"], metadata={"user_id": "someone"}, extra_body=extra)
    body = json.dumps(sent(providers[kind]))
    assert "Be brief." in body and "Be kind." in body and "END" in body and "0.3" in body


@each_caller
@each_kind
def test_turns_that_providers_want_in_another_order(providers, caller, kind):
    if caller.name == "openai":
        messages = [
            {"role": "system", "content": "One."}, {"role": "developer", "content": "Two."}, *caller.say("a"), *caller.say("b"),
            {"role": "assistant", "content": [{"type": "text", "text": "c"}]}, {"role": "assistant", "content": "d"},
            {"role": "user", "content": [{"type": "text", "text": "e"}, {"type": "text", "text": "f"}]}]
    else:
        messages = [*caller.say("a"), *caller.say("b"), {"role": "assistant", "content": "c"}, {"role": "assistant", "content": "d"},
                    {"role": "user", "content": [{"type": "text", "text": "e"}, {"type": "text", "text": "f"}]}]
    assert caller.ask(kind, messages=messages).text
    body = json.dumps(sent(providers[kind]))
    assert all(f'"{letter}' in body or f'{letter}"' in body or f"\\n{letter}" in body for letter in "abcdef")


def test_neighbours(providers, hosted):
    caller, other = Caller("openai", hosted), Caller("anthropic", hosted)
    for kind in ("openai", "mistral", "ollama"):
        plain = caller.client.embeddings.create(model=kind, input=["one", "two"], encoding_format="float")
        packed = caller.client.embeddings.create(model=kind, input=["one", "two"])
        assert [each.embedding for each in plain.data] == [each.embedding for each in packed.data]
        assert plain.usage.prompt_tokens == 8
    assert set(NAMES) <= {model.id for model in caller.client.models.list()}
    assert set(NAMES) <= {model.id for model in other.client.models.list()}
    for kind in NAMES:
        assert other.client.messages.count_tokens(model=kind, messages=other.say("hello there")).input_tokens > 0


def test_costs_stand_in_the_head(providers, hosted):
    providers.openai.play("openai", Scene(input_tokens=1000, cached_tokens=400))
    raw = Caller("openai", hosted).raw("openai")
    # 600 at 1, 400 at 0.5, 6 at 10, for a million.
    assert raw.headers["x-signet-cost"] == "0.00086 USD"
    assert (raw.headers["x-signet-provider"], raw.headers["x-signet-model"]) == ("to-openai", "openai")


def test_the_sdk_parses_what_it_asked_for(providers, hosted):
    """The SDKs' own conveniences, which look closer than the plain calls do."""
    providers.anthropic.play("anthropic", Scene(text='{"colour":"red","count":2}'))
    from pydantic import BaseModel

    class Colours(BaseModel):
        colour: str
        count: int

    chat = Caller("openai", hosted).client
    parsed = chat.chat.completions.parse(model="anthropic", messages=[{"role": "user", "content": "x"}], response_format=Colours)
    assert parsed.choices[0].message.parsed == Colours(colour="red", count=2)
    with chat.chat.completions.stream(
            model="anthropic", messages=[{"role": "user", "content": "x"}], response_format=Colours) as stream:
        for _ in stream:
            pass
        assert stream.get_final_completion().choices[0].message.parsed == Colours(colour="red", count=2)
