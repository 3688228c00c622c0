"""Changing the configuration of a running server: whole or not at all, in force when it is acknowledged, and nobody's request lost."""

import json
import os
import random
import signal
import subprocess
import threading
import time

import pytest

from conftest import write_configuration
from signet_process import Signet, binary, call, run

KILLS = int(os.environ.get("SIGNET_APPLY_KILLS", "12"))
APPLIES = int(os.environ.get("SIGNET_APPLIES", "60"))


def document(port, *names, limit="1000000/min per address"):
    apis = "\n".join(f"  {name}: {{ path: /{name}, upstream: u-{names[0]}, access: anonymous, limit: {limit} }}" for name in names)
    return f'upstreams: {{ u-{names[0]}: "http://127.0.0.1:{port}" }}\napis:\n{apis}\n'


@pytest.fixture
def server(tmp_path):
    signet = Signet(data=tmp_path / "data").start()
    yield signet
    signet.stop()


def signet(server, *arguments):
    return run(*arguments, "--data", str(server.data))


def applied(server, path, *more):
    done = signet(server, "apply", "-f", str(path), *more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def served(server, *names):
    return [call("GET", f"{server.gateway}/{name}").status == 200 for name in names]


def test_what_is_acknowledged_is_in_force_and_what_is_gone_is_gone(server, tmp_path, upstream):
    path = write_configuration(tmp_path, document(upstream.port, "a", "b"))
    told = applied(server, path, "--dry-run")
    assert "+ api a" in told and "dry run" in told and served(server, "a", "b") == [False, False]
    assert signet(server, "diff", "-f", str(path)).returncode == 1
    told = applied(server, path, "--note", "first")
    assert "+ api a" in told and "revision 1 is in force: 2 routes" in told
    assert served(server, "a", "b") == [True, True]
    assert "nothing changes" in applied(server, path)
    assert signet(server, "diff", "-f", str(path)).returncode == 0
    path.write_text(document(upstream.port, "a", "c"))
    told = applied(server, path)
    assert "- api b" in told and "+ api c" in told
    assert served(server, "a", "b", "c") == [True, False, True]
    listed = signet(server, "history").stdout
    assert "(first)" in listed and "operator" in listed and str(path) in listed
    assert "- api b" in signet(server, "history", "2").stdout
    assert "revision 3 is in force" in signet(server, "rollback", "1").stdout
    assert served(server, "a", "b", "c") == [True, True, False]
    events = signet(server, "audit", "--json").stdout
    assert events.count("configuration-changed") == 3


def test_a_file_owns_what_it_lists_and_no_more(server, tmp_path, upstream):
    mine = write_configuration(tmp_path, document(upstream.port, "mine"), "mine.yaml")
    yours = write_configuration(tmp_path, document(upstream.port, "yours"), "yours.yaml")
    applied(server, mine), applied(server, yours)
    assert served(server, "mine", "yours") == [True, True]
    yours.write_text(document(upstream.port, "mine"))
    refused = signet(server, "apply", "-f", str(yours))
    assert refused.returncode == 1 and "mine.yaml" in refused.stderr and "belongs to" in refused.stderr
    # What others name stays.
    yours.write_text("apis: { late: { path: /late, upstream: u-mine, access: anonymous } }\n")
    applied(server, yours)
    mine.write_text("upstreams: { other: http://127.0.0.1:9 }\n")
    refused = signet(server, "apply", "-f", str(mine))
    assert refused.returncode == 1 and "u-mine" in refused.stderr
    assert served(server, "mine", "late") == [True, True]


def test_what_others_own_is_taken_over_when_it_is_told_to_be(tmp_path, upstream):
    own = write_configuration(tmp_path, document(upstream.port, "own"), "own.yaml")
    server = Signet(data=tmp_path / "data", config=own).start()
    try:
        other = write_configuration(tmp_path, document(upstream.port, "other"), "other.yaml")
        applied(server, other)
        taker = write_configuration(tmp_path, document(upstream.port, "other", "more"), "taker.yaml")
        refused = signet(server, "apply", "-f", str(taker))
        assert refused.returncode == 1 and "--take-over" in refused.stderr and served(server, "more") == [False]
        told = applied(server, taker, "--take-over", "--dry-run")
        assert f"~ api other: owner file {other} → file {taker}" in told and served(server, "more") == [False]
        told = applied(server, taker, "--take-over")
        assert "+ api more" in told and served(server, "other", "more") == [True, True]
        assert "belongs to" in signet(server, "apply", "-f", str(other)).stderr
        # What the server reads at each start stays its own: the next start would be refused.
        thief = write_configuration(tmp_path, document(upstream.port, "own"), "thief.yaml")
        refused = signet(server, "apply", "-f", str(thief), "--take-over")
        assert refused.returncode == 1 and str(own) in refused.stderr
        server.stop()
        server = Signet(data=tmp_path / "data", config=own).start()
        assert served(server, "own", "other", "more") == [True, True, True]
    finally:
        server.stop()


def test_a_bad_document_changes_nothing_and_tells_everything(server, tmp_path, upstream):
    path = write_configuration(tmp_path, document(upstream.port, "a"))
    applied(server, path)
    path.write_text(document(upstream.port, "a", "b").replace("/b", "b") + "  c: { path: /c, upstrem: x, access: anonymous }\n")
    refused = signet(server, "apply", "-f", str(path))
    assert refused.returncode == 1 and "line 4" in refused.stderr and "line 5" in refused.stderr
    assert served(server, "a", "b") == [True, False]
    path.write_text(document(upstream.port, "a") + "issuers: { i: { issuer: x, keys: { file: gone.json } } }\n")
    refused = signet(server, "apply", "-f", str(path))
    assert refused.returncode == 1 and "line 4" in refused.stderr and "gone.json" in refused.stderr
    assert "+0 ~0" not in signet(server, "history").stdout and signet(server, "history", "2").returncode == 1


def test_two_who_change_at_once_do_not_overwrite_each_other(server, tmp_path, upstream):
    path = write_configuration(tmp_path, document(upstream.port, "a"))
    applied(server, path)
    path.write_text(document(upstream.port, "a", "b"))
    assert signet(server, "apply", "-f", str(path), "--expect", "0").returncode == 1
    applied(server, path, "--expect", "1")


def test_it_is_there_after_a_restart_and_exports_to_a_document_that_says_the_same(server, tmp_path, upstream):
    path = write_configuration(tmp_path, document(upstream.port, "a"))
    applied(server, path)
    exported = tmp_path / "exported.yaml"
    exported.write_text(signet(server, "export").stdout)
    assert run("check", str(exported)).returncode == 0
    server.stop()
    again = Signet(data=server.data).start()
    try:
        assert served(again, "a") == [True]
    finally:
        again.stop()


def test_the_history_keeps_as_many_revisions_as_it_is_told(server, tmp_path, upstream):
    path = write_configuration(tmp_path, document(upstream.port, "a"))
    for number in range(4):
        path.write_text(f"settings: {{ kept-revisions: '3' }}\n" + document(upstream.port, "a", limit=f"{number + 1}/min"))
        applied(server, path)
    assert [signet(server, "history", str(revision)).returncode for revision in (1, 2, 3, 4)] == [1, 0, 0, 0]
    assert "revision 5 is in force" in signet(server, "rollback", "2").stdout
    assert [signet(server, "history", str(revision)).returncode for revision in (2, 3, 5)] == [1, 0, 0]
    path.write_text("settings: { kept-revisions: none }\n")
    refused = signet(server, "apply", "-f", str(path))
    assert refused.returncode == 1 and "kept-revisions" in refused.stdout + refused.stderr


@pytest.mark.timeout(60 + 3 * APPLIES)
def test_no_request_is_lost_while_it_changes(server, tmp_path, upstream):
    path = write_configuration(tmp_path, document(upstream.port, "a"))
    applied(server, path)
    failed, done, stop = [], [], threading.Event()

    def work():
        while not stop.is_set():
            try:
                outcome = call("GET", f"{server.gateway}/a").status
            except OSError as error:
                outcome = error
            done.append(outcome)
            if outcome != 200:
                failed.append(outcome)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for number in range(APPLIES):
            path.write_text(document(upstream.port, "a", f"n{number}", limit=f"{1_000_000 + number}/min per address"))
            applied(server, path)
            assert served(server, f"n{number}") == [True], "it was acknowledged and is not in force"
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not failed and len(done) > APPLIES, (failed[:5], len(done))
    print(f"{APPLIES} changes, {len(done)} requests")


@pytest.mark.timeout(60 + 5 * KILLS)
def test_killed_in_the_middle_it_is_before_or_after_and_never_between(tmp_path, upstream):
    chance = random.Random(5)
    data = tmp_path / "data"
    # In turn; of three, the one that is in force tells an acknowledged change that is gone from one that nobody heard of.
    states = [["a", "b", "c"], ["d", "e", "f"], ["g", "h", "i"]]
    path = write_configuration(tmp_path, document(upstream.port, *states[0]))
    acknowledged, unheard = -1, 0
    server = Signet(data=data).start()
    try:
        for round in range(KILLS):
            stop = threading.Event()

            def change():
                nonlocal acknowledged
                while not stop.is_set():
                    path.write_text(document(upstream.port, *states[(acknowledged + 1) % 3]))
                    done = subprocess.run(
                        [binary(), "apply", "-f", str(path), "--data", str(data)], capture_output=True, text=True)
                    if done.returncode != 0:
                        return
                    acknowledged += 1

            thread = threading.Thread(target=change)
            thread.start()
            time.sleep(0.15 + chance.random() * 0.6)
            server.process.send_signal(signal.SIGKILL)
            server.process.wait()
            stop.set()
            thread.join()
            server = Signet(data=data, control_port=server.control_port, gateway_port=server.gateway_port).start()
            found = [served(server, *names) for names in states]
            assert all(len(set(one)) == 1 for one in found), (round, found)
            in_force = [number for number, one in enumerate(found) if one[0]]
            assert len(in_force) == 1 or (not in_force and acknowledged < 0), (round, found)
            if in_force == [(acknowledged + 1) % 3]:
                acknowledged += 1
                unheard += 1
            assert acknowledged < 0 or in_force == [acknowledged % 3], ("an acknowledged change is gone", round, found)
    finally:
        server.stop()
    assert acknowledged > 0
    print(f"{KILLS} kills, {acknowledged + 1} changes, {unheard} of them in force and not acknowledged")
