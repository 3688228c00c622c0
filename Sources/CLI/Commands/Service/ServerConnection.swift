#if Server
    import AsyncHTTPClient
    import Codecs
    import Daemon
    import Foundation
    import NIOCore
    import NIOHTTP1

    /// Somewhere to ask a server's operations: the socket in its data folder, or its address.
    protocol ServerConnection {
        /// Asks for something below `/api`.
        func ask(_ method: String, _ target: String, body: JSON?) throws -> (status: Int, json: JSON)
    }

    extension ControlSocketClient: ServerConnection {
        func ask(_ method: String, _ target: String, body: JSON?) throws -> (status: Int, json: JSON) {
            let answer: Answer = try ask(method, "/api" + target, body: body)
            return (answer.status, answer.json)
        }
    }

    /// A server at an address, asked with an access token.
    struct HTTPServerConnection: ServerConnection {
        /// The most that is taken of an answer, in bytes.
        private static let limit = 16_777_216

        private let address: String
        private let token: String
        private let roots: String?

        init(address: String, token: [UInt8], roots: String?) throws {
            try Download.check(address)
            guard let text = String(validating: token, as: UTF8.self), !text.isEmpty,
                text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
            else { throw CommandFailure.usage("the access token for --server is empty, or no token") }
            self.address = address.hasSuffix("/") ? String(address.dropLast()) : address
            self.token = text
            self.roots = roots
        }

        func ask(_ method: String, _ target: String, body: JSON?) throws -> (status: Int, json: JSON) {
            let client = HTTPClient(
                eventLoopGroupProvider: .singleton, configuration: try Download(roots: roots).configuration())
            defer { try? client.syncShutdown() }
            var fields = HTTPHeaders([
                ("Authorization", "Bearer \(token)"), ("Accept", "application/json"), ("User-Agent", "signet"),
            ])
            if body != nil { fields.add(name: "Content-Type", value: "application/json") }
            let content = body.map { HTTPClient.Body.bytes(JSONWriter.write($0)) }
            let answer: HTTPClient.Response
            do {
                let request = try HTTPClient.Request(
                    url: address + "/api" + target, method: HTTPMethod(rawValue: method), headers: fields, body: content
                )
                answer = try client.execute(
                    request: request, delegate: ResponseAccumulator(request: request, maxBodySize: Self.limit),
                    deadline: .now() + .seconds(60)
                ).wait()
            } catch {
                throw CommandFailure.refused(
                    "\(Download.shown(address)) could not be asked: \(Download.reason(error))")
            }
            guard let bytes = answer.body, let json = try? JSONReader.read(Array(bytes.readableBytesView)) else {
                throw CommandFailure.refused(
                    "\(Download.shown(address)) answered with status \(answer.status.code) and no JSON: is it a Signet "
                        + "control plane?")
            }
            return (Int(answer.status.code), json)
        }
    }

    /// Turns a server's answer into what was asked for, or into the sentence that says why not.
    enum ServerAnswer {
        static func object(
            _ connection: any ServerConnection, _ method: String, _ target: String, body: JSON? = nil
        ) throws -> JSONObject {
            let answer: (status: Int, json: JSON)
            do {
                answer = try connection.ask(method, target, body: body)
            } catch let failure as CommandFailure {
                throw failure
            } catch {
                throw CommandFailure.refused("\(error)")
            }
            guard let object = answer.json.object, answer.status == 200 else {
                throw CommandFailure.refused(
                    answer.json.object?["detail"]?.string?.text
                        ?? answer.json.object?["error_description"]?.string?.text
                        ?? "the server said \(answer.status)")
            }
            return object
        }
    }
#endif
