public import Blueprint

/// Where the access log goes, by the setting `access-log`.
public enum AccessLogPlace: Sendable, Equatable {
    /// It is not written.
    case nowhere
    /// To standard output, among what the program says there.
    case standardOutput
    /// To a file, at its end.
    case file(String)

    /// What a configuration says.
    public init(_ blueprint: Blueprint) {
        switch blueprint.settings["access-log"]?.value {
        case nil, "off": self = .nowhere
        case "stdout": self = .standardOutput
        case .some(let path): self = .file(path)
        }
    }
}
