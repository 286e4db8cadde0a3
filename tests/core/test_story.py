"""core/story.py: what happened to a job, in plain words."""

from __future__ import annotations

import pytest
from core_events import START, a_job, a_step, an_event

from core.jobs import Fetch, JobEvent
from core.story import (
    KNOWN,
    STAGES,
    fetch_under_way,
    stages_behind,
    story_of,
)
from core.words import LANGUAGES, say

# The weights of a base


def a_fetch(done: int) -> JobEvent:
    """The trainer's event on how far the weights are."""
    data = {"done_bytes": done, "total_bytes": 93_000_000}
    return an_event(f"Fetching the base model: {done}", data=data)


def test_a_job_waits_for_its_base_until_it_says_something_else() -> None:
    """The latest event tells whether the weights are on their way."""
    coming = [an_event("Fine-tuning job started"), a_fetch(0), a_fetch(46_500_000)]
    assert fetch_under_way(a_job(), coming) == Fetch(46_500_000, 93_000_000)
    assert fetch_under_way(a_job(), [*coming, a_step(1)]) is None
    assert fetch_under_way(a_job(status="failed"), coming) is None
    assert fetch_under_way(a_job(), []) is None


def test_steps_made_again_after_a_crash_are_told_where_they_went_on() -> None:
    """They keep the places of their first telling; the story counts them after the crash."""
    steps = [a_step(n, 9) for n in range(1, 10)]
    again = an_event("Resuming after step 3")
    lines = story_of([*steps[:6], again, *steps[6:]])
    told = [(line.code, line.params.get("first"), line.params.get("last")) for line in lines]
    assert told == [("steps_loss", 1, 6), ("resumed", None, None), ("steps_loss", 4, 9)]


def test_how_far_the_weights_are_is_a_share() -> None:
    """From none to all of them, and all means that they are being prepared."""
    assert [Fetch(done, 8).share for done in (0, 4, 8, 9)] == [0.0, 0.5, 1.0, 1.0]
    assert [Fetch(done, 8).is_whole for done in (7, 8)] == [False, True]


def test_a_fetch_is_one_line_of_the_story() -> None:
    """However often it was told, the line says how far it came, and then that all is there."""
    under_way, arrived = (
        story_of([a_fetch(0), a_fetch(31_400_000)]),
        story_of([a_fetch(93_000_000)]),
    )
    assert [(line.code, line.params) for line in under_way + arrived] == [
        ("fetching", {"done": 31, "total": 93}),
        ("fetched", {"done": 93, "total": 93}),
    ]
    for line in under_way + arrived:
        assert all("93" in say(lang, f"event.{line.code}", **line.params) for lang in LANGUAGES)


# The story


def test_a_story_reads_in_plain_words_with_its_steps_folded() -> None:
    """A whole job of ours, from being asked for to its model."""
    events = [
        an_event("Asked for the job to be started"),
        an_event("Created fine-tuning job: ftjob-1"),
        an_event("Validating training file: file-1"),
        an_event("Files validated, moving job to queued state"),
        an_event("Fine-tuning job started"),
        a_step(1, loss=4.0),
        a_step(2, loss=2.0),
        an_event("Checkpoint created at step 2"),
        a_step(3, loss=1.0),
        an_event("New fine-tuned model created: ft:local/tiny:me:1"),
        an_event("The job has successfully completed"),
    ]
    story = [(line.code, line.params) for line in story_of(events, examples=10)]
    assert story == [
        ("asked", {}),
        ("created", {}),
        ("checking", {}),
        ("accepted_examples", {"examples": 10}),
        ("started", {}),
        ("checkpoint", {"step": 2}),
        ("steps_loss", {"first": 1, "last": 3, "loss_before": "4.000", "loss": "1.000"}),
        ("model_created_named", {"model": "ft:local/tiny:me:1"}),
        ("completed", {}),
    ]


def test_what_is_kept_between_steps_is_one_line_however_often() -> None:
    """With the pauses between them in their places, and the latest last."""
    events = [
        a_step(1, loss=4.0),
        an_event("Checkpoint created at step 1"),
        a_step(2, loss=2.0),
        an_event("Checkpoint created at step 2"),
        an_event("The job is being paused"),
        an_event("The job has been paused"),
        an_event("The job has been resumed"),
        a_step(3, loss=1.0),
    ]
    assert [(line.code, line.params) for line in story_of(events)] == [
        ("steps_loss", {"first": 1, "last": 2, "loss_before": "4.000", "loss": "2.000"}),
        ("checkpoints", {"step": 2, "times": 2}),
        ("pausing", {}),
        ("paused", {}),
        ("going_on", {}),
        ("step_loss", {"step": 3, "loss": "1.000"}),
    ]


def test_a_step_that_is_told_in_two_parts_is_one_step() -> None:
    """As where the loss of the test comes by itself, or nothing but the number."""
    tested = an_event("", type="metrics", data={"step": 11, "valid_loss": 0.5})
    (line,) = story_of([a_step(11), tested])
    assert (line.code, line.params["step"]) == ("step_loss", 11)
    (line,) = story_of([tested])
    assert (line.code, line.params) == ("step", {"step": 11})


def test_an_unknown_event_keeps_the_providers_words() -> None:
    """What we cannot say better is shown as it came, with its level."""
    event = JobEvent("e", START, "warn", "The moon is full; training pauses.")
    (line,) = story_of([event])
    assert (line.code, line.original, line.level) == (None, event.message, "warn")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_of_a_story_has_words(language: str) -> None:
    """Each code a story can have stands in both languages, its placeholders fillable."""
    codes = {code for code, _ in KNOWN} | {
        "steps",
        "steps_loss",
        "step",
        "step_loss",
        "checkpoints",
        "accepted_examples",
    }
    params = {"first": 1, "last": 2, "loss_before": "4", "loss": "2", "step": 3, "examples": 4,
              "limit": "1,024", "lines": "1, 2", "names": "tools", "times": 3,
              "kind": "OSError", "conversations": 9, "replies": 24, "beyond": 2}  # fmt: skip
    for code in codes:
        assert "{" not in say(language, f"event.{code}", **params)
    assert "x" in say(language, "event.model_created_named", model="x")


@pytest.mark.parametrize(
    ("message", "code", "params"),
    [
        ("Validating validation file: file-2", "checking_held_back", {}),
        ("Cut to 1,024 tokens, the most this model reads: line 3.", "cut",
         {"limit": "1,024", "lines": 3}),
        ("Cut to 2,048 tokens, the most this model reads: lines 1, 2 and 18 more.", "cut",
         {"limit": "2,048", "lines": "1, 2 … +18"}),
        ("Left out, because no reply is learned from: lines 4, 9.", "left_out", {"lines": "4, 9"}),
        ("Learning from 9 conversations, 24 replies", "learned",
         {"conversations": 9, "replies": 24}),
        ("Learning from 9 conversations, 22 replies; 2 more beyond what this model reads",
         "learned_partly", {"conversations": 9, "replies": 22, "beyond": 2}),
        ("Not used by this model: functions, tools.", "unused", {"names": "functions, tools"}),
        ("There is nothing to learn from: every reply in the file has weight 0.",
         "nothing_learned", {}),
        ("The training program was ended from outside 3 times without getting any further.",
         "worker_ended", {"times": 3}),
        ("Training stopped because of an unexpected problem (OSError). The details are in a log.",
         "worker_failed", {"kind": "OSError"}),
    ],
)  # fmt: skip
def test_what_our_trainer_has_to_say_is_translated(
    message: str, code: str, params: dict[str, object]
) -> None:
    """Its warnings and reasons stand in the story in the reader's language."""
    (line,) = story_of([an_event(message)])
    assert (line.code, line.params) == (code, params)


# How far it has come

CHECKED = [an_event("Files validated, moving job to queued state")]
BEGUN = [*CHECKED, an_event("Fine-tuning job started")]


@pytest.mark.parametrize(
    ("status", "events", "behind"),
    [
        ("validating_files", [], 0),
        ("queued", CHECKED, 1),
        ("running", BEGUN, 2),
        ("running", [], 2),
        ("succeeded", [], STAGES),
        ("cancelled", [], 0),
        ("cancelled", [*BEGUN, a_step(1), an_event("The job was cancelled")], 2),
        ("failed", CHECKED, 1),
        ("failed", BEGUN, 2),
    ],
)
def test_a_job_that_stopped_keeps_the_stages_it_reached(
    status: str, events: list[JobEvent], behind: int
) -> None:
    """A job that ended early was checked and had its turn all the same."""
    assert stages_behind(a_job(status=status), story_of(events)) == behind
