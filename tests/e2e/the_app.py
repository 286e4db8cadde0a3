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

import pytest
from playwright.sync_api import Page, sync_playwright

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
def a_browser_page() -> Iterator[Page]:
    """One page of a fresh headless browser that speaks English."""
    program = find_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        context = browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 1000})
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 1_000)
        try:
            yield page
        except BaseException:
            keep_shot(page, "failure")  # what stood there when it went wrong
            raise
        finally:
            browser.close()


def keep_shot(page: Page, name: str) -> None:
    """A picture of the page for people to look at."""
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


@contextmanager
def the_running_app(home: Path) -> Iterator[str]:
    """The app on a free port with its data in `home`; yields its address.

    What it writes goes to `home/app.log`. At the end it and the trainer it started are ended by
    their own process ids.
    """
    log = home / "app.log"
    port = free_port()
    with log.open("wb") as out:
        app = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "streamlit_app.py",
             "--server.port", str(port), "--server.headless", "true"],
            cwd=ROOT, env=environment(home), stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until_ready(app, address, log)
            yield address
        except BaseException:
            print(log.read_text(errors="replace"))  # pytest shows it beside the failure
            raise
        finally:
            app.terminate()
            app.wait(timeout=PATIENCE)
            end_trainer(home)


def environment(home: Path) -> dict[str, str]:
    """Our own environment with data of its own, no proxy, and nobody's key."""
    unwanted = re.compile(r"proxy$|^OPENAI_|^DATABASE_URL$", re.IGNORECASE)
    kept = {name: value for name, value in os.environ.items() if not unwanted.search(name)}
    return {**kept, "TONESMITH_HOME": str(home)}


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
