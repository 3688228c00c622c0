"""Everything that is said to a database, as PostgreSQL is to hear it: a real server takes every step of every migration, and
understands every statement. No rows are asked for here; what is tried is that the two databases are spoken to in one language."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

import pytest

from signet_process import binary


def server_tools() -> Path | None:
    """Where the server's tools are: Debian keeps them off the path, each version's in a folder of its own."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def as_somebody() -> list[str]:
    """The server refuses to run as root."""
    if os.geteuid() != 0:
        return []
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
    return ["runuser", "-u", "postgres", "--"]


@pytest.fixture(scope="module")
def texts(tmp_path_factory) -> Path:
    tests = Path(binary()).parents[1] / "debug" / "signetPackageTests.xctest"
    if not tests.exists():
        pytest.skip(f"the texts come from the unit tests, and there is no {tests}")
    path = tmp_path_factory.mktemp("texts") / "texts.sql"
    done = subprocess.run(
        [tests, "--testing-library", "swift-testing", "--filter", "^StorageTests.SQLDialectTests"],
        env={**os.environ, "SIGNET_POSTGRESQL_TEXTS": str(path)}, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0 and path.exists(), done.stdout[-2_000:] + done.stderr[-2_000:]
    return path


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory):
    tools = server_tools()
    if tools is None:
        pytest.skip("there is no PostgreSQL here (the Debian package is called postgresql)")
    run = as_somebody()
    # A socket's path is short, and the folder is the server's own.
    made = subprocess.run([*run, "mktemp", "-d", "/tmp/signet-pg-XXXXXX"], capture_output=True, text=True, check=True)
    place = made.stdout.strip()

    def call(tool, *arguments, **more):
        return subprocess.run(
            [*run, str(tools / tool), *arguments], cwd=place, capture_output=True, text=True, timeout=120, **more)

    try:
        done = call("initdb", "-D", f"{place}/data", "-A", "trust", "-E", "UTF8", "--locale", "C", "--no-sync")
        assert done.returncode == 0, done.stderr
        done = call("pg_ctl", "-D", f"{place}/data", "-l", f"{place}/log", "-w", "-o", f"-k {place} -c listen_addresses=''", "start")
        assert done.returncode == 0, done.stderr

        def ask(text):
            return call("psql", "-h", place, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "postgres", input=text)

        yield ask
    finally:
        call("pg_ctl", "-D", f"{place}/data", "-m", "immediate", "stop")
        subprocess.run([*run, "rm", "-rf", place], check=True)


def test_a_server_takes_every_migration_and_every_statement(texts, postgresql):
    text = texts.read_text()
    wanted = text.count("\nPREPARE ")
    assert wanted > 100
    done = postgresql(text + "SELECT COUNT(*) FROM pg_prepared_statements;\n")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(wanted)
    # It would say so.
    done = postgresql("PREPARE wrong AS INSERT OR IGNORE INTO users (id) VALUES ($1);")
    assert done.returncode != 0 and "syntax error" in done.stderr
    # What is rendered in two ways does the same in both.
    done = postgresql("""
        INSERT INTO audit_events (id, time, kind, detail, chain) VALUES (1, 2, 'kind', '', '');
        UPDATE audit_events SET time = 3;
        """)
    assert done.returncode != 0 and "audit events are not changed" in done.stderr
    done = postgresql("SELECT '[' || string_agg(name, ',' ORDER BY name) || ']' FROM (SELECT name FROM applied_migrations) AS none;"
                      " SELECT collation_name FROM information_schema.columns WHERE table_name = 'users' AND column_name = 'name';")
    assert done.returncode == 0 and done.stdout.split() == ["C"], (done.stdout, done.stderr)
