import Blueprint
import Codecs
import ConfigurationStore
import ControlPlane

/// Everything that is configured.
struct ConfigurationDocument: Described {
    var revision: Int64 = 0
    var document = ""

    static let schema = Schema<ConfigurationDocument>("a configuration", "Everything that is configured.") {
        Field("revision", \.revision, .count, example: "12", isRequired: true, "The revision that is in force.")
        Field(
            "document", \.document, .text(0...Int.max), example: "apis: …", isRequired: true,
            "The document, in YAML. Secrets are not in it: it says where they come from.")
    }
}

/// Whose an object is.
struct ObjectOwnership: Described {
    var object = ""
    var owner = ""
    var revision: Int64 = 0

    init() {}

    init(_ record: (key: ObjectReference, value: ObjectRecord)) {
        object = record.key.description
        owner = record.value.owner.description
        revision = record.value.revision
    }

    static let schema = Schema<ObjectOwnership>("an object's owner", "Whose an object is.") {
        Field("object", \.object, .text(), example: "api orders", isRequired: true, "Its kind and its name.")
        Field("owner", \.owner, .text(1...5_000), example: "console", isRequired: true, "Whose it is.")
        Field("revision", \.revision, .count, example: "12", isRequired: true, "The revision that changed it last.")
    }
}

/// What is worth a look at an object.
struct AdviceDocument: Described {
    var object = ""
    var text = ""

    init() {}

    init(_ advice: BlueprintAdvice) {
        object = advice.object
        text = advice.text
    }

    static let schema = Schema<AdviceDocument>("advice", "What is worth a look at an object.") {
        Field("object", \.object, .text(), example: "api orders", isRequired: true, "Its kind and its name.")
        Field(
            "text", \.text, .text(), example: "Nothing limits how often it is called.", isRequired: true,
            "One sentence.")
    }
}

/// A document that is to be applied.
struct ApplicationDocument: Described {
    var path: String?
    var document: String?
    var file: String?
    var isDryRun = false
    var takesOver = false
    var revision: Int64?
    var note = ""

    static let schema = Schema<ApplicationDocument>("an application", "A document that is to be applied.") {
        Field(
            "document", optional: \.document, .text(0...ConfigurationFile.largest), example: "apis: …",
            "The document, in YAML or JSON. Names of files in it must begin at the root.")
        Field(
            "file", optional: \.file,
            .text("a file's name", example: "gateway.yaml") { text in
                (1...1_024).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            }, example: "gateway.yaml",
            "The name of the file that owns the objects: applied again, it owns what it lists then.")
        Field(
            "path", optional: \.path, .text(1...4_096), example: "/etc/signet/gateway.yaml",
            "In the place of a document, a file of the server; at the operator's socket alone.")
        Field("dry_run", \.isDryRun, .flag, example: "true", "Tells what would change, and changes nothing.")
        Field(
            "take_over", \.takesOver, .flag, example: "true",
            "Listed objects that are the console's or another file's become this file's; otherwise they are refused.")
        Field(
            "revision", optional: \.revision, .count, example: "12",
            "The revision that must be in force; otherwise nothing is changed.")
        Field("note", \.note, .text(0...1_024), example: "more limits", "Why, for the history.")
    }
}

/// Objects that are to be put together.
struct ObjectsChangeDocument: Described {
    var document = ""
    var areNew = false
    var unchangedSince: Int64?
    var takesOver = false
    var isDryRun = false
    var note = ""

    /// How the objects must be.
    /// - Throws: 400 where two ways are asked for at once.
    var state: BlueprintStore.ListedState {
        get throws(ProblemBody) {
            switch (areNew, unchangedSince) {
            case (true, nil): .absent
            case (false, let revision?): .unchanged(since: revision)
            case (false, nil): .any
            case (true, _?): throw ConfigurationProblem.newAndUnchanged
            }
        }
    }

    static let schema = Schema<ObjectsChangeDocument>("a change of objects", "Objects that are to be put together.") {
        Field(
            "document", \.document, .text(0...ConfigurationFile.largest), example: "apis: …", isRequired: true,
            "A document with the objects, in YAML or JSON. Names of files in it must begin at the root.")
        Field("new", \.areNew, .flag, example: "true", "None of them may be there yet; otherwise 412.")
        Field(
            "unchanged_since", optional: \.unchangedSince, .integer(1...Int64.max), example: "12",
            "All of them must be there, and none changed after this revision; otherwise 412.")
        Field(
            "take_over", \.takesOver, .flag, example: "true",
            "Those that are a file's become the console's; otherwise they are refused. Needs the role admin.")
        Field("dry_run", \.isDryRun, .flag, example: "true", "Tells what would change, and changes nothing.")
        Field("note", \.note, .text(0...1_024), example: "orders is protected", "Why, for the history.")
    }
}

/// A revision that is to be the current one again.
struct RollbackDocument: Described {
    var revision: Int64 = 0
    var note = ""

    static let schema = Schema<RollbackDocument>("a rollback", "A revision that is to be the current one again.") {
        Field("revision", \.revision, .count, example: "11", isRequired: true, "The revision.")
        Field("note", \.note, .text(0...1_024), example: "as before", "Why, for the history.")
    }
}

/// What a change did, or would do.
struct ConfigurationChange: Described {
    var revision: Int64 = 0
    var isWritten = false
    var changes: Int64 = 0
    var text = ""
    var routes: Int64 = 0

    init() {}

    init(_ outcome: ConfigurationService.Outcome) {
        revision = outcome.change.revision
        isWritten = outcome.change.isWritten
        changes = Int64(outcome.change.objects.count)
        text = outcome.change.description
        routes = Int64(outcome.routes)
    }

    static let schema = Schema<ConfigurationChange>("a change", "What a change did, or would do.") {
        Field("revision", \.revision, .count, example: "12", isRequired: true, "The revision that is in force now.")
        Field(
            "written", \.isWritten, .flag, example: "true", isRequired: true,
            "Whether something was changed: not by a dry run, and not where nothing differs.")
        Field("changes", \.changes, .count, example: "2", isRequired: true, "How many objects differ.")
        Field("text", \.text, .text(0...Int.max), example: "+ api orders", isRequired: true, "What differs.")
        Field("routes", \.routes, .count, example: "3", isRequired: true, "How many routes the gateway has then.")
    }
}

/// A revision as the history lists it.
struct RevisionDocument: Described {
    var revision: Int64 = 0
    var time: Int64 = 0
    var actor = ""
    var source = ""
    var note = ""
    var created: Int64 = 0
    var changed: Int64 = 0
    var deleted: Int64 = 0

    init() {}

    init(_ known: Revision) {
        revision = known.number
        time = known.time
        actor = known.actor
        source =
            switch known.source {
            case .owner(let owner): owner.description
            case .revision(let number): "revision \(number)"
            }
        note = known.note
        created = known.created
        changed = known.changed
        deleted = known.deleted
    }

    static let schema = Schema<RevisionDocument>("a revision", "A change of the configuration.") {
        Field("revision", \.revision, .count, example: "12", isRequired: true, "Its number; they count from 1.")
        Field("time", \.time, .count, example: "1767225600", isRequired: true, "When, in seconds since 1970.")
        Field("actor", \.actor, .text(), example: "operator", isRequired: true, "Who.")
        Field("source", \.source, .text(1...5_000), example: "console", isRequired: true, "Where it came from.")
        Field("note", \.note, .text(0...1_024), example: "more limits", isRequired: true, "Why.")
        Field("created", \.created, .count, example: "1", isRequired: true, "How many objects were made.")
        Field("changed", \.changed, .count, example: "0", isRequired: true, "How many were changed.")
        Field("deleted", \.deleted, .count, example: "0", isRequired: true, "How many were deleted.")
    }
}

/// What a revision changed.
struct RevisionText: Described {
    var revision: Int64 = 0
    var text = ""

    static let schema = Schema<RevisionText>("a revision's text", "What a revision changed.") {
        Field("revision", \.revision, .count, example: "12", isRequired: true, "Its number.")
        Field("text", \.text, .text(0...Int.max), example: "+ api orders", isRequired: true, "What it changed.")
    }
}

extension FieldType where Value == Int64 {
    /// From 0 on.
    static var count: Self { .integer(0...Int64.max) }
}
