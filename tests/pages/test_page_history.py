"""History: what was changed is told, opened, undone; versions are kept, restored, brought back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest
from visits import HOSTILE, bodies, go, is_well, keys, press, start, visit, words, write

from core.bulk import apply_act, holding_out, reviewing
from core.conversations import save_note
from core.editing import (
    DEFAULT_PRICED_FOR,
    delete_examples,
    edit_example,
    facts_in,
    save_cell,
    save_system_prompt,
    undo_change,
)
from core.examples import APPROVED, Example, Message
from core.storage import Change, Project, Put, Store
from core.storage.schema import changes
from core.words import LANGUAGES, say
from ui.changes import undo_words
from ui.history import FEW, PAGE, redo_words


def two(user: str = "Where is my parcel?", assistant: str = "On its way.") -> Example:
    """A question and its answer."""
    return Example((Message.of("user", user), Message.of("assistant", assistant)))


def a_project(store: Store, *examples: Example) -> Project:
    """A project with these examples, brought in as one change."""
    project = store.create_project("Shop", priced_for=DEFAULT_PRICED_FOR)
    facts = facts_in(project)
    puts = [Put(one, facts(one)) for one in examples or (two(), two("Open on Sunday?", "No."))]
    store.apply_change(project.id, "import", puts, params={"source": "shop.jsonl"})
    return project


def ids(store: Store, project: Project) -> list[int]:
    """The ids of the rows, in their order."""
    return [row.id for row in store.load_rows(project.id)]


def newest(store: Store, project: Project) -> Change:
    """The change that stands at the top."""
    return store.load_changes(project.id, limit=1)[0]


def labels(app: AppTest) -> list[str]:
    """What stands in the lines, without their marks."""
    found = [expander.label.replace("\\", "") for expander in app.expander]
    return [label.replace(":gray[", "").replace("]", "") for label in found]


def opened(app: AppTest, change: Change) -> AppTest:
    """The page with this change opened."""
    app.session_state[f"opened_{change.id}"] = True
    return app.run()


def marked(app: AppTest) -> str:
    """The HTML of all differences shown."""
    return "".join(body for body in bodies(app) if 'class="ts-diff"' in body)


def replies(store: Store, project: Project) -> list[str]:
    """The last message of every row."""
    return [row.example.messages[-1].text for row in store.load_rows(project.id)]


def test_a_project_without_changes_says_what_will_stand_here(store: Store) -> None:
    """Nothing was done yet, and no version was kept: both explain themselves."""
    project = store.create_project("Empty", priced_for=DEFAULT_PRICED_FOR)
    app = visit("history", project.id)
    assert say("en", "history.changes_none") in words(app)
    assert say("en", "history.versions_none") in words(app)


def test_how_long_history_is_kept_is_said(store: Store) -> None:
    """The days, the number of changes, and that versions stay."""
    app = visit("history", a_project(store).id)
    assert "90 days" in words(app)
    assert "1,000 changes" in words(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_change_is_a_line(store: Store, language: str) -> None:
    """The newest first, each after what it did and to which example."""
    project = a_project(store)
    first, second = ids(store, project)
    save_cell(store, project, second, "assistant", "Yes.")
    save_system_prompt(store, project, "Be brief.")
    delete_examples(store, project, [first])
    app = visit("history", project.id, language)
    assert is_well(app)
    which = say(language, "change.example", number=1)
    expected = [
        say(language, "change.delete", n=1),
        say(language, "change.system_prompt"),
        say(language, "change.edit_assistant", which=which),
        say(language, "change.import", n=2, source="shop.jsonl"),
    ]
    assert [label.split(" · ")[0] for label in labels(app)] == expected


def test_a_kind_of_another_version_is_told_all_the_same(store: Store) -> None:
    """A change that a newer Tonesmith recorded has a neutral sentence."""
    project = a_project(store)
    store.apply_change(project.id, "polish", [Put(two(), facts_in(project)(two()))] * 3)
    assert labels(visit("history", project.id))[0].startswith("Changed 3 examples")


def test_who_changed_it_is_told_where_it_is_known(store: Store) -> None:
    """Beside the time of day."""
    project = a_project(store)
    put = Put(two(), facts_in(project)(two()))
    store.apply_change(project.id, "add", [put], by="Ada *Lovelace*")
    assert labels(visit("history", project.id))[0].endswith(" · Ada *Lovelace*")


def test_changes_are_grouped_by_day(store: Store) -> None:
    """Today, yesterday, and before that by the date."""
    project = a_project(store)
    for days in (400, 1, 0):
        save_system_prompt(store, project, f"{days} days ago")
        at = datetime.now(UTC) - timedelta(days=days)
        with store._writing() as conn:
            change = newest(store, project)
            conn.execute(update(changes).where(changes.c.id == change.id).values(at=at))
    days = [node.value for node in visit("history", project.id).subheader]
    assert say("en", "time.today") in days
    assert say("en", "time.yesterday") in days
    assert any(str((datetime.now() - timedelta(days=400)).year) in day for day in days)


def test_a_change_is_read_only_when_it_is_opened(store: Store) -> None:
    """The lines alone show no difference; an opened one marks what came and what went."""
    project = a_project(store)
    save_cell(store, project, ids(store, project)[0], "assistant", "On its slow way.")
    app = visit("history", project.id)
    assert marked(app) == ""
    app = opened(app, newest(store, project))
    assert is_well(app)
    assert "On its <ins>slow </ins>way." in marked(app)
    assert "Where is my parcel?" in marked(app)


def test_other_instructions_for_every_example_are_shown(store: Store) -> None:
    """The shared instructions are compared like any text."""
    project = a_project(store)
    save_system_prompt(store, project, "Be brief.")
    save_system_prompt(store, project, "Be kind.")
    app = opened(visit("history", project.id), newest(store, project))
    assert "Be <del>brief</del><ins>kind</ins>." in marked(app)


def test_what_is_no_text_is_told_in_words(store: Store) -> None:
    """A turn that came, a reply that is not learned from any more, another name."""
    project = a_project(store, two())

    def edit(example: Example) -> Example:
        question, reply = example.messages
        unlearned = reply.with_value("weight", 0).with_value("name", "Ada")
        return Example((question, unlearned, Message.of("user", "When?")))

    edit_example(store, project, ids(store, project)[0], edit)
    app = opened(visit("history", project.id), newest(store, project))
    said = words(app)
    assert say("en", "history.not_learned") in said
    assert say("en", "history.fact_name") in said
    assert f"· {say('en', 'history.turn_added')}" in said
    assert "<ins>Ada</ins>" in marked(app)


def test_what_reviewers_did_is_told_in_words(store: Store) -> None:
    """The state before and after, the note, and what the example is used for."""
    project = a_project(store, two())
    rows = ids(store, project)
    apply_act(store, project, rows, reviewing(APPROVED))
    app = opened(visit("history", project.id), newest(store, project))
    assert "Approved an example" in labels(app)[0]
    assert "<del>Draft</del> <ins>Approved</ins>" in marked(app)
    apply_act(store, project, rows, holding_out(on=True))
    app = opened(visit("history", project.id), newest(store, project))
    assert say("en", "history.held_out") in words(app)
    save_note(store, project, rows[0], "Ask Ann.", bases=[""], visit="v")
    app = opened(visit("history", project.id), newest(store, project))
    assert "Changed the note of example 1" in labels(app)[0]
    assert "<ins>Ask Ann.</ins>" in marked(app)
    save_cell(store, project, rows[0], "user", "Why?")
    app = opened(visit("history", project.id), newest(store, project))
    assert "Edited the question of example 1" in labels(app)[0]
    assert "<del>Approved</del> <ins>Draft</ins>" in marked(app)


def test_of_many_examples_the_first_are_shown_and_more_on_demand(store: Store) -> None:
    """A change of forty rows opens with a few."""
    project = a_project(store, *(two(f"Question {n}?") for n in range(40)))
    change = newest(store, project)
    app = opened(visit("history", project.id), change)
    assert marked(app).count("Question ") == FEW
    app = press(app, f"more_{change.id}")
    assert marked(app).count("Question ") == FEW + 10
    assert "Question 39?" not in marked(app)


def test_a_change_is_undone_where_it_stands(store: Store) -> None:
    """The rows are as before; the line is dimmed, and its undo can be taken back."""
    project = a_project(store)
    delete_examples(store, project, ids(store, project)[:1])
    change = newest(store, project)
    app = press(visit("history", project.id), f"undo_{change.id}")
    assert replies(store, project) == ["On its way.", "No."]
    assert labels(app)[0].startswith("Undid: deleted an example")
    assert labels(app)[1].endswith(say("en", "history.undone"))
    assert f"undo_{change.id}" not in keys(app)
    app = press(app, f"undo_{newest(store, project).id}")
    assert replies(store, project) == ["No."]
    assert labels(app)[0].startswith("Did again: deleted an example")
    assert f"undo_{change.id}" in keys(app)
    assert f"undo_{newest(store, project).id}" not in keys(app)


def test_a_change_that_was_edited_since_is_not_overwritten(store: Store) -> None:
    """A sentence under the line says so, and the newer text stays."""
    project = a_project(store)
    first = ids(store, project)[0]
    save_cell(store, project, first, "assistant", "One.")
    change = newest(store, project)
    save_cell(store, project, first, "assistant", "Two.")
    app = press(visit("history", project.id), f"undo_{change.id}")
    assert [warning.value for warning in app.warning] == [say("en", "error.changed_since")]
    assert replies(store, project)[0] == "Two."
    app = press(app, f"undo_{newest(store, project).id}")
    assert not app.warning
    assert replies(store, project)[0] == "One."


def test_an_example_is_opened_where_it_is_written(store: Store) -> None:
    """From a difference straight to its conversation; a deleted one cannot be opened."""
    project = a_project(store)
    first, second = ids(store, project)
    brought_in = newest(store, project)
    delete_examples(store, project, [first])
    app = opened(visit("history", project.id), brought_in)
    assert {key for key in keys(app) if key.startswith("open_")} == {f"open_{brought_in.id}_1"}
    app = press(app, f"open_{brought_in.id}_1")
    assert app.session_state["open_example"] == second
    assert [title.value for title in app.title] == [say("en", "editor.title")]


def test_older_changes_are_shown_on_demand(store: Store) -> None:
    """A page of them first."""
    project = a_project(store)
    for n in range(PAGE + 5):
        save_system_prompt(store, project, f"Instructions {n}")
    app = visit("history", project.id)
    assert len(app.expander) == PAGE
    app = press(app, "history_older")
    assert len(app.expander) == PAGE + 6
    assert "history_older" not in keys(app)


def test_a_version_is_kept_under_a_name(store: Store) -> None:
    """One is suggested; what is typed counts, and the list shows how much it holds."""
    project = a_project(store)
    app = visit("history", project.id)
    [field] = [field for field in app.text_input if field.key.startswith("version_name_")]
    assert field.value == say("en", "history.version_n", n=1)
    field.set_value("Before the new tone")
    app = next(b for b in app.button if b.key == "save_version").click().run()
    assert [version.name for version in store.load_versions(project.id)] == ["Before the new tone"]
    assert "Before the new tone" in words(app)
    assert say("en", "history.versions_none") not in words(app)


def test_a_version_is_restored_as_one_change(store: Store) -> None:
    """Everything is as it was, and the offer beside it takes that back."""
    project = a_project(store)
    version = store.save_version(project.id, "Good")
    delete_examples(store, project, ids(store, project))
    app = press(visit("history", project.id), f"restore_{version.id}")
    assert replies(store, project) == ["On its way.", "No."]
    assert labels(app)[0].startswith("Restored the version “Good”")
    assert say("en", "history.restored", name="Good") in words(app)
    press(app, "undo")
    assert replies(store, project) == []


def test_restoring_what_is_there_already_says_so(store: Store) -> None:
    """Nothing is changed, and nothing is offered."""
    project = a_project(store)
    version = store.save_version(project.id, "Good")
    app = press(visit("history", project.id), f"restore_{version.id}")
    assert [toast.value for toast in app.toast] == [say("en", "history.restored_same")]
    assert "undo" not in keys(app)


def test_a_removed_version_can_be_brought_back(store: Store) -> None:
    """It goes at once, with an offer; another offer never stands beside it."""
    project = a_project(store)
    version = store.save_version(project.id, "Good")
    delete_examples(store, project, ids(store, project))
    app = press(visit("history", project.id), f"restore_{version.id}")
    app = press(app, f"forget_{version.id}")
    assert store.load_versions(project.id) == []
    assert say("en", "history.forgotten", name="Good") in words(app)
    app = press(app, "undo")
    assert [found.name for found in store.load_versions(project.id)] == ["Good"]
    assert "undo" not in keys(app)


def test_a_version_is_renamed(store: Store) -> None:
    """A blank name keeps the old one."""
    project = a_project(store)
    version = store.save_version(project.id, "Good")
    app = write(visit("history", project.id), f"version_name_of_{version.id}", "Better")
    assert "Better" in words(app)
    write(app, f"version_name_of_{version.id}", "  ")
    assert [found.name for found in store.load_versions(project.id)] == ["Better"]


def test_hostile_text_is_only_text_also_in_a_difference(store: Store) -> None:
    """Names, roles, sources, texts and who did it reach the page as text."""
    project = a_project(store)
    store.save_version(project.id, HOSTILE)
    row = ids(store, project)[0]
    hostile = Example(
        (Message.of(HOSTILE, HOSTILE, **{HOSTILE: HOSTILE, "name": HOSTILE}),),
        ((HOSTILE, HOSTILE),),
    )
    put = Put(hostile, facts_in(project)(hostile), id=row)
    params = {"source": HOSTILE, "name": HOSTILE}
    for kind in ("import", "restore"):
        put = Put(hostile if kind == "import" else two(), put.facts, id=row)
        store.apply_change(
            project.id, kind, [put], by=HOSTILE, params=params, system_prompt=HOSTILE + kind
        )
    app = visit("history", project.id)
    for change in store.load_changes(project.id):
        app = opened(app, change)
    assert is_well(app)
    assert HOSTILE in words(app)
    assert not any("<script" in body for body in bodies(app))
    for label in [expander.label for expander in app.expander]:
        assert "**bold**" not in label
        assert "![z]" not in label


def test_another_project_begins_with_its_own_history(store: Store) -> None:
    """What was shown and refused in one project says nothing about the next."""
    project, other = a_project(store), a_project(store, two("Other?"))
    version = store.save_version(project.id, "Mine")
    app = press(visit("history", project.id), f"forget_{version.id}")
    app.query_params["project"] = other.id
    app = go(app, "history")
    assert is_well(app)
    assert "Mine" not in words(app)


def test_a_button_can_say_what_it_takes_back(store: Store) -> None:
    """With how many, in a sentence that begins with the verb."""
    project = a_project(store, *(two(f"{n}?") for n in range(40)))
    example = two("New?")
    edits = [Put(example, facts_in(project)(example))] * 40
    change = store.apply_change(project.id, "paste", edits, params={"rows": 40})
    assert change is not None
    assert undo_words(change) == "Undo: pasted 40 rows"
    assert redo_words(store, undo_change(store, project, change.id)) == "Redo: pasted 40 rows"


def test_a_template_begins_its_own_history() -> None:
    """The first line of a project begun from a template says so."""
    _, project = start()
    assert "Began with 10 examples from a template" in labels(visit("history", project))[-1]
