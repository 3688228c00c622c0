// One pair for each file: its bytes (C23 #embed, resolved from this file's folder) and the function that hands them out.
#include "CWebAssets.h"

static const unsigned char problems_md[] = {
#embed "../../Documentation/PROBLEMS.md"
};
embedded_file documentation_problems_md(void) { return (embedded_file){problems_md, sizeof problems_md}; }

static const unsigned char studio_index_html[] = {
#embed "../../Web/studio/index.html"
};
embedded_file web_studio_index_html(void) { return (embedded_file){studio_index_html, sizeof studio_index_html}; }

static const unsigned char studio_studio_css[] = {
#embed "../../Web/studio/studio.css"
};
embedded_file web_studio_studio_css(void) { return (embedded_file){studio_studio_css, sizeof studio_studio_css}; }

static const unsigned char studio_favicon_svg[] = {
#embed "../../Web/studio/favicon.svg"
};
embedded_file web_studio_favicon_svg(void) { return (embedded_file){studio_favicon_svg, sizeof studio_favicon_svg}; }

static const unsigned char studio_bench_js[] = {
#embed "../../Web/studio/bench.js"
};
embedded_file web_studio_bench_js(void) { return (embedded_file){studio_bench_js, sizeof studio_bench_js}; }

static const unsigned char studio_current_html[] = {
#embed "../../Web/studio/current.html"
};
embedded_file web_studio_current_html(void) { return (embedded_file){studio_current_html, sizeof studio_current_html}; }

static const unsigned char studio_current_js[] = {
#embed "../../Web/studio/current.js"
};
embedded_file web_studio_current_js(void) { return (embedded_file){studio_current_js, sizeof studio_current_js}; }

static const unsigned char studio_decoded_js[] = {
#embed "../../Web/studio/decoded.js"
};
embedded_file web_studio_decoded_js(void) { return (embedded_file){studio_decoded_js, sizeof studio_decoded_js}; }

static const unsigned char studio_diagnosis_css[] = {
#embed "../../Web/studio/diagnosis.css"
};
embedded_file web_studio_diagnosis_css(void) { return (embedded_file){studio_diagnosis_css, sizeof studio_diagnosis_css}; }

static const unsigned char studio_diagnosis_js[] = {
#embed "../../Web/studio/diagnosis.js"
};
embedded_file web_studio_diagnosis_js(void) { return (embedded_file){studio_diagnosis_js, sizeof studio_diagnosis_js}; }

static const unsigned char studio_dom_js[] = {
#embed "../../Web/studio/dom.js"
};
embedded_file web_studio_dom_js(void) { return (embedded_file){studio_dom_js, sizeof studio_dom_js}; }

static const unsigned char studio_editors_js[] = {
#embed "../../Web/studio/editors.js"
};
embedded_file web_studio_editors_js(void) { return (embedded_file){studio_editors_js, sizeof studio_editors_js}; }

static const unsigned char studio_encryption_css[] = {
#embed "../../Web/studio/encryption.css"
};
embedded_file web_studio_encryption_css(void) { return (embedded_file){studio_encryption_css, sizeof studio_encryption_css}; }

static const unsigned char studio_encryption_js[] = {
#embed "../../Web/studio/encryption.js"
};
embedded_file web_studio_encryption_js(void) { return (embedded_file){studio_encryption_js, sizeof studio_encryption_js}; }

static const unsigned char studio_form_js[] = {
#embed "../../Web/studio/form.js"
};
embedded_file web_studio_form_js(void) { return (embedded_file){studio_form_js, sizeof studio_form_js}; }

static const unsigned char studio_found_tokens_js[] = {
#embed "../../Web/studio/found-tokens.js"
};
embedded_file web_studio_found_tokens_js(void) { return (embedded_file){studio_found_tokens_js, sizeof studio_found_tokens_js}; }

static const unsigned char studio_fragment_js[] = {
#embed "../../Web/studio/fragment.js"
};
embedded_file web_studio_fragment_js(void) { return (embedded_file){studio_fragment_js, sizeof studio_fragment_js}; }

static const unsigned char studio_judge_js[] = {
#embed "../../Web/studio/judge.js"
};
embedded_file web_studio_judge_js(void) { return (embedded_file){studio_judge_js, sizeof studio_judge_js}; }

static const unsigned char studio_judge_wasm_js[] = {
#embed "../../Web/studio/judge.wasm.js"
};
embedded_file web_studio_judge_wasm_js(void) { return (embedded_file){studio_judge_wasm_js, sizeof studio_judge_wasm_js}; }

static const unsigned char studio_keys_convert_js[] = {
#embed "../../Web/studio/keys-convert.js"
};
embedded_file web_studio_keys_convert_js(void) { return (embedded_file){studio_keys_convert_js, sizeof studio_keys_convert_js}; }

static const unsigned char studio_keys_generate_js[] = {
#embed "../../Web/studio/keys-generate.js"
};
embedded_file web_studio_keys_generate_js(void) { return (embedded_file){studio_keys_generate_js, sizeof studio_keys_generate_js}; }

static const unsigned char studio_keys_parts_js[] = {
#embed "../../Web/studio/keys-parts.js"
};
embedded_file web_studio_keys_parts_js(void) { return (embedded_file){studio_keys_parts_js, sizeof studio_keys_parts_js}; }

static const unsigned char studio_keys_public_js[] = {
#embed "../../Web/studio/keys-public.js"
};
embedded_file web_studio_keys_public_js(void) { return (embedded_file){studio_keys_public_js, sizeof studio_keys_public_js}; }

static const unsigned char studio_keys_table_js[] = {
#embed "../../Web/studio/keys-table.js"
};
embedded_file web_studio_keys_table_js(void) { return (embedded_file){studio_keys_table_js, sizeof studio_keys_table_js}; }

static const unsigned char studio_keys_css[] = {
#embed "../../Web/studio/keys.css"
};
embedded_file web_studio_keys_css(void) { return (embedded_file){studio_keys_css, sizeof studio_keys_css}; }

static const unsigned char studio_keys_js[] = {
#embed "../../Web/studio/keys.js"
};
embedded_file web_studio_keys_js(void) { return (embedded_file){studio_keys_js, sizeof studio_keys_js}; }

static const unsigned char studio_learn_issuer_js[] = {
#embed "../../Web/studio/learn-issuer.js"
};
embedded_file web_studio_learn_issuer_js(void) { return (embedded_file){studio_learn_issuer_js, sizeof studio_learn_issuer_js}; }

static const unsigned char studio_learn_css[] = {
#embed "../../Web/studio/learn.css"
};
embedded_file web_studio_learn_css(void) { return (embedded_file){studio_learn_css, sizeof studio_learn_css}; }

static const unsigned char studio_learn_html[] = {
#embed "../../Web/studio/learn.html"
};
embedded_file web_studio_learn_html(void) { return (embedded_file){studio_learn_html, sizeof studio_learn_html}; }

static const unsigned char studio_learn_js[] = {
#embed "../../Web/studio/learn.js"
};
embedded_file web_studio_learn_js(void) { return (embedded_file){studio_learn_js, sizeof studio_learn_js}; }

static const unsigned char studio_mode_js[] = {
#embed "../../Web/studio/mode.js"
};
embedded_file web_studio_mode_js(void) { return (embedded_file){studio_mode_js, sizeof studio_mode_js}; }

static const unsigned char studio_moments_js[] = {
#embed "../../Web/studio/moments.js"
};
embedded_file web_studio_moments_js(void) { return (embedded_file){studio_moments_js, sizeof studio_moments_js}; }

static const unsigned char studio_online_css[] = {
#embed "../../Web/studio/online.css"
};
embedded_file web_studio_online_css(void) { return (embedded_file){studio_online_css, sizeof studio_online_css}; }

static const unsigned char studio_online_js[] = {
#embed "../../Web/studio/online.js"
};
embedded_file web_studio_online_js(void) { return (embedded_file){studio_online_js, sizeof studio_online_js}; }

static const unsigned char studio_parts_js[] = {
#embed "../../Web/studio/parts.js"
};
embedded_file web_studio_parts_js(void) { return (embedded_file){studio_parts_js, sizeof studio_parts_js}; }

static const unsigned char studio_primitives_js[] = {
#embed "../../Web/studio/primitives.js"
};
embedded_file web_studio_primitives_js(void) { return (embedded_file){studio_primitives_js, sizeof studio_primitives_js}; }

static const unsigned char studio_proof_js[] = {
#embed "../../Web/studio/proof.js"
};
embedded_file web_studio_proof_js(void) { return (embedded_file){studio_proof_js, sizeof studio_proof_js}; }

static const unsigned char studio_reader_wasm_js[] = {
#embed "../../Web/studio/reader.wasm.js"
};
embedded_file web_studio_reader_wasm_js(void) { return (embedded_file){studio_reader_wasm_js, sizeof studio_reader_wasm_js}; }

static const unsigned char studio_settings_js[] = {
#embed "../../Web/studio/settings.js"
};
embedded_file web_studio_settings_js(void) { return (embedded_file){studio_settings_js, sizeof studio_settings_js}; }

static const unsigned char studio_share_js[] = {
#embed "../../Web/studio/share.js"
};
embedded_file web_studio_share_js(void) { return (embedded_file){studio_share_js, sizeof studio_share_js}; }

static const unsigned char studio_shortcuts_js[] = {
#embed "../../Web/studio/shortcuts.js"
};
embedded_file web_studio_shortcuts_js(void) { return (embedded_file){studio_shortcuts_js, sizeof studio_shortcuts_js}; }

static const unsigned char studio_signature_js[] = {
#embed "../../Web/studio/signature.js"
};
embedded_file web_studio_signature_js(void) { return (embedded_file){studio_signature_js, sizeof studio_signature_js}; }

static const unsigned char studio_snippets_css[] = {
#embed "../../Web/studio/snippets.css"
};
embedded_file web_studio_snippets_css(void) { return (embedded_file){studio_snippets_css, sizeof studio_snippets_css}; }

static const unsigned char studio_snippets_js[] = {
#embed "../../Web/studio/snippets.js"
};
embedded_file web_studio_snippets_js(void) { return (embedded_file){studio_snippets_js, sizeof studio_snippets_js}; }

static const unsigned char studio_studio_js[] = {
#embed "../../Web/studio/studio.js"
};
embedded_file web_studio_studio_js(void) { return (embedded_file){studio_studio_js, sizeof studio_studio_js}; }

static const unsigned char studio_studio_webmanifest[] = {
#embed "../../Web/studio/studio.webmanifest"
};
embedded_file web_studio_studio_webmanifest(void) { return (embedded_file){studio_studio_webmanifest, sizeof studio_studio_webmanifest}; }

static const unsigned char studio_template_data_js[] = {
#embed "../../Web/studio/template-data.js"
};
embedded_file web_studio_template_data_js(void) { return (embedded_file){studio_template_data_js, sizeof studio_template_data_js}; }

static const unsigned char studio_templates_js[] = {
#embed "../../Web/studio/templates.js"
};
embedded_file web_studio_templates_js(void) { return (embedded_file){studio_templates_js, sizeof studio_templates_js}; }

static const unsigned char studio_texts_js[] = {
#embed "../../Web/studio/texts.js"
};
embedded_file web_studio_texts_js(void) { return (embedded_file){studio_texts_js, sizeof studio_texts_js}; }

static const unsigned char studio_theme_js[] = {
#embed "../../Web/studio/theme.js"
};
embedded_file web_studio_theme_js(void) { return (embedded_file){studio_theme_js, sizeof studio_theme_js}; }

static const unsigned char studio_timeline_js[] = {
#embed "../../Web/studio/timeline.js"
};
embedded_file web_studio_timeline_js(void) { return (embedded_file){studio_timeline_js, sizeof studio_timeline_js}; }

static const unsigned char studio_token_field_js[] = {
#embed "../../Web/studio/token-field.js"
};
embedded_file web_studio_token_field_js(void) { return (embedded_file){studio_token_field_js, sizeof studio_token_field_js}; }

static const unsigned char studio_tools_css[] = {
#embed "../../Web/studio/tools.css"
};
embedded_file web_studio_tools_css(void) { return (embedded_file){studio_tools_css, sizeof studio_tools_css}; }

static const unsigned char studio_verdict_js[] = {
#embed "../../Web/studio/verdict.js"
};
embedded_file web_studio_verdict_js(void) { return (embedded_file){studio_verdict_js, sizeof studio_verdict_js}; }

static const unsigned char studio_workspace_fields_js[] = {
#embed "../../Web/studio/workspace-fields.js"
};
embedded_file web_studio_workspace_fields_js(void) { return (embedded_file){studio_workspace_fields_js, sizeof studio_workspace_fields_js}; }

static const unsigned char studio_workspace_items_js[] = {
#embed "../../Web/studio/workspace-items.js"
};
embedded_file web_studio_workspace_items_js(void) { return (embedded_file){studio_workspace_items_js, sizeof studio_workspace_items_js}; }

static const unsigned char studio_workspace_open_js[] = {
#embed "../../Web/studio/workspace-open.js"
};
embedded_file web_studio_workspace_open_js(void) { return (embedded_file){studio_workspace_open_js, sizeof studio_workspace_open_js}; }

static const unsigned char studio_workspace_store_js[] = {
#embed "../../Web/studio/workspace-store.js"
};
embedded_file web_studio_workspace_store_js(void) { return (embedded_file){studio_workspace_store_js, sizeof studio_workspace_store_js}; }

static const unsigned char studio_workspace_css[] = {
#embed "../../Web/studio/workspace.css"
};
embedded_file web_studio_workspace_css(void) { return (embedded_file){studio_workspace_css, sizeof studio_workspace_css}; }

static const unsigned char studio_workspace_js[] = {
#embed "../../Web/studio/workspace.js"
};
embedded_file web_studio_workspace_js(void) { return (embedded_file){studio_workspace_js, sizeof studio_workspace_js}; }

static const unsigned char studio_snippets_all_js[] = {
#embed "../../Web/studio/snippets/all.js"
};
embedded_file web_studio_snippets_all_js(void) { return (embedded_file){studio_snippets_all_js, sizeof studio_snippets_all_js}; }

static const unsigned char studio_snippets_csharp_js[] = {
#embed "../../Web/studio/snippets/csharp.js"
};
embedded_file web_studio_snippets_csharp_js(void) { return (embedded_file){studio_snippets_csharp_js, sizeof studio_snippets_csharp_js}; }

static const unsigned char studio_snippets_facts_js[] = {
#embed "../../Web/studio/snippets/facts.js"
};
embedded_file web_studio_snippets_facts_js(void) { return (embedded_file){studio_snippets_facts_js, sizeof studio_snippets_facts_js}; }

static const unsigned char studio_snippets_go_js[] = {
#embed "../../Web/studio/snippets/go.js"
};
embedded_file web_studio_snippets_go_js(void) { return (embedded_file){studio_snippets_go_js, sizeof studio_snippets_go_js}; }

static const unsigned char studio_snippets_java_js[] = {
#embed "../../Web/studio/snippets/java.js"
};
embedded_file web_studio_snippets_java_js(void) { return (embedded_file){studio_snippets_java_js, sizeof studio_snippets_java_js}; }

static const unsigned char studio_snippets_literals_js[] = {
#embed "../../Web/studio/snippets/literals.js"
};
embedded_file web_studio_snippets_literals_js(void) { return (embedded_file){studio_snippets_literals_js, sizeof studio_snippets_literals_js}; }

static const unsigned char studio_snippets_node_js[] = {
#embed "../../Web/studio/snippets/node.js"
};
embedded_file web_studio_snippets_node_js(void) { return (embedded_file){studio_snippets_node_js, sizeof studio_snippets_node_js}; }

static const unsigned char studio_snippets_php_js[] = {
#embed "../../Web/studio/snippets/php.js"
};
embedded_file web_studio_snippets_php_js(void) { return (embedded_file){studio_snippets_php_js, sizeof studio_snippets_php_js}; }

static const unsigned char studio_snippets_python_js[] = {
#embed "../../Web/studio/snippets/python.js"
};
embedded_file web_studio_snippets_python_js(void) { return (embedded_file){studio_snippets_python_js, sizeof studio_snippets_python_js}; }

static const unsigned char studio_snippets_rendering_js[] = {
#embed "../../Web/studio/snippets/rendering.js"
};
embedded_file web_studio_snippets_rendering_js(void) { return (embedded_file){studio_snippets_rendering_js, sizeof studio_snippets_rendering_js}; }

static const unsigned char studio_snippets_rust_js[] = {
#embed "../../Web/studio/snippets/rust.js"
};
embedded_file web_studio_snippets_rust_js(void) { return (embedded_file){studio_snippets_rust_js, sizeof studio_snippets_rust_js}; }

static const unsigned char studio_snippets_shell_js[] = {
#embed "../../Web/studio/snippets/shell.js"
};
embedded_file web_studio_snippets_shell_js(void) { return (embedded_file){studio_snippets_shell_js, sizeof studio_snippets_shell_js}; }

static const unsigned char studio_snippets_swift_js[] = {
#embed "../../Web/studio/snippets/swift.js"
};
embedded_file web_studio_snippets_swift_js(void) { return (embedded_file){studio_snippets_swift_js, sizeof studio_snippets_swift_js}; }

static const unsigned char studio_texts_de_tools_js[] = {
#embed "../../Web/studio/texts/de-tools.js"
};
embedded_file web_studio_texts_de_tools_js(void) { return (embedded_file){studio_texts_de_tools_js, sizeof studio_texts_de_tools_js}; }

static const unsigned char studio_texts_de_js[] = {
#embed "../../Web/studio/texts/de.js"
};
embedded_file web_studio_texts_de_js(void) { return (embedded_file){studio_texts_de_js, sizeof studio_texts_de_js}; }

static const unsigned char studio_texts_en_tools_js[] = {
#embed "../../Web/studio/texts/en-tools.js"
};
embedded_file web_studio_texts_en_tools_js(void) { return (embedded_file){studio_texts_en_tools_js, sizeof studio_texts_en_tools_js}; }

static const unsigned char studio_texts_en_js[] = {
#embed "../../Web/studio/texts/en.js"
};
embedded_file web_studio_texts_en_js(void) { return (embedded_file){studio_texts_en_js, sizeof studio_texts_en_js}; }

static const unsigned char pages_top_mustache[] = {
#embed "../../Web/pages/top.mustache"
};
embedded_file web_pages_top_mustache(void) { return (embedded_file){pages_top_mustache, sizeof pages_top_mustache}; }

static const unsigned char pages_bottom_mustache[] = {
#embed "../../Web/pages/bottom.mustache"
};
embedded_file web_pages_bottom_mustache(void) { return (embedded_file){pages_bottom_mustache, sizeof pages_bottom_mustache}; }

static const unsigned char pages_sign_in_mustache[] = {
#embed "../../Web/pages/sign-in.mustache"
};
embedded_file web_pages_sign_in_mustache(void) { return (embedded_file){pages_sign_in_mustache, sizeof pages_sign_in_mustache}; }

static const unsigned char pages_consent_mustache[] = {
#embed "../../Web/pages/consent.mustache"
};
embedded_file web_pages_consent_mustache(void) { return (embedded_file){pages_consent_mustache, sizeof pages_consent_mustache}; }

static const unsigned char pages_sign_out_mustache[] = {
#embed "../../Web/pages/sign-out.mustache"
};
embedded_file web_pages_sign_out_mustache(void) { return (embedded_file){pages_sign_out_mustache, sizeof pages_sign_out_mustache}; }

static const unsigned char pages_message_mustache[] = {
#embed "../../Web/pages/message.mustache"
};
embedded_file web_pages_message_mustache(void) { return (embedded_file){pages_message_mustache, sizeof pages_message_mustache}; }

static const unsigned char pages_leave_mustache[] = {
#embed "../../Web/pages/leave.mustache"
};
embedded_file web_pages_leave_mustache(void) { return (embedded_file){pages_leave_mustache, sizeof pages_leave_mustache}; }

static const unsigned char pages_form_post_mustache[] = {
#embed "../../Web/pages/form-post.mustache"
};
embedded_file web_pages_form_post_mustache(void) { return (embedded_file){pages_form_post_mustache, sizeof pages_form_post_mustache}; }

static const unsigned char pages_code_mustache[] = {
#embed "../../Web/pages/code.mustache"
};
embedded_file web_pages_code_mustache(void) { return (embedded_file){pages_code_mustache, sizeof pages_code_mustache}; }

static const unsigned char pages_account_mustache[] = {
#embed "../../Web/pages/account.mustache"
};
embedded_file web_pages_account_mustache(void) { return (embedded_file){pages_account_mustache, sizeof pages_account_mustache}; }

static const unsigned char pages_authenticator_mustache[] = {
#embed "../../Web/pages/authenticator.mustache"
};
embedded_file web_pages_authenticator_mustache(void) { return (embedded_file){pages_authenticator_mustache, sizeof pages_authenticator_mustache}; }

static const unsigned char pages_recovery_codes_mustache[] = {
#embed "../../Web/pages/recovery-codes.mustache"
};
embedded_file web_pages_recovery_codes_mustache(void) { return (embedded_file){pages_recovery_codes_mustache, sizeof pages_recovery_codes_mustache}; }

static const unsigned char pages_passkey_mustache[] = {
#embed "../../Web/pages/passkey.mustache"
};
embedded_file web_pages_passkey_mustache(void) { return (embedded_file){pages_passkey_mustache, sizeof pages_passkey_mustache}; }

static const unsigned char pages_device_mustache[] = {
#embed "../../Web/pages/device.mustache"
};
embedded_file web_pages_device_mustache(void) { return (embedded_file){pages_device_mustache, sizeof pages_device_mustache}; }

static const unsigned char pages_device_consent_mustache[] = {
#embed "../../Web/pages/device-consent.mustache"
};
embedded_file web_pages_device_consent_mustache(void) { return (embedded_file){pages_device_consent_mustache, sizeof pages_device_consent_mustache}; }

static const unsigned char pages_passkeys_js[] = {
#embed "../../Web/pages/passkeys.js"
};
embedded_file web_pages_passkeys_js(void) { return (embedded_file){pages_passkeys_js, sizeof pages_passkeys_js}; }

static const unsigned char pages_forgot_mustache[] = {
#embed "../../Web/pages/forgot.mustache"
};
embedded_file web_pages_forgot_mustache(void) { return (embedded_file){pages_forgot_mustache, sizeof pages_forgot_mustache}; }

static const unsigned char pages_reset_mustache[] = {
#embed "../../Web/pages/reset.mustache"
};
embedded_file web_pages_reset_mustache(void) { return (embedded_file){pages_reset_mustache, sizeof pages_reset_mustache}; }

static const unsigned char pages_form_post_js[] = {
#embed "../../Web/pages/form-post.js"
};
embedded_file web_pages_form_post_js(void) { return (embedded_file){pages_form_post_js, sizeof pages_form_post_js}; }

static const unsigned char pages_pages_css[] = {
#embed "../../Web/pages/pages.css"
};
embedded_file web_pages_pages_css(void) { return (embedded_file){pages_pages_css, sizeof pages_pages_css}; }

