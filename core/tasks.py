"""Long work in the server's background: how far it is, how it ended, and a way to stop it.

A task belongs to the server, not to a page: a rerun, a reload and a second tab all find it under
its key. It ends with the server; what it was writing is then rolled back.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from core.errors import Stopped, TonesmithError

log = logging.getLogger("tonesmith")

T = TypeVar("T")

Advance: TypeAlias = Callable[[int], None]
State: TypeAlias = Literal["running", "done", "stopped", "failed"]

STEP = 500  # items between two words about progress
TELLING_SECONDS = 2.0  # after so long the pace says something about the rest
KEPT_SECONDS = 86_400  # an ended task that nobody forgets


def unwatched(done: int) -> None:
    """The `advance` of work that nobody watches."""


def telling(items: Iterable[T], advance: Advance) -> Iterator[T]:
    """The items; `advance` hears now and then how many more of them are done with."""
    number = 0
    for number, item in enumerate(items, 1):
        yield item
        if number % STEP == 0:
            advance(STEP)
    advance(number % STEP)


class Task(Generic[T]):
    """One piece of long work.

    `done` of `total` units; `total` is 0 where it is not known, and the work may set it. `result`
    is there once it is "done", `problem` once it has "failed".
    """

    def __init__(self, work: Callable[[Task[T]], T], total: int = 0) -> None:
        self.done = 0
        self.total = total
        self.state: State = "running"
        self.result: T | None = None
        self.problem: TonesmithError | None = None
        self._began = time.monotonic()
        self._ended: float | None = None
        self._stop = threading.Event()
        # A daemon, so that Ctrl-C ends the server without waiting for it.
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True, name="task")
        self._thread.start()

    def advance(self, done: int) -> None:
        """So many more units are done.

        Raises:
            Stopped: the person wants no more of it; let it pass, so that all is rolled back.
        """
        if self._stop.is_set():
            raise Stopped
        self.done += done

    def stop(self) -> None:
        """Ask it to stop; it does when it next advances, or ends if that comes first."""
        self._stop.set()

    def wait(self, seconds: float) -> bool:
        """Wait for its end, but no longer than this; whether it has ended."""
        self._thread.join(seconds)
        return self.state != "running"

    @property
    def seconds(self) -> float:
        """How long it has been running, or ran."""
        return (self._ended or time.monotonic()) - self._began

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to stop and has not ended yet."""
        return self.state == "running" and self._stop.is_set()

    @property
    def share(self) -> float | None:
        """How much of it is done, from 0 to 1; None where nobody knows."""
        return min(self.done / self.total, 1.0) if self.total else None

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at the pace so far; None where nobody can say."""
        spent, share = self.seconds, self.share
        if not share or share == 1 or spent < TELLING_SECONDS:
            return None
        return spent * (1 - share) / share

    @property
    def is_old(self) -> bool:
        """Whether it ended so long ago that nobody will ask for it any more."""
        return self._ended is not None and time.monotonic() - self._ended > KEPT_SECONDS

    def _run(self, work: Callable[[Task[T]], T]) -> None:
        state = self._carry_out(work)
        self._ended = time.monotonic()
        self.state = state  # last: who sees that it has ended sees all of it

    def _carry_out(self, work: Callable[[Task[T]], T]) -> State:
        try:
            self.result = work(self)
        except Stopped:
            return "stopped"
        except TonesmithError as problem:
            log.warning("a task failed: %s %s", problem.code, sorted(problem.params))
            self.problem = problem
        except Exception:  # the last line of defence: who watches it is told in any case
            log.exception("a task failed unexpectedly")
            self.problem = TonesmithError("task_failed")
        return "failed" if self.problem else "done"


_tasks: dict[str, Task[Any]] = {}
_lock = threading.Lock()


def start_task(key: str, work: Callable[[Task[T]], T], *, total: int = 0) -> Task[T]:
    """Start `work` in a thread of its own, known as `key`; takes the place of an ended one.

    Where one with this key is running, that one is it: two presses begin one piece of work.
    """
    with _lock:
        for old in [name for name, task in _tasks.items() if task.is_old]:
            del _tasks[old]
        known = _tasks.get(key)
        if known is None or known.state != "running":
            known = _tasks[key] = Task(work, total)
        return known


def find_task(key: str) -> Task[Any] | None:
    """The task known as `key`, running or ended, or None."""
    return _tasks.get(key)


def forget_task(key: str) -> None:
    """Let go of a task that has ended, and of its result; one that runs goes on."""
    with _lock:
        known = _tasks.get(key)
        if known is not None and known.state != "running":
            del _tasks[key]
