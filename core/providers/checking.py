"""What works at a place to train, found out by looking only: nothing is uploaded or started."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from core.errors import (
    AuthenticationFailed,
    PermissionRefused,
    ProviderError,
    RateLimited,
    Rejected,
)
from core.jobs import RemoteModel
from core.providers.place import Place

QUESTION = [{"role": "user", "content": "Hi"}]
TUNED = "ft:"
# Names of models that do not chat; a question to one would only say so.
NOT_FOR_CHAT = ("embed", "rerank", "whisper", "tts", "moderation", "dall-e", "image", "davinci")
# No answer to the first question: there will be none to the others either.
SILENT = frozenset({"cannot_connect", "no_answer_in_time", "connection_lost", "address_refused"})


class Works(StrEnum):
    """Whether something works."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: `words` is the key of its sentence in `locales/`, `params` fill it."""

    what: str  # address, key, models, files, jobs, chat
    works: Works
    words: str
    params: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """What works there, in the order in which one thing needs another."""

    checks: tuple[Check, ...]
    models: tuple[str, ...] = ()

    @property
    def first_failure(self) -> Check | None:
        """What to mend first, if anything is wrong with the address or the key."""
        vital = [check for check in self.checks if check.what in {"address", "key"}]
        return next((check for check in vital if check.works is Works.NO), None)

    def __getitem__(self, what: str) -> Check:
        """The check of this name."""
        return next(check for check in self.checks if check.what == what)


def check_connection(
    client: Place, *, has_key: bool = True, ask_a_model: bool = False
) -> ConnectionReport:
    """Look at everything a training needs.

    has_key: whether a person gave a key, which a refusal is worded by; ask_a_model: whether one
    question of one token may be asked, which can cost money.
    """
    models = _attempt(client.list_models)
    if isinstance(models, ProviderError) and (
        models.code in SILENT or isinstance(models, AuthenticationFailed)
    ):
        return _cut_short(models, has_key)
    files = _attempt(client.look_at_files)
    jobs = _attempt(client.look_at_jobs)
    answers = [models, files, jobs]
    refusal = next((a for a in answers if isinstance(a, AuthenticationFailed)), None)
    if refusal is not None:
        return _cut_short(refusal, has_key)
    address = _address(answers)
    if address.works is Works.NO:
        return _report(address)
    listed = [] if isinstance(models, ProviderError) else models
    return _report(
        address,
        Check("key", Works.YES, "check.key_accepted" if has_key else "check.key_not_needed"),
        _models(models),
        _offered("files", files),
        _offered("jobs", jobs),
        _chat(client, listed, ask_a_model=ask_a_model),
        models=tuple(model.id for model in listed),
    )


def _attempt(call: Callable[[], Any]) -> Any:
    """What it returns, or the error it ends in."""
    try:
        return call()
    except ProviderError as problem:
        return problem


def _report(*checks: Check, models: tuple[str, ...] = ()) -> ConnectionReport:
    """The checks, with those that could not be made yet."""
    made = {check.what for check in checks}
    order = ("address", "key", "models", "files", "jobs", "chat")
    rest = [Check(w, Works.UNKNOWN, "check.not_yet") for w in order if w not in made]
    return ConnectionReport((*checks, *rest), models)


def _cut_short(problem: ProviderError, has_key: bool) -> ConnectionReport:
    """Nobody answers, or not without another key: there is nothing more to find out."""
    if not isinstance(problem, AuthenticationFailed):
        return _report(_failed("address", problem))
    words = "error.key_refused" if has_key else "check.key_wanted"
    return _report(
        Check("address", Works.YES, "check.address_answers"),
        Check("key", Works.NO, words, problem.params),
    )


def _failed(what: str, problem: ProviderError, works: Works = Works.NO) -> Check:
    return Check(what, works, f"error.{problem.code}", problem.params)


def _address(answers: Sequence[Any]) -> Check:
    """Whether what answers is such a service at all: one good answer is enough to say so."""
    problems = [answer for answer in answers if isinstance(answer, ProviderError)]
    answered = isinstance(problems[0], (PermissionRefused, RateLimited)) if problems else True
    if answered or len(problems) < len(answers):
        return Check("address", Works.YES, "check.address_answers")
    first = problems[0]
    if all(isinstance(problem, Rejected) for problem in problems):
        return Check("address", Works.NO, "check.address_wrong_path", first.params)
    if first.code == "unreadable_answer":
        return Check("address", Works.NO, "check.address_not_openai", first.params)
    return _failed("address", first)


def _models(answer: list[RemoteModel] | ProviderError) -> Check:
    if isinstance(answer, ProviderError):
        return _offered("models", answer)
    if not answer:
        return Check("models", Works.UNKNOWN, "check.models_none")
    return Check("models", Works.YES, "check.models_some", {"n": len(answer)})


def _offered(what: str, answer: object) -> Check:
    """Works where a list came back; an answer that is none, or none at all, says why."""
    if not isinstance(answer, ProviderError):
        return Check(what, Works.YES, f"check.{what}_work")
    if isinstance(answer, PermissionRefused):
        return _failed(what, answer)
    if isinstance(answer, Rejected) or answer.code == "unreadable_answer":
        return Check(what, Works.NO, f"check.{what}_missing", answer.params)
    return _failed(what, answer, Works.UNKNOWN)


def _unasked(listed: Sequence[RemoteModel]) -> Check:
    model = model_to_ask([model.id for model in listed])
    words = "check.chat_unasked" if model else "check.chat_nobody"
    return Check("chat", Works.UNKNOWN, words, {"model": model} if model else {})


def _chat(client: Place, listed: Sequence[RemoteModel], *, ask_a_model: bool) -> Check:
    """One question of one token, to whoever is likeliest to answer."""
    if "chat" not in client.profile.offers:
        return Check("chat", Works.UNKNOWN, "check.chat_after_deploy")
    model = model_to_ask([model.id for model in listed])
    if model is None or not ask_a_model:
        return _unasked(listed)
    try:
        client.chat(model, QUESTION, max_tokens=1)
    except (Rejected, PermissionRefused) as problem:
        if problem.code == "base_has_no_weights":
            return Check("chat", Works.YES, "check.chat_after_training")
        missing = problem.code == "not_found_there"
        return Check("chat", Works.NO if missing else Works.UNKNOWN, "check.chat_refused",
                     {"model": model, **problem.params})  # fmt: skip
    except ProviderError as problem:
        return _failed("chat", problem, Works.UNKNOWN)
    return Check("chat", Works.YES, "check.chat_works", {"model": model})


def model_to_ask(models: Sequence[str]) -> str | None:
    """A tuned model, which surely chats, else the first whose name does not say otherwise."""
    talking = [m for m in models if not any(word in m.lower() for word in NOT_FOR_CHAT)]
    return next((model for model in talking if model.startswith(TUNED)), next(iter(talking), None))
