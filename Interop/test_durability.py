"""kill -9 in the middle of logins, codes, refreshes, revocations and new keys: what was acknowledged is there afterwards."""

import http.client
import json
import os
import random
import threading
import time

import pytest

from signet_process import Signet, call, run
from test_races import BACK, Browser, exchange, post
from wire import wait_for

ROUNDS = int(os.environ.get("SIGNET_KILLS", "20"))
# How many acknowledged writes there are before each kill, at least.
WRITES = int(os.environ.get("SIGNET_WRITES", "400")) // ROUNDS
PASSWORD = "durable-demo-password"
GONE = (ConnectionError, http.client.HTTPException, TimeoutError, OSError)


class Client(threading.Thread):
    """Logs in and refreshes until the server is gone, and remembers what was acknowledged and what was in flight."""

    def __init__(self, server: Signet, browser: Browser):
        super().__init__(daemon=True)
        self.server = server
        self.browser = browser
        self.sessions: list[dict] = []
        self.revoked: list[str] = []
        self.unexpected: list[tuple] = []
        self.acknowledged = 0

    def post(self, path: str, data: dict, **more):
        answer = call("POST", self.server.control + path, data=data, timeout=10, **more)
        if answer.status != 200:
            self.unexpected.append((path, answer.status, answer.body))
        self.acknowledged += 1
        return answer

    def form(self, **form):
        answer = post(self.server, **form)
        if answer.status != 200:
            self.unexpected.append(("/token", answer.status, answer.body))
        self.acknowledged += 1
        return answer

    def begin(self, session):
        """Logs in the short way, or by a code that a browser was given."""
        if session["code"] is None:
            return self.post("/login", {"name": "demo", "password": PASSWORD})
        session["code"] = self.browser.code()
        self.acknowledged += 1
        return self.form(**exchange(session["code"]))

    def next(self, session):
        return renew(self.server, session["live"], session["code"] is not None, self)

    def run(self):
        try:
            while True:
                session = {"code": "" if random.random() < 0.5 else None}
                answer = self.begin(session)
                if answer.status != 200:
                    return
                # spent: acknowledged as used; live: the last one acknowledged; in_flight: sent, no answer yet
                session |= {"spent": [], "live": answer.json["refresh_token"], "in_flight": False}
                self.sessions.append(session)
                access = answer.json["access_token"]
                for _ in range(random.randint(1, 6)):
                    session["in_flight"] = True
                    answer = self.next(session)
                    session["in_flight"] = False
                    if answer.status != 200:
                        return
                    session["spent"].append(session["live"])
                    session["live"] = answer.json["refresh_token"]
                    access = answer.json["access_token"]
                if random.random() < 0.5 and self.post("/revoke", {"token": access}, token=access).status == 200:
                    self.revoked.append(access)
        except GONE:
            pass


def renew(server, token, is_client, client=None):
    """The next tokens, at the door that the session came in by."""
    if is_client:
        form = {"grant_type": "refresh_token", "refresh_token": token}
        return client.form(**form) if client else post(server, **form)
    if client:
        return client.post("/refresh", {"refresh_token": token})
    return call("POST", server.control + "/refresh", data={"refresh_token": token})


def rotate(server, acknowledged):
    """A new signing key; its name is remembered when the command said that it is there."""
    done = run("signing-key", "rotate", "--now", "--data", str(server.data), "--json")
    if done.returncode == 0:
        acknowledged.append(next(key["kid"] for key in json.loads(done.stdout)["keys"] if key["state"] == "current"))


@pytest.mark.timeout(7_200)
def test_kills_lose_no_acknowledged_write(tmp_path):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    random.seed(seed)
    server = Signet(data=tmp_path / "data", demo=True, demo_password=PASSWORD)
    logins = codes = refreshes = revocations = writes = 0
    keys: list[str] = []
    browser = None
    all_revoked: list[str] = []
    try:
        for round_number in range(ROUNDS):
            server.start()
            if browser is None:
                done = run("client", "create", "app", "--public", "--first-party", "--redirect-uri", BACK, "--audience",
                           "demo", "--data", str(server.data))
                assert done.returncode == 0, done.stderr
                browser = Browser(server, PASSWORD)
            clients = [Client(server, browser) for _ in range(4)]
            wanted = random.randint(max(1, WRITES // 2), WRITES * 3 // 2)
            for client in clients:
                client.start()
            rotation = threading.Thread(target=rotate, args=(server, keys), daemon=True)
            if round_number % 4 == 0:
                rotation.start()
            # In the thick of it: after some acknowledged work, at a moment of nobody's choosing.
            wait_for(lambda: sum(client.acknowledged for client in clients) >= wanted, 60)
            time.sleep(random.uniform(0, 0.2))
            server.kill()
            writes += sum(client.acknowledged for client in clients)
            if rotation.ident:
                rotation.join(20)
            for client in clients:
                client.join(20)
                assert not client.is_alive() and client.unexpected == [], client.unexpected
            server.start()
            published = {key["kid"] for key in call("GET", server.control + "/.well-known/jwks.json").json["keys"]}
            assert published.issuperset(keys), f"round {round_number}: an acknowledged key was lost"

            for client in clients:
                for session in client.sessions:
                    is_client = session["code"] is not None
                    logins += not is_client
                    codes += is_client
                    refreshes += len(session["spent"])
                    if is_client and random.random() < 0.5:
                        # A code is spent for good, and its second use ends the family, so nothing more is asked of it.
                        assert post(server, **exchange(session["code"])).status == 400, f"round {round_number}: a code again"
                        continue
                    answer = renew(server, session["live"], is_client)
                    if answer.status != 200:
                        # Only a refresh whose answer never came may have spent it.
                        assert session["in_flight"], f"round {round_number}: an acknowledged token was lost {answer.body}"
                        continue
                    if session["spent"]:
                        again = renew(server, session["spent"][-1], is_client)
                        # For ten seconds it leads to its one successor again, which the kill must not have made another.
                        if again.status == 200:
                            assert again.json["refresh_token"] == session["live"], f"round {round_number}: two successors"
                            continue
                        assert again.status == 400, f"round {round_number}: a spent token is live again"
                        after = renew(server, answer.json["refresh_token"], is_client)
                        assert after.status == 400, f"round {round_number}: reuse did not end the family"
                all_revoked += client.revoked
                revocations += len(client.revoked)
            for access in all_revoked[-40:]:
                refused = call("GET", f"{server.gateway}/demo/orders", token=access)
                assert refused.status == 401, f"round {round_number}: a revocation was forgotten"
                assert refused.json["code"] in ("token-revoked", "token-expired")
            server.kill()
    finally:
        server.stop()
    print(f"{ROUNDS} kills over {writes} acknowledged writes: {logins} logins, {codes} codes, {refreshes} refreshes, "
          f"{revocations} revocations, {len(keys)} keys; none lost, nothing used twice")
    assert logins > 0 and codes >= ROUNDS and refreshes >= ROUNDS and revocations > 0 and keys
