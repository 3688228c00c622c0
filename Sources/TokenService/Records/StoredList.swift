import Codecs
import OAuth
import Storage

/// Lists of words in one column: a JSON array, or a scope's text.
enum StoredList {
    static func text(_ words: [ByteString]) -> String {
        JSONWriter.text(.array(words.map { .string($0) }))
    }

    static func read(_ text: String) throws(StoreError) -> [ByteString] {
        guard let array = (try? JSONReader.read(Array(text.utf8)))?.array else {
            throw StoreError(.unexpectedValue, "a stored list is not a JSON array")
        }
        return array.compactMap(\.string)
    }

    static func scope(_ text: String) throws(StoreError) -> Scope {
        guard let scope = try? Scope(text: ByteString(text)) else {
            throw StoreError(.unexpectedValue, "a stored scope is not a list of names")
        }
        return scope
    }
}
