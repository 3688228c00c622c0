import ArgumentParser

/// A length of time as a person writes it: `90`, `90s`, `30m`, `12h`, `7d`, or several of them as in `1h30m`.
struct TimeSpan: ExpressibleByArgument, Equatable {
    /// How long, in seconds.
    let seconds: Int64

    init(seconds: Int64) { self.seconds = seconds }

    init?(argument: String) {
        guard let seconds = Moment.Duration.seconds(argument.utf8) else { return nil }
        self.seconds = seconds
    }

    var defaultValueDescription: String { "\(seconds)" }
}
