"""A disk that runs full under the running server: nothing is promised that was not stored, and it goes on when there is room."""

import os
import subprocess

import pytest

from signet_process import Signet, call
from wire import wait_for

PASSWORD = "full-disk-password"


@pytest.fixture
def small_disk(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m,mode=0700", "tmpfs", str(place)], capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_is_said_and_survived(small_disk):
    server = Signet(data=small_disk / "data", demo=True, demo_password=PASSWORD)
    server.start()
    try:
        session = server.login("demo", PASSWORD)
        ballast = small_disk / "ballast"
        with ballast.open("wb") as file:
            try:
                while True:
                    file.write(b"x" * 65_536)
                    file.flush()
            except OSError:
                pass
        told = set()
        refresh = session["refresh_token"]
        for _ in range(400):
            answer = call("POST", server.control + "/refresh", data={"refresh_token": refresh})
            told.add(answer.status)
            if answer.status != 200:
                break
            refresh = answer.json["refresh_token"]
        assert answer.status == 503, (told, answer.body)
        assert answer.json["code"] == "store-unavailable" and answer.headers["Retry-After"]
        # What needs writing is refused; what does not, goes on; nobody is let in without a record of it.
        login = call("POST", server.control + "/login", data={"name": "demo", "password": PASSWORD})
        assert login.status == 503 and "access_token" not in login.body.decode()
        revoke = call("POST", server.control + "/revoke", data={"token": session["access_token"]}, token=session["access_token"])
        assert revoke.status == 503
        assert call("GET", server.control + "/readyz").status == 503
        assert call("GET", server.control + "/healthz").status == 200
        assert call("GET", server.gateway + "/demo/orders", token=session["access_token"]).status == 200
        ballast.unlink()
        # Readiness is looked at once a second at most.
        wait_for(lambda: call("GET", server.control + "/readyz").status == 200, 10)
        # The refused refresh spent nothing.
        answer = call("POST", server.control + "/refresh", data={"refresh_token": refresh})
        assert answer.status == 200, answer.body
        assert call("POST", server.control + "/login", data={"name": "demo", "password": PASSWORD}).status == 200
        server.kill()
        server.start()
        assert call("POST", server.control + "/refresh", data={"refresh_token": answer.json["refresh_token"]}).status == 200
    finally:
        server.stop()
