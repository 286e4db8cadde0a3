"""core/readiness.py: what every place would make of the very bytes that would go out."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from core_builders import a_project_of, a_row, an_example, jsonl, lines_of, of_messages
from hypothesis import given
from hypothesis import strategies as st
from readiness_files import FOLDER, expected

from core.bulk import apply_act, holding_out
from core.editing import change_checks, save_system_prompt
from core.errors import Stopped
from core.examples import Example
from core.jsonl import read_jsonl, write_line
from core.learned import PASSED_OVER, REFUSED, SWITCHED_OFF, TOO_LONG, UNREADABLE, tally
from core.measuring import measure, measure_replies
from core.providers.terms import Terms, load_terms
from core.readiness import TO_TRAIN_ON, check_lines, check_project, project_lines
from core.rules.checks import Checks
from core.storage import Store
from core.tokens import count_example, counter_for
from core.transfer import export_lines
from core.verdicts import (
    CUT_OFF,
    KEY_IGNORED,
    LEFT_OUT,
    MARK_ASKED,
    TOO_LARGE,
    TOO_MANY,
    WEIGHT_IGNORED,
    Effect,
    Readiness,
    Verdict,
)

PLACES = {terms.id: terms for terms in load_terms()}
FILES = expected()
QUESTION = {"role": "user", "content": "Will it rain?"}
COUNTER = counter_for("o200k_base")


def said(content: str, **more: Any) -> dict[str, Any]:
    """A reply."""
    return {"role": "assistant", "content": content, **more}


def ready(content: bytes, *places: str) -> dict[str, Readiness]:
    """How it stands with a file at these places, or at all."""
    chosen = [PLACES[place] for place in places or PLACES]
    return {found.terms.id: found for found in check_lines(read_jsonl(BytesIO(content)), chosen)}


def codes(found: Readiness, effect: Effect) -> set[str]:
    """The codes of what a place would do in this way."""
    return {reason.code for reason in found.reasons if reason.effect is effect}


def ten_with(*rows: dict[str, Any]) -> bytes:
    """Ten sound examples, the last of them in these rows' place."""
    return jsonl(*[a_row(user=f"And {n}?") for n in range(10 - len(rows))], *rows)


def test_there_are_files_of_every_kind() -> None:
    """Each of the files is in the table, and every place takes some and refuses some."""
    on_disk = {path.name for path in FOLDER.glob("*.jsonl")}
    assert on_disk == FILES.keys()
    assert len(on_disk) > 30
    for place in PLACES:
        assert {"ready", "refused"} <= {row[place] for row in FILES.values()}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_judged_as_expected(name: str) -> None:
    """At every place, and for the reason that was foreseen."""
    found = ready((FOLDER / name).read_bytes())
    told = {place: str(each.verdict) for place, each in found.items()}
    assert told == {place: FILES[name][place] for place in PLACES}
    why = FILES[name]["why"]
    assert not why or any(reason.code == why for each in found.values() for reason in each.reasons)


def test_the_story_is_told_in_numbers() -> None:
    """Replies, their tokens, those switched off; and another count where nothing can be."""
    row = {"messages": [QUESTION, said("No."), QUESTION, said("Never mind.", weight=0)]}
    found = ready(ten_with(row), "openai", "alibaba")
    openai, alibaba = found["openai"], found["alibaba"]
    jokes = 9 * COUNTER.count("Only on your parade.")
    assert (openai.tally.replies, openai.tally.switched_off) == (10, 1)
    assert openai.tokens == jokes + COUNTER.count("No.")
    assert (alibaba.tally.replies, alibaba.tally.switched_off) == (11, 0)
    assert alibaba.tokens == openai.tokens + COUNTER.count("Never mind.")
    assert [r.code for r in alibaba.reasons] == [WEIGHT_IGNORED]


@pytest.mark.parametrize("place", ["alibaba", "fireworks"])
def test_a_call_that_a_place_passes_over_is_not_learned(place: str) -> None:
    """The older way to call is taken there and means nothing; where it is all, all is refused."""
    call = {"name": "rain", "arguments": "{}"}
    row = {"messages": [QUESTION, {"role": "assistant", "content": None, "function_call": call}]}
    some, none = ready(ten_with(row), place)[place], ready(jsonl(*[row] * 12), place)[place]
    assert (some.tally.replies, some.tally.reasons) == (9, {PASSED_OVER: 1})
    assert [(r.code, r.what) for r in some.reasons] == [(KEY_IGNORED, "function_call")]
    assert (none.tally.replies, none.tokens, none.verdict) == (0, 0, Verdict.REFUSED)
    assert ready(ten_with(row), "openai")["openai"].tally.replies == 10


@pytest.mark.parametrize("place", ["alibaba", "nebius"])
def test_a_weight_of_true_is_a_weight(place: str) -> None:
    """Python takes it for 1; who wrote it meant something, and a place that ignores it says so."""
    rows = [{"messages": [QUESTION, said("No.", weight=weight)]} for weight in (True, 1, 1.0)]
    found = ready(ten_with(*rows), place)[place]
    assert [(r.code, r.examples) for r in found.reasons] == [(WEIGHT_IGNORED, 1)]


def test_what_is_refused_is_not_learned() -> None:
    """Neither its replies nor its tokens, and what cannot be read is counted as such."""
    bad = {"messages": [QUESTION, said("No.", weight=0.5)]}
    found = ready(ten_with(bad) + b"{oops\n", "openai")["openai"]
    assert found.tally.reasons == {REFUSED: 1, UNREADABLE: 1}
    assert (found.tally.replies, found.verdict) == (9, Verdict.REFUSED)
    assert found.tokens == 9 * COUNTER.count("Only on your parade.")
    assert codes(found, Effect.REFUSED) == {"bad_weight", "invalid_json"}


def test_reasons_name_the_first_examples() -> None:
    """Three of them, by their lines, and how many there are."""
    name = {"messages": [{**QUESTION, "name": "Ann"}, said("No.")]}
    found = ready(ten_with(*[name] * 5), "fireworks")["fireworks"]
    [reason] = found.reasons
    assert (reason.code, reason.what, reason.examples) == (KEY_IGNORED, "name", 5)
    assert reason.rows == (6, 7, 8)


def test_the_worst_comes_first() -> None:
    """What is refused before what is cut, and that before what is ignored and asked for."""
    row = {"messages": [QUESTION, said("No."), {**QUESTION, "name": "Ann"}]}
    effects = [reason.effect for reason in ready(ten_with(row), "nebius")["nebius"].reasons]
    assert effects == [Effect.REFUSED, Effect.IGNORED]
    assert [r.code for r in ready(ten_with(), "azure")["azure"].reasons] == [MARK_ASKED]


def limited(place: str, limit: int) -> Terms:
    """A place that reads so many tokens of an example."""
    return replace(PLACES[place], token_limit=limit)


def only(found: tuple[Readiness, ...]) -> Readiness:
    """The one place that was asked."""
    [one] = found
    return one


def test_what_is_cut_is_learned_as_far_as_it_is_read() -> None:
    """A reply that begins within the limit counts with what is left of it, a later one does not."""
    reply = said("rain " * 50)
    example = of_messages(QUESTION, reply, QUESTION, said("Late."))
    whole = measure(example, COUNTER)
    limit = whole.starts[1] + 20
    found = only(check_lines(lines_of(write_line(example)), [limited("nebius", limit)]))
    assert codes(found, Effect.CUT) == {CUT_OFF}
    assert (found.tally.replies, found.tokens) == (1, 20)
    beyond = limited("nebius", whole.starts[1])
    none = only(check_lines(lines_of(write_line(example)), [beyond]))
    assert (none.tally.replies, none.tokens, none.tally.reasons) == (0, 0, {TOO_LONG: 1})


def test_what_is_left_out_is_not_learned() -> None:
    """Where a place leaves out what is too long, no reply of it counts."""
    long = jsonl(a_row(assistant="rain " * 500))
    found = only(check_lines(lines_of(long + ten_with()), [limited("alibaba", 100)]))
    assert codes(found, Effect.DROPPED) == {LEFT_OUT}
    assert (found.tally.replies, found.tally.reasons) == (10, {TOO_LONG: 1})


def test_the_file_as_a_whole_has_limits() -> None:
    """Too many examples or bytes are refused, with the limit."""
    tight = replace(PLACES["fireworks"], max_examples=9, max_file_bytes=100)
    found = only(check_lines(lines_of(ten_with()), [tight]))
    assert {(r.code, r.number) for r in found.reasons} == {(TOO_MANY, 9), (TOO_LARGE, 100)}
    assert found.file_bytes == len(ten_with())


def test_a_project_is_judged_by_what_it_sends(store: Store) -> None:
    """The lines are the export's to the byte, instructions with them; reasons name the rows."""
    two = of_messages({**QUESTION, "name": "Ann"}, said("No."))
    project, ids = a_project_of(store, an_example(), two, an_example(system=None), an_example())
    save_system_prompt(store, project, "Be brief.")
    apply_act(store, project, ids[3:], holding_out(on=True))
    project = store.load_project(project.id)
    sent = list(export_lines(store, project, TO_TRAIN_ON))
    assert [each.raw + b"\n" for each in project_lines(store, project, TO_TRAIN_ON)] == sent
    found = {each.terms.id: each for each in check_project(store, project, list(PLACES.values()))}
    assert found["openai"].file_bytes == sum(map(len, sent))
    assert found["openai"].tally == tally(sent, PLACES["openai"].dialect)
    assert [r.rows for r in found["together"].reasons if r.code == KEY_IGNORED] == [(ids[1],)]
    assert len(sent) == 3


def test_what_a_project_has_switched_off_is_refused_all_the_same(store: Store) -> None:
    """A place to train knows nothing of a person's settings."""
    bad = of_messages(QUESTION, said("No.", weight=0.5))
    project, _ = a_project_of(store, *[an_example(user=f"{n}?") for n in range(9)], bad)
    project = change_checks(store, project, lambda _: Checks(off=frozenset({"bad_weight"})))
    found = only(check_project(store, project, [PLACES["openai"]]))
    assert codes(found, Effect.REFUSED) == {"bad_weight"}


def test_progress_is_told_and_it_can_be_stopped() -> None:
    """So many examples in all; whoever stops it is heard."""
    told: list[int] = []
    check_lines(lines_of(jsonl(*[a_row()] * 1203)), [PLACES["openai"]], told.append)
    assert (sum(told), len(told)) == (1203, 3)

    def stop(_: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        check_lines(lines_of(jsonl(*[a_row()] * 600)), [PLACES["openai"]], stop)


def test_switched_off_conversations_are_a_loss_nowhere() -> None:
    """Somebody wanted them so: they are dropped, and the verdict stays."""
    off = {"messages": [QUESTION, said("No.", weight=0)]}
    found = ready(jsonl(*[a_row()] * 10, off), "openai")["openai"]
    assert (found.verdict, found.tally.reasons) == (Verdict.READY, {SWITCHED_OFF: 1})


KEYS = st.sampled_from(["name", "mood", "weight", "tool_calls"])
VALUES = st.sampled_from([None, 0, 1, 1.0, 0.5, True, "Ann", "", ()])
ROLES = st.sampled_from(["system", "user", "assistant", "tool", "developer", "bot"])
CONTENTS = st.text(max_size=30) | st.sampled_from([None, "rain " * 40, 7])
MESSAGES = st.builds(
    lambda role, content, more: {"role": role, "content": content, **more},
    ROLES, CONTENTS, st.dictionaries(KEYS, VALUES, max_size=2),
)  # fmt: skip
EXAMPLES = st.lists(MESSAGES, min_size=1, max_size=5).map(lambda said: of_messages(*said))


@given(EXAMPLES)
def test_an_example_measures_what_it_counts(example: Example) -> None:
    """As the table counts; a short one need not be measured whole for what its replies say."""
    whole, replies = measure(example, COUNTER), measure_replies(example, COUNTER)
    counted = count_example(example, COUNTER)
    assert whole.tokens == counted.published
    assert sum(replies.contents) == counted.assistant
    assert whole.begun_before(whole.tokens) == len(example.messages)


@given(st.lists(EXAMPLES, max_size=6), st.integers(1, 60))
def test_no_place_learns_more_than_it_takes(examples: list[Example], limit: int) -> None:
    """Whatever is in a file: every line is counted once, and a limit only takes away."""
    content = b"".join(map(write_line, examples))
    for terms in PLACES.values():
        free = only(check_lines(lines_of(content), [replace(terms, token_limit=None)]))
        tight = only(check_lines(lines_of(content), [replace(terms, token_limit=limit)]))
        assert free.tally == tally(content.splitlines(), terms.dialect)
        assert free.tally.conversations == tight.tally.conversations == len(examples)
        assert tight.tally.replies <= free.tally.replies
        assert tight.tokens <= free.tokens
        assert free.file_bytes == len(content)
        refused = free.tally.reasons[REFUSED] > 0
        assert not refused or free.verdict is Verdict.REFUSED


@given(st.lists(EXAMPLES, max_size=6))
def test_places_asked_together_say_what_each_says_alone(examples: list[Example]) -> None:
    """What is found out once for all of them is nobody's own."""
    content = b"".join(map(write_line, examples))
    together = check_lines(lines_of(content), list(PLACES.values()))
    alone = tuple(only(check_lines(lines_of(content), [terms])) for terms in PLACES.values())
    assert together == alone
