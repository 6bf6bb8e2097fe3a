"""Which model a name on the wire means (R9; docs/pricing.md, "Names")."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from spend.domain.catalogue import CatalogueModel, Pattern

# Names of providers as emitters write them -> ids of the catalogue. OpenTelemetry GenAI 0.66b2 and its deprecated
# `gen_ai.system` values, LiteLLM 1.109, OpenInference 0.1.42. A provider not in the table goes by its own name.
_PROVIDERS = {
    "anthropic": "anthropic",
    "aws": "aws amazon amazon_bedrock amazon-bedrock aws.bedrock aws_bedrock aws-bedrock bedrock bedrock_converse",
    "azure": "azure azure_ai azure-openai azure_openai azure.ai.inference azure.ai.openai az.ai.inference az.ai.openai",
    "cohere": "cohere cohere_chat",
    "fireworks": "fireworks fireworks_ai fireworks-ai",
    "github-copilot": "github-copilot github_copilot",
    "google": "google gemini gcp.gemini gcp.gen_ai gcp.vertex_ai google_genai google-genai google_vertexai"
    " google-vertex google_ai_studio vertex vertexai vertex_ai vertex_ai_beta gcp.vertex.agent",
    "mistral": "mistral mistral_ai mistralai",
    "moonshotai": "moonshotai moonshot moonshot_ai",
    "openai": "openai text-completion-openai",
    "together": "together together_ai together-ai togetherai",
    "voyageai": "voyageai voyage",
    "x-ai": "x-ai x_ai xai",
    "zai": "zai z-ai z.ai",
}
_PROVIDER_OF = {alias: provider for provider, aliases in _PROVIDERS.items() for alias in aliases.split()}
_GATEWAYS = frozenset({"litellm", "litellm_proxy"})  # they pass on another provider's models and name it in the model
# The Vercel AI SDK writes the interface behind the provider: `openai.responses`, `google.generative-ai`.
_INTERFACE = re.compile(
    r"\.(chat|completion|embedding|generative-ai|messages|responses|textEmbedding|vertex\.chat)$", re.IGNORECASE
)

_RESOURCE = re.compile(r"^(?:projects/.+/)?(?:locations/[^/]+/)?(publishers/[^/]+/)?models/(.+)$")
_COMPACT_DATE = re.compile(r"(?<=-)(20\d{2})(\d{2})(\d{2})(?=[-:]|$)")
_LONGEST = 300  # characters; no model is called more, and every pattern is tried on a name
_MEMO_LIMIT = 10_000  # names; the wire chooses them


def provider_of(text: str | None) -> str | None:
    """Return the catalogue's id for a provider on the wire, its own name in lower case if the table has none.

    None when nothing is said, or only that a gateway was in between.
    """
    name = _INTERFACE.sub("", (text or "").strip().lower())
    return None if not name or name in _GATEWAYS else _PROVIDER_OF.get(name, name)


class KnownModels:
    """The models a name can mean, indexed once. Plain look-ups first, patterns only for names not seen before."""

    def __init__(self, models: Iterable[CatalogueModel], aliases: Iterable[tuple[str, str, str]] = ()) -> None:
        """Index `models`, and `aliases` (alias, provider, name) that people set by hand: those are believed first."""
        self._by_hand: dict[str, set[tuple[str, str]]] = {}
        for alias, provider, name in aliases:
            self._by_hand.setdefault(alias.strip().lower(), set()).add((provider, name))
        self._providers: dict[str, list[_Shelf]] = {}
        for model in models:
            own, inherited = self._providers.setdefault(model.provider, [_Shelf(), _Shelf()])
            (inherited if model.is_inherited else own).add(model)
        self._memo: dict[tuple[str | None, str], tuple[str, str] | None] = {}

    def identify(self, provider: str | None, name: str) -> tuple[str, str] | None:
        """Return (provider, canonical name) of what the wire calls `name`, None when that is not one known model."""
        if len(name) > _LONGEST:
            return None
        key = provider, name
        if key not in self._memo:
            if len(self._memo) >= _MEMO_LIMIT:
                self._memo.clear()
            self._memo[key] = self._identify(provider_of(provider), name.strip().lower())
        return self._memo[key]

    def _identify(self, provider: str | None, name: str) -> tuple[str, str] | None:
        by_hand = [model for model in self._by_hand.get(name, ()) if provider in (None, model[0])]
        if len(by_hand) == 1:
            return by_hand[0]
        if resource := _RESOURCE.match(name):  # models/gemini-2.5-pro, .../publishers/anthropic/models/claude-opus-4
            name = resource[2]
            provider = provider or ("google" if resource[1] else None)  # only Vertex AI has publishers
        if provider is not None:
            return self._of_provider(provider, name)
        head, slash, rest = name.partition("/")
        prefix = provider_of(head)
        if slash and prefix is not None and (found := self._of_provider(prefix, rest)):
            return found
        if slash and head in _GATEWAYS:
            return self._identify(None, rest)
        return self._unique(name)

    def _of_provider(self, provider: str, name: str) -> tuple[str, str] | None:
        """Try the name as it is, then without the provider's own name before it (`openai/gpt-5` of openai)."""
        head, _, rest = name.partition("/")
        names = [name, rest] if rest and provider_of(head) == provider else [name]
        for candidate in names:
            for shelf in self._providers.get(provider, ()):
                if found := shelf.exact(candidate) or shelf.fitting(candidate):
                    return provider, found
        return None

    def _unique(self, name: str) -> tuple[str, str] | None:
        """Return the one model of this name; a name that two providers offer is unknown (R9).

        Canonical names first: a name that is one provider's own is not made doubtful by another's loose pattern.
        Inherited models do not count here, or Azure would make every OpenAI name doubtful.
        """
        for look_up in (_Shelf.exact, _Shelf.fitting):
            found = [(id, model) for id, (own, _) in self._providers.items() if (model := look_up(own, name))]
            if found:
                return found[0] if len(found) == 1 else None
        return None


def identify(provider: str | None, name: str, known: KnownModels) -> tuple[str, str] | None:
    """Return (provider, canonical name) of what the wire calls `name`, None when that is not one known model."""
    return known.identify(provider, name)


class _Shelf:
    """Models of one provider, in the catalogue's order."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._aliases: dict[str, str] = {}
        self._patterns: list[tuple[Pattern, str]] = []

    def add(self, model: CatalogueModel) -> None:
        self._names.setdefault(model.name.lower(), model.name)
        for pattern in model.patterns:
            if len(pattern) == 1 and pattern[0][0] == "equals":
                self._aliases.setdefault(pattern[0][1], model.name)
            else:
                self._patterns.append((pattern, model.name))

    def exact(self, name: str) -> str | None:
        return self._names.get(name)

    def fitting(self, name: str) -> str | None:
        """Return the model of which `name` is an alias or fits a pattern; dates may be written 20250807."""
        for spelling in dict.fromkeys([name, _with_dashed_date(name)]):
            if found := self._aliases.get(spelling) or self._first_fit(spelling):
                return found
        return None

    def _first_fit(self, name: str) -> str | None:
        fits: Iterator[str] = (model for pattern, model in self._patterns if _fits(pattern, name))
        return next(fits, None)


def _fits(pattern: Pattern, name: str) -> bool:
    return all(_holds(kind, text, name) for kind, text in pattern)


def _holds(kind: str, text: str, name: str) -> bool:
    if kind == "starts_with":
        return name.startswith(text)
    if kind == "ends_with":
        return name.endswith(text)
    if kind == "contains":
        return text in name
    if kind == "equals":
        return name == text
    return re.search(text, name) is not None


def _with_dashed_date(name: str) -> str:
    """Rewrite `-20250807` as `-2025-08-07`, as gateways write snapshots one way and the catalogue the other."""
    return _COMPACT_DATE.sub(_dashed, name)


def _dashed(match: re.Match[str]) -> str:
    try:
        return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError:
        return match[0]
