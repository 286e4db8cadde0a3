"""The app as a person starts it, and a browser to look at it with."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from core.storage import Store

ROOT = Path(__file__).resolve().parents[2]
SHOTS = Path(__file__).resolve().parent / "shots"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
PATIENCE = 30  # seconds until something that does not come is missing


def find_browser() -> str:
    """Chromium or Chrome on this machine; CI must have one, elsewhere the test is skipped."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    reason = f"none of {', '.join(BROWSERS)} is installed, so no browser can be driven"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"CI must not skip this test: {reason}")
    pytest.skip(reason)


@contextmanager
def a_browser() -> Iterator[Browser]:
    """A headless browser without any page yet."""
    program = find_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def a_tab(browser: Browser, **more: Any) -> Iterator[Page]:
    """A page of a person of their own, who speaks English; `more` is for Playwright's context."""
    with browser.new_context(
        **{"locale": "en-GB", "viewport": {"width": 1440, "height": 1000}, **more}
    ) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 1_000)
        try:
            yield page
        except BaseException:
            keep_shot(page, "failure")  # what stood there when it went wrong
            raise


@contextmanager
def a_browser_page() -> Iterator[Page]:
    """One page of a fresh headless browser that speaks English."""
    with a_browser() as browser, a_tab(browser) as page:
        yield page


def keep_shot(page: Page, name: str) -> None:
    """A picture of the page for people to look at."""
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


class App:
    """The app on a port of its own, with its data in `home`; it writes to `home/app.log`."""

    def __init__(self, home: Path, *command: str) -> None:
        self.home = home
        self.command = command or ("serve.py",)
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = home / "app.log"

    def start(self) -> None:
        """Start it, also where it was before, and return when it answers."""
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, *self.command, "--server.port", str(self.port),
                 "--server.headless", "true"],
                cwd=ROOT, env=environment(self.home), stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip
        wait_until_ready(self._process, self.address, self.log)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._process.wait(timeout=PATIENCE)

    def end(self, by: signal.Signals = signal.SIGTERM) -> int:
        """End it, and the trainer it started, by their own process ids; returns its status."""
        self._process.send_signal(by)
        status = self._process.wait(timeout=PATIENCE)
        end_trainer(self.home)
        return status


@contextmanager
def a_started_app(home: Path, *command: str) -> Iterator[App]:
    """The app, running; what it wrote is shown where the block fails."""
    app = App(home, *command)
    try:
        app.start()
        yield app
    except BaseException:
        print(app.log.read_text(errors="replace"))  # pytest shows it beside the failure
        raise
    finally:
        app.end()


@contextmanager
def the_running_app(home: Path) -> Iterator[str]:
    """The address of the app, running with its data in `home`."""
    with a_started_app(home) as app:
        yield app.address


def environment(home: Path) -> dict[str, str]:
    """Our own environment with data of its own, no proxy, and nobody's key."""
    unwanted = re.compile(r"proxy$|^OPENAI_|^DATABASE_URL$", re.IGNORECASE)
    kept = {name: value for name, value in os.environ.items() if not unwanted.search(name)}
    return {**kept, "TONESMITH_HOME": str(home)}


def open_store(home: Path) -> Store:
    """The database of the app whose data is in `home`, beside the running app."""
    return Store.open(f"sqlite:///{home / 'tonesmith.db'}")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(app: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Return when the app answers; fail with its own words where it ends instead."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and app.poll() is None:
        try:
            with direct.open(f"{address}/_stcore/health", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail(f"The app did not start:\n{log.read_text()}")


def end_trainer(home: Path) -> None:
    """End the trainer of this data folder by its own process id, and wait until it is gone."""
    told = home / "trainer" / "server.json"
    if not told.exists():
        return
    os.kill(json.loads(told.read_text())["pid"], signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    while told.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
