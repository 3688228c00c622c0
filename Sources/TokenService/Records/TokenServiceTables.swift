import Storage

/// The tables of the token service, as steps that are only ever added to.
enum TokenServiceTables {
    static let migrations: [Migration] = [
        Migration(
            "01-users-sessions-revocations-keys",
            [
                """
                CREATE TABLE users (
                    id {text} PRIMARY KEY,
                    name {text} NOT NULL UNIQUE,
                    roles {text} NOT NULL,
                    password {text} NOT NULL,
                    state {text} NOT NULL CHECK (state IN ('active', 'disabled')),
                    created {integer} NOT NULL,
                    changed {integer} NOT NULL
                ) {table}
                """,
                """
                CREATE TABLE refresh_families (
                    id {text} PRIMARY KEY,
                    user_id {text} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                    state {text} NOT NULL CHECK (state IN ('live', 'ended')),
                    created {integer} NOT NULL,
                    expires {integer} NOT NULL,
                    access_expires {integer} NOT NULL
                ) {table}
                """,
                "CREATE INDEX refresh_families_by_user ON refresh_families (user_id)",
                "CREATE INDEX refresh_families_by_expiry ON refresh_families (expires)",
                """
                CREATE TABLE refresh_tokens (
                    hash {bytes} PRIMARY KEY,
                    family_id {text} NOT NULL REFERENCES refresh_families (id) ON DELETE CASCADE,
                    state {text} NOT NULL CHECK (state IN ('live', 'spent')),
                    expires {integer} NOT NULL
                ) {table by key}
                """,
                "CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family_id)",
                """
                CREATE TABLE revocations (
                    kind {text} NOT NULL CHECK (kind IN ('token', 'session')),
                    issuer {text} NOT NULL,
                    id {text} NOT NULL,
                    expires {integer} NOT NULL,
                    PRIMARY KEY (kind, issuer, id)
                ) {table by key}
                """,
                "CREATE INDEX revocations_by_expiry ON revocations (expires)",
                """
                CREATE TABLE signing_keys (
                    id {text} PRIMARY KEY,
                    state {text} NOT NULL CHECK (state IN ('current', 'retired')),
                    sealed_jwk {bytes} NOT NULL,
                    created {integer} NOT NULL
                ) {table}
                """,
                "CREATE UNIQUE INDEX one_current_signing_key ON signing_keys (state) WHERE state = 'current'",
            ]),
        Migration(
            "02-clients-grants-browsers",
            [
                """
                CREATE TABLE clients (
                    id {text} PRIMARY KEY,
                    state {text} NOT NULL CHECK (state IN ('active', 'disabled')),
                    document {text} NOT NULL,
                    secret {bytes},
                    created {integer} NOT NULL,
                    changed {integer} NOT NULL
                ) {table}
                """,
                "ALTER TABLE users ADD COLUMN groups {text} NOT NULL DEFAULT '[]'",
                "ALTER TABLE users ADD COLUMN profile {text} NOT NULL DEFAULT '{}'",
                "ALTER TABLE refresh_families ADD COLUMN client_id {text} NOT NULL DEFAULT 'first-party'",
                "ALTER TABLE refresh_families ADD COLUMN scope {text} NOT NULL DEFAULT ''",
                "ALTER TABLE refresh_families ADD COLUMN audiences {text} NOT NULL DEFAULT '[]'",
                "ALTER TABLE refresh_families ADD COLUMN authenticated {integer} NOT NULL DEFAULT 0",
                "ALTER TABLE refresh_families ADD COLUMN methods {text} NOT NULL DEFAULT '[]'",
                "ALTER TABLE refresh_families ADD COLUMN browser_session {text}",
                "ALTER TABLE refresh_families ADD COLUMN key_thumbprint {text}",
                """
                CREATE INDEX refresh_families_by_browser_session ON refresh_families (browser_session)
                WHERE browser_session IS NOT NULL
                """,
                "ALTER TABLE refresh_tokens ADD COLUMN spent {integer}",
                "ALTER TABLE refresh_tokens ADD COLUMN sealed_successor {bytes}",
                """
                CREATE INDEX refresh_tokens_with_successor ON refresh_tokens (spent)
                WHERE sealed_successor IS NOT NULL
                """,
                """
                CREATE TABLE authorization_codes (
                    hash {bytes} PRIMARY KEY,
                    state {text} NOT NULL CHECK (state IN ('live', 'spent')),
                    client_id {text} NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
                    user_id {text} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                    redirect_uri {text} NOT NULL,
                    challenge {text} NOT NULL,
                    scope {text} NOT NULL,
                    audiences {text} NOT NULL,
                    nonce {text},
                    authenticated {integer} NOT NULL,
                    methods {text} NOT NULL,
                    browser_session {text} NOT NULL,
                    key_thumbprint {text},
                    family_id {text},
                    expires {integer} NOT NULL
                ) {table by key}
                """,
                "CREATE INDEX authorization_codes_by_expiry ON authorization_codes (expires)",
                """
                CREATE TABLE browser_sessions (
                    hash {bytes} PRIMARY KEY,
                    id {text} NOT NULL UNIQUE,
                    user_id {text} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                    authenticated {integer} NOT NULL,
                    methods {text} NOT NULL,
                    agent {text} NOT NULL,
                    created {integer} NOT NULL,
                    seen {integer} NOT NULL,
                    expires {integer} NOT NULL
                ) {table by key}
                """,
                "CREATE INDEX browser_sessions_by_user ON browser_sessions (user_id)",
                "CREATE INDEX browser_sessions_by_expiry ON browser_sessions (expires)",
                """
                CREATE TABLE authorization_transactions (
                    hash {bytes} PRIMARY KEY,
                    browser {bytes} NOT NULL,
                    client_id {text} NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
                    parameters {text} NOT NULL,
                    earlier_session {text},
                    expires {integer} NOT NULL
                ) {table by key}
                """,
                "CREATE INDEX authorization_transactions_by_expiry ON authorization_transactions (expires)",
                """
                CREATE TABLE pushed_requests (
                    hash {bytes} PRIMARY KEY,
                    client_id {text} NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
                    parameters {text} NOT NULL,
                    expires {integer} NOT NULL
                ) {table by key}
                """,
                "CREATE INDEX pushed_requests_by_expiry ON pushed_requests (expires)",
                """
                CREATE TABLE consents (
                    user_id {text} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                    client_id {text} NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
                    scope {text} NOT NULL,
                    granted {integer} NOT NULL,
                    PRIMARY KEY (user_id, client_id)
                ) {table by key}
                """,
                """
                CREATE TABLE used_assertions (
                    issuer {text} NOT NULL,
                    id {text} NOT NULL,
                    expires {integer} NOT NULL,
                    PRIMARY KEY (issuer, id)
                ) {table by key}
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
                    hash {bytes} PRIMARY KEY,
                    browser {bytes} NOT NULL,
                    client_id {text} REFERENCES clients (id) ON DELETE CASCADE,
                    parameters {text} NOT NULL,
                    return_path {text} NOT NULL,
                    earlier_session {text},
                    user_id {text} REFERENCES users (id) ON DELETE CASCADE,
                    challenge {bytes} NOT NULL,
                    expires {integer} NOT NULL
                ) {table by key}
                """,
                "CREATE INDEX login_transactions_by_expiry ON login_transactions (expires)",
                """
                CREATE TABLE authenticators (
                    user_id {text} PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
                    state {text} NOT NULL CHECK (state IN ('pending', 'active')),
                    sealed_secret {bytes} NOT NULL,
                    last_step {integer} NOT NULL,
                    created {integer} NOT NULL
                ) {table by key}
                """,
                """
                CREATE TABLE recovery_codes (
                    hash {bytes} PRIMARY KEY,
                    user_id {text} NOT NULL REFERENCES users (id) ON DELETE CASCADE
                ) {table by key}
                """,
                "CREATE INDEX recovery_codes_by_user ON recovery_codes (user_id)",
                """
                CREATE TABLE passkeys (
                    credential {bytes} PRIMARY KEY,
                    user_id {text} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                    name {text} NOT NULL,
                    jwk {text} NOT NULL,
                    sign_count {integer} NOT NULL,
                    backed_up {integer} NOT NULL,
                    created {integer} NOT NULL,
                    used {integer}
                ) {table by key}
                """,
                "CREATE INDEX passkeys_by_user ON passkeys (user_id)",
                """
                CREATE TABLE device_authorizations (
                    hash {bytes} PRIMARY KEY,
                    user_code {bytes} NOT NULL UNIQUE,
                    client_id {text} NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
                    scope {text} NOT NULL,
                    state {text} NOT NULL CHECK (state IN ('asked', 'allowed', 'denied', 'spent')),
                    user_id {text} REFERENCES users (id) ON DELETE CASCADE,
                    authenticated {integer} NOT NULL DEFAULT 0,
                    methods {text} NOT NULL DEFAULT '[]',
                    key_thumbprint {text},
                    polled {integer} NOT NULL,
                    interval {integer} NOT NULL,
                    expires {integer} NOT NULL
                ) {table by key}
                """,
                "CREATE INDEX device_authorizations_by_expiry ON device_authorizations (expires)",
            ]),
        Migration(
            "04-rotating-keys-and-wider-revocations",
            [
                """
                CREATE TABLE rotating_keys (
                    id {text} PRIMARY KEY,
                    algorithm {text} NOT NULL,
                    state {text} NOT NULL CHECK (state IN ('next', 'current', 'retired')),
                    sealed_jwk {bytes} NOT NULL,
                    created {integer} NOT NULL,
                    activates {integer} NOT NULL,
                    expires {integer}
                ) {table}
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
                    kind {text} NOT NULL CHECK (kind IN ('token', 'session', 'subject', 'client')),
                    issuer {text} NOT NULL,
                    id {text} NOT NULL,
                    issued_until {integer},
                    expires {integer} NOT NULL,
                    PRIMARY KEY (kind, issuer, id)
                ) {table by key}
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
                    id {counted key},
                    time {integer} NOT NULL,
                    kind {text} NOT NULL,
                    user_id {text},
                    client_id {text},
                    address {text},
                    detail {text} NOT NULL,
                    chain {bytes} NOT NULL
                ) {table}
                """,
                "CREATE INDEX audit_events_by_user ON audit_events (user_id, id) WHERE user_id IS NOT NULL",
                .refuse(
                    .update, of: "audit_events", as: "audit_events_are_not_changed",
                    saying: "audit events are not changed"),
                .refuse(
                    .delete, of: "audit_events", as: "audit_events_are_not_deleted",
                    saying: "audit events are not deleted"),
            ]),
        Migration(
            "06-reset-links",
            [
                """
                CREATE TABLE reset_links (
                    hash {bytes} PRIMARY KEY,
                    user_id {text} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                    created {integer} NOT NULL,
                    expires {integer} NOT NULL
                ) {table by key}
                """,
                "CREATE INDEX reset_links_by_user ON reset_links (user_id)",
            ]),
        Migration(
            "07-registration-tokens",
            [
                """
                CREATE TABLE registration_tokens (
                    hash {bytes} PRIMARY KEY,
                    expires {integer} NOT NULL
                ) {table by key}
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
                "ALTER TABLE users ADD COLUMN server_role {text} CHECK (server_role IN ('admin'))",
                "UPDATE users SET server_role = 'admin' WHERE roles LIKE '%\"admin\"%'",
                "CREATE INDEX users_by_folded_name ON users (lower(name))",
            ]),
        Migration(
            "09-sessions-of-grants-that-go-on",
            [
                // The `sid` of a family's tokens: its id, until a session ends that the family outlives.
                "ALTER TABLE refresh_families ADD COLUMN session {text} NOT NULL DEFAULT ''",
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
                    kind {text} NOT NULL CHECK (kind IN ('token', 'session', 'subject', 'client', 'key')),
                    issuer {text} NOT NULL,
                    id {text} NOT NULL,
                    issued_until {integer},
                    expires {integer} NOT NULL,
                    PRIMARY KEY (kind, issuer, id)
                ) {table by key}
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
                "ALTER TABLE audit_events ADD COLUMN actor {text}",
                "ALTER TABLE audit_events ADD COLUMN actor_user {text}",
                "ALTER TABLE audit_events ADD COLUMN actor_client {text}",
                "CREATE TABLE audit_key (id {integer} PRIMARY KEY CHECK (id = 1), sealed {bytes} NOT NULL) {table}",
                """
                CREATE TABLE audit_head (
                    id {integer} PRIMARY KEY CHECK (id = 1),
                    begun {integer} NOT NULL,
                    unkeyed {integer} NOT NULL,
                    count {integer} NOT NULL,
                    chain {bytes} NOT NULL,
                    code {bytes} NOT NULL
                ) {table}
                """,
            ]),
        Migration(
            "11-roles-on-this-server",
            [
                """
                ALTER TABLE users ADD COLUMN role_on_server {text}
                    CHECK (role_on_server IN ('viewer', 'publisher', 'admin', 'owner'))
                """,
                // Admins could name admins until now, which is what owners may.
                "UPDATE users SET role_on_server = 'owner' WHERE server_role = 'admin'",
                "ALTER TABLE users DROP COLUMN server_role",
                "ALTER TABLE users RENAME COLUMN role_on_server TO server_role",
            ]),
        Migration(
            // Whoever has a token finds what it came of by its `sid`.
            "12-families-by-session", ["CREATE INDEX refresh_families_by_session ON refresh_families (session)"]),
    ]
}
