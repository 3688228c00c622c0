"""Signet before the fakes of five providers, asked by the SDKs of OpenAI and Anthropic."""

import json

import anthropic
import openai

import provider_clients as clients
from model_providers import ModelProviders
from provider_clients import NAMES, Outcome
from signet_process import Signet

CALLERS = ("openai", "anthropic")
FORMS = ("whole", "stream")
# Each has a name of its own, since a key that was refused rests.
TROUBLES = (400, 401, 403, 404, 429, 500, 503, 529)


def base_address(fake) -> str:
    """As the provider's own library takes it."""
    return fake.address + ("/v1" if fake.dialect.name == "openai" else "")


def configuration(fakes: ModelProviders) -> str:
    providers, models, prices = [], [], []

    def add(model: str, kind: str, keys: str = "ONE", more: str = "retries: 0", patience: str = "5s"):
        secrets = ", ".join(f"{{ env: {kind.upper()}_{key} }}" for key in keys.split())
        provider = f"to-{model}"
        providers.append(
            f"  {provider}: {{ kind: {kind}, address: \"{base_address(fakes[kind])}\", keys: [{secrets}], response-timeout: {patience} }}")
        # Anthropic must be told how much may be said; Gemini's newer models want their signatures back.
        models.append(f"  {model}: {{ deployments: {{ provider: {provider}, model: {model}, maximum-tokens: 4096 }}, {more} }}")
        prices.append(f"  {model}: {{ provider: {provider}, model: {model}, input: 1, cached-input: 0.5, output: 10 }}")

    for kind in NAMES:
        add(kind, kind)
        add(f"{kind}-pool", kind, "ONE TWO", "retries: 1")
        add(f"{kind}-hasty", kind, patience="500ms")
        for status in TROUBLES:
            for caller in CALLERS:
                for form in FORMS:
                    add(f"{kind}-{status}-{caller}-{form}", kind)
    for model in ("gemini-3-pro", *(f"gemini-hint-{caller}" for caller in CALLERS)):
        add(model, "gemini")
    chain = ", ".join(f"{{ provider: to-{kind}, model: {kind}, order: {order}, maximum-tokens: 99 }}" for order, kind in enumerate(NAMES))
    models.append(f"  chain: {{ deployments: [{chain}], retries: 4 }}")
    return "\n".join([
        'issuers: { partner: { issuer: "https://idp.example", keys: { file: keys.json } } }',
        "settings: { access-log: access.log }",
        "providers:", *providers, "models:", *models, "prices:", *prices,
        "apis: { ai: { path: /ai, models: true, access: { jwt: { issuer: partner, audience: orders } } } }", ""])


def start(folder, mint, fakes: ModelProviders) -> Signet:
    (folder / "keys.json").write_text(json.dumps(mint.public_set()))
    (folder / "signet.yaml").write_text(configuration(fakes))
    environment = {f"{fake.dialect.name.upper()}_{number}": key for fake in fakes.all for number, key in zip(("ONE", "TWO"), fake.keys)}
    signet = Signet(data=folder / "data", config=folder / "signet.yaml", environment=environment).start(120)
    signet.mint = mint
    return signet


class Caller:
    """The SDK of OpenAI or of Anthropic, pointed at Signet with a token for a key."""

    def __init__(self, name: str, signet: Signet, **claims):
        token = signet.mint.token(claims=signet.mint.claims(**claims)).decode()
        self.name, self.signet, self.token = name, signet, token
        if name == "openai":
            self.client = openai.OpenAI(base_url=f"{signet.gateway}/ai/v1", api_key=token, max_retries=0, timeout=30)
        else:
            self.client = anthropic.Anthropic(base_url=f"{signet.gateway}/ai", auth_token=token, max_retries=0, timeout=30)

    @property
    def errors(self):
        return openai if self.name == "openai" else anthropic

    def ask(self, model: str, form: str = "whole", tools: bool = False, **more) -> Outcome:
        """One request; `form` is whole or stream."""
        return getattr(clients, f"{self.name}_{form}")(self.client, model, tools, **more)

    def raw(self, model: str, **more):
        if self.name == "openai":
            return self.client.chat.completions.with_raw_response.create(model=model, messages=self.say(), **more)
        return self.client.messages.with_raw_response.create(model=model, messages=self.say(), max_tokens=99, **more)

    def say(self, text: str = "hi") -> list[dict]:
        return [{"role": "user", "content": text}]

    def end(self, word: str) -> str:
        """The caller's own word for stop, length, calls or filter."""
        ours = {"stop": "end_turn", "length": "max_tokens", "calls": "tool_use", "filter": "refusal"}
        theirs = {"stop": "stop", "length": "length", "calls": "tool_calls", "filter": "content_filter"}
        return (theirs if self.name == "openai" else ours)[word]

    def close(self):
        self.client.close()
