import Foundation
import Telemetry

/// What the system says of this process. Where it has no `/proc`, nothing.
enum ProcessReadings {
    static func read() -> MetricsReadings.Process {
        var process = MetricsReadings.Process()
        let ticks = UInt64(max(sysconf(Int32(_SC_CLK_TCK)), 1))
        if let stat = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            let end = stat.lastIndex(of: ")")
        {
            // Behind the name in parentheses the third field comes first (proc_pid_stat(5)).
            let fields = stat[stat.index(after: end)...].split(separator: " ")
            if fields.count > 21, let user = UInt64(fields[11]), let system = UInt64(fields[12]),
                let start = UInt64(fields[19]), let pages = UInt64(fields[21])
            {
                process.processorTime = (user &+ system) &* (1_000_000_000 / ticks)
                process.residentBytes = pages &* UInt64(max(sysconf(Int32(_SC_PAGESIZE)), 1))
                process.start = boot.map { $0 &* 1_000 &+ start &* 1_000 / ticks }
            }
        }
        process.openDescriptors = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map {
            UInt64($0.count)
        }
        return process
    }

    /// When the machine started, in seconds since 1970.
    private static let boot: UInt64? = {
        guard let stat = try? String(contentsOfFile: "/proc/stat", encoding: .utf8) else { return nil }
        return stat.split(separator: "\n").first { $0.hasPrefix("btime ") }.flatMap { UInt64($0.dropFirst(6)) }
    }()
}
