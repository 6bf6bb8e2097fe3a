"""Corrections as people reported them, the last received first; the version that counts of each."""

from __future__ import annotations

from django.conf import settings

from audits.queries.lists import reading
from audits.queries.lists.asking import BY_INTEGRATION, BY_LINK, Listing
from audits.queries.lists.calls import MODEL
from audits.queries.lists.naming import begins_with
from audits.queries.lists.reading import PAGE, Order, Page, Where
from audits.queries.recorders import recorder_name

_OWN = {"team": "k.team_id", "tier": "k.tier_id", "model": "k.llm_id"}
_CORRECTION_TASK = "COALESCE(k.task_key, (SELECT c.task_id FROM spend_call c WHERE c.id = k.call_key AND c.counted))"
_KNOWN = f"EXISTS (SELECT 1 FROM spend_task t WHERE t.id = {_CORRECTION_TASK})"
NAMES = """
LEFT JOIN accounts_team team ON team.id = k.team_id
LEFT JOIN spend_tier tier ON tier.id = k.tier_id
LEFT JOIN spend_llm llm ON llm.id = k.llm_id
LEFT JOIN accounts_user person ON person.id = k.recorded_by_id
"""
SHARED = f"""
    k.id AS key, k.external_id AS id, k.version, team.name AS team, tier.name AS tier,
    CASE WHEN llm.id IS NOT NULL THEN {MODEL.format("llm")} END AS model, k.role, k.note, k.reason, k.received_at,
    k.recorded_by_id, person.username AS recorded_by
"""
IS_CALL_OF_TASK = "EXISTS (SELECT 1 FROM spend_call c WHERE c.id = {0} AND c.task_id = %(task_key)s)"
ORDER = Order((("k.id", "key", int),))
COUNTS = "k.latest AND NOT k.withdrawn"
_CORRECTIONS = f"""
SELECT {SHARED}, k.worked_on, k.minutes, k.activity, k.verdict, k.cause, k.provenance, k.task_name AS task,
    k.call_name AS call, k.identity, k.by_link, k.signer, {_CORRECTION_TASK} AS task_key,
    (SELECT COALESCE(sum(e.amount_nanos), 0) FROM audits_entry e WHERE e.source = k.identity) AS entries_nanos
FROM audits_correction k {NAMES} WHERE {COUNTS} AND {{where}} ORDER BY {{order}} LIMIT %(limit)s
"""


# Those with money, net, on a tier of these names; the empty name is none.
_POSTED_TO = """
    SELECT e.source FROM audits_entry e LEFT JOIN spend_tier tier ON tier.id = e.tier_id
    WHERE e.source_kind = 'correction' AND e.source = k.identity AND COALESCE(tier.name, '') = ANY(%(posted_to)s)
    GROUP BY e.source HAVING sum(e.amount_nanos) <> 0
"""


def corrections(listing: Listing, *, cursor: str | None = None, limit: int = PAGE) -> Page:
    """Return a page of corrections by their own dates and scopes; `entries_nanos` is what they made."""
    where = _where(listing)
    begin = reading.opened(cursor, ORDER)
    reading.after(where, begin, ORDER)
    sql = _CORRECTIONS.format(where=where, order=ORDER.sql(begin))
    return with_names(reading.page(sql, where, ORDER, begin, limit), listing)


def sums_of_corrections(listing: Listing) -> dict[str, int]:
    """Return how many corrections there are, how many minutes of work they were, and what they cost."""
    where = _where(listing)
    sql = f"""
        SELECT count(*) AS corrections, round(COALESCE(sum(k.minutes), 0)) AS minutes,
            (SELECT COALESCE(sum(e.amount_nanos), 0) FROM audits_entry e
                WHERE e.source = ANY(array_agg(k.identity))) AS entries_nanos
        FROM audits_correction k WHERE {COUNTS} AND {where}"""
    return reading.whole_sums(sql, where.params)


def _where(listing: Listing) -> Where:
    kind = f"(SELECT s.task_type_id FROM audits_taskstate s WHERE s.task_key = {_CORRECTION_TASK})"
    route = f"(SELECT s.route FROM audits_taskstate s WHERE s.task_key = {_CORRECTION_TASK})"
    where = reading.asked(listing, {**_OWN, "task_type": kind, "route": route}, "k.worked_on")
    columns = {
        "activity": "k.activity", "verdict": "k.verdict", "cause": "k.cause", "provenance": "k.provenance",
        "task": "k.task_name",
    }  # fmt: skip
    reading.said(where, listing, columns)
    reading.yes_no(where, listing, {"linked": _KNOWN})
    if "linked" in listing.only:  # what names nothing is neither
        where.add("(k.task_name <> '' OR k.call_name <> '')")
    if "q" in listing.only:
        begins = begins_with(listing.only["q"][-1])
        where.add("(k.external_id LIKE %(begins)s OR k.task_name LIKE %(begins)s)", begins=begins)
    if names := listing.only.get("posted_to"):
        where.add(f"k.identity IN ({_POSTED_TO})", posted_to=list(names))
    if "who" in listing.only:
        _by_whom(where, listing.only["who"][-1], listing.reader)
    if listing.task_key:
        named = IS_CALL_OF_TASK.format("k.call_key")
        where.add(f"(k.task_key = %(task_key)s OR k.call_key IS NOT NULL AND {named})", task_key=listing.task_key)
    return where


def _by_whom(where: Where, who: str, reader: int | None) -> None:
    """Nobody finds by a name what they may not be told of by name: with names hidden, people find their own."""
    if who in (BY_LINK, BY_INTEGRATION):
        where.add("k.by_link" if who == BY_LINK else "k.recorded_by_id IS NULL AND NOT k.by_link")
        return
    where.add("NOT k.by_link AND k.recorded_by_id = (SELECT id FROM accounts_user WHERE username = %(who)s)", who=who)
    if not settings.SHOW_NAMES:
        where.add("k.recorded_by_id = %(reader)s", reader=reader)


def with_names(page: Page, listing: Listing) -> Page:
    """Say by whom, as the reader may know it; None is an integration."""
    for row in page.rows:
        row["recorded_by"] = recorder_name(
            person=row.pop("recorded_by_id"),
            name=row["recorded_by"],
            by_link=row.pop("by_link", False),
            signer=row.pop("signer", ""),
            reader=listing.reader,
        )
    return page
