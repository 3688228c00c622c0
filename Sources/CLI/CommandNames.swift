import ArgumentParser

/// Finds the command that was meant where somebody mistyped its name.
enum CommandNames {
    /// The complaint about the first word that is no command's name; nil if there is none. An option before the command
    /// ends the search: what follows may be its value.
    static func complaint(_ arguments: [String], _ root: any ParsableCommand.Type) -> String? {
        var words = arguments[...]
        var path = "signet"
        var command = root
        if words.first == "help" { words = words.dropFirst() }
        while let word = words.first, !word.hasPrefix("-"), !command.configuration.subcommands.isEmpty {
            let known = command.configuration.subcommands
            guard let next = known.first(where: { name(of: $0) == word }) else {
                let names = known.map(name(of:)) + (path == "signet" ? ["help"] : [])
                if word == "help" { return nil }
                let others = nearest(to: word, in: names).map { "did you mean \($0)?" }
                return "\(path) has no command \(shown(word)); "
                    + (others ?? "there are \(names.joined(separator: ", "))")
            }
            command = next
            path += " \(word)"
            words = words.dropFirst()
        }
        return nil
    }

    /// The one of some names that a word is most likely to stand for: one or two slips away, or begun alike.
    static func nearest(to word: String, in names: [String]) -> String? {
        let wanted = Array(word.lowercased().utf8)
        guard wanted.count >= 2, wanted.count <= 40 else { return nil }
        var best: (name: String, slips: Int)?
        for name in names {
            let known = Array(name.lowercased().utf8)
            let slips = known.starts(with: wanted) ? 0 : slips(wanted, known)
            // Half of a short word wrong makes another word of it.
            guard slips <= min(2, known.count / 2), slips < best?.slips ?? .max else { continue }
            best = (name, slips)
        }
        return best?.name
    }

    /// How many letters must be put in, left out, replaced, or exchanged with their neighbour, at most.
    private static func slips(_ one: [UInt8], _ other: [UInt8]) -> Int {
        var before: [Int] = []
        var last = Array(0...other.count)
        for (row, letter) in one.enumerated() {
            var current = [row + 1]
            for (column, otherLetter) in other.enumerated() {
                var least = min(last[column + 1], current[column]) + 1
                least = min(least, last[column] + (letter == otherLetter ? 0 : 1))
                if row > 0, column > 0, letter == other[column - 1], one[row - 1] == otherLetter {
                    least = min(least, before[column - 1] + 1)
                }
                current.append(least)
            }
            (before, last) = (last, current)
        }
        return last[other.count]
    }

    private static func name(of command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? command._commandName
    }

    /// What somebody wrote, if it is short and plain; it may have been meant for another place, and be a secret.
    private static func shown(_ word: String) -> String {
        word.utf8.count <= 20 && word.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? "'\(word)'" : "of that name"
    }
}
