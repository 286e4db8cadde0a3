"""core/providers/together_place: Together's own package over real HTTP, held to its own types."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from a_place import RESET
from a_together import KEY, ATogether, a_together
from hypothesis import given
from hypothesis import strategies as st

together = pytest.importorskip("together", reason="the package `together` is not installed")

from together.types.finetune import FinetuneJobStatus, FinetuneRequest  # noqa: E402
from together.types.finetune_response import FinetuneResponse  # noqa: E402

from core.errors import Rejected, Unavailable  # noqa: E402
from core.jobs import ACTIVE, ENDED, Checkpoint, Metric, TrainingRequest  # noqa: E402
from core.metrics import metrics_of  # noqa: E402
from core.providers.place import Place  # noqa: E402
from core.providers.profiles import load_profile  # noqa: E402
from core.providers.together_place import REQUIREMENTS, open_client  # noqa: E402
from core.providers.together_place.place import AUTO, TogetherPlace  # noqa: E402
from core.providers.together_place.reading import read_events  # noqa: E402
from core.words import LANGUAGES, say  # noqa: E402

PROFILE = load_profile("together")
REQUEST = TrainingRequest(model="Qwen/Qwen3.5-9B")
CHOSEN = replace(REQUEST, n_epochs=3, batch_size=8, learning_rate=2e-4, suffix="shop", seed=7)
LINE = b'{"messages": [{"role": "user", "content": "hi"}]}\n'
JOBS = "/v1/fine-tunes"


@pytest.fixture
def there() -> Iterator[ATogether]:
    """A Together, for one test."""
    with a_together() as there:
        yield there


@pytest.fixture
def client(there: ATogether) -> Iterator[Place]:
    """A client for it, which does not wait long."""
    client = open_client(PROFILE, there.base_url, KEY, timeout=0.5)
    yield client
    client.close()


@pytest.fixture
def strict(there: ATogether) -> Iterator[Any]:
    """The package itself, holding every answer to its own types."""
    sdk = together.Together(
        api_key=KEY, base_url=there.base_url, max_retries=0, _strict_response_validation=True
    )
    yield sdk
    sdk.close()


# The shapes


def test_everything_that_a_place_can_be_asked_is_there() -> None:
    """Each method of the protocol, with the same parameters."""
    for name, wanted in inspect.getmembers(Place, inspect.isfunction):
        if not name.startswith("_"):
            assert inspect.signature(getattr(TogetherPlace, name)) == inspect.signature(wanted)


def test_what_these_tests_speak_with_answers_in_together_s_shape(
    there: ATogether, strict: Any, tmp_path: Path
) -> None:
    """The package takes every answer strictly by its own types: else the tests prove nothing."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINE)
    file = strict.files.upload(path, check=False)
    job = there.add_job(training_file=file.id, progress=A_PROGRESS)
    there.metrics[job["id"]] = [{"train/global_step": 1, "train/loss": 2.5}]
    there.checkpoints[job["id"]] = [a_checkpoint(1)]
    assert strict.fine_tuning.list().data[0].id == job["id"]
    assert strict.fine_tuning.retrieve(job["id"]).training_file == file.id
    assert len(strict.fine_tuning.list_events(job["id"]).data) == 1
    assert strict.fine_tuning.list_metrics(job["id"]).metrics == there.metrics[job["id"]]
    assert strict.fine_tuning.list_checkpoints(job["id"]).data[0].step == 1
    assert strict.files.list().data[0].id == file.id
    assert next(model.id for model in strict.models.list()) == "Qwen/Qwen3.5-9B"
    assert strict.fine_tuning.cancel(job["id"]).status == "cancelled"
    assert strict.fine_tuning.delete(job["id"]).message == "deleted"


@pytest.mark.parametrize(
    ("request_", "validation", "theirs"),
    [
        (REQUEST, None, {}),
        (
            CHOSEN,
            "file-2",
            {"n_epochs": 3, "batch_size": 8, "learning_rate": 2e-4, "suffix": "shop",
             "random_seed": 7, "validation_file": "file-2", "n_evals": 5},
        ),
    ],
    ids=["auto", "chosen"],
)  # fmt: skip
def test_a_job_is_asked_for_as_the_package_asks_for_it(
    there: ATogether,
    client: Place,
    strict: Any,
    request_: TrainingRequest,
    validation: str | None,
    theirs: dict[str, Any],
) -> None:
    """The body is the same to the last field, and is one of its own requests."""
    client.create_job(request_, "file-1", validation, {"tonesmith_job": "ours"})
    strict.fine_tuning.create(training_file="file-1", model=request_.model, lora=None, **theirs)
    ours, its_own = there.asked(f"POST {JOBS}")
    assert ours == its_own
    assert FinetuneRequest.model_validate(ours).model == request_.model


def test_what_is_left_to_together_is_what_its_package_leaves() -> None:
    """Our fixed values are the defaults of its `create`, and the profile's names are its fields."""
    own = inspect.signature(together.resources.FineTuningResource.create).parameters
    for name in ("n_epochs", "learning_rate", "batch_size", "n_checkpoints", "warmup_ratio"):
        assert AUTO[name] == own[name].default
    for setting in (PROFILE.n_epochs, PROFILE.batch_size, PROFILE.learning_rate):
        assert setting.name in FinetuneRequest.model_fields
    assert PROFILE.models[0].epochs.target == AUTO["n_epochs"]


# Files


@pytest.mark.parametrize("as_path", [False, True])
def test_a_file_arrives_as_it_is(
    there: ATogether, client: Place, tmp_path: Path, as_path: bool
) -> None:
    """Bytes or a path, under the name we choose, and the same bytes again are the same file."""
    path = tmp_path / "kept-elsewhere"
    path.write_bytes(LINE)
    data = path if as_path else LINE
    file_id = client.upload_file(data, "shop.jsonl")
    assert there.files[file_id] == LINE
    assert b"shop.jsonl" in there.requests[0][3]
    assert client.upload_file(data, "shop.jsonl") == file_id
    assert client.load_file(file_id) == LINE


def test_the_storage_never_sees_the_key(there: ATogether, client: Place) -> None:
    """The bytes go to another address than Together's own: the key does not go with them."""
    client.upload_file(LINE, "shop.jsonl")
    stored = [headers for method, _, headers, _ in there.requests if method == "PUT"]
    assert len(stored) == 1
    assert KEY not in json.dumps(stored)


def test_an_upload_is_not_sent_on_to_a_cloud_s_inner_address(
    there: ATogether, client: Place
) -> None:
    """Wherever the answer points, the bytes do not go to what a machine keeps its passwords in."""
    there.storage = "http://169.254.169.254/latest"
    with pytest.raises(Rejected) as raised:
        client.upload_file(LINE, "shop.jsonl")
    assert raised.value.code == "address_refused"


# Jobs

A_PROGRESS = {"estimate_available": True, "seconds_remaining": 90}
STATUSES = {*get_args(FinetuneResponse.model_fields["status"].annotation),
            *(status.value for status in FinetuneJobStatus)}  # fmt: skip


def a_checkpoint(step: int, kind: str = "intermediate") -> dict[str, Any]:
    """A checkpoint as Together tells it."""
    at = "2026-11-23T08:00:00Z"
    return {"step": step, "checkpoint_type": kind, "created_at": at, "path": "s3://x"}


@pytest.mark.parametrize("status", sorted(STATUSES))
def test_every_status_of_the_package_is_one_of_ours(
    there: ATogether, client: Place, status: str
) -> None:
    """None of its words reaches a page that has no sentence for it, and an end is an end."""
    job = client.load_job(there.add_job(status=status)["id"])
    assert job.status in ACTIVE | ENDED
    over = {"completed", "error", "user_error", "cancelled"}
    assert (job.status in ENDED) == (status in over) == (job.finished_at is not None)


def test_a_job_tells_what_we_keep(there: ATogether, client: Place) -> None:
    """Times, files, numbers and tokens; its model only once there is one."""
    there.add_job(status="running", token_count=1234, n_epochs=3, batch_size=8, random_seed=7,
                  learning_rate=2e-4, validation_file="file-2", progress=A_PROGRESS)  # fmt: skip
    job = client.load_job("ft-1")
    assert job.created_at == datetime(2026, 11, 23, 6, 1, tzinfo=UTC)
    assert (job.training_file_id, job.validation_file_id) == ("file-1", "file-2")
    assert (job.trained_tokens, job.seed) == (1234, 7)
    assert job.hyperparameters == {"n_epochs": 3, "batch_size": 8, "learning_rate": 2e-4}
    assert job.estimated_finish is not None and job.finished_at is None
    assert job.fine_tuned_model is None
    there.jobs["ft-1"]["status"] = "completed"
    job = client.load_job("ft-1")
    assert job.fine_tuned_model == "me/Qwen3.5-9B-1"
    assert job.finished_at == datetime(2026, 11, 23, 7, 1, tzinfo=UTC)


def test_a_failed_job_says_why(there: ATogether, client: Place) -> None:
    """The reason stands only among its events."""
    there.add_job(status="user_error")
    there.add_event("ft-1", "Line 3: the conversation is too long", type="job_user_error")
    job = client.load_job("ft-1")
    assert (job.status, job.error_code) == ("failed", "user_error")
    assert job.error_message == "Line 3: the conversation is too long"


@pytest.mark.parametrize("fault", [(404, {}), (503, {}), RESET])
def test_a_failed_job_has_failed_though_nobody_says_why(
    there: ATogether, client: Place, fault: Any
) -> None:
    """That its events cannot be read keeps nobody waiting for its end."""
    there.add_job(status="user_error")
    there.fault("GET /v1/fine-tunes/ft-1/events", fault)
    job = client.load_job("ft-1")
    assert (job.status, job.error_message) == ("failed", None)


@pytest.mark.parametrize(
    "answer",
    [{"id": "ft-1"}, {"id": "ft-1", "status": 7, "created_at": "soon", "token_count": "many",
     "progress": [], "batch_size": None, "model": {}}],
)  # fmt: skip
def test_a_job_can_leave_out_or_garble_anything_but_its_id(
    there: ATogether, client: Place, answer: dict[str, Any]
) -> None:
    """What cannot be read is not known; nothing falls over."""
    there.fault(f"GET {JOBS}/ft-1", (200, answer))
    job = client.load_job("ft-1")
    assert (job.status, job.model, job.created_at) == ("unknown", "", None)


def test_jobs_are_listed_newest_first_in_pages(there: ATogether, client: Place) -> None:
    """Together gives all at once and in any order."""
    for _ in range(5):
        there.add_job()
    first, more = client.list_jobs(limit=2)
    assert ([job.id for job in first], more) == (["ft-5", "ft-4"], True)
    rest, more = client.list_jobs(limit=5, after="ft-4")
    assert ([job.id for job in rest], more) == (["ft-3", "ft-2", "ft-1"], False)


def test_a_job_is_found_again_by_its_file(there: ATogether, client: Place) -> None:
    """It carries no id of ours."""
    there.add_job(training_file="file-1")
    there.add_job(training_file="file-2")
    assert [job.id for job in client.find_jobs({"tonesmith_job": "x"}, "file-2")] == ["ft-2"]


@pytest.mark.parametrize("fault", [(500, {}), "reset", "hang", "after reset"])
def test_a_job_is_asked_for_once_whatever_happens(
    there: ATogether, client: Place, fault: Any
) -> None:
    """The package repeats requests by itself; with us it must not, as each would be paid for."""
    there.fault(f"POST {JOBS}", fault)
    with pytest.raises(Unavailable):
        client.create_job(REQUEST, "file-1", None, {})
    assert [f"{method} {path}" for method, path, *_ in there.requests] == [f"POST {JOBS}"]


def test_a_cancelled_job_and_a_deleted_model_are_gone(there: ATogether, client: Place) -> None:
    """A model goes with its job; one that nobody knows is said not to be there."""
    there.add_job()
    assert client.cancel_job("ft-1").status == "cancelled"
    there.jobs["ft-1"]["status"] = "completed"
    client.delete_model("me/Qwen3.5-9B-1")
    assert there.jobs == {}
    with pytest.raises(Rejected) as raised:
        client.delete_model("me/Qwen3.5-9B-1")
    assert raised.value.code == "not_found_there"


# Events, curves, checkpoints


def test_events_have_ids_that_stay(there: ATogether, client: Place) -> None:
    """Together gives none: ours are the same at every look, and the same line twice is two."""
    there.add_job()
    there.events["ft-1"] += [{**there.events["ft-1"][0]}]
    first = client.load_events("ft-1")
    assert len({event.id for event in first}) == 2
    there.add_event("ft-1", "Epoch completed, at step 24", type="epoch_complete", step=24,
                    total_steps=72)  # fmt: skip
    again = client.load_events("ft-1")
    assert again[:2] == first
    assert client.load_events("ft-1", {event.id for event in first}) == again[2:]
    assert again[2].data == {"step": 24, "total_steps": 72}


LINES = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["Started", "Saved", "Saved again"])), max_size=12
)


@given(LINES, st.integers(0, 12))
def test_a_story_that_goes_on_keeps_its_beginning(lines: list[tuple[int, str]], at: int) -> None:
    """However often the same is said: the ids of what was told before stay, and all differ."""
    items = [
        {"created_at": f"2026-11-23T08:00:0{second}Z", "message": words, "type": "warning"}
        for second, words in sorted(lines, key=lambda line: line[0])
    ]
    whole = read_events("ft-1", items)
    assert read_events("ft-1", items[:at]) == whole[:at]
    assert len({event.id for event in whole}) == len(items)


def test_curves_come_as_events(there: ATogether, client: Place) -> None:
    """Its rows of training and validation, with the moment in nanoseconds, become our points."""
    there.add_job()
    there.metrics["ft-1"] = [
        {"timestamp": 1779196193564587000, "train/global_step": 1, "train/loss": 2.43},
        {"timestamp": 1779196253564587000, "train/global_step": 2, "train/loss": 2.11},
        {"timestamp": 1779196254564587000, "train/global_step": 2, "eval/loss": 2.05},
        {"timestamp": 0, "train/epoch": 0.3},
    ]
    events = [event for event in client.load_events("ft-1") if event.type == "metrics"]
    assert [metrics_of(event) for event in events] == [
        Metric(1, train_loss=2.43), Metric(2, train_loss=2.11), Metric(2, valid_loss=2.05),
    ]  # fmt: skip
    assert events[0].created_at.replace(microsecond=0) == datetime(
        2026, 5, 19, 13, 9, 53, tzinfo=UTC
    )
    assert len({event.id for event in events}) == 3


def test_a_job_without_curves_has_its_story_all_the_same(there: ATogether, client: Place) -> None:
    """A job that has not begun may be refused its curves."""
    there.add_job()
    there.fault(f"GET {JOBS}/ft-1/metrics", (400, {"message": "no metrics yet"}))
    assert [event.message for event in client.load_events("ft-1")] == ["Fine tune request created"]


def test_a_checkpoint_counts_once_however_it_is_kept(there: ATogether, client: Place) -> None:
    """By step, under the name that one goes on from it with."""
    there.add_job()
    there.checkpoints["ft-1"] = [
        a_checkpoint(24, "final"), a_checkpoint(12), a_checkpoint(24, "final adapter"),
    ]  # fmt: skip
    at = datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert client.load_checkpoints("ft-1") == [
        Checkpoint("ft-1:12", 12, "ft-1:12", at), Checkpoint("ft-1:24", 24, "ft-1:24", at),
    ]  # fmt: skip


# Models and talking


def test_models_are_listed_and_answer(there: ATogether, client: Place) -> None:
    """As a bare list; one answer whole, and one piece by piece."""
    assert [model.owned_by for model in client.list_models()] == ["Qwen", "openai"]
    question = [{"role": "user", "content": "hi"}]
    assert client.chat("m", question).text == "You said: hi"
    assert list(client.stream_chat("m", question, 0.5, 9)) == ["You ", "said: hi"]
    assert there.asked("POST /v1/chat/completions")[1]["temperature"] == 0.5
    assert "temperature" not in there.asked("POST /v1/chat/completions")[0]


def test_an_answer_that_stops_in_the_middle_is_said_to(there: ATogether, client: Place) -> None:
    """What was told so far comes first."""
    piece = {"id": "c", "choices": [{"index": 0, "delta": {"content": "Hal"}}]}
    there.fault("POST /v1/chat/completions", (200, f"data: {json.dumps(piece)}\n\n".encode()))
    pieces = client.stream_chat("m", [{"role": "user", "content": "hi"}])
    assert next(pieces) == "Hal"
    with pytest.raises(Unavailable) as raised:
        next(pieces)
    assert raised.value.code == "answer_cut_short"


NOT_THERE: dict[str, Callable[[Place], Any]] = {
    "results": lambda client: client.load_result_metrics("file-1"),
    "pause": lambda client: client.pause_job("ft-1"),
    "resume": lambda client: client.resume_job("ft-1"),
    "moderate": lambda client: client.moderate(["a"]),
    "count": lambda client: client.count_tokens("m", ["a"]),
}


@pytest.mark.parametrize("what", NOT_THERE)
def test_what_together_has_not_is_refused_before_it_is_asked(
    there: ATogether, client: Place, what: str
) -> None:
    """With a sentence in both languages."""
    with pytest.raises(Rejected) as raised:
        NOT_THERE[what](client)
    assert there.requests == []
    for language in LANGUAGES:
        assert "Together" in say(language, f"error.{raised.value.code}", **raised.value.params)


# The package itself


@pytest.mark.parametrize("gone", [True, False], ids=["missing", "too new"])
def test_without_its_package_one_is_told_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, gone: bool
) -> None:
    """The sentence has the whole command, to be copied."""
    (tmp_path / "together-3.1.1.dist-info").mkdir()
    (tmp_path / "together-3.1.1.dist-info" / "METADATA").write_text(
        "Name: together\nVersion: 3.1.1\n"
    )
    monkeypatch.setattr(sys, "path", [] if gone else [str(tmp_path), *sys.path])
    with pytest.raises(Unavailable) as raised:
        open_client(PROFILE, PROFILE.base_url, KEY)
    for language in LANGUAGES:
        said = say(language, f"error.{raised.value.code}", **raised.value.params)
        assert "-m pip install" in said and str(REQUIREMENTS) in said


def test_the_package_that_is_asked_for_is_the_one_these_tests_ran_with() -> None:
    """The same version in the extra and among what the tests need."""
    pinned = [line for line in REQUIREMENTS.read_text().splitlines() if line.startswith("together")]
    developers = (REQUIREMENTS.parent / "requirements-dev.txt").read_text().splitlines()
    assert pinned == [line for line in developers if line.startswith("together")]
    assert pinned == [f"together=={together.__version__}"]


def test_the_environment_cannot_change_where_and_with_which_key_we_go(
    there: ATogether, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package reads its address, key and headers from it; a proxy would swallow loopback."""
    monkeypatch.setenv("TOGETHER_BASE_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("TOGETHER_API_KEY", "another-key")
    monkeypatch.setenv("TOGETHER_CUSTOM_HEADERS", "Authorization: Bearer another-key")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    client = open_client(PROFILE, there.base_url, KEY, timeout=2)
    assert client.list_models()
    assert "another-key" not in json.dumps([headers for _, _, headers, _ in there.requests])
    client.close()


def test_a_client_shows_no_key(client: Place) -> None:
    """Neither in what it prints as nor in what it holds."""
    assert KEY not in repr(client)
