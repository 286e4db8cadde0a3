"""A wire between a browser and the app that can be cut, as networks are."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CHUNK = 65_536  # bytes


class Wire:
    """Takes connections on a port of its own and carries their bytes to the app's."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._door = socket.create_server(("127.0.0.1", 0))
        self._ends: set[socket.socket] = set()
        self._whole = threading.Event()
        self._whole.set()
        self._answers = True
        self._delay = 0.0
        self.address = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._answer, daemon=True).start()

    def lose_answers(self) -> None:
        """What the app says gets lost on the way, until the wire was cut and mended."""
        self._answers = False

    def slow_down(self, seconds: float) -> None:
        """Everything takes this much longer, there and back."""
        self._delay = seconds

    def cut(self) -> None:
        """Everything that is connected loses its connection, and nothing gets a new one."""
        self._whole.clear()
        for end in list(self._ends):
            self._close(end)

    def mend(self) -> None:
        """New connections are carried again."""
        self._answers = True
        self._whole.set()

    def end(self) -> None:
        """Carry nothing any more."""
        self.cut()
        self._close(self._door)

    def _answer(self) -> None:
        with suppress(OSError):  # the door is shut
            while True:
                caller, _ = self._door.accept()
                if not self._whole.is_set():
                    caller.close()
                    continue
                with suppress(OSError):  # the app is not there: the caller learns it by the end
                    self._join(caller, socket.create_connection(("127.0.0.1", self._port)))
                    continue
                caller.close()

    def _join(self, caller: socket.socket, app: socket.socket) -> None:
        self._ends |= {caller, app}
        for here, there in ((caller, app), (app, caller)):
            threading.Thread(target=self._carry, args=(here, there, caller), daemon=True).start()

    def _carry(self, here: socket.socket, there: socket.socket, caller: socket.socket) -> None:
        with suppress(OSError):
            while data := here.recv(CHUNK):
                time.sleep(self._delay)
                if here is caller or self._answers:
                    there.sendall(data)
        self._close(here)
        self._close(there)

    def _close(self, end: socket.socket) -> None:
        self._ends.discard(end)
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@contextmanager
def a_wire(port: int) -> Iterator[Wire]:
    """A wire to the app on this port, for the block."""
    wire = Wire(port)
    try:
        yield wire
    finally:
        wire.end()
