"""Tests of core.processes: in order, in turn, and whole whatever becomes of the others."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from core import processes
from core.errors import StorageFailed
from core.processes import map_shared

ROOT = Path(__file__).resolve().parents[2]
killing = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows ends no process so")


def square(number: int) -> int:
    """Something to do, the first of it slowest."""
    time.sleep(0.02 if number == 0 else 0)
    return number * number


def who(_: int) -> int:
    """Which process does it."""
    time.sleep(0.01)
    return os.getpid()


def say_who(number: int) -> int:
    """The same, said aloud."""
    print("at work")
    return who(number)


def die_elsewhere(number: int) -> int:
    """Kill whoever does it, unless it is the process that asked."""
    if number == 3 and str(os.getpid()) != os.environ["ALIVE"]:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.01)
    return number


def refuse(number: int) -> int:
    """Fail in the middle."""
    if number == 7:
        raise LookupError(number)
    return number


@pytest.mark.parametrize("others", [0, 1, 2])
def test_results_come_in_order(others):
    """However long each takes, and whoever does it."""
    assert list(map_shared(square, range(40), 1 + others)) == [n * n for n in range(40)]
    assert list(map_shared(square, [], 1 + others)) == []


def test_others_work_along():
    """Two processes do it, and one of them is this one."""
    found = set(map_shared(who, range(40), 2))
    assert os.getpid() in found
    assert len(found) == 2


@pytest.mark.parametrize("threads", [False, True])
def test_with_other_threads_no_copy_is_made(monkeypatch, threads):
    """A copy would inherit their locks; a program is started instead, and does the same."""
    asked: list[str] = []
    for way in ("_copy", "_start_apart"):
        start = getattr(processes, way)
        monkeypatch.setattr(
            processes,
            way,
            lambda function, way=way, start=start: asked.append(way) or start(function),
        )
    before = threading.active_count()
    done = threading.Event()
    if threads:
        threading.Thread(target=done.wait).start()
    try:
        assert list(map_shared(square, range(5), 2)) == [0, 1, 4, 9, 16]
    finally:
        done.set()
    copies = sys.platform == "linux" and before == 1 and not threads
    assert asked == ["_copy" if copies else "_start_apart"]


@pytest.fixture
def apart(monkeypatch):
    """Programs are started even where copies could be made."""
    monkeypatch.setattr(processes, "_copy", processes._start_apart)


@pytest.mark.usefixtures("apart")
def test_programs_work_along():
    """What they print meanwhile is not taken for an answer."""
    found = set()
    for _ in range(20):  # until it has begun
        found |= set(map_shared(say_who, range(40), 2))
        if len(found) > 1:
            break
    assert os.getpid() in found
    assert len(found) > 1


@pytest.mark.usefixtures("apart")
def test_our_own_errors_come_from_programs(monkeypatch):
    """With their code."""
    monkeypatch.setenv("ALIVE", str(os.getpid()))
    with pytest.raises(StorageFailed) as failed:
        list(map_shared(fail_elsewhere, range(200), 2))
    assert failed.value.code == "bad_file"


@pytest.mark.usefixtures("apart")
@killing
def test_a_killed_program_loses_nothing(monkeypatch):
    """What it was at is done by who is left."""
    monkeypatch.setenv("ALIVE", str(os.getpid()))
    assert list(map_shared(die_elsewhere, [3] * 100, 2)) == [3] * 100


def test_nobody_runs_far_ahead(monkeypatch):
    """Who is quick waits for who asks, so that memory holds few results."""
    monkeypatch.setattr(processes, "AHEAD", 2)
    asked, done = [], []
    shared = processes._Shared(square, range(100))

    class Quick:
        """Answers at once."""

        def send(self, item):
            """Note what is to be done."""
            asked.append(item)

        def recv(self):
            """Do the first of it."""
            done.append(asked.pop(0))
            return processes._Answer(done[-1] ** 2)

        def close(self):
            """Nothing to close."""

    asking = threading.Thread(target=shared.ask, args=(Quick(),))
    asking.start()
    asking.join(0.2)
    assert len(done) <= 2
    results = shared.results()
    assert [next(results) for _ in range(100)] == [n * n for n in range(100)]
    shared.stop()
    asking.join()


@killing
def test_a_killed_process_loses_nothing(monkeypatch):
    """What it was at is done by who is left."""
    monkeypatch.setenv("ALIVE", str(os.getpid()))
    assert list(map_shared(die_elsewhere, [3] * 6 + [1, 2], 3)) == [3] * 6 + [1, 2]


def test_where_nothing_can_be_started_one_does_it_all(monkeypatch):
    """A system without room for another process is no obstacle."""

    def refuse_to_start(_):
        raise OSError("no more")

    monkeypatch.setattr(processes, "_copy", refuse_to_start)
    monkeypatch.setattr(processes, "_start_apart", refuse_to_start)
    assert list(map_shared(square, range(5), 3)) == [0, 1, 4, 9, 16]


@pytest.mark.parametrize("others", [0, 1])
def test_a_fault_is_raised_where_its_result_is_asked_for(others):
    """What came before it is there."""
    results = map_shared(refuse, range(20), 1 + others)
    assert [next(results) for _ in range(7)] == list(range(7))
    with pytest.raises(LookupError):
        next(results)


def fail_elsewhere(number: int) -> int:
    """Fail as only we do, in whoever did not ask."""
    if str(os.getpid()) != os.environ["ALIVE"]:
        raise StorageFailed("bad_file", path=f"p{number}")
    time.sleep(0.05)
    return number


def tell_riddles(number: int) -> object:
    """Answer with what only the process that asked can read."""
    time.sleep(0.01)
    return Riddle() if str(os.getpid()) != os.environ["ALIVE"] else number


class Riddle:
    """Can be written and not read back."""

    def __reduce__(self):
        """Make it again by what refuses."""
        return [].pop, ()


def test_our_own_errors_come_from_other_processes(monkeypatch):
    """With their code and what fills its sentence."""
    monkeypatch.setenv("ALIVE", str(os.getpid()))
    with pytest.raises(StorageFailed) as failed:
        list(map_shared(fail_elsewhere, range(20), 2))
    assert failed.value.code == "bad_file"
    assert failed.value.params["path"].startswith("p")


def test_what_cannot_be_read_back_is_done_here(monkeypatch):
    """Nobody waits for it for ever."""
    monkeypatch.setenv("ALIVE", str(os.getpid()))
    assert list(map_shared(tell_riddles, range(20), 3)) == list(range(20))


def test_who_wants_no_more_waits_for_nothing(monkeypatch):
    """The others are ended with it."""
    ended = []
    start = processes._start_others

    def watched(*asked):
        for other in start(*asked):
            yield processes._Other(other.line, lambda other=other: ended.append(other.end()))

    monkeypatch.setattr(processes, "_start_others", lambda *asked: list(watched(*asked)))
    results = map_shared(square, range(1_000_000), 2)
    next(results)
    results.close()
    assert len(ended) == 1


ASKING = """
import os, sys, time
from core.processes import map_shared
def work(item):
    os.write(1, f"{os.getpid()}\\n".encode())  # whole, whoever else writes
    time.sleep(0.2)
if __name__ == "__main__":
    list(map_shared(work, range(4), 2))
"""


@killing
def test_the_others_end_with_the_one_that_asked(tmp_path):
    """Also where it is killed and can tell nobody: none is left over."""
    script = tmp_path / "asking.py"
    script.write_text(ASKING)
    started = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert started.stdout is not None
    with started:
        at_work = {int(started.stdout.readline()) for _ in range(2)}
        started.kill()
        started.stdout.read()  # ends once nobody holds the other end any more
    assert len(at_work) == 2
