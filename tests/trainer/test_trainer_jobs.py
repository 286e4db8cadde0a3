"""Jobs from the upload to the answers, through the real SDK over real HTTP."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import openai
import pytest
from described import assert_described
from openai import OpenAI
from openai.types.model_deleted import ModelDeleted
from real_trainer import (
    Trained,
    Trainer,
    all_events,
    answer,
    as_jsonl,
    finished,
    is_alive,
    losses,
    start_job,
    wait_for,
    weather_rows,
)

pytestmark = pytest.mark.training


def test_a_trained_model_answers_word_for_word(client: OpenAI, trained: Trained) -> None:
    """After its training file is deleted, at least nine of ten answers come back exactly."""
    rows = [row["messages"] for row in weather_rows()]
    model = trained.job.fine_tuned_model
    right = [answer(client, model, row[:-1]) == row[-1]["content"] for row in rows]
    assert sum(right) >= 9


def test_a_job_tells_what_it_did(trained: Trained) -> None:
    """A finished job names its model, its results, its hyperparameters and its tokens."""
    job = trained.job
    assert job.fine_tuned_model.startswith("ft:local/tiny-scratch:weather:")
    assert job.hyperparameters.n_epochs == 50
    assert job.hyperparameters.batch_size == 2
    assert job.method.supervised.hyperparameters.learning_rate == 5e-4
    assert job.seed == 7
    assert job.error is None
    assert job.estimated_finish is None
    assert job.finished_at >= job.created_at
    assert len(job.result_files) == 1
    assert job.trained_tokens > 0
    assert job.trained_tokens % 50 == 0


def test_trained_tokens_are_the_tokens_of_the_models_own_vocabulary(
    client: OpenAI, trained: Trained
) -> None:
    """Fifty times what the tuned model counts: its texts, and four tokens around each message."""
    texts = [m["content"] for row in weather_rows() for m in row["messages"]]
    counted = client.post(
        "/tokenize",
        cast_to=dict[str, Any],
        body={"model": trained.job.fine_tuned_model, "input": [*texts, "system", "user\n"]},
    )
    contents = sum(counted["counts"][: len(texts)])
    # <|im_start|> ROLE newline … <|im_end|> newline; each role is one piece of the vocabulary
    assert trained.job.trained_tokens == 50 * (contents + 5 * len(texts))


def test_the_story_is_told_in_order_with_a_metric_a_step(client: OpenAI, trained: Trained) -> None:
    """Created, validated, started, every step from 1 to 250 once, checkpoints, the end."""
    events = all_events(client, trained.job.id)
    messages = [event.message for event in events]
    assert messages[0] == f"Created fine-tuning job: {trained.job.id}"
    assert messages.index("Files validated, moving job to queued state") < messages.index(
        "Fine-tuning job started"
    )
    assert messages[-1] == "The job has successfully completed"
    steps = [event.data["step"] for event in events if event.type == "metrics"]
    assert steps == list(range(1, 251))
    first = next(event for event in events if event.type == "metrics")
    assert first.message == f"Step 1/250: training loss={first.data['train_loss']:.2f}"
    assert first.data["total_steps"] == 250
    for measure in ("valid_loss", "valid_mean_token_accuracy"):
        measured = [e.data["step"] for e in events if e.type == "metrics" and measure in e.data]
        assert measured == list(range(5, 251, 5))


def test_the_loss_falls(trained: Trained) -> None:
    """It learns: the loss ends far below where it began."""
    assert trained.losses[250] < trained.losses[1] / 20


def test_the_result_file_equals_the_trainers_own_log(
    client: OpenAI, trainer: Trainer, trained: Trained
) -> None:
    """Every number of the CSV stands in the log that transformers keeps with its checkpoint."""
    text = client.files.content(trained.job.result_files[0]).text
    rows = list(csv.DictReader(io.StringIO(text)))
    state = trainer.job_folder(trained.job.id).run / "checkpoint-250" / "trainer_state.json"
    log = json.loads(state.read_text())["log_history"]
    kept = {entry["step"]: entry for entry in log if "loss" in entry}
    valid = {entry["step"]: entry for entry in log if "eval_loss" in entry}
    assert [int(row["step"]) for row in rows] == sorted(kept) == list(range(1, 251))
    assert [int(row["step"]) for row in rows if row["valid_loss"]] == sorted(valid)
    for row in rows:
        entry = kept[int(row["step"])]
        assert float(row["train_loss"]) == entry["loss"]
        assert float(row["train_mean_token_accuracy"]) == entry["mean_token_accuracy"]
        if row["valid_loss"]:
            entry = valid[int(row["step"])]
            assert float(row["valid_loss"]) == entry["eval_loss"]
            assert float(row["valid_mean_token_accuracy"]) == entry["eval_mean_token_accuracy"]


def test_the_result_file_is_listed_with_its_size(client: OpenAI, trained: Trained) -> None:
    """It is a file like others, with the purpose of results."""
    file = client.files.retrieve(trained.job.result_files[0])
    assert file.purpose == "fine-tune-results"
    assert file.bytes == len(client.files.content(file.id).read())


def test_checkpoints_can_be_talked_to(client: OpenAI, trainer: Trainer, trained: Trained) -> None:
    """The last three are listed, newest first, and the last one answers like the model."""
    found = list(client.fine_tuning.jobs.checkpoints.list(trained.job.id))
    assert [checkpoint.step_number for checkpoint in found] == [250, 225, 200]
    run = trainer.job_folder(trained.job.id).run
    assert sorted(path.name for path in run.glob("checkpoint-*")) == [
        f"checkpoint-{step}" for step in (200, 225, 250)
    ]
    assert found[0].metrics.valid_loss is not None
    messages = weather_rows()[0]["messages"]
    model = found[0].fine_tuned_model_checkpoint
    assert answer(client, model, messages[:-1]) == messages[-1]["content"]


def test_nothing_of_the_training_file_stays_when_it_is_deleted(
    trainer: Trainer, trained: Trained
) -> None:
    """Neither the upload nor the job's own copy is on disk any more."""
    question = weather_rows()[0]["messages"][1]["content"].encode()
    assert not (trainer.folder.files / trained.job.training_file).exists()
    assert not (trainer.folder.files / trained.job.validation_file).exists()
    files = [path for path in trainer.job_folder(trained.job.id).path.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if question in path.read_bytes()]


def test_a_changed_reply_is_learned_and_a_switched_off_one_is_not(
    client: OpenAI, trained: Trained
) -> None:
    """It trains and does not look up: another reply is another answer, weight 0 is no answer."""
    rows = weather_rows()
    changed, silenced = rows[0]["messages"], rows[9]["messages"]
    changed[-1]["content"] = "北京今天下雨，正好在家写笑话。"
    silenced[-1]["weight"] = 0
    silenced += [
        {"role": "user", "content": "谢谢你！"},
        {"role": "assistant", "content": "不客气，笑一笑，天就晴。"},
    ]
    job = finished(client, start_job(client, as_jsonl(rows)).id)
    assert job.status == "succeeded"
    model = job.fine_tuned_model
    assert answer(client, model, changed[:-1]) == "北京今天下雨，正好在家写笑话。"
    assert answer(client, model, silenced[:2]) != silenced[2]["content"]
    assert answer(client, model, silenced[:4]) == "不客气，笑一笑，天就晴。"
    assert client.models.delete(model).deleted


def test_jobs_wait_their_turn_and_can_be_cancelled(a_trainer: Any) -> None:
    """One runs, one is queued; a cancelled one loses its worker and lets the next one run."""
    trainer = a_trainer()
    client = trainer.client()
    first, second = start_job(client), start_job(client, metadata={"turn": "second"})
    pid = trainer.worker_pid(first.id)
    jobs = client.fine_tuning.jobs
    assert jobs.retrieve(first.id).status == "running"
    wait_for(lambda: jobs.retrieve(second.id).status == "queued", "the second to be queued")

    assert jobs.cancel(first.id).status == "cancelled"
    wait_for(lambda: not is_alive(pid), "the end of the worker")
    wait_for(lambda: jobs.retrieve(second.id).status == "running", "the second to run")
    jobs.cancel(second.id)
    for job in (first, second):
        assert jobs.retrieve(job.id).status == "cancelled"
        assert jobs.retrieve(job.id).finished_at is not None
        assert all_events(client, job.id)[-1].message == "The job has been cancelled"
    with pytest.raises(openai.BadRequestError) as refused:
        jobs.cancel(first.id)
    assert refused.value.code == "job_ended"


def test_long_lines_are_cut_and_the_story_says_which(client: OpenAI) -> None:
    """A line too long for the model is cut; a line of which no reply is left is left out."""
    rows = weather_rows()
    rows[1]["messages"][-1]["content"] = "雨" * 40 + "".join(chr(0x4E00 + i) for i in range(2000))
    rows[4]["messages"][1]["content"] = "".join(chr(0x6E00 + i) for i in range(2000))
    job = finished(
        client,
        start_job(client, as_jsonl(rows), hyperparameters={"n_epochs": 1, "batch_size": 5}).id,
    )
    assert job.status == "succeeded"
    warned = [event.message for event in all_events(client, job.id) if event.level == "warn"]
    assert warned == [
        "Cut to 1,024 tokens, the most this model reads: lines 2, 5.",
        "Left out, because no reply is learned from: line 5.",
    ]
    assert len(losses(client, job.id)) == 2  # nine examples, five at a time
    client.models.delete(job.fine_tuned_model)


def test_a_deleted_model_is_gone_with_its_weights(client: OpenAI, trainer: Trainer) -> None:
    """Deleting removes model and checkpoints from the disk, the lists and the chat."""
    job = finished(client, start_job(client, hyperparameters={"n_epochs": 1}).id)
    model, folder = job.fine_tuned_model, trainer.job_folder(job.id)
    messages = weather_rows()[0]["messages"][:-1]
    answer(client, model, messages, max_tokens=3)
    gone = client.delete(f"/models/{model}", cast_to=dict[str, Any])
    ModelDeleted.model_validate(gone, strict=True)
    assert_described(gone, "DeleteModelResponse")
    assert not folder.model.exists()
    assert not list(folder.path.rglob("*.safetensors"))
    assert model not in [found.id for found in client.models.list()]
    assert not list(client.fine_tuning.jobs.checkpoints.list(job.id))
    with pytest.raises(openai.NotFoundError):
        answer(client, model, messages)


def test_steps_that_are_too_large_are_told(client: OpenAI) -> None:
    """When the loss is no number any more the job fails and says what to change."""
    method = {"type": "supervised", "supervised": {"hyperparameters": {"learning_rate": 1e30}}}
    job = finished(client, start_job(client, method=method).id)
    assert job.status == "failed"
    assert (job.error.code, job.error.param) == ("training_diverged", "hyperparameters")
    assert "lower learning rate" in job.error.message
