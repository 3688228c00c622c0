import Foundation

/// Answers each line of an input with a line of output, in order and in constant memory.
///
/// Whatever the input delivers in one piece is answered before the next piece is waited for: a program may write one
/// line and read its answer, and a file of a million lines is still read and written in large pieces.
struct BatchLines {
    /// The longest line that is looked at, in bytes.
    static let maximumLine = 1_048_576
    private static let pieceSize = 65_536

    let input: Int32
    /// The answer to one line, without its line feed; nil for a line that was too long to be kept.
    let answer: (ArraySlice<UInt8>?) -> [UInt8]

    func run() throws {
        var piece = [UInt8](repeating: 0, count: Self.pieceSize)
        var held: [UInt8] = []
        var isTooLong = false
        var answers: [UInt8] = []
        func reply(_ line: ArraySlice<UInt8>?) {
            answers.append(contentsOf: answer(line))
            answers.append(0x0A)
        }
        while true {
            let count = piece.withUnsafeMutableBytes { read(input, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw CommandFailure.usage("cannot read the lines: \(String(cString: strerror(errno)))")
            }
            guard count > 0 else { break }
            var start = 0
            while let end = piece[start..<count].firstIndex(of: 0x0A) {
                if isTooLong {
                    reply(nil)
                } else if held.isEmpty {
                    reply(piece[start..<end])
                } else {
                    held.append(contentsOf: piece[start..<end])
                    reply(held.count > Self.maximumLine ? nil : held[...])
                }
                held.removeAll(keepingCapacity: true)
                isTooLong = false
                start = end + 1
                if answers.count > Self.pieceSize { try flush(&answers) }
            }
            if !isTooLong { held.append(contentsOf: piece[start..<count]) }
            if held.count > Self.maximumLine {
                isTooLong = true
                held = []
            }
            try flush(&answers)
        }
        if isTooLong || !held.isEmpty { reply(isTooLong ? nil : held[...]) }
        try flush(&answers)
    }

    private func flush(_ answers: inout [UInt8]) throws {
        try Output.write(answers)
        answers.removeAll(keepingCapacity: true)
    }
}
