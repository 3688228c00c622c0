import CWebAssets
import ControlPlane

/// What the console is made of.
enum ConsoleFiles {
    /// Every file, the page first.
    static let all: [WebFile] = [
        WebFile("/console/", .html, web_console_index_html()),
        WebFile("/console/action.js", .javascript, web_console_action_js()),
        WebFile("/console/actors.js", .javascript, web_console_actors_js()),
        WebFile("/console/api.js", .javascript, web_console_api_js()),
        WebFile("/console/console.css", .css, web_console_console_css()),
        WebFile("/console/console.js", .javascript, web_console_console_js()),
        WebFile("/console/context.js", .javascript, web_console_context_js()),
        WebFile("/console/dom.js", .javascript, web_console_dom_js()),
        WebFile("/console/editor.js", .javascript, web_console_editor_js()),
        WebFile("/console/favicon.svg", .svg, web_console_favicon_svg()),
        WebFile("/console/fields-many.js", .javascript, web_console_fields_many_js()),
        WebFile("/console/fields-text.js", .javascript, web_console_fields_text_js()),
        WebFile("/console/fields.js", .javascript, web_console_fields_js()),
        WebFile("/console/form.js", .javascript, web_console_form_js()),
        WebFile("/console/forms.css", .css, web_console_forms_css()),
        WebFile("/console/health.js", .javascript, web_console_health_js()),
        WebFile("/console/journey-let-in.js", .javascript, web_console_journey_let_in_js()),
        WebFile("/console/journey-protect.js", .javascript, web_console_journey_protect_js()),
        WebFile("/console/journey.js", .javascript, web_console_journey_js()),
        WebFile("/console/kinds.js", .javascript, web_console_kinds_js()),
        WebFile("/console/list.js", .javascript, web_console_list_js()),
        WebFile("/console/moments.js", .javascript, web_console_moments_js()),
        WebFile("/console/overview.js", .javascript, web_console_overview_js()),
        WebFile("/console/page.js", .javascript, web_console_page_js()),
        WebFile("/console/pages-audit.js", .javascript, web_console_pages_audit_js()),
        WebFile("/console/pages-clients.js", .javascript, web_console_pages_clients_js()),
        WebFile("/console/pages-code.js", .javascript, web_console_pages_code_js()),
        WebFile("/console/pages-explanations.js", .javascript, web_console_pages_explanations_js()),
        WebFile("/console/pages-history.js", .javascript, web_console_pages_history_js()),
        WebFile("/console/pages-keys.js", .javascript, web_console_pages_keys_js()),
        WebFile("/console/pages-objects.js", .javascript, web_console_pages_objects_js()),
        WebFile("/console/pages-people.js", .javascript, web_console_pages_people_js()),
        WebFile("/console/parts.css", .css, web_console_parts_css()),
        WebFile("/console/problem.js", .javascript, web_console_problem_js()),
        WebFile("/console/schema.js", .javascript, web_console_schema_js()),
        WebFile("/console/session.js", .javascript, web_console_session_js()),
        WebFile("/console/steps.js", .javascript, web_console_steps_js()),
        WebFile("/console/yaml-flow.js", .javascript, web_console_yaml_flow_js()),
        WebFile("/console/yaml-read.js", .javascript, web_console_yaml_read_js()),
        WebFile("/console/yaml-write.js", .javascript, web_console_yaml_write_js()),
    ]
}
