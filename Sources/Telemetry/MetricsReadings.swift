/// What a scrape is told by others, read at its moment.
public struct MetricsReadings: Sendable {
    /// Connections that are open at a listener.
    public struct Listener: Sendable {
        /// The listener's name.
        public let name: String
        /// How many are open.
        public let connections: Int

        /// A reading.
        public init(name: String, connections: Int) {
            self.name = name
            self.connections = connections
        }
    }

    /// What the system says about the process; nil where it says nothing.
    public struct Process: Sendable {
        /// The memory in use, in bytes.
        public var residentBytes: UInt64?
        /// The descriptors that are open.
        public var openDescriptors: UInt64?
        /// The processor's time that was used, in nanoseconds.
        public var processorTime: UInt64?
        /// When it was started, in milliseconds since 1970.
        public var start: UInt64?

        /// Readings.
        public init(
            residentBytes: UInt64? = nil, openDescriptors: UInt64? = nil, processorTime: UInt64? = nil,
            start: UInt64? = nil
        ) {
            self.residentBytes = residentBytes
            self.openDescriptors = openDescriptors
            self.processorTime = processorTime
            self.start = start
        }
    }

    /// One for each listener.
    public var listeners: [Listener]
    /// `AccessLog.dropped`.
    public var droppedLines: UInt64
    /// The process.
    public var process: Process

    /// Readings.
    public init(listeners: [Listener] = [], droppedLines: UInt64 = 0, process: Process = Process()) {
        self.listeners = listeners
        self.droppedLines = droppedLines
        self.process = process
    }
}
