"""core/transfer.py: files become examples and come out again, and nothing on the way is lost."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from core_builders import MARV, WEATHER_JOKES, a_row, jsonl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.editing import DEFAULT_PRICED_FOR, facts_in, undo_change
from core.providers.profiles import load_profile
from core.storage import Change, Project, Store
from core.templates import TEMPLATES, Template
from core.transfer import (
    LISTED,
    SHOWN,
    create_project,
    export_lines,
    import_examples,
    read_preview,
)

BROKEN = b'{"messages": [oops'


def a_project(store: Store) -> Project:
    """An empty project."""
    return store.create_project("Mine", priced_for=DEFAULT_PRICED_FOR)


def bring_in(
    store: Store, project: Project, content: bytes, *, share: bool = False
) -> Change | None:
    """Import a file's content as accepting its preview does."""
    preview = read_preview(BytesIO(content), "file.jsonl")
    return import_examples(store, project, BytesIO(content), preview, share_system=share)


def take_out(store: Store, project: Project, **only: Any) -> bytes:
    """The whole export."""
    return b"".join(export_lines(store, store.load_project(project.id), **only))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.id)
def test_an_unchanged_template_comes_out_byte_for_byte(store: Store, template: Template) -> None:
    """What was split into instructions and examples is put together again exactly."""
    project = create_project(store, "T", template)
    assert project.system_prompt
    assert take_out(store, project) == template.path.read_bytes()


@pytest.mark.parametrize("share", [True, False])
@pytest.mark.parametrize("file", [WEATHER_JOKES, MARV], ids=lambda file: file.stem)
def test_a_published_file_comes_out_byte_for_byte(store: Store, file: Any, share: bool) -> None:
    """Shared instructions or each with its own: the export is the same."""
    project = a_project(store)
    bring_in(store, project, file.read_bytes(), share=share)
    assert bool(store.load_project(project.id).system_prompt) is share
    assert take_out(store, project) == file.read_bytes()


roles = st.sampled_from(["system", "user", "assistant", "tool", "developer"])
values = st.none() | st.text(max_size=8) | st.integers() | st.lists(st.text(max_size=3), max_size=2)
message = st.fixed_dictionaries({"role": roles}, optional={"content": values, "name": values})
row = st.fixed_dictionaries(
    {"messages": st.lists(message, min_size=1, max_size=4)},
    optional={"tools": values, "id": values},
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(row, min_size=1, max_size=4), st.booleans())
def test_whatever_is_brought_in_comes_out_the_same(
    store: Store, written: list[dict[str, Any]], share: bool
) -> None:
    """Odd roles, several instructions, foreign keys: every value is in the export again."""
    project = a_project(store)
    bring_in(store, project, jsonl(*written), share=share)
    found = [json.loads(line) for line in take_out(store, project).splitlines()]
    assert found == written


def test_a_second_system_message_is_never_dropped(store: Store) -> None:
    """Sharing takes away only what inheriting gives back."""
    written = a_row()
    written["messages"].append({"role": "system", "content": "From now on, whisper."})
    written["messages"].append({"role": "assistant", "content": "…"})
    project = a_project(store)
    bring_in(store, project, jsonl(written, written), share=True)
    assert [json.loads(line) for line in take_out(store, project).splitlines()] == [written] * 2


def test_a_preview_says_what_a_file_holds() -> None:
    """How many examples, how many lines without one, the first of them, and what they share."""
    content = jsonl(*(a_row(user=f"Question {n}?") for n in range(5))) + BROKEN + b"\n\n"
    preview = read_preview(BytesIO(content), "file.jsonl")
    assert (preview.source, preview.examples, preview.unreadable) == ("file.jsonl", 5, 1)
    assert len(preview.first) == SHOWN
    assert preview.shared_system == "You joke about the weather."
    broken = next(finding for finding in preview.findings if finding.code == "invalid_json")
    assert broken.place.line == 6
    assert preview.codes["invalid_json"] == 1


@pytest.mark.parametrize("others", [{"system": "Another."}, {"system": None}])
def test_instructions_that_differ_are_not_shared(others: dict[str, str | None]) -> None:
    """One example with its own, or with none, and there is nothing in common."""
    content = jsonl(a_row(), a_row(**others), a_row())
    assert read_preview(BytesIO(content), "f").shared_system == ""


def test_a_file_of_nothing_but_faults_is_counted_whole_and_listed_in_part() -> None:
    """A broken megabyte does not flood the page."""
    preview = read_preview(BytesIO((BROKEN + b"\n") * (LISTED + 10)), "f")
    assert (preview.examples, preview.unreadable) == (0, LISTED + 10)
    assert len(preview.findings) == LISTED
    assert preview.codes["invalid_json"] == LISTED + 10


def test_an_import_is_one_change_that_can_be_undone(store: Store) -> None:
    """Undo takes away its examples and gives back the instructions that stood before."""
    project = store.create_project("M", system_prompt="Mine.", priced_for=DEFAULT_PRICED_FOR)
    change = bring_in(store, project, jsonl(a_row(), a_row(user="And you?")), share=True)
    assert change is not None
    assert change.params == {"source": "file.jsonl", "examples": 2}
    assert store.load_project(project.id).system_prompt == "You joke about the weather."
    undo_change(store, project, change.id)
    after = store.load_project(project.id)
    assert (after.examples, after.system_prompt) == (0, "Mine.")


def test_lines_that_cannot_be_read_are_kept_as_they_came(store: Store) -> None:
    """With the name of the file, the number of the line, the reason and every byte."""
    project = a_project(store)
    content = jsonl(a_row()) + BROKEN + b"\xff\n" + b'"no object"\n'
    bring_in(store, project, content)
    kept = store.load_unreadable_lines(project.id)
    assert [(k.source, k.line, k.raw) for k in kept] == [
        ("file.jsonl", 2, BROKEN + b"\xff"), ("file.jsonl", 3, b'"no object"'),
    ]  # fmt: skip
    assert store.load_project(project.id).examples == 1


def test_a_file_without_any_example_still_keeps_its_lines(store: Store) -> None:
    """Nothing is added, no change is recorded, and nothing is thrown away."""
    project = a_project(store)
    assert bring_in(store, project, BROKEN) is None
    assert [line.raw for line in store.load_unreadable_lines(project.id)] == [BROKEN]


def test_only_what_a_place_takes_can_be_taken_out(store: Store) -> None:
    """An empty reply is left out, and so is what this dialect alone refuses."""
    tool = {"messages": [{"role": "user", "content": "U"}, {"role": "tool", "content": "T"},
                         {"role": "assistant", "content": "A"}]}  # fmt: skip
    sound, empty = a_row(), a_row(assistant="")
    project = a_project(store)
    bring_in(store, project, jsonl(sound, empty, tool))
    local, openai = (load_profile(name).dialect for name in ("this_computer", "openai"))
    assert take_out(store, project, without_errors=local) == jsonl(sound)
    assert take_out(store, project, without_errors=openai) == jsonl(sound, tool)
    assert take_out(store, project) == jsonl(sound, empty, tool)


def test_imported_examples_are_checked_and_counted(store: Store) -> None:
    """Every row comes with its facts, so that no total is missing anything."""
    project = a_project(store)
    bring_in(store, project, jsonl(a_row(assistant=""), a_row()))
    encoding = "o200k_base"
    assert store.count_uncounted(project.id, encoding) == 0
    row = next(iter(store.load_rows(project.id, encoding=encoding)))
    assert {found.code for found in row.findings} == {
        found.code for found in facts_in(project)(row.example).findings
    }
