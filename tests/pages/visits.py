"""A visitor to the pages: opens them as the app does, reads them, and acts on them."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from core.tasks import _tasks
from core.words import LANGUAGES, say
from ui.text import JOINER

ROOT = Path(__file__).resolve().parents[2]
ARTICLE = ROOT / "tests" / "data" / "weather-jokes.jsonl"
PAGES = ("home", "editor", "transfer", "quality", "history", "train", "jobs", "compare", "settings")
HOSTILE = (
    "<script>alert(1)</script> **bold** [x](javascript:y) ![z](http://z) $a$ {braces} {0} %s 100 % "
    "\u202eright to left\u202c مرحبا 👩‍👩‍👧 `code` & \"quoted\" 'too' \\ :red[text] #"
)
_WORDS = ("title", "header", "subheader", "markdown", "html", "caption", "error", "warning",
          "success", "toast", "code")  # fmt: skip


def visit(page: str, /, project: str | None = None, lang: str = "en", **query: str) -> AppTest:
    """Open a page through the entry point, with project and language in the address."""
    app = AppTest.from_file(ROOT / "streamlit_app.py", default_timeout=60)
    app.query_params.update({"lang": lang, **query})
    if project:
        app.query_params["project"] = project
    app.run()
    return app if page == "home" else go(app, page)


def go(app: AppTest, page: str) -> AppTest:
    """Change to another page of the same visit."""
    return app.switch_page(f"pages/{page}.py").run()


def start(template: str = "weather_jokes") -> tuple[AppTest, str]:
    """Begin a project on Home; returns the page one lands on, and the project's id."""
    app = press(visit("home"), f"start_{template}")
    return app, app.session_state["project"]


def press(app: AppTest, key: str) -> AppTest:
    """Press the button with this key."""
    return app.button(key=key).click().run()


def write(app: AppTest, key: str, text: str) -> AppTest:
    """Write into a text area or a text field."""
    fields = [*app.text_area, *app.text_input]
    return next(field for field in fields if field.key == key).set_value(text).run()


def shown(app: AppTest, component: str = "grid") -> dict[str, Any]:
    """What the browser gets to show in a component of ours."""
    data: dict[str, Any] = json.loads(_node(app, component).bytes)
    return data


def _node(app: AppTest, component: str) -> Any:
    found = (node.proto for node in app.get("bidi_component"))
    return next(proto for proto in found if proto.component_name == f"tonesmith_{component}")


def act(app: AppTest, kind: str, component: str = "grid", **values: Any) -> AppTest:
    """Do one thing in a component, as its JavaScript tells of it."""
    data = shown(app, component)
    item = {"n": data["ack"]["n"] + 1, "kind": kind, "key": uuid4().hex, **values}
    return send(app, component, {"tab": "tab", "items": [item]})


def send(app: AppTest, component: str, message: dict[str, Any]) -> AppTest:
    """Hand over a message as Streamlit hands over a trigger; a test's own page cannot click it."""
    trigger = WidgetState(
        id=f"$$STREAMLIT_INTERNAL_KEY_{_node(app, component).id}__events",
        json_trigger_value=json.dumps([{"event": "sent", "value": message}]),
    )
    states = app._tree.get_widget_states()
    states.widgets.append(trigger)
    return app._run(states)


def type_into(app: AppTest, number: int, column: str, text: str, **values: Any) -> AppTest:
    """Type over what is shown in a cell; rows of the page count from 1."""
    row = shown(app)["rows"][number - 1]
    typed = {"row": row["id"], "column": column, "text": text, "bases": [row[column]]}
    return act(app, "type", **{**typed, **values})


def open_row(app: AppTest, number: int) -> AppTest:
    """Open the conversation of a row of the page; rows count from 1."""
    return act(app, "open", row=shown(app)["rows"][number - 1]["id"])


def settle(app: AppTest) -> AppTest:
    """Let what goes on beside the page come to its end, and look again."""
    wait_for_tasks()
    return app.run()


def wait_for_tasks() -> None:
    """Let what goes on beside the pages come to its end."""
    for task in list(_tasks.values()):
        assert task.wait(60)


def drop(app: AppTest, name: str, content: bytes, key: str = "drop") -> AppTest:
    """Choose a file where files come in; without the routes that is Streamlit's own uploader."""
    uploader = app.file_uploader(key=key)
    return settle(uploader.upload(name, content, "application/octet-stream").run())


def keys(app: AppTest) -> set[str]:
    """The keys of all buttons on the page."""
    return {button.key for button in app.button if button.key}


def bodies(app: AppTest) -> list[str]:
    """The raw HTML that the page hands to the browser."""
    return [node.proto.body for node in app.get("html")]


def words(app: AppTest) -> str:
    """Everything the page says, as a person would read it."""
    found: list[str] = []
    for kind in _WORDS:
        for node in app.get(kind):
            text = node.proto.body if kind == "html" else str(node.value)
            found.append(html.unescape(re.sub(r"<[^>]+>", " ", text)) if kind == "html" else text)
    found += [str(widget.label) for widget in (*app.button, *app.get("link_button"))]
    # A label reads Markdown, so a name stands in it with every mark escaped.
    labels = [block.proto.popover.label for block in app.get("popover")]
    found += [re.sub(r"\\(.)", r"\1", label) for label in labels]
    return "\n".join(found).replace(JOINER, "")  # which nobody sees


def is_well(app: AppTest) -> bool:
    """Whether the page drew without a fault, caught or not."""
    failures = [say(language, "ui.unexpected") for language in LANGUAGES]
    return not app.exception and not any(error.value in failures for error in app.error)


def jsonl(*pairs: tuple[str, str], system: str | None = None) -> str:
    """Lines of one question and one reply each."""
    first = [] if system is None else [{"role": "system", "content": system}]
    return "".join(
        json.dumps({"messages": [*first, {"role": "user", "content": user},
                                 {"role": "assistant", "content": assistant}]},
                   ensure_ascii=False) + "\n"
        for user, assistant in pairs
    )  # fmt: skip
