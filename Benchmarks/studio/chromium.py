"""Chromium by its own protocol over a pipe: nothing watches the network or the page, so what is measured is what a person has."""

import json
import os
import shutil
import subprocess
import tempfile


class Chromium:
    """One browser; each page has a profile that knows nothing."""

    def __init__(self, path: str):
        self.profile = tempfile.mkdtemp()
        commands, self._write = os.pipe()
        self._read, answers = os.pipe()

        def hand_over():
            # First out of the way, in case the pipes are 3 and 4 themselves.
            for number, pipe in ((100, commands), (101, answers)):
                os.dup2(pipe, number)
            for number, pipe in ((3, 100), (4, 101)):
                os.dup2(pipe, number)
                os.set_inheritable(number, True)

        flags = ["--headless=new", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu", f"--user-data-dir={self.profile}"]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")
        self.process = subprocess.Popen(
            [path, *flags, "about:blank"], preexec_fn=hand_over, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(commands)
        os.close(answers)
        self._number = 0
        self._buffer = b""

    def send(self, method: str, session: str | None = None, **parameters) -> dict:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self._buffer:
                piece = os.read(self._read, 65_536)
                if not piece:
                    raise RuntimeError("Chromium has ended")
                self._buffer += piece
            text, self._buffer = self._buffer.split(b"\0", 1)
            answer = json.loads(text)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(answer["error"]["message"])
                return answer["result"]

    def open(self, address: str, script: str) -> "Page":
        """A new page at an address, with a script that runs before its own."""
        context = self.send("Target.createBrowserContext")["browserContextId"]
        target = self.send("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.send("Page.enable", session)
        self.send("Page.addScriptToEvaluateOnNewDocument", session, source=script)
        self.send("Page.navigate", session, url=address)
        return Page(self, target, session)

    def close(self):
        try:
            self.send("Browser.close")
        except (RuntimeError, OSError):
            pass
        self.process.wait(10)
        shutil.rmtree(self.profile, ignore_errors=True)


class Page:
    def __init__(self, browser: Chromium, target: str, session: str):
        self.browser, self.target, self.session = browser, target, session

    def evaluate(self, expression: str):
        """The value of an expression, awaited where it is a promise."""
        result = self.browser.send("Runtime.evaluate", self.session, expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"].get("text"))
        return result["result"].get("value")

    def close(self):
        self.browser.send("Target.closeTarget", targetId=self.target)
