/// How much work one scrypt computation is (RFC 7914 §2).
public struct ScryptCost: Sendable, Equatable {
    /// The base-2 logarithm of the rounds N.
    public let logRounds: Int
    /// The block size r; memory is 128 · N · r bytes.
    public let blockSize: Int
    /// The parallelization p; time grows with it, memory does not.
    public let parallelism: Int

    /// N = 2^15, r = 8, p = 3: one of the settings that the OWASP Password Storage Cheat Sheet lists as equally strong
    /// (it starts at N = 2^17, p = 1). This one takes 32 MiB for each computation at a time instead of 128.
    public static let standard = ScryptCost(logRounds: 15, blockSize: 8, parallelism: 3)

    /// A few microseconds of work, for tests. Never for people's passwords.
    static let forTests = ScryptCost(logRounds: 4, blockSize: 8, parallelism: 1)

    private init(logRounds: Int, blockSize: Int, parallelism: Int) {
        self.logRounds = logRounds
        self.blockSize = blockSize
        self.parallelism = parallelism
    }

    /// A cost from a stored hash; nil outside what this program ever writes, so that a changed row cannot ask for
    /// gigabytes or for days.
    init?(stored logRounds: Int, _ blockSize: Int, _ parallelism: Int) {
        guard (1...18).contains(logRounds), (1...16).contains(blockSize), (1...16).contains(parallelism) else {
            return nil
        }
        self.init(logRounds: logRounds, blockSize: blockSize, parallelism: parallelism)
    }
}
