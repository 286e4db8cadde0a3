"""The editor: what is typed is stored, counted and checked, and can be taken back."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest
from visits import bodies, edit_cells, is_well, keys, press, start, visit, words, write

from core.editing import DEFAULT_PRICED_FOR, delete_examples, facts_in
from core.examples import Example, Message
from core.storage import Project, Put, Remove, Row, Store
from core.words import say


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


MULTI_LINE = (("user", "One?"), ("assistant", "First line\nSecond line"))


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
    """An edit in the table reaches its row at once, and the totals follow."""
    app, project = start()
    before = figures(app)
    app = edit_cells(app, {3: {column: "Something else altogether, and rather longer."}})
    assert is_well(app)
    said = {m.role: m.text for m in rows(store, project)[3].example.messages}
    assert said[column] == "Something else altogether, and rather longer."
    assert figures(app) != before


def test_an_edit_is_applied_once(store: Store) -> None:
    """A widget that goes on telling an old edit does not undo what came after it."""
    app, project = start()
    app = edit_cells(app, {0: {"assistant": "From the table."}})
    first = rows(store, project)[0]
    changed = first.example.with_message(1, Message.of("assistant", "From another tab."))
    store.apply_change(
        project, "edit", [Put(changed, facts_in(store.load_project(project))(changed), id=first.id)]
    )
    app.run()
    assert rows(store, project)[0].example.messages[-1].text == "From another tab."


def test_an_emptied_reply_is_a_finding_and_a_mended_one_is_not() -> None:
    """The line above the table and the list beside it follow every edit."""
    app, _ = start()
    app = edit_cells(app, {0: {"assistant": ""}})
    assert "10 examples · 1 thing to fix" in words(app)
    assert say("en", "finding.missing_content.title") in words(app)
    app = edit_cells(app, {0: {"assistant": "Mended."}})
    assert "10 examples · no errors" in words(app)


def test_picking_a_row_opens_it_whole() -> None:
    """A tick shows the conversation, and allows to duplicate and delete."""
    app, _ = start()
    assert app.button(key="delete").disabled
    app = edit_cells(app, {1: {"pick": True}})
    assert say("en", "panel.title", n=2) in words(app)
    assert not app.button(key="delete").disabled


def test_a_deleted_row_comes_back_where_it_was(store: Store) -> None:
    """Delete takes the picked rows, the offer says how many, Undo puts them back."""
    app, project = start()
    before = [row.example for row in rows(store, project)]
    app = press(edit_cells(app, {1: {"pick": True}, 4: {"pick": True}}), "delete")
    assert "Deleted 2 examples." in words(app)
    assert "8 examples · 1 thing to fix" in words(app)
    app = press(app, "undo")
    assert [row.example for row in rows(store, project)] == before
    assert "10 examples · no errors" in words(app)
    assert "undo" not in keys(app)


def test_an_undo_that_comes_too_late_says_so(store: Store) -> None:
    """What was undone in another tab is not undone twice; the sentence tells."""
    app, project = start()
    app = press(edit_cells(app, {1: {"pick": True}}), "delete")
    change = store.last_change(project)
    assert change is not None
    store.undo_change(change.id, facts_in(store.load_project(project)))
    app = press(app, "undo")
    assert is_well(app)
    assert say("en", "error.already_undone") in [toast.value for toast in app.toast]
    assert len(rows(store, project)) == 10


def test_a_copy_stands_behind_its_original(store: Store) -> None:
    """Duplicate makes a twin right below, which is a finding, and can be undone."""
    app, project = start()
    app = press(edit_cells(app, {0: {"pick": True}}), "duplicate")
    first, second, *_ = rows(store, project)
    assert first.example == second.example
    assert say("en", "finding.duplicate_example.title") in words(app)
    assert len(rows(store, project)) == 11
    press(app, "undo")
    assert len(rows(store, project)) == 10


def test_an_empty_table_shows_an_example_and_one_button(store: Store) -> None:
    """Nothing yet: it teaches, and Add makes a blank row that is open."""
    app = press(visit("home"), "start_blank")
    assert say("en", "editor.empty_user") in words(app)
    app = press(app, "add_first")
    assert is_well(app)
    assert say("en", "panel.title", n=1) in words(app)
    assert "1 example · " in words(app)


def test_the_shared_instructions_are_stored_and_counted(store: Store) -> None:
    """What is written above the table is inherited by every example."""
    app, project = start()
    before = figures(app)
    app = write(app, f"system_prompt_{project}", "Be brief.")
    assert store.load_project(project).system_prompt == "Be brief."
    assert figures(app) != before


def test_every_turn_is_edited_in_the_panel(store: Store) -> None:
    """A change in a text area reaches that turn and no other; turns are added and removed."""
    project = a_project(
        store, (("user", "One?"), ("assistant", "Two."), ("user", "Three?"), ("assistant", "Four."))
    )
    row = rows(store, project.id)[0]
    app = edit_cells(visit("editor", project.id), {0: {"pick": True}})
    app = write(app, f"turn_{row.id}_2_user", "Line one\nLine two")
    app = write(app, f"turn_{row.id}_system", "Own voice.")
    example = rows(store, project.id)[0].example
    assert [m.text for m in example.messages] == [
        "Own voice.", "One?", "Two.", "Line one\nLine two", "Four.",
    ]  # fmt: skip
    app = press(app, f"add_{row.id}_user")
    assert rows(store, project.id)[0].example.messages[-1].role == "user"
    app = press(app, f"remove_{row.id}_5")
    assert rows(store, project.id)[0].example == example
    assert is_well(app)


def test_the_panel_goes_to_the_neighbours_and_closes() -> None:
    """Next and previous stop at the ends."""
    app, _ = start()
    app = edit_cells(app, {0: {"pick": True}})
    assert app.button(key="panel_previous").disabled
    app = press(app, "panel_next")
    assert say("en", "panel.title", n=2) in words(app)
    app = press(app, "panel_close")
    assert "panel_close" not in keys(app)


def test_a_panel_of_a_row_that_is_gone_closes(store: Store) -> None:
    """An example deleted in another tab is no fault."""
    app, project = start()
    app = edit_cells(app, {0: {"pick": True}})
    first = rows(store, project)[0]
    delete_examples(store, store.load_project(project), [first.id])
    app = app.run()
    assert is_well(app)
    assert "panel_close" not in keys(app)


def test_a_finding_leads_to_its_rows() -> None:
    """Show narrows the table to the rows in question and opens the first; Show all widens it."""
    app, _ = start()
    app = edit_cells(app, {6: {"assistant": ""}})
    app = press(app, "show_missing_content")
    assert say("en", "panel.title", n=7) in words(app)
    assert "Only examples with" in words(app)
    app = press(app, "show_all")
    assert "show_all" not in keys(app)
    assert is_well(app)


def test_a_finding_about_the_whole_leads_to_a_row_too(store: Store) -> None:
    """The second of two copies is opened without narrowing the table."""
    app, _ = start()
    app = press(edit_cells(app, {2: {"pick": True}}), "duplicate")
    app = press(app, "show_duplicate_example")
    assert is_well(app)
    assert say("en", "panel.title", n=4) in words(app)
    assert "show_all" not in keys(app)


def test_a_cell_that_cannot_hold_line_breaks_keeps_what_was_typed(store: Store) -> None:
    """Nothing is flattened unasked: the typed text stands there until the person decides."""
    project = a_project(store, MULTI_LINE)
    app = edit_cells(visit("editor", project.id), {0: {"assistant": "All on one line"}})
    assert "All on one line" in words(app)
    assert rows(store, project.id)[0].example.messages[-1].text == "First line\nSecond line"
    kept = press(app, "keep_stored")
    assert "use_typed" not in keys(kept)
    assert rows(store, project.id)[0].example.messages[-1].text == "First line\nSecond line"


def test_typed_text_can_replace_line_breaks_and_be_taken_back(store: Store) -> None:
    """Use what I typed is a change like any other."""
    project = a_project(store, MULTI_LINE)
    app = edit_cells(visit("editor", project.id), {0: {"assistant": "All on one line"}})
    app = press(app, "use_typed")
    assert rows(store, project.id)[0].example.messages[-1].text == "All on one line"
    press(app, "undo")
    assert rows(store, project.id)[0].example.messages[-1].text == "First line\nSecond line"


def test_a_row_that_another_tab_deleted_lends_its_place_to_no_other(store: Store) -> None:
    """What was typed into it becomes a new example; what was typed into others is saved there."""
    app, project = start()
    doomed, other, third = (row.id for row in rows(store, project)[:3])
    store.apply_change(project, "delete", [Remove(doomed)])
    app = edit_cells(app, {0: {"assistant": "Too late"}, 1: {"assistant": "In time"}})
    assert is_well(app)
    assert "Too late" in words(app)
    assert store.load_row(project, other).example.messages[-1].text == "In time"
    assert store.load_row(project, third).example.messages[-1].text.startswith("广州的湿度很高")
    app = press(app, "use_typed")
    assert rows(store, project)[-1].example.messages[-1].text == "Too late"


def test_nothing_pasted_over_several_such_rows_is_lost(store: Store) -> None:
    """Each typed text is offered in its turn."""
    project = a_project(store, MULTI_LINE, MULTI_LINE)
    app = visit("editor", project.id)
    app = edit_cells(app, {0: {"assistant": "for the first"}, 1: {"assistant": "for the second"}})
    app = press(press(app, "use_typed"), "use_typed")
    texts = [row.example.messages[-1].text for row in rows(store, project.id)]
    assert texts == ["for the first", "for the second"]
    assert "use_typed" not in keys(app)


def test_many_examples_stand_on_pages(store: Store) -> None:
    """Fifty rows a page; what is typed on the second page reaches its row."""
    pairs = [(("user", f"Question {n}?"), ("assistant", f"Answer {n}.")) for n in range(120)]
    project = a_project(store, *pairs)
    app = visit("editor", project.id)
    app.session_state["grid_page"] = 2
    app = edit_cells(app.run(), {0: {"user": "Question on the second page?"}})
    assert is_well(app)
    assert rows(store, project.id)[50].example.messages[0].text == "Question on the second page?"


def test_a_page_number_beyond_the_end_shows_the_last(store: Store) -> None:
    """Deleting the last page's rows leaves nobody in the void."""
    project = a_project(store, MULTI_LINE)
    app = visit("home", project.id)
    app.session_state["grid_page"] = 9
    app = app.switch_page("pages/editor.py").run()
    assert is_well(app)
    assert app.session_state["grid_page"] == 1
