"""Fixed costs as assets, as text: what they are called."""

from __future__ import annotations

ASSET_NAMES = {
    "self_hosted": "Self-hosted GPUs",
    "fine_tuning": "Fine-tuning",
    "licence": "Licence",
    "engineering": "Engineers' hours",
    "build": "In-house build",
    "other": "Other",
}
