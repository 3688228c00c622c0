"""Mistral's API: chat completions, embeddings, models."""

import re

from mistralai.client import models as types

from openai_provider import CREATED, OpenAIProvider, out_of_range, unpaired
from provider_scenes import Ask, Scene, call_identifier, halves, vector
from provider_types import Judge, compact, judge, written

CALL_ID = re.compile(r"[A-Za-z0-9]{9}")
CHUNKS = {"text", "image_url", "document_url", "input_audio", "file", "reference", "thinking"}
# Sent by the API, not in the SDK's type.
USAGE = {"UsageInfo": {"num_cached_tokens", "prompt_tokens_details"}}
KINDS = {
    400: ("invalid_request_error", "3051"), 401: ("unauthorized", None), 403: ("forbidden", None),
    404: ("invalid_model", "1500"), 422: ("invalid_request_error", None), 429: ("rate_limited", "1300"),
    503: ("unreachable_backend", "1100"),
}


class MistralProvider(OpenAIProvider):
    name = "mistral"
    call_form = "call{index}XyZw"
    # What the API calls a filtered answer is an error of status 403; there is no reason for it.
    ends = {"stop": "stop", "length": "length", "filter": "error"}

    def __init__(self):
        self.whole_judge = Judge(types.ChatCompletionResponse, USAGE)
        self.chunk_judge = Judge(types.CompletionChunk, USAGE)

    def request_judge(self, ask: Ask) -> Judge:
        if ask.operation == "embeddings":
            return judge(types.EmbeddingRequest)
        return judge(types.ChatCompletionStreamRequest if ask.streamed else types.ChatCompletionRequest)

    def complaints(self, ask: Ask, fields: dict[str, str]) -> list[str]:
        body, found = ask.body, []
        if ask.operation == "embeddings":
            return found
        found += out_of_range(body, temperature=(0, 1.5), top_p=(0, 1), max_tokens=(0, None), n=(1, None),
                              presence_penalty=(-2, 2), frequency_penalty=(-2, 2))
        messages = body.get("messages") or []
        for before, message in zip([{}, *messages], messages):
            if before.get("role") == "tool" and message["role"] not in ("assistant", "tool"):
                found.append("invalid_request_message_order (3230): after a tool's result comes the assistant")
            for part in message["content"] if isinstance(message.get("content"), list) else []:
                if part.get("type", "text") not in CHUNKS:
                    found.append(f"no kind of content: {part.get('type')}")
            identifiers = [call.get("id") for call in message.get("tool_calls") or []]
            identifiers += [message.get("tool_call_id")] if message["role"] == "tool" else []
            for identifier in identifiers:
                if not CALL_ID.fullmatch(identifier or ""):
                    found.append(f"Tool call id was {identifier} but must be a-z, A-Z, 0-9, with a length of 9.")
        last = messages[-1] if messages else {}
        if last.get("role") not in ("user", "tool") and not last.get("prefix"):
            found.append(f"the last message cannot be {last.get('role')}'s without prefix")
        return found + unpaired(messages)

    def models(self, names: list[str]) -> bytes:
        off = ("fine_tuning", "classification", "ocr", "moderation", "audio", "audio_transcription")
        capabilities = {"completion_chat": True, "function_calling": True, "vision": True} | {each: False for each in off}
        return compact({"object": "list", "data": [
            {"id": name, "object": "model", "created": CREATED, "owned_by": "mistralai", "capabilities": capabilities,
             "name": name, "max_context_length": 32768, "aliases": [], "type": "base"} for name in names]})

    def embeddings(self, ask: Ask) -> bytes:
        inputs = ask.body["input"] if isinstance(ask.body["input"], list) else [ask.body["input"]]
        entries = [
            {"object": "embedding", "index": index, "embedding": vector(each, ask.body.get("output_dimension") or 8)}
            for index, each in enumerate(inputs)]
        usage = {"prompt_tokens": 4 * len(inputs), "completion_tokens": 0, "total_tokens": 4 * len(inputs)}
        return written(types.EmbeddingResponse, {
            "id": "fake1", "object": "list", "model": ask.model, "usage": usage, "data": entries})

    def usage(self, scene: Scene) -> dict:
        usage = {"prompt_tokens": scene.input_tokens, "completion_tokens": scene.output_tokens,
                 "total_tokens": scene.input_tokens + scene.output_tokens}
        if scene.cached_tokens:
            usage |= {"num_cached_tokens": scene.cached_tokens,
                      "prompt_tokens_details": {"cached_tokens": scene.cached_tokens}}
        return usage

    def call(self, call, index: int) -> dict:
        return {"id": call_identifier(call, index, self.call_form), "type": "function", "index": index,
                "function": {"name": call.name, "arguments": compact(call.arguments).decode()}}

    def whole(self, scene: Scene, ask: Ask) -> bytes:
        content = scene.text
        if scene.reasoning:
            content = [self.thought(scene.reasoning, True), {"type": "text", "text": scene.text}]
        message = {"role": "assistant", "content": content, "tool_calls": None, "prefix": False}
        if scene.calls:
            message["tool_calls"] = [self.call(call, index) for index, call in enumerate(scene.calls)]
        answer = {
            "id": "fake1", "object": "chat.completion", "created": CREATED, "model": ask.model, "usage": self.usage(scene),
            "choices": [{"index": 0, "message": message, "finish_reason": self.end(scene)}],
        }
        text = written(self.whole_judge, answer)
        if scene.usage == "missing":
            del answer["usage"]
            text = compact(answer)
        return text

    def thought(self, text: str, closed: bool) -> dict:
        return {"type": "thinking", "thinking": [{"type": "text", "text": text}], "closed": closed}

    def chunk(self, scene: Scene, ask: Ask, choices: list[dict], usage: dict | None = None) -> bytes:
        chunk = {"id": "fake1", "object": "chat.completion.chunk", "created": CREATED, "model": ask.model, "choices": choices}
        if usage or scene.usage == "cumulative":
            chunk["usage"] = usage or self.usage(scene)
        return self.framed(written(self.chunk_judge, chunk))

    def deltas(self, scene: Scene) -> list[dict]:
        deltas, pieces = [{"role": "assistant", "content": ""}], scene.pieces
        if scene.reasoning:
            # A list while it thinks, one list with the end of the thought and the first text, then plain strings.
            first, second = halves(scene.reasoning)
            deltas.append({"content": [self.thought(first, False)]})
            begun = [{"type": "text", "text": pieces[0]}] if pieces else []
            deltas.append({"content": [self.thought(second, True), *begun]})
            pieces = pieces[1:]
        return deltas + [{"content": piece} for piece in pieces]

    def events(self, scene: Scene, ask: Ask) -> list[bytes]:
        events = [
            self.chunk(scene, ask, [{"index": 0, "delta": delta, "finish_reason": None}]) for delta in self.deltas(scene)]
        if scene.unfinished:
            return events
        last = {"content": ""}
        if scene.calls:
            # The calls come whole, in one piece with the reason.
            last["tool_calls"] = [self.call(call, index) for index, call in enumerate(scene.calls)]
        usage = None if scene.usage == "missing" else self.usage(scene)
        events.append(self.chunk(scene, ask, [{"index": 0, "delta": last, "finish_reason": self.end(scene)}], usage))
        return [*events, b"data: [DONE]\n\n"]

    def error(self, status: int, kind: str | None, message: str) -> bytes:
        if status == 422 and not kind:
            return compact({"detail": [{"loc": ["body"], "msg": message, "type": "value_error"}]})
        type_, code = KINDS.get(status, ("internal_server_error", "1000"))
        return compact({"object": "error", "message": message, "type": kind or type_, "param": None, "code": code})

    def fields(self, status: int, retry_after: str | None) -> dict[str, str]:
        return {"mistral-correlation-id": "fake1"} | ({"retry-after": retry_after} if retry_after is not None else {})
