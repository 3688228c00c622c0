import Foundation

/// Where a secret comes from. The command line is the worst of places: it stays in the shell's history, and every user
/// of the machine can read it while the command runs.
enum SecretInput {
    /// The longest secret that is typed, in bytes.
    private static let longestTyped = 4_096

    /// One of the four ways to give a secret, whichever was used; nil when none was.
    /// - Parameters:
    ///   - name: the option's name, such as `secret` or `password`.
    ///   - question: what the terminal is asked; nil asks for the name.
    static func read(
        name: String, value: String?, file: String?, variable: String?, prompt: Bool, question: String? = nil
    ) throws -> [UInt8]? {
        let given = [value != nil, file != nil, variable != nil, prompt].filter { $0 }.count
        guard given <= 1 else {
            let bare = name == "secret" ? " and --secret" : ""
            throw CommandFailure.usage("give one of --\(name)-file, --\(name)-env, --\(name)-prompt\(bare)")
        }
        if let value {
            Output.error(
                "signet: warning: --\(name) stands in the shell's history and in the list of processes; "
                    + "--\(name)-file, --\(name)-env and --\(name)-prompt do not")
            return Array(value.utf8)
        }
        if let file { return InputFile.withoutLineEnd(try KeyFile.contents(file, option: "--\(name)-file")) }
        if let variable {
            guard let text = ProcessInfo.processInfo.environment[variable] else {
                // It may be the secret itself, and is not repeated.
                throw CommandFailure.usage(
                    "--\(name)-env takes the name of an environment variable, and there is none of that name")
            }
            return Array(text.utf8)
        }
        return prompt ? try typed(question ?? "\(name.prefix(1).uppercased())\(name.dropFirst()): ") : nil
    }

    /// Whether there is a terminal to ask at.
    static var canAsk: Bool {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard terminal >= 0 else { return false }
        close(terminal)
        return true
    }

    /// A line from the terminal, not shown while it is typed.
    private static func typed(_ question: String) throws -> [UInt8] {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard terminal >= 0 else {
            throw CommandFailure.usage("there is no terminal to ask at; use a file or an environment variable")
        }
        defer { close(terminal) }
        var before = termios()
        guard tcgetattr(terminal, &before) == 0 else {
            throw CommandFailure.usage("the terminal cannot be kept from showing what is typed")
        }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        guard tcsetattr(terminal, TCSAFLUSH, &silent) == 0 else {
            throw CommandFailure.usage("the terminal cannot be kept from showing what is typed")
        }
        defer { tcsetattr(terminal, TCSAFLUSH, &before) }
        _ = Array(question.utf8).withUnsafeBytes { write(terminal, $0.baseAddress, $0.count) }
        var secret: [UInt8] = []
        var byte: UInt8 = 0
        while secret.count < longestTyped, Foundation.read(terminal, &byte, 1) == 1, byte != 0x0A {
            secret.append(byte)
        }
        _ = Array("\n".utf8).withUnsafeBytes { write(terminal, $0.baseAddress, $0.count) }
        return secret
    }
}
