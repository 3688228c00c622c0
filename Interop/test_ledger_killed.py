"""The ledger through the whole program: nothing that was spent is lost when it is killed, and many at once spend no more than there is."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from conftest import write_configuration
from model_double import ModelDouble
from signet_process import Signet, call
from test_analytics import ask

CONFIGURATION = """
providers: {{ double: {{ kind: openai, address: "{address}" }} }}
models: {{ paid: {{ deployments: {{ provider: double, model: m, maximum-tokens: 200 }}, retries: 0 }} }}
prices: {{ m: {{ provider: double, model: m, input: 0, cached-input: 0, output: 10 }} }}
budgets: {{ all: {{ amount: {amount}, period: month }} }}
apis: {{ ai: {{ path: /ai, models: true, access: anonymous }} }}
"""
# 200 tokens at 10 for a million, which is what is set aside: what is read costs nothing, since the provider counts more than was said.
COST = Decimal("0.002")


@pytest.fixture
def double():
    double = ModelDouble()
    yield double
    double.stop()


def serve(folder, double, amount):
    config = write_configuration(folder, CONFIGURATION.format(address=double.address, amount=amount))
    return Signet(data=folder / "data", config=config).start()


def one(server):
    return call("POST", server.gateway + "/ai/v1/chat/completions", timeout=30, data={
        "model": "paid", "messages": [{"role": "user", "content": "x"}]})


def state(server):
    (budget,) = ask(server, "/budget-states", budget="all")[1]["budgets"]
    return Decimal(budget["spent"]), Decimal(budget["reserved"])


def test_what_was_answered_before_a_kill_counts_afterwards(tmp_path, double):
    server = serve(tmp_path, double, 1000)
    answered = 0
    for _ in range(4):
        stop, lock = threading.Event(), threading.Lock()

        def calls():
            nonlocal answered
            while not stop.is_set():
                try:
                    answer = one(server)
                except OSError:
                    return
                with lock:
                    answered += answer.status == 200
        with ThreadPoolExecutor(8) as pool:
            for _ in range(8):
                pool.submit(calls)
            time.sleep(random.uniform(0.5, 1.5))
            server.kill()
            stop.set()
        server.start()
        spent, reserved = state(server)
        assert reserved == 0 and spent >= answered * COST, (spent, answered)
    entries = []
    after = {}
    while True:
        page = ask(server, "/spending", limit=1000, **after)[1]
        entries += page["spending"]
        if "next" not in page:
            break
        after = {"after": page["next"]}
    assert answered > 20 and len({entry["id"] for entry in entries}) == len(entries)
    # What no entry tells of is counted as spent all the same.
    assert sum(Decimal(entry["cost"]) for entry in entries) <= spent
    server.stop()


def test_a_thousand_at_once_spend_no_more_than_there_is(tmp_path, double):
    amount = COST * 40
    server = serve(tmp_path, double, amount)
    with ThreadPoolExecutor(64) as pool:
        statuses = list(pool.map(lambda _: one(server).status, range(1_000)))
    assert set(statuses) == {200, 429}
    answered = statuses.count(200)
    assert answered == len(double.requests) == 40
    spent, reserved = state(server)
    deadline = time.monotonic() + 5
    while reserved and time.monotonic() < deadline:
        spent, reserved = state(server)
    assert reserved == 0 and spent == answered * COST
    server.stop()
