"""Fakes of OpenAI, Anthropic, Gemini, Mistral and Ollama on real sockets.

Each refuses what the provider would refuse (`provider_types`, and the rules in each provider's own file) and answers with
what its SDK's types allow. What is said, and how it fails, is a `Scene` for each model's name; a list of scenes is played in
turn, the last one for ever. `seen` tells what came in, and when the client went.

    python3 Interop/model_providers.py serves them until it is interrupted; PUT /scenes/MODEL (a JSON array of scenes)
    and GET /seen are then what tests do by hand.
"""

import asyncio
import dataclasses
import json
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from anthropic_provider import AnthropicProvider
from gemini_provider import GeminiProvider
from mistral_provider import MistralProvider
from ollama_provider import OllamaProvider
from openai_provider import OpenAIProvider
from provider_scenes import Ask, Call, Scene
from provider_types import compact, read

GARBAGE = b"{\"this is no JSON"
KEY_FIELDS = {"authorization", "x-api-key", "x-goog-api-key", "api-key"}


@dataclass
class Seen:
    """One request, and what became of its connection. Times are those of `time.monotonic`."""

    method: str
    path: str
    # Names in small letters; of a key only which one it was.
    fields: dict[str, str]
    body: bytes
    began: float
    ask: Ask | None = None
    complaints: list[str] = field(default_factory=list)
    status: int = 0
    bytes_sent: int = 0
    events_sent: int = 0
    # When the last byte was given to the kernel; None if the answer was not finished.
    finished: float | None = None
    # When the client closed the connection while the answer was not finished; None if it did not.
    abandoned: float | None = None


class Connection(asyncio.StreamReaderProtocol):
    """Notes at once when the peer goes, also while an answer is being written."""

    def __init__(self, handler, loop):
        self.gone = loop.create_future()
        super().__init__(asyncio.StreamReader(loop=loop), lambda reader, writer: handler(reader, writer, self), loop=loop)

    def _note(self):
        if not self.gone.done():
            self.gone.set_result(time.monotonic())

    def eof_received(self):
        self._note()
        return super().eof_received()

    def connection_lost(self, error):
        self._note()
        super().connection_lost(error)


class ClientGone(Exception):
    pass


class FakeProvider:
    """One provider on a port of its own."""

    def __init__(self, dialect):
        self.dialect = dialect
        self.scenes: dict[str, list[Scene]] = {}
        self.seen: list[Seen] = []
        self.keys = [f"{dialect.name}-key-one", f"{dialect.name}-key-two"]
        self.known = ["model-one", "model-two"]
        # Keys of which the provider has had enough: 429 for each request with them.
        self.exhausted: set[str] = set()
        self.port = 0
        self.connections = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def key(self) -> str:
        return self.keys[0]

    @property
    def complaints(self) -> list[str]:
        return [f"{self.dialect.name} {seen.path}: {each}" for seen in self.seen for each in seen.complaints]

    def play(self, model: str, *scenes: Scene):
        self.scenes[model] = list(scenes)

    def clear(self):
        self.seen.clear()
        self.scenes.clear()
        self.exhausted.clear()

    def _scene(self, model: str) -> Scene:
        waiting = self.scenes.get(model) or self.scenes.get("*") or [Scene()]
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    # HTTP.

    async def serve(self):
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Connection(self._connected, loop), "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]

    async def _connected(self, reader, writer, connection):
        writer.transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connections += 1
        request = None
        try:
            while request := await self._request(reader):
                if not await self._answer(request, writer, connection):
                    break
        except (ConnectionError, ClientGone):
            if request and request.finished is None:
                request.abandoned = connection.gone.result() if connection.gone.done() else time.monotonic()
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    async def _request(self, reader) -> Seen | None:
        line = await reader.readline()
        if not line:
            return None
        method, target, _ = line.decode("latin-1").split(" ", 2)
        fields = {}
        while (line := await reader.readline()).strip():
            name, value = line.decode("latin-1").split(":", 1)
            fields[name.strip().lower()] = value.strip()
        if fields.get("transfer-encoding", "").lower() == "chunked":
            body = b""
            while size := int((await reader.readline()).split(b";")[0], 16):
                body += await reader.readexactly(size)
                await reader.readline()
            while (await reader.readline()).strip():
                pass
        else:
            body = await reader.readexactly(int(fields.get("content-length", 0)))
        return Seen(method, target, fields, body, time.monotonic())

    async def _answer(self, seen: Seen, writer, connection) -> bool:
        """Whether another request may follow on the connection."""
        parts = urlsplit(seen.path)
        path, query = unquote(parts.path), dict(parse_qsl(parts.query))
        if await self._control(seen, path, writer):
            return True
        self.seen.append(seen)
        presented = next(
            (seen.fields[name].removeprefix(prefix) for name, prefix in self.dialect.key_fields if name in seen.fields), "")
        for name in KEY_FIELDS & seen.fields.keys():
            seen.fields[name] = f"key {self.keys.index(presented)}" if presented in self.keys else "a wrong key"
        answer = Answer(self, seen, writer, connection)
        if self.dialect.name != "ollama" and presented not in self.keys:
            return await answer.refuse(401, f"no such key: {presented[:4]}***")
        if not (found := self.dialect.operation(seen.method, path, query)):
            seen.complaints.append(f"{seen.method} {path} is nothing here")
            return await answer.refuse(404, f"{path} is not found")
        operation, model = found
        if operation in ("models", "tags"):
            body = getattr(self.dialect, operation)(self.known)
            return await answer.whole(200, body, "application/json")
        if operation == "version":
            return await answer.whole(200, b'{"version":"0.20.0"}', "application/json")
        return await self._asked(seen, operation, model, query | {"method": path.rpartition(":")[2]}, answer, presented)

    async def _asked(self, seen: Seen, operation: str, model: str, query: dict, answer: "Answer", key: str) -> bool:
        dialect = self.dialect
        try:
            ask = seen.ask = dialect.ask(operation, model, read(seen.body), query)
        except (ValueError, AttributeError) as error:
            seen.complaints.append(str(error))
            return await answer.refuse(400, str(error))
        answer.ask = ask
        if not seen.fields.get("content-type", "").startswith("application/json"):
            seen.complaints.append(f"content-type: {seen.fields.get('content-type')}")
        judged = dialect.judged(ask) if hasattr(dialect, "judged") else ask.body
        seen.complaints += dialect.request_judge(ask).complaints(compact(judged))
        if not seen.complaints:
            seen.complaints += dialect.complaints(ask, seen.fields)
        if dialect.name == "gemini" and operation == "chat" and ask.streamed and query.get("alt") != "sse":
            seen.complaints.append("alt=sse is missing: the stream would be a JSON array")
        if seen.complaints:
            return await answer.refuse(400, "; ".join(seen.complaints)[:2000])
        scene = self._scene(ask.model)
        if key in self.exhausted:
            scene = Scene(status=429, retry_after="7")
        await answer.wait(scene.before_head)
        if scene.status != 200 or scene.body is not None:
            return await answer.fail(scene)
        if operation in ("embeddings", "native embeddings", "count"):
            body = getattr(dialect, operation.replace(" ", "_"))(ask)
            return await answer.whole(200, body, "application/json", scene)
        if not ask.streamed:
            return await answer.whole(200, dialect.whole(scene, ask), "application/json", scene)
        return await answer.stream(scene)

    async def _control(self, seen: Seen, path: str, writer) -> bool:
        if (seen.method, path) == ("GET", "/seen"):
            told = [
                {**dataclasses.asdict(each), "body": each.body.decode("utf-8", "replace")} for each in self.seen]
            body = json.dumps(told).encode()
        elif seen.method == "PUT" and path.startswith("/scenes/"):
            scenes = []
            for each in json.loads(seen.body):
                each["calls"] = [Call(**call) for call in each.get("calls", [])]
                scenes.append(Scene(**each))
            self.play(path.removeprefix("/scenes/"), *scenes)
            body = b"{}"
        else:
            return False
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        return True


class Answer:
    """The bytes of one answer on their way, and the client's going noticed between any two of them."""

    def __init__(self, provider: FakeProvider, seen: Seen, writer, connection: Connection):
        self.provider, self.seen, self.writer, self.connection = provider, seen, writer, connection
        self.dialect = provider.dialect
        self.ask = Ask("", "")
        self.scene = Scene()
        self.chunked = False

    async def wait(self, seconds: float | None):
        """Waits, for ever with None, and ends the answer when the client goes meanwhile."""
        if seconds == 0 and not self.connection.gone.done():
            return
        done, _ = await asyncio.wait([self.connection.gone], timeout=seconds)
        if done:
            raise ClientGone

    def _head(self, status: int, content_type: str, retry_after: str | None, length: int | None):
        self.seen.status = status
        fields = {"content-type": content_type, **self.dialect.fields(status, retry_after)}
        fields |= {"transfer-encoding": "chunked"} if length is None else {"content-length": str(length)}
        self.chunked = length is None
        lines = [f"HTTP/1.1 {status} Fake", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
        self.writer.write("\r\n".join(lines).encode())

    async def _body(self, data: bytes, last: bool = False) -> bool:
        """False if the scene cut the connection. After the last piece nothing is left to be abandoned."""
        size = self.scene.split or max(len(data), 1)
        for start in range(0, max(len(data), 1), size):
            piece, left = data[start : start + size], None
            if self.scene.cut is not None:
                left = self.scene.cut - self.seen.bytes_sent
                piece = piece[:left]
            await self.wait(0)
            framed = b"%x\r\n%s\r\n" % (len(piece), piece) if piece and self.chunked else piece
            ended = last and start + size >= len(data) and (left is None or left > len(piece))
            self.writer.write(framed + b"0\r\n\r\n" if ended and self.chunked else framed)
            self.seen.bytes_sent += len(piece)
            if ended and not self.writer.transport.get_write_buffer_size():
                self.seen.finished = time.monotonic()
            await self.writer.drain()
            if self.scene.split:
                await asyncio.sleep(0)
            if left is not None and left <= len(piece):
                self._cut()
                return False
        if last:
            self.seen.finished = self.seen.finished or time.monotonic()
        return True

    def _cut(self):
        if self.scene.reset:
            linger = struct.pack("ii", 1, 0)
            self.writer.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.writer.close()

    async def whole(self, status: int, body: bytes, content_type: str, scene: Scene | None = None) -> bool:
        self.scene = scene or Scene()
        self._head(status, self.scene.content_type or content_type, self.scene.retry_after, len(body))
        if self.scene.before_first:
            await self.writer.drain()
            await self.wait(self.scene.before_first)
        return await self._body(body, last=True)

    async def refuse(self, status: int, message: str) -> bool:
        return await self.fail(Scene(status=status, message=message))

    async def fail(self, scene: Scene) -> bool:
        message = scene.message or f"this fake was told to answer {scene.status}"
        body = scene.body
        if body is None and self.ask.operation.startswith("native"):
            body = self.dialect.native_error(message)
        if body is None:
            body = self.dialect.error(scene.status, scene.kind, message)
        status = 400 if scene.status == 401 and self.dialect.name == "gemini" else scene.status
        return await self.whole(status, body, "application/json", scene)

    async def stream(self, scene: Scene) -> bool:
        self.scene = scene
        native = self.ask.operation == "native"
        self._head(200, scene.content_type or ("application/x-ndjson" if native else self.dialect.stream_type), None, None)
        await self.writer.drain()
        await self.wait(scene.before_first)
        events = self.dialect.events(scene, self.ask)
        for index, event in enumerate(events):
            last = index in (len(events) - 1, scene.error_after)
            if index == scene.error_after:
                text = scene.message or "Overloaded"
                event = self.dialect.native_error(text) + b"\n" if native else self.dialect.error_event(scene.kind, text)
            elif index == scene.garbage_after:
                garbage = GARBAGE + b"\n" if native else b"data: " + GARBAGE + b"\n\n"
                event = getattr(self.dialect, "garbage_head", b"") + garbage + event
            elif index == scene.silent_after:
                await self.wait(None)
            if scene.comments and self.dialect.keepalive and not native:
                event = self.dialect.keepalive + b"\n\n" + event
            if scene.line_end != b"\n":
                event = event.replace(b"\r\n", b"\n").replace(b"\n", scene.line_end)
            self.seen.events_sent += 1
            if not await self._body(event, last):
                return False
            if last:
                return True
            await self.wait(scene.between)
        return True


class ModelProviders:
    """All five, in a thread of their own."""

    def __init__(self):
        dialects = (OpenAIProvider(), AnthropicProvider(), GeminiProvider(), MistralProvider(), OllamaProvider())
        self.all = [FakeProvider(dialect) for dialect in dialects]
        self.openai, self.anthropic, self.gemini, self.mistral, self.ollama = self.all
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._started = threading.Event()

    def __getitem__(self, name: str) -> FakeProvider:
        return next(provider for provider in self.all if provider.dialect.name == name)

    def start(self) -> "ModelProviders":
        self._thread.start()
        assert self._started.wait(10)
        return self

    def _run(self):
        async def serve_all():
            for provider in self.all:
                await provider.serve()

        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(serve_all())
        self._started.set()
        self._loop.run_forever()

    def stop(self):
        def end():
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            self._loop.call_later(0.1, self._loop.stop)

        self._loop.call_soon_threadsafe(end)
        self._thread.join(5)

    def clear(self):
        for provider in self.all:
            provider.clear()

    @property
    def complaints(self) -> list[str]:
        return [each for provider in self.all for each in provider.complaints]


if __name__ == "__main__":
    served = ModelProviders().start()
    for served_one in served.all:
        print(f"{served_one.dialect.name}: {served_one.address}  key: {served_one.key}", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        served.stop()
