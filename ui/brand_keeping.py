"""Keeping brand rules: what changes the list, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from core.brand.values import BrandRule
from core.editing import change_checks, checks_in
from core.rules import Checks
from core.storage import Project, Store
from ui.undo import offer_brand

Rules: TypeAlias = tuple[BrandRule, ...]


def save_brand(store: Store, project_id: str, rules: Rules) -> None:
    """Keep these rules; what else the project wants stays as it is by now."""
    project = store.load_project(project_id)
    change_checks(store, project, lambda checks: replace(checks, brand=rules))


def change_brand(
    store: Store,
    project: Project,
    change: Callable[[Rules], Rules],
    sentence: str = "",
) -> None:
    """Change the rules as they stand by now; with a sentence, it can be taken back."""
    before: list[Rules] = []

    def edit(checks: Checks) -> Checks:
        before.append(checks.brand)
        return replace(checks, brand=change(checks.brand))

    after = checks_in(change_checks(store, project, edit)).brand
    if sentence and after != before[-1]:
        offer_brand((project.id, before[-1]), sentence)
