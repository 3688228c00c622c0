"""Real models on this machine: llama.cpp's server, asked by the SDK of OpenAI and, through Signet, by that of Anthropic as well."""

import json

import openai
import pytest

import provider_clients as clients
from conftest import write_configuration
from hosted_models import Caller
from signet_process import Signet

ASKED = {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 12, "temperature": 0}


def client_of(model) -> openai.OpenAI:
    return clients.openai_client(model.address, model.key)


def likeness(first: list[float], second: list[float]) -> float:
    return sum(one * other for one, other in zip(first, second))


def test_the_chat_model_says_the_same_whole_and_streamed(chat_model):
    with client_of(chat_model) as client:
        whole = clients.openai_whole(client, chat_model.model, **ASKED)
        streamed = clients.openai_stream(client, chat_model.model, **ASKED)
    assert whole.text and whole.text.isprintable() and whole.text == streamed.text
    assert len(streamed.pieces) > 3
    assert (whole.end, whole.output_tokens, streamed.output_tokens) == ("length", 12, 12)
    assert whole.input_tokens == streamed.input_tokens > 0


def test_the_chat_model_wants_its_key(chat_model):
    with clients.openai_client(chat_model.address, "another-key") as client:
        with pytest.raises(openai.AuthenticationError):
            clients.openai_whole(client, chat_model.model, **ASKED)


def test_the_embedding_model_knows_what_is_alike(embedding_model):
    texts = ["A man is eating food.", "A man eats something.", "The sky is blue over the sea.", "This is an example sentence"]
    with client_of(embedding_model) as client:
        vectors = [each.embedding for each in client.embeddings.create(model=embedding_model.model, input=texts).data]
    assert {len(vector) for vector in vectors} == {384}
    assert all(abs(likeness(vector, vector) - 1) < 1e-4 for vector in vectors)
    assert likeness(vectors[0], vectors[1]) > 0.7 > 0.2 > likeness(vectors[0], vectors[2])
    # The first numbers that the model's own library gives for this sentence: the conversion has lost nothing.
    assert vectors[3][:3] == pytest.approx([0.0677, 0.0635, 0.0487], abs=2e-3)


# Through Signet.


@pytest.fixture(scope="module")
def gateway(tmp_path_factory, mint, chat_model, embedding_model):
    folder = tmp_path_factory.mktemp("local")
    (folder / "keys.json").write_text(json.dumps(mint.public_set()))
    text = f"""
issuers: {{ partner: {{ issuer: "https://idp.example", keys: {{ file: keys.json }} }} }}
providers:
  chat: {{ kind: openai, address: "{chat_model.address}/v1", keys: [{{ env: LOCAL_KEY }}] }}
  embedding: {{ kind: openai, address: "{embedding_model.address}/v1", keys: [{{ env: LOCAL_KEY }}] }}
models:
  talk: {{ deployments: {{ provider: chat, model: {chat_model.model} }} }}
  sense: {{ deployments: {{ provider: embedding, model: {embedding_model.model} }} }}
apis: {{ ai: {{ path: /ai, models: true, access: {{ jwt: {{ issuer: partner, audience: orders }} }} }} }}
"""
    signet = Signet(data=folder / "data", config=write_configuration(folder, text), environment={"LOCAL_KEY": chat_model.key}).start()
    signet.mint = mint
    yield signet
    signet.stop()


@pytest.mark.parametrize("name", ["openai", "anthropic"])
def test_the_chat_model_says_the_same_through_the_gateway(gateway, chat_model, name):
    with client_of(chat_model) as client:
        direct = clients.openai_whole(client, chat_model.model, **ASKED)
    caller = Caller(name, gateway)
    # Anthropic's SDK has no member for it any more.
    asked = {"messages": ASKED["messages"], "extra_body": {"temperature": 0, "max_tokens": 12}}
    for form in ("whole", "stream"):
        outcome = caller.ask("talk", form, **asked)
        assert (outcome.text, outcome.output_tokens) == (direct.text, 12)
        assert (outcome.end, outcome.input_tokens) == (caller.end("length"), direct.input_tokens)


def test_the_embeddings_are_the_same_through_the_gateway(gateway, embedding_model):
    texts = ["A man is eating food.", "The sky is blue over the sea."]
    with client_of(embedding_model) as client:
        direct = [each.embedding for each in client.embeddings.create(model=embedding_model.model, input=texts).data]
    for more in ({}, {"encoding_format": "float"}):
        answer = Caller("openai", gateway).client.embeddings.create(model="sense", input=texts, **more)
        for ours, theirs in zip(answer.data, direct):
            assert ours.embedding == pytest.approx(theirs, abs=1e-6)
        assert answer.usage.prompt_tokens > 5
