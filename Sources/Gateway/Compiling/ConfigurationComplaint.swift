/// What is wrong with a configuration that is a good document: a file that is not there, keys that are no good.
public struct ConfigurationComplaint: Error, Sendable, Equatable, CustomStringConvertible {
    /// Where, as a JSON pointer into the document (RFC 6901).
    public let pointer: String
    /// What is wrong and what to do.
    public let message: String

    /// A complaint.
    public init(pointer: String, message: String) {
        self.pointer = pointer
        self.message = message
    }

    /// The same in words.
    public var description: String { "\(pointer): \(message)" }
}

/// Everything that is wrong with a configuration; it is refused whole.
public struct ConfigurationComplaints: Error, Sendable, CustomStringConvertible {
    /// In the order in which they were found.
    public let complaints: [ConfigurationComplaint]

    /// Complaints.
    public init(complaints: [ConfigurationComplaint]) { self.complaints = complaints }

    /// One a line.
    public var description: String { complaints.map(\.description).joined(separator: "\n") }
}
