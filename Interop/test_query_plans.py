"""Every statement of the source, planned by SQLite on a database that the server made: none may look at more rows than it
answers with or changes, so that a request costs the same with one stored session and with a million."""

import re
import sqlite3

import pytest

from signet_process import ROOT, Signet

# A statement's text is a literal (StaticString), so that all of them stand in the source.
STATEMENT = re.compile(r'(?<![\w.])Statement\(\s*(?:"""\n(?P<block>.*?)"""|"(?P<line>[^"\\]*)"|(?P<other>\S+))', re.S)
NO_LITERAL = {("SchemaStatement.swift", "rendered:")}

# What reads whole tables, each with its reason.
WHOLE_TABLES = {
    "SELECT id, state, document, secret FROM clients ORDER BY id": "at the start, which keeps all of them",
    "SELECT id, document FROM clients WHERE document LIKE '%jwks%'": "at the start, before all are read",
    "SELECT * FROM revocations": "at the start, which keeps all of them",
    "SELECT * FROM refresh_families WHERE id > ? AND state = 'live' AND expires > ? ORDER BY id LIMIT ?":
        "reads what it answers with, and what is over and not swept yet",
    "SELECT * FROM signing_keys ORDER BY created DESC, id": "a handful",
    "DELETE FROM signing_keys WHERE expires < ?": "a handful",
    "SELECT * FROM users WHERE lower(name) > ? ORDER BY lower(name) LIMIT ?": "reads what it answers with",
    "UPDATE kept_answers SET state = 'unknown' WHERE state = 'running'": "at the start, over the answers of a day",
    "SELECT id, body FROM kept_answers WHERE body IS NOT NULL": "a new master key, no server running",
    "SELECT id, question FROM kept_answers": "a new master key, no server running",
    "INSERT INTO changes (sequence, topic, key) SELECT COALESCE(MAX(sequence), 0) + 1, ?, ? FROM changes RETURNING sequence":
        "reads one row",
    "SELECT MAX(sequence) AS sequence FROM changes": "reads one row",
    "SELECT MIN(sequence) AS sequence FROM changes": "reads one row",
    "DELETE FROM changes WHERE sequence <= ?": "deletes what it reads",
    "SELECT 1 FROM users LIMIT 1": "reads one row",
    "SELECT hash, sealed_successor FROM refresh_tokens WHERE sealed_successor IS NOT NULL": "a new master key, no server running",
    "SELECT user_id, sealed_secret FROM authenticators": "a new master key, no server running",
    "SELECT id, chain FROM audit_events ORDER BY id DESC LIMIT 1": "reads one row",
    "SELECT * FROM audit_head": "one row",
    "SELECT sealed FROM audit_key": "one row",
    "UPDATE audit_key SET sealed = ?": "one row",
    "SELECT * FROM browser_sessions WHERE expires <= ? OR seen <= ?": "reads what it answers with",
    "SELECT * FROM audit_events ORDER BY id DESC LIMIT ?": "reads what it answers with",
    "SELECT * FROM audit_events WHERE id > ? ORDER BY id LIMIT ?": "reads what it answers with",
    "SELECT * FROM audit_events WHERE id > ? AND id <= ? ORDER BY id LIMIT ?": "reads what it answers with",
    "SELECT name, created, changed FROM secrets ORDER BY name": "what somebody typed in by hand",
    "SELECT name, sealed FROM secrets": "a new master key, no server running",
    "SELECT * FROM configuration_objects": "at the start and at a change, which check the whole",
    "SELECT * FROM configuration_changes WHERE revision < ? ORDER BY revision DESC LIMIT ?": "reads what it answers with",
    "SELECT MAX(revision) AS revision FROM configuration_changes": "reads one row",
    "SELECT MIN(revision) AS revision FROM configuration_changes": "reads one row",
    "SELECT revision FROM configuration_changes ORDER BY revision DESC LIMIT 1 OFFSET ?": "reads what is kept",
    "DELETE FROM configuration_changes WHERE revision < ?": "deletes what it reads",
    "SELECT day * 86400 AS starts, CASE ? WHEN 'caller' THEN caller WHEN 'alias' THEN alias WHEN 'provider' THEN provider"
    " WHEN 'model' THEN model ELSE '' END AS name, currency, CAST(SUM(requests) AS BIGINT) AS requests, CAST(SUM(input_tokens)"
    " AS BIGINT) AS input_tokens, CAST(SUM(cached_input_tokens) AS BIGINT) AS cached_input_tokens, CAST(SUM(output_tokens) AS"
    " BIGINT) AS output_tokens, CAST(SUM(cost) AS BIGINT) AS cost FROM spend_days WHERE day >= ? AND day < ? GROUP BY 1, 2, 3"
    " ORDER BY 1, 2, 3 LIMIT ?": "reads the days that it adds up",
    "SELECT time - time % ? AS starts, CASE ? WHEN 'caller' THEN caller WHEN 'alias' THEN alias WHEN 'provider' THEN provider"
    " WHEN 'model' THEN model ELSE '' END AS name, currency, COUNT(*) AS requests, CAST(SUM(input_tokens) AS BIGINT) AS"
    " input_tokens, CAST(SUM(cached_input_tokens) AS BIGINT) AS cached_input_tokens, CAST(SUM(output_tokens) AS BIGINT) AS"
    " output_tokens, CAST(SUM(cost) AS BIGINT) AS cost FROM spend_entries WHERE time >= ? AND time < ? GROUP BY 1, 2, 3"
    " ORDER BY 1, 2, 3 LIMIT ?": "reads the entries that it adds up",
    "SELECT * FROM spend_reservations ORDER BY number": "at the start, over what a killed process left",
    "UPDATE spend_counters SET unrecorded = claimed - settled WHERE claimed > settled + unrecorded": "at the start",
    "SELECT * FROM spend_counters WHERE ends > ?": "at the start, which keeps all of them",
    "SELECT MAX(number) AS number FROM spend_entries": "reads one row",
    "SELECT * FROM spend_entries WHERE number < ? ORDER BY number DESC LIMIT ?": "reads what it answers with",
    "DELETE FROM spend_entries WHERE number IN (SELECT number FROM spend_entries WHERE time < ? ORDER BY time LIMIT ?)":
        "deletes what it reads",
    "DELETE FROM spend_days WHERE day < ?": "deletes what it reads",
    "DELETE FROM spend_counters WHERE ends < ?": "deletes what it reads",
    "SELECT changes.* FROM configuration_object_changes AS changes JOIN ( SELECT kind, name, MIN(revision) AS revision"
    " FROM configuration_object_changes WHERE revision > ? GROUP BY kind, name ) AS firsts ON changes.kind = firsts.kind"
    " AND changes.name = firsts.name AND changes.revision = firsts.revision": "going back, over every change since",
}
# Changes whose range is exactly the rows that they change.
ALL_OF_A_RANGE = re.compile(
    r"DELETE FROM \w+ WHERE expires <=? \?( OR seen <= \?)?|UPDATE refresh_tokens SET sealed_successor = NULL WHERE .* AND spent < \?")


def statements():
    for file in sorted((ROOT / "Sources").rglob("*.swift")):
        for found in STATEMENT.finditer(file.read_text()):
            if found["other"]:
                assert (file.name, found["other"]) in NO_LITERAL, f"{file.name}: a statement that is no literal: {found['other']}"
                continue
            yield file.name, " ".join((found["block"] or found["line"]).split())


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    server = Signet(data=tmp_path_factory.mktemp("plans") / "data")
    server.start()
    server.stop()
    database = sqlite3.connect(server.data / "signet.db")
    yield database
    database.close()


def is_narrow(step: str, statement: str) -> bool:
    """Whether a step of a plan finds its rows by the value of a column, and not by a range or by looking at all."""
    if step.startswith("SCAN"):
        return False
    if step.startswith("SEARCH"):
        return re.search(r"\((\w+|<expr>)=\?", step) is not None or ALL_OF_A_RANGE.fullmatch(statement) is not None
    # Headings of what follows, and the sorting of rows that were found.
    return re.match(r"USE TEMP B-TREE|MULTI-INDEX OR|INDEX \d+|(CORRELATED )?(SCALAR|LIST) SUBQUERY|REUSE ", step) is not None


def test_no_statement_looks_at_everybodys_rows(database):
    found = list(statements())
    assert len(found) > 100
    wide = {}
    for file, statement in found:
        plan = [row[3] for row in database.execute("EXPLAIN QUERY PLAN " + statement, [None] * statement.count("?"))]
        steps = [step for step in plan if not is_narrow(step, statement)]
        if steps and statement not in WHOLE_TABLES:
            wide[f"{file}: {statement}"] = steps
    assert not wide, "\n".join(f"{key}: {steps}" for key, steps in wide.items())
    assert WHOLE_TABLES.keys() <= {statement for _, statement in found}, "a reason for a statement that is no more"


def test_no_deletion_looks_for_what_follows_it_in_whole_tables(database):
    """SQLite finds the rows that refer to a deleted one by their own index or by looking at all of them; no plan shows it."""
    tables = [row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    references = 0
    for table in tables:
        first_columns = {
            database.execute(f"PRAGMA index_info({index[1]})").fetchone()[2]
            for index in database.execute(f"PRAGMA index_list({table})") if not index[4]}
        primary = {column[1] for column in database.execute(f"PRAGMA table_info({table})") if column[5] == 1}
        for reference in database.execute(f"PRAGMA foreign_key_list({table})"):
            assert reference[3] in first_columns | primary, f"{table}.{reference[3]} has no index"
            references += 1
    assert references >= 10
