"""What GitHub says to a webhook about pull requests: reviews as rows of the same profile, merging as an outcome.

Only what the profile may look at is taken out of a delivery. Text of reviews is not among it.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from spend.ingest.bodies import BadBody
from spend.ingest.json_text import decode_text
from spend.ingest.native import Decoded
from spend.ingest.people.profile import Profile
from spend.ingest.people.reading import LEAVE_OUT, WITHDRAW, Cells, LeftOut, NotOurs, PeoplesRows, translated
from spend.ingest.reading import read_item, refused
from spend.ingest.records import Item, Problem

SCHEME = "sha256="
REVIEW, PULL_REQUEST, PING = "pull_request_review", "pull_request", "ping"
REVIEW_ACTIONS = {"submitted", "edited", "dismissed"}
BODY_LENGTH = 10_000
# The columns that a delivery has, as a profile may name them.
COLUMNS = ("pull request", "repository", "number", "title", "branch", "body", "labels", "author", "state", "node id",
           "review id", "submitted at", "updated at")  # fmt: skip


def signature_of(body: bytes, secret: str) -> str:
    return SCHEME + hmac.digest(secret.encode(), body, "sha256").hex()


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether who sent the body knows the secret; takes as long whatever is wrong."""
    return hmac.compare_digest(signature_of(body, secret).encode(), signature.encode(errors="replace"))


def read_delivery(body: bytes, event: str, profile: Profile, *, at: datetime, zone: ZoneInfo) -> Decoded:
    """Return the corrections and outcomes of a delivery; of an event that says nothing of them, none.

    Raises BadBody where the body is no JSON object.
    """
    said = decode_text(body)
    if not isinstance(said, dict):
        raise BadBody("must be a JSON object")
    rows = PeoplesRows("github", profile, at, zone)
    action = _text(said.get("action"))
    read: Item | Problem | LeftOut | None = None
    if event == REVIEW and action in REVIEW_ACTIONS:
        read = rows.read(0, Cells(_review(said, action).items()))
    elif event == PULL_REQUEST and action in ("closed", "reopened"):
        read = _outcome(said, action, rows)
    return Decoded([read] if isinstance(read, Item) else [], [read] if isinstance(read, Problem) else [])


def _outcome(said: dict[str, Any], action: str, rows: PeoplesRows) -> Item | Problem | None:
    request = _object(said.get("pull_request"))
    became = "merged" if action == "closed" and request.get("merged") is True else action
    meant = translated(became, rows.profile.outcomes)
    if meant is None or meant == LEAVE_OUT:
        return None
    cells = Cells(_request(said).items())
    try:
        raw: dict[str, Any] = {"task": rows.task_in(cells), "version": rows.version_of(cells)}
    except NotOurs:
        return None
    except ValueError as problem:
        return refused(0, [("task", str(problem))])
    raw |= {"team": rows.team_in(cells) or None}
    if meant == WITHDRAW:
        return read_item({**raw, "withdrawn": True}, kind="outcome", index=0, at=rows.at)
    when = _text(request.get("closed_at")) or None
    return read_item({**raw, "outcome": meant, "occurred_at": when}, kind="outcome", index=0, at=rows.at)


def _review(said: dict[str, Any], action: str) -> dict[str, str]:
    review = _object(said.get("review"))
    cells = _request(said) | {
        "state": "dismissed" if action == "dismissed" else _text(review.get("state")),
        "node id": _text(review.get("node_id")),
        "review id": _text(review.get("id")),
        "submitted at": _text(review.get("submitted_at")),
        "author": _text(_object(review.get("user")).get("login")),
    }
    return cells | {"updated at": max(cells["updated at"], _text(review.get("updated_at")), cells["submitted at"])}


def _request(said: dict[str, Any]) -> dict[str, str]:
    request = _object(said.get("pull_request"))
    repository, number = _text(_object(said.get("repository")).get("full_name")), _text(request.get("number"))
    labels = request.get("labels")
    return {
        "pull request": f"{repository}#{number}" if repository and number else "",
        "repository": repository,
        "number": number,
        "title": _text(request.get("title")),
        "branch": _text(_object(request.get("head")).get("ref")),
        "body": _text(request.get("body"))[:BODY_LENGTH],
        "labels": "\n".join(_text(_object(label).get("name")) for label in labels) if isinstance(labels, list) else "",
        "author": _text(_object(request.get("user")).get("login")),
        "updated at": _text(request.get("updated_at")),
    }


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
