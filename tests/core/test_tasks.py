"""core/tasks.py: long work beside the pages; stopped, it has done nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from core.editing import DEFAULT_PRICED_FOR, undo_change
from core.errors import BadInput
from core.examples import Example
from core.exporting import FILE_KINDS
from core.jsonl import Line, write_line
from core.storage import Project, Store
from core.tasks import Task, find_task, forget_task, start_task, unwatched
from core.transfer import export_to, import_examples, read_preview

PATIENCE = 30  # seconds until something that does not end is stuck


@pytest.fixture(autouse=True)
def no_task_left() -> Iterator[None]:
    """Each test begins without tasks under the keys it uses."""
    yield
    for key in ("work", "other"):
        if task := find_task(key):
            task.stop()
            assert task.wait(PATIENCE)
        forget_task(key)


def ended(task: Task[object]) -> Task[object]:
    """The task, once it has ended."""
    assert task.wait(PATIENCE)
    return task


def test_what_the_work_returns_is_the_result() -> None:
    """And anybody who knows the key finds it, until it is forgotten."""
    task = ended(start_task("work", lambda task: 42))
    assert (task.state, task.result, task.problem) == ("done", 42, None)
    assert find_task("work") is task
    forget_task("work")
    assert find_task("work") is None


def test_it_says_how_far_it_is() -> None:
    """In the units of the work, and as a share where it is known how many there are."""
    task = ended(start_task("work", lambda task: [task.advance(n) for n in (1, 2)], total=4))
    assert (task.done, task.share) == (3, 0.75)
    unknown = ended(start_task("other", lambda task: task.advance(7)))
    assert (unknown.done, unknown.share, unknown.seconds_left) == (7, None, None)


def test_stopped_it_ends_at_its_next_word() -> None:
    """`advance` raises in the work, which lets it pass."""
    begun, go_on = threading.Event(), threading.Event()
    after: list[str] = []

    def work(task: Task[None]) -> None:
        begun.set()
        assert go_on.wait(PATIENCE)
        task.advance(1)
        after.append("never")

    task = start_task("work", work)
    assert begun.wait(PATIENCE)
    task.stop()
    assert task.is_stopping
    go_on.set()
    assert ended(task).state == "stopped"
    assert after == []
    assert not task.is_stopping


def test_stopped_too_late_it_is_done() -> None:
    """Work that says no more comes to its end."""
    task = ended(start_task("work", lambda task: task.stop()))
    assert task.state == "done"


def test_a_fault_is_kept_for_who_asks() -> None:
    """One of ours with its code; any other as one that can be told, never as a traceback."""

    def refuse(task: Task[None]) -> None:
        raise BadInput("bad_pattern", place=3)

    task = ended(start_task("work", refuse))
    assert task.state == "failed"
    assert task.problem is not None
    assert (task.problem.code, task.problem.params) == ("bad_pattern", {"place": 3})
    task = ended(start_task("other", lambda task: 1 // 0))
    assert task.state == "failed"
    assert task.problem is not None
    assert task.problem.code == "task_failed"


def test_two_presses_begin_one_piece_of_work() -> None:
    """While it runs, the same key is the same task; afterwards it is another."""
    go_on = threading.Event()
    first = start_task("work", lambda task: go_on.wait(PATIENCE))
    assert start_task("work", lambda task: True) is first
    forget_task("work")
    assert find_task("work") is first  # it runs: there is nothing to forget yet
    go_on.set()
    ended(first)
    assert start_task("work", lambda task: True) is not first


def some_lines(count: int) -> bytes:
    """A file of that many examples."""
    return b"".join(
        write_line(
            Example.from_json(
                {"messages": [{"role": "user", "content": f"How is day {n}?"},
                              {"role": "assistant", "content": "Fine."}]}
            )
        )
        for n in range(count)
    )  # fmt: skip


def a_project(store: Store, content: bytes = b"") -> Project:
    """A project with these examples."""
    project = store.create_project("Days", priced_for=DEFAULT_PRICED_FOR)
    if content:
        preview = read_preview(BytesIO(content), "days.jsonl")
        import_examples(store, project, BytesIO(content), preview, share_system=False)
    return store.load_project(project.id)


def stop_after(task: Task[object], count: int) -> None:
    """As a person who presses Stop when so much is done."""
    if task.done >= count:
        task.stop()


def test_a_stopped_import_leaves_nothing(store: Store) -> None:
    """Neither an example nor a line of history nor a kept line, though half of it was written."""
    project = a_project(store)
    content = some_lines(1_200) + b"broken\n"
    preview = read_preview(BytesIO(content), "days.jsonl")

    def work(task: Task[object]) -> object:
        def lines(file: BytesIO) -> Iterator[Line]:
            for line in preview.reader(file):
                yield line
                task.advance(1)
                stop_after(task, 900)

        watched = replace(preview, reader=lines)
        return import_examples(store, project, BytesIO(content), watched, share_system=False)

    assert ended(start_task("work", work, total=1_200)).state == "stopped"
    after = store.load_project(project.id)
    assert (after.examples, list(store.iterate_rows(project.id))) == (0, [])
    assert store.load_changes(project.id) == []
    assert store.count_unreadable_lines(project.id) == 0
    assert after.edited_at == project.edited_at


def test_a_stopped_undo_puts_nothing_back(store: Store) -> None:
    """What was added is all still there, and can be taken back later."""
    project = a_project(store, some_lines(1_200))
    (change,) = store.load_changes(project.id)

    def work(task: Task[object]) -> object:
        def advance(done: int) -> None:
            task.advance(done)
            task.stop()

        return undo_change(store, project, change.id, advance)

    assert ended(start_task("work", work)).state == "stopped"
    assert store.load_project(project.id).examples == 1_200
    undo_change(store, project, change.id)
    assert store.load_project(project.id).examples == 0


def test_a_stopped_export_leaves_no_file(store: Store, tmp_path: Path) -> None:
    """Under its name there is what was there before: nothing."""
    project = a_project(store, some_lines(1_200))
    path = tmp_path / "out.jsonl"

    def work(task: Task[object]) -> object:
        def advance(done: int) -> None:
            task.advance(done)
            task.stop()

        kind = FILE_KINDS["jsonl"]
        return export_to(path, store, project, kind, advance=advance)

    assert ended(start_task("work", work)).state == "stopped"
    assert list(tmp_path.glob("out*")) == []


def test_who_does_not_watch_hears_nothing() -> None:
    """The default `advance` takes any word and does nothing."""
    assert unwatched(5) is None
