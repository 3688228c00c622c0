public import Blueprint
public import Codecs

/// What changed about one object.
public struct ObjectChange: Sendable, Equatable {
    /// Which object.
    public let object: ObjectReference
    /// Its canonical form before; nil when there was none.
    public let before: JSON?
    /// Its canonical form after; nil when it was deleted.
    public let after: JSON?
    /// Whose it was; nil when there was none.
    public let ownerBefore: Owner?
    /// Whose it is; nil when it was deleted.
    public let ownerAfter: Owner?

    /// What differs, field by field; empty for an object that was made or deleted, and where only the owner differs.
    public var differences: [FieldDifference] {
        guard let before, let after else { return [] }
        return FieldDifference.between(before, after)
    }
}

/// What a change did, or would do.
public struct Change: Sendable, Equatable {
    /// The revision that is in force after it; where nothing was written, the one that was in force before.
    public let revision: Int64
    /// Whether it was written: false for a dry run, and where nothing differs.
    public let isWritten: Bool
    /// The objects that differ, in the order of the kinds, then by name.
    public let objects: [ObjectChange]

    /// A change of these objects.
    public init(revision: Int64, isWritten: Bool, objects: [ObjectChange]) {
        self.revision = revision
        self.isWritten = isWritten
        self.objects = objects
    }
}

/// One revision of the configuration, as the history lists it.
public struct Revision: Sendable, Equatable {
    /// Its number; they are counted from 1.
    public let number: Int64
    /// When, in seconds since 1970.
    public let time: Int64
    /// Who changed it, in words.
    public let actor: String
    /// Where the change came from.
    public let source: ChangeSource
    /// What the actor said about it; empty for nothing.
    public let note: String
    /// How many objects were made.
    public let created: Int64
    /// How many objects were changed.
    public let changed: Int64
    /// How many objects were deleted.
    public let deleted: Int64
}
