import CWebAssets
import Crypto
import NIOCore

/// One file of the page: where it is served, what it is, and the tag that tells its bytes from any others.
struct StudioAsset: Sendable {
    /// The path it is served at.
    let path: String
    /// Its media type, with the character set.
    let contentType: String
    /// The file itself.
    let bytes: ByteBuffer
    /// A strong entity tag (RFC 9110 §8.8.3) over the bytes.
    let entityTag: String

    /// Every file, the page first.
    static let all: [StudioAsset] = [
        StudioAsset("/", .html, web_studio_index_html()),
        StudioAsset("/studio/studio.css", .css, web_studio_studio_css()),
        StudioAsset("/studio/favicon.svg", .svg, web_studio_favicon_svg()),
        StudioAsset("/studio/studio.js", .javascript, web_studio_studio_js()),
        StudioAsset("/studio/decoded.js", .javascript, web_studio_decoded_js()),
        StudioAsset("/studio/dom.js", .javascript, web_studio_dom_js()),
        StudioAsset("/studio/examples.js", .javascript, web_studio_examples_js()),
        StudioAsset("/studio/judge.js", .javascript, web_studio_judge_js()),
        StudioAsset("/studio/judge.wasm.js", .javascript, web_studio_judge_wasm_js()),
        StudioAsset("/studio/moments.js", .javascript, web_studio_moments_js()),
        StudioAsset("/studio/signature.js", .javascript, web_studio_signature_js()),
        StudioAsset("/studio/token-field.js", .javascript, web_studio_token_field_js()),
        StudioAsset("/studio/verdict.js", .javascript, web_studio_verdict_js()),
    ]

    private enum MediaType: String {
        case html = "text/html; charset=utf-8"
        case css = "text/css; charset=utf-8"
        case svg = "image/svg+xml"
        case javascript = "text/javascript; charset=utf-8"
    }

    private init(_ path: String, _ type: MediaType, _ file: embedded_file) {
        self.path = path
        contentType = type.rawValue
        bytes = ByteBuffer(bytes: UnsafeBufferPointer(start: file.bytes, count: file.count))
        var hash = SHA256()
        hash.update(bufferPointer: UnsafeRawBufferPointer(start: file.bytes, count: file.count))
        let digits = hash.finalize().prefix(16).map { byte in
            let text = String(byte, radix: 16)
            return text.utf8.count == 1 ? "0" + text : text
        }
        entityTag = "\"" + digits.joined() + "\""
    }
}
