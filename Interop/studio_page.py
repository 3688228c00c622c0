"""The Studio in a browser, by the names its page promises (ids and data attributes)."""

import json

from playwright.sync_api import Browser, Page


class StudioPage:
    """One page; counts every request it makes after loading and every violation of its content security policy."""

    def __init__(self, browser: Browser, url: str, *, without_judge: bool = False, **context):
        self.context = browser.new_context(**context)
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        self.page.add_init_script(
            "window.violations = [];"
            "document.addEventListener('securitypolicyviolation',"
            " e => window.violations.push(e.violatedDirective + ' ' + e.blockedURI));")
        if without_judge:
            self.page.route("**/judge.wasm.js", lambda route: route.fulfill(status=404, body=""))
        self.page.goto(url)
        self.page.wait_for_selector("html[data-studio='ready'], html[data-studio='no-judge']", state="attached")
        self.loaded = list(self.requests)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()

    @property
    def state(self) -> str:
        return self.page.locator("html").get_attribute("data-studio")

    @property
    def violations(self) -> list[str]:
        return self.page.evaluate("window.violations")

    @property
    def requests_since_loading(self) -> list[str]:
        """Without downloads that the page made itself, and without the icon, which browsers fetch when they like."""
        later = self.requests[len(self.loaded):]
        return [url for url in later if not url.startswith("blob:") and not url.endswith("/favicon.svg")]

    def fill(self, selector: str, text: str):
        self.page.fill(selector, text)

    def settle(self):
        self.page.wait_for_selector("#verdict[data-settled='true']", state="attached", timeout=10_000)

    def policy(self, *, issuer="", audience="", type="", leeway=30, require=(), scopes=()):
        self.fill("#issuer", issuer)
        self.fill("#audience", audience)
        self.fill("#type", type)
        self.fill("#leeway", str(leeway))
        self.fill("#require", " ".join(require))
        self.fill("#scopes", " ".join(scopes))

    def judge(self, token: str, key: str | None = None) -> dict:
        """Fills token (and key) in and reads the verdict."""
        if key is not None:
            self.fill("#key", key)
        self.fill("#token", token)
        self.settle()
        return self.verdict()

    def verdict(self) -> dict:
        return json.loads(self.page.evaluate("""() => {
            const verdict = document.querySelector('#verdict')
            const steps = [...document.querySelectorAll('#steps li[data-check]')].map(step => (
                [step.dataset.check, step.dataset.outcome, step.dataset.code || null]))
            return JSON.stringify({verdict: verdict.dataset.verdict, code: verdict.dataset.code || null, steps})
        }"""))
