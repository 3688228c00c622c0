"""Ollama: its own API, and the chat completions that it offers beside it."""

import base64
import binascii

from ollama import ChatResponse, EmbedResponse, ListResponse
from ollama._types import ChatRequest, EmbedRequest

from openai_provider import OpenAIProvider
from provider_scenes import Ask, Scene, call_identifier, vector
from provider_types import Judge, compact, judge, written

# In the API, not in the SDK's types.
CHAT = {"ChatRequest": {"truncate", "shift"}, "ToolCall": {"id"}, "Function": {"index"}}
MADE_AT = "2026-01-01T00:00:00.000000Z"
OPTIONS = {
    "num_predict", "temperature", "top_p", "top_k", "min_p", "typical_p", "seed", "stop", "repeat_penalty", "repeat_last_n",
    "presence_penalty", "frequency_penalty", "num_ctx", "num_keep", "num_batch", "num_gpu", "main_gpu", "num_thread", "use_mmap"}
MESSAGE = {"role", "content", "thinking", "images", "tool_calls", "tool_name", "tool_call_id"}
# What its chat completions read; the rest is dropped without a word, so to send it is a mistake.
READ = {
    "model", "messages", "stream", "stream_options", "max_tokens", "seed", "stop", "temperature", "top_p", "frequency_penalty",
    "presence_penalty", "response_format", "tools", "reasoning_effort", "reasoning", "logprobs", "top_logprobs"}


class OllamaProvider(OpenAIProvider):
    name = "ollama"
    keepalive = b""
    # A model that cannot say more than `stop` also for a call.
    ends = {"stop": "stop", "length": "length", "filter": "stop"}

    reasoning_member = "reasoning"

    def __init__(self):
        super().__init__()
        self.chat_judge, self.answer_judge = Judge(ChatRequest, CHAT), Judge(ChatResponse, CHAT)

    def operation(self, method: str, path: str, query: dict) -> tuple[str, str] | None:
        known = {("POST", "/api/chat"): "native", ("POST", "/api/embed"): "native embeddings", ("GET", "/api/tags"): "tags",
                 ("GET", "/api/version"): "version"}
        return (known[method, path], "") if (method, path) in known else super().operation(method, path, query)

    def ask(self, operation: str, model: str, body: dict, query: dict) -> Ask:
        ask = super().ask(operation, model, body, query)
        if operation == "native":
            # A stream is what comes unless it is declined.
            ask.streamed = body.get("stream") is not False
        return ask

    def request_judge(self, ask: Ask) -> Judge:
        if ask.operation == "native":
            return self.chat_judge
        return judge(EmbedRequest) if ask.operation == "native embeddings" else super().request_judge(ask)

    def judged(self, ask: Ask) -> dict:
        """The body as the SDK's type has it: parameters of a tool are any JSON Schema, an image is an object there."""
        if ask.operation != "native":
            return ask.body
        body = dict(ask.body)
        if isinstance(body.get("tools"), list):
            body["tools"] = [
                {**tool, "function": {name: value for name, value in tool["function"].items() if name != "parameters"}}
                for tool in body["tools"]]
        return body

    def complaints(self, ask: Ask, fields: dict[str, str]) -> list[str]:
        if ask.operation == "chat":
            unread = [f"{name} is not read" for name in ask.body.keys() - READ]
            return unread + self._strange_images(ask.body) + super().complaints(ask, fields)
        if ask.operation != "native":
            return []
        found = [f"no option: {name}" for name in (ask.body.get("options") or {}).keys() - OPTIONS]
        for message in ask.body.get("messages") or []:
            found += [f"no member of a message: {name}" for name in message.keys() - MESSAGE]
            if not isinstance(message.get("content", ""), str):
                found.append("content is a string")
            if message.get("role") == "tool" and not message.get("tool_name"):
                found.append("a result needs tool_name")
            for image in message.get("images") or []:
                try:
                    base64.b64decode(image, validate=True)
                except (binascii.Error, TypeError, ValueError):
                    found.append("an image is base64 and nothing else")
            for call in message.get("tool_calls") or []:
                if not isinstance(call["function"].get("arguments"), dict):
                    found.append("arguments are an object")
        return found

    def _strange_images(self, body: dict) -> list[str]:
        found = []
        for message in body.get("messages") or []:
            for part in message["content"] if isinstance(message.get("content"), list) else []:
                address = (part.get("image_url") or {}).get("url", "data:;base64,")
                if not address.startswith(("data:image/jpeg;", "data:image/jpg;", "data:image/png;", "data:image/webp;", "data:;")):
                    found.append("invalid image input")
        return found

    # Answers of its own API.

    def tags(self, names: list[str]) -> bytes:
        models = [{"name": name, "model": name, "modified_at": MADE_AT, "digest": "0" * 64, "size": 1} for name in names]
        return written(ListResponse, {"models": [{k: v for k, v in each.items() if k != "name"} for each in models]})

    def native_embeddings(self, ask: Ask) -> bytes:
        inputs = ask.body["input"] if isinstance(ask.body["input"], list) else [ask.body["input"]]
        return written(EmbedResponse, {
            "model": ask.model, "embeddings": [vector(each, ask.body.get("dimensions") or 8) for each in inputs],
            "total_duration": 5, "load_duration": 1, "prompt_eval_count": 4 * len(inputs)})

    def native_answer(self, scene: Scene, ask: Ask, message: dict, done: bool) -> bytes:
        answer = {"model": ask.model, "created_at": MADE_AT, "message": {"role": "assistant", "content": "", **message},
                  "done": done}
        if done:
            answer |= {"done_reason": self.ends[scene.end], "total_duration": 5_000, "load_duration": 1_000}
            if scene.usage != "missing":
                answer |= {"prompt_eval_count": scene.input_tokens, "prompt_eval_duration": 2_000,
                           "eval_count": scene.output_tokens, "eval_duration": 2_000}
        return written(self.answer_judge, answer)

    def native_call(self, call, index: int) -> dict:
        return {"id": call_identifier(call, index, "call_{index}"),
                "function": {"index": index, "name": call.name, "arguments": call.arguments}}

    def whole(self, scene: Scene, ask: Ask) -> bytes:
        if ask.operation == "chat":
            return super().whole(scene, ask)
        message: dict = {"content": scene.text}
        if scene.reasoning:
            message["thinking"] = scene.reasoning
        if scene.calls:
            message["tool_calls"] = [self.native_call(call, index) for index, call in enumerate(scene.calls)]
        return self.native_answer(scene, ask, message, True)

    def events(self, scene: Scene, ask: Ask) -> list[bytes]:
        if ask.operation == "chat":
            return super().events(scene, ask)
        messages: list[dict] = [{"thinking": scene.reasoning}] if scene.reasoning else []
        messages += [{"content": piece} for piece in scene.pieces]
        # Each call whole, in an object of its own, before the last.
        messages += [{"tool_calls": [self.native_call(call, index)]} for index, call in enumerate(scene.calls)]
        lines = [self.native_answer(scene, ask, message, False) for message in messages]
        if not scene.unfinished:
            lines.append(self.native_answer(scene, ask, {}, True))
        return [line + b"\n" for line in lines]

    def deltas(self, scene: Scene) -> list[dict]:
        # A call comes complete in one chunk.
        calls = [{"index": index, **self.call(call, index)} for index, call in enumerate(scene.calls)]
        return super().deltas(Scene(text=scene.text, reasoning=scene.reasoning)) + ([{"tool_calls": calls}] if calls else [])

    # Errors.

    def native_error(self, message: str) -> bytes:
        return compact({"error": message})

    def fields(self, status: int, retry_after: str | None) -> dict[str, str]:
        return {"retry-after": retry_after} if retry_after is not None else {}
