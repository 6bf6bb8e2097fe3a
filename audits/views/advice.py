"""What to do about a source: a sentence for what is wrong with it, and where it is mended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from accounts.domain.reach import Reach
from audits.queries.connectors import Connector
from spend.ingest.mapping import DEFAULTS
from spend.templatetags.figures import plural

# Below it there is hardly anything to gain: a few calls without a task are tasks of one call, a few tasks wait yet.
_MUCH_IMPLICIT, _MUCH_UNJUDGED = 0.05, 0.5


@dataclass(frozen=True)
class Advice:
    text: str
    href: str = ""
    label: str = ""


def advice(found: Connector, reach: Reach) -> list[Advice]:
    """Return what there is to do, the most urgent first."""
    known = [*_misread(found, reach), *_silent(found)]
    return [*known, *_unpriced(found, reach), *_implicit(found, reach), *_unjudged(found, reach)]


def _misread(found: Connector, reach: Reach) -> Iterator[Advice]:
    if found.is_misread:
        text = "Its mapping as saved cannot be read any more and is not used. Save it anew."
        yield Advice(text, *_mapping(found, reach))


def _silent(found: Connector) -> Iterator[Advice]:
    if quiet := found.silence:
        pause = plural(quiet.usual, "day")
        yield Advice(
            f"Silent for {plural(quiet.days, 'day')}; its longest pause before was {pause}. Is it still running?"
        )


def _unpriced(found: Connector, reach: Reach) -> Iterator[Advice]:
    if not found.total.unpriced:
        return
    text = f"{plural(found.total.unpriced, 'call')} without a known price: the token bill is a lower bound."
    models = f"{reverse('connector', args=[found.source.pk])}#models"
    yield Advice(text, models, "Add prices" if reach.writes_reference else "Which models")


def _implicit(found: Connector, reach: Reach) -> Iterator[Advice]:
    if (found.total.share(found.total.implicit) or 0) < _MUCH_IMPLICIT:
        return
    text = "Calls that name no task count as a task each, so that retries and escalations are not seen."
    if found.source.kind in DEFAULTS:
        yield Advice(f"{text} Say which attribute names the task.", *_mapping(found, reach))
    else:
        yield Advice(f"{text} Send the field task with each call.", reverse("docs"), "The fields of a call")


def _unjudged(found: Connector, reach: Reach) -> Iterator[Advice]:
    if (found.total.share(found.total.unjudged) or 0) < _MUCH_UNJUDGED:
        return
    text = "Nobody said of these tasks how they went; after the acceptance window they are presumed successful."
    if reach.may("audit"):
        yield Advice(f"{text} Send outcomes, or log rework.", reverse("log"), "Log rework")
    else:
        yield Advice(f"{text} Send outcomes, or have rework logged.", reverse("docs"), "How to send outcomes")


def _mapping(found: Connector, reach: Reach) -> tuple[str, str]:
    if not reach.writes_reference:
        return "", ""
    return reverse("settings-mapping", args=[found.source.kind]), "Mapping"
