/// Unguessable bytes from the system's generator.
public enum RandomBytes {
    /// This many random bytes. The system is asked for eight at a time: each question costs a call.
    public static func make(count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            let word: UInt64 = generator.next()
            for place in 0..<min(8, count - bytes.count) {
                bytes.append(UInt8(truncatingIfNeeded: word >> (8 * place)))
            }
        }
        return bytes
    }
}
