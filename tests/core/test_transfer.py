"""core/transfer.py: files become examples and come out again, and nothing on the way is lost."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from core_builders import MARV, WEATHER_JOKES, a_row, jsonl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.dialects import Dialect
from core.editing import DEFAULT_PRICED_FOR, facts_in, undo_change
from core.errors import Stopped
from core.examples import APPROVED
from core.exporting import FILE_KINDS, PREFERENCE, FileKind
from core.importing import guess_recipe, read_by
from core.learned import REFUSED, SWITCHED_OFF, UNREADABLE, Tally, tally
from core.previewing import LISTED, SHOWN
from core.providers.profiles import load_profile
from core.selection import Selection, count_asked
from core.storage import Amend, Change, Project, Put, Store
from core.templates import TEMPLATES, Template
from core.transfer import (
    ImportPreview,
    create_project,
    export_lines,
    export_to,
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


def take_out(store: Store, project: Project, dialect: Dialect | None = None) -> bytes:
    """The whole export; with a dialect, of what it takes."""
    now = store.load_project(project.id)
    return b"".join(export_lines(store, now, Selection(dialect=dialect)))


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
    broken = next(finding for finding in preview.errors if finding.code == "invalid_json")
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
    assert len(preview.errors) == LISTED
    assert preview.codes["invalid_json"] == LISTED + 10


def preview_of(content: bytes, name: str) -> ImportPreview:
    """What is shown of a file that is read as its content says."""
    return read_preview(BytesIO(content), name, read_by(guess_recipe(BytesIO(content), name)))


def test_many_notes_hide_no_error() -> None:
    """Each sort is listed in part, and counted whole."""
    preview = read_preview(BytesIO(b"\n" * (LISTED + 10) + BROKEN), "f")
    assert [finding.code for finding in preview.errors] == ["truncated_line"]
    assert (len(preview.notes), preview.noted) == (LISTED, LISTED + 10)


def test_a_row_with_nothing_in_its_columns_is_kept(store: Store) -> None:
    """Its words stand elsewhere; they are counted and not thrown away."""
    content = b"question,answer,remark\nq,a,\n,,call back\n"
    preview, project = preview_of(content, "x.csv"), a_project(store)
    assert (preview.unreadable, preview.tally.dropped) == (1, 1)
    import_examples(store, project, BytesIO(content), preview, share_system=False)
    assert [k.raw for k in store.load_unreadable_lines(project.id)] == [b",,call back"]


@pytest.mark.parametrize("name", ["excel-half-sheet.xlsx", "hf-cut.parquet"])
def test_the_lost_rest_of_a_damaged_file_is_counted(name: str) -> None:
    """Nobody is told that nothing was dropped; but there is no text that could be kept."""
    preview = preview_of((WEATHER_JOKES.parent / "imports" / name).read_bytes(), name)
    assert (preview.unreadable, preview.kept, preview.tally.dropped) == (1, 0, 1)


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
    assert take_out(store, project, local) == jsonl(sound)
    assert take_out(store, project, openai) == jsonl(sound, tool)
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


def many(count: int) -> bytes:
    """A file of so many lines."""
    return jsonl(*(a_row(user=f"Question {n}?") for n in range(count)))


def a_folder(beside: Path) -> Path:
    """An empty one."""
    (beside / "out").mkdir()
    return beside / "out"


def stop(done: int) -> None:
    """What a person's Stop does to long work."""
    raise Stopped


def marked(store: Store, project: Project, **marks: Any) -> list[int]:
    """Mark every second example; the ids of those."""
    facts = facts_in(project)
    ids = [row.id for row in store.iterate_rows(project.id)][::2]
    edit = lambda now: replace(now, **marks)  # noqa: E731
    store.apply_change(project.id, "edit", [Amend(row_id, edit, facts) for row_id in ids])
    return ids


# The count, of the bytes that go out


def test_a_preview_counts_what_would_be_learned(store: Store) -> None:
    """Replies, those switched off, what the place refuses and what cannot be read."""
    off = {"messages": [{"role": "user", "content": "U"},
                        {"role": "assistant", "content": "A", "weight": 0}]}  # fmt: skip
    content = jsonl(a_row(), off, a_row(assistant="")) + BROKEN + b"\n\n"
    project = store.create_project("P", priced_for="this_computer:local/tiny-scratch")
    told = read_preview(BytesIO(content), "f", project=project).tally
    assert told == Tally(1, 1, 1, {SWITCHED_OFF: 1, REFUSED: 1, UNREADABLE: 1})
    assert (told.conversations, told.dropped) == (4, 3)


def test_what_was_promised_of_an_import_goes_out(store: Store) -> None:
    """The count of the preview is that of the file that the project is exported as."""
    content = jsonl(a_row(), a_row(assistant=""), a_row(system=None)) + BROKEN
    project = a_project(store)
    promised = read_preview(BytesIO(content), "f", project=project)
    import_examples(store, project, BytesIO(content), promised, share_system=True)
    dialect = load_profile("openai").dialect
    gone = tally(take_out(store, project).splitlines(), dialect)
    assert gone.replies == promised.tally.replies == 2
    assert gone.dropped + promised.unreadable == promised.tally.dropped == 2


# Stop, and how far it is


def test_reading_tells_how_far_it_is(store: Store) -> None:
    """In bytes: of the file once, and in an import once for each of its passes."""
    content = many(1_200) + BROKEN
    told: list[int] = []
    preview = read_preview(BytesIO(content), "f", advance=told.append)
    assert (sum(told), preview.passes) == (len(content), 2)
    assert len(told) > 2
    told.clear()
    import_examples(store, a_project(store), BytesIO(content), preview, share_system=False,
                    advance=told.append)  # fmt: skip
    assert sum(told) == 2 * len(content)


@pytest.mark.parametrize("after", [0, 1, 2, 3, 4])
def test_an_import_that_is_stopped_leaves_nothing(store: Store, after: int) -> None:
    """Neither examples nor instructions nor unreadable lines, whenever it is stopped."""
    content = many(1_200) + BROKEN
    project = a_project(store)
    preview = read_preview(BytesIO(content), "f")
    told: list[int] = []

    def stop_then(done: int) -> None:
        told.append(done)
        if len(told) > after:
            raise Stopped

    with pytest.raises(Stopped):
        import_examples(store, project, BytesIO(content), preview, share_system=True,
                        advance=stop_then)  # fmt: skip
    now = store.load_project(project.id)
    assert (now.examples, now.system_prompt, store.last_change(project.id)) == (0, "", None)
    assert store.count_unreadable_lines(project.id) == 0
    with pytest.raises(Stopped):
        read_preview(BytesIO(content), "f", advance=stop)


# Files; the one for pairs holds nothing of what has no worse reply.
KINDS = [kind for kind in FILE_KINDS.values() if kind.id != PREFERENCE]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_a_file_is_described_by_its_report(store: Store, tmp_path: Path, kind: FileKind) -> None:
    """How many examples, why others are not in it, its size and fingerprint, what is learned."""
    project = a_project(store)
    turns = {"messages": [*a_row()["messages"], *a_row(system=None)["messages"]]}
    extra = {**a_row(), "tools": []}
    bring_in(store, project, jsonl(a_row(), turns, extra, a_row(assistant=""), a_row("=1", "+")))
    project = store.load_project(project.id)
    told: list[int] = []
    path = a_folder(tmp_path) / "out"
    openai = Selection("ready", dialect=load_profile("openai").dialect)
    report = export_to(path, store, project, kind, openai, advance=told.append)
    content = path.read_bytes()
    left_out = {"jsonl": {}, "sharegpt": {}, "alpaca": {}, "parquet": {"extras": 1}}
    assert report.left_out == {
        "errors": 1, **left_out.get(kind.id, {"turns": 1, "extras": 1})
    }  # fmt: skip
    assert report.examples == 5 - report.left_out.total()
    assert (report.size, report.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert report.tally.learned_conversations == report.examples
    assert report.tally.replies == report.examples + ("turns" not in report.left_out)
    assert sum(told) == count_asked(store, project, openai) == 5
    assert list(path.parent.iterdir()) == [path]


def test_what_stays_behind_is_told(store: Store, tmp_path: Path) -> None:
    """A worse reply that only a file of pairs has a place for; what reviewers put on an example."""
    project = a_project(store)
    pair = {
        "input": {"messages": [{"role": "user", "content": "Rain?"}]},
        "preferred_output": [{"role": "assistant", "content": "Cats."}],
        "non_preferred_output": [{"role": "assistant", "content": "No."}],
    }
    content = jsonl(pair, {**pair, "input": {"messages": [{"role": "user", "content": "Snow?"}]}})
    recipe = guess_recipe(BytesIO(content), "pairs.jsonl")
    preview = read_preview(BytesIO(content), "pairs.jsonl", read_by(recipe))
    import_examples(store, project, BytesIO(content), preview, share_system=False)
    first = next(store.iterate_rows(project.id))
    marked = first.example.with_note("ask Ann")
    store.apply_change(project.id, "note", [Put(marked, facts_in(project)(marked), id=first.id)])
    project = store.load_project(project.id)
    reports = {
        kind: export_to(tmp_path / kind, store, project, FILE_KINDS[kind])
        for kind in ("jsonl", PREFERENCE)
    }
    assert reports["jsonl"].stays == {"rejected": 2, "marks": 1}
    assert reports[PREFERENCE].stays == {"marks": 1}
    assert (tmp_path / PREFERENCE).read_bytes() == content


def test_the_count_of_an_export_is_that_of_its_bytes(store: Store, tmp_path: Path) -> None:
    """Counted once more from the file it is the same."""
    project = a_project(store)
    bring_in(store, project, jsonl(a_row(), a_row(assistant=""), a_row(system=None)))
    path = tmp_path / "out.jsonl"
    report = export_to(path, store, store.load_project(project.id), FILE_KINDS["jsonl"])
    with path.open("rb") as lines:
        assert tally(lines, load_profile("openai").dialect) == report.tally
    assert report.tally == Tally(2, 2, 0, {REFUSED: 1})


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_what_an_export_promises_an_import_finds(
    store: Store, tmp_path: Path, kind: FileKind
) -> None:
    """Whatever the file is: as many conversations and replies as were said to be in it."""
    project = a_project(store)
    turns = {"messages": [*a_row()["messages"], *a_row(system=None)["messages"]]}
    bring_in(store, project, jsonl(a_row(), turns, a_row(user="=1", assistant="好")) + many(1_100))
    project = store.load_project(project.id)
    path = tmp_path / f"out.{kind.ending}"
    report = export_to(path, store, project, kind)
    told: list[int] = []
    with path.open("rb") as file:
        reader = read_by(guess_recipe(file, path.name))
        found = read_preview(file, path.name, reader, project=project, advance=told.append)
    assert found.tally == report.tally
    assert (found.examples, found.unreadable) == (report.examples, 0)
    assert 0 < sum(told) < 2 * report.size


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_an_export_that_is_stopped_leaves_what_was_there(
    store: Store, tmp_path: Path, kind: FileKind
) -> None:
    """Neither half a file nor a part beside it."""
    project = a_project(store)
    bring_in(store, project, many(600))
    path = a_folder(tmp_path) / "out"
    path.write_bytes(b"before")
    with pytest.raises(Stopped):
        export_to(path, store, store.load_project(project.id), kind, advance=stop)
    assert path.read_bytes() == b"before"
    assert list(path.parent.iterdir()) == [path]


def test_a_full_file_says_so(store: Store, tmp_path: Path) -> None:
    """What comes after the last row that a sheet has is counted."""
    project = a_project(store)
    bring_in(store, project, many(5))
    kind = replace(FILE_KINDS["csv"], most=3)
    report = export_to(tmp_path / "out", store, store.load_project(project.id), kind)
    assert (report.examples, report.left_out) == (3, {"full": 2})


# What to take


def test_approved_and_held_out_examples_can_be_taken_alone(store: Store) -> None:
    """By state of review, by part, and by both."""
    project = a_project(store)
    bring_in(store, project, many(6))
    marked(store, project, review=APPROVED)
    every_second = [json.loads(line) for line in many(6).splitlines()][::2]

    def taken(**chosen: Any) -> list[Any]:
        now, selection = store.load_project(project.id), Selection(**chosen)
        lines = list(export_lines(store, now, selection))
        assert len(lines) == count_asked(store, now, selection)
        return [json.loads(line) for line in lines]

    assert taken(which="approved") == every_second
    assert taken(which="approved", part="validation") == taken(part="validation") == []
    ids = marked(store, project, held_out=True)
    assert taken(part="validation") == taken(which="approved") == every_second
    assert taken(which="approved", part="training") == []
    assert len(taken(part="training")) == 3
    assert taken(which="found", ids=tuple(ids[::-1])) == every_second[::-1]


def test_rows_that_were_found_go_out_in_their_order(store: Store) -> None:
    """But for those that are gone, and those of the other part."""
    project = a_project(store)
    bring_in(store, project, many(4))
    ids = [row.id for row in store.iterate_rows(project.id)]
    held = marked(store, project, held_out=True)
    lines = many(4).splitlines(keepends=True)

    def taken(*ids: int, part: str = "all") -> list[bytes]:
        found = Selection("found", part, ids=ids)
        return list(export_lines(store, store.load_project(project.id), found))

    assert taken(ids[3], 10_000, ids[1]) == [lines[3], lines[1]]
    assert taken(*ids, part="validation") == [lines[ids.index(row_id)] for row_id in held]
    assert taken() == []


@pytest.mark.parametrize("wrong", [("some", "all"), ("all", "some"), ("ready", "all")])
def test_there_is_no_other_selection(wrong: tuple[str, str]) -> None:
    """A slip of ours is not taken for everything."""
    with pytest.raises(ValueError, match=r"selection|place"):
        Selection(*wrong)
