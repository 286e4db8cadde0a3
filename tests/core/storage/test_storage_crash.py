"""Nothing acknowledged is lost, and many may write at once."""

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from storage_builders import a_project, a_put, a_store, fill, questions

from core.storage import Store

ROOT = Path(__file__).parents[3]

BURST = """
import sys
sys.path[:0] = [sys.argv[1], sys.argv[2]]
from itertools import count
from storage_builders import a_put
from core.storage import Store

store = Store.open(sys.argv[3])
row = int(sys.argv[5])
for n in count():
    store.apply_change(sys.argv[4], "edit", [a_put(f"edit {n}", id=row), a_put(f"new {n}")])
    print(n, flush=True)
"""

OPENING = """
import sys
sys.path[:0] = [sys.argv[1]]
from core.storage import Store
with Store.open(sys.argv[2]) as store:
    store.create_project("made here", priced_for="openai:gpt-4o-mini")
"""


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    """A Python process of its own that runs `code`."""
    command = [sys.executable, "-c", code, str(ROOT), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("enough", [1, 20, 60])
def test_every_acknowledged_edit_survives_a_kill(tmp_path, enough):
    """A process killed in a burst of edits loses none that it had reported as done."""
    address = f"sqlite:///{tmp_path / 'tonesmith.db'}"
    with Store.open(address) as store:
        project = a_project(store)
        (row,) = fill(store, project, "first")
    with start(BURST, Path(__file__).parent, address, project.id, row) as burst:
        acknowledged = next(n for n in map(int, burst.stdout) if n >= enough)
        burst.send_signal(signal.SIGKILL)
        acknowledged = max([acknowledged, *map(int, burst.stdout.read().split())])
    assert burst.returncode == -signal.SIGKILL
    with Store.open(address) as store:
        edited, *added = questions(store, project)
    last = int(edited.removeprefix("edit "))
    # One more may have reached the disk unannounced, and then it is whole.
    assert last in {acknowledged, acknowledged + 1}
    assert added == [f"new {n}" for n in range(last + 1)]


def test_two_processes_open_a_new_database_at_once(tmp_path):
    """Whoever comes first migrates, and the others find it done."""
    address = f"sqlite:///{tmp_path / 'tonesmith.db'}"
    processes = [start(OPENING, address) for _ in range(3)]
    for process in processes:
        process.communicate()
    assert [process.returncode for process in processes] == [0, 0, 0]
    with Store.open(address) as store:
        assert len(store.load_projects()) == 3


def test_threads_edit_at_once(tmp_path):
    """Edits from several threads all arrive, each as a change of its own."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        ids = fill(store, project, *(f"q{n}" for n in range(4)))

        def edit_and_add(thread: int) -> None:
            for n in range(15):
                edit = a_put(f"{thread}: {n}", id=ids[thread])
                store.apply_change(project.id, "edit", [edit])
                store.apply_change(project.id, "add", [a_put(f"new {thread}: {n}")])
                assert store.count_rows(project.id) >= 4 + n

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(edit_and_add, range(4)))
        found = questions(store, project)
        assert found[:4] == [f"{thread}: 14" for thread in range(4)]
        assert sorted(found[4:]) == sorted(f"new {t}: {n}" for t in range(4) for n in range(15))
        assert len(store.load_changes(project.id, limit=1000)) == 1 + 4 * 30
