"""Ids pasted from anywhere: one a line, with or without weight; what is written is read back."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spend.ingest.fields import is_name
from spend.ingest.pasted_links import PastedLink, links_text, read_links


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("claim-1", [("claim-1", None)]),
        ("claim-1\nclaim-2\n", [("claim-1", None), ("claim-2", None)]),
        ("claim-1\r\n\r\n  claim-2  \r\n", [("claim-1", None), ("claim-2", None)]),
        ("claim-1\t2\nclaim-2\t0.5", [("claim-1", "2"), ("claim-2", "0.5")]),
        ("claim-1; 2", [("claim-1", "2")]),
        ("claim-1, 2", [("claim-1", "2")]),
        ("claim-1\t0,5", [("claim-1", "0.5")]),  # a spreadsheet with decimal commas
        ("claim-1\t", [("claim-1", None)]),
        ("task\tweight\nclaim-1\t2", [("claim-1", "2")]),  # a heading
        ("Task ID\nclaim-1", [("claim-1", None)]),
        ("claim 12", [("claim 12", None)]),  # a space is part of an id
        ("a,b,2", [("a,b,2", None)]),  # which comma would be meant?
        ("claim-1\tmuch", [("claim-1", "much")]),  # the rules will say so
        ("", []),
    ],
)
def test_a_line_is_an_id_and_maybe_a_weight(text, expected):
    assert read_links(text) == [PastedLink(*link) for link in expected]


@given(st.text())
def test_no_text_is_too_much(text):
    for link in read_links(text):
        assert "\n" not in link.name


NAMES = st.text(min_size=1, max_size=200).filter(lambda name: is_name(name) and name == name.strip())
WEIGHTS = st.decimals(min_value=0, max_value=10**9, places=9)


@given(st.lists(st.tuples(NAMES, WEIGHTS)))
@example([("task", Decimal(1))])
@example([("a,1", Decimal(1)), ("a;1", Decimal(1))])
def test_what_is_written_is_read_back(links):
    read = read_links(links_text(links))
    assert [(link.name, Decimal(1 if link.weight is None else link.weight)) for link in read] == links
