"""The editor in a headless Chromium: one cell typed at a time, and the bytes that come for it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, WebSocket, expect, sync_playwright

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 60_000  # milliseconds
QUIET = 700  # milliseconds without a frame after which nothing follows
ROW_HEIGHT = 38  # pixels, as `ui.grid` sets it; the header is as high
NUMBER = 58  # pixels from the left into the column of the number
TO_REPLY = 3  # columns from there to the reply


@dataclass(frozen=True, slots=True)
class Edit:
    """What one edit cost: bytes the server sent, seconds until the new total was shown."""

    sent: int
    seconds: float


class Editor:
    """A tab with a project's table."""

    def __init__(self, browser: Browser, address: str, project: str) -> None:
        self._received = 0
        self._page: Page = browser.new_context(
            locale="en-GB", viewport={"width": 1440, "height": 1000}
        ).new_page()
        self._page.set_default_timeout(PATIENCE)
        self._page.on("websocket", self._listen)
        self._page.goto(f"{address}/editor?lang=en&project={project}")
        self._total = self._page.locator(".ts-figures b").first
        expect(self._page.locator("#glide-cell-4-0")).to_be_attached(timeout=PATIENCE)
        self._wait_until_quiet()

    def edit(self, words: int) -> Edit:
        """Type so many words into the first reply; they must change the total of tokens."""
        page, before = self._page, self._total.inner_text()
        page.get_by_test_id("stDataFrame").click(position={"x": NUMBER, "y": ROW_HEIGHT * 1.5})
        for _ in range(TO_REPLY):
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        page.locator("#portal textarea").fill(" ".join(["tea"] * words))
        received, began = self._received, time.perf_counter()
        page.keyboard.press("Enter")
        expect(self._total).not_to_have_text(before, timeout=PATIENCE)
        took = time.perf_counter() - began
        self._wait_until_quiet()
        return Edit(self._received - received, took)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._count)

    def _count(self, payload: str | bytes) -> None:
        self._received += len(payload)

    def _wait_until_quiet(self) -> None:
        last = -1
        while last != self._received:
            last = self._received
            self._page.wait_for_timeout(QUIET)


@contextmanager
def open_editors(
    program: str, address: str, projects: Mapping[int, str]
) -> Iterator[dict[int, Editor]]:
    """A tab for each project, by its size."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            yield {size: Editor(browser, address, id_) for size, id_ in projects.items()}
        finally:
            browser.close()
