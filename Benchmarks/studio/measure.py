#!/usr/bin/env python3
"""What the Studio costs its user, in Chromium against the release binary: bytes for the first decode, time until it decodes and
until it judges, a key stroke in a token of 16 kB, and the longest the page stands still over ten megabytes.

Figures are of this machine and this run; beside each stands what it is held to."""

import base64
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Interop"))

from chromium import Chromium  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402
from signet_process import Signet  # noqa: E402

ROUNDS = 7
WATCH_FOR_CLAIMS = """
    new MutationObserver((_, observer) => {
        if (document.querySelector('#claims .member')) { window.readAt = performance.now(); observer.disconnect() }
    }).observe(document, { childList: true, subtree: true })
    new MutationObserver((_, observer) => {
        if (document.documentElement?.dataset.studio === 'ready') { window.readyAt = performance.now(); observer.disconnect() }
    }).observe(document, { attributes: true, subtree: true })"""
LOADED = """(() => {
    const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    const sum = list => list.reduce((total, { transferSize }) => total + transferSize, 0)
    return { readAt: window.readAt, readyAt: window.readyAt, whole: sum(entries),
        first: sum(entries.filter(({ responseEnd }) => responseEnd <= window.readAt)) }
})()"""
# From the key stroke to the verdict on the page, and then to the next frame with both.
STROKES = """async token => {
    const box = document.querySelector('#token')
    const verdict = document.querySelector('#verdict')
    const times = []
    for (let count = 0; count < 40; count++) {
        box.value = token.slice(0, -1) + 'AEIMQUYc'[count % 8]
        const settled = new Promise(done => {
            const observer = new MutationObserver(() => {
                if (verdict.dataset.settled === 'true') { observer.disconnect(); done() }
            })
            observer.observe(verdict, { attributes: true, attributeFilter: ['data-settled'] })
        })
        const started = performance.now()
        box.dispatchEvent(new Event('input', { bubbles: true }))
        await settled
        const judged = performance.now()
        document.body.offsetHeight
        times.push([judged - started, performance.now() - judged])
        await new Promise(done => requestAnimationFrame(() => setTimeout(done)))
    }
    return times
}"""
WATCH = """() => {
    window.longest = 0
    new PerformanceObserver(list => { for (const { duration } of list.getEntries()) longest = Math.max(longest, duration) })
        .observe({ type: 'longtask' })
}"""


def loading(path, address):
    """Medians over pages that know nothing: (bytes until the first decode, bytes of everything, first decode, all ready)."""
    chromium = Chromium(path)
    try:
        seen = []
        for _ in range(ROUNDS):
            page = chromium.open(f"{address}/#token={claim_token(600)}", WATCH_FOR_CLAIMS)
            end = time.monotonic() + 20
            while not (loaded := page.evaluate(LOADED)).get("readyAt"):
                assert time.monotonic() < end, "the page never became ready"
                time.sleep(0.5)
            seen.append(loaded)
            page.close()
        # The first page also waits for the browser itself.
        return [statistics.median(round[name] for round in seen[1:]) for name in ("first", "whole", "readAt", "readyAt")]
    finally:
        chromium.close()


def standstill(context, page):
    """Pastes ten megabytes, as a person would, into one field after the other; then the same into a field of a bare page."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("navigator.clipboard.writeText('a.b'.repeat(3_333_333))")

    def longest(fields):
        page.evaluate(WATCH)
        for field in fields:
            page.click(field)
            page.keyboard.press("Control+A")
            page.keyboard.press("Control+V")
            page.wait_for_timeout(500)
            page.fill(field, "")
            page.wait_for_timeout(300)
        return page.evaluate("longest")

    ours = longest(("#token", "#key", "#issuer"))
    page.goto("about:blank")
    page.evaluate("""() => { const area = document.createElement('textarea'); area.id = 'bare'; area.maxLength = 262144; document.body.append(area) }""")
    return ours, longest(("#bare",))


def claim_token(size):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    claims = {"iss": "https://login.example", "sub": "ada", "exp": 1_900_000_000, "roles": []}
    while len(part(claims)) < size - 140:
        claims["roles"].append(f"role-{len(claims['roles'])}")
    return f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims)}.{'A' * 43}"


def main():
    os.environ.setdefault("SIGNET_BINARY", str(ROOT / ".build/release/signet"))
    path = os.environ.get("SIGNET_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory() as folder:
        server = Signet(data=Path(folder) / "data", demo=True, demo_password="demo-password-for-tests")
        server.start()
        try:
            first, whole, read, ready = loading(path, server.control)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else [])
                context = browser.new_context()
                page = context.new_page()
                page.goto(server.control)
                page.wait_for_selector("html[data-studio='ready']", state="attached")
                page.fill("#key", "a-secret-of-the-benchmark-with-enough-bytes")
                strokes = page.evaluate(STROKES, claim_token(16_000))[5:]
                still, bare = standstill(context, page)
                browser.close()
        finally:
            server.stop()
    judged, laid_out = (statistics.median(times) for times in zip(*strokes))
    rows = [
        ("bytes until the first decode", f"{first / 1000:.0f} kB", "held to 200 kB"),
        ("bytes of everything", f"{whole / 1000:.0f} kB", ""),
        ("first decode after", f"{read:.0f} ms", "held to 300 ms"),
        ("everything ready after", f"{ready:.0f} ms", ""),
        ("key stroke in a token of 16 kB, until judged", f"{judged:.1f} ms", "held to 16 ms"),
        ("    and until the browser has laid it out", f"{laid_out:.1f} ms", ""),
        ("longest standstill over 10 MB in a field", f"{still:.0f} ms", "held to 100 ms"),
        ("    the same in a text area of an empty page", f"{bare:.0f} ms", "the browser's own"),
    ]
    for name, figure, remark in rows:
        print(f"{name:48} {figure:>10}   {remark}".rstrip())


if __name__ == "__main__":
    main()
