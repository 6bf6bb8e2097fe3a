"""Which model a name on the wire means."""

from __future__ import annotations

import pytest
from genai_prices.data_snapshot import get_snapshot

from spend.domain.catalogue import CatalogueModel, load
from spend.domain.names import KnownModels, identify, provider_of

CATALOGUE = load()
KNOWN = KnownModels(CATALOGUE.models)


@pytest.mark.parametrize(
    ("wire", "provider"),
    [
        ("openai", "openai"), ("anthropic", "anthropic"), ("aws.bedrock", "aws"), ("azure.ai.openai", "azure"),
        ("azure.ai.inference", "azure"), ("gcp.gemini", "google"), ("gcp.vertex_ai", "google"),
        ("gcp.gen_ai", "google"), ("cohere", "cohere"), ("deepseek", "deepseek"), ("groq", "groq"),
        ("mistral_ai", "mistral"), ("perplexity", "perplexity"), ("x_ai", "x-ai"), ("moonshot_ai", "moonshotai"),
        ("ibm.watsonx.ai", "ibm.watsonx.ai"),  # not in the catalogue: goes by its own name
        ("vertex_ai", "google"), ("gemini", "google"), ("az.ai.inference", "azure"), ("az.ai.openai", "azure"),
        ("xai", "x-ai"), ("bedrock", "aws"), ("together_ai", "together"), (" OpenAI ", "openai"),
        ("gcp.vertex.agent", "google"),  # Google's agent kit names itself
        ("openai.responses", "openai"), ("azure.chat", "azure"), ("google.generative-ai", "google"),  # Vercel AI SDK
        ("google.vertex.chat", "google"), ("anthropic.messages", "anthropic"), ("groq.chat", "groq"),
        ("litellm", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_provider_of(wire, provider):
    assert provider_of(wire) == provider


@pytest.mark.parametrize(
    ("provider", "name", "model"),
    [
        ("openai", "gpt-5-2025-08-07", ("openai", "gpt-5")),
        ("openai", "gpt-5-20250807", ("openai", "gpt-5")),
        ("openai", "GPT-5", ("openai", "gpt-5")),
        ("openai", "openai/gpt-5", ("openai", "gpt-5")),
        ("gcp.gemini", "models/gemini-2.5-pro", ("google", "gemini-2.5-pro")),
        ("vertex_ai", "claude-sonnet-4-5@20250929", ("google", "claude-sonnet-4-5")),
        ("aws.bedrock", "us.amazon.nova-pro-v1:0", ("aws", "amazon.nova-pro-v1:0")),
        ("azure.ai.openai", "gpt-4o", ("azure", "gpt-4o")),  # inherited from OpenAI
        ("openrouter", "anthropic/claude-sonnet-4.5", ("openrouter", "anthropic/claude-sonnet-4.5")),
        ("openai", "our-fine-tune", None),
        ("langchain", "gpt-5", None),
        (None, "gpt-5", ("openai", "gpt-5")),
        (None, "anthropic/claude-sonnet-4-5", ("anthropic", "claude-sonnet-4-5")),  # the name carries its provider
        (None, "publishers/anthropic/models/claude-sonnet-4-5", ("google", "claude-sonnet-4-5")),
        ("litellm", "openrouter/anthropic/claude-sonnet-4.5", ("openrouter", "anthropic/claude-sonnet-4.5")),
        (None, "litellm_proxy/openai/gpt-4o", ("openai", "gpt-4o")),
        (None, "", None),
        (None, "/", None),
        (None, "gpt-5" * 100, None),
    ],
)
def test_identify(provider, name, model):
    assert identify(provider, name, KNOWN) == model


@pytest.mark.parametrize("name", ["gpt-4o", "gpt-4.1", "gpt-5-mini", "claude-sonnet-4-5", "claude-haiku-4-5"])
def test_R9_a_name_without_provider_that_two_providers_offer_is_unknown(name):
    assert identify(None, name, KNOWN) is None
    assert identify("openai" if name.startswith("gpt") else "anthropic", name, KNOWN) is not None


def test_R9_a_canonical_name_is_not_made_doubtful_by_a_pattern_of_another():
    own = CatalogueModel("acme", "small-1")
    loose = CatalogueModel("bigco", "large-1", ((("contains", "small"),),))
    assert identify(None, "small-1", KnownModels([own, loose])) == ("acme", "small-1")


def test_R9_a_snapshot_that_fits_two_providers_is_unknown():
    models = [CatalogueModel(id, "small", ((("starts_with", "small"),),)) for id in ("acme", "bigco")]
    assert identify(None, "small-2026", KnownModels(models)) is None
    assert identify("bigco", "small-2026", KnownModels(models)) == ("bigco", "small")


def test_an_alias_set_by_hand_settles_a_doubtful_name():
    known = KnownModels(CATALOGUE.models, [("gpt-4o", "openai", "gpt-4o"), ("our-bot", "openai", "gpt-5")])
    assert identify(None, "gpt-4o", known) == ("openai", "gpt-4o")
    assert identify("openai", "Our-Bot", known) == ("openai", "gpt-5")
    assert identify("azure", "gpt-4o", known) == ("azure", "gpt-4o")  # a named provider is believed


def test_every_model_is_found_by_its_own_name():
    for model in CATALOGUE.models:
        if not model.is_inherited:
            assert identify(model.provider, model.name, KNOWN) == (model.provider, model.name)


def test_with_a_provider_names_mean_what_the_package_says():
    snapshot = get_snapshot()
    names = {model.provider: set() for model in CATALOGUE.models}
    for model in CATALOGUE.models:
        names[model.provider] |= {text for pattern in model.patterns for kind, text in pattern if kind == "equals"}
    for provider in snapshot.providers:
        for name in sorted(names.get(provider.id, ())):
            theirs = provider.find_model(name, all_providers=snapshot.providers)
            canonical = [model.id for model in provider.models if model.id.lower() == name]
            ours = identify(provider.id, name, KNOWN)
            assert (ours and ours[1]) in ([theirs.id] if theirs else []) + canonical or theirs is ours is None


def test_the_memo_of_names_does_not_grow_without_end():
    known = KnownModels([CatalogueModel("acme", "small-1")])
    for number in range(12_000):
        known.identify("acme", f"nobody-{number}")
    assert len(known._memo) <= 10_000
