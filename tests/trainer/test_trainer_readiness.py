"""Our verdicts for this computer, held to the trainer itself on the same files."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from openai import BadRequestError, OpenAI
from real_trainer import finished, start_job

from trainer.bases import BASES
from trainer.errors import BadTrainingFile
from trainer.examples import check_training_file

FOLDER = Path(__file__).resolve().parents[1] / "data" / "readiness"
ROLES = BASES["local/tiny-scratch"].roles
QUICK = {"hyperparameters": {"n_epochs": 1, "batch_size": 10}}

# Every disagreement is explained in docs/decisions/0028-ready-for.md; none can leave the app.
TAKEN_HERE = {"null-tool-calls.jsonl", "not-a-number.jsonl"}
REFUSED_HERE = {"old-mac-lines.jsonl"}


def verdicts() -> dict[str, str]:
    """By file, what we say of it."""
    with (FOLDER / "expected.csv").open(encoding="utf-8", newline="") as table:
        return {row["file"]: row["this_computer"] for row in csv.DictReader(table)}


def is_taken(path: Path) -> bool:
    """Whether the trainer finds nothing to object to."""
    try:
        check_training_file(path, ROLES)
    except BadTrainingFile:
        return False
    return True


def test_the_trainer_refuses_what_we_say() -> None:
    """All but three of the files, each of which is understood."""
    told = verdicts()
    ours = {name for name, verdict in told.items() if verdict == "refused"}
    theirs = {name for name in told if not is_taken(FOLDER / name)}
    assert theirs == ours - TAKEN_HERE | REFUSED_HERE


@pytest.mark.training
@pytest.mark.parametrize(
    "name", ["weights.jsonl", "too-long.jsonl", "tools-unused.jsonl", "tools.jsonl"]
)
def test_a_job_ends_as_we_say(client: OpenAI, name: str) -> None:
    """Uploaded and started over HTTP: it is trained on, or fails for its file."""
    job = finished(client, start_job(client, (FOLDER / name).read_bytes(), **QUICK).id)
    if verdicts()[name] == "refused":
        assert (job.status, job.error.code) == ("failed", "invalid_training_file")
    else:
        assert job.status == "succeeded"


def test_an_empty_file_is_refused_at_upload(client: OpenAI) -> None:
    """There is nothing that a job could be started with."""
    with pytest.raises(BadRequestError):
        start_job(client, (FOLDER / "empty.jsonl").read_bytes())
