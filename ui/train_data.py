"""What of a project is trained on, and what the model is tested on while it learns."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import streamlit as st

from core.blocking import find_blocking
from core.examples import APPROVED
from core.jsonl import Line, read_jsonl, write_jsonl
from core.providers.profiles import Profile
from core.queries import TRAINING, VALIDATION
from core.selection import ALL, Selection
from core.storage import Part, Project, Store
from ui.parts import show_note
from ui.text import t


@dataclass(frozen=True, slots=True)
class Data:
    """What will be sent: `validation` out of the project, or the bytes of a `file` of its own."""

    training: Selection
    validation: Selection | None = None
    file: bytes | None = None
    tested_on: int = 0  # examples
    held_out: int = 0  # examples of the project that are never learned from
    is_refused: bool = False  # a file was chosen, but cannot be used

    @property
    def approved_only(self) -> bool:
        """Whether what nobody has approved is left out."""
        return self.training.which == APPROVED


def choose_approved(store: Store, project: Project) -> bool:
    """Whether to train on approved examples only; asked where there are any."""
    approved = store.count_part(project.id, Part(APPROVED)).rows
    if not approved:
        return False
    return st.toggle(
        t("train.approved_only", n=approved, total=project.examples),
        key="train_approved", help=t("train.approved_only_help"),
    )  # fmt: skip


def choose_validation(
    store: Store, project: Project, profile: Profile, *, approved_only: bool
) -> Data:
    """The examples held back in the project, unless a file of them is chosen."""
    which = APPROVED if approved_only else ALL
    training = Selection(which, TRAINING)
    held_out = store.count_part(
        project.id, Part(APPROVED if approved_only else None, held_out=True)
    ).rows
    if "validation" not in profile.offers:
        if held_out:
            show_note(t("train.held_out_unused", n=held_out))
        return Data(training, held_out=held_out)
    if held_out:
        show_note(t("train.held_out", n=held_out))
    file = st.file_uploader(
        t("train.validation"), type=["jsonl"], key="train_validation",
        help=t("train.validation_help"),
    )  # fmt: skip
    if file is None:
        validation = Selection(which, VALIDATION) if held_out else None
        return Data(training, validation, tested_on=held_out, held_out=held_out)
    lines = [line for line in read_jsonl(BytesIO(file.getvalue())) if line.raw.strip()]
    if refused := _why_refused(lines, profile):
        st.error(refused)
        return Data(training, is_refused=True, held_out=held_out)
    show_note(t("train.held_out_file", n=len(lines)))
    # What was read, not what was uploaded: an array or UTF-16 is no JSONL to anybody else.
    content = b"".join(write_jsonl(line.example for line in lines if line.example))
    return Data(training, file=content, tested_on=len(lines), held_out=held_out)


def _why_refused(lines: list[Line], profile: Profile) -> str:
    """A sentence about the first line of a file that cannot be trained with, or ""."""
    for line in lines:
        if line.example is None:
            return t("train.validation_bad", n=line.number)
        found = find_blocking(line.example, profile.dialect)
        if found is not None:
            why = t(f"finding.{found.code}.title")
            return t("train.validation_refused", n=line.number, why=why)
    return "" if lines else t("train.validation_bad", n=1)
