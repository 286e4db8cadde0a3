"""What holds for every page: it draws in both languages, and nothing typed breaks it."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from visits import HOSTILE, PAGES, bodies, is_well, open_row, shown, start, visit, words

from core.editing import DEFAULT_PRICED_FOR, facts_in
from core.examples import Example, Message
from core.jobs import FineTuningJob, JobEvent, Metric, TrainingRequest
from core.storage import Project, Put, Store, UnreadableLine
from core.words import LANGUAGES, say


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_draws_without_a_project(page: str, language: str) -> None:
    """An empty installation gets every page, in its own language."""
    app = visit(page, lang=language)
    assert is_well(app)
    assert [title.value for title in app.title] == [say(language, f"{page}.title")]


@pytest.mark.parametrize("page", ["editor", "transfer", "history", "train"])
def test_a_page_about_a_project_says_how_to_get_one(page: str) -> None:
    """Without a project there is a sentence and a way to Home, and nothing else."""
    app = visit(page)
    assert say("en", "ui.no_project") in words(app)
    assert not app.text_area
    assert not app.button


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_draws_with_a_project(language: str) -> None:
    """A finished template gets every page, in both languages."""
    _, project = start()
    for page in PAGES:
        app = visit(page, project, language)
        assert is_well(app), page
        assert [title.value for title in app.title] == [say(language, f"{page}.title")]
        assert "Weather jokes (中文)" in words(app)


@pytest.mark.parametrize("page", PAGES)
def test_an_address_of_a_project_that_is_gone_is_no_fault(page: str) -> None:
    """An old bookmark opens as if no project had been chosen."""
    app = visit(page, "never-was")
    assert is_well(app)


def test_nonsense_in_the_address_is_no_fault() -> None:
    """A language nobody speaks and a job that never was are told, not thrown."""
    app = visit("jobs", lang="<script>", job="never-was")
    assert is_well(app)
    assert [error.value for error in app.error] == [say("en", "error.job_gone")]


def a_hostile_project(store: Store) -> Project:
    """Hostile text wherever a person or a provider can put some."""
    project = store.create_project(HOSTILE, system_prompt=HOSTILE, priced_for=DEFAULT_PRICED_FOR)
    example = Example(
        (
            Message.of("user", HOSTILE),
            Message.of("assistant", HOSTILE),
            Message.of(HOSTILE, HOSTILE),
        )
    )
    plain = Example((Message.of("user", HOSTILE), Message.of("assistant", HOSTILE)))
    facts = facts_in(project)
    puts = [Put(one, facts(one)) for one in (example, plain, plain)]
    broken = UnreadableLine(HOSTILE, 1, "invalid_json", HOSTILE.encode())
    store.apply_change(project.id, "import", puts, unreadable=[broken])
    return project


def a_hostile_job(store: Store, project: Project) -> str:
    """A job that ended badly at a place which says strange things."""
    now = datetime.now(UTC)
    snapshot = store.save_snapshot([HOSTILE.encode()], 1)
    store.save_job(FineTuningJob(
        "hostile", project.id, "this_computer", "failed", TrainingRequest(HOSTILE), now,
        snapshot_sha256=snapshot.sha256, provider_job_id=HOSTILE, training_file_id=HOSTILE,
        error_code=HOSTILE, error_message=HOSTILE, hyperparameters={"n_epochs": HOSTILE},
    ))  # fmt: skip
    store.save_events("hostile", [JobEvent("e1", now, "info", HOSTILE)])
    store.save_metrics("hostile", [Metric(1, 0.5)])
    return "hostile"


class Tags(HTMLParser):
    """Every tag of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Remember the tag."""
        self.found.add(tag)


def tags_in(body: str) -> set[str]:
    """The names of all tags that a browser would see."""
    parser = Tags()
    parser.feed(body)
    return parser.found


@pytest.mark.parametrize("page", PAGES)
def test_hostile_text_is_only_text(store: Store, page: str) -> None:
    """Markup typed as a name, instructions, an example or a reason reaches no page as markup."""
    project = a_hostile_project(store)
    job = a_hostile_job(store, project)
    app = visit(page, project.id, job=job)
    assert is_well(app)
    assert HOSTILE in words(app)
    allowed = {"div", "span", "i", "b", "u", "small", "time", "style"}
    allowed |= {"table", "thead", "tbody", "tr", "th", "td", "ins", "del"}
    assert {tag for body in bodies(app) for tag in tags_in(body)} <= allowed


def test_hostile_text_in_the_open_example_is_only_text(store: Store) -> None:
    """The panel gets every turn of a hostile conversation as it is, and the table all its cells."""
    project = a_hostile_project(store)
    app = open_row(visit("editor", project.id), 1)
    assert is_well(app)
    turns = shown(app, "panel")["example"]["messages"]
    assert [turn["text"] for turn in turns] == [HOSTILE] * 3
    assert all(row["user"] == row["assistant"] == HOSTILE for row in shown(app)["rows"])
    assert "script" not in {tag for body in bodies(app) for tag in tags_in(body)}


@pytest.mark.parametrize("page", PAGES)
def test_a_name_is_never_read_as_markdown(store: Store, page: str) -> None:
    """Stars, dollar signs and links in what people wrote are shown as they are."""
    project = a_hostile_project(store)
    app = visit(page, project.id, job=a_hostile_job(store, project))
    for node in (*app.markdown, *app.error, *app.warning, *app.title, *app.subheader):
        assert "**bold**" not in node.value
        assert "![z]" not in node.value
        assert "$a$" not in node.value
