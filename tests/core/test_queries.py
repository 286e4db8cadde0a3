"""core/queries.py: a query fits into an address and comes out of it as it was."""

from hypothesis import given
from hypothesis import strategies as st

from core.examples import REVIEWS
from core.queries import PARTS, SORTS, Query
from core.scripts import SCRIPTS

TEXT = st.text(max_size=20).filter(lambda text: not text or text.strip())
NUMBER = st.none() | st.integers(0, 999_999)
QUERIES = st.builds(
    Query,
    text=TEXT,
    code=TEXT,
    tag=TEXT,
    review=st.sampled_from(["", *REVIEWS]),
    part=st.sampled_from(["", *PARTS]),
    script=st.sampled_from(["", *SCRIPTS]),
    tokens_from=NUMBER,
    tokens_to=NUMBER,
    sort=st.sampled_from(SORTS),
)


@given(QUERIES)
def test_a_query_comes_back_from_its_address(query):
    """Every part of it; and the usual one leaves the address empty."""
    assert Query.from_address(query.to_address()) == query
    assert (query.to_address() == {}) == query.is_plain


@given(st.dictionaries(st.sampled_from([*Query.__slots__, "else"]), st.text() | st.none()))
def test_any_address_is_some_query(address):
    """What cannot be asked for is left out, and never an error."""
    query = Query.from_address(address)
    assert query.sort in SORTS
    assert query.review in {"", *REVIEWS}


def test_order_alone_leaves_nothing_out():
    """A sorted table is not a narrowed one."""
    assert not Query(sort="longest").is_narrow
    assert not Query(sort="longest").is_plain
    assert Query(text="x").is_narrow
