/// The version of the program.
public enum SignetVersion {
    /// As `signet --version` says it.
    public static let current = "0.1.0"
}
