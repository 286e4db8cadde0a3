"""Builders for tests against a real trainer in a process of its own, through the real SDK."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openai import DefaultHttpxClient, OpenAI

from trainer.folders import DataFolder, JobFolder

REPO = Path(__file__).resolve().parents[2]
WEATHER = REPO / "tests" / "data" / "weather-jokes.jsonl"
BASE = "local/tiny-scratch"
SEED = 7
ENDED = {"succeeded", "failed", "cancelled"}
PATIENCE_SECONDS = 240  # only to end a test that hangs; nothing asserts how long anything takes


def wait_for(seen: Callable[[], Any], what: str) -> Any:
    """The first true value of `seen`."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if value := seen():
            return value
        time.sleep(0.05)
    raise AssertionError(f"waited in vain for {what}")


@dataclass
class Trainer:
    """A server over a data folder; it can be ended, killed and started again."""

    path: Path
    options: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)  # beside our own
    process: subprocess.Popen[str] | None = None
    url: str = ""
    clients: list[OpenAI] = field(default_factory=list)

    def start(self) -> Trainer:
        """Start it and read its address."""
        command = [sys.executable, "-m", "trainer", "--port", "0", "--data", str(self.path)]
        self.process = subprocess.Popen(
            [*command, *self.options],
            cwd=REPO,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        return self

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send it a signal and wait for its end; its exit status."""
        process, self.process = self.process, None
        if process is None:
            return 0
        process.send_signal(number)
        status = process.wait(PATIENCE_SECONDS)
        if process.stdout is not None:
            process.stdout.close()
        for client in self.clients:
            client.close()
        self.clients.clear()
        return status

    def kill(self) -> None:
        """End it as a power cut would."""
        self.end(signal.SIGKILL)

    @property
    def folder(self) -> DataFolder:
        """Its data folder."""
        return DataFolder(self.path)

    def client(self, key: str | None = None) -> OpenAI:
        """The real SDK, speaking to it."""
        client = OpenAI(
            api_key=key or self.folder.key.read_text(),
            base_url=self.url,
            max_retries=0,
            http_client=DefaultHttpxClient(trust_env=False),
        )
        self.clients.append(client)
        return client

    def job_folder(self, job_id: str) -> JobFolder:
        """Where a job lies."""
        return self.folder.job(job_id)

    def worker_pid(self, job_id: str) -> int:
        """The process id of a job's worker, once it has one."""
        path = self.job_folder(job_id).pid
        return int(wait_for(lambda: path.exists() and path.read_text(), "a worker"))


def weather_rows() -> list[dict[str, Any]]:
    """The ten weather jokes."""
    return [json.loads(line) for line in WEATHER.read_text(encoding="utf-8").splitlines()]


def as_jsonl(rows: list[Any]) -> bytes:
    """Rows as the bytes of a training file."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def upload(client: OpenAI, content: bytes | None = None) -> str:
    """Upload a training file, the weather jokes unless told otherwise; its id."""
    content = WEATHER.read_bytes() if content is None else content
    return client.files.create(file=("train.jsonl", content), purpose="fine-tune").id


def start_job(client: OpenAI, content: bytes | None = None, **more: Any) -> Any:
    """Start a job on a fresh upload."""
    wanted = {"model": BASE, "seed": SEED, **more}
    return client.fine_tuning.jobs.create(training_file=upload(client, content), **wanted)


def finished(client: OpenAI, job_id: str) -> Any:
    """The job once it has ended."""

    def ended() -> Any:
        job = client.fine_tuning.jobs.retrieve(job_id)
        return job if job.status in ENDED else None

    return wait_for(ended, f"the end of {job_id}")


def all_events(client: OpenAI, job_id: str) -> list[Any]:
    """A job's whole story, oldest first, through every page of the list."""
    return list(client.fine_tuning.jobs.list_events(job_id, limit=100))[::-1]


def losses(client: OpenAI, job_id: str) -> dict[int, float]:
    """The training loss of every step that was reported."""
    metrics = [e.data for e in all_events(client, job_id) if e.type == "metrics"]
    return {data["step"]: data["train_loss"] for data in metrics}


def answer(client: OpenAI, model: str, messages: list[Any], **more: Any) -> str:
    """The model's reply, the likeliest one unless told otherwise."""
    options = {"temperature": 0, **more}
    reply = client.chat.completions.create(model=model, messages=messages, **options)
    return reply.choices[0].message.content or ""


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that is ended and not yet buried does not."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat")
        return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


@dataclass(frozen=True)
class Trained:
    """The shared job, and the story of its curve."""

    job: Any
    losses: dict[int, float]
