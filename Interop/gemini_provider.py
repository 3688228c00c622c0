"""Gemini's API: contents, the counting of tokens, embeddings, models. JSON is that of Protocol Buffers."""

import re
from typing import Any

from google.genai import types
from typing_extensions import Required, TypedDict

from openai_provider import out_of_range
from provider_scenes import Ask, Scene, vector
from provider_types import Judge, compact, judge, written

PATH = re.compile(r"/v1(?:beta)?/models/([^/:]+):(generateContent|streamGenerateContent|countTokens|embedContent|batchEmbedContents)")
OPERATIONS = {"generateContent": "chat", "streamGenerateContent": "chat", "countTokens": "count",
              "embedContent": "embeddings", "batchEmbedContents": "embeddings"}
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,127}")
SCHEMA_WORDS = {
    "type", "format", "title", "description", "nullable", "enum", "items", "maxItems", "minItems", "properties", "required",
    "minProperties", "maxProperties", "minimum", "maximum", "minLength", "maxLength", "pattern", "example", "anyOf",
    "propertyOrdering", "default"}
JSON_SCHEMA_WORDS = {
    "$id", "$defs", "$ref", "$anchor", "type", "format", "title", "description", "enum", "items", "prefixItems", "minItems",
    "maxItems", "minimum", "maximum", "anyOf", "oneOf", "properties", "additionalProperties", "required", "propertyOrdering"}
STATUSES = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 409: "ABORTED",
    429: "RESOURCE_EXHAUSTED", 499: "CANCELLED", 500: "INTERNAL", 501: "UNIMPLEMENTED", 503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED"}


class GenerateContentRequest(TypedDict, total=False):
    """The SDK has types for the members, but none for the whole of what it sends."""

    model: str
    contents: Required[list[types.Content]]
    systemInstruction: types.Content
    tools: list[types.Tool]
    toolConfig: types.ToolConfig
    safetySettings: list[types.SafetySetting]
    generationConfig: types.GenerationConfig
    cachedContent: str


class CountTokensRequest(TypedDict, total=False):
    contents: list[types.Content]
    generateContentRequest: GenerateContentRequest


class EmbedContentRequest(TypedDict, total=False):
    model: str
    content: Required[types.Content]
    taskType: str
    title: str
    outputDimensionality: int


class BatchEmbedContentsRequest(TypedDict):
    requests: list[EmbedContentRequest]


class GeminiProvider:
    name = "gemini"
    key_fields = [("x-goog-api-key", "")]
    stream_type = "text/event-stream"
    keepalive = b": keep-alive"
    ends = {"stop": "STOP", "length": "MAX_TOKENS", "filter": "SAFETY"}

    # Requests.

    def operation(self, method: str, path: str, query: dict) -> tuple[str, str] | None:
        if method == "GET" and path in ("/v1beta/models", "/v1/models"):
            return "models", ""
        if method != "POST" or not (match := PATH.fullmatch(path)):
            return None
        return OPERATIONS[match[2]], match[1]

    def ask(self, operation: str, model: str, body: dict, query: dict) -> Ask:
        return Ask(operation, model, query.get("method") == "streamGenerateContent", True, body)

    def request_judge(self, ask: Ask) -> Judge:
        if ask.operation == "count":
            return judge(CountTokensRequest, True)
        if ask.operation == "embeddings":
            return judge(BatchEmbedContentsRequest if "requests" in ask.body else EmbedContentRequest, True)
        return judge(GenerateContentRequest, True)

    def complaints(self, ask: Ask, fields: dict[str, str]) -> list[str]:
        body, found = ask.body, []
        if ask.operation != "chat":
            return found
        setting = body.get("generationConfig") or {}
        found += out_of_range(setting, temperature=(0, 2), topP=(0, 1), maxOutputTokens=(1, None), candidateCount=(1, 8))
        if "responseSchema" in setting and "responseJsonSchema" in setting:
            found.append("responseSchema and responseJsonSchema exclude each other")
        if ("responseSchema" in setting or "responseJsonSchema" in setting) and \
                setting.get("responseMimeType") != "application/json":
            found.append("a schema needs responseMimeType: application/json")
        found += strange_words("responseSchema", setting.get("responseSchema"), SCHEMA_WORDS)
        found += strange_words("responseJsonSchema", setting.get("responseJsonSchema"), JSON_SCHEMA_WORDS)
        tools = [tool for tool in body.get("tools") or [] if "functionDeclarations" in tool]
        if len(tools) > 1:
            found.append("functions stand in one entry of tools")
        for function in (function for tool in tools for function in tool["functionDeclarations"]):
            if not NAME.fullmatch(function.get("name", "")):
                found.append(f"no name of a function: {function.get('name')!r}")
            if "parameters" in function and "parametersJsonSchema" in function:
                found.append("parameters and parametersJsonSchema exclude each other")
            found += strange_words("parameters", function.get("parameters"), SCHEMA_WORDS)
            found += strange_words("parametersJsonSchema", function.get("parametersJsonSchema"), JSON_SCHEMA_WORDS)
        calling = (body.get("toolConfig") or {}).get("functionCallingConfig") or {}
        if "allowedFunctionNames" in calling and calling.get("mode") not in ("ANY", "VALIDATED"):
            found.append("allowedFunctionNames needs the mode ANY or VALIDATED")
        if calling.get("mode", "AUTO") not in ("AUTO", "ANY", "NONE", "VALIDATED"):
            found.append(f"no mode: {calling['mode']}")
        return found + self._turns(ask)

    def _turns(self, ask: Ask) -> list[str]:
        found, called = [], []
        for content in ask.body.get("contents") or []:
            if content.get("role", "user") not in ("user", "model"):
                found.append(f"no role: {content['role']}")
            parts = content.get("parts") or []
            if not parts:
                found.append("contents.parts must not be empty")
            for part in parts:
                kinds = part.keys() - {"thought", "thoughtSignature", "mediaResolution", "videoMetadata"}
                if len(kinds) != 1:
                    found.append(f"a part is one thing, not {sorted(kinds)}")
            answered = [part["functionResponse"].get("name") for part in parts if "functionResponse" in part]
            if answered != called:
                found.append(f"the function calls {called} are answered by {answered}")
            calls = [part for part in parts if "functionCall" in part]
            called = [part["functionCall"].get("name") for part in calls]
            if calls and "gemini-3" in ask.model and "thoughtSignature" not in calls[0]:
                found.append("Function call is missing a thought_signature in functionCall parts.")
        return found

    # Answers.

    def models(self, names: list[str]) -> bytes:
        return compact({"models": [
            {"name": "models/" + name, "version": "001", "displayName": name, "inputTokenLimit": 1048576,
             "outputTokenLimit": 65536, "supportedGenerationMethods": ["generateContent", "countTokens"]} for name in names]})

    def count(self, ask: Ask) -> bytes:
        return written(types.CountTokensResponse, {"totalTokens": len(compact(ask.body)) // 4})

    def embeddings(self, ask: Ask) -> bytes:
        vectors = []
        for each in ask.body.get("requests") or [ask.body]:
            text = "".join(part.get("text", "") for part in each["content"]["parts"])
            vectors.append({"values": vector(text, each.get("outputDimensionality") or 8)})
        text = written(types.EmbedContentResponse, {"embeddings": vectors})
        return text if "requests" in ask.body else compact({"embedding": vectors[0]})

    def usage(self, scene: Scene, output: int) -> dict:
        # The candidates' count leaves out the thoughts, the total does not.
        usage = {"promptTokenCount": scene.input_tokens, "candidatesTokenCount": output,
                 "totalTokenCount": scene.input_tokens + output + scene.reasoning_tokens,
                 "promptTokensDetails": [{"modality": "TEXT", "tokenCount": scene.input_tokens}]}
        if scene.reasoning:
            usage["thoughtsTokenCount"] = scene.reasoning_tokens
        if scene.cached_tokens:
            usage["cachedContentTokenCount"] = scene.cached_tokens
        return usage

    def calls(self, scene: Scene) -> list[dict]:
        parts: list[dict[str, Any]] = [
            {"functionCall": {"name": call.name, "args": call.arguments} | ({"id": call.identifier} if call.identifier else {})}
            for call in scene.calls]
        if parts:
            # Of parallel calls the first has the signature.
            parts[0]["thoughtSignature"] = "c2lnbmF0dXJl"
        return parts

    def answer(self, scene: Scene, ask: Ask, parts: list[dict] | None, end: str | None, usage: dict | None) -> bytes:
        candidate: dict[str, Any] = {"index": 0}
        if parts is not None:
            candidate["content"] = {"role": "model", "parts": parts}
        if end:
            candidate["finishReason"] = end
        answer: dict[str, Any] = {"candidates": [candidate], "modelVersion": ask.model, "responseId": "fake1"}
        if usage and scene.usage != "missing":
            answer["usageMetadata"] = usage
        return written(types.GenerateContentResponse, answer)

    def whole(self, scene: Scene, ask: Ask) -> bytes:
        parts = [{"text": scene.reasoning, "thought": True}] if scene.reasoning else []
        parts += ([{"text": scene.text}] if scene.text else []) + self.calls(scene)
        usage = self.usage(scene, scene.output_tokens - scene.reasoning_tokens)
        return self.answer(scene, ask, parts or None, self.ends[scene.end], usage)

    def framed(self, text: bytes) -> bytes:
        return b"data: " + text + b"\r\n\r\n"

    def events(self, scene: Scene, ask: Ask) -> list[bytes]:
        total = scene.output_tokens - scene.reasoning_tokens
        pieces = [[{"text": scene.reasoning, "thought": True}]] if scene.reasoning else []
        pieces += [[{"text": piece}] for piece in scene.pieces]
        # The calls in an event without a reason, which then comes with an empty text.
        pieces += [self.calls(scene)] if scene.calls else []
        events = []
        for index, parts in enumerate(pieces):
            usage = self.usage(scene, total * (index + 1) // len(pieces))
            events.append(self.framed(self.answer(scene, ask, parts, None, usage)))
        if not scene.unfinished:
            last = None if scene.end == "filter" else [{"text": ""}]
            events.append(self.framed(self.answer(scene, ask, last, self.ends[scene.end], self.usage(scene, total))))
        return events

    # Errors.

    def error(self, status: int, kind: str | None, message: str) -> bytes:
        details: list[dict] = []
        if status == 401:
            # The API says 400 to a wrong key.
            status, details = 400, [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID",
                                     "domain": "googleapis.com"}]
        if status == 429:
            details = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "17s"}]
        name = kind or STATUSES.get(status, "UNKNOWN")
        return compact({"error": {"code": status, "message": message, "status": name, "details": details}})

    def error_event(self, kind: str | None, message: str) -> bytes:
        # Without the `data:` of an event.
        return self.error(503, kind, message) + b"\n"

    def fields(self, status: int, retry_after: str | None) -> dict[str, str]:
        return {"server-timing": "gfet4t7; dur=12"} | ({"retry-after": retry_after} if retry_after is not None else {})


def strange_words(place: str, schema: Any, words: set[str]) -> list[str]:
    """Words that the API refuses in a schema; a property may have any name."""
    if not isinstance(schema, dict):
        return []
    found = [f'Invalid JSON payload received. Unknown name "{word}" at {place}' for word in schema.keys() - words]
    kinds = schema.get("type")
    if words is SCHEMA_WORDS and kinds is not None and (not isinstance(kinds, str) or not kinds.isupper()):
        found.append(f"{place}: no type: {kinds}")
    for word in ("items", "additionalProperties"):
        found += strange_words(f"{place}.{word}", schema.get(word), words)
    for word in ("properties", "$defs"):
        for name, each in (schema.get(word) or {}).items():
            found += strange_words(f"{place}.{name}", each, words)
    for word in ("anyOf", "oneOf", "prefixItems"):
        for each in schema.get(word) or []:
            found += strange_words(f"{place}.{word}", each, words)
    return found
