"""Passwords that are typed: asked for at the terminal, never shown there."""

import os
import pty
import select
import subprocess
import time
from pathlib import Path

from signet_process import binary

PASSWORD = "typed at a terminal"


def at_a_terminal(folder: Path, answers: list[str], *words: str) -> tuple[int, str]:
    """Runs signet at a terminal of its own and answers its questions, each when it has been asked."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(folder)
        os.execv(binary(), [str(binary()), *words])
    shown, asked, ends = "", 0, time.monotonic() + 30
    while time.monotonic() < ends:
        if not select.select([terminal], [], [], 0.1)[0]:
            continue
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # Linux says EIO where the other end is closed.
            break
        if not piece:
            break
        shown += piece.decode()
        while asked < len(answers) and shown.count(": ") > asked:
            os.write(terminal, (answers[asked] + "\n").encode())
            asked += 1
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), shown.replace("\r\n", "\n")


def test_a_password_is_asked_for_and_not_shown(tmp_path: Path) -> None:
    status, shown = at_a_terminal(
        tmp_path, [PASSWORD, PASSWORD], "keygen", "ES256", "--pem", "--new-password-prompt", "--out", "locked.pem")
    assert status == 0, shown
    assert PASSWORD not in shown
    assert "BEGIN ENCRYPTED PRIVATE KEY" in (tmp_path / "locked.pem").read_text()

    status, shown = at_a_terminal(tmp_path, [PASSWORD], "key", "show", "locked.pem")
    assert status == 0, shown
    assert "Password of locked.pem: " in shown and "P-256 key for ES256, private" in shown
    assert PASSWORD not in shown
    opened = subprocess.run(
        ["openssl", "pkey", "-in", "locked.pem", "-passin", f"pass:{PASSWORD}", "-noout"], cwd=tmp_path, timeout=30)
    assert opened.returncode == 0


def test_two_different_passwords_write_nothing(tmp_path: Path) -> None:
    status, shown = at_a_terminal(
        tmp_path, [PASSWORD, "another"], "keygen", "ES256", "--pem", "--new-password-prompt", "--out", "locked.pem")
    assert status == 2 and "the two passwords differ" in shown
    assert not (tmp_path / "locked.pem").exists()


def test_a_wrong_password_is_told(tmp_path: Path) -> None:
    assert at_a_terminal(
        tmp_path, [PASSWORD, PASSWORD], "keygen", "Ed25519", "--pem", "--new-password-prompt", "--out", "locked.pem",
    )[0] == 0
    status, shown = at_a_terminal(tmp_path, ["wrong"], "key", "show", "locked.pem")
    assert status == 2 and "the password is wrong, or the key is damaged" in shown
