#!/usr/bin/env python3
"""A fixed number of requests over so many kept connections; every answer is looked at.

    load.py reads one JSON object: port, path, fields (an object), body, connections, requests, word, words. It writes
    {"answers", "seconds"} and ends with 1 if an answer was not 200 or had not `words` times the `word`.
"""

import asyncio
import json
import re
import sys
import time

LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


class Caller(asyncio.Protocol):
    """One connection, which asks again as soon as it is answered."""

    def __init__(self, run):
        self.run = run

    def connection_made(self, transport):
        self.transport = transport
        self._ask()

    def _ask(self):
        self.received, self.length = bytearray(), None
        if self.run.left:
            self.run.left -= 1
            self.transport.write(self.run.request)
        else:
            self.transport.close()

    def data_received(self, data):
        self.received += data
        if self.length is None:
            end = self.received.find(b"\r\n\r\n")
            if end < 0:
                return
            length = LENGTH.search(self.received, 0, end + 2)
            self.length = end + 4 + int(length[1]) if length else -1
        whole = len(self.received) >= self.length if self.length >= 0 else self.received.endswith(b"\r\n0\r\n\r\n")
        if whole:
            self.run.answered(self.received)
            self._ask()

    def connection_lost(self, error):
        self.run.closed()


class Run:
    def __init__(self, order: dict):
        body = order["body"].encode()
        fields = {"Host": "bench", "Content-Type": "application/json", "Content-Length": str(len(body)), **order["fields"]}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self.request = f"POST {order['path']} HTTP/1.1\r\n{head}\r\n".encode() + body
        self.left = self.wanted = order["requests"]
        self.order, self.answers, self.word = order, 0, order["word"].encode()
        self.open = min(order["connections"], order["requests"])
        self.done = asyncio.get_running_loop().create_future()

    def answered(self, answer: bytearray):
        words = answer.count(self.word)
        if not answer.startswith(b"HTTP/1.1 200") or words != self.order["words"]:
            sys.exit(f"{words} words instead of {self.order['words']}: {bytes(answer[:1500]).decode('utf-8', 'replace')}")
        self.answers += 1

    def closed(self):
        self.open -= 1
        if not self.open and not self.done.done():
            self.done.set_result(None)


async def main():
    order = json.load(sys.stdin)
    run = Run(order)
    began = time.monotonic()
    for _ in range(run.open):
        await asyncio.get_running_loop().create_connection(lambda: Caller(run), "127.0.0.1", order["port"])
    await asyncio.wait_for(run.done, order.get("patience", 120))
    if run.answers != run.wanted:
        sys.exit(f"{run.answers} answers to {run.wanted} requests")
    print(json.dumps({"answers": run.answers, "seconds": time.monotonic() - began}))


asyncio.run(main())
