"""The editor: what is typed is stored, counted and checked, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest
from visits import (
    act,
    bodies,
    is_well,
    open_row,
    press,
    send,
    shown,
    start,
    type_into,
    visit,
    words,
    write,
)

from core.editing import DEFAULT_PRICED_FOR, delete_examples, facts_in, save_cell
from core.examples import Example, Message
from core.storage import Amend, Project, Put, Row, RowFacts, Store
from core.words import say
from ui.narrowing import MOST_TAGS


def rows(store: Store, project: str) -> list[Row]:
    """All rows of the project."""
    return list(store.iterate_rows(project))


def figures(app: AppTest) -> str:
    """The headline's tokens and cost."""
    return next(body for body in bodies(app) if "ts-figures" in body)


def a_project(store: Store, *conversations: tuple[tuple[str, str], ...]) -> Project:
    """A project of these conversations, each as (role, text) pairs."""
    project = store.create_project("Mine", priced_for=DEFAULT_PRICED_FOR)
    facts = facts_in(project)
    examples = [Example(tuple(Message.of(*turn) for turn in said)) for said in conversations]
    store.apply_change(project.id, "add", [Put(one, facts(one)) for one in examples])
    return store.load_project(project.id)


def texts(store: Store, project: str, number: int) -> list[str]:
    """What the messages of a row say; rows count from 1."""
    return [message.text for message in rows(store, project)[number - 1].example.messages]


def from_row(app: AppTest, number: int) -> list[int]:
    """The ids of the rows of the page from this one on; the first is 1."""
    return [row["id"] for row in shown(app)["rows"][number - 1 :]]


def open_example(app: AppTest) -> int | None:
    """The number of the example in the panel."""
    example = shown(app, "panel")["example"]
    return example and example["number"]


MULTI_LINE = (("user", "One?"), ("assistant", "First line\nSecond line"))
MANY = [(("user", f"Question {n}?"), ("assistant", f"Answer {n}.")) for n in range(120)]


def test_the_article_s_numbers_stand_above_its_examples() -> None:
    """Billed tokens and the cost range in the headline, the published checker's in the details."""
    app, project = start()
    assert "491" in figures(app)
    assert "$0.0147 – $0.0156" in figures(app)
    assert "521" in words(app)
    app = app.selectbox(key=f"priced_for_{project}").set_value("openai:gpt-3.5-turbo").run()
    assert "681" in figures(app)
    assert "701" in words(app)


def test_another_price_is_remembered(store: Store) -> None:
    """What it is reckoned with belongs to the project, not to the session."""
    app, project = start()
    app.selectbox(key=f"priced_for_{project}").set_value("this_computer:local/tiny-scratch").run()
    assert store.load_project(project).priced_for == "this_computer:local/tiny-scratch"
    assert say("en", "cost.free") in figures(visit("editor", project))
    assert "≈" in figures(visit("editor", project))


@pytest.mark.parametrize("column", ["user", "assistant", "system"])
def test_a_typed_cell_is_stored_and_counted(store: Store, column: str) -> None:
    """Typing reaches its row at once; the row's tokens and the totals follow, and it is told."""
    app, project = start()
    before, tokens = figures(app), shown(app)["rows"][3]["tokens"]
    app = type_into(app, 4, column, "Something else altogether, and rather longer.")
    assert is_well(app)
    said = {m.role: m.text for m in rows(store, project)[3].example.messages}
    assert said[column] == "Something else altogether, and rather longer."
    assert figures(app) != before
    assert shown(app)["rows"][3]["tokens"] != tokens
    assert shown(app)["ack"] == {"tab": "tab", "n": 1}


def test_line_breaks_are_shown_and_stored_as_they_are(store: Store) -> None:
    """Nothing is flattened."""
    project = a_project(store, MULTI_LINE)
    app = visit("editor", project.id)
    assert shown(app)["rows"][0]["assistant"] == "First line\nSecond line"
    type_into(app, 1, "assistant", "One\nTwo\nThree")
    assert texts(store, project.id, 1) == ["One?", "One\nTwo\nThree"]


def test_a_message_that_comes_twice_is_carried_out_once(store: Store) -> None:
    """What another tab wrote in between stands."""
    app, project = start()
    row = shown(app)["rows"][0]
    item = {"n": 1, "kind": "type", "row": row["id"], "column": "assistant", "key": "visit",
            "text": "From the table.", "bases": [row["assistant"]]}  # fmt: skip
    app = send(app, "grid", {"tab": "tab", "items": [item]})
    save_cell(store, store.load_project(project), row["id"], "assistant", "From another tab.")
    app = send(app, "grid", {"tab": "tab", "items": [item]})
    assert texts(store, project, 1)[-1] == "From another tab."
    assert shown(app)["refused"] == []


def test_what_another_tab_wrote_meanwhile_is_not_overwritten(store: Store) -> None:
    """The browser is told what stands there, to ask the person."""
    app, project = start()
    row_id = shown(app)["rows"][0]["id"]
    save_cell(store, store.load_project(project), row_id, "assistant", "Theirs.")
    app = type_into(app, 1, "assistant", "Mine.")
    (refused,) = shown(app)["refused"]
    assert (refused["code"], refused["theirs"]) == ("changed_elsewhere", "Theirs.")
    assert texts(store, project, 1)[-1] == "Theirs."


def test_a_row_that_another_tab_deleted_lends_its_place_to_no_other(store: Store) -> None:
    """What was typed into it is given back, and can become an example of its own."""
    app, project = start()
    doomed = shown(app)["rows"][0]["id"]
    delete_examples(store, store.load_project(project), [doomed])
    app = type_into(app, 1, "assistant", "Too late")
    assert is_well(app)
    assert [refused["code"] for refused in shown(app)["refused"]] == ["example_gone"]
    assert all("Too late" not in row.example.messages[-1].text for row in rows(store, project))
    act(app, "add", column="assistant", text="Too late")
    assert texts(store, project, 10) == ["", "Too late"]


def test_an_emptied_reply_is_a_finding_and_a_mended_one_is_not() -> None:
    """The cell, the line above the table and the list beside it follow every edit."""
    app, _ = start()
    app = type_into(app, 1, "assistant", "")
    assert "10 examples · 1 thing to fix" in words(app)
    assert say("en", "finding.missing_content.title") in words(app)
    row = shown(app)["rows"][0]
    assert row["mark"] == "error"
    assert [(note["column"], note["code"]) for note in row["notes"]] == [
        ("assistant", "missing_content")
    ]
    app = type_into(app, 1, "assistant", "Mended.")
    assert "10 examples · no errors" in words(app)
    assert shown(app)["rows"][0]["notes"] == []


def test_a_finding_is_fixed_where_it_stands(store: Store) -> None:
    """The offer stands beside it, and what it did can be undone."""
    app, project = start()
    app = type_into(app, 1, "user", "  Spaces? ")
    (note,) = shown(app)["rows"][0]["notes"]
    assert note["fix"]
    app = act(app, "fix", row=shown(app)["rows"][0]["id"], code=note["code"])
    assert "Spaces?" in texts(store, project, 1)
    assert shown(app)["rows"][0]["notes"] == []
    assert "Undo: fixed an example" in shown(app)["undo"]["label"]


def test_opening_a_row_shows_it_whole() -> None:
    """Its conversation stands in the panel; before, there is none."""
    app, _ = start()
    assert open_example(app) is None
    app = open_row(app, 2)
    assert open_example(app) == 2


def test_a_deleted_row_comes_back_where_it_was(store: Store) -> None:
    """Delete takes the picked rows, the button says what it would take back, and Undo does."""
    app, project = start()
    before = [row.example for row in rows(store, project)]
    ids = [row["id"] for row in shown(app)["rows"]]
    app = act(app, "delete", rows=[ids[1], ids[4]])
    assert shown(app)["undo"]["label"] == "Undo: deleted 2 examples"
    assert "8 examples · 1 thing to fix" in words(app)
    app = act(app, "undo", change=shown(app)["undo"]["id"])
    assert [row.example for row in rows(store, project)] == before
    assert shown(app)["order"] == ids
    assert "10 examples · no errors" in words(app)


def test_what_was_undone_can_be_redone(store: Store) -> None:
    """Until something else is done."""
    app, project = start()
    assert shown(app)["redo"] is None
    app = type_into(app, 1, "user", "Again?")
    app = act(app, "undo", change=shown(app)["undo"]["id"])
    app = act(app, "redo", change=shown(app)["redo"]["id"])
    assert "Again?" in texts(store, project, 1)
    assert shown(app)["redo"] is None


def test_an_undo_that_comes_twice_is_one(store: Store) -> None:
    """What was undone in another tab is not undone again, and nothing is wrong."""
    app, project = start()
    app = act(app, "delete", rows=[shown(app)["rows"][1]["id"]])
    change = shown(app)["undo"]["id"]
    store.undo_change(change, facts_in(store.load_project(project)))
    app = act(app, "undo", change=change)
    assert is_well(app)
    assert shown(app)["refused"] == []
    assert len(rows(store, project)) == 10


def test_an_undo_does_not_take_away_what_another_tab_wrote(store: Store) -> None:
    """It says so, in words, and changes nothing."""
    app, project = start()
    app = type_into(app, 1, "user", "Mine?")
    change = shown(app)["undo"]["id"]
    row_id = shown(app)["rows"][0]["id"]
    save_cell(store, store.load_project(project), row_id, "user", "Theirs?")
    app = act(app, "undo", change=change)
    assert [refused["code"] for refused in shown(app)["refused"]] == ["changed_since"]
    assert shown(app)["words"]["changed_since"] == say("en", "error.changed_since")
    assert "Theirs?" in texts(store, project, 1)


def test_a_copy_stands_behind_its_original(store: Store) -> None:
    """Duplicate makes a twin right below, which is a finding, and can be undone."""
    app, project = start()
    app = act(app, "duplicate", rows=[shown(app)["rows"][0]["id"]])
    first, second, *_ = rows(store, project)
    assert first.example == second.example
    assert say("en", "finding.duplicate_example.title") in words(app)
    assert len(rows(store, project)) == 11
    act(app, "undo", change=shown(app)["undo"]["id"])
    assert len(rows(store, project)) == 10


def test_filling_repeats_a_text(store: Store) -> None:
    """From the first row into the others."""
    app, project = start()
    ids = [row["id"] for row in shown(app)["rows"][:3]]
    app = act(app, "fill", rows=ids, column="system")
    assert is_well(app)
    own = [rows(store, project)[n].example.system for n in range(3)]
    assert own == [own[0]] * 3


def test_an_empty_table_shows_an_example_and_the_way_to_begin(store: Store) -> None:
    """Nothing yet: it teaches, and Add makes a blank row with the cursor in it."""
    app = press(visit("home"), "start_blank")
    assert say("en", "editor.empty_user") in words(app)
    assert (shown(app)["rows"], shown(app)["total"]) == ([], "")
    app = act(app, "add")
    assert is_well(app)
    (row,) = shown(app)["rows"]
    assert (row["user"], row["assistant"]) == ("", "")
    focus = shown(app)["focus"]
    assert (focus["row"], focus["column"]) == (row["id"], "user")
    assert say("en", "editor.empty_user") not in words(app)
    assert "1 example · " in words(app)


def test_the_shared_instructions_are_stored_and_counted(store: Store) -> None:
    """What is written above the table is inherited by every example, and dimly shown in its row."""
    app, project = start()
    before = figures(app)
    app = write(app, f"system_prompt_{project}", "Be brief.")
    assert store.load_project(project).system_prompt == "Be brief."
    assert figures(app) != before
    assert shown(app)["words"]["inherited"] == "Be brief."


def test_every_turn_is_edited_in_the_panel(store: Store) -> None:
    """What is typed in a bubble reaches that turn and no other; turns are added and removed."""
    project = a_project(
        store, (("user", "One?"), ("assistant", "Two."), ("user", "Three?"), ("assistant", "Four."))
    ).id
    app = open_row(visit("editor", project), 1)
    row_id = shown(app, "panel")["example"]["id"]
    spot = {"row": row_id, "field": "content", "call": None}
    app = act(app, "type", "panel", at=2, role="user", text="Line one\nLine two", bases=["Three?"],
              **spot)  # fmt: skip
    app = act(app, "type", "panel", at=None, role="system", text="Own voice.", bases=[""], **spot)
    assert texts(store, project, 1) == ["Own voice.", "One?", "Two.", "Line one\nLine two", "Four."]
    app = act(app, "add_turn", "panel", row=row_id, role="user")
    assert rows(store, project)[0].example.messages[-1].role == "user"
    app = act(app, "remove_turn", "panel", row=row_id, at=5, role="user", text="")
    assert texts(store, project, 1)[-1] == "Four."
    assert is_well(app)


def test_a_panel_that_is_shut_is_sent_its_words_once() -> None:
    """And again where the browser has none: they went to an earlier page, or got lost."""
    app, _ = start()
    app = act(app, "page", page=1)
    assert "words" not in shown(app, "panel")
    app = send(app, "panel", {"tab": "tab", "items": [], "words": True})
    assert shown(app, "panel")["words"]["close"] == say("en", "panel.close")
    assert "words" in shown(open_row(app, 1), "panel")


def test_the_panel_goes_to_the_neighbours_and_closes() -> None:
    """Next and previous stop at the ends; closed, the cursor goes back to the row."""
    app, _ = start()
    app = open_row(app, 1)
    here = shown(app, "panel")["example"]["id"]
    app = act(app, "step", "panel", row=here, by=-1)
    assert open_example(app) == 1
    app = act(app, "step", "panel", row=here, by=1)
    assert open_example(app) == 2
    row_id = shown(app, "panel")["example"]["id"]
    app = act(app, "close", "panel", row=row_id)
    assert open_example(app) is None
    assert shown(app)["focus"]["row"] == row_id


def test_a_panel_of_a_row_that_is_gone_closes(store: Store) -> None:
    """An example deleted in another tab is no fault."""
    app, project = start()
    app = open_row(app, 1)
    delete_examples(store, store.load_project(project), [rows(store, project)[0].id])
    app = app.run()
    assert is_well(app)
    assert open_example(app) is None


def test_a_finding_leads_to_its_rows() -> None:
    """Show narrows the table to the rows in question, the cursor in the cell; Show all widens."""
    app, _ = start()
    app = type_into(app, 7, "assistant", "")
    app = press(app, "show_missing_content")
    focus = shown(app)["focus"]
    assert (focus["row"], focus["column"]) == (shown(app)["rows"][0]["id"], "assistant")
    assert [row["number"] for row in shown(app)["rows"]] == ["7"]
    assert (shown(app)["found"], shown(app, "narrow")["query"]) == (1, {"code": "missing_content"})
    app = act(app, "narrow", "narrow", query={})
    assert shown(app)["found"] is None
    assert len(shown(app)["rows"]) == 10
    assert is_well(app)


def test_a_finding_about_the_whole_leads_to_its_rows_too() -> None:
    """The copies stand one below the other, the cursor in the first of them, then in the next."""
    app, _ = start()
    app = act(app, "duplicate", rows=[shown(app)["rows"][2]["id"]])
    app = press(app, "show_duplicate_example")
    assert is_well(app)
    first, second = shown(app)["order"]
    assert shown(app)["focus"]["row"] == first
    app = press(app, "show_duplicate_example")
    assert shown(app)["focus"]["row"] == second


def test_a_finding_in_a_turn_that_no_cell_shows_opens_the_conversation(store: Store) -> None:
    """There it can be seen, and mended."""
    turns = (("user", "One?"), ("assistant", " "), ("user", "Two?"), ("assistant", "Two."))
    app = press(visit("editor", a_project(store, turns).id), "show_blank_content")
    assert is_well(app)
    assert open_example(app) == 1


def test_a_block_is_pasted_over_rows_and_behind_the_last(store: Store) -> None:
    """What does not fit becomes examples; all of it is one step back."""
    project = a_project(store, MULTI_LINE, MULTI_LINE).id
    app = visit("editor", project)
    cells = [["Q1", "A1"], ["Q2", "A2"], ["Q3", "A3"]]
    app = act(app, "paste", rows=from_row(app, 2), narrowed=False, column="user", cells=cells)
    assert [texts(store, project, n) for n in (1, 2, 3, 4)] == [
        ["One?", "First line\nSecond line"], *cells,
    ]  # fmt: skip
    assert shown(app)["undo"]["label"] == "Undo: pasted 3 rows"
    act(app, "undo", change=shown(app)["undo"]["id"])
    assert len(rows(store, project)) == 2


def test_a_block_pasted_across_the_end_of_a_page_goes_on(store: Store) -> None:
    """Into the rows that stand there, not behind the last."""
    project = a_project(store, *MANY).id
    app = visit("editor", project)
    app = act(app, "paste", rows=from_row(app, 50), narrowed=False, column="assistant",
              cells=[["A"], ["B"]])  # fmt: skip
    assert [texts(store, project, n)[-1] for n in (50, 51, 52)] == ["A", "B", "Answer 51."]
    assert len(rows(store, project)) == 120


def test_a_block_pasted_into_a_narrowed_table_spares_what_is_hidden(store: Store) -> None:
    """It goes into the rows one sees."""
    sound, empty = (("user", "Q?"), ("assistant", "A.")), (("user", "Q?"), ("assistant", ""))
    project = a_project(store, empty, sound, empty).id
    app = press(visit("editor", project), "show_missing_content")
    assert [row["number"] for row in shown(app)["rows"]] == ["1", "3"]
    app = act(app, "paste", rows=from_row(app, 1), narrowed=True, column="assistant",
              cells=[["First."], ["Second."]])  # fmt: skip
    assert [texts(store, project, n)[-1] for n in (1, 2, 3)] == ["First.", "A.", "Second."]


def test_a_row_that_is_mended_in_a_narrowed_table_stays_until_one_looks_again(
    store: Store,
) -> None:
    """And a paste into it still knows its place."""
    empty = (("user", "Q?"), ("assistant", ""))
    project = a_project(store, empty, empty, empty).id
    app = press(visit("editor", project), "show_missing_content")
    assert not shown(app, "narrow")["stale"]
    app = type_into(app, 2, "assistant", "A")
    assert [row["number"] for row in shown(app)["rows"]] == ["1", "2", "3"]
    assert shown(app)["rows"][1]["assistant"] == "A"
    assert shown(app, "narrow")["stale"]
    app = act(app, "fill", rows=shown(app)["order"][1:], column="assistant")
    assert texts(store, project, 3) == ["Q?", "A"]
    app = act(app, "look_again", "narrow")
    assert [row["number"] for row in shown(app)["rows"]] == ["1"]
    assert not shown(app, "narrow")["stale"]


def test_search_filters_and_order_survive_a_reload(store: Store) -> None:
    """They stand in the address, with the page and the open example."""
    project = a_project(store, *MANY).id
    app = act(
        visit("editor", project), "narrow", "narrow", query={"text": "question", "sort": "longest"}
    )
    assert shown(app)["found"] == 120
    app = open_row(act(app, "page", page=2), 1)
    address = dict(app.query_params)
    assert address.items() >= {("text", "question"), ("sort", "longest"), ("page", "2")}
    again = visit("editor", **address)
    assert shown(again)["order"] == shown(app)["order"]
    assert shown(again)["page"] == 2
    assert open_example(again) == open_example(app)
    assert shown(again, "narrow")["query"] == {"text": "question", "sort": "longest"}
    again = act(again, "narrow", "narrow", query={"text": "zzz"})
    assert (shown(again)["order"], shown(again)["found"], shown(again)["page"]) == ([], 0, 1)
    assert is_well(again)


def test_only_the_most_used_tags_travel(store: Store) -> None:
    """However many there are, an edit sends no more of them; one that was asked for still works."""
    project = a_project(store, MULTI_LINE, MULTI_LINE)
    one, two = rows(store, project.id)
    tags = [f"tag {n}" for n in range(MOST_TAGS + 5)]
    for row, some in ((one, tags), (two, tags[-1:])):
        act_on = tagged(row.id, some, facts_in(project))
        store.apply_change(project.id, "tag", [act_on])
    app = visit("editor", project.id)
    offered = shown(app, "narrow")["options"]["tag"]
    assert len(offered) == MOST_TAGS
    assert [tags[-1], tags[-1], "2"] in offered
    rare = next(tag for tag in tags if [tag, tag, "1"] not in offered and tag != tags[-1])
    assert shown(act(app, "narrow", "narrow", query={"tag": rare}))["order"] == [one.id]


def tagged(row_id: int, tags: list[str], facts: Callable[[Example], RowFacts]) -> Amend:
    """The row with these tags."""
    return Amend(row_id, lambda now: now.with_tags(tags), facts)


def test_an_address_that_asks_for_nonsense_shows_everything(store: Store) -> None:
    """Whatever is written there, the page stays."""
    project = a_project(store, MULTI_LINE).id
    nonsense = {"page": "-3", "example": "x", "sort": "up", "review": "?", "tokens_from": "1e9"}
    app = visit("editor", project, **nonsense)
    assert is_well(app)
    assert len(shown(app)["rows"]) == 1


def test_many_examples_stand_on_pages(store: Store) -> None:
    """Fifty rows a page; what is typed on the second page reaches its row."""
    project = a_project(store, *MANY).id
    app = visit("editor", project)
    assert (shown(app)["pages"], len(shown(app)["rows"])) == (3, 50)
    app = act(app, "page", page=2)
    assert shown(app)["rows"][0]["number"] == "51"
    assert (shown(app)["first"], shown(app)["last"], shown(app)["total"]) == ("51", "100", "120")
    app = type_into(app, 1, "user", "Question on the second page?")
    assert is_well(app)
    assert texts(store, project, 51)[0] == "Question on the second page?"


def test_a_new_example_is_shown_on_its_page(store: Store) -> None:
    """At the end, whatever page one was on, with the cursor in it."""
    project = a_project(store, *MANY).id
    app = act(visit("editor", project), "add")
    last = shown(app)["rows"][-1]
    assert (shown(app)["page"], last["number"]) == (3, "121")
    assert shown(app)["focus"]["row"] == last["id"]


def test_a_new_example_can_be_written_in_before_the_browser_knows_its_id(store: Store) -> None:
    """It is called by the key that it was asked for with, also where all of that comes twice."""
    project = a_project(store, MULTI_LINE).id
    app = visit("editor", project)
    add = {"n": 1, "kind": "add", "key": "new"}
    typed = {"n": 2, "kind": "type", "key": "visit", "row": "new", "column": "user",
             "text": "Snow?", "bases": [""]}  # fmt: skip
    for tab in ("tab", "after a reload"):
        app = send(app, "grid", {"tab": tab, "items": [add, typed]})
        assert is_well(app)
        assert shown(app)["refused"] == []
        assert shown(app)["added"] == {"new": rows(store, project)[1].id}
        assert texts(store, project, 2) == ["Snow?", ""]
        assert len(rows(store, project)) == 2
    assert shown(act(app, "open", row=rows(store, project)[0].id))["added"] == {}


def test_what_is_typed_into_a_new_example_that_was_refused_is_given_back(store: Store) -> None:
    """Nobody knows its row."""
    project = a_project(store, MULTI_LINE).id
    app = act(visit("editor", project), "type", row="none", column="user", text="Snow?", bases=[""])
    assert [each["code"] for each in shown(app)["refused"]] == ["example_gone"]


@pytest.mark.parametrize(("asked", "shows"), [(9, 1), (0, 1), (None, 1), (-3, 1)])
def test_a_page_number_beyond_the_end_shows_the_last(
    store: Store, asked: int | None, shows: int
) -> None:
    """Nonsense in the field leaves nobody in the void."""
    project = a_project(store, MULTI_LINE)
    app = act(visit("editor", project.id), "page", page=asked)
    assert is_well(app)
    assert shown(app)["page"] == shows
    assert len(shown(app)["rows"]) == 1


def test_a_page_of_long_texts_is_light_and_shown_whole_on_demand(store: Store) -> None:
    """Long ones are cut to fit, and come whole to whoever means to write in them."""
    long = (("user", "天气怎么样？" * 20), ("assistant", "晴。" * 3_000))
    project = a_project(store, *[long] * 50).id
    app = visit("editor", project)
    row = shown(app)["rows"][0]
    assert row["clipped"] == ["assistant"]
    assert len(app.get("bidi_component")[0].proto.bytes) < 100_000
    app = act(app, "whole", row=row["id"])
    assert shown(app)["rows"][0]["assistant"] == "晴。" * 3_000
    assert shown(app)["rows"][1]["clipped"] == ["assistant"]


def test_a_message_that_makes_no_sense_is_answered_for(store: Store) -> None:
    """It is not sent again for ever, and what follows is carried out."""
    app, project = start()
    row_id = shown(app)["rows"][0]["id"]
    nonsense = {"n": 1, "kind": "dance", "key": "a"}
    sense = {"n": 2, "kind": "open", "key": "b", "row": row_id}
    app = send(app, "grid", {"tab": "tab", "items": [nonsense, sense]})
    assert is_well(app)
    assert shown(app)["refused"] == [{"n": 1, "code": "not_saved"}]
    assert open_example(app) == 1
    assert len(rows(store, project)) == 10
