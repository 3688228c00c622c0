// The files of the console, as assets.c has the others.
#include "CWebAssets.h"

static const unsigned char console_index_html[] = {
#embed "../../Web/console/index.html"
};
embedded_file web_console_index_html(void) { return (embedded_file){console_index_html, sizeof console_index_html}; }

static const unsigned char console_action_js[] = {
#embed "../../Web/console/action.js"
};
embedded_file web_console_action_js(void) { return (embedded_file){console_action_js, sizeof console_action_js}; }

static const unsigned char console_actors_js[] = {
#embed "../../Web/console/actors.js"
};
embedded_file web_console_actors_js(void) { return (embedded_file){console_actors_js, sizeof console_actors_js}; }

static const unsigned char console_advice_js[] = {
#embed "../../Web/console/advice.js"
};
embedded_file web_console_advice_js(void) { return (embedded_file){console_advice_js, sizeof console_advice_js}; }
static const unsigned char console_api_js[] = {
#embed "../../Web/console/api.js"
};
embedded_file web_console_api_js(void) { return (embedded_file){console_api_js, sizeof console_api_js}; }

static const unsigned char console_call_line_js[] = {
#embed "../../Web/console/call-line.js"
};
embedded_file web_console_call_line_js(void) { return (embedded_file){console_call_line_js, sizeof console_call_line_js}; }

static const unsigned char console_chart_js[] = {
#embed "../../Web/console/chart.js"
};
embedded_file web_console_chart_js(void) { return (embedded_file){console_chart_js, sizeof console_chart_js}; }

static const unsigned char console_chat_answer_js[] = {
#embed "../../Web/console/chat-answer.js"
};
embedded_file web_console_chat_answer_js(void) { return (embedded_file){console_chat_answer_js, sizeof console_chat_answer_js}; }

static const unsigned char console_console_css[] = {
#embed "../../Web/console/console.css"
};
embedded_file web_console_console_css(void) { return (embedded_file){console_console_css, sizeof console_console_css}; }

static const unsigned char console_console_js[] = {
#embed "../../Web/console/console.js"
};
embedded_file web_console_console_js(void) { return (embedded_file){console_console_js, sizeof console_console_js}; }

static const unsigned char console_context_js[] = {
#embed "../../Web/console/context.js"
};
embedded_file web_console_context_js(void) { return (embedded_file){console_context_js, sizeof console_context_js}; }

static const unsigned char console_dom_js[] = {
#embed "../../Web/console/dom.js"
};
embedded_file web_console_dom_js(void) { return (embedded_file){console_dom_js, sizeof console_dom_js}; }

static const unsigned char console_editor_js[] = {
#embed "../../Web/console/editor.js"
};
embedded_file web_console_editor_js(void) { return (embedded_file){console_editor_js, sizeof console_editor_js}; }

static const unsigned char console_event_stream_js[] = {
#embed "../../Web/console/event-stream.js"
};
embedded_file web_console_event_stream_js(void) { return (embedded_file){console_event_stream_js, sizeof console_event_stream_js}; }

static const unsigned char console_favicon_svg[] = {
#embed "../../Web/console/favicon.svg"
};
embedded_file web_console_favicon_svg(void) { return (embedded_file){console_favicon_svg, sizeof console_favicon_svg}; }

static const unsigned char console_fields_many_js[] = {
#embed "../../Web/console/fields-many.js"
};
embedded_file web_console_fields_many_js(void) { return (embedded_file){console_fields_many_js, sizeof console_fields_many_js}; }

static const unsigned char console_fields_text_js[] = {
#embed "../../Web/console/fields-text.js"
};
embedded_file web_console_fields_text_js(void) { return (embedded_file){console_fields_text_js, sizeof console_fields_text_js}; }

static const unsigned char console_fields_js[] = {
#embed "../../Web/console/fields.js"
};
embedded_file web_console_fields_js(void) { return (embedded_file){console_fields_js, sizeof console_fields_js}; }

static const unsigned char console_form_js[] = {
#embed "../../Web/console/form.js"
};
embedded_file web_console_form_js(void) { return (embedded_file){console_form_js, sizeof console_form_js}; }

static const unsigned char console_forms_css[] = {
#embed "../../Web/console/forms.css"
};
embedded_file web_console_forms_css(void) { return (embedded_file){console_forms_css, sizeof console_forms_css}; }

static const unsigned char console_health_js[] = {
#embed "../../Web/console/health.js"
};
embedded_file web_console_health_js(void) { return (embedded_file){console_health_js, sizeof console_health_js}; }

static const unsigned char console_journey_let_in_js[] = {
#embed "../../Web/console/journey-let-in.js"
};
embedded_file web_console_journey_let_in_js(void) { return (embedded_file){console_journey_let_in_js, sizeof console_journey_let_in_js}; }

static const unsigned char console_journey_model_js[] = {
#embed "../../Web/console/journey-model.js"
};
embedded_file web_console_journey_model_js(void) { return (embedded_file){console_journey_model_js, sizeof console_journey_model_js}; }

static const unsigned char console_journey_protect_js[] = {
#embed "../../Web/console/journey-protect.js"
};
embedded_file web_console_journey_protect_js(void) { return (embedded_file){console_journey_protect_js, sizeof console_journey_protect_js}; }

static const unsigned char console_journey_js[] = {
#embed "../../Web/console/journey.js"
};
embedded_file web_console_journey_js(void) { return (embedded_file){console_journey_js, sizeof console_journey_js}; }

static const unsigned char console_kinds_js[] = {
#embed "../../Web/console/kinds.js"
};
embedded_file web_console_kinds_js(void) { return (embedded_file){console_kinds_js, sizeof console_kinds_js}; }

static const unsigned char console_list_js[] = {
#embed "../../Web/console/list.js"
};
embedded_file web_console_list_js(void) { return (embedded_file){console_list_js, sizeof console_list_js}; }

static const unsigned char console_live_js[] = {
#embed "../../Web/console/live.js"
};
embedded_file web_console_live_js(void) { return (embedded_file){console_live_js, sizeof console_live_js}; }

static const unsigned char console_model_document_js[] = {
#embed "../../Web/console/model-document.js"
};
embedded_file web_console_model_document_js(void) { return (embedded_file){console_model_document_js, sizeof console_model_document_js}; }

static const unsigned char console_model_traffic_js[] = {
#embed "../../Web/console/model-traffic.js"
};
embedded_file web_console_model_traffic_js(void) { return (embedded_file){console_model_traffic_js, sizeof console_model_traffic_js}; }

static const unsigned char console_moments_js[] = {
#embed "../../Web/console/moments.js"
};
embedded_file web_console_moments_js(void) { return (embedded_file){console_moments_js, sizeof console_moments_js}; }

static const unsigned char console_money_js[] = {
#embed "../../Web/console/money.js"
};
embedded_file web_console_money_js(void) { return (embedded_file){console_money_js, sizeof console_money_js}; }

static const unsigned char console_openapi_box_js[] = {
#embed "../../Web/console/openapi-box.js"
};
embedded_file web_console_openapi_box_js(void) { return (embedded_file){console_openapi_box_js, sizeof console_openapi_box_js}; }

static const unsigned char console_openapi_read_js[] = {
#embed "../../Web/console/openapi-read.js"
};
embedded_file web_console_openapi_read_js(void) { return (embedded_file){console_openapi_read_js, sizeof console_openapi_read_js}; }

static const unsigned char console_overview_js[] = {
#embed "../../Web/console/overview.js"
};
embedded_file web_console_overview_js(void) { return (embedded_file){console_overview_js, sizeof console_overview_js}; }

static const unsigned char console_page_js[] = {
#embed "../../Web/console/page.js"
};
embedded_file web_console_page_js(void) { return (embedded_file){console_page_js, sizeof console_page_js}; }

static const unsigned char console_pages_analytics_js[] = {
#embed "../../Web/console/pages-analytics.js"
};
embedded_file web_console_pages_analytics_js(void) { return (embedded_file){console_pages_analytics_js, sizeof console_pages_analytics_js}; }

static const unsigned char console_pages_audit_js[] = {
#embed "../../Web/console/pages-audit.js"
};
embedded_file web_console_pages_audit_js(void) { return (embedded_file){console_pages_audit_js, sizeof console_pages_audit_js}; }

static const unsigned char console_pages_clients_js[] = {
#embed "../../Web/console/pages-clients.js"
};
embedded_file web_console_pages_clients_js(void) { return (embedded_file){console_pages_clients_js, sizeof console_pages_clients_js}; }

static const unsigned char console_pages_code_js[] = {
#embed "../../Web/console/pages-code.js"
};
embedded_file web_console_pages_code_js(void) { return (embedded_file){console_pages_code_js, sizeof console_pages_code_js}; }

static const unsigned char console_pages_explanations_js[] = {
#embed "../../Web/console/pages-explanations.js"
};
embedded_file web_console_pages_explanations_js(void) { return (embedded_file){console_pages_explanations_js, sizeof console_pages_explanations_js}; }

static const unsigned char console_pages_history_js[] = {
#embed "../../Web/console/pages-history.js"
};
embedded_file web_console_pages_history_js(void) { return (embedded_file){console_pages_history_js, sizeof console_pages_history_js}; }

static const unsigned char console_pages_issuers_js[] = {
#embed "../../Web/console/pages-issuers.js"
};
embedded_file web_console_pages_issuers_js(void) { return (embedded_file){console_pages_issuers_js, sizeof console_pages_issuers_js}; }

static const unsigned char console_pages_keys_js[] = {
#embed "../../Web/console/pages-keys.js"
};
embedded_file web_console_pages_keys_js(void) { return (embedded_file){console_pages_keys_js, sizeof console_pages_keys_js}; }

static const unsigned char console_pages_models_js[] = {
#embed "../../Web/console/pages-models.js"
};
embedded_file web_console_pages_models_js(void) { return (embedded_file){console_pages_models_js, sizeof console_pages_models_js}; }

static const unsigned char console_pages_objects_js[] = {
#embed "../../Web/console/pages-objects.js"
};
embedded_file web_console_pages_objects_js(void) { return (embedded_file){console_pages_objects_js, sizeof console_pages_objects_js}; }

static const unsigned char console_pages_people_js[] = {
#embed "../../Web/console/pages-people.js"
};
embedded_file web_console_pages_people_js(void) { return (embedded_file){console_pages_people_js, sizeof console_pages_people_js}; }

static const unsigned char console_pages_roles_js[] = {
#embed "../../Web/console/pages-roles.js"
};
embedded_file web_console_pages_roles_js(void) { return (embedded_file){console_pages_roles_js, sizeof console_pages_roles_js}; }

static const unsigned char console_pages_secrets_js[] = {
#embed "../../Web/console/pages-secrets.js"
};
embedded_file web_console_pages_secrets_js(void) { return (embedded_file){console_pages_secrets_js, sizeof console_pages_secrets_js}; }

static const unsigned char console_pages_spending_js[] = {
#embed "../../Web/console/pages-spending.js"
};
embedded_file web_console_pages_spending_js(void) { return (embedded_file){console_pages_spending_js, sizeof console_pages_spending_js}; }

static const unsigned char console_pages_tokens_js[] = {
#embed "../../Web/console/pages-tokens.js"
};
embedded_file web_console_pages_tokens_js(void) { return (embedded_file){console_pages_tokens_js, sizeof console_pages_tokens_js}; }

static const unsigned char console_parts_css[] = {
#embed "../../Web/console/parts.css"
};
embedded_file web_console_parts_css(void) { return (embedded_file){console_parts_css, sizeof console_parts_css}; }

static const unsigned char console_playground_js[] = {
#embed "../../Web/console/playground.js"
};
embedded_file web_console_playground_js(void) { return (embedded_file){console_playground_js, sizeof console_playground_js}; }

static const unsigned char console_problem_js[] = {
#embed "../../Web/console/problem.js"
};
embedded_file web_console_problem_js(void) { return (embedded_file){console_problem_js, sizeof console_problem_js}; }

static const unsigned char console_provider_test_js[] = {
#embed "../../Web/console/provider-test.js"
};
embedded_file web_console_provider_test_js(void) { return (embedded_file){console_provider_test_js, sizeof console_provider_test_js}; }

static const unsigned char console_schema_js[] = {
#embed "../../Web/console/schema.js"
};
embedded_file web_console_schema_js(void) { return (embedded_file){console_schema_js, sizeof console_schema_js}; }

static const unsigned char console_session_js[] = {
#embed "../../Web/console/session.js"
};
embedded_file web_console_session_js(void) { return (embedded_file){console_session_js, sizeof console_session_js}; }

static const unsigned char console_shown_credential_js[] = {
#embed "../../Web/console/shown-credential.js"
};
embedded_file web_console_shown_credential_js(void) { return (embedded_file){console_shown_credential_js, sizeof console_shown_credential_js}; }

static const unsigned char console_steps_js[] = {
#embed "../../Web/console/steps.js"
};
embedded_file web_console_steps_js(void) { return (embedded_file){console_steps_js, sizeof console_steps_js}; }

static const unsigned char console_token_text_js[] = {
#embed "../../Web/console/token-text.js"
};
embedded_file web_console_token_text_js(void) { return (embedded_file){console_token_text_js, sizeof console_token_text_js}; }

static const unsigned char console_traffic_js[] = {
#embed "../../Web/console/traffic.js"
};
embedded_file web_console_traffic_js(void) { return (embedded_file){console_traffic_js, sizeof console_traffic_js}; }

static const unsigned char console_trial_js[] = {
#embed "../../Web/console/trial.js"
};
embedded_file web_console_trial_js(void) { return (embedded_file){console_trial_js, sizeof console_trial_js}; }

static const unsigned char console_yaml_flow_js[] = {
#embed "../../Web/console/yaml-flow.js"
};
embedded_file web_console_yaml_flow_js(void) { return (embedded_file){console_yaml_flow_js, sizeof console_yaml_flow_js}; }

static const unsigned char console_yaml_read_js[] = {
#embed "../../Web/console/yaml-read.js"
};
embedded_file web_console_yaml_read_js(void) { return (embedded_file){console_yaml_read_js, sizeof console_yaml_read_js}; }

static const unsigned char console_yaml_write_js[] = {
#embed "../../Web/console/yaml-write.js"
};
embedded_file web_console_yaml_write_js(void) { return (embedded_file){console_yaml_write_js, sizeof console_yaml_write_js}; }
