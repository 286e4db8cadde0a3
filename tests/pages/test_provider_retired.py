"""A provider is removed: its file, its module, its tests, a line. What was done there stays."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from a_retired_visit import story
from visits import ARTICLE, ROOT, start

from core.connecting import open_connection
from core.connections import make_connection
from core.jobs import Checkpoint, FineTuningJob, JobEvent, Metric, TrainingRequest
from core.providers.adapters import ADAPTERS
from core.providers.profiles import Profile, load_profiles
from core.storage import Store, data_home
from core.words import say

OWN = "openai"  # the adapter that the house is built on
APP = ("core", "ui", "pages", "locales", "static", "migrations", ".streamlit")
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def some_of_each_kind() -> list[Profile]:
    """One that is spoken with through an adapter of its own, one by data alone, one by address."""
    kinds = {(p.adapter, p.is_added): p for p in load_profiles() if p.needs_key}
    return sorted(kinds.values(), key=lambda profile: profile.id)


def a_copy_without(profile: Profile, folder: Path) -> Path:
    """The app in another folder, without the provider."""
    for name in APP:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "streamlit_app.py", folder)
    (folder / "tests" / "pages").mkdir(parents=True)
    for name in ("visits.py", "a_retired_visit.py"):
        shutil.copy(ROOT / "tests" / "pages" / name, folder / "tests" / "pages")
    (folder / "core" / "providers" / f"{profile.id}.toml").unlink()
    if profile.adapter != OWN:
        remove_adapter(profile.adapter, folder)
    return folder


def remove_adapter(name: str, folder: Path) -> None:
    """Its module and its one line; afterwards nobody speaks of it."""
    module = folder / ADAPTERS[name].replace(".", "/")
    shutil.rmtree(module) if module.is_dir() else module.with_suffix(".py").unlink()
    registry = folder / "core" / "providers" / "adapters.py"
    lines = registry.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if f'"{ADAPTERS[name]}"' not in line]
    assert len(kept) == len(lines) - 1
    registry.write_text("".join(kept), encoding="utf-8")
    last = ADAPTERS[name].rpartition(".")[2]
    code = [p for part in ("core", "ui", "pages") for p in (folder / part).rglob("*.py")]
    assert not [path for path in code if last in path.read_text(encoding="utf-8")]


def jobs_at(store: Store, profile: Profile) -> tuple[str, str]:
    """One job that has ended there, with all that belongs to it, and one that is under way."""
    place_id = profile.id
    if profile.is_added:
        place = make_connection(profile.id, "Our place", "https://127.0.0.1:9/v1", [])
        store.save_connection(place)
        place_id = place.id
    open_connection(store, place_id, lambda _: "key-123456", data_home()).close()
    _, project = start()
    store.save_project(project, priced_for=f"{profile.id}:{profile.models[0].id}")
    snapshot = store.save_snapshot([ARTICLE.read_bytes()], 10)
    ended = FineTuningJob(
        "job-ended", project, place_id, "succeeded", TrainingRequest("some/base"), NOW,
        snapshot_sha256=snapshot.sha256, provider_job_id="ft-1", fine_tuned_model="me/tuned",
        finished_at=NOW, trained_tokens=6810,
    )  # fmt: skip
    running = replace(ended, id="job-running", status="running", provider_job_id="ft-2",
                      fine_tuned_model=None, finished_at=None)  # fmt: skip
    for job in (ended, running):
        store.save_job(job)
        store.save_events(job.id, [JobEvent(f"{job.id}-1", NOW, "info", "It told us this")])
        store.save_metrics(job.id, [Metric(step, train_loss=4 / step) for step in (1, 2, 3)])
        store.save_checkpoints(job.id, [Checkpoint(f"{job.id}-c", 2, "me/tuned:2", NOW)])
    return ended.id, running.id


def what_is_told(app: Path, jobs: tuple[str, str]) -> dict[str, Any]:
    """The visit, in a process that has never seen the provider."""
    done = subprocess.run(
        [sys.executable, "tests/pages/a_retired_visit.py", *jobs],
        cwd=app,
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


@pytest.mark.parametrize("profile", some_of_each_kind(), ids=lambda profile: profile.id)
def test_what_was_done_at_a_removed_provider_stays(
    profile: Profile, store: Store, tmp_path: Path
) -> None:
    """Its jobs keep story, curve and bytes; every page draws, and says that it is gone."""
    jobs = jobs_at(store, profile)
    kept = story(store, store.load_job(jobs[0]))
    told = what_is_told(a_copy_without(profile, tmp_path / "app"), jobs)
    assert told["story"] == kept
    assert told["listed"] == sorted(jobs)
    assert not told["is_known"]
    assert told["refusal"] == "provider_retired"
    assert told["looked"] == "provider_retired"
    assert told["name"] == ("Our place" if profile.is_added else profile.name)
    assert {name: page["is_well"] for name, page in told["pages"].items()} == dict.fromkeys(
        told["pages"], True
    )
    sentence = say("en", "error.provider_retired", name=told["name"])
    chip = say("en", "jobs.provider_retired")
    said = {name: page["words"] for name, page in told["pages"].items()}
    assert said["jobs"].count(chip) == 2
    for page in ("ended", "running"):
        assert chip in said[page] and told["name"] in said[page]
        assert "It told us this" in said[page]
    assert sentence in said["compare"]
    assert (sentence in said["settings"]) == profile.is_added
