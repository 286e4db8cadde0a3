"""Tiny packages to install with the real pip, and a shelf that hands them out over HTTP."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zipfile import ZipFile


def a_wheel(folder: Path, name: str, *, needs: str = "", size: int = 0) -> Path:
    """A pure Python wheel of one module, with `size` random bytes beside it."""
    info = f"{name}-1.0.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    if needs:
        metadata += f"Requires-Dist: {needs}\n"
    content = {
        f"{name}/__init__.py": b"GREETING = 'hello'\n",
        f"{name}/ballast.bin": os.urandom(size),
        f"{info}/METADATA": metadata.encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in [*content, f"{info}/RECORD"])
    wheel = folder / f"{name}-1.0-py3-none-any.whl"
    with ZipFile(wheel, "w") as file:
        for path, data in content.items():
            file.writestr(path, data)
        file.writestr(f"{info}/RECORD", record)
    return wheel


@contextmanager
def a_slow_shelf(wheel: Path) -> Iterator[tuple[str, threading.Event]]:
    """An address that links to `wheel`; it hands out half, and the rest when the event is set."""
    go_on = threading.Event()

    class Shelf(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = wheel.read_bytes()
            if not self.path.endswith(".whl"):
                self._answer("text/html", len(page := f'<a href="{wheel.name}">w</a>'.encode()))
                self.wfile.write(page)
                return
            self._answer("application/zip", len(content))
            self.wfile.write(content[: len(content) // 2])
            self.wfile.flush()
            go_on.wait()
            self.wfile.write(content[len(content) // 2 :])

        def _answer(self, kind: str, length: int) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(length))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A pip that was ended in mid-download is what some tests are about."""

    with Server(("127.0.0.1", 0), Shelf) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", go_on
        finally:
            go_on.set()
            server.shutdown()
            thread.join()
