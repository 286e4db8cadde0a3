"""What goes in comes out: every character of it, and every place."""

import json
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from storage_builders import a_project, a_put, a_store, an_example, fill

from core.examples import Example
from core.findings import Severity
from core.storage import FindingCount, Put, RowFacts, UnreadableLine
from core.storage.places import Places, between

# Any text, lone surrogates and NUL among it. Two halves that stand side by side in a JSON string
# are one character, so that json itself never gives them apart.
TEXT = st.text(st.characters(exclude_categories=()), max_size=20).map(
    lambda text: text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3)
)
MESSAGES = st.lists(st.dictionaries(TEXT | st.just("content"), JSON, max_size=4), max_size=3)
OBJECTS = st.builds(
    lambda rest, messages: {**rest, "messages": messages},
    st.dictionaries(TEXT | st.just("messages"), JSON, max_size=3),
    MESSAGES,
)


@given(st.lists(OBJECTS, min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_any_example_comes_back_exactly(objects):
    """Every JSON example survives storing, deleting and undoing, its keys in their order."""
    written = [json.dumps(one) for one in objects]
    examples = [Example.from_json(one) for one in objects]
    with TemporaryDirectory() as folder, a_store(Path(folder)) as store:
        project = a_project(store)
        change = store.apply_change(project.id, "add", [Put(e, RowFacts()) for e in examples])
        undo = store.undo_change(change.id, lambda _: RowFacts())
        store.undo_change(undo.id, lambda _: RowFacts())
        found = [row.example for row in store.iterate_rows(project.id)]
    assert [json.dumps(example.to_json()) for example in found] == written


@given(TEXT, TEXT, TEXT, st.binary(max_size=50))
@settings(max_examples=40, deadline=None)
def test_any_text_comes_back_exactly(name, prompt, detail, raw):
    """Names, prompts, details and raw lines may hold anything a file or a browser brings."""
    with TemporaryDirectory() as folder, a_store(Path(folder)) as store:
        project = a_project(store, name)
        put = Put(an_example(), RowFacts((FindingCount("code", Severity.ERROR, detail, 1),)))
        store.apply_change(project.id, "add", [put], by=name, system_prompt=prompt)
        store.apply_change(
            project.id, "import", [], unreadable=[UnreadableLine(name, 7, "bad_json", raw)]
        )
        kept = store.load_project(project.id)
        (line,) = store.load_unreadable_lines(project.id)
        assert (kept.name, kept.system_prompt) == (name, prompt)
        assert store.count_findings(project.id)[0].detail == detail
        assert store.last_change(project.id).by == name
        assert (line.source, line.line, line.code, line.raw) == (name, 7, "bad_json", raw)


def test_text_that_looks_escaped(tmp_path):
    """Text that begins like our own escape is not mistaken for it."""
    with a_store(tmp_path) as store:
        store.save_setting("a", '\x1a"b"')
        assert store.load_setting("a") == '\x1a"b"'


@given(st.lists(st.tuples(st.integers(0, 10**6), st.booleans()), max_size=200))
def test_there_is_always_room_between(insertions):
    """Wherever rows are put, each stands between its neighbours, and places stay in order."""
    places: list[bytes] = []
    for where, many in insertions:
        index = where % (len(places) + 1)
        low = places[index - 1] if index else b""
        high = places[index] if index < len(places) else None
        place = between(low, high, 64 if many else 2)
        assert low < place
        assert high is None or place < high
        places.insert(index, place)
    assert places == sorted(set(places))


def test_places_stay_short():
    """A thousand rows typed in one place, or pasted in one go, cost some bytes each."""
    low, high = between(b"", None), between(between(b"", None), None)
    typed = high
    for _ in range(1000):
        typed = between(low, typed)
    pasted = low
    for _ in range(5000):
        pasted = between(pasted, high, 64)
    assert len(typed) < 150
    assert len(pasted) < 30


def test_times_come_back_in_utc(tmp_path):
    """A moment is the same moment after storing, and says its zone."""
    with a_store(tmp_path) as store:
        before = datetime.now(UTC)
        project = store.load_project(a_project(store).id)
        assert before <= project.created_at <= datetime.now(UTC)
        change = store.apply_change(project.id, "add", [a_put()])
        assert store.load_changes(project.id) == [change]


@pytest.mark.parametrize("before", [0, 1, 3])
def test_places_at_the_end_are_those_given_one_by_one(tmp_path, before):
    """Whoever asks for many at once, or goes on, gets the same."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        fill(store, project, *map(str, range(before)))
        with store._reading() as conn:
            together, apart = Places(conn, project.id), Places(conn, project.id)
            found = [*together.at_end(3), *together.at_end(0), *together.at_end(2)]
            assert found == [apart.after(None) for _ in range(5)]
            assert together.after(None) == apart.after(None)
