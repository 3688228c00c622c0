"""Language models in the console: from a provider's key to the first answer, what it cost, and asking one from the page."""

import os
import re
import subprocess
import sys

import pytest

from console_page import PASSWORD, ConsolePage
from hosted_models import base_address
from model_double import ModelDouble
from signet_process import call
from wire import wait_for

KEY = "openai-key-one"
WRONG = "wrong-key-that-no-provider-knows"


@pytest.fixture(scope="module")
def double():
    """A provider that can be told to stop within a stream."""
    double = ModelDouble()
    yield double
    double.stop()


def get(page, path):
    return page.page.evaluate("async path => (await import('/console/api.js')).get(path)", path)


def put(page, path, value):
    return page.page.evaluate("async ([path, data]) => (await import('/console/api.js')).call('PUT', path, { data })", [path, value])


def key_of(page, consumer):
    """An API key of a consumer, made now."""
    put(page, f"/consumers/{consumer}", {})
    return page.page.evaluate("""async consumer => {
        const { call } = await import('/console/api.js')
        return (await call('POST', `/credentials/${consumer}-key/secret`, { data: { consumer, kind: 'api-key' } })).body.secret
    }""", consumer)


def file_of(page):
    return page.page.get_by_label("Change it here, or there")


def test_without_a_model_the_pages_say_what_to_do_first(ada):
    for path, said in (
        ("playground", "There is no model yet."), ("spending", "No model was asked yet."), ("secrets", "There is no secret yet."),
        ("models", "There is no model yet."), ("providers", "There is no provider yet."),
    ):
        ada.go(path)
        assert ada.page.get_by_text(said).count() == 1, path
        assert ada.page.get_by_role("main").get_by_role("link", name="Add a model").count() >= 1, path
    ada.go("")
    assert ada.page.get_by_role("heading", name="Language models in the last hour").count() == 0


def test_a_model_is_added_with_a_key_and_called_by_the_lines_that_are_shown(console, ada, providers):
    page, fake = ada.page, providers["openai"]
    assert KEY in fake.keys
    sent = []
    page.on("request", lambda request: sent.append((request.method, request.url, request.post_data or "")))
    ada.go("add-model")
    ada.answer(Kind="compatible", Name_of_the_provider="maker", Address=base_address(fake), What_the_provider_calls_it=fake.known[0])
    assert ada.field("What callers call it").input_value() == fake.known[0]
    ada.answer(What_callers_call_it="fast", A_million_tokens_of_requests="1", A_million_tokens_of_answers="10", Budget="25.00")
    ada.answer(Who_has_one="consumer", Who_may_call="api-key", Limit="60/min per consumer")
    file = file_of(ada)
    # Both ways, and a sum may be written as a number.
    file.fill(file.input_value().replace("path: /ai\n", "path: /ai/one\n").replace('amount: "25.00"', "amount: 12.5"))
    assert (ada.field("Path").input_value(), ada.field("Budget").input_value()) == ("/ai/one", "12.5")
    assert "keys:\n      - secret: maker\n" in file.input_value()
    page.get_by_role("button", name="Add it").click()
    page.get_by_text("The key is needed.").wait_for()
    page.get_by_label("The key").fill(KEY)
    assert KEY not in file.input_value()
    page.get_by_role("button", name="Add it").click()
    page.get_by_text("fast is in force.").wait_for()
    assert [url.split("/api")[1] for _, url, body in sent if KEY in url + body] == ["/secrets/maker"]
    assert page.get_by_label("The key").input_value() == "" and KEY not in page.content()
    page.get_by_role("button", name="Test the connection").click()
    page.get_by_text("It works.").wait_for()
    assert page.get_by_text(f"The {len(fake.known)} models that it lists").count() == 1
    assert get(ada, "/budgets/fast")["value"]["amount"] == "12.5"
    key = key_of(ada, "acme")
    for client, said in (("OpenAI", "answer.choices[0].message.content"), ("Anthropic", "answer.content[0].text")):
        lines = page.get_by_label(f"The lines for {client}").text_content()
        program = re.sub(r"^client\.(chat|messages)", r"answer = client.\1", lines, flags=re.M) + f"\nprint({said})\n"
        done = subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "SIGNET_KEY": key}, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0 and done.stdout.strip() != "", done.stderr


def test_a_refused_model_leaves_neither_objects_nor_its_key(ada):
    ada.go("add-model")
    ada.answer(Name_of_the_provider="half", What_the_provider_calls_it="m", What_callers_call_it="half", Budget="much")
    ada.page.get_by_label("The key").fill("a-key")
    ada.page.get_by_role("button", name="Add it").click()
    ada.page.get_by_text("Nothing was changed").wait_for()
    assert ada.page.get_by_text("/budgets/half/amount").count() == 1
    assert "half" not in [one["name"] for path in ("secrets", "providers", "models") for one in get(ada, f"/{path}")[path]]


def test_the_file_says_what_it_may_and_no_key(ada):
    ada.go("add-model")
    file = file_of(ada)
    models = "models: { quick: { deployments: [ { provider: maker, model: other }, { provider: maker, model: model-one, order: 1 } ] } }\n"
    file.fill(models)
    assert (ada.field("Provider").input_value(), ada.field("Who answers when it fails").input_value()) == ("maker", "maker model-one")
    assert ada.field("Kind").count() == 0 or not ada.field("Kind").is_visible()
    for text, complaint in (
        ("providers: { p: { kind: openai, keys: [ sk-in-the-file ] } }\nmodels: { m: { deployments: [ { provider: p, model: m } ] } }\n",
         "A key does not stand in a file"),
        (models + "plans: { gold: {} }\n", "plans go to As code"),
        (models.replace("maker", "nobody", 1), "There is no provider nobody"),
        ("apis: { ai: { path: /x, models: true, access: api-key } }\n", "A model belongs here"),
        (models + "apis: { x: { path: /x, models: true, access: anonymous } }\n", "Other ways go to the form of an API"),
    ):
        file.fill(text)
        ada.page.get_by_text(complaint).wait_for()
        assert ada.field("Offered at").is_disabled(), text
    file.fill(models.replace("model: other", "model: other, weight: 3"))
    assert ada.field("Offered at").is_enabled()
    ada.answer(Budget="1")
    assert "weight: 3" in file.input_value() and "models: [quick]" in file.input_value()


def test_a_key_is_replaced_where_it_is_used_and_deleted_where_it_is_not(ada, providers):
    page = ada.page
    ada.go("providers/maker")
    page.get_by_text("Replace the key").click()
    page.get_by_label("The secret from now on").fill(WRONG)
    page.get_by_role("button", name="Replace it").click()
    page.get_by_text("maker is replaced").wait_for()
    page.get_by_role("button", name="Test the connection").click()
    page.get_by_text("The provider refused the key").wait_for()
    providers.clear()
    ada.go("secrets/maker")
    assert page.get_by_role("main").get_by_role("link", name="maker").get_attribute("href") == "#/providers/maker"
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.get_by_text("is in use by").wait_for()
    page.get_by_label("The secret from now on").fill(KEY)
    page.get_by_role("button", name="Replace it").click()
    page.get_by_text("maker is replaced").wait_for()
    ada.go("secrets/+")
    ada.answer(Name="spare")
    page.get_by_label("The secret itself").fill("spare-secret")
    page.get_by_role("button", name="Add the secret").click()
    page.get_by_text("spare is sealed.").wait_for()
    assert "spare-secret" not in page.content()
    ada.go("secrets/+")
    ada.answer(Name="spare")
    page.get_by_label("The secret itself").fill("another")
    page.get_by_role("button", name="Add the secret").click()
    page.get_by_text("There is a secret of this name already").wait_for()
    ada.go("secrets/spare")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.get_by_text("spare is deleted.").wait_for()


@pytest.fixture
def asked(ada, double):
    """The playground, with a model of the double that costs something, and a key that may ask it."""
    double.script, double.requests, double.gone_at = [], [], None
    put(ada, "/providers/double", {"kind": "openai", "address": double.address, "response-timeout": "5s"})
    put(ada, "/models/slow", {"deployments": [{"provider": "double", "model": "m"}], "retries": 0})
    put(ada, "/prices/slow", {"provider": "double", "model": "m", "input": "1", "output": "10"})
    put(ada, "/budgets/slow", {"amount": "1.00", "period": "day", "per": "consumer", "models": ["slow"]})
    put(ada, "/apis/play", {"path": "/play", "models": ["slow"], "access": "api-key"})
    ada.key = key_of(ada, "player")
    ada.go("playground/slow")
    assert ada.field("Model").input_value() == "slow"
    ada.answer(API="play")
    assert ada.field("Model").locator("option").all_text_contents() == ["slow"]
    ada.page.get_by_label("API key", exact=True).fill(ada.key)
    ada.answer(What_you_say="Hello there")
    return ada


def test_the_words_come_one_by_one_and_can_be_stopped(asked, double):
    page = asked.page
    left = []
    page.on("requestfailed", lambda request: left.append(request.url) if request.url.endswith("/api/try-stream") else None)
    double.script = ["hold"]
    page.get_by_role("button", name="Ask it").click()
    page.get_by_text("stream from double").wait_for()
    assert left == [] and page.get_by_text("It speaks").count() == 1
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped here.").wait_for()
    wait_for(lambda: page.evaluate("1") and len(left) == 1)
    assert not page.get_by_role("button", name="Stop").is_visible()
    # Whoever goes to another page waits for no answer either.
    double.script = ["hold"]
    page.get_by_role("button", name="Ask it").click()
    page.get_by_text("It speaks").wait_for()
    asked.go("models")
    wait_for(lambda: page.evaluate("1") and len(left) == 2)


def test_an_answer_is_told_with_its_tokens_cost_and_time(asked, double):
    page = asked.page
    page.get_by_text("More settings").click()
    asked.answer(System_text="Be brief.")
    page.get_by_role("button", name="Ask it").click()
    answer = page.get_by_role("region", name="The answer")
    answer.get_by_text("stream from double, and more").wait_for()
    answer.get_by_text("0.003 USD").wait_for()
    facts = dict(zip(answer.locator("dt").all_text_contents(), answer.locator("dd").all_text_contents()))
    assert (facts["Tokens in"], facts["Tokens out"], facts["Answered by"]) == ("1,000", "200", "double: m")
    assert re.fullmatch("[0-9]+ ms", facts["First word after"]) and re.fullmatch("[0-9,]+ ms", facts["All of it after"])
    sent = double.requests[-1][2]
    assert [one["content"] for one in sent["messages"]] == ["Be brief.", "Hello there"] and sent["max_completion_tokens"] == 500
    asked.go("spending")
    row = page.get_by_role("row").filter(has_text="player").first
    assert row.get_by_text("0.003 USD").count() == 1 and row.get_by_role("link", name="slow").count() == 1
    bar = page.locator(".budget-bars li").filter(has_text="player")
    assert "of 1.00 USD" in bar.text_content() and "spent" in bar.text_content()
    asked.answer(Caller="nobody-of-this-name")
    page.get_by_role("button", name="Find").click()
    page.get_by_text("No request is like that.").wait_for()
    asked.answer(Caller="player", Model="slow")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("row").filter(has_text="player").first.wait_for()
    asked.go("budgets/slow")
    assert "of 1.00 USD" in page.locator(".budget-bars").text_content()
    asked.go("")
    page.get_by_role("heading", name="Language models in the last hour").wait_for()


def test_what_fails_in_the_playground_says_why(asked, double):
    page = asked.page
    answer = page.get_by_role("region", name="The answer")
    double.script = ["error"]
    page.get_by_role("button", name="Ask it").click()
    answer.locator(".badge[data-tone='bad']").wait_for()
    assert answer.get_by_text("stream from double").count() == 1
    page.get_by_label("API key", exact=True).fill("no-key")
    page.get_by_role("button", name="Ask it").click()
    answer.get_by_text("401", exact=True).wait_for()
    answer.get_by_role("link", name="Why, step by step").click()
    page.get_by_role("heading", name="key-refused").wait_for()
    asked.go("playground/slow")
    page.get_by_role("button", name="Ask it").click()
    page.get_by_text("Say something.").wait_for()


def test_a_trace_of_no_refusal_says_so(asked, console):
    address = console.gateway + "/play/v1/chat/completions"
    data = {"model": "slow", "messages": [{"role": "user", "content": "hi"}]}
    answer = call("POST", address, data=data, headers={"X-API-Key": asked.key})
    assert answer.status == 200
    asked.go(f"explanations/{answer.headers['x-request-id']}")
    asked.page.get_by_text("No refusal of this trace is remembered").wait_for()
    asked.page.get_by_role("cell", name="settled").wait_for()


@pytest.mark.parametrize("width", [1280, 360])
def test_the_filled_pages_keep_nobody_out(console, chromium, width):
    with ConsolePage(chromium, console.console, viewport={"width": width, "height": 900}, color_scheme="light", bypass_csp=True) as page:
        page.sign_in("ada", PASSWORD)
        for path in ("", "add-model", "playground/slow", "spending", "secrets", "secrets/maker", "providers/maker", "models/slow", "budgets/slow", "budgets", "prices"):
            page.go(path)
            for details in page.page.locator("main details").all():
                details.evaluate("node => { node.open = true }")
            assert page.findings(in_both_lights=width > 360) == [], path
            assert not page.overflows, path
