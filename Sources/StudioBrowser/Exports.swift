#if arch(wasm32)
    // What the page calls. A question is placed in memory from `alloc`; an answer is its length in four bytes, then
    // that many bytes of UTF-8, and goes back through `release`.

    /// Room for a question of this many bytes.
    @_expose(wasm, "alloc")
    @_cdecl("alloc")
    public func alloc(_ count: Int32) -> UnsafeMutableRawPointer? {
        count < 0 ? nil : UnsafeMutableRawPointer.allocate(byteCount: max(1, Int(count)), alignment: 8)
    }

    /// Gives back what `alloc` or a question returned.
    @_expose(wasm, "release")
    @_cdecl("release")
    public func release(_ memory: UnsafeMutableRawPointer?) {
        memory?.deallocate()
    }

    /// `StudioJudge.ask`.
    @_expose(wasm, "ask")
    @_cdecl("ask")
    public func ask(_ question: UnsafePointer<UInt8>?, _ count: Int32) -> UnsafeMutableRawPointer {
        let bytes = Array(UnsafeBufferPointer(start: question, count: question == nil ? 0 : max(0, Int(count))))
        let answer = StudioJudge.ask(bytes)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: answer.count + 4, alignment: 8)
        memory.storeBytes(of: UInt32(truncatingIfNeeded: answer.count).littleEndian, as: UInt32.self)
        memory.advanced(by: 4).copyMemory(from: answer, byteCount: answer.count)
        return memory
    }
#endif
