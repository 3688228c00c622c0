"""kill -9 in the middle of logins, refreshes and revocations, 20 times: what was acknowledged is there afterwards."""

import http.client
import random
import threading
import time

import pytest

from signet_process import Signet, call
from wire import wait_for

ROUNDS = 20
PASSWORD = "durable-demo-password"
GONE = (ConnectionError, http.client.HTTPException, TimeoutError, OSError)


class Client(threading.Thread):
    """Logs in and refreshes until the server is gone, and remembers what was acknowledged and what was in flight."""

    def __init__(self, server: Signet):
        super().__init__(daemon=True)
        self.server = server
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

    def run(self):
        try:
            while True:
                answer = self.post("/login", {"name": "demo", "password": PASSWORD})
                if answer.status != 200:
                    return
                # spent: acknowledged as used; live: the last one acknowledged; in_flight: sent, no answer yet
                session = {"spent": [], "live": answer.json["refresh_token"], "in_flight": False}
                self.sessions.append(session)
                access = answer.json["access_token"]
                for _ in range(random.randint(1, 6)):
                    session["in_flight"] = True
                    answer = self.post("/refresh", {"refresh_token": session["live"]})
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


@pytest.mark.timeout(600)
def test_20_kills_lose_no_acknowledged_write(tmp_path):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    random.seed(seed)
    server = Signet(data=tmp_path / "data", demo=True, demo_password=PASSWORD)
    logins = refreshes = revocations = 0
    all_revoked: list[str] = []
    try:
        for round_number in range(ROUNDS):
            server.start()
            clients = [Client(server) for _ in range(4)]
            wanted = random.randint(6, 30)
            for client in clients:
                client.start()
            # In the thick of it: after some acknowledged work, at a moment of nobody's choosing.
            wait_for(lambda: sum(client.acknowledged for client in clients) >= wanted, 60)
            time.sleep(random.uniform(0, 0.2))
            server.kill()
            for client in clients:
                client.join(20)
                assert not client.is_alive() and client.unexpected == [], client.unexpected
            server.start()

            for client in clients:
                for session in client.sessions:
                    logins += 1
                    refreshes += len(session["spent"])
                    answer = call("POST", server.control + "/refresh", data={"refresh_token": session["live"]})
                    if answer.status != 200:
                        # Only a refresh whose answer never came may have spent it.
                        assert session["in_flight"], f"round {round_number}: an acknowledged token was lost {answer.body}"
                        continue
                    if session["spent"]:
                        again = call("POST", server.control + "/refresh", data={"refresh_token": session["spent"][-1]})
                        # For ten seconds it leads to its one successor again, which the kill must not have made another.
                        if again.status == 200:
                            assert again.json["refresh_token"] == session["live"], f"round {round_number}: two successors"
                            continue
                        assert again.status == 400, f"round {round_number}: a spent token is live again"
                        after = call("POST", server.control + "/refresh", data={"refresh_token": answer.json["refresh_token"]})
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
    print(f"{ROUNDS} kills; {logins} logins, {refreshes} refreshes and {revocations} revocations were acknowledged")
    assert logins >= ROUNDS and refreshes >= ROUNDS and revocations > 0
