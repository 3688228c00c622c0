"""OpenAI's API: chat completions, embeddings, models."""

import base64
import re
import struct

from openai.types import CreateEmbeddingResponse, Model
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.chat.completion_create_params import (
    CompletionCreateParamsNonStreaming, CompletionCreateParamsStreaming)
from openai.types.embedding_create_params import EmbeddingCreateParams
from openai.types.shared import ErrorObject

from provider_scenes import Ask, Scene, call_identifier, halves, vector
from provider_types import Judge, compact, judge, written

CREATED = 1_790_000_000
# Not OpenAI's own, but what servers of its form send.
REASONING = {name: {"reasoning_content", "reasoning"} for name in ("ChatCompletionMessage", "ChoiceDelta")}
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
KINDS = {
    400: ("invalid_request_error", None), 401: ("invalid_request_error", "invalid_api_key"),
    403: ("invalid_request_error", None), 404: ("invalid_request_error", "model_not_found"),
    429: ("requests", "rate_limit_exceeded"), 500: ("server_error", None),
    503: ("service_unavailable_error", "server_is_overloaded"),
}


class OpenAIProvider:
    name = "openai"
    key_fields = [("authorization", "Bearer ")]
    stream_type = "text/event-stream; charset=utf-8"
    keepalive = b": keep-alive"
    call_form = "call_{index}AbCdEf"
    ends = {"stop": "stop", "length": "length", "filter": "content_filter"}
    reasoning_member = "reasoning_content"

    def __init__(self):
        self.whole_judge = Judge(ChatCompletion, REASONING)
        self.chunk_judge = Judge(ChatCompletionChunk, REASONING)

    # Requests.

    def operation(self, method: str, path: str, query: dict) -> tuple[str, str] | None:
        """The operation, and the model if the path names it."""
        known = {("POST", "/v1/chat/completions"): "chat", ("POST", "/v1/embeddings"): "embeddings",
                 ("GET", "/v1/models"): "models"}
        return (known[method, path], "") if (method, path) in known else None

    def ask(self, operation: str, model: str, body: dict, query: dict) -> Ask:
        options = body.get("stream_options") or {}
        return Ask(operation, model or str(body.get("model", "")), body.get("stream") is True,
                   options.get("include_usage") is True, body)

    def request_judge(self, ask: Ask) -> Judge:
        if ask.operation == "embeddings":
            return judge(EmbeddingCreateParams)
        return judge(CompletionCreateParamsStreaming if ask.streamed else CompletionCreateParamsNonStreaming)

    def complaints(self, ask: Ask, fields: dict[str, str]) -> list[str]:
        """What the types cannot say."""
        body, found = ask.body, []
        if ask.operation == "embeddings":
            return found
        if "stream_options" in body and not ask.streamed:
            found.append("stream_options is only for streams")
        if {"max_tokens", "max_completion_tokens"} <= body.keys():
            found.append("max_tokens and max_completion_tokens exclude each other")
        found += out_of_range(body, temperature=(0, 2), top_p=(0, 1), n=(1, 128), presence_penalty=(-2, 2),
                              frequency_penalty=(-2, 2), max_completion_tokens=(1, None), max_tokens=(1, None))
        if isinstance(body.get("stop"), list) and not 1 <= len(body["stop"]) <= 4:
            found.append("stop takes one to four texts")
        if "tool_choice" in body and not body.get("tools"):
            found.append("tool_choice is only allowed when tools are specified")
        if "parallel_tool_calls" in body and not body.get("tools"):
            found.append("parallel_tool_calls is only allowed when tools are specified")
        for tool in body.get("tools") or []:
            if not NAME.fullmatch(tool.get("function", tool.get("custom", {})).get("name", "")):
                found.append(f"no name of a tool: {tool}")
        return found + unpaired(body.get("messages") or [])

    # Answers.

    def models(self, names: list[str]) -> bytes:
        entries = [{"id": name, "object": "model", "created": CREATED, "owned_by": "fake"} for name in names]
        for entry in entries:
            written(Model, entry)
        return compact({"object": "list", "data": entries})

    def embeddings(self, ask: Ask) -> bytes:
        asked = ask.body["input"]
        inputs = [asked] if isinstance(asked, str) or (asked and isinstance(asked[0], int)) else asked
        vectors = [vector(str(each), ask.body.get("dimensions") or 8) for each in inputs]
        answer = {
            "object": "list", "model": ask.model, "usage": {"prompt_tokens": 4 * len(inputs), "total_tokens": 4 * len(inputs)},
            "data": [{"object": "embedding", "index": index, "embedding": each} for index, each in enumerate(vectors)],
        }
        text = written(CreateEmbeddingResponse, answer)
        if ask.body.get("encoding_format") == "base64":
            for entry in answer["data"]:
                entry["embedding"] = base64.b64encode(struct.pack(f"<{len(entry['embedding'])}f", *entry["embedding"])).decode()
            text = compact(answer)
        return text

    def usage(self, scene: Scene) -> dict:
        return {
            "prompt_tokens": scene.input_tokens, "completion_tokens": scene.output_tokens,
            "total_tokens": scene.input_tokens + scene.output_tokens,
            "prompt_tokens_details": {"cached_tokens": scene.cached_tokens, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": scene.reasoning_tokens, "audio_tokens": 0, "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0},
        }

    def end(self, scene: Scene) -> str:
        return "tool_calls" if scene.calls and scene.end == "stop" else self.ends[scene.end]

    def call(self, call, index: int) -> dict:
        return {"id": call_identifier(call, index, self.call_form), "type": "function",
                "function": {"name": call.name, "arguments": compact(call.arguments).decode()}}

    def whole(self, scene: Scene, ask: Ask) -> bytes:
        message = {"role": "assistant", "content": scene.text or None, "refusal": None, "annotations": []}
        if scene.reasoning:
            message[self.reasoning_member] = scene.reasoning
        if scene.calls:
            message["tool_calls"] = [self.call(call, index) for index, call in enumerate(scene.calls)]
        answer = {
            "id": "chatcmpl-fake1", "object": "chat.completion", "created": CREATED, "model": ask.model + "-2026-01-01",
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": self.end(scene)}],
            "service_tier": "default", "system_fingerprint": "fp_fake",
        }
        if scene.usage != "missing":
            answer["usage"] = self.usage(scene)
        return written(self.whole_judge, answer)

    def chunk(self, scene: Scene, ask: Ask, choices: list[dict], usage: dict | None = None) -> bytes:
        chunk = {
            "id": "chatcmpl-fake1", "object": "chat.completion.chunk", "created": CREATED,
            "model": ask.model + "-2026-01-01", "service_tier": "default", "system_fingerprint": "fp_fake", "choices": choices,
        }
        if usage or ask.includes_usage:
            chunk["usage"] = usage or (self.usage(scene) if scene.usage == "cumulative" else None)
        return self.framed(written(self.chunk_judge, chunk))

    def framed(self, text: bytes) -> bytes:
        return b"data: " + text + b"\n\n"

    def deltas(self, scene: Scene) -> list[dict]:
        deltas = [{"role": "assistant", "content": "", "refusal": None}]
        deltas += [{self.reasoning_member: piece} for piece in halves(scene.reasoning) if piece]
        deltas += [{"content": piece} for piece in scene.pieces]
        heads, pieces = [], []
        for index, call in enumerate(scene.calls):
            entry = self.call(call, index)
            arguments = entry["function"]["arguments"]
            entry["function"]["arguments"] = ""
            heads.append({"index": index, **entry})
            pieces.append([{"index": index, "function": {"arguments": piece}} for piece in halves(arguments)])
        if scene.interleaved:
            fragments = heads + [piece for step in zip(*pieces) for piece in step]
        else:
            fragments = [each for head, rest in zip(heads, pieces) for each in (head, *rest)]
        return deltas + [{"tool_calls": [fragment]} for fragment in fragments]

    def events(self, scene: Scene, ask: Ask) -> list[bytes]:
        events = [
            self.chunk(scene, ask, [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}])
            for delta in self.deltas(scene)]
        if scene.unfinished:
            return events
        last = {"index": 0, "delta": {}, "logprobs": None, "finish_reason": self.end(scene)}
        events.append(self.chunk(scene, ask, [last]))
        if ask.includes_usage and scene.usage != "missing":
            events.append(self.chunk(scene, ask, [], self.usage(scene)))
        return [*events, b"data: [DONE]\n\n"]

    # Errors.

    def error(self, status: int, kind: str | None, message: str) -> bytes:
        type_, code = KINDS.get(status, ("server_error", None))
        error = {"message": message, "type": kind or type_, "param": None, "code": kind or code}
        written(ErrorObject, error)
        return compact({"error": error})

    def error_event(self, kind: str | None, message: str) -> bytes:
        return self.framed(self.error(500, kind, message))

    def fields(self, status: int, retry_after: str | None) -> dict[str, str]:
        fields = {"x-request-id": "req_fake1", "openai-processing-ms": "12", "openai-version": "2020-10-01"}
        if status == 429:
            fields |= {"x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-requests": "0",
                       "x-ratelimit-reset-requests": "1s"}
        return fields | ({"retry-after": retry_after} if retry_after is not None else {})


def out_of_range(body: dict, **bounds) -> list[str]:
    found = []
    for name, (least, most) in bounds.items():
        value = body.get(name)
        if isinstance(value, (int, float)) and ((least is not None and value < least) or (most is not None and value > most)):
            found.append(f"{name}: {value} is not within {least} to {most}")
    return found


def unpaired(messages: list[dict]) -> list[str]:
    """Calls without a result, and results without a call (in the form of chat completions)."""
    found, open_calls = [], []
    for message in messages:
        if message.get("role") == "tool":
            if message.get("tool_call_id") not in open_calls:
                found.append(f"a result without a call: {message.get('tool_call_id')}")
            else:
                open_calls.remove(message["tool_call_id"])
            continue
        if open_calls:
            found.append(f"calls without a result: {open_calls}")
        open_calls = [call["id"] for call in message.get("tool_calls") or [] if "id" in call]
    return found + ([f"calls without a result: {open_calls}"] if open_calls else [])
