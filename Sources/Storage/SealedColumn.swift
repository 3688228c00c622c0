import Crypto
import FoundationEssentials

/// One column whose values are encrypted before they reach the database.
///
/// AES-256-GCM under a key derived from the master key for this purpose alone (HKDF-SHA256), with purpose and row id
/// as associated data: a value moved to another row or column does not open. Form: version 1, nonce of 12 bytes,
/// ciphertext, tag of 16 bytes.
public struct SealedColumn: Sendable {
    private static let version: UInt8 = 1

    private let purpose: String
    private let key: SymmetricKey

    /// The column for a purpose.
    /// - Parameters:
    ///   - purpose: a name that stays the same for ever, for example `signing-key`.
    ///   - masterKey: the key of the data folder.
    public init(_ purpose: StaticString, masterKey: MasterKey) {
        self.purpose = purpose.description
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: masterKey.bytes),
            info: Array("signet sealed column: \(purpose)".utf8),
            outputByteCount: 32)
    }

    /// Encrypts a value for one row.
    public func seal(_ value: [UInt8], row: String) throws(StoreError) -> [UInt8] {
        do {
            let box = try AES.GCM.seal(value, using: key, authenticating: associatedData(row))
            return [Self.version] + Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
        } catch {
            throw StoreError(.sealBroken, "a value for \(purpose) could not be sealed")
        }
    }

    /// Decrypts the value of one row; throws `seal-broken` when it was changed, moved, or sealed with another key.
    public func open(_ sealed: [UInt8], row: String) throws(StoreError) -> [UInt8] {
        guard sealed.first == Self.version,
            let box = try? AES.GCM.SealedBox(combined: sealed.dropFirst()),
            let value = try? AES.GCM.open(box, using: key, authenticating: associatedData(row))
        else {
            throw StoreError(.sealBroken, "a stored \(purpose) does not open: it was changed outside this program")
        }
        return Array(value)
    }

    /// Purpose and row with a length before each, so that no two pairs give the same bytes.
    private func associatedData(_ row: String) -> [UInt8] {
        [purpose, row].flatMap { part in
            withUnsafeBytes(of: UInt64(part.utf8.count).bigEndian) { Array($0) } + Array(part.utf8)
        }
    }
}
