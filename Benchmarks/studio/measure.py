#!/usr/bin/env python3
"""What the Studio costs its user, in Chromium against the release binary: bytes for the first decode, time until it decodes and
until it judges, a key stroke in a token of 16 kB, and the longest the page stands still over ten megabytes.

Figures are of this machine and this run; beside each stands what it is held to."""

import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Interop"))

from playwright.sync_api import sync_playwright  # noqa: E402
from signet_process import Signet  # noqa: E402
import os  # noqa: E402
import shutil  # noqa: E402

LOADED = """() => {
    const [page] = performance.getEntriesByType('navigation')
    const entries = [page, ...performance.getEntriesByType('resource')]
    return entries.map(({ name, transferSize, responseEnd }) => ({ name: new URL(name).pathname, transferSize, responseEnd }))
}"""
STROKES = """async token => {
    const box = document.querySelector('#token')
    const settled = () => new Promise(done => {
        const look = () => document.querySelector('#verdict').dataset.settled === 'true' ? done() : setTimeout(look, 0)
        look()
    })
    const times = []
    for (let count = 0; count < 40; count++) {
        box.value = token.slice(0, -1) + 'ABCDEFGHIJ'[count % 10]
        const started = performance.now()
        box.dispatchEvent(new Event('input', { bubbles: true }))
        await settled()
        times.push(performance.now() - started)
    }
    return times
}"""
WATCH = """() => {
    window.longest = 0
    new PerformanceObserver(list => { for (const { duration } of list.getEntries()) longest = Math.max(longest, duration) })
        .observe({ type: 'longtask' })
}"""


def standstill(context, page):
    """Pastes ten megabytes, as a person would, into one field after the other."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("navigator.clipboard.writeText('a.b'.repeat(3_333_333))")
    page.evaluate(WATCH)
    for field in ("#token", "#key", "#issuer"):
        page.click(field)
        page.keyboard.press("Control+A")
        page.keyboard.press("Control+V")
        page.wait_for_timeout(500)
        page.fill(field, "")
        page.wait_for_timeout(300)
    return page.evaluate("longest")


def claim_token(size):
    import base64
    import json

    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    claims = {"iss": "https://login.example", "sub": "ada", "exp": 1_900_000_000, "roles": []}
    while len(part(claims)) < size - 140:
        claims["roles"].append(f"role-{len(claims['roles'])}")
    return f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims)}.{'A' * 43}"


def main():
    os.environ.setdefault("SIGNET_BINARY", str(ROOT / ".build/release/signet"))
    path = os.environ.get("SIGNET_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Signet(data=Path(folder) / "data", demo=True, demo_password="demo-password-for-tests")
        server.start()
        address = server.control
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        try:
            reads, judges = [], []
            for _ in range(5):
                context = browser.new_context()
                page = context.new_page()
                page.add_init_script("""
                    new MutationObserver((_, observer) => {
                        if (document.querySelector('#claims .member')) { window.readAt = performance.now(); observer.disconnect() }
                    }).observe(document, { childList: true, subtree: true })""")
                page.goto(address + "/#token=" + claim_token(600))
                page.wait_for_selector("html[data-studio='ready']", state="attached")
                reads.append(page.evaluate("window.readAt"))
                judges.append(page.evaluate("performance.now()"))
                if len(reads) < 5:
                    context.close()
            entries = page.evaluate(LOADED)
            first = sum(entry["transferSize"] for entry in entries if entry["responseEnd"] <= reads[-1])
            whole = sum(entry["transferSize"] for entry in entries)
            page.fill("#key", "a-secret-of-the-benchmark-with-enough-bytes")
            strokes = page.evaluate(STROKES, claim_token(16_000))[5:]
            still = standstill(context, page)
        finally:
            browser.close()
            server.stop()
    rows = [
        ("bytes until the first decode", f"{first / 1000:.0f} kB", "200 kB"),
        ("bytes of everything", f"{whole / 1000:.0f} kB", ""),
        ("first decode after", f"{statistics.median(reads):.0f} ms", "300 ms"),
        ("everything ready after", f"{statistics.median(judges):.0f} ms", ""),
        ("key stroke in a token of 16 kB, judged", f"{statistics.median(strokes):.1f} ms", "16 ms"),
        ("longest standstill over 10 MB in a field", f"{still:.0f} ms", "100 ms"),
    ]
    for name, figure, goal in rows:
        print(f"{name:45} {figure:>10}   {'held to ' + goal if goal else ''}".rstrip())


if __name__ == "__main__":
    main()
