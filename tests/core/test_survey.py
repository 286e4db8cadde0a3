"""A survey: all lenses of a project, in step with its rows however they change."""

from pathlib import Path

import pytest
from core_builders import a_project_of, an_example
from hypothesis import given, settings
from hypothesis import strategies as st

from core.editing import (
    change_checks,
    checks_in,
    delete_examples,
    edit_example,
    is_checked,
    recheck,
    undo_change,
)
from core.errors import Stopped
from core.examples import Example
from core.queries import Query
from core.rules import NO_CHECKS
from core.storage import Project, Store
from core.survey import LENSES, SURVEYED, Survey, survey_of


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store of its own."""
    return Store.open(f"sqlite:///{tmp_path / 'tonesmith.db'}")


def asks(
    question: str, reply: str = "Two to four days, and we tell you when it leaves."
) -> Example:
    """An example in which this is asked."""
    return an_example(user=question, assistant=reply)


SHIPPING = "How long does it take until my parcel with the shoes arrives in Leeds?"
SIMILAR = "How long does it take until my parcel with the shoes arrives at Leeds?"
OTHER = "Which of your teas would you recommend to somebody who never drinks any?"


def test_it_sees_nothing_before_it_is_built(store: Store) -> None:
    """And then what the rows show together."""
    project, ids = a_project_of(store, asks(SHIPPING), asks(OTHER, "Mint."), asks(SIMILAR))
    survey = Survey(NO_CHECKS)
    assert (survey.is_built, survey.found()) == (False, ())
    assert survey.behind(store, project) == 3
    survey.catch_up(store, project)
    assert survey.behind(store, project) == 0
    assert survey.rows_of("near_duplicate_example") == {ids[0], ids[2]}


def test_one_edit_is_one_row_to_look_at(store: Store) -> None:
    """What it mends is gone, and undone it is back; a row that is deleted is forgotten."""
    project, ids = a_project_of(store, asks(SHIPPING), asks(SIMILAR), asks(OTHER, "Mint."))
    survey = Survey(NO_CHECKS)
    survey.catch_up(store, project)
    change = edit_example(store, project, ids[1], lambda _: asks(OTHER, "Try the green one."))
    project = store.load_project(project.id)
    assert survey.behind(store, project) == 1
    survey.catch_up(store, project)
    assert survey.rows_of("near_duplicate_example") == set()
    assert change is not None
    undo_change(store, project, change.id)
    survey.catch_up(store, project)
    assert survey.rows_of("near_duplicate_example") == {ids[0], ids[1]}
    delete_examples(store, project, [ids[0]])
    survey.catch_up(store, project)
    assert survey.rows_of("near_duplicate_example") == set()


def test_a_stop_leaves_it_able_to_go_on(store: Store) -> None:
    """What it had seen by then is seen again."""
    project, _ = a_project_of(store, asks(SHIPPING), asks(SIMILAR))
    survey = Survey(NO_CHECKS)

    def stop(_: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        survey.catch_up(store, project, stop)
    assert not survey.is_built
    survey.catch_up(store, project)
    assert len(survey.rows_of("near_duplicate_example")) == 2


def test_what_is_switched_off_is_not_told(store: Store) -> None:
    """The project has one survey, made anew where its checks see other things."""
    project, _ = a_project_of(store, asks(SHIPPING), asks(SIMILAR))
    first = survey_of(project)
    assert survey_of(project) is first
    off = checks_in(project).switched("near_duplicate_example", on=False)
    project = change_checks(store, project, lambda _: off)
    other = survey_of(project)
    other.catch_up(store, project)
    assert other is not first
    assert other.rows_of("near_duplicate_example") == set()


def test_rows_are_checked_again_under_other_checks(store: Store) -> None:
    """Once for all; what is stored then says so."""
    project, _ = a_project_of(store, asks(" spaced "), asks(OTHER))
    recheck(store, project)
    project = store.load_project(project.id)
    assert is_checked(project)
    off = checks_in(project).switched("untrimmed_whitespace", on=False)
    project = change_checks(store, project, lambda _: off)
    assert not is_checked(project)
    recheck(store, project)
    assert is_checked(store.load_project(project.id))
    assert "untrimmed_whitespace" not in {f.code for f in store.count_findings(project.id)}


TEXTS = st.sampled_from([SHIPPING, SIMILAR, OTHER, "", "a", "退货需要几天？", "退货要几天？"])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), TEXTS, TEXTS), max_size=12))
def test_following_gives_what_building_anew_gives(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, str, str]]
) -> None:
    """After any edits, whichever lens."""
    with Store.open(f"sqlite:///{tmp_path_factory.mktemp('s') / 'tonesmith.db'}") as store:
        project, ids = a_project_of(store, *(asks(SHIPPING) for _ in range(3)))
        followed = Survey(NO_CHECKS)
        for which, question, reply in edits:
            followed.catch_up(store, project)
            change_one(store, project, ids, which, asks(question, reply))
        followed.catch_up(store, project)
        anew = Survey(NO_CHECKS)
        anew.catch_up(store, project)
        assert sorted(followed.found(), key=repr) == sorted(anew.found(), key=repr)


def change_one(store: Store, project: Project, ids: list[int], which: int, to: Example) -> None:
    """Edit one of the first rows, or let the last one go."""
    if which < len(ids):
        edit_example(store, project, ids[which], lambda _: to)
    elif ids:
        delete_examples(store, project, [ids.pop()])


def test_every_code_that_lenses_tell_can_narrow_the_table() -> None:
    """Those that are about rows; a table asked for any of them keeps its other conditions."""
    assert len(LENSES) == len({type(lens(NO_CHECKS)) for lens in LENSES})
    assert Query(code="near_duplicate_example").is_narrow
    assert "near_duplicate_example" in SURVEYED
