"""The editor in a headless Chromium, timed by the page's own clock, and an empty page beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, WebSocket, sync_playwright

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 60_000  # milliseconds
FEWEST = 100  # words of a reply, more than any other reply has
TASK = '[class*="st-key-card_task_"]'  # as `ui/tasks.py` shows long work
QUIET = 700  # milliseconds without a frame after which nothing follows
QUICK_QUIET = 150

# Runs before the page's own code. `figures` are the total of tokens and the first row's tokens and
# state; `firstView` is when they first stand there, in milliseconds from the navigation.
LOOK = """
window.table = () => {
  const roots = [...document.querySelectorAll("*")].map((each) => each.shadowRoot)
  return roots.find((root) => root?.querySelector("tr[data-id]"))
}
window.figures = () => {
  const row = table()?.querySelector("tr[data-id]")
  const total = document.querySelector(".ts-figures b")
  if (!row?.querySelector("textarea") || !total) return null
  const status = row.querySelector("td.status button.open").title
  return [total.textContent, row.querySelector("td.tokens").textContent, status]
}
// Which rows of how many stand there.
window.shown = () => {
  const ids = [...(table()?.querySelectorAll("tr[data-id]") ?? [])].map((row) => row.dataset.id)
  return [table()?.querySelector(".count")?.textContent, ...ids].join()
}
window.firstView = new Promise((done) => {
  const look = () => figures() ? done(performance.now()) : setTimeout(look, 5)
  look()
})
"""

# Type over the first reply and leave with Tab; the milliseconds until all three figures are new.
# In one task, so that the table's pause for typing cannot have sent anything before.
EDIT = """
(text) => new Promise((done) => {
  const before = figures()
  const area = table().querySelector('textarea[data-column="assistant"]')
  area.focus()
  area.value = text
  area.dispatchEvent(new Event("input", { bubbles: true }))
  const observer = new MutationObserver(() => {
    if (!figures()?.every((figure, at) => figure !== before[at])) return
    observer.disconnect()
    done(performance.now() - began)
  })
  const all = { subtree: true, childList: true, characterData: true, attributes: true }
  for (const root of [document.body, table()]) observer.observe(root, all)
  const began = performance.now()
  const tab = { key: "Tab", bubbles: true, composed: true, cancelable: true }
  area.dispatchEvent(new KeyboardEvent("keydown", tab))
})
"""

# Ask for something in the bar above the table, as its controls would; the milliseconds until the
# table shows it. What is asked for stands in the table's data, so nothing is guessed from figures.
NARROW = """
(asked) => new Promise((done) => {
  const bar = [...document.querySelectorAll("*")]
    .map((each) => each.shadowRoot).find((root) => root?.querySelector(".narrow"))
  const before = shown()
  const began = performance.now()
  for (const control of bar.querySelectorAll("[name]:is(input, select)")) {
    const value = asked[control.name] ?? (control.name === "sort" ? "place" : "")
    if (control.value === value) continue
    control.value = value
    const kind = control.tagName === "SELECT" ? "change" : "input"
    control.dispatchEvent(new Event(kind, { bubbles: true }))
  }
  const enter = { key: "Enter", bubbles: true }
  bar.querySelector('[name="text"]').dispatchEvent(new KeyboardEvent("keydown", enter))
  const look = () => shown() !== before ? done(performance.now() - began) : setTimeout(look, 2)
  look()
})
"""

# Turn to the last page; the milliseconds until its rows stand there.
LAST_PAGE = """
() => new Promise((done) => {
  const input = table().querySelector('[name="page"]')
  if (!input || input.value === input.max) return done(0)
  const before = shown()
  const began = performance.now()
  input.value = input.max
  input.dispatchEvent(new Event("change", { bubbles: true }))
  const look = () => shown() !== before ? done(performance.now() - began) : setTimeout(look, 2)
  look()
})
"""

# When the page's script has run to its end and its heading stands.
OPENED = """
window.opened = new Promise((done) => {
  const look = () => {
    const app = document.querySelector("[data-test-script-state]")
    const ready = app?.dataset.testScriptState === "notRunning" && document.querySelector("h1")
    if (ready) done(performance.now())
    else setTimeout(look, 5)
  }
  look()
})
"""

EMPTY = "(n) => rerun(n)"  # as `empty_rerun.py` defines it


@dataclass(frozen=True, slots=True)
class Rerun:
    """What one rerun cost: milliseconds until the page showed it, bytes that came for it."""

    ms: float
    received: int


class Tab:
    """A page of its own, and the bytes that its web socket receives."""

    def __init__(self, browser: Browser, address: str, quiet: int = QUIET) -> None:
        self._address = address
        self._quiet = quiet
        self._received = 0
        context = browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 1000})
        self._page: Page = context.new_page()
        self._page.set_default_timeout(PATIENCE)
        self._page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._count)

    def _count(self, payload: str | bytes) -> None:
        self._received += len(payload)

    def _measure(self, action: str, argument: object) -> Rerun:
        """Run what returns a promise of milliseconds, and count until nothing follows."""
        received = self._received
        ms = self._wait_for(f"({action})({json.dumps(argument)})")
        self._wait_until_quiet()
        return Rerun(ms, self._received - received)

    def _wait_for(self, promise: str) -> float:
        """The milliseconds that a promise in the page comes to.

        Raises:
            playwright.sync_api.TimeoutError: it does not.
        """
        self._page.evaluate(
            f"() => {{ window.took = null; {promise}.then((ms) => {{ window.took = ms }}) }}"
        )
        self._page.wait_for_function("window.took !== null", polling=20)
        return float(self._page.evaluate("window.took"))

    def _wait_until_quiet(self) -> None:
        last = -1
        while last != self._received:
            last = self._received
            self._page.wait_for_timeout(self._quiet)


class Editor(Tab):
    """A tab with a project's table."""

    def __init__(self, browser: Browser, address: str, project: str, quiet: int = QUIET) -> None:
        super().__init__(browser, f"{address}/editor?lang=en&project={project}", quiet)
        self._page.add_init_script(LOOK)
        self._written = self._sent = 0
        self.text = ""  # what stands in the first reply

    def view(self) -> float:
        """Open the page anew: milliseconds from the navigation until rows and figures stand."""
        self._page.goto(self._address)
        ms = self._wait_for("firstView")
        self._wait_until_quiet()
        return ms

    def wait_for_tasks(self) -> None:
        """Wait until no long work is shown any more: what it takes is no part of an edit."""
        self._page.wait_for_function(f"!document.querySelector('{TASK}')", polling=100)
        self._wait_until_quiet()

    def rerun(self) -> Rerun:
        """An empty rerun on this very page."""
        self._sent += 1
        return self._measure(EMPTY, self._sent)

    def edit(self) -> Rerun:
        """Write another reply. Each has more tokens, and every other one a space to look at."""
        self._written += 1
        self.text = " " * (self._written % 2) + " ".join(["tea"] * (FEWEST + 2 * self._written))
        return self._measure(EDIT, self.text)


class Finder(Editor):
    """A tab in which somebody looks for things."""

    def __init__(self, browser: Browser, address: str, project: str, quiet: int = QUIET) -> None:
        super().__init__(browser, address, project, quiet)
        self._page.add_init_script(OPENED)

    def open(self, address: str) -> float:
        """Go to a page: milliseconds from the navigation until it has run."""
        self._page.goto(address)
        ms = self._wait_for("opened")
        self._wait_until_quiet()
        return ms

    def narrow(self, asked: dict[str, str]) -> float:
        """Ask for what `core.queries.Query.to_address` says."""
        return self._measure(NARROW, asked).ms

    def turn_to_last_page(self) -> float:
        """Turn to the last page of what is shown."""
        return self._measure(LAST_PAGE, "").ms


def open_page(tab: Finder, address: str, page: str, project: str) -> float:
    """Open a page of the app with a project at hand."""
    return tab.open(f"{address}/{page}?lang=en&project={project}")


class EmptyPage(Tab):
    """A tab with an otherwise empty fragment."""

    def __init__(self, browser: Browser, address: str) -> None:
        super().__init__(browser, address)
        self._sent = 0
        self._page.goto(address)
        self._page.wait_for_function("window.rerun")
        self._wait_until_quiet()

    def rerun(self) -> Rerun:
        """Send something and get it back."""
        self._sent += 1
        return self._measure(EMPTY, self._sent)


@contextmanager
def a_browser(program: str) -> Iterator[Browser]:
    """A headless browser for the block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()
