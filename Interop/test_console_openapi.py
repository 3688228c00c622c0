"""An OpenAPI document as the beginning of an API: what is taken of it, what is said of the rest, and documents that mean harm."""

import json
import re

from signet_process import call

DOCUMENT = """\
openapi: 3.0.3
info:
  title: Pet Store & Co
  description: |
    A text: with a colon
      and more # which is no comment
servers:
  - url: https://{host}/v2
    variables: { host: { default: pets.example } }
  - url: /elsewhere
security:
  - oauth: [pets:read]
paths:
  /pets:
    get:
      operationId: listPets
      summary: A plain text that
        goes on below
      responses: { '200': { description: ok } }
    post:
      operationId: addPet
      security: [ { oauth: [ pets:write ] } ]
  /pets/{pet-id}:
    get: { operationId: getPet }
    delete: { security: [ { oauth: [ pets:write ] }, { key: [] } ] }
  /health:
    get: { security: [] }
  /files/{id}.json:
    get: {}
components:
  securitySchemes:
    oauth: { type: oauth2, flows: {} }
    key: { type: apiKey, in: header, name: X-Pets }
"""


def begin(ada):
    ada.go("protect")
    ada.page.get_by_text("Begin with an OpenAPI document").click()
    return ada.page.get_by_label("Or the document itself")


def test_a_document_becomes_routes_and_nothing_beside_them(console, ada, upstream, tmp_path):
    page = ada.page
    begin(ada)
    (tmp_path / "pets.yaml").write_text(DOCUMENT)
    page.get_by_label("File", exact=True).set_input_files(tmp_path / "pets.yaml")
    page.get_by_text("5 operations as 5 routes.").wait_for()
    for said in (
        "/files/{id}.json: a {name} has to be a whole segment.", "Of 2 servers only the first is taken.",
        "GET /health asks for nothing by the document", "DELETE /pets/{pet-id} may be called in several ways",
        "The security scheme key is an API key",
    ):
        assert page.get_by_text(said).count() == 1, said
    assert (ada.field("Name").input_value(), ada.field("Path").input_value()) == ("pet-store-co", "/pet-store-co")
    assert ada.field("Address").input_value() == "https://pets.example"
    ada.answer(Address=f"http://127.0.0.1:{upstream.port}", Scopes="pets")
    # The routes go with the answers, and the file says both.
    file = page.get_by_label("Change it here, or there")
    assert "scopes: [pets, pets:write]" in file.input_value()
    file.fill(re.sub(r"audience: \[.*\]", "audience: [pets]", file.input_value()))
    assert ada.field("Audience").input_value() == "pets" and ada.field("Audience").is_enabled()
    page.get_by_role("button", name="Protect it").click()
    page.get_by_text("pet-store-co is protected.").wait_for()
    stored = page.evaluate("async () => (await import('/console/api.js')).get('/apis/pet-store-co')")["value"]
    rule = {"issuer": ["built-in"], "audience": ["pets"], "scopes": ["pets", "pets:write"]}
    assert stored["routes"]["add-pet"] == {"path": "/pets", "methods": ["POST"], "access": {"jwt": rule}}
    assert stored["routes"]["health"]["access"]["jwt"]["scopes"] == ["pets"]
    assert "access" not in stored
    answers = [
        (method, path, call(method, console.gateway + "/pet-store-co" + path).json["code"])
        for method, path in (("GET", "/pets"), ("GET", "/pets/7"), ("PUT", "/pets"), ("GET", "/files/7.json"), ("GET", "/"))]
    assert [code for _, _, code in answers] == ["token-missing", "token-missing", "method-not-allowed", "route-not-found", "route-not-found"]
    ada.go("apis/pet-store-co")
    line = page.get_by_label("The line for a terminal").text_content()
    assert line == f'curl -i {console.gateway}/pet-store-co/pets -H "Authorization: Bearer $TOKEN"'


def test_other_paths_can_be_served_and_the_service_sees_its_own(console, ada, upstream):
    page = ada.page
    begin(ada).fill(json.dumps({
        "openapi": "3.1.0", "info": {"title": "Open"}, "servers": [{"url": "/base"}], "paths": {"/things/{id}": {"get": {"operationId": "thing"}}}}))
    page.get_by_role("button", name="Read it").click()
    page.get_by_text("The server's address is relative: say below who answers.").wait_for()
    assert ada.field("Address").input_value() == ""
    page.get_by_role("button", name="Protect it").click()
    page.get_by_text("Address is needed.").wait_for()
    ada.answer(
        Address=f"http://127.0.0.1:{upstream.port}", Who_may_call="anonymous", Other_paths_than_those_of_the_document="served")
    page.get_by_role("button", name="Protect it").click()
    page.get_by_text("open is protected.").wait_for()
    for path in ("/things/7", "/elsewhere"):
        assert call("GET", console.gateway + "/open" + path).status == 200
        assert upstream.seen[-1].target == "/base" + path


def test_routes_that_the_file_changes_stand_as_they_are(ada):
    page = ada.page
    begin(ada).fill('{"openapi": "3.0.0", "info": {"title": "Own"}, "paths": {"/a": {"get": {}}}}')
    page.get_by_role("button", name="Read it").click()
    page.get_by_text("1 operation as 1 route.").wait_for()
    file = page.get_by_label("Change it here, or there")
    closed = file.input_value()
    file.fill(closed.replace("path: /a\n", "path: /b\n"))
    page.get_by_text("go to As code").wait_for()
    file.fill(closed)
    ada.answer(Other_paths_than_those_of_the_document="served")
    file.fill(file.input_value().replace("path: /a\n", "path: /b\n"))
    assert ada.field("Audience").is_enabled()
    ada.answer(Limit="5/min")
    assert "path: /b" in file.input_value() and "limit: [5/min]" in file.input_value()


HOSTILE = {
    "an alias": "openapi: 3.0.0\npaths: &a\n  /x: *a\n",
    "brackets": "[" * 900_000,
    "dashes": "openapi: 3.0.0\nx:\n  " + "- " * 400_000 + "a\n",
    "spaces in a name": "openapi: 3.0.0\npaths:\n  a" + " " * 900_000 + "x\n",
    "line ends": "openapi: 3.0.0\nx: |" + "\n" * 900_000 + "x",
    "many quotes": "openapi: 3.0.0\npaths:\n" + "\n".join(f'  "/p{at}": "x"' for at in range(30_000)),
    "a quote that never ends": 'openapi: 3.0.0\nx: "' + "a\n" * 400_000,
    "too many operations": json.dumps({"openapi": "3.0.0", "paths": {f"/p{at}": {"get": {}} for at in range(2_500)}}),
    "too much": json.dumps({"openapi": "3.0.0", "paths": {"/a": {"get": {"description": "x" * 1_100_000}}}}),
    "markup in a path": '{"openapi": "3.0.0", "paths": {"/<img src=x onerror=alert(1)>": {"get": {}}}}',
    "another version": 'swagger: "2.0"',
    "no document": "hello",
    "lists for maps": '{"openapi": "3.0.0", "info": [], "servers": 1, "paths": {"/a": {"get": []}, "/b": null}}',
}


def test_documents_that_mean_harm_get_a_complaint_and_change_nothing(ada):
    page = ada.page
    begin(ada)
    before = page.get_by_label("Change it here, or there").input_value()
    complaint = page.locator(".from-openapi .notice.bad")
    for name, text in HOSTILE.items():
        # Each one anew: nothing may be left of the one before.
        page.get_by_role("button", name="Read it").click()
        page.get_by_text("Choose a file, or paste the document.").wait_for()
        page.get_by_label("File", exact=True).set_input_files({"name": "api.yaml", "mimeType": "text/plain", "buffer": text.encode()})
        page.get_by_text("Choose a file, or paste the document.").wait_for(state="detached")
        assert complaint.count() == 1, name
        assert page.get_by_label("Change it here, or there").input_value() == before, name


def test_a_long_document_is_pasted_without_being_shown(ada):
    place = begin(ada)
    paths = {f"/a{at}": {"get": {"description": "x" * 1_000}} for at in range(200)}
    place.evaluate("""(node, text) => {
        const clipboardData = new DataTransfer()
        clipboardData.setData("text", text)
        node.dispatchEvent(new ClipboardEvent("paste", { clipboardData, cancelable: true }))
    }""", json.dumps({"openapi": "3.0.0", "paths": paths}))
    ada.page.get_by_text("200 operations as 200 routes.").wait_for()
    assert place.input_value() == ""


def test_names_of_a_document_reach_no_prototype_and_no_markup(ada):
    page = ada.page
    begin(ada).fill(json.dumps({
        "openapi": "3.0.0", "info": {"title": "<b>Bold</b>"}, "servers": [{"url": "javascript:alert(1)"}],
        "components": {"securitySchemes": {"__proto__": {"type": "oauth2"}}},
        "paths": {"__proto__": {"get": {}}, "/a": {"get": {"operationId": "constructor", "security": [{"__proto__": ["x"]}]}}}}))
    page.get_by_role("button", name="Read it").click()
    page.get_by_text("1 operation as 1 route.").wait_for()
    assert page.get_by_text("The server's address javascript:alert(1) is none of HTTP.").count() == 1
    assert (ada.field("Name").input_value(), ada.field("Address").input_value()) == ("b-bold-b", "")
    assert page.evaluate("({}).get === undefined && ({}).type === undefined")


def test_configurations_are_read_as_before(ada):
    read = "async text => { const { readYAML } = await import('/console/yaml-read.js'); try { return readYAML(text) } catch (one) { return one.message } }"
    for text, value in (
        ("a: b c\n  d\n", "line 2: this is indented further than what it stands in"),
        ('"a b": 1\n\'it\'\'s\' : 2\nx-y : "q: #"\n', {"a b": 1, "it's": 2, "x-y": "q: #"}),
        ("- a: 1\n  b: [x,\n    y]\n- 'z'\n", [{"a": 1, "b": ["x", "y"]}, "z"]),
        ("a#b: 1\n", "line 1: write a value with a colon in it in quotes"),
        ("k: \"a\\\n  b\"\n", {"k": "ab"}),
    ):
        assert ada.page.evaluate(read, text) == value, text
