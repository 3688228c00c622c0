import Storage

/// The tables of the token service, as steps that are only ever added to.
enum TokenServiceTables {
    static let migrations: [Migration] = [
        Migration(
            "01-users-sessions-revocations-keys",
            [
                """
                CREATE TABLE users (
                    id TEXT PRIMARY KEY,
                    name TEXT NOT NULL UNIQUE,
                    roles TEXT NOT NULL,
                    password TEXT NOT NULL,
                    state TEXT NOT NULL CHECK (state IN ('active', 'disabled')),
                    created INTEGER NOT NULL,
                    changed INTEGER NOT NULL
                ) STRICT
                """,
                """
                CREATE TABLE refresh_families (
                    id TEXT PRIMARY KEY,
                    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                    state TEXT NOT NULL CHECK (state IN ('live', 'ended')),
                    created INTEGER NOT NULL,
                    expires INTEGER NOT NULL,
                    access_expires INTEGER NOT NULL
                ) STRICT
                """,
                "CREATE INDEX refresh_families_by_user ON refresh_families (user_id)",
                "CREATE INDEX refresh_families_by_expiry ON refresh_families (expires)",
                """
                CREATE TABLE refresh_tokens (
                    hash BLOB PRIMARY KEY,
                    family_id TEXT NOT NULL REFERENCES refresh_families (id) ON DELETE CASCADE,
                    state TEXT NOT NULL CHECK (state IN ('live', 'spent')),
                    expires INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID
                """,
                "CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family_id)",
                """
                CREATE TABLE revocations (
                    kind TEXT NOT NULL CHECK (kind IN ('token', 'session')),
                    issuer TEXT NOT NULL,
                    id TEXT NOT NULL,
                    expires INTEGER NOT NULL,
                    PRIMARY KEY (kind, issuer, id)
                ) STRICT, WITHOUT ROWID
                """,
                "CREATE INDEX revocations_by_expiry ON revocations (expires)",
                """
                CREATE TABLE signing_keys (
                    id TEXT PRIMARY KEY,
                    state TEXT NOT NULL CHECK (state IN ('current', 'retired')),
                    sealed_jwk BLOB NOT NULL,
                    created INTEGER NOT NULL
                ) STRICT
                """,
                "CREATE UNIQUE INDEX one_current_signing_key ON signing_keys (state) WHERE state = 'current'",
            ]),
        Migration(
            "02-clients-grants-browsers",
            [
                """
                CREATE TABLE clients (
                    id TEXT PRIMARY KEY,
                    state TEXT NOT NULL CHECK (state IN ('active', 'disabled')),
                    document TEXT NOT NULL,
                    secret BLOB,
                    created INTEGER NOT NULL,
                    changed INTEGER NOT NULL
                ) STRICT
                """,
                "ALTER TABLE users ADD COLUMN groups TEXT NOT NULL DEFAULT '[]'",
                "ALTER TABLE users ADD COLUMN profile TEXT NOT NULL DEFAULT '{}'",
                "ALTER TABLE refresh_families ADD COLUMN client_id TEXT NOT NULL DEFAULT 'first-party'",
                "ALTER TABLE refresh_families ADD COLUMN scope TEXT NOT NULL DEFAULT ''",
                "ALTER TABLE refresh_families ADD COLUMN audiences TEXT NOT NULL DEFAULT '[]'",
                "ALTER TABLE refresh_families ADD COLUMN authenticated INTEGER NOT NULL DEFAULT 0",
                "ALTER TABLE refresh_families ADD COLUMN methods TEXT NOT NULL DEFAULT '[]'",
                "ALTER TABLE refresh_families ADD COLUMN browser_session TEXT",
                "ALTER TABLE refresh_families ADD COLUMN key_thumbprint TEXT",
                """
                CREATE INDEX refresh_families_by_browser_session ON refresh_families (browser_session)
                WHERE browser_session IS NOT NULL
                """,
                "ALTER TABLE refresh_tokens ADD COLUMN spent INTEGER",
                "ALTER TABLE refresh_tokens ADD COLUMN sealed_successor BLOB",
                """
                CREATE INDEX refresh_tokens_with_successor ON refresh_tokens (spent)
                WHERE sealed_successor IS NOT NULL
                """,
                """
                CREATE TABLE authorization_codes (
                    hash BLOB PRIMARY KEY,
                    state TEXT NOT NULL CHECK (state IN ('live', 'spent')),
                    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
                    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                    redirect_uri TEXT NOT NULL,
                    challenge TEXT NOT NULL,
                    scope TEXT NOT NULL,
                    audiences TEXT NOT NULL,
                    nonce TEXT,
                    authenticated INTEGER NOT NULL,
                    methods TEXT NOT NULL,
                    browser_session TEXT NOT NULL,
                    key_thumbprint TEXT,
                    family_id TEXT,
                    expires INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID
                """,
                "CREATE INDEX authorization_codes_by_expiry ON authorization_codes (expires)",
                """
                CREATE TABLE browser_sessions (
                    hash BLOB PRIMARY KEY,
                    id TEXT NOT NULL UNIQUE,
                    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                    authenticated INTEGER NOT NULL,
                    methods TEXT NOT NULL,
                    agent TEXT NOT NULL,
                    created INTEGER NOT NULL,
                    seen INTEGER NOT NULL,
                    expires INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID
                """,
                "CREATE INDEX browser_sessions_by_user ON browser_sessions (user_id)",
                "CREATE INDEX browser_sessions_by_expiry ON browser_sessions (expires)",
                """
                CREATE TABLE authorization_transactions (
                    hash BLOB PRIMARY KEY,
                    browser BLOB NOT NULL,
                    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
                    parameters TEXT NOT NULL,
                    earlier_session TEXT,
                    expires INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID
                """,
                "CREATE INDEX authorization_transactions_by_expiry ON authorization_transactions (expires)",
                """
                CREATE TABLE pushed_requests (
                    hash BLOB PRIMARY KEY,
                    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
                    parameters TEXT NOT NULL,
                    expires INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID
                """,
                "CREATE INDEX pushed_requests_by_expiry ON pushed_requests (expires)",
                """
                CREATE TABLE consents (
                    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
                    scope TEXT NOT NULL,
                    granted INTEGER NOT NULL,
                    PRIMARY KEY (user_id, client_id)
                ) STRICT, WITHOUT ROWID
                """,
                """
                CREATE TABLE used_assertions (
                    issuer TEXT NOT NULL,
                    id TEXT NOT NULL,
                    expires INTEGER NOT NULL,
                    PRIMARY KEY (issuer, id)
                ) STRICT, WITHOUT ROWID
                """,
                "CREATE INDEX used_assertions_by_expiry ON used_assertions (expires)",
            ]),
        Migration(
            "03-second-factors-passkeys-devices",
            [
                // Nobody is on the way in while the server starts.
                "DROP TABLE authorization_transactions",
                """
                CREATE TABLE login_transactions (
                    hash BLOB PRIMARY KEY,
                    browser BLOB NOT NULL,
                    client_id TEXT REFERENCES clients (id) ON DELETE CASCADE,
                    parameters TEXT NOT NULL,
                    return_path TEXT NOT NULL,
                    earlier_session TEXT,
                    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
                    challenge BLOB NOT NULL,
                    expires INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID
                """,
                "CREATE INDEX login_transactions_by_expiry ON login_transactions (expires)",
                """
                CREATE TABLE authenticators (
                    user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
                    state TEXT NOT NULL CHECK (state IN ('pending', 'active')),
                    sealed_secret BLOB NOT NULL,
                    last_step INTEGER NOT NULL,
                    created INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID
                """,
                """
                CREATE TABLE recovery_codes (
                    hash BLOB PRIMARY KEY,
                    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE
                ) STRICT, WITHOUT ROWID
                """,
                "CREATE INDEX recovery_codes_by_user ON recovery_codes (user_id)",
                """
                CREATE TABLE passkeys (
                    credential BLOB PRIMARY KEY,
                    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                    name TEXT NOT NULL,
                    jwk TEXT NOT NULL,
                    sign_count INTEGER NOT NULL,
                    backed_up INTEGER NOT NULL,
                    created INTEGER NOT NULL,
                    used INTEGER
                ) STRICT, WITHOUT ROWID
                """,
                "CREATE INDEX passkeys_by_user ON passkeys (user_id)",
                """
                CREATE TABLE device_authorizations (
                    hash BLOB PRIMARY KEY,
                    user_code BLOB NOT NULL UNIQUE,
                    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
                    scope TEXT NOT NULL,
                    state TEXT NOT NULL CHECK (state IN ('asked', 'allowed', 'denied', 'spent')),
                    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
                    authenticated INTEGER NOT NULL DEFAULT 0,
                    methods TEXT NOT NULL DEFAULT '[]',
                    key_thumbprint TEXT,
                    polled INTEGER NOT NULL,
                    interval INTEGER NOT NULL,
                    expires INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID
                """,
                "CREATE INDEX device_authorizations_by_expiry ON device_authorizations (expires)",
            ]),
        Migration(
            "04-rotating-keys-and-wider-revocations",
            [
                """
                CREATE TABLE rotating_keys (
                    id TEXT PRIMARY KEY,
                    algorithm TEXT NOT NULL,
                    state TEXT NOT NULL CHECK (state IN ('next', 'current', 'retired')),
                    sealed_jwk BLOB NOT NULL,
                    created INTEGER NOT NULL,
                    activates INTEGER NOT NULL,
                    expires INTEGER
                ) STRICT
                """,
                """
                INSERT INTO rotating_keys (id, algorithm, state, sealed_jwk, created, activates)
                SELECT id, 'ES256', state, sealed_jwk, created, created FROM signing_keys
                """,
                "DROP TABLE signing_keys",
                "ALTER TABLE rotating_keys RENAME TO signing_keys",
                "CREATE UNIQUE INDEX one_current_signing_key ON signing_keys (algorithm) WHERE state = 'current'",
                "CREATE UNIQUE INDEX one_next_signing_key ON signing_keys (algorithm) WHERE state = 'next'",
                """
                CREATE TABLE wider_revocations (
                    kind TEXT NOT NULL CHECK (kind IN ('token', 'session', 'subject', 'client')),
                    issuer TEXT NOT NULL,
                    id TEXT NOT NULL,
                    issued_until INTEGER,
                    expires INTEGER NOT NULL,
                    PRIMARY KEY (kind, issuer, id)
                ) STRICT, WITHOUT ROWID
                """,
                """
                INSERT INTO wider_revocations (kind, issuer, id, expires)
                SELECT kind, issuer, id, expires FROM revocations
                """,
                "DROP TABLE revocations",
                "ALTER TABLE wider_revocations RENAME TO revocations",
                "CREATE INDEX revocations_by_expiry ON revocations (expires)",
            ]),
        Migration(
            "05-audit-log",
            [
                """
                CREATE TABLE audit_events (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    time INTEGER NOT NULL,
                    kind TEXT NOT NULL,
                    user_id TEXT,
                    client_id TEXT,
                    address TEXT,
                    detail TEXT NOT NULL,
                    chain BLOB NOT NULL
                ) STRICT
                """,
                "CREATE INDEX audit_events_by_user ON audit_events (user_id, id) WHERE user_id IS NOT NULL",
                """
                CREATE TRIGGER audit_events_are_not_changed BEFORE UPDATE ON audit_events
                BEGIN SELECT RAISE(ABORT, 'audit events are not changed'); END
                """,
                """
                CREATE TRIGGER audit_events_are_not_deleted BEFORE DELETE ON audit_events
                BEGIN SELECT RAISE(ABORT, 'audit events are not deleted'); END
                """,
            ]),
        Migration(
            "06-reset-links",
            [
                """
                CREATE TABLE reset_links (
                    hash BLOB PRIMARY KEY,
                    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                    created INTEGER NOT NULL,
                    expires INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID
                """,
                "CREATE INDEX reset_links_by_user ON reset_links (user_id)",
            ]),
        Migration(
            "07-registration-tokens",
            [
                """
                CREATE TABLE registration_tokens (
                    hash BLOB PRIMARY KEY,
                    expires INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID
                """
            ]),
        Migration(
            // So that no statement, and no deletion that other rows follow, looks at the rows of everybody.
            "08-indexes-for-every-search",
            [
                "CREATE INDEX refresh_families_by_client ON refresh_families (client_id)",
                "CREATE INDEX browser_sessions_by_visit ON browser_sessions (seen)",
                "CREATE INDEX reset_links_by_expiry ON reset_links (expires)",
                "CREATE INDEX registration_tokens_by_expiry ON registration_tokens (expires)",
                "CREATE INDEX authorization_codes_by_client ON authorization_codes (client_id)",
                "CREATE INDEX authorization_codes_by_user ON authorization_codes (user_id)",
                "CREATE INDEX login_transactions_by_client ON login_transactions (client_id)",
                "CREATE INDEX login_transactions_by_user ON login_transactions (user_id)",
                "CREATE INDEX pushed_requests_by_client ON pushed_requests (client_id)",
                "CREATE INDEX consents_by_client ON consents (client_id)",
                "CREATE INDEX device_authorizations_by_client ON device_authorizations (client_id)",
                "CREATE INDEX device_authorizations_by_user ON device_authorizations (user_id)",
            ]),
        Migration(
            // Whoever had the role `admin` could manage the server until now, and goes on; the role itself is an
            // application's matter from here on.
            "10-server-roles-and-folded-names",
            [
                "ALTER TABLE users ADD COLUMN server_role TEXT CHECK (server_role IN ('admin'))",
                "UPDATE users SET server_role = 'admin' WHERE roles LIKE '%\"admin\"%'",
                "CREATE INDEX users_by_folded_name ON users (lower(name))",
            ]),
        Migration(
            "09-sessions-of-grants-that-go-on",
            [
                // The `sid` of a family's tokens: its id, until a session ends that the family outlives.
                "ALTER TABLE refresh_families ADD COLUMN session TEXT NOT NULL DEFAULT ''",
                "UPDATE refresh_families SET session = id",
                // Families that go on without their browser session did not say which it was; their codes still do.
                """
                UPDATE refresh_families SET browser_session = authorization_codes.browser_session
                FROM authorization_codes
                WHERE refresh_families.id = authorization_codes.family_id AND refresh_families.browser_session IS NULL
                """,
            ]),
        Migration(
            "09-revocations-of-keys",
            [
                """
                CREATE TABLE revocations_of_keys_too (
                    kind TEXT NOT NULL CHECK (kind IN ('token', 'session', 'subject', 'client', 'key')),
                    issuer TEXT NOT NULL,
                    id TEXT NOT NULL,
                    issued_until INTEGER,
                    expires INTEGER NOT NULL,
                    PRIMARY KEY (kind, issuer, id)
                ) STRICT, WITHOUT ROWID
                """,
                """
                INSERT INTO revocations_of_keys_too (kind, issuer, id, issued_until, expires)
                SELECT kind, issuer, id, issued_until, expires FROM revocations
                """,
                "DROP TABLE revocations",
                "ALTER TABLE revocations_of_keys_too RENAME TO revocations",
                "CREATE INDEX revocations_by_expiry ON revocations (expires)",
            ]),
        Migration(
            "09-keyed-audit-log",
            [
                "ALTER TABLE audit_events ADD COLUMN actor TEXT",
                "ALTER TABLE audit_events ADD COLUMN actor_user TEXT",
                "ALTER TABLE audit_events ADD COLUMN actor_client TEXT",
                "CREATE TABLE audit_key (id INTEGER PRIMARY KEY CHECK (id = 1), sealed BLOB NOT NULL) STRICT",
                """
                CREATE TABLE audit_head (
                    id INTEGER PRIMARY KEY CHECK (id = 1),
                    begun INTEGER NOT NULL,
                    unkeyed INTEGER NOT NULL,
                    count INTEGER NOT NULL,
                    chain BLOB NOT NULL,
                    code BLOB NOT NULL
                ) STRICT
                """,
            ]),
        Migration(
            "11-roles-on-this-server",
            [
                """
                ALTER TABLE users ADD COLUMN role_on_server TEXT
                    CHECK (role_on_server IN ('viewer', 'publisher', 'admin', 'owner'))
                """,
                // Admins could name admins until now, which is what owners may.
                "UPDATE users SET role_on_server = 'owner' WHERE server_role = 'admin'",
                "ALTER TABLE users DROP COLUMN server_role",
                "ALTER TABLE users RENAME COLUMN role_on_server TO server_role",
            ]),
    ]
}
