import Storage

/// The tables of the token service, as steps that are only ever added to.
enum Schema {
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
            ])
    ]
}
