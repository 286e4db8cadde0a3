"""Places to train, as data: one TOML file each, read into frozen values.

A file that says `trains = false` tells only what a place takes: `core.providers.terms` reads it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from core.dialects import Dialect
from core.errors import NotFound

FOLDER = Path(__file__).resolve().parent
THIS_COMPUTER = "this_computer"
# What a place may have or not: a validation file, a name's ending and a seed of one's own; pausing;
# checkpoints to look at, to talk to and to delete; an id of ours that a job carries; talking to
# tuned models at the same address; results as a file.
OFFERS = frozenset(
    {"validation", "suffix", "seed", "pause", "checkpoints", "checkpoint_chat",
     "checkpoint_delete", "metadata", "chat", "results"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Epochs:
    """How a provider picks the number of passes when none is asked for.

    `target` passes; more, up to `highest`, while examples × passes stays below `examples_min`;
    fewer, down to 1, where it would exceed `examples_max`. Where a provider's rule is not `known`,
    one pass is reckoned.
    """

    target: int
    highest: int
    examples_min: int = 0
    examples_max: int | None = None
    known: bool = True


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens, with the day and place they were read; None is unknown.

    least: what a job costs at the least, in US dollars, however few tokens it has.
    """

    training: float | None
    input: float | None
    output: float | None
    as_of: date | None
    source: str
    least: float = 0.0


@dataclass(frozen=True, slots=True)
class Hyperparameter:
    """A setting under the provider's own name, with its allowed range, in the provider's unit.

    auto: what is taken there when nothing is asked for; None where nobody says, or it depends.
    """

    name: str
    minimum: float
    maximum: float
    auto: float | None = None

    @property
    def is_factor(self) -> bool:
        """Whether it is a multiple of the place's own value, and not the value itself."""
        return self.name.endswith("multiplier")


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a training takes there: seconds of waiting, and tokens learned in a second.

    A rough range, with the day and place it was read; jobs of one's own say it better.
    """

    waiting_low: float
    waiting_high: float
    tokens_low: float
    tokens_high: float
    as_of: date
    source: str


@dataclass(frozen=True, slots=True)
class Deploy:
    """What has to be done there before a tuned model answers; `code` names the sentence."""

    code: str
    url: str


@dataclass(frozen=True, slots=True)
class Closing:
    """A day on which something ends; `code` names the sentence in `locales/`.

    ends: `jobs` where nobody can start one from that day on, `tuned` where models tuned there
    answer no longer, "" where it concerns only some.
    """

    code: str
    on: date
    ends: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """A base model: how its tokens are counted and billed, and how long an example may be.

    closed_on: from that day on nobody can train it; dark_on: from that day on what was tuned from
    it does not answer; pace, auto_rate: how long training takes and which learning rate is taken
    by itself, where they differ from the profile's; by_heart: whether it is meant to learn its
    examples by heart, so that what it does on others is no measure of it.
    """

    id: str
    train_as: str
    encoding: str
    exact: bool  # whether `encoding` is the model's own, or stands in for one not known yet
    token_limit: int
    billed_per_example: int  # tokens billed beside 3 + role + content of each message
    price: Price
    epochs: Epochs
    closed_on: date | None
    dark_on: date | None = None
    pace: Pace | None = None
    auto_rate: float | None = None
    by_heart: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """A place to train. Hyperparameters carry the names and units the provider gives them.

    Where `any_model` is given, the models are read from the server, and it says what is assumed of
    each. Where `address_like` is given, each customer has an address there that looks like it: such
    a profile has none of its own, and many connections can share it.

    adapter: who speaks with it, see `core.providers.adapters`; address_path: what is put behind an
    address that was typed without any path; offers: which of the API's possibilities it has, see
    `OFFERS`; extra_body: what goes along with each request for a job; fixed: hyperparameters that
    are always sent; billed_validations: how often the validation examples are gone through for
    money; notes: what one should know before sending examples there, each the name of a sentence.
    """

    id: str
    name: str
    base_url: str
    key_variable: str
    needs_key: bool
    max_file_bytes: int
    min_examples: int
    suffix_max: int
    dialect: Dialect
    n_epochs: Hyperparameter
    batch_size: Hyperparameter
    learning_rate: Hyperparameter
    closings: tuple[Closing, ...]
    models: tuple[Model, ...]
    any_model: Model | None = None
    adapter: str = "openai"
    address_like: str = ""
    address_path: str = ""
    offers: frozenset[str] = OFFERS
    extra_body: Mapping[str, Any] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    pace: Pace | None = None
    deploy: Deploy | None = None
    billed_validations: int = 0
    notes: tuple[str, ...] = ()

    @property
    def is_added(self) -> bool:
        """Whether a person adds connections to it, with an address of their own."""
        return bool(self.address_like)

    def model(self, model_id: str) -> Model:
        """The base model under `model_id`, also by the provider's dated name.

        Raises:
            NotFound: `unknown_model`.
        """
        found = self.find_model(model_id)
        if found is None:
            raise NotFound("unknown_model", model=model_id)
        return found

    def find_model(self, model_id: str) -> Model | None:
        """The same; None where there is no such model, or none any more."""
        for model in self.models:
            if model_id in {model.id, model.train_as}:
                return model
        if self.any_model is not None:
            return replace(self.any_model, id=model_id, train_as=model_id)
        return None

    def pace_of(self, model: Model) -> Pace | None:
        """How long training takes there; None where nobody knows."""
        return model.pace or self.pace


def load_profile(profile_id: str) -> Profile:
    """One profile.

    Raises:
        NotFound: `unknown_profile`.
    """
    for profile in load_profiles():
        if profile.id == profile_id:
            return profile
    raise NotFound("unknown_profile", profile=profile_id)


@cache
def load_profiles() -> tuple[Profile, ...]:
    """All profiles, by name: this computer first, then those with an address, then the others."""
    tables = load_tables().items()
    profiles = [_read_profile(name, table) for name, table in tables if table.get("trains", True)]
    return tuple(sorted(profiles, key=lambda p: (p.id != THIS_COMPUTER, p.is_added, p.name)))


def find_model(model_id: str) -> tuple[Profile, Model]:
    """The first profile that has the base model, one where it is not shut before others.

    Raises:
        NotFound: `unknown_model`, with all the names that are known.
    """
    models = [(profile, model) for profile in load_profiles() for model in profile.models]
    found = [each for each in models if model_id in {each[1].id, each[1].train_as}]
    if not found:
        known = ", ".join(model.id for _, model in models)
        raise NotFound("unknown_model", model=model_id, known=known)
    return min(found, key=lambda each: each[1].closed_on is not None)


@cache
def load_tables() -> Mapping[str, Mapping[str, Any]]:
    """What stands in every file, by its name without the ending."""
    paths = sorted(FOLDER.glob("*.toml"))
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in paths}


def read_dialect(table: Mapping[str, Any]) -> Dialect:
    """A dialect from its table; lists become sets, and what is left out is as published."""
    sets = {name: frozenset(value) for name, value in table.items() if isinstance(value, list)}
    return Dialect(**{**table, **sets})


def _read_profile(name: str, table: Mapping[str, Any]) -> Profile:
    any_model = table.get("any_model")
    return Profile(
        id=name,
        name=table["name"],
        base_url=table["base_url"],
        key_variable=table["key_variable"],
        needs_key=table["needs_key"],
        max_file_bytes=table["max_file_bytes"],
        min_examples=table["min_examples"],
        suffix_max=table["suffix_max"],
        dialect=read_dialect(table["dialect"]),
        n_epochs=Hyperparameter(**table["hyperparameters"]["n_epochs"]),
        batch_size=Hyperparameter(**table["hyperparameters"]["batch_size"]),
        learning_rate=Hyperparameter(**table["hyperparameters"]["learning_rate"]),
        closings=tuple(Closing(**closing) for closing in table.get("closings", [])),
        models=tuple(_read_model(model, table) for model in table.get("models", [])),
        any_model=_read_model({"id": "", **any_model}, table) if any_model else None,
        adapter=table.get("adapter", "openai"),
        address_like=table.get("address_like", ""),
        address_path=table.get("address_path", ""),
        offers=frozenset(table["offers"]) if "offers" in table else OFFERS,
        extra_body=table.get("extra_body", {}),
        fixed=table.get("fixed", {}),
        pace=Pace(**table["pace"]) if "pace" in table else None,
        deploy=Deploy(**table["deploy"]) if "deploy" in table else None,
        billed_validations=table.get("billed_validations", 0),
        notes=tuple(table.get("notes", ())),
    )


def _read_model(table: Mapping[str, Any], profile: Mapping[str, Any]) -> Model:
    price = table.get("price", {})
    return Model(
        id=table["id"],
        train_as=table.get("train_as", table["id"]),
        encoding=table["encoding"],
        exact=table.get("exact", True),
        token_limit=table["token_limit"],
        billed_per_example=table["billed_per_example"],
        price=Price(
            training=price.get("training"),
            input=price.get("input"),
            output=price.get("output"),
            as_of=price.get("as_of"),
            source=price.get("source", ""),
            least=price.get("least", 0.0),
        ),
        epochs=Epochs(**table.get("epochs", profile.get("epochs"))),
        closed_on=table.get("closed_on"),
        dark_on=table.get("dark_on"),
        auto_rate=table.get("auto_rate"),
        by_heart=table.get("by_heart", False),
        pace=Pace(**table["pace"]) if "pace" in table else None,
    )
