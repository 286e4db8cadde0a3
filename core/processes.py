"""Work shared with other processes: results in order, and nothing lost where one of them dies."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any, Generic, Protocol, TypeVar

_T = TypeVar("_T")
_U = TypeVar("_U")

AT_A_TIME = 2  # items that a process is asked for; each is small, as it waits in a pipe
AHEAD = 8  # results of one process that nobody has asked for yet; memory holds no more
GC_THRESHOLD = 100_000  # new objects, of which hardly one is in a cycle
_PROGRAM = "from core.processes import work_apart; work_apart()"


def map_shared(
    function: Callable[[_T], _U], items: Iterable[_T], processes: int
) -> Generator[_U, None, None]:
    """`map` by so many processes, this one among them, each taking the next item once it is free.

    function: one of a module, so that another process finds it; items and results are pickled.
    What a process was at when it was killed is done by this one, and so is all that is left, and
    all of which the result cannot be read back; where none can be started, this one is alone.
    """
    shared = _Shared(function, items)
    others = _start_others(function, processes - 1)
    for other in others:
        threading.Thread(target=shared.ask, args=(other.line,), daemon=True).start()
    try:
        yield from shared.results()
    finally:
        shared.stop()
        for other in others:
            other.end()


@dataclass(frozen=True, slots=True)
class _Answer(Generic[_U]):
    """What a process has to say about an item; lost: nothing that reached us."""

    result: _U | None = None
    problem: Exception | None = None
    lost: bool = False


class _Line(Protocol):
    """What two processes speak over; to hear of one that is no more raises EOFError or OSError."""

    def send(self, value: Any) -> None: ...

    def recv(self) -> Any: ...

    def close(self) -> None: ...


class _Shared(Generic[_T, _U]):
    """Items that several take from, and what became of them."""

    def __init__(self, function: Callable[[_T], _U], items: Iterable[_T]) -> None:
        self._function = function
        self._items = list(items)
        self._waiting = deque(range(len(self._items)))
        self._told: SimpleQueue[tuple[int, _Answer[_U]]] = SimpleQueue()
        self._room = threading.Semaphore(AHEAD)

    def results(self) -> Iterator[_U]:
        """All results in order; who asks for them works along."""
        known: dict[int, _Answer[_U]] = {}
        for at in range(len(self._items)):
            while at not in known:
                number, answer = self._next()
                known[number] = _answer(self._function, self._items[number], answer)
            yield _result(known.pop(at))

    def _next(self) -> tuple[int, _Answer[_U]]:
        """What was told meanwhile, else an item to be done here, else what is told next."""
        if self._told.empty():
            with suppress(IndexError):
                return self._waiting.popleft(), _Answer(lost=True)
        told = self._told.get()
        self._room.release()
        return told

    def ask(self, line: _Line) -> None:
        """Let the process at the other end do one item after another, until one of us ends."""
        asked: deque[int] = deque()
        try:
            while self._ask_for_more(line, asked) or asked:
                self._told.put((asked[0], line.recv()))
                asked.popleft()
        except Exception:  # noqa: BLE001  # it is no more, or what it says cannot be read
            for at in asked:
                self._told.put((at, _Answer(lost=True)))
        finally:
            line.close()

    def _ask_for_more(self, line: _Line, asked: deque[int]) -> bool:
        """See that it has something to do while we hear what it has done; whether there was any."""
        while len(asked) < AT_A_TIME and self._waiting:
            self._room.acquire()
            try:
                asked.append(self._waiting.popleft())
            except IndexError:
                return False
            line.send(self._items[asked[-1]])
        return bool(asked)

    def stop(self) -> None:
        """Take nothing more."""
        self._waiting.clear()
        self._room.release(AHEAD)  # who waits for room finds nothing to do


@dataclass(frozen=True, slots=True)
class _Other:
    """Another process at the end of a line, and how to end it: it has nothing to do any more."""

    line: _Line
    end: Callable[[], None]


def _start_others(function: Callable[[Any], Any], count: int) -> list[_Other]:
    # A copy of this process is ready at once; but it would have all the locks that other threads
    # hold, and none of these threads.
    copies = sys.platform == "linux" and threading.active_count() == 1
    start = _copy if copies else _start_apart
    started: list[_Other] = []
    with suppress(OSError):  # the system starts no more
        started.extend(start(function) for _ in range(count))
    return started


def _copy(function: Callable[[Any], Any]) -> _Other:
    context: Any = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work_along, args=(function, theirs, ours), daemon=True)
    process.start()
    theirs.close()  # it is theirs alone, so that it ends with them

    def end() -> None:
        process.kill()
        process.join()

    return _Other(ours, end)


def _start_apart(function: Callable[[Any], Any]) -> _Other:
    """A program of our own, which `multiprocessing` cannot start below Streamlit.

    It would run the main module again, and that is what Streamlit takes the page for.
    """
    path = os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)
    program = subprocess.Popen(  # noqa: S603  # ourselves
        [sys.executable, "-P", "-c", _PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    assert program.stdin and program.stdout  # noqa: S101  # for the type checker
    line = _Pipes(program.stdout, program.stdin)

    def end() -> None:
        program.kill()
        program.wait()

    with suppress(OSError):  # it has ended by now: that shows when it is asked for something
        line.send(function)
    return _Other(line, end)


class _Pipes:
    """A line of two pipes."""

    def __init__(self, hears: IO[bytes], says: IO[bytes]) -> None:
        self._hears, self._says = hears, says

    def send(self, value: Any) -> None:
        pickle.dump(value, self._says, pickle.HIGHEST_PROTOCOL)
        self._says.flush()

    def recv(self) -> Any:
        return pickle.load(self._hears)  # noqa: S301  # a process that we started

    def close(self) -> None:
        with suppress(OSError):  # what is left to be said reaches nobody
            self._says.close()
        self._hears.close()


def work_apart() -> None:
    """What the other process does where it is a program of its own."""
    line = _Pipes(sys.stdin.buffer, os.fdopen(os.dup(1), "wb"))
    os.dup2(2, 1)  # what anyone prints is no answer
    with suppress(EOFError):
        _work(line.recv(), line)


def _work_along(function: Callable[[Any], Any], line: _Line, ours: _Line) -> None:
    """What it does where it is a copy."""
    ours.close()
    _work(function, line)


def _work(function: Callable[[Any], Any], line: _Line) -> None:
    """One item after another until whoever asks ends, however it ends."""
    gc.freeze()  # what is there by now stays there: to look through it takes an eighth of the time
    gc.set_threshold(GC_THRESHOLD)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who waits for the results
    with suppress(EOFError, OSError):
        while True:
            line.send(_answer(function, line.recv(), _Answer(lost=True)))


def _answer(function: Callable[[_T], _U], item: _T, known: _Answer[_U]) -> _Answer[_U]:
    """What is known of an item; where that is nothing, it is done."""
    if not known.lost:
        return known
    try:
        return _Answer(function(item))
    except Exception as problem:  # noqa: BLE001  # raised again where its result is asked for
        return _Answer(problem=problem)


def _result(answer: _Answer[_U]) -> _U:
    if answer.problem is not None:
        raise answer.problem
    return answer.result  # type: ignore[return-value]  # there, where there is no problem
