"""An upstream that writes down every byte it is sent and misbehaves on demand.

The path decides what it answers; `seen` holds one record for each request it could read, in order, and `connections`
the raw bytes of each connection. A request it cannot frame strictly is a record of its own with `broken` set.
"""

import asyncio
import json
import threading
from dataclasses import dataclass, field


@dataclass
class Seen:
    connection: int
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes = b""
    trailers: list[str] = field(default_factory=list)
    broken: str | None = None

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]


class RecordingUpstream:
    def __init__(self):
        self.seen: list[Seen] = []
        self.connections: list[bytearray] = []
        self.open_now = 0
        self.port = 0
        self._started = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._gates: dict[str, asyncio.Event] = {}

    def start(self) -> "RecordingUpstream":
        self._thread.start()
        assert self._started.wait(5)
        return self

    def stop(self):
        def end():
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            self._loop.call_later(0.1, self._loop.stop)

        self._loop.call_soon_threadsafe(end)
        self._thread.join(5)

    def clear(self):
        self.seen.clear()

    def open_gate(self, name: str):
        """Lets a `/gated/NAME` answer go on."""
        self._loop.call_soon_threadsafe(self._gate(name).set)

    def _gate(self, name: str) -> asyncio.Event:
        return self._gates.setdefault(name, asyncio.Event())

    def _run(self):
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)

        async def listen():
            server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
            self.port = server.sockets[0].getsockname()[1]
            self._started.set()

        self._loop.run_until_complete(listen())
        self._loop.run_forever()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        number = len(self.connections)
        raw = bytearray()
        self.connections.append(raw)
        self.open_now += 1

        async def read_line() -> bytes:
            line = await reader.readuntil(b"\r\n")
            raw.extend(line)
            return line[:-2]

        async def read_exactly(count: int) -> bytes:
            data = b""
            while len(data) < count:
                piece = await reader.read(count - len(data))
                if not piece:
                    raise asyncio.IncompleteReadError(data, count)
                raw.extend(piece)
                data += piece
            return data

        try:
            while True:
                first = await read_line()
                parts = first.split(b" ")
                if len(parts) != 3:
                    self.seen.append(Seen(number, "", first.decode("latin-1"), [], broken="request line"))
                    break
                seen = Seen(number, parts[0].decode("latin-1"), parts[1].decode("latin-1"), [])
                while line := await read_line():
                    name, _, value = line.partition(b":")
                    seen.headers.append((name.decode("latin-1"), value.strip().decode("latin-1")))
                if seen.target.split("?")[0].endswith("/early"):
                    self.seen.append(seen)
                    await self._answer(seen, writer)
                    await self._read_body(seen, read_line, read_exactly)
                    continue
                if seen.target.split("?")[0].endswith("/echo-stream"):
                    self.seen.append(seen)
                    await self._echo_stream(seen, writer, read_line, read_exactly)
                    continue
                await self._read_body(seen, read_line, read_exactly)
                self.seen.append(seen)
                if not await self._answer(seen, writer):
                    break
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass
        finally:
            self.open_now -= 1
            writer.close()

    async def _chunks(self, seen: Seen, read_line, read_exactly):
        if seen.values("transfer-encoding"):
            while True:
                line = await read_line()
                if b";" in line:
                    seen.broken = "a chunk extension was forwarded"
                size = int(line.split(b";")[0], 16)
                if size == 0:
                    while trailer := await read_line():
                        seen.trailers.append(trailer.decode("latin-1"))
                    return
                yield await read_exactly(size)
                await read_exactly(2)
        elif lengths := seen.values("content-length"):
            left = int(lengths[0])
            while left:
                piece = await read_exactly(min(left, 65536))
                left -= len(piece)
                yield piece

    async def _read_body(self, seen: Seen, read_line, read_exactly):
        if seen.values("transfer-encoding") and seen.values("content-length"):
            seen.broken = "both Transfer-Encoding and Content-Length"
        async for piece in self._chunks(seen, read_line, read_exactly):
            seen.body += piece

    async def _echo_stream(self, seen: Seen, writer, read_line, read_exactly):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        async for piece in self._chunks(seen, read_line, read_exactly):
            seen.body += piece
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            await writer.drain()
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    async def _answer(self, seen: Seen, writer: asyncio.StreamWriter) -> bool:
        """Writes the answer that the path asks for. True when the connection may go on."""
        path = seen.target.split("?")[0]
        kind = path.rsplit("/", 1)[-1]
        if "/gated/" in path:
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nfirst \r\n")
            await writer.drain()
            await self._gate(kind).wait()
            writer.write(b"6\r\nsecond\r\n0\r\n\r\n")
            await writer.drain()
            return True
        if "/raw/" in path:
            # The answer is in the path, two digits for a byte.
            writer.write(bytes.fromhex(kind))
            await writer.drain()
            return True
        if "/evil/" in path and kind in EVIL:
            data, goes_on = EVIL[kind]
            writer.write(data)
            await writer.drain()
            if not goes_on:
                return False
            return True
        body = json.dumps({
            "method": seen.method, "target": seen.target, "headers": seen.headers, "length": len(seen.body),
        }).encode()
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nVary: Accept\r\nContent-Length: %d\r\n\r\n" % len(body)
            + (b"" if seen.method == "HEAD" else body))
        await writer.drain()
        return True


OK = b"HTTP/1.1 200 OK\r\n"
# name -> (the bytes of the answer, whether the connection stays open afterwards)
EVIL: dict[str, tuple[bytes, bool]] = {
    "too-much": (OK + b"Content-Length: 5\r\n\r\nhelloEXTRA-BYTES", True),
    "two-answers": (OK + b"Content-Length: 5\r\n\r\nhello" + OK + b"Content-Length: 8\r\n\r\npoisoned", True),
    "too-little": (OK + b"Content-Length: 50\r\n\r\nhello", False),
    "cut-chunked": (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", False),
    "bad-chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n", True),
    "storm": (b"HTTP/1.1 102 Processing\r\n\r\n" * 100 + OK + b"Content-Length: 2\r\n\r\nok", True),
    "interim": (b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nok", True),
    "open-to-all": (
        OK + b"Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: *\r\nContent-Length: 2\r\n\r\nok", True),
    "nothing": (b"", False),
    "garbage": (b"this is not HTTP\r\n\r\n", False),
    "two-lengths": (OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", True),
    "length-and-chunked": (OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", True),
    "bare-cr": (OK + b"X-Odd: a\rSet-Cookie: stolen=1\r\nContent-Length: 2\r\n\r\nok", True),
    "bare-lf": (OK + b"X-Odd: a\nSet-Cookie: stolen=1\r\nContent-Length: 2\r\n\r\nok", True),
    "nul": (OK + b"X-Odd: a\0b\r\nContent-Length: 2\r\n\r\nok", True),
    "folded": (OK + b"X-Odd: a\r\n Set-Cookie: stolen=1\r\nContent-Length: 2\r\n\r\nok", True),
    "bad-name": (OK + b"X Odd: a\r\nContent-Length: 2\r\n\r\nok", True),
    "reason-lf": (b"HTTP/1.1 200 O\nSet-Cookie: stolen=1\r\nContent-Length: 2\r\n\r\nok", True),
    "huge-head": (OK + b"X-Big: " + b"a" * 200_000 + b"\r\nContent-Length: 2\r\n\r\nok", True),
    "switch": (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: upgrade\r\n\r\n", True),
    "until-close": (OK + b"\r\nread me to the end", False),
}
