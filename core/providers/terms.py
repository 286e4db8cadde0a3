"""What every place we know takes of a file and reads of it, also where we cannot train yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.dialects import Dialect
from core.providers.profiles import (
    Model,
    Profile,
    load_profiles,
    load_tables,
    read_dialect,
)

SURE = ("ours", "high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a place's rules were read and when, and how sure they are, one of `SURE`.

    ours: it is our own code; high: in its own documents or code, or measured; medium: some of it
    from others or assumed; low: all is assumed. Figure by figure it stands in the TOML file.
    """

    url: str
    as_of: date
    sure: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What a place takes of a file, and what the base model at hand reads of an example.

    model: the base model, "" where it is whatever is usual there; token_limit: the most tokens it
    reads, None where nobody says; encoding: how its tokens are counted, exactly or nearly so;
    max_file_bytes, max_examples: None where there is no limit that we know of.
    """

    id: str
    name: str
    dialect: Dialect
    source: Source
    min_examples: int
    max_examples: int | None
    max_file_bytes: int | None
    model: str
    token_limit: int | None
    encoding: str
    exact: bool


def load_terms(priced_for: str = "") -> tuple[Terms, ...]:
    """All places: those where one can train, in the order of the profiles, then by name.

    `priced_for` is "profile:model": at that place that base model counts, elsewhere the first one.
    A server that could be any comes last.
    """
    profiles = sorted(load_profiles(), key=lambda profile: profile.any_model is not None)
    known = [_terms_of(profile, priced_for) for profile in profiles if profile.any_model is None]
    anyone = [_terms_of(profile, priced_for) for profile in profiles if profile.any_model]
    tables = load_tables().items()
    others = [_read_terms(name, table) for name, table in tables if not table.get("trains", True)]
    return (*known, *sorted(others, key=lambda terms: terms.name), *anyone)


def _terms_of(profile: Profile, priced_for: str) -> Terms:
    table = load_tables()[profile.id]
    model = _model_at(profile, priced_for)
    return Terms(
        id=profile.id,
        name=profile.name,
        dialect=profile.dialect,
        source=Source(**table["source"]),
        min_examples=profile.min_examples,
        max_examples=None,
        max_file_bytes=profile.max_file_bytes,
        model=model.id,
        token_limit=model.token_limit if profile.models else None,
        encoding=model.encoding,
        exact=model.exact,
    )


def _model_at(profile: Profile, priced_for: str) -> Model:
    """The base model that the project is reckoned with, where it is at this place."""
    place, _, model_id = priced_for.partition(":")
    if place == profile.id and model_id:
        found = profile.find_model(model_id)
        if found is not None:
            return found
    return profile.models[0] if profile.models else profile.model("")


def _read_terms(name: str, table: Mapping[str, Any]) -> Terms:
    reads = table["reads"]
    return Terms(
        id=name,
        name=table["name"],
        dialect=read_dialect(table["dialect"]),
        source=Source(**table["source"]),
        min_examples=table["min_examples"],
        max_examples=table.get("max_examples"),
        max_file_bytes=table.get("max_file_bytes"),
        model=reads.get("model", ""),
        token_limit=reads.get("token_limit"),
        encoding=reads["encoding"],
        exact=reads["exact"],
    )
