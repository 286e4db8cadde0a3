"""Work shared with other processes: results in order, and nothing lost where one of them dies."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

_T = TypeVar("_T")
_U = TypeVar("_U")


def map_shared(function: Callable[[_T], _U], items: Iterable[_T], processes: int) -> Iterator[_U]:
    """`map` by so many processes, this one among them, each taking the next item once it is free.

    function: one of a module, so that another process finds it; items and results are pickled.
    What a process was at when it was killed is done by this one, and so is all that is left, and
    all of which the result cannot be read back; where none can be started, this one is alone.
    """
    shared = _Shared(function, items)
    others = _start_processes(function, processes - 1)
    for _, line in others:
        threading.Thread(target=shared.ask, args=(line,), daemon=True).start()
    try:
        yield from shared.results()
    finally:
        shared.stop()
        for process, _ in others:
            process.kill()  # it has nothing to do, or nobody wants its answer
            process.join()


@dataclass(frozen=True, slots=True)
class _Answer(Generic[_U]):
    """What a process has to say about an item; lost: nothing that reached us."""

    result: _U | None = None
    problem: Exception | None = None
    lost: bool = False


class _Shared(Generic[_T, _U]):
    """Items that several take from, and what became of them."""

    def __init__(self, function: Callable[[_T], _U], items: Iterable[_T]) -> None:
        self._function = function
        self._items = list(items)
        self._waiting = deque(range(len(self._items)))
        self._told: SimpleQueue[tuple[int, _Answer[_U]]] = SimpleQueue()

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
        return self._told.get()

    def ask(self, line: Connection) -> None:
        """Let the process at the other end do one item after another, until one of us ends."""
        with line, suppress(IndexError):
            while True:
                at = self._waiting.popleft()
                try:
                    line.send(self._items[at])
                    self._told.put((at, line.recv()))
                except Exception:  # noqa: BLE001  # it is no more, or what it says cannot be read
                    self._told.put((at, _Answer(lost=True)))
                    return

    def stop(self) -> None:
        """Take nothing more."""
        self._waiting.clear()


def _start_processes(
    function: Callable[[Any], Any], count: int
) -> list[tuple[BaseProcess, Connection]]:
    # A copy of this process is ready at once; but it would have all the locks that other threads
    # hold, and none of these threads.
    copies = sys.platform == "linux" and threading.active_count() == 1
    context: Any = multiprocessing.get_context("fork" if copies else "spawn")
    started: list[tuple[BaseProcess, Connection]] = []
    with suppress(OSError):  # the system starts no more
        for _ in range(count):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(function, theirs, ours), daemon=True)
            process.start()
            theirs.close()  # it is theirs alone, so that it ends with them
            started.append((process, ours))
    return started


def _work(function: Callable[[Any], Any], line: Connection, ours: Connection) -> None:
    """What the other process does, until this one ends, however it ends."""
    ours.close()
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
