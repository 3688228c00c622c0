import Foundation
import Testing

@testable import Gateway

/// The documentation tells of the phases that the code has, in the same order.
struct PhaseTests {
    @Test func `LIFE-OF-A-REQUEST names the phases of the code, in order`() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Documentation/LIFE-OF-A-REQUEST.md").standardized
        let text = try String(contentsOf: file, encoding: .utf8)
        let names = text.split(separator: "\n").filter { $0.hasPrefix("| **") }.map {
            $0.dropFirst(4).prefix { $0 != "*" }
        }

        #expect(names.map { String($0) } == Phase.allCases.map { $0.rawValue })
    }
}
