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

    /// `StudioJudge.inspect`.
    @_expose(wasm, "inspect")
    @_cdecl("inspect")
    public func inspect(_ question: UnsafePointer<UInt8>?, _ count: Int32) -> UnsafeMutableRawPointer {
        answer(StudioJudge.inspect(bytes(question, count)))
    }

    /// `StudioJudge.describeKey`.
    @_expose(wasm, "describe_key")
    @_cdecl("describe_key")
    public func describeKey(_ question: UnsafePointer<UInt8>?, _ count: Int32) -> UnsafeMutableRawPointer {
        answer(StudioJudge.describeKey(bytes(question, count)))
    }

    /// `StudioJudge.plan`.
    @_expose(wasm, "plan")
    @_cdecl("plan")
    public func plan(_ question: UnsafePointer<UInt8>?, _ count: Int32) -> UnsafeMutableRawPointer {
        answer(StudioJudge.plan(bytes(question, count)))
    }

    /// `StudioJudge.judge`.
    @_expose(wasm, "judge")
    @_cdecl("judge")
    public func judge(_ question: UnsafePointer<UInt8>?, _ count: Int32) -> UnsafeMutableRawPointer {
        answer(StudioJudge.judge(bytes(question, count)))
    }

    private func bytes(_ question: UnsafePointer<UInt8>?, _ count: Int32) -> [UInt8] {
        Array(UnsafeBufferPointer(start: question, count: question == nil ? 0 : max(0, Int(count))))
    }

    private func answer(_ bytes: [UInt8]) -> UnsafeMutableRawPointer {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes.count + 4, alignment: 8)
        memory.storeBytes(of: UInt32(truncatingIfNeeded: bytes.count).littleEndian, as: UInt32.self)
        memory.advanced(by: 4).copyMemory(from: bytes, byteCount: bytes.count)
        return memory
    }
#endif
