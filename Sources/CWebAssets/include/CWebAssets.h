#pragma once
#include <stddef.h>

// Files of Web/ inside the program: their bytes live as long as the process does.
typedef struct {
    const unsigned char *_Nonnull bytes;
    size_t count;
} embedded_file;

embedded_file web_studio_index_html(void);
embedded_file web_studio_studio_css(void);
embedded_file web_studio_favicon_svg(void);
embedded_file web_studio_studio_js(void);
embedded_file web_studio_decoded_js(void);
embedded_file web_studio_dom_js(void);
embedded_file web_studio_examples_js(void);
embedded_file web_studio_judge_js(void);
embedded_file web_studio_judge_wasm_js(void);
embedded_file web_studio_moments_js(void);
embedded_file web_studio_signature_js(void);
embedded_file web_studio_token_field_js(void);
embedded_file web_studio_verdict_js(void);
embedded_file web_pages_top_mustache(void);
embedded_file web_pages_bottom_mustache(void);
embedded_file web_pages_sign_in_mustache(void);
embedded_file web_pages_consent_mustache(void);
embedded_file web_pages_sign_out_mustache(void);
embedded_file web_pages_message_mustache(void);
embedded_file web_pages_leave_mustache(void);
embedded_file web_pages_form_post_mustache(void);
embedded_file web_pages_code_mustache(void);
embedded_file web_pages_account_mustache(void);
embedded_file web_pages_authenticator_mustache(void);
embedded_file web_pages_recovery_codes_mustache(void);
embedded_file web_pages_passkey_mustache(void);
embedded_file web_pages_device_mustache(void);
embedded_file web_pages_device_consent_mustache(void);
embedded_file web_pages_passkeys_js(void);
embedded_file web_pages_forgot_mustache(void);
embedded_file web_pages_reset_mustache(void);
embedded_file web_manage_openapi_json(void);
embedded_file web_pages_form_post_js(void);
embedded_file web_pages_pages_css(void);
