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
    /// The file in gzip, where that is smaller.
    var compressed: ByteBuffer? { Self.compressed[path] }
    /// The entity tag of the file in gzip: other bytes, another tag.
    var compressedEntityTag: String { entityTag.dropLast() + "-gzip\"" }

    /// Whether it is the page that may speak to this server.
    var isOnline: Bool { path == OnlineStudio.path }

    /// Made when a browser asks for the first time, not while the server starts.
    private static let compressed = Dictionary(
        all.compactMap { asset in Gzip.compress(asset.bytes).map { (asset.path, $0) } }, uniquingKeysWith: { $1 })

    /// Every file, the page first.
    static let all: [StudioAsset] = [
        StudioAsset("/", .html, web_studio_index_html()),
        StudioAsset("/studio/studio.css", .css, web_studio_studio_css()),
        StudioAsset("/studio/favicon.svg", .svg, web_studio_favicon_svg()),
        StudioAsset("/studio/bench.js", .javascript, web_studio_bench_js()),
        StudioAsset("/learn/current", .html, web_studio_current_html()),
        StudioAsset("/studio/current.js", .javascript, web_studio_current_js()),
        StudioAsset("/studio/decoded.js", .javascript, web_studio_decoded_js()),
        StudioAsset("/studio/diagnosis.css", .css, web_studio_diagnosis_css()),
        StudioAsset("/studio/diagnosis.js", .javascript, web_studio_diagnosis_js()),
        StudioAsset("/studio/dom.js", .javascript, web_studio_dom_js()),
        StudioAsset("/studio/editors.js", .javascript, web_studio_editors_js()),
        StudioAsset("/studio/encryption.css", .css, web_studio_encryption_css()),
        StudioAsset("/studio/encryption.js", .javascript, web_studio_encryption_js()),
        StudioAsset("/studio/form.js", .javascript, web_studio_form_js()),
        StudioAsset("/studio/found-tokens.js", .javascript, web_studio_found_tokens_js()),
        StudioAsset("/studio/fragment.js", .javascript, web_studio_fragment_js()),
        StudioAsset("/studio/judge.js", .javascript, web_studio_judge_js()),
        StudioAsset("/studio/judge.wasm.js", .javascript, web_studio_judge_wasm_js()),
        StudioAsset("/studio/keys-convert.js", .javascript, web_studio_keys_convert_js()),
        StudioAsset("/studio/keys-generate.js", .javascript, web_studio_keys_generate_js()),
        StudioAsset("/studio/keys-parts.js", .javascript, web_studio_keys_parts_js()),
        StudioAsset("/studio/keys-public.js", .javascript, web_studio_keys_public_js()),
        StudioAsset("/studio/keys-table.js", .javascript, web_studio_keys_table_js()),
        StudioAsset("/studio/keys.css", .css, web_studio_keys_css()),
        StudioAsset("/studio/keys.js", .javascript, web_studio_keys_js()),
        StudioAsset("/studio/learn-issuer.js", .javascript, web_studio_learn_issuer_js()),
        StudioAsset("/studio/learn.css", .css, web_studio_learn_css()),
        StudioAsset("/learn", .html, web_studio_learn_html()),
        StudioAsset("/studio/learn.js", .javascript, web_studio_learn_js()),
        StudioAsset("/studio/mode.js", .javascript, web_studio_mode_js()),
        StudioAsset("/studio/moments.js", .javascript, web_studio_moments_js()),
        StudioAsset("/studio/online.css", .css, web_studio_online_css()),
        StudioAsset("/studio/online.js", .javascript, web_studio_online_js()),
        StudioAsset("/studio/parts.js", .javascript, web_studio_parts_js()),
        StudioAsset("/studio/primitives.js", .javascript, web_studio_primitives_js()),
        StudioAsset("/studio/proof.js", .javascript, web_studio_proof_js()),
        StudioAsset("/studio/reader.wasm.js", .javascript, web_studio_reader_wasm_js()),
        StudioAsset("/studio/settings.js", .javascript, web_studio_settings_js()),
        StudioAsset("/studio/share.js", .javascript, web_studio_share_js()),
        StudioAsset("/studio/shortcuts.js", .javascript, web_studio_shortcuts_js()),
        StudioAsset("/studio/signature.js", .javascript, web_studio_signature_js()),
        StudioAsset("/studio/snippets.css", .css, web_studio_snippets_css()),
        StudioAsset("/studio/snippets.js", .javascript, web_studio_snippets_js()),
        StudioAsset("/studio/studio.js", .javascript, web_studio_studio_js()),
        StudioAsset("/studio/studio.webmanifest", .manifest, web_studio_studio_webmanifest()),
        StudioAsset("/studio/template-data.js", .javascript, web_studio_template_data_js()),
        StudioAsset("/studio/templates.js", .javascript, web_studio_templates_js()),
        StudioAsset("/studio/texts.js", .javascript, web_studio_texts_js()),
        StudioAsset("/studio/theme.js", .javascript, web_studio_theme_js()),
        StudioAsset("/studio/timeline.js", .javascript, web_studio_timeline_js()),
        StudioAsset("/studio/token-field.js", .javascript, web_studio_token_field_js()),
        StudioAsset("/studio/tools.css", .css, web_studio_tools_css()),
        StudioAsset("/studio/verdict.js", .javascript, web_studio_verdict_js()),
        StudioAsset("/studio/workspace-fields.js", .javascript, web_studio_workspace_fields_js()),
        StudioAsset("/studio/workspace-items.js", .javascript, web_studio_workspace_items_js()),
        StudioAsset("/studio/workspace-open.js", .javascript, web_studio_workspace_open_js()),
        StudioAsset("/studio/workspace-store.js", .javascript, web_studio_workspace_store_js()),
        StudioAsset("/studio/workspace.css", .css, web_studio_workspace_css()),
        StudioAsset("/studio/workspace.js", .javascript, web_studio_workspace_js()),
        StudioAsset("/studio/snippets/all.js", .javascript, web_studio_snippets_all_js()),
        StudioAsset("/studio/snippets/csharp.js", .javascript, web_studio_snippets_csharp_js()),
        StudioAsset("/studio/snippets/facts.js", .javascript, web_studio_snippets_facts_js()),
        StudioAsset("/studio/snippets/go.js", .javascript, web_studio_snippets_go_js()),
        StudioAsset("/studio/snippets/java.js", .javascript, web_studio_snippets_java_js()),
        StudioAsset("/studio/snippets/literals.js", .javascript, web_studio_snippets_literals_js()),
        StudioAsset("/studio/snippets/node.js", .javascript, web_studio_snippets_node_js()),
        StudioAsset("/studio/snippets/php.js", .javascript, web_studio_snippets_php_js()),
        StudioAsset("/studio/snippets/python.js", .javascript, web_studio_snippets_python_js()),
        StudioAsset("/studio/snippets/rendering.js", .javascript, web_studio_snippets_rendering_js()),
        StudioAsset("/studio/snippets/rust.js", .javascript, web_studio_snippets_rust_js()),
        StudioAsset("/studio/snippets/shell.js", .javascript, web_studio_snippets_shell_js()),
        StudioAsset("/studio/snippets/swift.js", .javascript, web_studio_snippets_swift_js()),
        StudioAsset("/studio/texts/de-tools.js", .javascript, web_studio_texts_de_tools_js()),
        StudioAsset("/studio/texts/de.js", .javascript, web_studio_texts_de_js()),
        StudioAsset("/studio/texts/en-tools.js", .javascript, web_studio_texts_en_tools_js()),
        StudioAsset("/studio/texts/en.js", .javascript, web_studio_texts_en_js()),
        // The first file once more: its address and its policy make it the online page.
        StudioAsset(OnlineStudio.path, .html, web_studio_index_html()),
    ]

    private enum MediaType: String {
        case html = "text/html; charset=utf-8"
        case css = "text/css; charset=utf-8"
        case svg = "image/svg+xml"
        case javascript = "text/javascript; charset=utf-8"
        case manifest = "application/manifest+json"
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
