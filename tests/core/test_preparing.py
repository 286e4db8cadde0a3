"""core/preparing.py: whoever makes rows ready, the same stands in the database, or nothing."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from core_builders import a_row
from hypothesis import example, given
from hypothesis import strategies as st

from core import preparing, processes
from core.editing import DEFAULT_PRICED_FOR, change_checks, undo_change
from core.errors import Stopped
from core.examples import Example
from core.importing import Reader, guess_recipe, read_by
from core.jsonl import read_jsonl
from core.storage import Project, Store
from core.storage.content import hash_content, write_content
from core.tasks import Advance, unwatched
from core.transfer import import_examples, read_preview

ROOT = Path(__file__).resolve().parents[2]
OURS = "You joke about the weather."
TABLES = (
    "examples", "example_findings", "example_tags", "token_counts", "part_sums", "mark_sums",
    "finding_sums", "token_sums", "reply_sums", "change_items", "unreadable_lines",
)  # fmt: skip
OF_THE_DAY = ("project_id", "change_id")


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a short file is cut, at every few lines."""
    monkeypatch.setattr(preparing, "ALONE_BYTES", 0)
    monkeypatch.setattr(preparing, "PART_BYTES", 2_000)


def a_file(folder: Path, ending: bytes = b"\n") -> Path:
    """Some parts, with copies, broken lines, odd messages, Chinese, and half a character."""
    rows = [a_row(user=f"Question {n % 90}?", assistant=f"天气 {n % 90}") for n in range(300)]
    rows[50] = a_row(system="Another one.", user="half \ud83d")
    rows[80] = {"messages": [*a_row()["messages"], {"role": "system", "content": "Late."}]}
    rows[120] = {"tools": [], **a_row(user=" ")}
    rows[150]["messages"][2]["weight"] = 0
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode().splitlines(keepends=True)
    lines[7::60] = [b"{\n"] * len(lines[7::60])
    path = folder / "rows.jsonl"
    path.write_bytes(b"".join(lines).replace(b"\n", ending))
    return path


def a_reader(path: Path, *, by_recipe: bool) -> Reader:
    """As the page reads it, by a recipe, or as a script does."""
    with path.open("rb") as file:
        return read_by(guess_recipe(file, path.name)) if by_recipe else read_jsonl


def bring_in(
    store: Store, project: Project, path: Path, reader: Reader, advance: Advance = unwatched
) -> Any:
    """Import a file from the disk, its common instructions shared."""
    with path.open("rb") as file:
        preview = read_preview(file, path.name, reader)
        return import_examples(store, project, file, preview, share_system=True, advance=advance)


def a_project(store: Store) -> Project:
    """A new one, in which a check is switched off."""
    project = store.create_project("Mine", priced_for=DEFAULT_PRICED_FOR)
    return change_checks(store, project, lambda checks: checks.switched("extra_keys", on=False))


def all_of(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that stands in the database about examples."""
    found = {}
    with closing(sqlite3.connect(store.path)) as conn:
        for table in TABLES:
            columns = [column for _, column, *_ in conn.execute(f"PRAGMA table_info({table})")]
            some = ", ".join(column for column in columns if column not in OF_THE_DAY)
            query = f"SELECT {some} FROM {table}"  # noqa: S608  # ours
            found[table] = sorted(conn.execute(query), key=repr)
        found["words"] = conn.execute("SELECT rowid, words FROM example_texts").fetchall()
        found["sums"] = conn.execute(
            "SELECT examples, duplicates, revision FROM projects"
        ).fetchall()
    return found


def imported(folder: Path, path: Path, reader: Reader) -> dict[str, list[tuple[Any, ...]]]:
    """All that an import leaves in a new database."""
    folder.mkdir()
    with Store.open(f"sqlite:///{folder / 'rows.db'}") as store:
        bring_in(store, a_project(store), path, reader)
        return all_of(store)


@pytest.mark.parametrize("apart", [False, True], ids=["a copy", "a program"])
@pytest.mark.parametrize("by_recipe", [False, True])
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_what_is_shared_is_what_one_makes_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: bytes, by_recipe: bool, apart: bool
) -> None:
    """Rows, findings, tokens, words, history and sums, whoever made them ready."""
    path = a_file(tmp_path, ending)
    reader = a_reader(path, by_recipe=by_recipe)
    expected = imported(tmp_path / "alone", path, reader)
    monkeypatch.setattr(preparing, "ALONE_BYTES", 0)
    monkeypatch.setattr(preparing, "PART_BYTES", 2_000)
    if apart:
        monkeypatch.setattr(processes, "_copy", processes._start_apart)
    assert imported(tmp_path / "shared", path, reader) == expected
    assert len(expected["examples"]) == 295
    assert len(expected["unreadable_lines"]) == 5
    assert expected["sums"][0][1] > 0


@pytest.mark.usefixtures("small_parts")
def test_a_shared_import_is_undone_as_one(store: Store, tmp_path: Path) -> None:
    """And redone: the sums are those of an empty project, then those of before."""
    project, path = a_project(store), a_file(tmp_path)
    change = bring_in(store, project, path, read_jsonl)
    before = all_of(store)
    undone = undo_change(store, project, change.id)
    assert store.load_project(project.id).examples == 0
    assert all_of(store)["token_sums"] == []
    undo_change(store, project, undone.id)
    after = all_of(store)
    for name in set(before) - {"examples", "change_items", "sums"}:
        assert after[name] == before[name]
    assert after["sums"][0][:2] == before["sums"][0][:2]


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("enough", [1, 20_000])
def test_a_shared_import_that_is_stopped_leaves_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, enough: int
) -> None:
    """And nobody goes on with it."""
    ended = []
    start = processes._start_others

    def watched(*asked: Any) -> list[Any]:
        def ending(other: Any) -> Any:
            return processes._Other(other.line, lambda: ended.append(other.end()))

        return [ending(other) for other in start(*asked)]

    monkeypatch.setattr(processes, "_start_others", watched)
    project, path, done = a_project(store), a_file(tmp_path), 0

    def stop(more: int) -> None:
        nonlocal done
        done += more
        if done >= enough:
            raise Stopped

    with pytest.raises(Stopped):
        bring_in(store, project, path, read_jsonl, stop)
    assert store.load_project(project.id).examples == 0
    assert store.last_change(project.id) is None
    assert len(ended) == 1


KILLED = """
import os, signal, sys
sys.path[:0] = [sys.argv[1], sys.argv[2]]
from pathlib import Path
from core import preparing
from core.jsonl import read_jsonl
from core.storage import Store
from test_preparing import a_project, bring_in
preparing.ALONE_BYTES, preparing.PART_BYTES = 0, 2_000
done = 0
def die(more):
    global done
    done += more
    if done > 30_000:
        os.kill(os.getpid(), signal.SIGKILL)
with Store.open(sys.argv[3]) as store:
    project = a_project(store)
    print(project.id, flush=True)
    bring_in(store, project, Path(sys.argv[4]), read_jsonl, die)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows ends no process so")
def test_a_kill_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    """The next who opens the project finds it empty and sound, and can import again."""
    path, address = a_file(tmp_path), f"sqlite:///{tmp_path / 'rows.db'}"
    command = [sys.executable, "-c", KILLED, str(ROOT), str(Path(__file__).parent), address, path]
    killed = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    with Store.open(address) as store:
        project = store.load_project(killed.stdout.strip())
        assert project.examples == 0
        assert all_of(store)["words"] == []
        bring_in(store, project, path, read_jsonl)
        assert store.count_rows(project.id) == 295


def test_what_is_no_file_of_lines_is_read_by_one(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list on many lines cannot be cut at any of them."""
    monkeypatch.setattr(preparing, "ALONE_BYTES", 0)
    monkeypatch.setattr(preparing, "map_shared", None)  # nobody is asked
    path = tmp_path / "rows.json"
    path.write_text(json.dumps([a_row(user=str(n)) for n in range(20)], indent=1))
    project = a_project(store)
    bring_in(store, project, path, a_reader(path, by_recipe=True))
    assert store.count_rows(project.id) == 20
    bring_in(store, project, path, read_jsonl)
    assert store.count_rows(project.id) == 40


texts = st.text() | st.text(alphabet='ab"\\/\n\r\t\x00\x1f\x7f\u2028é天\U0001f600\ud800')
values = texts | st.integers(-(2**70), 2**70) | st.none() | st.lists(texts, max_size=2)
messages = st.dictionaries(texts, texts, max_size=4) | st.dictionaries(texts, values, max_size=3)


@given(st.lists(messages, max_size=3), st.dictionaries(texts, values, max_size=1))
@example([{"role": "user", "content": "\x7f"}], {})
def test_the_short_way_writes_what_the_long_way_does(
    said: list[dict[str, Any]], extra: dict[str, Any]
) -> None:
    """Content and hash are to the byte what Python's own encoder makes of an example."""
    one = Example.from_json({"messages": said, **{f"x{key}": text for key, text in extra.items()}})
    assert write_content(one) == json.dumps(one.to_json(), ensure_ascii=False)
    written = json.dumps(one.to_json(), sort_keys=True, separators=(",", ":"))
    assert hash_content(one) == sha256(written.encode()).digest()[:16]
