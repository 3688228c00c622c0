import ArgumentParser

/// Prints what makes a shell complete this command's names and options.
struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion", abstract: "Print a completion script for a shell.",
        discussion: """
            Examples:
              signet completion bash > ~/.local/share/bash-completion/completions/signet
              signet completion zsh > "${fpath[1]}/_signet"
              signet completion fish > ~/.config/fish/completions/signet.fish
            """)

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh, fish

        var completionShell: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    func run() {
        print(SignetCommand.completionScript(for: shell.completionShell))
    }
}
