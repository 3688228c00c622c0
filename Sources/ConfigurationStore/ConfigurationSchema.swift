import Storage

/// The tables of the configuration, as steps that are only ever added to.
enum ConfigurationSchema {
    static let migrations: [Migration] = [
        Migration(
            "01-objects-and-their-history",
            [
                """
                CREATE TABLE configuration_objects (
                    kind TEXT NOT NULL,
                    name TEXT NOT NULL,
                    owner TEXT NOT NULL,
                    revision INTEGER NOT NULL,
                    content TEXT NOT NULL,
                    changed_at INTEGER NOT NULL,
                    changed_by TEXT NOT NULL,
                    PRIMARY KEY (kind, name)
                ) STRICT, WITHOUT ROWID
                """,
                """
                CREATE TABLE configuration_changes (
                    revision INTEGER NOT NULL PRIMARY KEY,
                    changed_at INTEGER NOT NULL,
                    actor TEXT NOT NULL,
                    source TEXT NOT NULL,
                    note TEXT NOT NULL,
                    created_objects INTEGER NOT NULL,
                    changed_objects INTEGER NOT NULL,
                    deleted_objects INTEGER NOT NULL
                ) STRICT
                """,
                // A row for each object, not one text for all: a change may have more objects than a JSON array is read with.
                """
                CREATE TABLE configuration_object_changes (
                    revision INTEGER NOT NULL REFERENCES configuration_changes (revision) ON DELETE CASCADE,
                    kind TEXT NOT NULL,
                    name TEXT NOT NULL,
                    content_before TEXT,
                    content_after TEXT,
                    owner_before TEXT,
                    owner_after TEXT,
                    PRIMARY KEY (revision, kind, name)
                ) STRICT, WITHOUT ROWID
                """,
            ])
    ]
}
