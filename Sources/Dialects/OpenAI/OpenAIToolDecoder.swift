import Codecs

/// Reads `tools`, `tool_choice` and their older forms `functions` and `function_call`.
struct OpenAIToolDecoder {
    func decode(
        _ reader: inout MemberReader, _ conversation: inout Conversation, _ log: inout UnknownMemberLog
    ) throws(ModelError) {
        for field in try reader.take("tools")?.elements() ?? [] {
            conversation.tools.append(try tool(field, &log))
        }
        for field in try reader.take("functions")?.elements() ?? [] {
            conversation.tools.append(.function(try function(try field.members(), &log)))
        }
        let older = reader.take("function_call")
        if let choice = reader.take("tool_choice") ?? older {
            conversation.toolChoice = try toolChoice(choice, &log)
        }
        conversation.parallelToolCalls = try reader.take("parallel_tool_calls")?.bool()
    }

    private func tool(_ field: Field, _ log: inout UnknownMemberLog) throws(ModelError) -> Tool {
        var reader = try field.members()
        let type = try reader.require("type").string()
        guard type == "function" else { return .other(type: type, field.value) }
        let function = try function(try reader.require("function").members(), &log)
        try log.close(reader)
        return .function(function)
    }

    private func function(
        _ members: MemberReader, _ log: inout UnknownMemberLog
    ) throws(ModelError) -> Tool.Function {
        var reader = members
        let name = try reader.require("name")
        guard Names.isFunction(try name.string()) else { throw name.refused("is not [A-Za-z0-9_-]{1,64}") }
        let function = Tool.Function(
            name: try name.string(), description: try reader.take("description")?.string(),
            parameters: try reader.take("parameters")?.object(), strict: try reader.take("strict")?.bool())
        try log.close(reader)
        return function
    }

    private func toolChoice(_ field: Field, _ log: inout UnknownMemberLog) throws(ModelError) -> ToolChoice {
        if let word = field.value.string {
            switch word {
            case "auto": return .automatic
            case "none": return .none
            case "required": return .required
            default: throw field.refused("is none of auto, none, required")
            }
        }
        var reader = try field.members()
        let choice: ToolChoice
        guard let type = reader.take("type") else {
            // `function_call`'s object has a name alone.
            choice = .function(try reader.require("name").string())
            try log.close(reader)
            return choice
        }
        switch try type.string() {
        case "function":
            var function = try reader.require("function").members()
            choice = .function(try function.require("name").string())
            try log.close(function)
        case "allowed_tools":
            var allowed = try reader.require("allowed_tools").members()
            let required = try allowed.require("mode").string() == "required"
            var names: [ByteString] = []
            for tool in try allowed.require("tools").elements() {
                var tool = try tool.members()
                tool.pass("type")
                var function = try tool.require("function").members()
                names.append(try function.require("name").string())
            }
            choice = .allowed(names, required: required)
            try log.close(allowed)
        default: throw type.refused("is none of function, allowed_tools")
        }
        try log.close(reader)
        return choice
    }
}

/// What names may look like.
enum Names {
    /// `[A-Za-z0-9_-]{1,64}` (OpenAPI `FunctionObject`).
    static func isFunction(_ name: ByteString) -> Bool {
        (1...64).contains(name.count) && name.bytes.allSatisfy(isIdentifierByte)
    }

    static func isIdentifierByte(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }

    static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
