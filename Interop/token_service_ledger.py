"""Writers that use a token service until it is gone, and the ledger of what it acknowledged to them."""

import base64
import http.client
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from signet_process import Answer, Signet, call, run
from test_races import BACK, CHALLENGE, exchange, post

GONE = (ConnectionError, http.client.HTTPException, TimeoutError, OSError)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# An access token lives 300 seconds; a code lives 60. Younger than this, nothing has expired yet.
YOUNG_ACCESS = 200.0
YOUNG_CODE = 45.0


class PasswordForm(HTMLParser):
    """The form of a page that asks for a password: where it goes, and its hidden fields."""

    def __init__(self, page: str):
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}
        self._form: tuple[str, dict] = ("", {})
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        if tag == "form":
            self._form = (told.get("action", ""), {})
        elif tag == "input" and told.get("type") == "hidden":
            self._form[1][told["name"]] = told.get("value", "")
        elif tag == "input" and told.get("type") == "password" and self.action is None:
            self.action, self.fields = self._form


class Person:
    """Somebody with cookies who signs in on the pages once. After that, codes come without any page."""

    def __init__(self, server: Signet, name: str, password: str):
        self.server = server
        self.cookies: dict[str, str] = {}
        begun = self.visit("GET", self.request())
        assert begun.status == 303, begun.body
        address = urljoin(server.control, begun.headers["Location"])
        form = PasswordForm(self.visit("GET", address).body.decode())
        assert form.action, "the sign-in page has no password form"
        body = urlencode({**form.fields, "name": name, "password": password}).encode()
        done = self.visit("POST", urljoin(address, form.action), body, {**FORM, "Sec-Fetch-Site": "same-origin"})
        assert done.status == 303, done.body

    def request(self) -> str:
        return self.server.control + "/authorize?" + urlencode({
            "client_id": "app", "response_type": "code", "redirect_uri": BACK, "scope": "openid offline_access",
            "code_challenge": CHALLENGE, "code_challenge_method": "S256"})

    def visit(self, method: str, url: str, body: bytes | None = None, headers=None) -> Answer:
        headers = dict(headers or {})
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = call(method, url, body=body, headers=headers)
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def code(self) -> str:
        answer = self.visit("GET", self.request())
        said = parse_qs(urlsplit(answer.headers["Location"] or "").query)
        assert "code" in said, f"no code for somebody who is signed in: {answer.status} {answer.headers['Location']}"
        return said["code"][0]


@dataclass(eq=False)
class Session:
    """What is known of one family of refresh tokens."""

    # None for a session of the short way in, which is refreshed at /refresh; the others are refreshed at /token.
    code: str | None
    # Every refresh token, in order; the last one is live.
    tokens: list[str]
    # None when its revocation was sent.
    access: str | None
    access_at: float
    family: str
    # For each token but the last: when its use was sent, and when the answer was here.
    spent: list[tuple[float, float]] = field(default_factory=list)
    # When the use of the last token was sent, while there is no answer.
    unanswered: float | None = None
    revoked: list[tuple[str, float]] = field(default_factory=list)
    # An end was sent; an end was acknowledged.
    ending: bool = False
    ended: bool = False
    # A use without an answer may have made one more token, which nobody can ask for any more.
    uncounted: bool = False

    @staticmethod
    def opened(answer: Answer, code: str | None) -> "Session":
        access = answer.json["access_token"]
        payload = access.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return Session(code, [answer.json["refresh_token"]], access, time.monotonic(), claims["sid"])

    def has_young_access(self) -> bool:
        return self.access is not None and time.monotonic() - self.access_at < YOUNG_ACCESS

    def renew(self, server: Signet, token: str) -> Answer:
        if self.code is None:
            return call("POST", server.control + "/refresh", data={"refresh_token": token})
        return post(server, grant_type="refresh_token", refresh_token=token)

    def advance(self, answer: Answer, sent: float):
        now = time.monotonic()
        self.spent.append((sent, now))
        self.tokens.append(answer.json["refresh_token"])
        self.access, self.access_at, self.unanswered = answer.json["access_token"], now, None


class Ledger:
    """What was acknowledged, by kind, and everything that can be looked up afterwards."""

    def __init__(self):
        self.acknowledged: Counter[str] = Counter()
        self.sessions: list[Session] = []
        # Codes that nobody has used, with the time they came.
        self.codes: list[tuple[str, float]] = []
        self.users: list[str] = []
        self.unexpected: list[str] = []
        # Logins and code exchanges without an answer: each may have opened a session that nobody knows.
        self.unanswered_openings = 0
        self._lock = threading.Lock()

    @property
    def total(self) -> int:
        with self._lock:
            return sum(self.acknowledged.values())

    def acknowledge(self, kind: str):
        with self._lock:
            self.acknowledged[kind] += 1


class UntilGone(threading.Thread):
    """Works in bounded steps until the server is gone, and notes when that was."""

    def __init__(self, server: Signet, ledger: Ledger, seed: str):
        super().__init__(daemon=True)
        self.server = server
        self.ledger = ledger
        self.random = random.Random(seed)
        self.gone: float | None = None
        self.finished = False

    def run(self):
        deadline = time.monotonic() + 120
        try:
            while not self.finished and time.monotonic() < deadline:
                self.step()
        except GONE as error:
            self.gone = time.monotonic()
            self.reason = error
        except Exception as error:
            self.ledger.unexpected.append(repr(error))

    def step(self):
        raise NotImplementedError

    def is_good(self, answer: Answer, what: str) -> bool:
        if answer.status != 200:
            self.ledger.unexpected.append(f"{what}: {answer.status} {answer.body!r}")
            self.finished = True
        return answer.status == 200


class Writer(UntilGone):
    """Opens sessions by code, refreshes, revokes, and ends some of them."""

    def __init__(self, server: Signet, ledger: Ledger, seed: str, person: Person, sessions: list[Session]):
        super().__init__(server, ledger, seed)
        self.person = person
        # Those that this writer may go on with, also from before earlier kills.
        self.sessions = sessions
        self.touched: set[Session] = set()
        # A code whose exchange has no answer yet, and when it came.
        self.opening: tuple[str, float] | None = None

    def step(self):
        usable = [session for session in self.sessions if not session.ending][-6:]
        if not usable or self.random.random() < 0.12:
            self.open_session()
            return
        session = self.random.choice(usable)
        self.touched.add(session)
        choice = self.random.random()
        if choice < 0.8 or not session.has_young_access():
            self.refresh(session)
        elif choice < 0.94:
            self.revoke_access(session)
        else:
            self.end(session)

    def open_session(self):
        code = self.person.code()
        self.ledger.acknowledge("codes")
        if self.random.random() < 0.15:
            self.ledger.codes.append((code, time.monotonic()))
            return
        self.opening = (code, time.monotonic())
        answer = post(self.server, **exchange(code))
        if self.is_good(answer, "exchange"):
            self.keep(Session.opened(answer, code))
            self.ledger.acknowledge("exchanges")
        self.opening = None

    def keep(self, session: Session):
        self.ledger.sessions.append(session)
        self.sessions.append(session)
        self.touched.add(session)

    def refresh(self, session: Session):
        session.unanswered = sent = time.monotonic()
        answer = session.renew(self.server, session.tokens[-1])
        if self.is_good(answer, "refresh"):
            session.advance(answer, sent)
            self.ledger.acknowledge("refreshes")

    def revoke_access(self, session: Session):
        access, session.access = session.access, None
        if self.is_good(self.revoke(session, access, access), "revoke"):
            session.revoked.append((access, time.monotonic()))
            self.ledger.acknowledge("revocations")

    def end(self, session: Session):
        session.ending = True
        if self.is_good(self.revoke(session, session.tokens[-1], session.access), "end"):
            session.ended = True
            self.ledger.acknowledge("revocations")

    def revoke(self, session: Session, token: str, bearer: str) -> Answer:
        """At one of its two doors: a client's form, or a person's JSON."""
        if session.code is not None and self.random.random() < 0.5:
            body = urlencode({"client_id": "app", "token": token}).encode()
            return call("POST", self.server.control + "/revoke", body=body, headers=FORM)
        return call("POST", self.server.control + "/revoke", data={"token": token}, token=bearer)


class Newcomer(UntilGone):
    """Makes one user at the terminal and logs in the short way. Both cost a password hash, so only one at a time."""

    def __init__(self, server: Signet, ledger: Ledger, seed: str, name: str, password: str, sessions: list[Session]):
        super().__init__(server, ledger, seed)
        self.user = name
        self.password = password
        self.sessions = sessions
        self.touched: set[Session] = set()
        self.opening = None

    def step(self):
        done = run("user", "create", self.user, "--password-env", "NEWCOMER", "--data", str(self.server.data),
                   "--json", env={"NEWCOMER": self.password}, timeout=30)
        if done.returncode != 0:
            raise ConnectionError(f"signet user create: {done.stderr}")
        self.ledger.users.append(self.user)
        self.ledger.acknowledge("users")
        self.log_in()
        self.finished = True

    def log_in(self):
        self.opening = (None, time.monotonic())
        answer = call("POST", self.server.control + "/login", data={"name": self.user, "password": self.password})
        if self.is_good(answer, "login"):
            session = Session.opened(answer, None)
            self.ledger.sessions.append(session)
            self.sessions.append(session)
            self.touched.add(session)
            self.ledger.acknowledge("logins")
        self.opening = None
