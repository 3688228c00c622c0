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

    /// What requests for one language model were since the start.
    public struct Model: Sendable, Hashable {
        /// The model, as callers name it.
        public let name: String
        /// Requests by how they ended: `answered`, `refused`, `failed`, `client-gone`.
        public var requests: [String: UInt64] = [:]
        /// Tokens that were read.
        public var inputTokens: UInt64 = 0
        /// Tokens that were written.
        public var outputTokens: UInt64 = 0
        /// The cost by currency (ISO 4217), in thousand millionths.
        public var nanos: [String: UInt64] = [:]

        /// A model that nobody has asked.
        public init(name: String) { self.name = name }
    }

    /// One for each listener.
    public var listeners: [Listener]
    /// `AccessLog.dropped`.
    public var droppedLines: UInt64
    /// The process.
    public var process: Process
    /// The language models, each once.
    public var models: [Model]

    /// Readings.
    public init(
        listeners: [Listener] = [], droppedLines: UInt64 = 0, process: Process = Process(), models: [Model] = []
    ) {
        self.models = models
        self.listeners = listeners
        self.droppedLines = droppedLines
        self.process = process
    }
}
