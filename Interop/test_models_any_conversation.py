"""Conversations made by chance from all that a caller may say: whatever Signet sends on, its provider's own SDK would take."""

import json
import os
import random

import pytest

from hosted_models import CALLERS, Caller
from model_providers import Call, Scene
from provider_clients import NAMES
from test_models_hosted import PIXEL, SCHEMA, FUNCTIONS, tools_of

ROUNDS = int(os.environ.get("SIGNET_CONVERSATIONS", 40))
WORDS = ["", " ", "hello", "Öl 油 🏮", "line\nline", "\"quoted\\", "{}", "</s>", "\u2028 \x7f", "x" * 300]


class Chance(random.Random):
    def often(self) -> bool:
        return self.random() < 0.7

    def rarely(self) -> bool:
        return self.random() < 0.25

    def words(self, empty: bool = False) -> str:
        return self.choice(WORDS if empty else WORDS[2:])


def user_turn(chance: Chance, caller: str) -> dict:
    if chance.often():
        return {"role": "user", "content": chance.words()}
    parts = [{"type": "text", "text": chance.words()} for _ in range(chance.randint(1, 3))]
    if chance.rarely():
        picture = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}} if caller == "openai" else {
            "type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}
        parts.insert(chance.randint(0, len(parts)), picture)
    return {"role": "user", "content": parts}


def arguments(chance: Chance) -> dict:
    return {chance.choice(["city", "query", "const", "$x"]): chance.choice([1, 2.5, None, True, "Zürich", ["a"], {"b": {}}])
            for _ in range(chance.randint(0, 2))}


def turns_of_calls(chance: Chance, caller: str, number: int) -> list[dict]:
    """The calls of some tools and what they gave."""
    calls = [(f"{chance.choice(['call_', 'toolu_01', 'chatcmpl-tool-', 'x'])}{number}{index}", chance.choice(FUNCTIONS)["name"], arguments(chance))
             for index in range(chance.randint(1, 3))]
    text = chance.words(empty=True) if chance.rarely() else ""
    if caller == "openai":
        said = [{"id": identifier, "type": "function", "function": {"name": name, "arguments": json.dumps(given) if given or chance.rarely() else ""}}
                for identifier, name, given in calls]
        order = chance.sample(calls, len(calls))
        return [{"role": "assistant", "content": text or None, "tool_calls": said},
                *({"role": "tool", "tool_call_id": identifier, "content": chance.words(empty=True)} for identifier, _, _ in order)]
    said = [{"type": "text", "text": text}] if text.strip() else []
    said += [{"type": "tool_use", "id": identifier, "name": name, "input": given} for identifier, name, given in calls]
    results = []
    for identifier, _, _ in chance.sample(calls, len(calls)):
        result = {"type": "tool_result", "tool_use_id": identifier}
        if chance.often():
            result["content"] = chance.words() if chance.often() else [{"type": "text", "text": chance.words()}]
        if chance.rarely():
            result["is_error"] = True
        results.append(result)
    after = [{"type": "text", "text": chance.words()}] if chance.rarely() else []
    return [{"role": "assistant", "content": said}, {"role": "user", "content": results + after}]


def conversation(chance: Chance, caller: Caller) -> dict:
    turns = [user_turn(chance, caller.name)]
    for number in range(chance.randint(0, 4)):
        if chance.rarely():
            turns.append(user_turn(chance, caller.name))
        if chance.random() < 0.5:
            turns += turns_of_calls(chance, caller.name, number)
        else:
            content = chance.words() if chance.often() else [{"type": "text", "text": chance.words()}]
            turns.append({"role": "assistant", "content": content})
        if turns[-1]["role"] == "assistant" or chance.rarely():
            turns.append(user_turn(chance, caller.name))
    body: dict = {"messages": turns, "max_tokens": chance.choice([1, 50, 4000])}
    if any("tool" in json.dumps(turn) for turn in turns) or chance.rarely():
        body["tools"] = tools_of(caller)
    if caller.name == "openai":
        turns[:0] = [{"role": chance.choice(["system", "developer"]), "content": chance.words()} for _ in range(chance.randint(0, 2))]
        settings = {"temperature": chance.choice([0, 1, 1.7]), "top_p": 0.5, "seed": 3, "stop": chance.choice(["END", ["A", "B"]]),
                    "presence_penalty": 1, "frequency_penalty": -1, "user": "u", "reasoning_effort": "low", "n": 1, "logit_bias": {"1": 1},
                    "parallel_tool_calls": False, "tool_choice": chance.choice(["auto", "none"]), "metadata": {"a": "b"}, "store": False,
                    "response_format": {"type": "json_schema", "json_schema": {"name": "s", "schema": SCHEMA, "strict": True}}}
        alone = {"parallel_tool_calls", "tool_choice"}
    else:
        settings = {"temperature": chance.choice([0, 1]), "top_p": 0.5, "top_k": 4, "stop_sequences": ["END"], "metadata": {"user_id": "u"},
                    "system": chance.choice(["Be brief.", [{"type": "text", "text": "Be brief."}]]), "tool_choice": {"type": "auto"},
                    "output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}}
        alone = {"tool_choice"}
    for name in chance.sample(sorted(settings), chance.randint(0, 4)):
        if "tools" in body or name not in alone:
            body[name] = settings[name]
    return body


@pytest.mark.parametrize("name", CALLERS)
@pytest.mark.parametrize("kind", NAMES)
def test_any_conversation(providers, hosted, kind, name):
    fake, caller = providers[kind], Caller(name, hosted)
    taken = 0
    for seed in range(ROUNDS):
        chance = Chance(f"{kind} {name} {seed}")
        body = conversation(chance, caller)
        calls = [Call(chance.choice(FUNCTIONS)["name"], arguments(chance)) for _ in range(chance.randint(0, 2))] if "tools" in body else []
        fake.play(kind, Scene(text=chance.words(), calls=calls, reasoning=chance.choice(["", "I think."])))
        fake.seen.clear()
        form = chance.choice(["whole", "stream"])
        most = body.pop("max_tokens")
        try:
            outcome = caller.ask(kind, form, messages=body.pop("messages"), extra_body=body | {"max_tokens": most})
        except caller.errors.BadRequestError as error:
            # Either the caller's request is one that this provider cannot be asked, and then it was not.
            assert fake.seen == [], (seed, fake.complaints, fake.seen and fake.seen[-1].body, str(error))
            continue
        taken += 1
        assert [(called, given) for called, given in outcome.calls] == [(call.name, call.arguments) for call in calls], seed
        assert outcome.text == fake.scenes[kind][0].text, seed
    assert taken >= ROUNDS // 2
