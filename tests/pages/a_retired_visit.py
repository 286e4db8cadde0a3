"""A visit to an app that lost a provider, as JSON: run in a copy of the app, with two jobs' ids."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from visits import is_well, visit, words  # noqa: E402

from core.connecting import find_connection, open_connection, profile_of  # noqa: E402
from core.errors import TonesmithError  # noqa: E402
from core.jobs import FineTuningJob  # noqa: E402
from core.providers.place import Place  # noqa: E402
from core.storage import Store, data_home  # noqa: E402
from core.training import look_at_job  # noqa: E402


def story(store: Store, job: FineTuningJob) -> dict[str, Any]:
    """All that is kept of a job, as text and numbers."""
    return {
        "events": [event.message for event in store.load_events(job.id)],
        "curve": [[point.step, point.train_loss] for point in store.load_metrics(job.id)],
        "checkpoints": [point.id for point in store.load_checkpoints(job.id)],
        "bytes": len(store.load_snapshot(job.snapshot_sha256 or "")),
    }


def refusal(store: Store, connection_id: str) -> str:
    """Why the place cannot be spoken with."""
    try:
        connect(store, connection_id)
    except TonesmithError as problem:
        return problem.code
    return ""


def connect(store: Store, connection_id: str) -> Place:
    """As the app does, with a key at hand."""
    return open_connection(store, connection_id, lambda _: "key-123456", data_home())


def tell(ended: str, running: str) -> dict[str, Any]:
    """What core and the pages have to say of the two jobs."""
    with Store.open() as store:
        job = store.load_job(ended)
        place = find_connection(store, job.connection_id)
        told = {
            "is_known": profile_of(place) is not None,
            "name": place.name,
            "refusal": refusal(store, job.connection_id),
            "listed": sorted(each.id for each in store.load_jobs()),
            "story": story(store, job),
        }
    addresses = {
        "jobs": ("jobs", {}),
        "ended": ("jobs", {"job": ended}),
        "running": ("jobs", {"job": running}),
        "compare": ("compare", {"job": ended}),
        "settings": ("settings", {}),
        "train": ("train", {}),
        "home": ("home", {}),
        "editor": ("editor", {}),
        "quality": ("quality", {}),
        "transfer": ("transfer", {}),
    }
    pages = {}
    for name, (page, query) in addresses.items():
        app = visit(page, job.project_id, **query)
        pages[name] = {"is_well": is_well(app), "words": words(app)}
    with Store.open() as store:
        looked = look_at_job(store, lambda: connect(store, place.id), running)
    return {**told, "pages": pages, "looked": looked.look_problem}


if __name__ == "__main__":
    print(json.dumps(tell(*sys.argv[1:])))
