"""The console: a client of /api in the browser. Signing in, the journeys, the forms and their refusals, and who it keeps out."""

import itertools
import json
import re
import subprocess

import pytest

from console_page import PAGES, PASSWORD, ConsolePage
from signet_process import call, run
from wire import wait_for

def test_nobody_gets_in_without_signing_in_and_out_means_out(console, chromium):
    with ConsolePage(chromium, console.console) as page:
        page.sign_in("ada", PASSWORD)
        assert "code=" not in page.page.url and "state=" not in page.page.url
        stored = page.page.evaluate("JSON.stringify([Object.entries(sessionStorage), Object.entries(localStorage), document.cookie])")
        assert "eyJ" not in stored, "a token is kept where other scripts could find it"
        # An access token that is not good any more is replaced without a word.
        both = page.page.evaluate("""async () => {
            const { accessToken } = await import("/console/session.js")
            return [await accessToken(), await accessToken({ anew: true })]
        }""")
        assert both[0] != both[1] and all(token.startswith("eyJ") for token in both)
        # A reload asks the token service, which knows the browser, and comes back to the same page.
        page.go("users/ada")
        page.page.reload()
        page.wait_for("users")
        page.page.get_by_role("heading", name="ada", exact=True).wait_for()
        page.page.get_by_role("button", name="Sign out", exact=True).click()
        page.page.get_by_role("heading", name="You are signed out").wait_for()
        page.open("sign-in")
        assert page.page.get_by_role("button", name="Sign out", exact=True).count() == 0


def test_the_answer_to_another_sign_in_is_not_taken(console, chromium):
    with ConsolePage(chromium, console.console) as page:
        page.page.goto(console.console + "/console/?code=abc&state=of-somebody-else&iss=" + console.console)
        page.page.get_by_text("belongs to another sign-in").wait_for()


def test_a_session_that_was_ended_elsewhere_leads_to_signing_in_and_back(console, chromium):
    with ConsolePage(chromium, console.console) as page:
        page.sign_in("vera", PASSWORD)
        assert run("user", "sign-out", "vera", "--data", str(console.data)).returncode == 0
        page.page.evaluate("location.hash = '#/plans'")
        page.wait_for("sign-in")
        page.page.get_by_role("button", name="Sign in").click()
        page.page.get_by_label("Name").fill("vera")
        page.page.get_by_label("Password").fill(PASSWORD)
        page.page.get_by_role("button", name="Sign in", exact=True).click()
        page.page.get_by_role("heading", name="Plans").wait_for()


def test_the_story_from_an_api_to_the_explanation(console, ada, upstream):
    page = ada.page
    ada.go("protect")
    ada.answer(Name="shop", Address=f"http://127.0.0.1:{upstream.port}", Who_may_call="either", Limit="100/min per consumer")
    assert ada.field("Path").input_value() == "/shop"
    file = page.get_by_label("Change it here, or there")
    assert f"url: http://127.0.0.1:{upstream.port}" in file.input_value()
    # Both ways: what is written in the file is in the answers.
    file.fill(file.input_value().replace("path: /shop", "path: /shop/v1"))
    assert ada.field("Path").input_value() == "/shop/v1"
    page.get_by_role("button", name="Protect it").click()
    page.get_by_text("shop is protected.").wait_for()
    address = console.gateway + "/shop/v1/things"
    assert call("GET", address).status == 401

    page.get_by_role("main").get_by_role("link", name="Let somebody in").click()
    ada.wait_for("let-in")
    page.get_by_role("heading", name="Let somebody in").wait_for()
    ada.answer(Name="acme", Title="Acme", Name_of_the_plan="basic", Limit="5/min per consumer")
    page.get_by_role("button", name="Let them in").click()
    key = page.get_by_label("The API key").input_value()
    assert page.get_by_text("shop takes it in the header field X-API-Key.").count() == 1
    line = page.get_by_label("The line for shop").text_content()
    called = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=30)
    assert called.stdout.startswith("HTTP/1.1 200"), (line, called)
    statuses = [call("GET", address, headers={"X-API-Key": key}).status for _ in range(5)]
    assert statuses == [200] * 4 + [429]
    ada.go("credentials/acme-key")
    assert key not in page.content(), "a secret is shown once"

    refused = call("GET", address, token="eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.e30.AAAA")
    assert refused.status == 401
    ada.go("explanations")
    page.get_by_role("link", name=refused.json["code"]).first.click()
    page.get_by_text(refused.json["trace"]).wait_for()
    assert page.locator("signet-steps li[data-outcome='failed']").count() == 1
    assert page.locator("signet-steps li[data-outcome='passed']").count() > 0
    assert page.get_by_role("link", name="Look at the token in the Studio").get_attribute("href") == "/"


def test_what_is_refused_in_a_journey_leaves_nothing_behind(ada):
    page = ada.page
    ada.go("protect")
    ada.answer(Name="half", Address="http://127.0.0.1:9", Limit="many")
    page.get_by_role("button", name="Protect it").click()
    page.get_by_text("Nothing was changed").wait_for()
    assert page.get_by_text("/apis/half/limit/0").count() == 1
    ada.go("upstreams")
    assert page.get_by_role("link", name="half", exact=True).count() == 0


def test_a_form_says_the_same_as_its_file(ada):
    page = ada.page
    ada.go("upstreams/+")
    ada.answer(Name="stock", URL="http://127.0.0.1:9", Retries="2", Balance="least-requests")
    page.get_by_role("button", name="Add health").click()
    ada.field("Interval").fill("5s")
    page.get_by_role("button", name="As a file").click()
    file = page.get_by_label("The same as a file")
    assert file.input_value() == (
        "upstreams:\n  stock:\n    endpoints:\n      - url: http://127.0.0.1:9\n    balance: least-requests\n"
        "    health:\n      interval: 5s\n    retries: 2\n")
    file.fill(file.input_value().replace("retries: 2", "retries: 3").replace("interval: 5s", "{ interval: 7s, path: /up }").replace(
        "health:\n      {", "health: {"))
    page.get_by_role("button", name="As JSON").click()
    assert json.loads(page.get_by_label("The same as JSON").input_value())["upstreams"]["stock"]["health"] == {"interval": "7s", "path": "/up"}
    page.get_by_role("button", name="Form", exact=True).click()
    assert ada.field("Retries").input_value() == "3" and ada.field("Interval").input_value() == "7s"
    # A file that does not read is not taken, and says where it is wrong.
    page.get_by_role("button", name="As a file").click()
    file.fill("upstreams:\n  stock:\n   - [\n")
    page.get_by_role("button", name="Form", exact=True).click()
    assert page.get_by_text(re.compile("line [34]:")).count() == 1
    file.fill("upstreams: { stock: { endpoints: [ { url: 'http://127.0.0.1:9' } ] } }")
    page.get_by_role("button", name="Add the upstream").click()
    page.get_by_text("stock is in force").wait_for()


def test_a_form_keeps_that_every_model_is_offered(ada):
    page = ada.page
    ada.go("apis/+")
    ada.answer(Name="assistant")
    page.get_by_role("button", name="As a file").click()
    file = page.get_by_label("The same as a file")
    file.fill("apis: { assistant: { path: /assistant, models: true, access: anonymous } }")
    page.get_by_role("button", name="Form", exact=True).click()
    assert ada.field("Models").locator("option:checked").text_content() == "Yes"
    page.get_by_role("button", name="As a file").click()
    assert "models: true" in file.input_value()


def test_complaints_of_the_server_stand_at_their_fields(ada):
    page = ada.page
    ada.go("apis/+")
    ada.answer(Name="bad", Path="no-slash", Access="JWT")
    ada.field("Limit 1").fill("often")
    page.get_by_role("button", name="Add the API").click()
    page.get_by_text("things are not right").wait_for()
    for pointer, said in (("/path", "canonical"), ("/limit/0", "how often in which time"), ("/access/jwt", "a token rule needs")):
        complaint = page.locator(f"[data-pointer='{pointer}'] > .complaint").first
        assert complaint.is_visible() and said in complaint.text_content(), pointer
    assert ada.field("Path").get_attribute("aria-invalid") == "true"
    assert page.evaluate("document.activeElement.closest('[data-pointer]') !== null"), "the first complaint has the focus"


def test_whoever_was_faster_is_not_overwritten(console, ada, chromium):
    page = ada.page
    ada.go("consumers/+")
    ada.answer(Name="raced", Title="First")
    page.get_by_role("button", name="Add the consumer").click()
    page.get_by_text("raced is in force").wait_for()
    with ConsolePage(chromium, console.console) as other:
        other.sign_in("ada", PASSWORD)
        other.go("consumers/raced")
        other.answer(Title="Theirs", Why="because")
        other.page.get_by_role("button", name="Save", exact=True).click()
        other.page.get_by_text("In force as revision").wait_for()
    ada.answer(Title="Mine")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("was changed by ada while you had it open").wait_for()
    assert ada.field("Title").input_value() == "Mine"
    page.get_by_role("button", name="Take what is there now").click()
    assert ada.field("Title").input_value() == "Theirs"
    ada.answer(Title="Mine")
    page.get_by_role("button", name="Show what changes").click()
    page.get_by_text("Saving it would change this").wait_for()
    assert "Theirs" in page.locator(".differences").text_content()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("In force as revision").wait_for()
    ada.go("history")
    assert page.get_by_text("because").count() == 1
    ada.go("consumers/raced")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.get_by_text("raced is deleted.").wait_for()


def test_as_code_from_the_difference_to_the_way_back(console, ada):
    page = ada.page
    ada.go("code")
    ada.answer(Name_of_the_file="shared.yaml")
    document = ada.field("The document").last
    document.fill("plans:\n  gold:\n    limits: 1/s\n")
    page.get_by_role("button", name="Show what changes").click()
    page.get_by_text("Line 3").wait_for()
    document.fill("plans: { gold: { limit: 50/min per consumer } }\n")
    page.get_by_role("button", name="Show what changes").click()
    page.get_by_text("It would change this").wait_for()
    page.get_by_role("button", name="Apply", exact=True).click()
    page.get_by_text("In force as revision").wait_for()
    # What the file owns is shown as such, and is not to be changed here.
    ada.go("plans/gold")
    assert page.get_by_text("This belongs to the file shared.yaml.").count() == 1
    assert ada.field("Limit 1").is_disabled() and page.get_by_role("button", name="Save", exact=True).count() == 0
    # Until it is taken over, and the file takes it back.
    page.get_by_role("button", name="Take it over").click()
    page.get_by_role("dialog").get_by_role("button", name="Take it over").click()
    page.get_by_text("gold belongs to the console now.").wait_for()
    assert ada.field("Limit 1").is_enabled() and page.get_by_text("This belongs to").count() == 0
    ada.go("code")
    ada.answer(Name_of_the_file="shared.yaml")
    document = ada.field("The document").last
    document.fill("plans: { gold: { limit: 50/min per consumer } }\n")
    page.get_by_role("button", name="Show what changes").click()
    page.get_by_text("plan gold belongs to the console").wait_for()
    page.get_by_label("Take over what belongs to the console or to another file").check()
    page.get_by_role("button", name="Show what changes").click()
    page.get_by_text("owner console → file shared.yaml").wait_for()
    page.get_by_role("button", name="Apply", exact=True).click()
    page.get_by_text("In force as revision").wait_for()
    ada.go("history")
    revision = int(page.locator("tbody th a").first.text_content()) - 2
    ada.go(f"history/{revision - 1}")
    page.get_by_role("button", name="the current one").click()
    page.get_by_role("dialog").get_by_role("button", name="Roll back").click()
    page.get_by_text(f"everything is as in revision {revision - 1}").wait_for()
    ada.go("plans")
    assert page.get_by_role("link", name="gold").count() == 0


def test_a_role_hides_nothing_and_the_missing_one_is_named(console, chromium):
    with ConsolePage(chromium, console.console) as page:
        page.sign_in("vera", PASSWORD)
        page.go("settings/+")
        page.answer(Name="public-address", Value="https://api.example")
        page.page.get_by_role("button", name="Add the setting").click()
        page.page.get_by_text("This needs the role admin on this server; yours is viewer").wait_for()


def test_people_clients_sessions_and_keys(console, ada, chromium):
    page = ada.page
    ada.go("users/+")
    ada.answer(Name="nina")
    page.get_by_role("button", name="Add the user").click()
    password = page.get_by_label("The password").input_value()
    with ConsolePage(chromium, console.console) as other:
        # Nobody without a role sees anything but that.
        other.open("sign-in")
        other.page.get_by_role("button", name="Sign in").click()
        other.page.get_by_label("Name").fill("nina")
        other.page.get_by_label("Password").fill(password)
        other.page.get_by_role("button", name="Sign in", exact=True).click()
        other.page.get_by_text("This page cannot be shown").wait_for()
        ada.go("users/nina")
        page.get_by_role("button", name="End the session of").first.click()
        page.get_by_role("dialog").get_by_role("button", name="End it").click()
        page.get_by_text("The session is over.").wait_for()
        assert page.get_by_text("Not signed in anywhere.").count() == 1
    ada.go("clients/+")
    ada.answer(Client_ID="web-shop")
    ada.field("Redirect URIs 1").fill("https://shop.example/back")
    page.get_by_role("button", name="Register the client").click()
    assert len(page.get_by_label("The client secret").input_value()) > 20
    ada.go("clients/web-shop")
    ada.answer(Client_name="Shop")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved.").wait_for()
    ada.go("keys")
    before = page.locator("tbody tr").count()
    page.get_by_role("button", name="Rotate").click()
    page.get_by_role("dialog").get_by_role("button", name="Rotate").click()
    page.get_by_text("There is another key.").wait_for()
    assert page.locator("tbody tr").count() == before + 1
    ada.go("audit")
    page.get_by_role("button", name="Check the log").click()
    page.get_by_text("is there and as it was written").wait_for()


def test_an_api_is_called_from_its_page_and_explained(console, ada, upstream):
    """It is there since the story of the beginning."""
    page = ada.page
    ada.go("apis/shop")
    assert page.get_by_text("$TOKEN is an access token of this server").get_by_role("link", name="Clients").count() == 1
    line = page.get_by_label("The line for a terminal").text_content()
    assert line == f'curl -i {console.gateway}/shop/v1 -H "Authorization: Bearer $TOKEN"'
    ada.answer(Path_and_query="/shop/v1/things?of=mine", What_is_shown="nothing")
    page.get_by_role("button", name="Send").click()
    answer = page.get_by_role("region", name="The answer")
    answer.get_by_text("401", exact=True).wait_for()
    answer.get_by_role("link", name="Why, step by step").click()
    page.get_by_text("GET /shop/v1/things").wait_for()
    # The token goes to the Studio behind #, and is nowhere in an address that a server sees.
    ada.go("apis/shop")
    ada.answer(What_is_shown="token")
    token = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJub2JvZHkifQ.AAAA"
    page.get_by_label("Token", exact=True).fill(token)
    asked = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="Send").click()
    answer.get_by_text("401", exact=True).wait_for()
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Look at the token in the Studio").click()
    opened.value.get_by_text("nobody").first.wait_for()
    opened.value.close()
    assert not any(token in url.split("#")[0] for url in asked)


def test_tokens_are_found_and_refused(console, ada, chromium):
    page = ada.page
    with ConsolePage(chromium, console.console) as other:
        other.sign_in("vera", PASSWORD)
        token = other.page.evaluate("async () => (await import('/console/session.js')).accessToken()")
        ada.go("tokens")
        asked = []
        page.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
        page.get_by_label("Token", exact=True).fill(token)
        page.get_by_role("button", name="Find").click()
        found = page.get_by_role("region", name="The token")
        found.get_by_text("signet:manage").wait_for()
        rows = page.get_by_role("button", name="End the session of vera at console")
        # The list is first that of everybody, then of this session.
        wait_for(lambda: rows.count() == 1)
        assert call("GET", console.control + "/api/users", token=token).status == 200
        page.get_by_role("button", name="Refuse this token").click()
        page.get_by_role("dialog").get_by_role("button", name="Refuse it").click()
        page.get_by_text("is refused from now on").wait_for()
        assert call("GET", console.control + "/api/users", token=token).status == 401
        assert not any(token in one for one in asked), "the token itself was sent"
        page.get_by_label("User", exact=True).fill("vera")
        page.get_by_role("button", name="Find").click()
        wait_for(lambda: page.get_by_role("button", name="End the session of ada at console").count() == 0)
        while rows.count() > 0:
            before = rows.count()
            rows.first.click()
            page.get_by_role("dialog").get_by_role("button", name="End it").click()
            page.get_by_text("The session is over.").wait_for()
            page.get_by_label("User", exact=True).fill("vera")
            page.get_by_role("button", name="Find").click()
            wait_for(lambda: rows.count() < before)


def test_what_the_gateway_answered_is_drawn_and_there_as_a_table(console, ada, tmp_path):
    page = ada.page
    for _ in range(7):
        call("GET", console.gateway + "/nowhere-at-all")
    ada.go("analytics")
    live = page.locator("signet-live dd").first
    live.wait_for()
    call("GET", console.gateway + "/nowhere-at-all")
    wait_for(lambda: live.text_content() != "0", 20)
    # The minute is drawn beside the numbers of its last second.
    page.get_by_role("img", name=re.compile("Requests in each of the last 60 seconds: [1-9]")).locator("rect.color-2").first.wait_for()

    tries = itertools.count()

    def drawn():
        # Another address each time: the same one again would change nothing.
        ada.go(f"analytics?again={next(tries)}")
        titles = page.locator("signet-chart").first.locator("svg title").all_text_contents()
        return sum(int(found[1]) for title in titles if (found := re.search(r"\(4xx\): (\d+)", title))) >= 8
    wait_for(drawn, 60)
    assert page.locator("signet-chart svg .fill.color-2").count() > 0
    chart = page.locator("signet-chart").first
    chart.get_by_text("As a table").click()
    chart.locator("tbody tr").first.wait_for()
    cells = chart.locator("tbody tr td:nth-child(3)").all_text_contents()
    assert len(cells) == 60 and sum(int(cell.replace(",", "")) for cell in cells) >= 8
    titles = chart.locator("svg title").all_text_contents()
    assert len(titles) == 60 and any("The caller's errors (4xx)" in title for title in titles)
    with page.expect_download() as saved:
        chart.get_by_role("button", name="As CSV").click()
    saved.value.save_as(tmp_path / "requests.csv")
    lines = (tmp_path / "requests.csv").read_text().split("\n")
    assert lines[0].strip() == "from,Answered,The caller's errors (4xx),The server's errors (5xx)"
    assert [line.split(",")[2] for line in lines[1:61]] == [cell.replace(",", "") for cell in cells]
    ada.answer(Together_by="reason")
    page.get_by_role("rowheader", name="route-not-found").wait_for()
    # At another width it is drawn anew, and never wider than its place.
    page.set_viewport_size({"width": 420, "height": 900})
    wait_for(lambda: float(chart.locator("svg").get_attribute("width")) < 400)
    assert not ada.overflows


def test_what_is_worth_a_look_stands_at_its_object_and_on_the_overview(ada):
    put = """async ([path, data]) => (await import("/console/api.js")).call("PUT", path, { data }).then(({ body }) => body.revision)"""
    ada.page.evaluate(put, ["/upstreams/loose", {"endpoints": [{"url": "http://127.0.0.1:9"}]}])
    ada.page.evaluate(put, ["/apis/loose", {"path": "/loose", "upstream": "loose", "access": "anonymous"}])
    ada.go("apis/loose")
    look = ada.page.locator("section", has=ada.page.get_by_role("heading", name="Worth a look"))
    look.get_by_text("Everybody may call it: its access is anonymous.").wait_for()
    assert look.get_by_role("listitem").count() == 1
    ada.go("upstreams/loose")
    assert look.count() == 0
    ada.go("")
    look.get_by_role("link", name="API loose").click()
    ada.page.get_by_role("heading", name="loose", exact=True).wait_for()


def test_roles_are_told_with_who_has_them(ada):
    page = ada.page
    ada.go("roles")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="admin"))
    assert row.get_by_role("link", name="ada").count() == 1
    page.get_by_text(re.compile(r"Apis|APIs")).last.click()
    assert page.locator("tr", has_text="PUT /api/apis/{name}").locator("td").all_text_contents()[1:] == ["no", "yes", "yes", "yes"]


def test_a_list_finds_by_name_over_all_its_pages(console, ada):
    page = ada.page
    for first in range(0, 120, 20):
        made = page.evaluate("""async ([from]) => {
            const { call } = await import("/console/api.js")
            return Promise.all([...Array(20).keys()].map(at => call("PUT", `/consumers/many-${from + at}`, { data: {} }))).then(all => all.length)
        }""", [first])
        assert made == 20
    ada.go("consumers")
    assert page.locator("tbody tr").count() == 100
    page.get_by_label("Search by name").fill("MANY-11")
    wait_for(lambda: page.locator("tbody tr").count() == 11)
    page.get_by_label("Search by name").fill("nobody-of-this-name")
    page.get_by_text("No Consumers with").wait_for()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("width", [1280, 360])
def test_nobody_is_kept_out(console, chromium, width):
    with ConsolePage(chromium, console.console, viewport={"width": width, "height": 900}, color_scheme="light", bypass_csp=True) as page:
        page.open("sign-in")
        assert page.findings() == []
        page.sign_in("ada", PASSWORD)
        for path in (*PAGES, "users/ada", "clients/console", "history/1", "apis/shop", "upstreams/shop", "credentials/acme-key"):
            page.go(path)
            for details in page.page.locator("main details").all():
                details.evaluate("node => { node.open = true }")
            # Colours are the same at every width.
            assert page.findings(in_both_lights=width > 360) == [], path
            assert not page.overflows, path
        page.go("explanations")
        page.page.locator("tbody a").first.click()
        page.page.get_by_text("Step by step").wait_for()
        assert page.findings() == []


def test_it_is_walked_by_keyboard_alone(ada):
    page = ada.page
    page.reload()
    ada.wait_for("overview")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    page.get_by_role("link", name="Plans").first.focus()
    page.keyboard.press("Enter")
    ada.wait_for("plans")
    wait_for(lambda: page.evaluate("document.activeElement.tagName") == "H1")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Add a plan").wait_for()
