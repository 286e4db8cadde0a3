"""A web server that has never heard of the OpenAI API: HTML for everything, or a way elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = b"<!doctype html><title>Welcome</title><h1>Welcome</h1>"


@contextmanager
def a_website(elsewhere: str = "") -> Iterator[str]:
    """Its address, as long as the block runs; with `elsewhere` every answer sends one there."""

    class Handler(BaseHTTPRequestHandler):
        """Answers every GET and POST alike."""

        def do_GET(self) -> None:
            self.send_response(302 if elsewhere else 200)
            self.send_header("Location", elsewhere)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(PAGE)))
            self.end_headers()
            self.wfile.write(PAGE)

        do_POST = do_GET  # noqa: N815  # the name http.server looks for

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
