"""A provider of language models in a few lines: it speaks as OpenAI does, does wrong what its script says, and remembers what it saw."""

import json
import select
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ModelDouble:
    """One provider on a port of its own. `script` holds one act for each request to come; without one it answers.

    Acts: ok, 429 (with `retry_after`), 401, 500, 400, die (before the first byte), cut (after one delta, once `heard` is set), error (in the stream), silent, hold (one delta, and then
    nothing until the client goes).
    """

    def __init__(self, name="double"):
        self.name = name
        self.script = []
        self.retry_after = None
        self.heard = threading.Event()
        self.requests = []
        self.models = []
        self.gone_at = None
        self.connections = 0
        double = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                double.connections += 1
                super().setup()

            def log_message(self, *_):
                pass

            def do_GET(self):
                text = json.dumps({"object": "list", "data": [
                    {"id": name, "object": "model", "created": 1_700_000_000, "owned_by": "double"} for name in double.models]}).encode()
                self.send_response(200 if self.path.endswith("/models") else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                double.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                act = double.script.pop(0) if double.script else "ok"
                double.act(self, act, body)

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}/v1"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def act(self, handler, act, body):
        if act.isdigit():
            text = json.dumps({"error": {"message": f"no: {handler.headers.get('Authorization')}", "type": "x", "code": None,
                                         "param": None}}).encode()
            handler.send_response(int(act))
            if self.retry_after is not None:
                handler.send_header("Retry-After", str(self.retry_after))
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", str(len(text)))
            handler.end_headers()
            handler.wfile.write(text)
        elif act == "die":
            handler.close_connection = True
        elif act == "silent":
            self.wait_for_end(handler)
        elif body.get("stream"):
            self.stream(handler, act, body)
        else:
            self.send_whole(handler, body)

    def send_whole(self, handler, body):
        if handler.path.endswith("/embeddings"):
            answer = {"object": "list", "model": body["model"], "data": [{"object": "embedding", "index": 0, "embedding": [0.5, -0.25]}],
                      "usage": {"prompt_tokens": 3, "total_tokens": 3}}
        else:
            answer = {"id": "c1", "object": "chat.completion", "created": 1_700_000_000, "model": body["model"], "choices": [
                {"index": 0, "finish_reason": "stop", "logprobs": None,
                 "message": {"role": "assistant", "content": f"whole from {self.name}", "refusal": None}}],
                "usage": {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200,
                          "prompt_tokens_details": {"cached_tokens": 400}}}
        text = json.dumps(answer).encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text)

    def stream(self, handler, act, body):
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()

        def send(data):
            text = f"data: {data if isinstance(data, str) else json.dumps(data)}\n\n".encode()
            handler.wfile.write(f"{len(text):x}\r\n".encode() + text + b"\r\n")

        def chunk(delta, finish=None):
            send({"id": "c1", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": body["model"],
                  "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}], "usage": None})

        chunk({"role": "assistant", "content": ""})
        if act == "early-error":
            send({"error": {"message": "too much", "type": "service_unavailable_error", "code": "server_is_overloaded", "param": None}})
            handler.wfile.write(b"0\r\n\r\n")
            return
        chunk({"content": f"stream from {self.name}"})
        if act == "hold":
            self.wait_for_end(handler)
            return
        if act == "cut":
            # What comes with the end of its connection in one piece may count as nothing said, and then another provider answers.
            self.heard.wait(20)
            self.heard.clear()
            handler.close_connection = True
            return
        if act == "error":
            send({"error": {"message": "broken", "type": "server_error", "code": None, "param": None}})
        else:
            chunk({"content": ", and more"})
            chunk({}, "stop")
            send({"id": "c1", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": body["model"], "choices": [],
                  "usage": {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200}})
            send("[DONE]")
        handler.wfile.write(b"0\r\n\r\n")

    def wait_for_end(self, handler):
        """Waits until the other side closes, and remembers when it did."""
        handler.close_connection = True
        handler.wfile.flush()
        end = time.monotonic() + 20
        while time.monotonic() < end:
            readable, _, _ = select.select([handler.connection], [], [], 0.5)
            if readable and not handler.connection.recv(1):
                self.gone_at = time.monotonic()
                return
