import Blueprint
import Codecs
import ConfigurationStore
import Storage
import TestSupport
import Testing

/// A store of its own in a folder of its own.
struct Opened {
    let temporary: TemporaryFolder
    let store: Store
    let blueprints: BlueprintStore

    init() async throws {
        temporary = try TemporaryFolder()
        store = try await Store(folder: try DataFolder.claim(temporary.path), masterKey: MasterKey.generate())
        blueprints = try await BlueprintStore(store: store)
    }

    static let ada = ChangeRequest(actor: "ada", time: 1_000)

    static func part(_ text: String) throws -> Blueprint {
        try Blueprint.readPart(try YAMLDocument.read(text))
    }

    @discardableResult
    func apply(
        _ text: String, file: String = "gateway.yaml", takeOver: TakeOver = .refused,
        expecting revision: Int64? = nil, for request: ChangeRequest = ada
    ) async throws -> Change {
        let places = try YAMLDocument.read(text)
        return try await blueprints.apply(
            try Blueprint.readPart(places), places: places, file: file, takeOver: takeOver, expecting: revision,
            for: request)
    }

    /// Puts a document's objects for the console.
    func put(_ text: String, takeOver: TakeOver = .refused, when state: BlueprintStore.ListedState = .any) async throws
        -> Change
    {
        let places = try YAMLDocument.read(text)
        return try await blueprints.put(
            try Blueprint.readPart(places), places: places, owner: .console, takeOver: takeOver, when: state,
            for: Self.ada)
    }

    /// The code of the error that something throws; nil when it throws none of the configuration's.
    func code(_ body: () async throws -> Void) async throws -> String? {
        do {
            try await body()
            return nil
        } catch let error as ConfigurationError {
            return error.code
        }
    }

    /// How many rows there are in all tables.
    func rows() async throws -> [Int64] {
        try await store.read { transaction in
            try [
                "SELECT COUNT(*) AS number FROM configuration_objects",
                "SELECT COUNT(*) AS number FROM configuration_changes",
                "SELECT COUNT(*) AS number FROM configuration_object_changes",
            ].map { (sql: StaticString) in try transaction.query(Statement(sql)).first?.integer("number") ?? -1 }
        }
    }
}

let two = """
    upstreams: { orders: http://127.0.0.1:9001 }
    apis:
      orders:
        path: /orders
        upstream: orders
        access: anonymous
        limit: 100/min per consumer
    """
let orders = ObjectReference(.upstream, "orders")
let api = ObjectReference(.api, "orders")
