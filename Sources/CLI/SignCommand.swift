import ArgumentParser
import Codecs
import Foundation
import JOSE
import Tokens

/// Makes a signed token.
struct SignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Make a signed token.",
        discussion: """
            Claims come from --claims (a JSON object, or - for standard input) and are completed by the options. \
            Example: signet sign --key private.jwk --subject ada --audience demo --expires-in 300
            """)

    @OptionGroup var keys: KeyOptions

    @Option(name: .long, help: "The claims as a JSON object, or - to read them from standard input.")
    var claims: String?

    @Option(name: .long, help: "iss")
    var issuer: String?

    @Option(name: .long, help: "sub")
    var subject: String?

    @Option(name: .long, help: "aud. May be repeated.")
    var audience: [String] = []

    @Option(name: .long, help: "Sets iat to now and exp to this many seconds later.")
    var expiresIn: Int64?

    @Option(name: .long, help: "The header's typ.")
    var type = "JWT"

    func validate() throws {
        if let expiresIn, expiresIn < 1 || expiresIn > 3_155_760_000 {
            throw ValidationError("--expires-in is 1 second to 100 years")
        }
    }

    func run() throws {
        do {
            let decoded = try keys.read()
            guard let key = decoded.first, decoded.count == 1 else {
                throw CommandFailure.usage("there are \(decoded.count) keys; give the one to sign with")
            }
            let signer = TokenSigner(key: try SigningKey(key))
            print(try signer.sign(claims: try payload(), type: ByteString(type)))
        } catch let error as KeyError {
            throw CommandFailure.usage("\(error.detail) (\(error.code.rawValue))")
        } catch let error as SigningError {
            throw CommandFailure.refused(error.detail)
        }
    }

    private func payload() throws -> JSONObject {
        var payload = try given()
        if let issuer { payload["iss"] = .string(ByteString(issuer)) }
        if let subject { payload["sub"] = .string(ByteString(subject)) }
        if audience.count == 1 { payload["aud"] = .string(ByteString(audience[0])) }
        if audience.count > 1 { payload["aud"] = .array(audience.map { .string(ByteString($0)) }) }
        if let expiresIn {
            let now = Int64(Date().timeIntervalSince1970)
            payload["iat"] = .number(JSONNumber(now))
            payload["exp"] = .number(JSONNumber(now + expiresIn))
        }
        guard !payload.members.isEmpty else {
            throw CommandFailure.usage("there are no claims: give --claims, --subject, --audience or --expires-in")
        }
        return payload
    }

    private func given() throws -> JSONObject {
        guard let claims else { return JSONObject() }
        let text = claims == "-" ? try InputFile.standardInput() : Array(claims.utf8)
        let object: JSONObject
        do {
            guard let found = try JSONReader.read(text).object else {
                throw CommandFailure.usage("--claims must be a JSON object")
            }
            object = found
        } catch let error as JSONError {
            throw CommandFailure.usage("--claims is not JSON: \(error.description)")
        }
        do {
            return try Claims(object).json
        } catch {
            throw CommandFailure.usage("--claims: \(error.detail)")
        }
    }
}
