"""Walks the README's tour line by line, as a person would paste it, against `signet serve --demo` on the default ports."""

import os
import re
import socket
import subprocess

import pytest

from signet_process import ROOT, Signet, binary
from wire import wait_for

README = (ROOT / "README.md").read_text(encoding="utf-8")


def tour_lines() -> list[str]:
    block = re.search(r"<!-- tour -->\n```bash\n(.*?)```", README, re.DOTALL)
    assert block, "the README has no tour"
    return [line for line in block.group(1).splitlines() if line.strip()]


def test_the_tour_has_five_lines():
    assert len(tour_lines()) == 5


def test_the_readme_shows_its_picture_and_names_its_commands():
    assert "![" in README and "make run" in README and "make test" in README


@pytest.fixture
def demo_on_default_ports(tmp_path):
    for port in (8000, 8080):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                pytest.fail(f"port {port} is taken; the tour is tested on the default ports (is a `make run` going on?)")
    (tmp_path / ".build/release").mkdir(parents=True)
    (tmp_path / ".build/release/signet").symlink_to(binary())
    signet = Signet(
        data=tmp_path / "signet-data", demo=True, demo_password="tour-password-1234", control_port=8080, gateway_port=8000)
    signet.start()
    yield signet, tmp_path
    signet.stop()


def walk(lines: list[str], folder, password: str) -> list[str]:
    """Runs the lines in one shell, as in a terminal, and checks what each of them shows."""
    # A mark after each line tells the outputs apart.
    script = "\n".join(f"{line}\necho; echo '--- end of line {number}'" for number, line in enumerate(lines))
    done = subprocess.run(
        ["bash"], input=script, text=True, capture_output=True, cwd=folder, timeout=60,
        env={**os.environ, "SIGNET_DEMO_PASSWORD": password})
    outputs = re.split(r"--- end of line \d+\n", done.stdout)
    assert len(outputs) == len(lines) + 1, done.stdout + done.stderr

    expected = 0
    for line, output in zip(lines, outputs):
        if match := re.search(r"curl -i .*# (\d{3})", line):
            expected += 1
            assert f"HTTP/1.1 {match.group(1)}" in output.splitlines()[0], (line, output)
    assert expected == 2
    assert "lantern" in outputs[1], "the orders are not there"
    assert "#token=eyJ" in outputs[2]
    assert "401" in outputs[4] and "token-revoked" in outputs[4] and "revocation" in outputs[4], outputs[4] + done.stderr
    return outputs


def test_the_tour_works_as_printed(demo_on_default_ports, chromium):
    signet, folder = demo_on_default_ports
    link = walk(tour_lines(), folder, "tour-password-1234")[2].strip()
    assert link.startswith("http://localhost:8080/#token=")
    page = chromium.new_page()
    page.goto(link)
    page.wait_for_selector("html[data-studio='ready']", state="attached")
    # The claims are an editor: what it shows is its value, which no selector of text finds.
    wait_for(lambda: "demo" in page.input_value("#claims-json"))
    page.close()


def test_an_api_of_yours_is_protected_as_the_readme_says(demo_on_default_ports, upstream):
    """In the shell that the tour was walked in: what it leaves behind must not stand in the way."""
    _, folder = demo_on_default_ports
    document, lines = re.search(r"<!-- own -->\n```yaml\n(.*?)```\s+```bash\n(.*?)```", README, re.DOTALL).groups()
    assert "127.0.0.1:9001" in document
    (folder / "orders.yaml").write_text(document.replace("127.0.0.1:9001", f"127.0.0.1:{upstream.port}"))
    done = subprocess.run(
        ["bash"], input="\n".join([*tour_lines(), lines]), text=True, capture_output=True, cwd=folder, timeout=60,
        env={**os.environ, "SIGNET_DEMO_PASSWORD": "tour-password-1234"})
    told = done.stdout[done.stdout.index("+ api orders"):]
    assert re.findall(r"HTTP/1.1 (\d+) ", told) == re.findall(r"curl -i .*# (\d{3})", lines) == ["401", "200"], told + done.stderr
    assert "token-missing" in told and '"target": "/orders"' in told


def test_models_answer_as_the_readme_says(demo_on_default_ports):
    _, folder = demo_on_default_ports
    lines = re.search(r"<!-- models -->\n```bash\n(.*?)```", README, re.DOTALL).group(1)
    done = subprocess.run(
        ["bash"], input="\n".join([tour_lines()[0], lines]), text=True, capture_output=True, cwd=folder, timeout=60,
        env={**os.environ, "SIGNET_DEMO_PASSWORD": "tour-password-1234"})
    assert re.findall(r"HTTP/1.1 (\d+) ", done.stdout) == ["200", "200"], done.stdout + done.stderr
    assert '"object":"chat.completion"' in done.stdout and '"type":"message"' in done.stdout


def test_the_tour_that_the_server_prints_works_too(demo, tmp_path):
    """The same five lines with this server's own addresses and password in them: nothing has to be set first."""
    demo_lines = wait_for(lambda: printed_tour(demo))
    walk(demo_lines, tmp_path, "not the password")


def printed_tour(signet: Signet) -> list[str] | None:
    start = next((number for number, line in enumerate(signet.lines) if line.startswith("Try it")), None)
    if start is None:
        return None
    lines = [line for line in signet.lines[start + 1:start + 8] if line.startswith(("TOKEN=", "curl", "echo", "/", "."))]
    return lines if len(lines) == 5 else None
