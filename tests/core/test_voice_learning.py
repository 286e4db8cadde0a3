"""Tests of core.voice.learning: learned from a project, kept in it, held against all of it."""

import pytest
from core_builders import a_project_of, an_example

from core.editing import change_checks, checks_in
from core.errors import Stopped
from core.examples import APPROVED
from core.rules import Checks
from core.storage import Project, Store
from core.voice.distance import LESS, MORE, WEIGHTS
from core.voice.habits import CHINESE, HABITS, LATIN
from core.voice.learning import keep_voice, learn_and_keep, learn_voice, measure_distances
from core.voice.measures import MEASURES
from core.words import LANGUAGES, has_words

PLAIN = "We sent tea number {} off today. It will be with you on Friday."
LOUD = "OMG!!! 🎉🎉 Tea {}!!"


@pytest.fixture
def store(tmp_path):
    """A database of its own."""
    with Store.open(f"sqlite:///{tmp_path / 'voice.db'}") as store:
        yield store


def a_project(store: Store, plain: int, loud: int, approved: bool = True) -> Project:
    """So many plain examples, approved or not, and so many loud ones, which nobody approved."""
    examples = [an_example(assistant=PLAIN.format(n)) for n in range(plain)]
    if approved:
        examples = [example.with_review(APPROVED) for example in examples]
    examples += [an_example(assistant=LOUD.format(n)) for n in range(loud)]
    return a_project_of(store, *examples)[0]


def test_a_voice_is_learned_from_what_was_approved(store):
    """And from nothing else."""
    voice = learn_voice(store, a_project(store, plain=20, loud=5))
    (tongue,) = voice.tongues
    assert (tongue.name, tongue.examples, voice.approved, voice.from_all) == (LATIN, 20, 20, False)
    assert (tongue.share("emoji"), tongue.share("says_we")) == (0, 1)
    assert tongue.spread("length").median == pytest.approx(14)


def test_where_too_few_are_approved_all_are_learned_from(store):
    """It says so; and where even these are too few, nothing is learned."""
    project = a_project(store, plain=20, loud=1, approved=False)
    voice = learn_voice(store, project)
    assert (voice.from_all, voice.examples, voice.approved) == (True, 21, 0)
    assert learn_voice(store, a_project(store, plain=3, loud=0)).tongues == ()


def test_two_kinds_of_writing_are_two_voices(store):
    """English is not held against Chinese."""
    examples = [an_example(assistant=PLAIN.format(n)) for n in range(12)]
    examples += [an_example(assistant=f"您的第{n}份茶已经发出，请留意查收。") for n in range(12)]
    voice = learn_voice(store, a_project_of(store, *examples)[0])
    assert {tongue.name: tongue.examples for tongue in voice.tongues} == {LATIN: 12, CHINESE: 12}


def test_a_learned_voice_is_kept_beside_what_else_the_project_wants(store):
    """Also what came while it was learned; and it can be forgotten."""
    project = a_project(store, plain=20, loud=1)
    change_checks(store, project, lambda _: Checks(off=frozenset({"few_examples"})))
    voice = learn_and_keep(store, project)
    kept = checks_in(store.load_project(project.id))
    assert (kept.voice, kept.off) == (voice, {"few_examples"})
    keep_voice(store, project, None)
    assert checks_in(store.load_project(project.id)).voice is None


def test_every_example_gets_its_distance(store):
    """Those farthest off first; what cannot be compared is counted."""
    project = a_project(store, plain=20, loud=2)
    voice = learn_voice(store, project)
    a_project_of(store, an_example(assistant='{"a": 1}'))
    found = measure_distances(store, project, voice)
    loud = [row.id for row in store.iterate_rows(project.id)][20:]
    assert [far.row_id for far in found.farthest if far.far > 1] == loud
    assert (found.heard, found.bins[0], found.unheard) == (22, 20, 0)


def test_learning_can_be_stopped_and_keeps_nothing(store):
    """As any long work."""
    project = a_project(store, plain=20, loud=0)

    def stop(rows: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        learn_and_keep(store, project, stop)
    assert checks_in(store.load_project(project.id)).voice is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_words(language):
    """Each trait in each way that may be told, and each by its name."""
    traits = {trait for habits in HABITS.values() for trait in habits} | set(MEASURES)
    reasons = [f"{t}_{way}" for t in traits for way in (MORE, LESS) if WEIGHTS.get((t, way), 1)]
    reasons += [f"{measure}_zh_{way}" for measure in ("length", "sentence") for way in (MORE, LESS)]
    keys = [f"finding.off_voice.what_{reason}" for reason in reasons]
    keys += [f"quality.voice_trait_{trait}" for trait in traits]
    assert sorted(key for key in keys if not has_words(language, key)) == []
