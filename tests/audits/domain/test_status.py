"""Whether a task succeeded, and who says so."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.domain.status import Verdict, is_rework
from spend.domain.tasks import shape_of
from tests.audits.domain.build import key, make_call, make_status

MONDAY, TUESDAY = date(2026, 10, 5), date(2026, 10, 6)
DECIDING, OTHER = make_call("deciding", "2026-10-05T12:00"), make_call("other", "2026-10-05T09:00")
SHAPE = shape_of([DECIDING, OTHER], None)
ACCEPTED, AMENDED, REJECTED = (Verdict(MONDAY, verdict) for verdict in ("accepted", "amended", "rejected"))


@pytest.mark.parametrize(
    ("facts", "state", "decided_by"),
    [
        ({"invalidated": True, "verdicts": [ACCEPTED], "outcome": "success"}, "failure", "incident"),
        ({"verdicts": [REJECTED], "outcome": "success"}, "failure", "verdict"),
        ({"verdicts": [AMENDED], "outcome": "failure"}, "success", "verdict"),
        ({"outcome": "failure", "today": date(2027, 1, 1)}, "failure", "outcome"),
        ({"outcome": "success"}, "success", "outcome"),
        ({"today": date(2027, 1, 1)}, "success", "window"),
        ({"today": MONDAY}, "pending", "none"),
        ({"today": MONDAY, "outcome": ""}, "pending", "none"),
    ],
)
def test_the_first_rule_that_matches_decides(facts, state, decided_by):
    status = make_status(SHAPE, **facts)
    assert (status.state, status.decided_by) == (state, decided_by)


@pytest.mark.parametrize(
    ("verdicts", "state"),
    [
        ([Verdict(MONDAY, "rejected"), Verdict(TUESDAY, "accepted")], "success"),  # the latest
        ([Verdict(MONDAY, "accepted"), Verdict(TUESDAY, "rejected")], "failure"),
        ([Verdict(MONDAY, "rejected"), Verdict(MONDAY, "accepted")], "failure"),  # of one day, the harsher
        ([Verdict(MONDAY, "rejected"), Verdict(MONDAY, "amended")], "failure"),
        ([Verdict(MONDAY, "rejected", DECIDING.id)], "failure"),
        ([Verdict(MONDAY, "rejected", OTHER.id)], "pending"),  # on a call that decided nothing
    ],
)
def test_R3_the_latest_verdict_counts_and_of_one_day_the_harsher(verdicts, state):
    assert make_status(SHAPE, verdicts=verdicts, today=MONDAY).state == state


@pytest.mark.parametrize(
    ("facts", "first_pass", "amended"),
    [
        ({"outcome": "success"}, True, False),
        ({"verdicts": [ACCEPTED]}, True, False),
        ({"verdicts": [AMENDED]}, False, True),
        ({"verdicts": [REJECTED, Verdict(TUESDAY, "accepted")]}, False, True),  # was thrown away once
        ({"verdicts": [Verdict(MONDAY, "amended", OTHER.id)], "outcome": "success"}, True, False),
        ({"outcome": "success", "reworked": True}, False, True),
        ({"reworked": True, "today": date(2027, 1, 1)}, False, True),
        ({"outcome": "failure"}, False, False),
        ({"verdicts": [AMENDED], "invalidated": True}, False, False),
    ],
)
def test_R3_first_pass_is_a_success_that_nobody_had_to_change(facts, first_pass, amended):
    status = make_status(SHAPE, **facts)
    assert (status.first_pass, status.amended) == (first_pass, amended)


@pytest.mark.parametrize(
    ("activity", "minutes", "expected"),
    [("fix", "1", True), ("redo", "0.1", True), ("fix", "0", False), ("review", "9", False)],
)
def test_R3_rework_is_time_spent_on_fix_or_redo(activity, minutes, expected):
    assert is_rework(activity, Decimal(minutes)) is expected


def test_R4_success_is_presumed_from_the_first_day_after_the_window():
    last_day = MONDAY + timedelta(days=14)
    assert make_status(SHAPE, today=last_day).changes_on == last_day + timedelta(days=1)
    presumed = make_status(SHAPE, today=last_day + timedelta(days=1))
    assert (presumed.state, presumed.presumed, presumed.first_pass, presumed.judged, presumed.changes_on) == (
        "success", True, True, False, None,
    )  # fmt: skip


def test_R4_a_window_of_no_days_ends_with_the_day():
    assert make_status(SHAPE, acceptance_days=0, today=MONDAY).changes_on == TUESDAY
    assert make_status(SHAPE, acceptance_days=0, today=TUESDAY).presumed


def test_R4_a_window_that_outlasts_the_calendar_never_ends():
    assert make_status(SHAPE, acceptance_days=2**31).changes_on is None


@pytest.mark.parametrize("call", [make_call("a", status="error"), make_call("a", purpose="triage")])
def test_R2_a_task_without_deciding_call_is_presumed_failed(call):
    status = make_status(shape_of([call], None), today=date(2027, 1, 1))
    assert (status.state, status.decided_by, status.presumed) == ("failure", "window", False)


def test_R5_an_incident_fails_a_task_that_nobody_judged():
    assert make_status(SHAPE, invalidated=True).judged is False


verdicts = st.lists(
    st.builds(
        Verdict,
        st.sampled_from([MONDAY, TUESDAY]),
        st.sampled_from(["accepted", "amended", "rejected"]),
        st.sampled_from([None, DECIDING.id, OTHER.id, key("elsewhere")]),
    ),
    max_size=5,
)


@given(verdicts, st.booleans(), st.sampled_from([None, "success", "failure"]), st.randoms(use_true_random=False))
def test_the_order_of_verdicts_never_matters_and_a_success_is_first_pass_or_amended(said, invalidated, outcome, random):
    facts = {"invalidated": invalidated, "outcome": outcome}
    status = make_status(SHAPE, verdicts=said, **facts)
    random.shuffle(said)
    assert make_status(SHAPE, verdicts=said, **facts) == status
    assert (status.state == "success") == (status.first_pass or status.amended)
    assert not (status.first_pass and status.amended)
