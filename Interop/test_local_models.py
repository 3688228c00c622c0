"""Real models on this machine: llama.cpp's server, asked by the SDK of OpenAI."""

import openai
import pytest

import provider_clients as clients

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
