"""The console beside the demo: what is there before anybody did anything, and a first model."""

import time

import pytest

from conftest import served_with_console
from console_page import ConsolePage
from signet_process import call
from wire import wait_for


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with served_with_console(tmp_path_factory.mktemp("console-demo") / "data", demo=True) as server:
        yield server


@pytest.fixture
def admin(served, chromium):
    with ConsolePage(chromium, served.console, viewport={"width": 1280, "height": 900}) as page:
        page.sign_in(served.admin_name, served.admin_password)
        yield page
        assert page.violations == []


def test_the_overview_says_whose_it_is_and_what_to_do_first(admin):
    admin.go("")
    assert admin.page.get_by_text("the APIs, upstreams and models below belong to the demo").count() == 1
    steps = admin.page.locator(".first-steps a").all_text_contents()
    assert steps == ["Protect an API", "Let somebody in", "Add a model", "See why a call was refused"]


def test_a_model_is_offered_by_the_demos_api_at_once(admin):
    page = admin.page
    admin.go("add-model")
    assert admin.field("Offered at").locator("option").all_text_contents() == ["demo-models, at /ai, which the demo has", "Another API"]
    # Another API has a path that nothing is at, and a provider a name that none has.
    admin.answer(Offered_at="Another API")
    assert admin.field("Path").input_value() == "/models"
    admin.answer(Offered_at="demo-models")
    admin.answer(Kind="demo")
    assert admin.field("Name of the provider").input_value() == "demo-2"
    page.get_by_role("button", name="Add it").click()
    page.get_by_text("It is offered already by demo-models at /ai, which the demo has").wait_for()
    assert page.get_by_label("The lines for OpenAI").count() == 1
    admin.go("add-model?again")
    admin.answer(Kind="demo", What_the_provider_calls_it="demo-2", Offered_at="Another API", Who_may_call="api-key")
    page.get_by_role("button", name="Add it").click()
    page.get_by_text("by models at /models and demo-models at /ai, which the demo has").wait_for()


def test_the_menu_has_every_page_once(admin):
    paths = admin.page.locator("#menu a").evaluate_all("links => links.map(link => link.hash)")
    assert len(paths) > 20 and sorted(set(paths)) == sorted(paths)


def test_a_model_without_a_price_says_so_and_nothing_leaves_its_card(admin, served):
    """The model and the API of keys are there since the first one was added."""
    page = admin.page
    key = page.evaluate("""async () => {
        const { call } = await import("/console/api.js")
        await call("PUT", "/consumers/acme", { data: {} })
        return (await call("POST", "/credentials/acme-key/secret", { data: { consumer: "acme", kind: "api-key" } })).body.secret
    }""")
    data = {"model": "demo-2", "messages": [{"role": "user", "content": "Good morning"}]}
    assert call("POST", served.gateway + "/models/v1/chat/completions", data=data, headers={"X-API-Key": key}).status == 200
    admin.go("spending")
    unknown = page.get_by_role("row").filter(has_text="demo-2").get_by_role("link", name="no price is known")
    wait_for(lambda: unknown.count() == 1 or admin.go(f"spending?{time.monotonic_ns()}"))
    assert unknown.get_attribute("href") == "#/prices" and page.get_by_text("XXX").count() == 0
    for path in ("?again", "analytics"):
        admin.go(path)
        page.get_by_text("no price is known").first.wait_for()
        # The gateway's own charts are there some seconds later.
        wait_for(lambda: page.locator("signet-chart > .row").count() >= 3 or admin.go(f"{path.split('?')[0]}?{time.monotonic_ns()}"), 20)
        assert page.evaluate("""() => [...document.querySelectorAll(".panel table")].filter(
            table => table.getBoundingClientRect().right > table.closest(".panel").getBoundingClientRect().right - 19).length""") == 0, path
        tops = page.locator("signet-chart > .row").evaluate_all(
            "rows => rows.map(row => row.lastElementChild.offsetTop - row.firstElementChild.offsetTop)")
        assert len(tops) >= 3 and all(abs(top) < 12 for top in tops), (path, tops)


@pytest.mark.parametrize("path, name", [("upstreams", "orders-service"), ("consumers", "acme"), ("settings", "public-address"), ("credentials", "acme-key")])
def test_each_kind_has_an_example_of_a_name(admin, path, name):
    admin.go(f"{path}/+")
    assert admin.field("Name").first.get_attribute("placeholder") == name
