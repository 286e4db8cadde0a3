"""`python -m trainer`: one server over one data folder, until it is ended or nobody needs it."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import logging.handlers
import os
import secrets
import signal
import socket
import sqlite3
import sys
from contextlib import ExitStack, closing
from pathlib import Path
from types import FrameType

import uvicorn
from filelock import FileLock, Timeout

from trainer import __version__
from trainer.api.app import build_app
from trainer.api.context import Context
from trainer.api.gate import Gate
from trainer.fetcher import Fetcher
from trainer.folders import DataFolder, default_folder, read_json, write_whole
from trainer.store import Store
from trainer.supervisor import Supervisor
from trainer.worker import QUIET

ANOTHER_SERVER = 3  # exit status: this data folder has a server already
PORT_TAKEN = 4  # exit status: another program listens there
DATA_UNUSABLE = 5  # exit status: nothing can be kept in this data folder
HIGHEST_PORT = 65_535
IDLE_LOOK_SECONDS = 1.0
GOODBYE_SECONDS = 3  # for answers that are being given when the server ends


class Server(uvicorn.Server):
    """Says when it is ready, and ends when nobody has needed it for a while."""

    def __init__(self, config: uvicorn.Config, gate: Gate, context: Context, idle: float) -> None:
        super().__init__(config)
        self._gate, self._context, self._idle_seconds = gate, context, idle
        self._watch: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then tell where."""
        await super().startup(sockets)
        if self.started and sockets:
            announce(self._context.data, base_url(sockets[0]))
            self._watch = asyncio.create_task(self._end_when_idle())

    async def _end_when_idle(self) -> None:
        while self._gate.idle_seconds < self._idle_seconds or self._is_busy():
            await asyncio.sleep(min(IDLE_LOOK_SECONDS, self._idle_seconds))
        logging.getLogger(__name__).info("nobody needs this server: it ends")
        self.should_exit = True

    def _is_busy(self) -> bool:
        return self._context.store.count_active_jobs() > 0 or self._context.fetcher.is_busy


def main(arguments: list[str] | None = None) -> int:
    """Serve until the end; the exit status says why there was nothing to serve."""
    options = read_options(arguments)
    data = DataFolder(options.data.resolve())
    signal.signal(signal.SIGTERM, _leave)
    os.environ.update(QUIET)  # for the chat, which loads models into this process
    with ExitStack() as held:
        try:
            data.files.mkdir(parents=True, exist_ok=True)
            held.enter_context(FileLock(data.lock, blocking=False))
            store = held.enter_context(closing(Store(data.database)))
        except Timeout:
            where = (read_json(data.server) or {}).get("base_url", "an address it has not told yet")
            print(f"A trainer for {data.path} is already running at {where}", file=sys.stderr)
            return ANOTHER_SERVER
        except (OSError, sqlite3.Error) as problem:
            print(f"Cannot keep anything in {data.path}: {problem}", file=sys.stderr)
            return DATA_UNUSABLE
        return serve(options, data, store)


def read_options(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m trainer", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=read_port, default=8765, help="0 takes any that is free")
    parser.add_argument("--data", type=Path, default=default_folder())
    parser.add_argument("--api-key", help="made and kept in DATA/key where none is given")
    parser.add_argument("--idle-minutes", type=float, default=30.0)
    return parser.parse_args(arguments)


def read_port(text: str) -> int:
    """A port of the command line; another number ends the program with status 2 and a sentence."""
    port = int(text) if text.isascii() and text.isdecimal() and len(text) <= 5 else -1
    if not 0 <= port <= HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to {HIGHEST_PORT}: {text}")
    return port


def serve(options: argparse.Namespace, data: DataFolder, store: Store) -> int:
    """Run the server that holds the folder's lock."""
    keep_log(data)
    try:
        listening = listen(options.host, options.port)
    except (OSError, UnicodeError) as problem:  # the latter for a host that can be no name
        print(f"Cannot listen on {options.host}:{options.port}: {problem}", file=sys.stderr)
        return PORT_TAKEN
    supervisor = Supervisor(data, store)
    context = Context(data, store, supervisor, Fetcher(data))
    gate = Gate(build_app(context), options.api_key or read_key(data))
    config = uvicorn.Config(
        gate, log_config=None, access_log=False, timeout_graceful_shutdown=GOODBYE_SECONDS
    )
    supervisor.start()
    try:
        Server(config, gate, context, options.idle_minutes * 60).run(sockets=[listening])
    finally:
        supervisor.stop()
        context.fetcher.stop()
        data.server.unlink(missing_ok=True)
    return 0


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address; connections wait in it until the server takes them."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    if sys.platform != "win32":  # there it would let two servers share a port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    return listening


def base_url(listening: socket.socket) -> str:
    """Where clients find the API."""
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/v1"


def announce(data: DataFolder, url: str) -> None:
    """Tell those who started us, and those who come later, where we are."""
    found = {"base_url": url, "pid": os.getpid(), "version": __version__}
    write_whole(data.server, json.dumps(found))
    print(url, flush=True)


def read_key(data: DataFolder) -> str:
    """The folder's key, made when first needed; only its owner can read it."""
    if not data.key.exists():
        write_whole(data.key, secrets.token_urlsafe(32), mode=0o600)
    return data.key.read_text(encoding="utf-8").strip()


def keep_log(data: DataFolder) -> None:
    """Log into the data folder: whoever started us may not be there to read."""
    file = logging.handlers.RotatingFileHandler(
        data.log, maxBytes=1_000_000, backupCount=1, encoding="utf-8", delay=True
    )
    logging.basicConfig(
        level=logging.INFO, handlers=[file], format="%(asctime)s %(levelname)s %(message)s"
    )


def _leave(number: int, frame: FrameType | None) -> None:
    """End in good order: everything that is open is closed on the way out."""
    sys.exit(0)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(0)
