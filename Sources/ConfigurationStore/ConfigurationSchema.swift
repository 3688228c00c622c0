import Storage

/// The tables of the configuration, as steps that are only ever added to.
enum ConfigurationSchema {
    static let migrations: [Migration] = [
        Migration(
            "01-objects-and-their-history",
            [
                """
                CREATE TABLE configuration_objects (
                    kind {text} NOT NULL,
                    name {text} NOT NULL,
                    owner {text} NOT NULL,
                    revision {integer} NOT NULL,
                    content {text} NOT NULL,
                    changed_at {integer} NOT NULL,
                    changed_by {text} NOT NULL,
                    PRIMARY KEY (kind, name)
                ) {table by key}
                """,
                """
                CREATE TABLE configuration_changes (
                    revision {integer} NOT NULL PRIMARY KEY,
                    changed_at {integer} NOT NULL,
                    actor {text} NOT NULL,
                    source {text} NOT NULL,
                    note {text} NOT NULL,
                    created_objects {integer} NOT NULL,
                    changed_objects {integer} NOT NULL,
                    deleted_objects {integer} NOT NULL
                ) {table}
                """,
                // A row for each object, not one text for all: a change may have more objects than a JSON array is read with.
                """
                CREATE TABLE configuration_object_changes (
                    revision {integer} NOT NULL REFERENCES configuration_changes (revision) ON DELETE CASCADE,
                    kind {text} NOT NULL,
                    name {text} NOT NULL,
                    content_before {text},
                    content_after {text},
                    owner_before {text},
                    owner_after {text},
                    PRIMARY KEY (revision, kind, name)
                ) {table by key}
                """,
            ]),
        Migration(
            "02-secrets",
            [
                """
                CREATE TABLE secrets (
                    name {text} NOT NULL PRIMARY KEY, sealed {bytes} NOT NULL, created {integer} NOT NULL,
                    changed {integer} NOT NULL
                ) {table by key}
                """
            ]),
    ]
}
