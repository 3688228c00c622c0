import Gateway
import Logging
import NIOPosix
import ServiceLifecycle
import Storage

/// Keeps the counts of days and months in the data folder, so that a restart gives nobody a quota anew: every ten seconds,
/// and when the process stops. One that is killed loses what was counted since.
struct QuotaFile: Service {
    private static let interval = Duration.seconds(10)
    /// More than a full ledger needs.
    private static let mostBytes = 128 * 1_024 * 1_024

    private let path: String
    private let folder: String
    private let gateway: GatewayService
    private let logger: Logger

    init(in folder: DataFolder, gateway: GatewayService, logger: Logger) {
        self.folder = folder.path
        path = Self.path(in: folder)
        self.gateway = gateway
        self.logger = logger
    }

    private static func path(in folder: DataFolder) -> String { folder.path + "/quotas" }

    /// What an earlier process kept; nil where there is none. A file that cannot be read stops nobody from serving.
    static func read(in folder: DataFolder, logger: Logger) -> KeptQuotas? {
        do {
            guard let bytes = try PrivateFile.read(path(in: folder), atMost: mostBytes) else { return nil }
            if let quotas = KeptQuotas(bytes: bytes) { return quotas }
            logger.error("\(path(in: folder)) is damaged: days and months are counted from the start")
        } catch {
            logger.error("quotas cannot be read, days and months are counted from the start: \(error)")
        }
        return nil
    }

    func run() async throws {
        let keeper = Keeper(self)
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.interval)) != nil { await keeper.keep() }
        }
        await keeper.keep()
    }

    /// Writes what has changed, one time after the other.
    private actor Keeper {
        private let file: QuotaFile
        private var kept: KeptQuotas?
        private var hasComplained = false

        init(_ file: QuotaFile) { self.file = file }

        func keep() async {
            let quotas = file.gateway.quotas()
            guard quotas != kept, kept != nil || !quotas.isEmpty else { return }
            do {
                // The disk may take its time.
                try await NIOThreadPool.singleton.runIfActive { [path = file.path, folder = file.folder] in
                    try PrivateFile.write(quotas.bytes, to: path, folder: folder)
                }
                kept = quotas
                hasComplained = false
            } catch {
                if !hasComplained { file.logger.error("quotas cannot be kept: \(error)") }
                hasComplained = true
            }
        }
    }
}
