"""Walks the guide Documentation/FIFTEEN-MINUTES.md as a stranger would: its lines in one shell, its tables and labels in the console.

What is pasted, answered and pressed is taken from the guide itself, with this run's ports in the place of the usual ones. Three blocks are not
run: `make run`, what it prints, and the installation of the clients, which are here already.
"""

import os
import queue
import re
import subprocess
import sys
import threading
import time

import pytest

from conftest import served_with_console
from console_page import ConsolePage
from model_double import ModelDouble
from signet_process import ROOT, binary
from wire import wait_for

GUIDE = (ROOT / "Documentation/FIFTEEN-MINUTES.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"<!-- ([\w-]+) -->\n```\w+\n(.*?)```", re.DOTALL)
TABLE = re.compile(r"<!-- ([\w-]+) -->\n((?:\|.*\n)+)")
ROW = re.compile(r"^\| \*\*(.+?)\*\* \| `(.+?)` \|$", re.MULTILINE)
# What the stand-in for a hosted provider counts for each answer, and the demo's model for the guide's question.
HOSTED, DEMO = (1000, 200), (2, 11)


class Guide:
    """The guide's blocks and tables by their names, with this run's addresses in them. What nobody asked for is left over."""

    def __init__(self, addresses: dict[str, str]):
        text = GUIDE
        for usual, here in addresses.items():
            assert usual in text, f"the guide does not name {usual}"
            text = text.replace(usual, here)
        self.blocks = dict(BLOCK.findall(text))
        self.tables = {name: ROW.findall(rows) for name, rows in TABLE.findall(text)}
        assert len(re.findall(r"^```\w", text, re.MULTILINE)) == len(self.blocks), "a block has no name, or one that another has"

    def block(self, name: str) -> str:
        return self.blocks.pop(name)

    def table(self, name: str) -> list[tuple[str, str]]:
        return self.tables.pop(name)


class Shell:
    """One shell for all of the guide's lines, as in a terminal: what a line leaves behind is there for the next."""

    def __init__(self, folder):
        path = f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}"
        self.process = subprocess.Popen(
            ["bash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder,
            env={**{name: value for name, value in os.environ.items() if not name.startswith("SIGNET_")}, "PATH": path})
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line)

    def run(self, text: str, seconds=30.0) -> str:
        """Runs the lines, and gives what they print. A comment `# 200` must be the status that its line shows."""
        self.process.stdin.write(f"{text}\necho; echo '--- end'\n")
        self.process.stdin.flush()
        printed = []
        end = time.monotonic() + seconds
        while True:
            line = self.lines.get(timeout=max(0.1, end - time.monotonic()))
            if line == "--- end\n":
                break
            printed.append(line)
        told = "".join(printed)
        promised = re.findall(r"^curl -i .*# (\d{3})\b", text, re.MULTILINE)
        assert re.findall(r"^HTTP/1.1 (\d{3})", told, re.MULTILINE)[:len(promised)] == promised, (text, told)
        return told

    def stop(self):
        self.process.stdin.close()
        self.process.wait(10)


class Walk(ConsolePage):
    """The console of the guide's reader; remembers everything that its pages showed."""

    def __init__(self, *arguments, **context):
        super().__init__(*arguments, **context)
        self.seen: set[str] = set()

    def look(self):
        """Remembers each piece of text of the page, as it stands in its own element."""
        self.seen |= set(self.page.evaluate("""() => {
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = []
            while (walker.nextNode()) found.push(walker.currentNode.data.trim().replace(/\\s+/g, " "))
            return found
        }"""))

    def misses(self, section: str) -> list[str]:
        """The labels of a part of the guide that no page has shown; … stands for what differs."""
        prose = re.sub(r"```.*?```", "", section, flags=re.DOTALL)
        labels = {" ".join(label.split()) for label in re.findall(r"\*\*(.+?)\*\*", prose, re.DOTALL)}
        patterns = {label: re.compile(re.escape(label).replace("…", r"\S+")) for label in labels}
        return [label for label, pattern in patterns.items() if not any(pattern.fullmatch(text) for text in self.seen)]

    def fill(self, answers):
        for label, value in answers:
            self.answer(**{label: value})
        self.look()

    def press(self, name, then=None):
        self.look()
        self.page.get_by_role("button", name=name, exact=True).click()
        if then:
            self.page.get_by_text(then).first.wait_for()
            self.look()

    def go(self, path):
        super().go(path)
        self.look()

    def counted(self, chart: str) -> list[int]:
        """The sums of the columns of the table below a chart; none where there is no such chart yet."""
        titled = self.page.locator("signet-chart").filter(has=self.page.get_by_role("heading", name=chart, exact=True))
        if titled.count() == 0:
            return []
        titled.get_by_text("As a table").click()
        titled.locator("tbody tr").first.wait_for()
        self.look()
        rows = titled.locator("tbody tr").evaluate_all(
            "rows => rows.map(row => [...row.querySelectorAll('td')].map(cell => Number(cell.textContent.replaceAll(',', ''))))")
        return [sum(column) for column in zip(*rows)]


@pytest.fixture
def hosted_model():
    double = ModelDouble("hosted")
    double.models = ["gpt-4.1-mini"]
    yield double
    double.stop()


@pytest.fixture
def served(tmp_path):
    """`make run` in an empty folder, less the building."""
    (tmp_path / ".build/release").mkdir(parents=True)
    (tmp_path / ".build/release/signet").symlink_to(binary())
    (tmp_path / "sdk/bin").mkdir(parents=True)
    (tmp_path / "sdk/bin/python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (tmp_path / "sdk/bin/python").chmod(0o755)
    with served_with_console(tmp_path / "signet-data", demo=True) as signet:
        yield signet


@pytest.fixture
def shell(tmp_path):
    shells = [Shell(tmp_path)]
    yield shells[0]
    shells[0].stop()


def write(folder, guide, name, file):
    (folder / file).write_text(guide.block(name))


@pytest.mark.timeout(300)
def test_a_stranger_walks_the_guide(served, shell, hosted_model, chromium, tmp_path):
    guide = Guide({
        "localhost:8080": f"localhost:{served.control_port}", "127.0.0.1:8000": f"127.0.0.1:{served.gateway_port}",
        "https://api.openai.com/v1": hosted_model.address})
    with Walk(chromium, served.console, viewport={"width": 1280, "height": 800}, color_scheme="light") as walk:
        steps = {
            "Start and sign in": lambda: start_and_sign_in(walk, served, shell, guide),
            "Protect an API": lambda: protect_an_api(walk, shell, guide),
            "Let somebody in": lambda: let_somebody_in(walk, shell, guide),
            "Say no, and say why": lambda: say_no_and_say_why(walk, shell, guide),
            "Language models": lambda: language_models(walk, shell, guide, hosted_model, tmp_path),
            "An agent's token": lambda: an_agents_token(walk, shell, guide),
            "As code": lambda: as_code(walk, shell, guide),
        }
        parts = re.findall(r"^## \d+\. ([^\n]+)\n(.*?)(?=^## )", GUIDE, re.DOTALL | re.MULTILINE)
        assert [title for title, _ in parts] == list(steps)
        for title, text in parts:
            walk.seen.clear()
            steps[title]()
            assert walk.misses(text) == [], f"no page showed these labels of {title}"
        assert guide.blocks == {} and guide.tables == {}, "nobody walks these"
        assert walk.violations == []
        assert [error for error in walk.errors if "the server responded with a status of" not in error] == []


def start_and_sign_in(walk, served, shell, guide):
    printed = served.lines
    for line in re.search(r"```\n(first start.*?)```", GUIDE, re.DOTALL).group(1).replace(
            "http://localhost:8080", served.console).splitlines():
        assert any(re.fullmatch(re.escape(line).replace("…", r"\S+"), one) for one in printed), (line, printed)
    walk.open("sign-in")
    walk.look()
    walk.page.get_by_role("button", name="Sign in").click()
    walk.page.get_by_label("Name").fill(served.admin_name)
    walk.page.get_by_label("Password").fill(served.admin_password)
    walk.press("Sign in")
    walk.wait_for("overview")
    walk.page.get_by_role("heading", name="What to do first").wait_for()
    walk.look()
    assert "there are no revisions" in shell.run(guide.block("path"))


def protect_an_api(walk, shell, guide):
    walk.go("protect")
    walk.fill(guide.table("protect"))
    assert walk.field("Path").input_value() == "/orders"
    assert re.fullmatch(r"http://127.0.0.1:\d+", walk.field("Address").input_value())
    file = walk.page.get_by_label("Change it here, or there")
    limit = walk.field("Limit").input_value()
    assert limit in file.input_value()
    file.fill(file.input_value().replace("5/min", "6/min"))
    assert walk.field("Limit").input_value() == "6/min per consumer"
    walk.answer(Limit=limit)
    walk.press("Protect it", "orders is protected.")
    assert "token-missing" in shell.run(guide.block("closed"))


def let_somebody_in(walk, shell, guide):
    walk.page.get_by_role("main").get_by_role("link", name="Let somebody in").click()
    walk.wait_for("let-in")
    walk.page.get_by_role("heading", name="Let somebody in").wait_for()
    walk.fill(guide.table("let-in"))
    walk.press("Let them in", "acme is let in.")
    key = walk.page.get_by_label("The API key").input_value()
    walk.go("analytics")
    walk.page.locator("signet-live dd").first.wait_for()
    walk.look()
    walk.page.evaluate("""() => {
        window.shown = []
        const live = document.querySelector("signet-live")
        new MutationObserver(() => window.shown.push([Date.now(), ...[...live.querySelectorAll("dd")].map(one => one.textContent)]))
            .observe(live, { childList: true })
    }""")
    shell.run(guide.block("key").replace("…", key))
    told = shell.run(guide.block("six"))
    sent = time.time()
    assert re.findall(r"^HTTP/1.1 (\d{3})", told, re.MULTILINE) == ["200"] * 5 + ["429"], told
    assert 1 <= int(re.search(r"(?i)^retry-after: (\d+)", told, re.MULTILINE).group(1)) <= 62, told

    def shown():
        rows = walk.page.evaluate("window.shown")
        refused = [row for row in rows if "limit-exceeded 1" in row[4]]
        return refused and sum(int(row[1]) for row in rows) == 6 and refused[0][0]
    # Two seconds, and as many again where the machine has other things to do.
    assert wait_for(shown, 10) / 1000 - sent < 4, "the live numbers came late"

    # Nothing was asked before but once without a token.
    wait_for(lambda: analytics(walk).counted("Requests") == [5, 2, 0], 20)


def analytics(walk):
    """The page as it is half a second later."""
    walk.page.wait_for_timeout(500)
    # Another address each time: the same one again would change nothing.
    walk.go(f"analytics?again={time.monotonic_ns()}")
    return walk


def say_no_and_say_why(walk, shell, guide):
    told = shell.run(guide.block("token"))
    assert '"path":"/orders/today"' in told, told
    token = told.split()[-1]
    assert token.startswith("eyJ")
    walk.go("tokens")
    sent = []
    walk.page.on("request", lambda request: sent.append(request.url + (request.post_data or "")))
    walk.page.get_by_label("Token", exact=True).fill(token)
    walk.press("Find", "Read here, and not verified")
    walk.press("Refuse this token", "Everybody who judges tokens")
    walk.page.get_by_role("dialog").get_by_role("button", name="Refuse it").click()
    walk.page.get_by_text("is refused from now on").wait_for()
    assert sent and not any(token in one for one in sent), "the token itself was sent"
    assert "token-revoked" in shell.run(guide.block("revoked"))
    walk.go("explanations")
    first = walk.page.locator("tbody a").first
    assert first.text_content() == "token-revoked"
    first.click()
    walk.page.get_by_role("heading", name="Step by step").wait_for()
    walk.look()
    assert walk.page.locator("signet-steps li[data-outcome='failed']").count() == 1
    assert walk.page.locator("signet-steps li[data-outcome='passed']").count() > 0
    for link, heading in (("What this means and what to do", "token-revoked"), ("Look at the token in the Studio", "Signet")):
        with walk.page.context.expect_page() as opened:
            walk.page.get_by_role("link", name=link).click()
        opened.value.get_by_text(heading).first.wait_for()
        opened.value.close()


def asked(told: str) -> dict[str, str]:
    """What ask.py printed, by its names."""
    return dict(line.split(": ", 1) for line in told.splitlines() if ": " in line)


def language_models(walk, shell, guide, hosted_model, folder):
    assert "You said: Good morning" in shell.run(guide.block("demo-model"))
    for table, added in (("spare", "spare is in force."), ("fast", "fast is in force.")):
        walk.go(f"add-model?{table}")
        walk.fill(guide.table(table))
        walk.press("Add it", added)
        assert walk.page.get_by_text("It is offered already by demo-models at /ai, which the demo has").count() == 1
    walk.press("Test the connection", "It works.")
    walk.go("secrets")
    assert "sk-your-key-here" not in walk.page.content()
    for name, file in (("budget", "budget.yaml"), ("ask", "ask.py"), ("spend", "spend.py")):
        write(folder, guide, name, file)
    told = shell.run(guide.block("apply"))
    assert "+ budget trial" in told and "is in force" in told, told

    said = asked(shell.run(guide.block("run-ask")))
    assert said["OpenAI's client"] == said["Anthropic's client"] == "stream from hosted, and more", said
    assert (said["x-signet-provider"], said["x-signet-attempts"]) == ("openai", "1"), said
    assert (said["x-signet-input-tokens"], said["x-signet-output-tokens"]) == ("1000", "200")
    # 1,000 at 0.40 and 200 at 1.60 for a million.
    assert said["x-signet-cost"] == "0.00072 USD"
    assert {seen[1]["authorization"] for seen in hosted_model.requests} == {"Bearer sk-your-key-here"}

    # The connections that are open end at their next request.
    hosted_model.script = ["die"] * 20
    hosted_model.stop()
    said = asked(shell.run("sdk/bin/python ask.py"))
    assert (said["x-signet-provider"], said["x-signet-attempts"]) == ("spare", "2"), said
    walk.go("providers")
    walk.page.get_by_role("main").get_by_role("link", name="openai", exact=True).click()
    walk.wait_for("providers")
    walk.page.get_by_role("heading", name="openai", exact=True).wait_for()
    walk.fill(guide.table("gone"))
    walk.press("Save", "In force as revision")
    said = asked(shell.run(guide.block("ask-again")))
    assert said["OpenAI's client"] == said["Anthropic's client"] == "This is the demo model of Signet. You said: Good morning", said
    assert (said["x-signet-provider"], said["x-signet-attempts"], said["x-signet-cost"]) == ("spare", "2", "0.0013 USD")

    told = shell.run(guide.block("run-spend"))
    answers, status, code, seconds = re.search(r"(\d+) answers, then (\d+) (\S+) for (\d+) seconds", told).groups()
    assert int(answers) > 0 and (status, code) == ("429", "insufficient_quota") and 0 < int(seconds) <= 86_400
    assert "and 429 rate_limit_error" in told

    hosted, spare = 3, 3 + 3 + int(answers)
    tokens = [hosted * HOSTED[at] + spare * DEMO[at] for at in (0, 1)]
    cost = hosted * 72 + spare * 130
    row = walk.page.get_by_role("row").filter(has=walk.page.get_by_role("rowheader", name="fast"))

    def told_of_fast():
        analytics(walk)
        return [cell.replace(",", "") for cell in row.locator("td").all_text_contents()]
    expected = [str(hosted + spare), str(tokens[0]), str(tokens[1])]
    last = wait_for(lambda: (now := told_of_fast())[:3] == expected and now, 20)
    assert re.fullmatch(r"0\.0*(\d+?)0* USD", last[3]) and float(last[3].split()[0]) * 100_000 == pytest.approx(cost), (last, cost)
    # The demo's own model was asked once, before.
    assert walk.counted("Tokens") == [of_fast + once for of_fast, once in zip(tokens, DEMO)]
    entries = [entry for entry in listed(walk, "/spending") if entry["model"] == "fast"]
    assert len(entries) == hosted + spare and {entry["state"] for entry in entries} == {"settled"}
    assert [sum(entry[member] for entry in entries) for member in ("input_tokens", "output_tokens")] == tokens
    assert sum(round(float(entry["cost"]) * 100_000) for entry in entries) == cost
    (gone,) = [state for state in listed(walk, "/budget-states") if state["budget"] == "trial"]
    assert (gone["payer"], gone["reserved"]) == ("reports", "0.00") and round(float(gone["spent"]) * 100_000) == cost
    walk.go("spending")
    walk.page.get_by_role("main").get_by_role("link", name="trial").wait_for()


def listed(walk, path):
    return walk.page.evaluate("path => import('/console/api.js').then(({ allOf }) => allOf(path))", path)


def an_agents_token(walk, shell, guide):
    told = shell.run(guide.block("agent"))
    assert '"models"' in told and '"budgets"' in told, told
    expires, issued = (int(re.search(rf'"{name}" +(\d+)', told).group(1)) for name in ("exp", "iat"))
    assert expires - issued == 600
    statuses = re.findall(r"^HTTP/1.1 (\d{3})", told, re.MULTILINE)
    assert statuses[0] == "403" and "model_not_allowed" in told, told
    # What was set aside for an answer may be given back only after the next call, which is then refused too early.
    assert len(statuses) == 9 and set(statuses[1:]) == {"200", "429"} and (statuses[1], statuses[-1]) == ("200", "429"), told
    assert told.count("x-signet-code: model-budget-spent") == statuses.count("429")
    (gone,) = [state for state in listed(walk, "/budget-states") if state["budget"] == "(token)"]
    assert gone["amount"] == "0.005" and 0 < float(gone["spent"]) <= 0.005
    told = shell.run(guide.block("agent-gone"))
    assert "HTTP/1.1 401" in told, told


def as_code(walk, shell, guide):
    told = shell.run(guide.block("code"))
    assert "limit: [5/min per consumer]" in told and "sk-your-key-here" not in told, "export"
    assert "~ budget trial: amount 0.05 → 5.00; owner file " in told and "~ api orders: owner console → file " in told, told
    assert "(More money)" in told and "x-signet-provider: spare" in told, told
    walk.go("code")
    owners = {row.locator("th").text_content(): row.locator("td").first.text_content()
              for row in walk.page.get_by_role("table", name="Objects").locator("tbody tr").all()}
    assert len(owners) > 8 and all(owner.endswith("/signet.yaml") for owner in owners.values()), owners
    walk.go("history")
    revisions = walk.page.locator("tbody tr")
    assert "More money" in revisions.first.text_content() and "OpenAI is away" in revisions.nth(1).text_content()
    revisions.nth(1).get_by_role("link").first.click()
    walk.page.get_by_role("heading", name="What it changed").wait_for()
    walk.look()
    walk.page.get_by_role("button", name="Make revision").click()
    walk.look()
    walk.page.get_by_role("dialog").get_by_role("button", name="Roll back").click()
    walk.page.get_by_text("is in force: everything is as in revision").wait_for()
    owners = {one["object"]: one["owner"] for one in listed(walk, "/configuration/objects")}
    assert owners["api orders"] == "console" and owners["budget trial"].endswith("/budget.yaml"), owners
    told = shell.run(guide.block("rolled-back"))
    assert "revision" in told.splitlines()[0] and 'trial: { amount: "0.05"' in told, told
