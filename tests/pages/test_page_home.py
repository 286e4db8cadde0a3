"""Home: templates, projects as cards, and a way back from every deletion."""

from __future__ import annotations

import pytest
from visits import HOSTILE, is_well, keys, press, shown, start, visit, words, write

from core.queries import Query
from core.storage import Store
from core.templates import TEMPLATES, Template
from core.words import say


def test_an_empty_home_teaches() -> None:
    """Without projects there are the templates, a blank page and a file to begin with."""
    app = visit("home")
    begin = {*(template.id for template in TEMPLATES), "blank", "import"}
    assert keys(app) == {f"start_{what}" for what in begin}
    assert say("en", "home.projects_none") in words(app)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.id)
def test_a_template_becomes_a_project_ready_to_train(store: Store, template: Template) -> None:
    """One press gives its examples without errors, open in the editor."""
    app, begun = start(template.id)
    assert [title.value for title in app.title] == [say("en", "editor.title")]
    project = store.load_project(begun)
    assert project.template == template.id
    assert project.examples >= 10
    assert f"{project.examples} examples · no errors" in words(app)


@pytest.mark.parametrize(("key", "page"), [("start_blank", "editor"), ("start_import", "transfer")])
def test_one_can_begin_with_nothing(store: Store, key: str, page: str) -> None:
    """A blank page opens the editor, a file the page that brings it in."""
    app = press(visit("home"), key)
    assert [title.value for title in app.title] == [say("en", f"{page}.title")]
    assert [project.examples for project in store.load_projects()] == [0]


def test_a_project_is_opened_from_its_card(store: Store) -> None:
    """Open leads to the editor with that project in the address."""
    _, project = start()
    app = press(visit("home"), f"open_{project}")
    assert [title.value for title in app.title] == [say("en", "editor.title")]
    assert app.query_params["project"] == project


@pytest.mark.parametrize("name", ["Another name", HOSTILE[:80]])
def test_a_project_is_renamed_as_typed(store: Store, name: str) -> None:
    """Every character of a new name is kept."""
    _, project = start()
    app = write(visit("home"), f"name_{project}", name)
    assert is_well(app)
    assert store.load_project(project).name == name.strip()


def test_an_empty_name_keeps_the_old_one(store: Store) -> None:
    """A project cannot be made nameless."""
    _, project = start()
    write(visit("home"), f"name_{project}", "   ")
    assert store.load_project(project).name == "Weather jokes (中文)"


def test_a_deleted_project_can_be_brought_back(store: Store) -> None:
    """The offer names it; Undo brings back the project with all its examples."""
    _, project = start()
    app = press(visit("home"), f"delete_{project}")
    assert store.load_projects() == []
    assert "Deleted “Weather jokes" in words(app)
    app = press(app, "undo")
    assert [project.examples for project in store.load_projects()] == [10]
    assert "undo" not in keys(app)


def test_an_offer_to_undo_can_be_waved_away(store: Store) -> None:
    """The offer goes, the deletion stays."""
    _, project = start()
    app = press(press(visit("home"), f"delete_{project}"), "undo_dismiss")
    assert "undo" not in keys(app)
    assert store.load_projects() == []


def test_another_project_forgets_what_belonged_to_the_last() -> None:
    """What was open or offered in one project does not follow into the next."""
    app, _ = start()
    app.session_state["open_example"] = 1
    app.session_state["grid_query"] = Query(code="missing_content")
    app.session_state["undo_offer"] = (1, "Deleted 1 example.")
    app = press(app.switch_page("streamlit_app.py").run(), "start_marv")
    assert "undo" not in keys(app)
    assert shown(app, "narrow")["query"] == {}
    assert shown(app, "panel")["example"] is None


def test_the_language_is_kept_for_the_next_visit() -> None:
    """A language once chosen is spoken when somebody comes without one in the address."""
    app = visit("home")
    app.segmented_control(key="menu_language").set_value("zh").run()
    assert [title.value for title in app.title] == [say("zh", "home.title")]
    assert app.query_params["lang"] == "zh"
    again = visit("home", lang="")
    assert [title.value for title in again.title] == [say("zh", "home.title")]


def test_who_begins_in_chinese_gets_a_chinese_name(store: Store) -> None:
    """What a project is called follows the language of who starts it."""
    press(visit("home", lang="zh"), "start_blank")
    assert [project.name for project in store.load_projects()] == [say("zh", "home.blank_name")]
