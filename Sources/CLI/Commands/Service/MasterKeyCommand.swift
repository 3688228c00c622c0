#if Server
    import ArgumentParser
    import Daemon
    import Foundation

    /// The key that seals secrets at rest.
    struct MasterKeyCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "master-key", abstract: "Replace the key that seals secrets at rest.",
            subcommands: [Rotate.self])

        struct Rotate: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Seal everything with another master key. The server must not run.",
                discussion: """
                    Where the key is the file master.key, a new one is made and takes its place. Where it is in \
                    SIGNET_MASTER_KEY, SIGNET_NEW_MASTER_KEY must hold the next one. All is sealed anew or nothing, also \
                    when this is cut off. Backups of the database need the key of their time.
                    """)

            @Option(name: .long, help: "The data folder.")
            var data = "./signet-data"

            func run() async throws {
                let environment = ProcessInfo.processInfo.environment
                do {
                    let count = try await MasterKeyChange.rotate(
                        dataFolder: data, masterKey: environment["SIGNET_MASTER_KEY"],
                        newMasterKey: environment["SIGNET_NEW_MASTER_KEY"])
                    print("\(count) values are sealed with the new master key")
                } catch {
                    throw CommandFailure.refused("\(error)")
                }
            }
        }
    }
#endif
