// One pair for each file: its bytes (C23 #embed, resolved from this file's folder) and the function that hands them out.
#include "CWebAssets.h"

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

static const unsigned char studio_studio_js[] = {
#embed "../../Web/studio/studio.js"
};
embedded_file web_studio_studio_js(void) { return (embedded_file){studio_studio_js, sizeof studio_studio_js}; }

static const unsigned char studio_decoded_js[] = {
#embed "../../Web/studio/decoded.js"
};
embedded_file web_studio_decoded_js(void) { return (embedded_file){studio_decoded_js, sizeof studio_decoded_js}; }

static const unsigned char studio_dom_js[] = {
#embed "../../Web/studio/dom.js"
};
embedded_file web_studio_dom_js(void) { return (embedded_file){studio_dom_js, sizeof studio_dom_js}; }

static const unsigned char studio_examples_js[] = {
#embed "../../Web/studio/examples.js"
};
embedded_file web_studio_examples_js(void) { return (embedded_file){studio_examples_js, sizeof studio_examples_js}; }

static const unsigned char studio_judge_js[] = {
#embed "../../Web/studio/judge.js"
};
embedded_file web_studio_judge_js(void) { return (embedded_file){studio_judge_js, sizeof studio_judge_js}; }

static const unsigned char studio_judge_wasm_js[] = {
#embed "../../Web/studio/judge.wasm.js"  // written by: make wasm
};
embedded_file web_studio_judge_wasm_js(void) { return (embedded_file){studio_judge_wasm_js, sizeof studio_judge_wasm_js}; }

static const unsigned char studio_moments_js[] = {
#embed "../../Web/studio/moments.js"
};
embedded_file web_studio_moments_js(void) { return (embedded_file){studio_moments_js, sizeof studio_moments_js}; }

static const unsigned char studio_signature_js[] = {
#embed "../../Web/studio/signature.js"
};
embedded_file web_studio_signature_js(void) { return (embedded_file){studio_signature_js, sizeof studio_signature_js}; }

static const unsigned char studio_token_field_js[] = {
#embed "../../Web/studio/token-field.js"
};
embedded_file web_studio_token_field_js(void) { return (embedded_file){studio_token_field_js, sizeof studio_token_field_js}; }

static const unsigned char studio_verdict_js[] = {
#embed "../../Web/studio/verdict.js"
};
embedded_file web_studio_verdict_js(void) { return (embedded_file){studio_verdict_js, sizeof studio_verdict_js}; }

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

static const unsigned char manage_openapi_json[] = {
#embed "../../Web/manage/openapi.json"
};
embedded_file web_manage_openapi_json(void) { return (embedded_file){manage_openapi_json, sizeof manage_openapi_json}; }
