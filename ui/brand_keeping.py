"""Keeping brand rules: what changes the list, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from core.brand.values import BrandRule
from core.editing import checks_in, save_checks
from core.storage import Project, Store
from ui.undo import offer_brand

Rules: TypeAlias = tuple[BrandRule, ...]


def save_brand(store: Store, project_id: str, rules: Rules) -> None:
    """Keep these rules; what else the project wants stays as it is by now."""
    project = store.load_project(project_id)
    save_checks(store, project, replace(checks_in(project), brand=rules))


def change_brand(
    store: Store,
    project: Project,
    change: Callable[[Rules], Rules],
    sentence: str = "",
) -> None:
    """Change the rules as they stand by now; with a sentence, it can be taken back."""
    before = checks_in(store.load_project(project.id)).brand
    after = change(before)
    save_brand(store, project.id, after)
    if sentence and after != before:
        offer_brand((project.id, before), sentence)
