import CZlib
import NIOCore

/// Compresses a file of a page once, for every browser that will ask for it (RFC 1952).
enum Gzip {
    /// The bytes in gzip, at the best and slowest level; nil where that does not make them smaller.
    static func compress(_ bytes: ByteBuffer) -> ByteBuffer? {
        var stream = z_stream()
        guard signet_deflate_init_gzip(&stream, Z_BEST_COMPRESSION) == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        let room = bytes.readableBytes
        var output = ByteBuffer()
        let count = output.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { room in
            bytes.withUnsafeReadableBytes { input in
                // zlib does not write to its input; its header does not say so.
                stream.next_in = UnsafeMutablePointer(
                    mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
                stream.avail_in = UInt32(clamping: input.count)
                stream.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
                stream.avail_out = UInt32(clamping: room.count)
                guard deflate(&stream, Z_FINISH) == Z_STREAM_END else { return 0 }
                return Int(stream.total_out)
            }
        }
        return count == 0 || count >= room ? nil : output
    }
}
