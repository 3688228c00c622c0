"""Anthropic's API: messages, the counting of tokens, models."""

import re

from anthropic._constants import ANTHROPIC_API_VERSION
from anthropic.types import Message, MessageCountTokensParams, MessageTokensCount, ModelInfo, RawMessageStreamEvent
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming, MessageCreateParamsStreaming
from anthropic.types.shared import ErrorResponse

from openai_provider import out_of_range
from provider_scenes import Ask, Scene, call_identifier, halves
from provider_types import Judge, compact, judge, written

CALL_ID = re.compile(r"[A-Za-z0-9_-]+")
NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
# The SDK's own, and the one that was before it and is still taken.
VERSIONS = ("2023-06-01", ANTHROPIC_API_VERSION)
KINDS = {
    400: "invalid_request_error", 401: "authentication_error", 402: "billing_error", 403: "permission_error",
    404: "not_found_error", 413: "request_too_large", 429: "rate_limit_error", 500: "api_error", 504: "timeout_error",
    529: "overloaded_error",
}
# The SDK has the status 413 but no type for its body.
UNTYPED = {"request_too_large"}


class AnthropicProvider:
    name = "anthropic"
    key_fields = [("x-api-key", ""), ("authorization", "Bearer ")]
    stream_type = "text/event-stream; charset=utf-8"
    keepalive = b": keep-alive"
    # Without the name of an event the SDK would leave it out.
    garbage_head = b"event: content_block_delta\n"
    # Members that the SDK, made for the newer version, no longer has.
    sampling = {"temperature", "top_p", "top_k"}
    ends = {"stop": "end_turn", "length": "max_tokens", "filter": "refusal"}

    def __init__(self):
        forms = (MessageCreateParamsNonStreaming, MessageCreateParamsStreaming)
        self.judges = [Judge(form, {form.__name__: self.sampling}) for form in forms]

    # Requests.

    def operation(self, method: str, path: str, query: dict) -> tuple[str, str] | None:
        known = {("POST", "/v1/messages"): "chat", ("POST", "/v1/messages/count_tokens"): "count",
                 ("GET", "/v1/models"): "models"}
        return (known[method, path], "") if (method, path) in known else None

    def ask(self, operation: str, model: str, body: dict, query: dict) -> Ask:
        return Ask(operation, str(body.get("model", "")), body.get("stream") is True, True, body)

    def request_judge(self, ask: Ask) -> Judge:
        if ask.operation == "count":
            return judge(MessageCountTokensParams)
        return self.judges[ask.streamed]

    def complaints(self, ask: Ask, fields: dict[str, str]) -> list[str]:
        body, found = ask.body, []
        if fields.get("anthropic-version") not in VERSIONS:
            found.append(f"anthropic-version: {fields.get('anthropic-version')} is none of {VERSIONS}")
        if fields.get("anthropic-version") == VERSIONS[1] and (gone := self.sampling & body.keys()):
            found.append(f"{sorted(gone)} went with version {VERSIONS[1]}")
        if ask.operation == "models":
            return found
        found += out_of_range(body, max_tokens=(1, None), temperature=(0, 1), top_p=(0, 1), top_k=(0, None))
        thinking = body.get("thinking") or {}
        if thinking.get("type") == "enabled":
            if not 1024 <= thinking.get("budget_tokens", 0) < body.get("max_tokens", 1 << 60):
                found.append("thinking.budget_tokens must be at least 1024 and below max_tokens")
            if body.get("temperature", 1) != 1 or "top_k" in body:
                found.append("temperature and top_k cannot be changed with thinking")
            if (body.get("tool_choice") or {}).get("type") in ("any", "tool"):
                found.append("thinking is not allowed with a forced tool")
        for tool in body.get("tools") or []:
            if "input_schema" in tool and tool["input_schema"].get("type") != "object":
                found.append(f"input_schema.type must be object: {tool['name']}")
            if not NAME.fullmatch(tool.get("name", "")):
                found.append(f"no name of a tool: {tool.get('name')!r}")
        if body.get("tool_choice") and not body.get("tools"):
            found.append("tool_choice without tools")
        return found + self._turns(body.get("messages") or [])

    def _turns(self, messages: list[dict]) -> list[str]:
        found, called = [], []
        if not messages or messages[0].get("role") != "user":
            found.append("the first message must be the user's")
        for message in messages:
            blocks = message.get("content")
            blocks = [{"type": "text", "text": blocks}] if isinstance(blocks, str) else blocks or []
            for block in blocks:
                if block.get("type") == "text" and not block.get("text", "").strip():
                    found.append("text content blocks must be non-empty")
            results = [block["tool_use_id"] for block in blocks if block.get("type") == "tool_result"]
            if sorted(results) != sorted(called):
                found.append(f"the calls {called} are answered by {results}")
            kinds = [block.get("type") for block in blocks]
            if results and kinds[: len(results)] != ["tool_result"] * len(results):
                found.append("results come first in their message")
            called = [block["id"] for block in blocks if block.get("type") == "tool_use"]
            found += [f"no identifier of a call: {each!r}" for each in called if not CALL_ID.fullmatch(each)]
        return found + ([f"the calls {called} are not answered"] if called else [])

    # Answers.

    def models(self, names: list[str]) -> bytes:
        entries = [
            {"type": "model", "id": name, "display_name": name, "created_at": "2026-01-01T00:00:00Z", "lifecycle": "active"}
            for name in names]
        for entry in entries:
            written(ModelInfo, entry)
        return compact({"data": entries, "has_more": False, "first_id": names[0], "last_id": names[-1]})

    def count(self, ask: Ask) -> bytes:
        return written(MessageTokensCount, {"input_tokens": len(compact(ask.body)) // 4})

    def usage(self, scene: Scene, output: int) -> dict:
        return {
            "input_tokens": scene.input_tokens - scene.cached_tokens - scene.written_tokens, "output_tokens": output,
            "cache_read_input_tokens": scene.cached_tokens, "cache_creation_input_tokens": scene.written_tokens,
            "cache_creation": {"ephemeral_5m_input_tokens": scene.written_tokens, "ephemeral_1h_input_tokens": 0},
            "service_tier": "standard",
        }

    def end(self, scene: Scene) -> str:
        return "tool_use" if scene.calls and scene.end == "stop" else self.ends[scene.end]

    def blocks(self, scene: Scene) -> list[dict]:
        blocks = []
        if scene.reasoning:
            blocks.append({"type": "thinking", "thinking": scene.reasoning, "signature": "c2lnbmF0dXJl"})
        if scene.text:
            blocks.append({"type": "text", "text": scene.text})
        for index, call in enumerate(scene.calls):
            identifier = call_identifier(call, index, "toolu_{index}AbCdEf")
            blocks.append({"type": "tool_use", "id": identifier, "name": call.name, "input": call.arguments})
        return blocks

    def message(self, ask: Ask, content: list[dict], end: str | None, usage: dict) -> dict:
        return {"id": "msg_fake1", "type": "message", "role": "assistant", "model": ask.model, "content": content,
                "stop_reason": end, "stop_sequence": None, "usage": usage}

    def whole(self, scene: Scene, ask: Ask) -> bytes:
        usage = self.usage(scene, scene.output_tokens)
        if scene.reasoning:
            usage["output_tokens_details"] = {"thinking_tokens": scene.reasoning_tokens}
        answer = self.message(ask, self.blocks(scene), self.end(scene), usage)
        text = written(Message, answer)
        if scene.usage == "missing":
            del answer["usage"]
            text = compact(answer)
        return text

    def framed(self, event: dict) -> bytes:
        return b"event: " + event["type"].encode() + b"\ndata: " + written(RawMessageStreamEvent, event) + b"\n\n"

    def _deltas(self, block: dict, scene: Scene) -> tuple[dict, list[dict]]:
        """The block as it begins, and the pieces that complete it."""
        if block["type"] == "text":
            return {"type": "text", "text": ""}, [{"type": "text_delta", "text": piece} for piece in scene.pieces]
        if block["type"] == "thinking":
            pieces = [{"type": "thinking_delta", "thinking": piece} for piece in halves(block["thinking"])]
            return {"type": "thinking", "thinking": "", "signature": ""}, \
                [*pieces, {"type": "signature_delta", "signature": block["signature"]}]
        # A call without arguments has one empty piece alone.
        pieces = ["", *halves(compact(block["input"]).decode())] if block["input"] else [""]
        return block | {"input": {}}, [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]

    def events(self, scene: Scene, ask: Ask) -> list[bytes]:
        start = self.message(ask, [], None, self.usage(scene, 1))
        events = [self.framed({"type": "message_start", "message": start}), b'event: ping\ndata: {"type": "ping"}\n\n']
        for index, block in enumerate(self.blocks(scene)):
            begun, deltas = self._deltas(block, scene)
            events.append(self.framed({"type": "content_block_start", "index": index, "content_block": begun}))
            events += [self.framed({"type": "content_block_delta", "index": index, "delta": delta}) for delta in deltas]
            events.append(self.framed({"type": "content_block_stop", "index": index}))
        if scene.unfinished:
            return events
        totals = [scene.output_tokens]
        if scene.usage == "cumulative":
            totals = [scene.output_tokens // 2, scene.output_tokens]
        for total in totals:
            last = total == totals[-1]
            delta = {"stop_reason": self.end(scene) if last else None, "stop_sequence": None}
            usage = {"output_tokens": total}
            if scene.usage == "cumulative":
                usage |= {"input_tokens": self.usage(scene, 0)["input_tokens"]}
            events.append(self.framed({"type": "message_delta", "delta": delta, "usage": usage}))
        return [*events, self.framed({"type": "message_stop"})]

    # Errors.

    def error(self, status: int, kind: str | None, message: str) -> bytes:
        type_ = kind or KINDS.get(status, "api_error")
        error = {"type": "error", "error": {"type": type_, "message": message}, "request_id": "req_fake1"}
        return compact(error) if type_ in UNTYPED else written(ErrorResponse, error)

    def error_event(self, kind: str | None, message: str) -> bytes:
        return b"event: error\ndata: " + self.error(529, kind, message) + b"\n\n"

    def fields(self, status: int, retry_after: str | None) -> dict[str, str]:
        fields = {"request-id": "req_fake1"}
        if status == 429:
            fields |= {"anthropic-ratelimit-requests-limit": "50", "anthropic-ratelimit-requests-remaining": "0",
                       "anthropic-ratelimit-requests-reset": "2026-01-01T00:00:30Z"}
        return fields | ({"retry-after": retry_after} if retry_after is not None else {})
