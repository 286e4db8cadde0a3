"""What the server remembers, in one SQLite file: it survives a kill at any moment."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Sequence
from typing import Any

from trainer.folders import kept_steps
from trainer.records import Record
from trainer.tables import Tables, to_column
from trainer.values import (
    ACTIVE,
    AT_WORK,
    ENDED,
    PAUSED,
    RESULTS,
    SUCCEEDED,
    TRAINING,
    Checkpoint,
    Event,
    File,
    Job,
    Model,
)


class Store(Tables):
    """Files, jobs, events, checkpoints and models."""

    # files

    def add_file(self, file: File) -> None:
        """Remember a file whose bytes are on disk."""
        with self._transaction():
            self._insert("files", file)

    def find_file(self, file_id: str) -> File | None:
        """The file with this id."""
        return self._one(File, "SELECT * FROM files WHERE id = ?", file_id)

    def delete_file(self, file_id: str) -> None:
        """Forget a file."""
        self._run("DELETE FROM files WHERE id = ?", file_id)

    def list_files(
        self, purpose: str | None, after: str | None, limit: int, *, newest_first: bool
    ) -> list[File]:
        """Files after the one with id `after`, at most `limit`."""
        sign, order = ("<", "DESC") if newest_first else (">", "ASC")
        return self._all(
            File,
            "SELECT * FROM files WHERE (:purpose IS NULL OR purpose = :purpose) AND "  # noqa: S608
            f"(:after IS NULL OR seq {sign} (SELECT seq FROM files WHERE id = :after)) "
            f"ORDER BY seq {order} LIMIT :limit",
            {"purpose": purpose, "after": after, "limit": limit},
        )

    # jobs

    def add_job(self, job: Job, *events: Record) -> None:
        """Remember a new job and its first events, before anybody takes it on."""
        with self._transaction():
            self._insert("jobs", job)
            for event in events:
                self._upsert_event(job.id, event)

    def find_job(self, job_id: str) -> Job | None:
        """The job with this id."""
        return self._one(Job, "SELECT * FROM jobs WHERE id = ?", job_id)

    def list_jobs(self, metadata: dict[str, str], after: str | None, limit: int) -> list[Job]:
        """Jobs older than the one with id `after`, newest first, carrying all these pairs."""
        return self._all(
            Job,
            "SELECT * FROM jobs WHERE "
            "(:after IS NULL OR seq < (SELECT seq FROM jobs WHERE id = :after)) "
            "AND NOT EXISTS (SELECT 1 FROM json_each(:wanted) AS wanted WHERE NOT EXISTS ("
            "  SELECT 1 FROM json_each(coalesce(jobs.metadata, '{}')) AS held "
            "  WHERE held.key = wanted.key AND held.value = wanted.value)) "
            "ORDER BY seq DESC LIMIT :limit",
            {"after": after, "wanted": json.dumps(metadata), "limit": limit},
        )

    def list_unsettled_jobs(self) -> list[Job]:
        """Jobs that something must still be done for, oldest first; a paused one rests."""
        rest = {"paused": PAUSED}
        sql = "SELECT * FROM jobs WHERE NOT settled AND status <> :paused ORDER BY seq"
        return self._all(Job, sql, rest)

    def count_active_jobs(self) -> int:
        """How many jobs have neither ended nor been paused."""
        marks = ", ".join("?" * len(AT_WORK))
        row = self._run(f"SELECT count(*) FROM jobs WHERE status IN ({marks})", *AT_WORK)  # noqa: S608
        return int(row[0][0])

    def move_job(
        self,
        job_id: str,
        status: str,
        event: Record,
        since: Collection[str] = ACTIVE,
        **changes: Any,
    ) -> bool:
        """Give a job another status with the event that tells it; False where it is not `since`."""
        if status in ENDED:
            changes = {"finished_at": int(time.time()), **changes}
        with self._transaction():
            job = self.find_job(job_id)
            if job is None or job.status not in since:
                return False
            self._update_job(job_id, {"status": status, **changes})
            self._upsert_event(job_id, event)
            return True

    def change_job(self, job_id: str, **changes: Any) -> None:
        """Set columns that are no news to anybody outside."""
        with self._transaction():
            self._update_job(job_id, changes)

    def apply_records(self, job: Job, records: Sequence[Record], read_bytes: int) -> None:
        """Store what a worker reported, and how far we have read, in one transaction."""
        with self._transaction():
            for record in records:
                self._upsert_event(job.id, record)
                if "checkpoint" in record:
                    self._upsert_checkpoint(job, record["checkpoint"], record["created_at"])
                if self._is_training(job.id):
                    self._apply_effects(job, record)
            self._update_job(job.id, {"read_bytes": read_bytes})

    # events, checkpoints

    def add_event(self, job_id: str, event: Record) -> None:
        """Add to a job's story."""
        with self._transaction():
            self._upsert_event(job_id, event)

    def list_events(self, job_id: str, after: str | None, limit: int) -> list[Event]:
        """A job's events older than the one with id `after`, newest first."""
        return self._all(
            Event,
            "SELECT * FROM events WHERE job_id = :job AND "
            "(:after IS NULL OR seq < (SELECT seq FROM events WHERE id = :after)) "
            "ORDER BY seq DESC LIMIT :limit",
            {"job": job_id, "after": after, "limit": limit},
        )

    def list_checkpoints(self, job_id: str, after: str | None, limit: int) -> list[Checkpoint]:
        """A job's checkpoints before the one with id `after`, the highest step first."""
        return self._all(
            Checkpoint,
            "SELECT * FROM checkpoints WHERE job_id = :job AND "
            "(:after IS NULL OR step < (SELECT step FROM checkpoints WHERE id = :after)) "
            "ORDER BY step DESC LIMIT :limit",
            {"job": job_id, "after": after, "limit": limit},
        )

    def knows(self, table: str, row_id: str) -> bool:
        """Whether a cursor points at something; `table` is one of ours."""
        return bool(self._run(f"SELECT 1 FROM {table} WHERE id = ?", row_id))  # noqa: S608

    # models

    def find_model(self, model_id: str) -> Model | None:
        """The tuned model or checkpoint with this id."""
        return self._one(Model, "SELECT * FROM models WHERE id = ?", model_id)

    def list_models(self) -> list[Model]:
        """The finished models, newest first."""
        return self._all(Model, "SELECT * FROM models WHERE NOT is_checkpoint ORDER BY seq DESC")

    def delete_model(self, model: Model) -> None:
        """Forget a checkpoint; or a finished model and every checkpoint of its job."""
        with self._transaction():
            which, key = ("id", model.id) if model.is_checkpoint else ("job_id", model.job_id)
            self._run(f"DELETE FROM models WHERE {which} = ?", key)  # noqa: S608
            column = "model" if model.is_checkpoint else "job_id"
            self._run(f"DELETE FROM checkpoints WHERE {column} = ?", key)  # noqa: S608

    # inside a transaction

    def _is_training(self, job_id: str) -> bool:
        job = self.find_job(job_id)
        return job is not None and job.status in TRAINING

    def _apply_effects(self, job: Job, record: Record) -> None:
        changes = dict(record.get("job", {}))
        if changes.get("status") in ENDED:
            changes["finished_at"] = record["created_at"]
        if changes.get("status") == SUCCEEDED:
            changes["result_file"] = self._add_results(job, record)
        if changes:
            self._update_job(job.id, changes)

    def _add_results(self, job: Job, record: Record) -> str:
        result, when, folder = record["result_file"], record["created_at"], f"jobs/{job.id}"
        size, path = result["bytes"], f"{folder}/results.csv"
        self._insert("files", File(result["id"], when, "step_metrics.csv", RESULTS, size, path))
        model = Model(job.model, job.id, job.base, when, f"{folder}/model", is_checkpoint=False)
        self._insert("models", model)
        return str(result["id"])

    def _upsert_event(self, job_id: str, event: Record) -> None:
        data = event.get("data")
        self._run(
            "INSERT INTO events (id, job_id, created_at, level, type, message, data, step) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
            "message = excluded.message, data = excluded.data",
            event["id"],
            job_id,
            event["created_at"],
            event["level"],
            event["type"],
            event["message"],
            json.dumps(data) if data else None,
            data.get("step") if data else None,
        )

    def _upsert_checkpoint(self, job: Job, given: dict[str, Any], created_at: int) -> None:
        """Store a checkpoint; those that make room for it the worker removes from disk."""
        step, model = given["step"], given["model"]
        row = Checkpoint(given["id"], job.id, step, created_at, model, given["metrics"])
        path = f"jobs/{job.id}/run/checkpoint-{step}"
        if not self._run("SELECT 1 FROM models WHERE id = ?", model):
            self._insert("checkpoints", row)
            self._insert(
                "models", Model(model, job.id, job.base, created_at, path, is_checkpoint=True)
            )
        listed = self.list_checkpoints(job.id, None, 1000)
        kept = kept_steps({each.step: each.metrics.get("valid_loss") for each in listed})
        for old in (each for each in listed if each.step not in kept):
            self._run("DELETE FROM models WHERE id = ?", old.model)
            self._run("DELETE FROM checkpoints WHERE id = ?", old.id)

    def _update_job(self, job_id: str, changes: dict[str, Any]) -> None:
        """Column names come from our own code and records, never from a request."""
        assignments = ", ".join(f"{name} = ?" for name in changes)
        values = [to_column(name, value) for name, value in changes.items()]
        self._run(f"UPDATE jobs SET {assignments} WHERE id = ?", *values, job_id)  # noqa: S608
