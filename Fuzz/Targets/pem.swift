import Codecs
import Tokens

/// PEM and DER. An input that starts with `-` is a text; of any other the first byte chooses a
/// label and the rest is DER.
enum Target {
    private static let labels = [
        "PUBLIC KEY", "PRIVATE KEY", "RSA PUBLIC KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "CERTIFICATE",
        "ENCRYPTED PRIVATE KEY",
    ]

    static func run(_ input: [UInt8]) {
        guard let first = input.first else { return }
        if first == UInt8(ascii: "-") { return text(input) }
        let der = Array(input.dropFirst())
        elements(der)
        guard !der.isEmpty else { return }
        let label = labels[Int(first) % labels.count]
        let text = Array(PEM.write(label: label, der: der).utf8)
        let blocks = try? PEM.read(text)
        expect(blocks?.map(\.label) == [label] && blocks?.first?.der == der, "what was written reads otherwise")
        key(text)
    }

    private static func text(_ text: [UInt8]) {
        key(text)
        do throws(PEMError) {
            let blocks = try PEM.read(text)
            expect(!blocks.isEmpty, "no block, and no complaint")
            for block in blocks where !block.der.isEmpty {
                let again = PEM.write(label: block.label, der: block.der)
                expect((try? PEM.read(Array(again.utf8))) == [block], "a block comes back otherwise")
                elements(block.der)
            }
        } catch {
            expect(error.description.utf8.count < 400, "a complaint of \(error.description.utf8.count) bytes")
            if case .body(let line) = error { expect(line >= 1 && line <= text.count + 1, "no such line") }
            if case .headers(let line) = error { expect(line >= 1 && line <= text.count + 1, "no such line") }
        }
    }

    private static func key(_ text: [UInt8]) {
        do throws(KeyError) {
            let keys = try KeyReader.read(text)
            for key in keys { KeyProperties.check(key) }
        } catch {
            expect(error.detail.utf8.count < 2_000, "a complaint of \(error.detail.utf8.count) bytes")
        }
    }

    /// What the reader takes for DER is exactly what the writer writes: a length has one form.
    private static func elements(_ der: [UInt8]) {
        var reader = DERReader(der)
        var written: [UInt8] = []
        while let tag = reader.nextTag {
            var peek = reader
            guard let contents = try? reader.read(tag) else { return }
            let element = DERWriter.element(tag, contents)
            written += element
            if tag == DERReader.Tag.integer, let magnitude = try? peek.readUnsignedInteger() {
                expect(magnitude.first != 0, "a leading zero in a magnitude")
                expect(DERWriter.unsignedInteger(magnitude) == element, "an integer has a second spelling")
            }
        }
        expect(written == der, "an element has a second spelling")
    }
}
