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
            ServeCommand.self, ApplyCommand.self, DiffCommand.self, CheckCommand.self, ExplainSettingCommand.self,
            ExportCommand.self, HistoryCommand.self, RollbackCommand.self, ReloadCommand.self, ExplainCommand.self,
            CredentialCommand.self, SecretCommand.self, ClientCommand.self, UserCommand.self, SessionCommand.self,
            SigningKeyCommand.self, MasterKeyCommand.self, AuditCommand.self,
        ]
    #else
        private static let serverCommands: [any ParsableCommand.Type] = []
    #endif

    static func main() async {
        do {
            let arguments = Array(CommandLine.arguments.dropFirst())
            if let complaint = CommandNames.complaint(arguments, SignetCommand.self) {
                throw CommandFailure.usage(complaint)
            }
            var command = try parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            try Output.finish()
        } catch let failure as CommandFailure {
            Output.end(failure)
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
