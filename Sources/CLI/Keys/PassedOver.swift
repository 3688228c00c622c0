import Tokens

/// Keys of a set that are no good: the others serve, and these are named (RFC 7517 §5).
enum PassedOver {
    /// Names them on standard error.
    static func report(_ complaints: [KeyError]) {
        for complaint in complaints {
            Output.error("signet: passed over: \(complaint.detail) (\(complaint.code.rawValue))")
        }
    }
}
