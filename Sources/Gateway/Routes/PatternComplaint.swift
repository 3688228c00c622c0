/// What is wrong with a pattern of a route, in words for the person who wrote it.
struct PatternComplaint: Error, Hashable, CustomStringConvertible {
    /// What is wrong, with the pattern as it was written.
    let message: String

    var description: String { message }

    init(_ message: String) { self.message = message }
}
