"""The console in a browser, by what its pages say."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

PASSWORD = "a-password-of-somebody"

# Every page of the console that needs no object to be there.
PAGES = (
    "", "protect", "let-in", "add-model", "analytics", "apis", "apis/+", "upstreams", "upstreams/+", "policies", "policies/+", "issuers", "issuers/+", "listeners",
    "listeners/+", "consumers", "consumers/+", "credentials", "credentials/+", "credentials/+elsewhere", "plans", "plans/+", "subscriptions",
    "subscriptions/+", "providers", "providers/+", "models", "models/+", "prices", "prices/+", "budgets", "budgets/+", "playground", "spending", "secrets", "secrets/+", "users", "users/+",
    "roles", "tokens", "clients", "clients/+", "keys", "explanations", "audit", "history", "code", "settings", "settings/+")


class ConsolePage:
    """One page; collects what the browser complains of, and every violation of the content security policy."""

    def __init__(self, browser: Browser, address: str, **context):
        self.address = address
        self.context = browser.new_context(**context)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        self.page.add_init_script(
            "window.violations = [];"
            "document.addEventListener('securitypolicyviolation',"
            " e => window.violations.push(e.violatedDirective + ' ' + e.blockedURI));")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()

    def open(self, page="overview"):
        self.page.goto(self.address + "/console/")
        self.wait_for(page)

    def wait_for(self, page):
        self.page.wait_for_selector(f"html[data-page='{page}']", state="attached")

    def sign_in(self, name, password):
        """From the console's own page through the token service's and back."""
        self.open("sign-in")
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.wait_for("overview")
        self.page.get_by_role("button", name="Sign out", exact=True).wait_for()

    def go(self, path):
        """One page of the console, once it is there as a whole."""
        self.page.evaluate("document.documentElement.dataset.page = ''")
        self.page.evaluate("hash => { location.hash = hash }", "#/" + path)
        self.page.wait_for_selector("html[data-page]:not([data-page=''])", state="attached")
        self.page.wait_for_selector("main:not([aria-busy]) h1")

    def field(self, label):
        """By its name, without what else is written beside the label."""
        return self.page.get_by_role("textbox", name=label, exact=True).or_(self.page.get_by_role("combobox", name=label, exact=True))

    def answer(self, **answers):
        """Answers questions by their labels: _ stands for a space."""
        for label, value in answers.items():
            field = self.field(label.replace("_", " "))
            if field.evaluate("node => node.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    @property
    def notice(self):
        return self.page.locator("main .notice").last

    def findings(self, in_both_lights=True):
        """What axe finds on the page as it is now: nothing may be found."""
        found = Axe().run(self.page).response["violations"]
        if in_both_lights:
            self.page.emulate_media(color_scheme="dark")
            # Of all that is asked only colors depend on the light.
            found += Axe().run(self.page, options={"runOnly": ["color-contrast"]}).response["violations"]
            self.page.emulate_media(color_scheme="light")
        return [(one["id"], one["nodes"][0]["html"][:160], one["nodes"][0].get("failureSummary", "")[:200]) for one in found]

    @property
    def violations(self):
        return self.page.evaluate("window.violations")

    @property
    def overflows(self):
        return self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
