/// One thing that can be measured, ready to be done so many times.
public struct Work {
    /// Who does it: `signet`, or a bare primitive.
    public let name: String
    /// The algorithm, by its registered name.
    public let algorithm: String
    /// What is done, such as `verify`.
    public let operation: String
    /// Does it so many times; throws when the result is not what it should be.
    public let run: (Int) throws -> Void

    /// Work.
    public init(_ name: String, _ algorithm: String, _ operation: String, run: @escaping (Int) throws -> Void) {
        self.name = name
        self.algorithm = algorithm
        self.operation = operation
        self.run = run
    }
}

/// Something did not do what it should.
public struct BrokenWork: Error, CustomStringConvertible {
    /// What.
    public let description: String

    /// In words.
    public init(_ description: String) { self.description = description }
}
