"""The official SDKs as clients, each reduced to the same few words: what was asked, and what came out."""

import json
from dataclasses import dataclass, field

import anthropic
import ollama
import openai
from google import genai
from google.genai import types as gemini_types
from mistralai.client import Mistral

PROMPT = "What burns in the harbour?"
WEATHER = {
    "type": "object", "properties": {"city": {"type": "string", "description": "a city"}, "days": {"type": "integer"}},
    "required": ["city"]}
NAMES = ("openai", "anthropic", "gemini", "mistral", "ollama")


@dataclass
class Outcome:
    text: str = ""
    pieces: list[str] = field(default_factory=list)
    reasoning: str = ""
    # Name and arguments.
    calls: list[tuple[str, dict]] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)
    end: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None


def openai_client(address: str, key: str, **options) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{address}/v1", api_key=key, max_retries=0, timeout=20, **options)


def anthropic_client(address: str, key: str, **options) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=address, api_key=key, max_retries=0, timeout=20, **options)


def chat(name: str, address: str, key: str, model: str = "model-one", tools: bool = False) -> Outcome:
    return globals()[f"_{name}_whole"](address, key, model, tools)


def stream(name: str, address: str, key: str, model: str = "model-one", tools: bool = False) -> Outcome:
    return globals()[f"_{name}_stream"](address, key, model, tools)


def _openai_tools(tools: bool) -> dict:
    function = {"name": "weather", "description": "the weather", "parameters": WEATHER}
    return {"tools": [{"type": "function", "function": function}]} if tools else {}


def _openai_usage(outcome: Outcome, usage):
    if usage:
        outcome.input_tokens, outcome.output_tokens = usage.prompt_tokens, usage.completion_tokens
        if usage.prompt_tokens_details:
            outcome.cached_tokens = usage.prompt_tokens_details.cached_tokens


def _openai_whole(address, key, model, tools) -> Outcome:
    with openai_client(address, key) as client:
        return openai_whole(client, model, tools)


def openai_whole(client: openai.OpenAI, model: str, tools: bool = False, **more) -> Outcome:
    more.setdefault("messages", [{"role": "user", "content": PROMPT}])
    answer = client.chat.completions.create(model=model, **_openai_tools(tools), **more)
    message = answer.choices[0].message
    outcome = Outcome(text=message.content or "", end=answer.choices[0].finish_reason)
    outcome.reasoning = getattr(message, "reasoning_content", None) or getattr(message, "reasoning", None) or ""
    for call in message.tool_calls or []:
        outcome.calls.append((call.function.name, json.loads(call.function.arguments)))
        outcome.identifiers.append(call.id)
    _openai_usage(outcome, answer.usage)
    return outcome


def _openai_stream(address, key, model, tools) -> Outcome:
    with openai_client(address, key) as client:
        return openai_stream(client, model, tools)


def openai_stream(client: openai.OpenAI, model: str, tools: bool = False, **more) -> Outcome:
    more.setdefault("messages", [{"role": "user", "content": PROMPT}])
    more.setdefault("stream_options", {"include_usage": True})
    outcome, calls = Outcome(), {}
    with client.chat.completions.create(model=model, stream=True, **_openai_tools(tools), **more) as chunks:
        for chunk in chunks:
            _openai_usage(outcome, chunk.usage)
            for choice in chunk.choices:
                delta = choice.delta
                outcome.end = choice.finish_reason or outcome.end
                outcome.reasoning += getattr(delta, "reasoning_content", None) or getattr(delta, "reasoning", None) or ""
                if delta.content:
                    outcome.pieces.append(delta.content)
                for fragment in delta.tool_calls or []:
                    call = calls.setdefault(fragment.index, ["", "", ""])
                    call[0] += fragment.id or ""
                    call[1] += fragment.function.name or ""
                    call[2] += fragment.function.arguments or ""
    outcome.text = "".join(outcome.pieces)
    outcome.calls = [(call[1], json.loads(call[2] or "{}")) for _, call in sorted(calls.items())]
    outcome.identifiers = [call[0] for _, call in sorted(calls.items())]
    return outcome


def _anthropic_tools(tools: bool) -> dict:
    return {"tools": [{"name": "weather", "description": "the weather", "input_schema": WEATHER}]} if tools else {}


def _anthropic_outcome(message) -> Outcome:
    outcome = Outcome(end=message.stop_reason)
    for block in message.content:
        if block.type == "text":
            outcome.text += block.text
        elif block.type == "thinking":
            outcome.reasoning += block.thinking
        elif block.type == "tool_use":
            outcome.calls.append((block.name, block.input))
            outcome.identifiers.append(block.id)
    if message.usage:
        cached, written = message.usage.cache_read_input_tokens or 0, message.usage.cache_creation_input_tokens or 0
        outcome.input_tokens = message.usage.input_tokens + cached + written
        outcome.output_tokens, outcome.cached_tokens = message.usage.output_tokens, cached
    return outcome


def _anthropic_whole(address, key, model, tools) -> Outcome:
    with anthropic_client(address, key) as client:
        return anthropic_whole(client, model, tools)


def anthropic_whole(client: anthropic.Anthropic, model: str, tools: bool = False, **more) -> Outcome:
    more.setdefault("messages", [{"role": "user", "content": PROMPT}])
    return _anthropic_outcome(client.messages.create(model=model, max_tokens=512, **_anthropic_tools(tools), **more))


def _anthropic_stream(address, key, model, tools) -> Outcome:
    with anthropic_client(address, key) as client:
        return anthropic_stream(client, model, tools)


def anthropic_stream(client: anthropic.Anthropic, model: str, tools: bool = False, **more) -> Outcome:
    more.setdefault("messages", [{"role": "user", "content": PROMPT}])
    with client.messages.stream(model=model, max_tokens=512, **_anthropic_tools(tools), **more) as events:
        pieces = [event.text for event in events if event.type == "text"]
        outcome = _anthropic_outcome(events.get_final_message())
    outcome.pieces = pieces
    return outcome


def gemini_client(address: str, key: str) -> genai.Client:
    options = gemini_types.HttpOptions(
        base_url=address, timeout=20_000, retry_options=gemini_types.HttpRetryOptions(attempts=1))
    return genai.Client(api_key=key, http_options=options)


def _gemini_add(outcome: Outcome, answer):
    for part in (answer.candidates[0].content.parts if answer.candidates[0].content else None) or []:
        if part.text and part.thought:
            outcome.reasoning += part.text
        elif part.text:
            outcome.pieces.append(part.text)
        if part.function_call:
            outcome.calls.append((part.function_call.name, part.function_call.args))
    if answer.candidates[0].finish_reason:
        outcome.end = answer.candidates[0].finish_reason.value
    if usage := answer.usage_metadata:
        outcome.input_tokens, outcome.cached_tokens = usage.prompt_token_count, usage.cached_content_token_count
        outcome.output_tokens = (usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0)
    outcome.text = "".join(outcome.pieces)


def _gemini_setting(tools: bool):
    function = gemini_types.FunctionDeclaration(name="weather", description="the weather", parameters_json_schema=WEATHER)
    off = gemini_types.AutomaticFunctionCallingConfig(disable=True)
    return gemini_types.GenerateContentConfig(
        tools=[gemini_types.Tool(function_declarations=[function])], automatic_function_calling=off) if tools else None


def _gemini_whole(address, key, model, tools) -> Outcome:
    outcome = Outcome()
    with gemini_client(address, key) as client:
        _gemini_add(outcome, client.models.generate_content(model=model, contents=PROMPT, config=_gemini_setting(tools)))
    return outcome


def _gemini_stream(address, key, model, tools) -> Outcome:
    outcome = Outcome()
    with gemini_client(address, key) as client:
        for answer in client.models.generate_content_stream(model=model, contents=PROMPT, config=_gemini_setting(tools)):
            _gemini_add(outcome, answer)
    return outcome


def _mistral_client(address: str, key: str) -> Mistral:
    return Mistral(api_key=key, server_url=address, timeout_ms=20_000)


def _mistral_add(outcome: Outcome, content, calls, usage):
    for part in [content] if isinstance(content, str) else content or []:
        if isinstance(part, str):
            outcome.pieces += [part] if part else []
        elif part.type == "thinking":
            outcome.reasoning += "".join(each.text for each in part.thinking)
        else:
            outcome.pieces.append(part.text)
    for call in calls or []:
        arguments = call.function.arguments
        outcome.calls.append((call.function.name, json.loads(arguments) if isinstance(arguments, str) else arguments))
        outcome.identifiers.append(call.id)
    if usage:
        outcome.input_tokens, outcome.output_tokens = usage.prompt_tokens, usage.completion_tokens
        outcome.cached_tokens = (usage.additional_properties or {}).get("num_cached_tokens")
    outcome.text = "".join(outcome.pieces)


def _mistral_whole(address, key, model, tools) -> Outcome:
    outcome = Outcome()
    with _mistral_client(address, key) as client:
        answer = client.chat.complete(model=model, messages=[{"role": "user", "content": PROMPT}], **_openai_tools(tools))
    choice = answer.choices[0]
    outcome.end = choice.finish_reason
    _mistral_add(outcome, choice.message.content, choice.message.tool_calls, answer.usage)
    return outcome


def _mistral_stream(address, key, model, tools) -> Outcome:
    outcome = Outcome()
    with _mistral_client(address, key) as client:
        with client.chat.stream(
                model=model, messages=[{"role": "user", "content": PROMPT}], **_openai_tools(tools)) as events:
            for event in events:
                for choice in event.data.choices:
                    outcome.end = choice.finish_reason or outcome.end
                    _mistral_add(outcome, choice.delta.content, choice.delta.tool_calls, event.data.usage)
    return outcome


def _ollama_add(outcome: Outcome, answer):
    outcome.reasoning += answer.message.thinking or ""
    outcome.pieces += [answer.message.content] if answer.message.content else []
    outcome.calls += [(call.function.name, dict(call.function.arguments)) for call in answer.message.tool_calls or []]
    if answer.done:
        outcome.end, outcome.input_tokens = answer.done_reason, answer.prompt_eval_count
        outcome.output_tokens = answer.eval_count
    outcome.text = "".join(outcome.pieces)


def _ollama_chat(address, model, tools, streamed):
    client = ollama.Client(host=address, timeout=20)
    return client.chat(model=model, messages=[{"role": "user", "content": PROMPT}], stream=streamed, **_openai_tools(tools))


def _ollama_whole(address, key, model, tools) -> Outcome:
    outcome = Outcome()
    _ollama_add(outcome, _ollama_chat(address, model, tools, False))
    return outcome


def _ollama_stream(address, key, model, tools) -> Outcome:
    outcome = Outcome()
    for answer in _ollama_chat(address, model, tools, True):
        _ollama_add(outcome, answer)
    return outcome
