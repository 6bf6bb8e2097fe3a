"""What holds of any bill beside any use."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from spend.domain.periods import Month
from spend.domain.reconciling.causes import added
from spend.domain.reconciling.months import Statement, reconcile
from spend.domain.reconciling.records import CHARGES, KINDS, Billed, Logged

FIRST = date(2026, 10, 1)
LATER = date(2026, 12, 24)
days = st.integers(0, 5).map(lambda count: FIRST + timedelta(days=count))
models = st.sampled_from(["astra", "nova", "mini"])
tokens, nanos = st.integers(0, 10**7), st.integers(0, 10**12)
uses = st.builds(Logged, days, models, st.sampled_from(KINDS), tokens, nanos)
counted = st.builds(Billed, days, models, st.sampled_from(KINDS), st.just("usage"), st.none() | tokens, nanos)
reported = st.builds(Billed, days, models, st.sampled_from(KINDS), st.just("usage"), tokens, st.none())
coarse = st.builds(Billed, days, models | st.just(""), st.just(""), st.just("usage"), st.none(), nanos)
charged = st.builds(
    Billed, days, st.just(""), st.just(""), st.sampled_from(CHARGES), st.none(), st.integers(-(10**9), 10**9)
)
bills = st.lists(counted | reported | coarse | charged, max_size=12)
brief = settings(max_examples=60, deadline=None)


def reconciled(logged, billed):
    covered = frozenset(FIRST + timedelta(days=count) for count in range(31))
    return reconcile(Statement("openai", Month(2026, 10), logged, billed, covered), today=LATER)


def invoice_of(billed):
    return sum(line.amount or 0 for line in billed)


@brief
@given(st.lists(uses, max_size=12), bills)
def test_causes_sum_to_the_difference_to_the_nano_dollar(logged, billed):
    found = reconciled(logged, billed)
    assert found.computed == sum(use.amount for use in logged)
    assert found.causes.total == found.billed - found.computed
    if not found.valued:
        assert found.billed == invoice_of(billed)
    of_lines = added(causes for _, causes in found.lines)
    beside = ("not_tokens", "fees", "credits", "taxes", "adjustments")
    assert {n: a for n, a in of_lines.amounts().items() if n not in beside} == {
        n: a for n, a in found.causes.amounts().items() if n not in beside
    }


@brief
@given(st.lists(uses, max_size=12), bills)
def test_differences_of_days_sum_to_that_of_the_month(logged, billed):
    found = reconciled(logged, billed)
    of_days = sum(day.billed - day.computed for day in found.days)
    assert found.valued or of_days == found.variance


@brief
@given(st.lists(uses, max_size=8), st.lists(counted | charged, max_size=8), st.data())
def test_splitting_a_line_changes_nothing(logged, billed, data):
    apart = []
    for line in billed:
        part = data.draw(st.integers(0, line.amount)) if line.amount >= 0 else 0
        count = None if line.quantity is None else data.draw(st.integers(0, line.quantity))
        rest = None if line.quantity is None else line.quantity - count
        apart += [_with(line, count, part), _with(line, rest, line.amount - part)]
    whole, parted = reconciled(logged, billed), reconciled(logged, apart[::-1])
    assert (whole.causes, whole.billed) == (parted.causes, parted.billed)


def _with(line, quantity, amount):
    return Billed(line.day, line.model, line.kind, line.category, quantity, amount)


@brief
@given(st.lists(uses, max_size=12), bills)
def test_other_names_for_models_change_nothing(logged, billed):
    """Names sort the other way round, too."""
    names = {"astra": "zebra", "nova": "lynx", "mini": "ant", "": ""}
    others = [Logged(use.day, names[use.model], use.kind, use.quantity, use.amount) for use in logged]
    lines = [Billed(b.day, names[b.model], b.kind, b.category, b.quantity, b.amount) for b in billed]
    found, renamed = reconciled(logged, billed), reconciled(others, lines)
    assert found.causes.total == renamed.causes.total
    assert (found.billed, found.computed, found.is_within) == (renamed.billed, renamed.computed, renamed.is_within)
    assert {n: abs(a - renamed.causes.amounts()[n]) <= 3 for n, a in found.causes.amounts().items()} == dict.fromkeys(
        found.causes.amounts(), True
    )
