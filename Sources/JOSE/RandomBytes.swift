/// Unguessable bytes from the system's generator.
public enum RandomBytes {
    /// This many random bytes.
    public static func make(count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
