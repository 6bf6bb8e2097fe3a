"""Claims against reality: a sentence for each tier, and the plain values of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audits.actions.deciding.claims import HeldClaims, HeldTier
from audits.domain.decisions.claims import LEAST_TRIES, Held, Verdict
from audits.domain.decisions.fair import UNKNOWN
from audits.queries.reports import UNATTRIBUTED
from spend.templatetags.figures import plain_percent

# Wherever a claim is held against what was measured, it is said in these words.
VERDICTS: Mapping[Verdict, str] = {
    "fails_more": "fails more than claimed",
    "fails_less": "fails less than claimed",
    "as_claimed": "as claimed, which is no proof",
    "few": "too few tries",
    "no_claim": "no claim",
}
NOTHING = "In these months no tier tried anything."


def sentences(found: HeldClaims) -> list[str]:
    """Say of each tier whether it fails as often as it claims to, and where by complexity it does otherwise."""
    return [sentence(tier) for tier in found.tiers] or [NOTHING]


def sentence(tier: HeldTier) -> str:
    name, whole = tier.tier or UNATTRIBUTED, tier.whole
    if whole.claimed is None:
        return f"{name} claims nothing; {_measured(whole)}."
    claimed = f"{name} claims to fail at {plain_percent(whole.claimed)}"
    if whole.verdict == "few":
        return f"{claimed}: {LEAST_TRIES} tries are needed to hold it to that, and there are {whole.tries:,}."
    return f"{claimed} and {_DID[whole.verdict]}: {_measured(whole)}{_ends(whole)}.{_otherwise(tier)}"


_DID: Mapping[Verdict, str] = {
    "fails_more": "fails more",
    "fails_less": "fails less",
    "as_claimed": "nothing speaks against it, which is no proof",
}
_APART: Mapping[Verdict, str] = {
    "fails_more": "it fails more than claimed",
    "fails_less": "it fails less than claimed",
    "as_claimed": "nothing speaks against the claim",
}


def _measured(held: Held) -> str:
    return f"{plain_percent(held.measured)} of {held.tries:,} tries failed or were escalated"


def _ends(held: Held) -> str:
    return f" (95 %: {plain_percent(held.ends[0])} to {plain_percent(held.ends[1])})" if held.ends else ""


def _otherwise(tier: HeldTier) -> str:
    """Name the complexities whose verdict is another than that of all tries: they may hide in it.

    Unknown is no kind of work: it is often that nobody judged, where few failures are seen.
    """
    told = [
        f"of {complexity} complexity {_APART[held.verdict]} ({plain_percent(held.measured)})"
        for complexity, held in tier.by_complexity.items()
        if complexity != UNKNOWN and held.verdict in _APART and held.verdict != tier.whole.verdict
    ]
    return f" But {'; '.join(told)}." if told else ""


def told(found: HeldClaims) -> dict[str, Any]:
    """Return the answer as the API gives it: shares as numbers."""
    return {
        "tiers": [
            {
                "tier": tier.tier,
                "sentence": sentence(tier),
                "claimed": tier.whole.claimed,
                **_told(tier.whole),
                "complexities": [{"complexity": name, **_told(held)} for name, held in tier.by_complexity.items()],
            }
            for tier in found.tiers
        ]
    }


def _told(held: Held) -> dict[str, Any]:
    return {
        "verdict": held.verdict,
        "tries": held.tries,
        "missed": held.missed,
        "measured": held.measured,
        "low": held.ends[0] if held.ends else None,
        "high": held.ends[1] if held.ends else None,
    }
