"""A client that sends exactly the bytes it is given and reads answers without forgiving anything."""

import socket
import time
from dataclasses import dataclass, field


@dataclass
class WireAnswer:
    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes
    interim: list[int] = field(default_factory=list)
    complete: bool = True

    def header(self, name: str) -> str | None:
        values = self.values(name)
        return values[0] if values else None

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]


class Wire:
    """One TCP connection to the gateway."""

    def __init__(self, port: int, timeout: float = 5.0):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.ended = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data: bytes):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            self.ended = True

    def half_close(self):
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def _more(self) -> bool:
        if self.ended:
            return False
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        if not data:
            self.ended = True
            return False
        self.buffer += data
        return True

    def read_until(self, mark: bytes) -> bytes | None:
        while mark not in self.buffer:
            if not self._more():
                return None
        head, _, self.buffer = self.buffer.partition(mark)
        return head + mark

    def read_exactly(self, count: int) -> bytes:
        while len(self.buffer) < count and self._more():
            pass
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def answer(self, to_head: bool = False) -> WireAnswer | None:
        """The next final answer, or None when the connection ended first. Interim answers are noted."""
        interim = []
        while True:
            head = self.read_until(b"\r\n\r\n")
            if head is None:
                return None
            lines = head[:-4].split(b"\r\n")
            version, _, rest = lines[0].partition(b" ")
            assert version in (b"HTTP/1.1", b"HTTP/1.0"), head
            status, _, reason = rest.partition(b" ")
            assert len(status) == 3 and status.isdigit(), head
            headers = []
            for line in lines[1:]:
                name, colon, value = line.partition(b":")
                assert colon and name and b"\n" not in line and b"\r" not in line and b"\0" not in line, head
                headers.append((name.decode("latin-1"), value.strip().decode("latin-1")))
            answer = WireAnswer(int(status), reason.decode("latin-1"), headers, b"", interim)
            if 100 <= answer.status < 200 and answer.status != 101:
                interim.append(answer.status)
                continue
            self._body(answer, to_head)
            return answer

    def _body(self, answer: WireAnswer, to_head: bool):
        if to_head or answer.status in (204, 304):
            return
        if (answer.header("transfer-encoding") or "").lower() == "chunked":
            assert answer.header("content-length") is None
            while True:
                line = self.read_until(b"\r\n")
                if line is None:
                    answer.complete = False
                    return
                size = int(line.split(b";")[0], 16)
                if size == 0:
                    while (trailer := self.read_until(b"\r\n")) not in (None, b"\r\n"):
                        answer.headers.append(("trailer:" + trailer.decode("latin-1").strip(), ""))
                    return
                data = self.read_exactly(size)
                answer.body += data
                if len(data) < size or self.read_exactly(2) != b"\r\n":
                    answer.complete = False
                    return
        elif (length := answer.header("content-length")) is not None:
            answer.body = self.read_exactly(int(length))
            answer.complete = len(answer.body) == int(length)
        else:
            while self._more():
                pass
            answer.body, self.buffer = self.buffer, b""

    def is_closed(self, within: float = 3.0) -> bool:
        """True when the other side ends the connection in time and sends nothing more before that."""
        before = self.socket.gettimeout()
        self.socket.settimeout(within)
        try:
            return not self._more() and not self.buffer
        except TimeoutError:
            return False
        finally:
            self.socket.settimeout(before)

    def is_silent(self, within: float = 0.4) -> bool:
        """True when nothing arrives for a while (closing counts as nothing)."""
        before = self.socket.gettimeout()
        self.socket.settimeout(within)
        try:
            self._more()
            return not self.buffer
        except TimeoutError:
            return not self.buffer
        finally:
            self.socket.settimeout(before)


def request(method: str, target: str, *lines: str, body: bytes = b"", host: str = "gateway.example") -> bytes:
    """A request with exactly these header lines after Host."""
    head = "\r\n".join([f"{method} {target} HTTP/1.1", f"Host: {host}", *lines]) + "\r\n\r\n"
    return head.encode("latin-1") + body


def wait_for(condition, seconds: float = 5.0):
    """Polls until the condition holds and returns its value; fails after the time is up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError("did not happen in time")
