#!/usr/bin/env python3
"""A provider of OpenAI's form that costs next to nothing: what it says was made beforehand.

    provider.py PORT

The model's name says what: `whole`, or `chunks-N` for N pieces of text, one each few milliseconds, so that whoever stands
between sees each by itself.
"""

import asyncio
import json
import re
import sys

BETWEEN = 0.004
CREATED = 1_790_000_000
WHOLE = json.dumps({
    "id": "chatcmpl-1", "object": "chat.completion", "created": CREATED, "model": "whole",
    "choices": [{"index": 0, "logprobs": None, "finish_reason": "stop", "message": {
        "role": "assistant", "refusal": None, "annotations": [], "content": "A lantern burns in the harbour tonight. " * 20}}],
    "usage": {"prompt_tokens": 300, "completion_tokens": 160, "total_tokens": 460,
              "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
              "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0}},
}).encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(WHOLE), WHOLE)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"


def event(choices: list, usage=None) -> bytes:
    chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": CREATED, "model": "chunks",
             "system_fingerprint": "fp_1", "choices": choices, "usage": usage}
    data = b"data: " + json.dumps(chunk).encode() + b"\n\n"
    return b"%x\r\n%s\r\n" % (len(data), data)


def choice(delta: dict, end=None) -> list:
    return [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": end}]


FIRST = HEAD + event(choice({"role": "assistant", "content": ""}))
# Numbered: LiteLLM takes a piece that comes a hundred times for a model gone wrong.
PIECES = [event(choice({"content": f" lantern {number}"})) for number in range(64)]
LAST = event(choice({}, "stop")) \
    + event([], {"prompt_tokens": 300, "completion_tokens": 160, "total_tokens": 460}) \
    + b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n"
CHUNKS = re.compile(rb'"model":\s*"chunks-(\d+)"')


class Conversation(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.received, self.left = transport, b"", 0

    def data_received(self, data):
        self.received += data
        head, separator, body = self.received.partition(b"\r\n\r\n")
        if not separator:
            return
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        if length:
            if len(body) < int(length[1]):
                return
        elif not body.endswith(b"0\r\n\r\n"):
            return
        self.received = b""
        if chunks := CHUNKS.search(body):
            self.left = int(chunks[1])
            self.transport.write(FIRST)
            self._later()
        else:
            self.transport.write(ANSWER)

    def _later(self):
        asyncio.get_running_loop().call_later(BETWEEN, self._go_on)

    def _go_on(self):
        if self.transport.is_closing():
            return
        if self.left:
            self.left -= 1
            self.transport.write(PIECES[self.left % len(PIECES)])
            self._later()
        else:
            self.transport.write(LAST)


async def serve(port: int):
    server = await asyncio.get_running_loop().create_server(Conversation, "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
