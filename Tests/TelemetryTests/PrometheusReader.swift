/// Reads the Prometheus text format as strictly as a scrape should be written: each line is one of three kinds, samples
/// stand under the description of their family, and no series stands twice.
struct PrometheusReader {
    struct Sample: Hashable {
        let name: String
        let labels: [String: String]
        let value: String
    }

    struct Defect: Error {
        let line: String
    }

    private(set) var samples: [Sample] = []
    private(set) var types: [String: String] = [:]
    private(set) var helps: Set<String> = []

    init(_ text: [UInt8]) throws {
        guard text.last == 0x0A else { throw Defect(line: "the end") }
        var family = ""
        var seen: Set<[String]> = []
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3)
            if line.hasPrefix("# HELP ") {
                guard words.count == 4, helps.insert(String(words[2])).inserted else { throw Defect(line: "\(line)") }
            } else if line.hasPrefix("# TYPE ") {
                family = String(words[2])
                guard words.count == 4, types[family] == nil else { throw Defect(line: "\(line)") }
                types[family] = String(words[3])
            } else {
                let sample = try Self.sample(line)
                let isHistogram = types[family] == "histogram"
                let names = isHistogram ? ["_bucket", "_sum", "_count"].map { family + $0 } : [family]
                let series = [sample.name] + sample.labels.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
                guard names.contains(sample.name), seen.insert(series).inserted else { throw Defect(line: "\(line)") }
                samples.append(sample)
            }
        }
    }

    func value(_ name: String, _ labels: [String: String] = [:]) -> String? {
        samples.first { $0.name == name && $0.labels == labels }?.value
    }

    func all(_ name: String) -> [Sample] { samples.filter { $0.name == name } }

    private static func sample(_ line: Substring) throws -> Sample {
        var rest = line[...]
        let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        rest = rest.dropFirst(name.count)
        var labels: [String: String] = [:]
        if rest.first == "{" {
            repeat {
                rest = rest.dropFirst()
                let label = rest.prefix { $0 != "=" }
                rest = rest.dropFirst(label.count)
                guard rest.hasPrefix("=\"") else { throw Defect(line: "\(line)") }
                rest = rest.dropFirst(2)
                var value = ""
                while let character = rest.popFirst(), character != "\"" {
                    guard character == "\\" else {
                        value.append(character)
                        continue
                    }
                    switch rest.popFirst() {
                    case "n": value.append("\n")
                    case "\\": value.append("\\")
                    case "\"": value.append("\"")
                    default: throw Defect(line: "\(line)")
                    }
                }
                guard labels.updateValue(value, forKey: String(label)) == nil else { throw Defect(line: "\(line)") }
            } while rest.first == ","
            guard rest.popFirst() == "}" else { throw Defect(line: "\(line)") }
        }
        guard !name.isEmpty, rest.popFirst() == " ", Double(rest) != nil else { throw Defect(line: "\(line)") }
        return Sample(name: String(name), labels: labels, value: String(rest))
    }
}
