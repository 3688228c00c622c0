"""One successor for any number of callers; kill -9 loses nothing and makes nothing twice.

Without more words a seeded slice runs. SIGNET_PROOF_ROUNDS, SIGNET_PROOF_KILLS, SIGNET_PROOF_WRITES and
SIGNET_PROOF_SEED say otherwise; `make proof-token-service` runs the full counts.

How many tokens were made is also counted where they rest: in the database, opened for reading only.
"""

import json
import os
import random
import sqlite3
import time
from contextlib import closing

import pytest

from signet_process import Answer, Signet, call, run
from test_races import BACK, CALLERS, at_once, exchange, post
from token_service_ledger import YOUNG_ACCESS, YOUNG_CODE, Ledger, Newcomer, Person, Session, Writer
from wire import wait_for

ROUNDS = int(os.environ.get("SIGNET_PROOF_ROUNDS", "20"))
KILLS = int(os.environ.get("SIGNET_PROOF_KILLS", "5"))
WRITES = int(os.environ.get("SIGNET_PROOF_WRITES", "500"))
SEED = os.environ.get("SIGNET_PROOF_SEED", "1")
WRITERS = 4
# How many refreshes of one family are raced for before the next family takes its turn.
GENERATIONS = 10
# For ten seconds a spent refresh token leads to its successor. The server counts whole seconds: from eleven it cannot.
GRACE, PAST_GRACE = 10.0, 11.0
PASSWORD = "a-password-for-the-proof"


@pytest.fixture(scope="module")
def counts():
    """What was seen, told in one line at the end."""
    seen = dict.fromkeys(
        ["rounds", "callers", "successors", "kills", "acknowledged writes", "looked up", "lost", "twice"], 0)
    yield seen
    print("\nproof: " + ", ".join(f"{name} {count}" for name, count in seen.items()) + f" (seed {SEED})")


def started(folder) -> Signet:
    server = Signet(data=folder / "data", demo=True, demo_password=PASSWORD)
    server.start()
    try:
        made = run("client", "create", "app", "--public", "--first-party", "--redirect-uri", BACK, "--audience", "demo",
                   "--data", str(server.data))
        assert made.returncode == 0, made.stderr
        made = run("user", "create", "ada", "--password-env", "ADA", "--data", str(server.data), env={"ADA": PASSWORD})
        assert made.returncode == 0, made.stderr
    except BaseException:
        server.stop()
        raise
    return server


def rows(server: Signet, query: str) -> list[tuple]:
    with closing(sqlite3.connect(f"file:{server.data}/signet.db?mode=ro", uri=True, timeout=10)) as database:
        return database.execute(query).fetchall()


def resting(server: Signet) -> tuple[int, int]:
    """How many families and how many refresh tokens were ever made; none are old enough to be cleared away."""
    return rows(server, "SELECT (SELECT count(*) FROM refresh_families), (SELECT count(*) FROM refresh_tokens)")[0]


def orders(server: Signet, access: str) -> Answer:
    return call("GET", server.gateway + "/demo/orders", token=access)


def refresh(token: str) -> dict:
    return {"grant_type": "refresh_token", "refresh_token": token}


# Races


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = started(tmp_path_factory.mktemp("proof"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def person(server):
    return Person(server, "ada", PASSWORD)


@pytest.fixture(scope="module")
def raced():
    """Of each family that was raced for: its first tokens, when all callers had their answer, its last tokens."""
    return []


@pytest.mark.timeout(3_600)
def test_of_fifty_callers_with_one_refresh_token_all_get_one_successor(server, person, raced, counts):
    for round_number in range(ROUNDS):
        if round_number % GENERATIONS == 0:
            live = post(server, **exchange(person.code())).json
        before, (families, tokens) = live, resting(server)
        answers = at_once(server, refresh(live["refresh_token"]))
        answered = time.monotonic()
        assert resting(server) == (families, tokens + 1), f"round {round_number}: more than one successor was made"
        good = [body for status, body in answers if status == 200]
        refused = [(status, body) for status, body in answers if status != 200]
        successors = {body["refresh_token"] for body in good}
        assert len(successors) == 1 and successors != {before["refresh_token"]}, f"round {round_number}: {successors}"
        assert all(status in (400, 503) and "refresh_token" not in body for status, body in refused), refused
        live = good[0]
        assert orders(server, live["access_token"]).status == 200
        if round_number % GENERATIONS == 0:
            raced.append([before, answered, live])
        raced[-1][2] = live
        counts["rounds"] += 1
        counts["callers"] += len(answers)
        counts["successors"] += len(successors)


@pytest.mark.timeout(3_600)
def test_of_fifty_callers_with_one_code_one_gets_tokens(server, person, counts):
    alone = post(server, **exchange(person.code()))
    assert alone.status == 200 and orders(server, alone.json["access_token"]).status == 200
    for round_number in range(ROUNDS):
        code = person.code()
        families, tokens = resting(server)
        answers = at_once(server, exchange(code))
        assert resting(server) == (families + 1, tokens + 1), f"round {round_number}: more than one was made"
        winners = [body for status, body in answers if status == 200]
        refusals = [(status, body.get("error")) for status, body in answers if status != 200]
        assert len(winners) == 1, f"round {round_number}: {len(winners)} callers got tokens"
        assert refusals == [(400, "invalid_grant")] * (CALLERS - 1), f"round {round_number}: {refusals}"
        # Whoever came second ended what the first one got.
        assert orders(server, winners[0]["access_token"]).status == 401
        assert post(server, **refresh(winners[0]["refresh_token"])).status == 400
        assert post(server, **exchange(code)).status == 400
        counts["rounds"] += 1
        counts["callers"] += len(answers)
        counts["successors"] += len(winners)


@pytest.mark.timeout(3_600)
def test_later_than_ten_seconds_a_spent_refresh_token_ends_its_family(server, raced, counts):
    for first, answered, last in raced:
        time.sleep(max(0.0, answered + PAST_GRACE - time.monotonic()))
        made = resting(server)
        answers = at_once(server, refresh(first["refresh_token"]))
        assert {(status, body.get("error")) for status, body in answers} == {(400, "invalid_grant")}
        assert post(server, **refresh(last["refresh_token"])).status == 400
        assert orders(server, last["access_token"]).status == 401
        assert resting(server) == made, "a token was made for a family that has ended"
        counts["callers"] += len(answers)


# Kills


class Afterwards:
    """Looks up, after a kill, what was acknowledged before it. Looking is using: what it gets is in the ledger, too."""

    def __init__(self, server: Signet, ledger: Ledger):
        self.server = server
        self.ledger = ledger
        self.random = random.Random(f"{SEED}-afterwards")
        self.lost: list[str] = []
        self.twice: list[str] = []
        self.looked_up = 0
        self.families_before = resting(server)[0]

    def is_so(self, condition: bool, complaints: list[str], what: str) -> bool:
        self.looked_up += 1
        if not condition:
            complaints.append(what)
        return condition

    def session(self, session: Session):
        for access, acknowledged in session.revoked:
            if time.monotonic() - acknowledged < YOUNG_ACCESS:
                self.is_refused(access, "the revocation of an access token")
        if session.ended:
            self.is_over(session)
        elif session.ending:
            self.settle_end(session)
        elif session.unanswered is not None:
            self.settle_refresh(session)
        else:
            if session.has_young_access():
                good = orders(self.server, session.access).status == 200
                self.is_so(good, self.lost, f"{session.family}: an access token")
            choice = self.random.random()
            if choice < 0.1 and session.code is not None:
                self.use_code_again(session)
            elif choice < 0.2 and self.is_past_grace(session):
                self.use_old_token(session)
            else:
                self.go_on(session)

    def go_on(self, session: Session):
        """The live token is good, and the one before it leads to its one successor or nowhere."""
        if session.spent:
            self.ask_again(session)
            if session.ended:
                return
        sent = time.monotonic()
        answer = session.renew(self.server, session.tokens[-1])
        if not self.is_so(answer.status == 200, self.lost, f"{session.family}: a refresh token {answer.body!r}"):
            session.ending = session.ended = True
            return
        fresh = answer.json["refresh_token"] not in session.tokens
        self.is_so(fresh, self.twice, f"{session.family}: a token came again")
        session.advance(answer, sent)

    def ask_again(self, session: Session):
        sent, answered = session.spent[-1]
        asked = time.monotonic()
        again = session.renew(self.server, session.tokens[-2])
        if again.status == 200:
            same = again.json["refresh_token"] == session.tokens[-1]
            self.is_so(same, self.twice, f"{session.family}: two successors")
            self.is_so(asked - answered < PAST_GRACE, self.twice, f"{session.family}: good after its time")
        else:
            self.is_so(time.monotonic() - sent > GRACE, self.lost, f"{session.family}: a successor {again.body!r}")
            session.ending = session.ended = True
            self.is_over(session)

    def settle_refresh(self, session: Session):
        """A use without an answer happened or not. Within ten seconds, the same token leads on either way."""
        sent, session.unanswered = session.unanswered, None
        answer = session.renew(self.server, session.tokens[-1])
        if answer.status == 200:
            fresh = answer.json["refresh_token"] not in session.tokens
            self.is_so(fresh, self.twice, f"{session.family}: a token came again")
            session.advance(answer, sent)
            self.go_on(session)
            return
        late = time.monotonic() - sent > GRACE
        self.is_so(late, self.lost, f"{session.family}: a token whose use had no answer {answer.body!r}")
        session.ending = session.ended = session.uncounted = True

    def settle_end(self, session: Session):
        """An end without an answer happened or not."""
        sent = time.monotonic()
        answer = session.renew(self.server, session.tokens[-1])
        if answer.status == 200:
            session.advance(answer, sent)
            session.ending = False
        else:
            session.ended = True
            self.is_over(session)

    def use_code_again(self, session: Session):
        refused = post(self.server, **exchange(session.code)).status == 400
        self.is_so(refused, self.twice, f"{session.family}: a code was good again")
        session.ending = session.ended = True
        self.is_over(session)

    def use_old_token(self, session: Session):
        old = [token for token, (_, at) in zip(session.tokens, session.spent) if time.monotonic() - at > PAST_GRACE]
        refused = session.renew(self.server, self.random.choice(old)).status == 400
        self.is_so(refused, self.twice, f"{session.family}: a spent token was good again")
        session.ending = session.ended = True
        self.is_over(session)

    def is_past_grace(self, session: Session) -> bool:
        return bool(session.spent) and time.monotonic() - session.spent[0][1] > PAST_GRACE

    def is_over(self, session: Session):
        refused = session.renew(self.server, session.tokens[-1]).status == 400
        self.is_so(refused, self.lost, f"{session.family}: the end of a session")
        if session.has_young_access():
            self.is_refused(session.access, "the end of a session")

    def is_refused(self, access: str, what: str):
        answer = orders(self.server, access)
        refused = answer.status == 401 and answer.json["code"] == "token-revoked"
        self.is_so(refused, self.lost, f"{what} {answer.body!r}")

    def codes(self, unused: list[tuple[str, float]]):
        """A code that nobody has used is good once."""
        for code, came in unused:
            answer = post(self.server, **exchange(code))
            if time.monotonic() - came < YOUNG_CODE:
                self.is_so(answer.status == 200, self.lost, f"an unused code {answer.body!r}")
            self.know(answer, code)

    def openings(self, unanswered: list[tuple[str | None, float]]):
        """An exchange or login without an answer may have opened a session. A code is good once at most."""
        self.ledger.unanswered_openings += len(unanswered)
        for code, _ in unanswered:
            if code is not None and self.know(post(self.server, **exchange(code)), code):
                # It had not happened before the kill, so this was the first time.
                self.ledger.unanswered_openings -= 1

    def know(self, answer: Answer, code: str) -> bool:
        if answer.status == 200:
            self.ledger.sessions.append(Session.opened(answer, code))
        return answer.status == 200

    def users(self):
        listed = run("user", "list", "--data", str(self.server.data), "--json")
        assert listed.returncode == 0, listed.stderr
        names = {user["name"] for user in json.loads(listed.stdout)["users"]}
        for user in self.ledger.users:
            self.is_so(user in names, self.lost, f"the user {user}")

    def what_rests(self):
        """As many tokens were made for each family as came to somebody, and no family that nobody asked for."""
        made = dict(rows(self.server, "SELECT family_id, count(*) FROM refresh_tokens GROUP BY family_id"))
        for session in self.ledger.sessions:
            known, count = len(session.tokens), made.get(session.family, 0)
            self.is_so(count >= known, self.lost, f"{session.family}: {count} tokens rest, {known} were given out")
            more = count - known - session.uncounted
            self.is_so(more <= 0, self.twice, f"{session.family}: {count} tokens were made, {known} were given out")
        families = resting(self.server)[0] - self.families_before
        unknown = families - len(self.ledger.sessions) - self.ledger.unanswered_openings
        self.is_so(unknown <= 0, self.twice, f"{unknown} sessions were opened for nobody")

    def complain(self, when: str):
        assert not self.lost and not self.twice, f"{when}: lost {self.lost}, twice {self.twice}"


def use_and_kill(server: Signet, ledger: Ledger, person: Person, kill: int, choices: random.Random, kept: list) -> list:
    """Kills the server while all writers are at work. Gives back the writers, who have all ended."""
    newcomer = Newcomer(server, ledger, f"{SEED}-{kill}-newcomer", f"user-{kill}", PASSWORD, kept[-1])
    writers = [Writer(server, ledger, f"{SEED}-{kill}-{number}", person, kept[number]) for number in range(WRITERS)]
    newcomer.start()
    if kill % 2 == 0:
        # This one is acknowledged before the kill; every other one may be cut off.
        newcomer.join(60)
        assert not newcomer.is_alive() and newcomer.gone is None, "a user could not be made in a minute"
    share = WRITES // KILLS
    wanted = (kill + 1) * share + choices.randint(0, share // 4) if kill + 1 < KILLS else WRITES
    for writer in writers:
        writer.start()
    everybody = [*writers, newcomer]
    wait_for(lambda: ledger.total >= wanted or ledger.unexpected or any(one.gone for one in everybody), 60)
    time.sleep(choices.uniform(0, 0.1))
    killed = time.monotonic()
    server.kill()
    for one in everybody:
        one.join(60)
        assert not one.is_alive(), "a writer does not end"
    assert ledger.unexpected == [], ledger.unexpected
    early = [repr(one.reason) for one in everybody if one.gone is not None and one.gone < killed]
    assert early == [], f"the server was gone before it was killed: {early}"
    return everybody


@pytest.mark.timeout(7_200)
def test_kills_lose_no_acknowledged_write(server, person, counts):
    choices = random.Random(SEED)
    ledger = Ledger()
    ledger.users.append("ada")
    afterwards = Afterwards(server, ledger)
    # The sessions that each writer goes on with after the kill; the last list is the newcomers'.
    kept: list[list[Session]] = [[] for _ in range(WRITERS + 1)]
    cut_off = 0
    for kill in range(KILLS):
        everybody = use_and_kill(server, ledger, person, kill, choices, kept)
        server.start()
        touched = [session for one in everybody for session in one.touched]
        openings = [one.opening for one in everybody if one.opening]
        cut_off += len(openings) + sum(session.unanswered is not None for session in touched)
        earlier = [session for session in ledger.sessions if session not in set(touched)]
        # Those in doubt come first, while the ten seconds of their last token last.
        for session in sorted(touched, key=lambda session: session.unanswered is None):
            afterwards.session(session)
        for session in choices.sample(earlier, min(10, len(earlier))):
            afterwards.session(session)
        afterwards.codes(ledger.codes)
        ledger.codes.clear()
        afterwards.openings(openings)
        afterwards.users()
        afterwards.what_rests()
        counts["kills"] += 1
        counts["acknowledged writes"] = ledger.total
        counts["looked up"] = afterwards.looked_up
        counts["lost"], counts["twice"] = len(afterwards.lost), len(afterwards.twice)
        afterwards.complain(f"kill {kill}")
        # The newcomer's session goes to the writers, who refresh and revoke it at the doors of the short way in.
        for number, session in enumerate(kept[-1]):
            kept[(kill + number) % WRITERS].append(session)
        kept[-1].clear()
    finish(afterwards, ledger)
    counts["looked up"] = afterwards.looked_up
    counts["lost"], counts["twice"] = len(afterwards.lost), len(afterwards.twice)
    afterwards.complain("at the end")
    print(f"\nkills: {KILLS} over {dict(ledger.acknowledged)}, {cut_off} cut off without an answer")
    assert ledger.total >= WRITES and cut_off > 0
    kinds = ["logins", "codes", "exchanges", "refreshes", "revocations", "users"]
    assert all(ledger.acknowledged[kind] for kind in kinds)


def finish(afterwards: Afterwards, ledger: Ledger):
    """No session is left out: a spent token of it, or its code, is used again. The last user can still log in."""
    for session in ledger.sessions:
        if session.ended:
            afterwards.is_over(session)
        elif afterwards.is_past_grace(session):
            afterwards.use_old_token(session)
        elif session.code is not None:
            afterwards.use_code_again(session)
        else:
            afterwards.go_on(session)
    afterwards.what_rests()
    answer = call("POST", afterwards.server.control + "/login", data={"name": ledger.users[-1], "password": PASSWORD})
    afterwards.is_so(answer.status == 200, afterwards.lost, f"the password of {ledger.users[-1]}: {answer.body!r}")
