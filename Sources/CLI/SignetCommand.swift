import ArgumentParser
import Foundation

/// `signet`: tokens at a terminal, and the server.
@main
struct SignetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signet",
        abstract: "Makes, explains, checks and enforces tokens.",
        discussion: """
            Exit status: 0 the token is valid, or the command did what it was asked; 1 the token is refused, or the \
            server says no; 2 the command was used wrongly.
            """,
        version: "0.1.0",
        subcommands: tokenCommands + serverCommands)

    private static let tokenCommands: [any ParsableCommand.Type] = [
        DecodeCommand.self, VerifyCommand.self, SignCommand.self, InspectCommand.self, DiagnoseCommand.self,
        EncryptCommand.self, DecryptCommand.self, KeygenCommand.self, KeyCommand.self, JWKSCommand.self,
        CompletionCommand.self,
    ]

    #if Server
        private static let serverCommands: [any ParsableCommand.Type] = [
            ServeCommand.self, ExplainCommand.self, ReloadCommand.self,
        ]
    #else
        private static let serverCommands: [any ParsableCommand.Type] = []
    #endif

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            Output.error("signet: \(failure.message)")
            Foundation.exit(failure.status)
        } catch let status as ExitCode {
            Foundation.exit(status.rawValue)
        } catch {
            let message = fullMessage(for: error)
            if exitCode(for: error).isSuccess {
                print(message)
                Foundation.exit(0)
            }
            Output.error(message)
            Foundation.exit(CommandFailure.usage)
        }
    }
}

/// Ends a command with a sentence on standard error.
struct CommandFailure: Error {
    /// The token is refused, or the server says no.
    static let refused: Int32 = 1
    /// The command was used wrongly.
    static let usage: Int32 = 2

    let status: Int32
    let message: String

    static func usage(_ message: String) -> CommandFailure { CommandFailure(status: usage, message: message) }

    static func refused(_ message: String) -> CommandFailure { CommandFailure(status: refused, message: message) }
}

/// Where answers and complaints go.
enum Output {
    /// Prints a line at once, also into a pipe.
    @Sendable static func line(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    /// Prints a complaint on standard error.
    static func error(_ text: String) {
        // What was printed before it is to be read before it, also through a pipe.
        fflush(nil)
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
