"""The browser's real clipboard, filled and read as another program would."""

from __future__ import annotations

from playwright.sync_api import Page

_COPY = """({html, text}) => document.addEventListener("copy", (event) => {
    event.preventDefault();
    if (html) event.clipboardData.setData("text/html", html);
    event.clipboardData.setData("text/plain", text);
})"""
_PASTE = """() => new Promise((done) => document.addEventListener("paste", (event) => done({
    html: event.clipboardData.getData("text/html"), text: event.clipboardData.getData("text/plain"),
})))"""


def put_on_clipboard(page: Page, *, text: str, html: str = "") -> None:
    """Copy these two in a tab of their own, which is closed again."""
    with page.context.new_page() as other:
        other.evaluate(_COPY, {"html": html, "text": text})
        other.keyboard.press("ControlOrMeta+c")
    page.bring_to_front()


def read_clipboard(page: Page) -> dict[str, str]:
    """The `html` and the `text` that a paste elsewhere would get."""
    with page.context.new_page() as other:
        other.evaluate(f"() => {{ window.pasted = ({_PASTE})() }}")
        other.keyboard.press("ControlOrMeta+v")
        found: dict[str, str] = other.evaluate("() => window.pasted")
    page.bring_to_front()
    return found
