"""Every question that can be put to a place to train, once; each profile asks what it offers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from core.jobs import RemoteJob, TrainingRequest
from core.providers.adapters import open_place
from core.providers.place import Place
from core.providers.profiles import THIS_COMPUTER, Profile, load_profiles

MESSAGES = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello"}]
OURS = {"tonesmith_job": "job-1"}

CALLS: Mapping[str, Callable[[Place], Any]] = {
    "look_at_files": lambda place: place.look_at_files(),
    "upload_file": lambda place: place.upload_file(b"{}\n", "train.jsonl"),
    "load_file": lambda place: place.load_file("file-1"),
    "load_result_metrics": lambda place: place.load_result_metrics("file-1"),
    "look_at_jobs": lambda place: place.look_at_jobs(),
    "create_job": lambda place: [create_job(place, one) for one in all_requests(place.profile)],
    "find_jobs": lambda place: place.find_jobs(OURS, "file-1"),
    "list_jobs": lambda place: place.list_jobs(10, "ftjob-1"),
    "load_job": lambda place: place.load_job("ftjob-1"),
    "load_events": lambda place: place.load_events("ftjob-1"),
    "load_checkpoints": lambda place: place.load_checkpoints("ftjob-1"),
    "load_checkpoint_metrics": lambda place: place.load_checkpoint_metrics("ftjob-1"),
    "cancel_job": lambda place: place.cancel_job("ftjob-1"),
    "pause_job": lambda place: place.pause_job("ftjob-1"),
    "resume_job": lambda place: place.resume_job("ftjob-1"),
    "list_models": lambda place: place.list_models(),
    "load_fetch": lambda place: place.load_fetch(place.profile.models[0].id),
    "delete_model": lambda place: place.delete_model("ft:base:ours::1"),
    "chat": lambda place: place.chat("ft:base:ours::1", MESSAGES, 0.5, 100),
    "stream_chat": lambda place: list(place.stream_chat("ft:base:ours::1", MESSAGES)),
    "moderate": lambda place: place.moderate(["Hello"], "omni-moderation-latest"),
    "count_tokens": lambda place: place.count_tokens("m", ["Hello"]),
}
NOT_ASKED = {"close", "train_as"}  # nothing travels for them
NEEDS = {"load_result_metrics": "results", "load_checkpoints": "checkpoints",
         "load_checkpoint_metrics": "checkpoints", "pause_job": "pause",
         "resume_job": "pause", "chat": "chat", "stream_chat": "chat"}  # fmt: skip
ONLY_HERE = {"load_fetch", "count_tokens"}  # what our own trainer has beside the API


def all_profiles() -> list[Profile]:
    """The profiles that speak OpenAI's API."""
    return [profile for profile in load_profiles() if profile.adapter == "openai"]


def offered(profile: Profile) -> list[str]:
    """The questions that are put to such a place."""
    here = profile.id == THIS_COMPUTER
    return [
        name
        for name in CALLS
        if NEEDS.get(name) in {None, *profile.offers} and (here or name not in ONLY_HERE)
    ]


def create_job(place: Place, request: TrainingRequest) -> RemoteJob:
    """Ask for a job, with a file to measure on."""
    validation = "file-2" if "validation" in place.profile.offers else None
    return place.create_job(request, "file-1", validation, OURS)


def all_requests(profile: Profile) -> Iterator[TrainingRequest]:
    """For each model: everything left to the place; then everything at either end of its range."""
    names = [model.id for model in profile.models] or ["a-model"]
    chosen = [profile.n_epochs, profile.batch_size, profile.learning_rate]
    lowest = [setting.minimum for setting in chosen]
    highest = [setting.maximum for setting in chosen]
    for name in names:
        yield TrainingRequest(name)
        for epochs, batch, rate in (lowest, highest):
            suffix = "s" * profile.suffix_max if "suffix" in profile.offers else ""
            seed = 2_147_483_647 if "seed" in profile.offers else None
            yield TrainingRequest(name, int(epochs), int(batch), rate, suffix, seed)


def speaking(profile: Profile, base_url: str, key: str) -> Place:
    """A client of the profile, speaking to that address."""
    return open_place(profile, base_url, key, timeout=10.0)
