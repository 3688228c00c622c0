"""The console beside the demo: what is there before anybody did anything, and a first model."""

import pytest

from conftest import served_with_console
from console_page import ConsolePage
from signet_process import call


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
