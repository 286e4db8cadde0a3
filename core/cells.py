"""An example as one row of a table: what each cell shows, and what typing into it changes."""

from __future__ import annotations

from dataclasses import dataclass

from core.examples import ASSISTANT, SYSTEM, USER, Example, Message
from core.findings import Finding

COLUMNS = (SYSTEM, USER, ASSISTANT)
_WITHOUT_PLACE = {"missing_user_message": USER, "missing_system_message": SYSTEM}


@dataclass(frozen=True, slots=True)
class Cells:
    """What a row shows: own system text or "", the first question, the last reply, more turns."""

    system: str
    user: str
    assistant: str
    more_turns: int  # turns beside the first question and the last reply


def blank_example() -> Example:
    """What "Add" begins with: a question and a reply yet to be written."""
    return Example((Message.of(USER, ""), Message.of(ASSISTANT, "")))


def cells_of(example: Example) -> Cells:
    """The row of `example`."""
    places = [place for role in (USER, ASSISTANT) if (place := _place(example, role)) is not None]
    system, user, assistant = (text_of(example, column) for column in COLUMNS)
    return Cells(system, user, assistant, more_turns=len(example.turns) - len(places))


def text_of(example: Example, column: str) -> str:
    """What the cell of `column` shows."""
    if column == SYSTEM:
        return example.system or ""
    place = _place(example, column)
    return "" if place is None else example.messages[place].text


def as_browsers_say(text: str) -> str:
    """`text` as it comes back from a text area, which knows one kind of line break only."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def locked_columns(example: Example) -> tuple[str, ...]:
    """The columns whose text in a cell would replace what a cell cannot show."""
    systems = [message for message in example.messages if message.role == SYSTEM]
    shown = {column: _shown(example, column) for column in (USER, ASSISTANT)} | {SYSTEM: systems}
    return tuple(
        column
        for column in COLUMNS
        if (column == SYSTEM and len(systems) > 1)
        or not all(isinstance(message.content, str | None) for message in shown[column])
    )


def _shown(example: Example, role: str) -> list[Message]:
    place = _place(example, role)
    return [] if place is None else [example.messages[place]]


def column_of(example: Example, finding: Finding, shared: int = 0) -> str | None:
    """The column that a finding stands in; None where it is about a turn that no cell shows.

    shared: how many messages the checked example had before those of `example`, inherited ones. A
    finding about the whole example stands at the reply, as that is what is learned from.
    """
    if finding.place.message is None:
        return _WITHOUT_PLACE.get(finding.code, ASSISTANT)
    at = finding.place.message - shared
    if not 0 <= at < len(example.messages):
        return SYSTEM
    if example.messages[at].role == SYSTEM:
        return SYSTEM
    return next((role for role in (USER, ASSISTANT) if _place(example, role) == at), None)


def with_cell(example: Example, column: str, text: str) -> Example:
    """`example` after `text` was typed into `column`; an emptied system cell inherits again."""
    if column == SYSTEM:
        return example.with_system(text or None)
    place = _place(example, column)
    if place is not None:
        message = example.messages[place]
        return example.with_message(place, message.with_value("content", text))
    return _with_missing_turn(example, Message.of(column, text))


def _place(example: Example, role: str) -> int | None:
    """Where the first question stands, or the last reply."""
    places = [i for i, message in enumerate(example.messages) if message.role == role]
    if not places:
        return None
    return places[-1] if role == ASSISTANT else places[0]


def _with_missing_turn(example: Example, message: Message) -> Example:
    """A question goes behind the system message, a reply to the end."""
    if message.role == ASSISTANT:
        return example.with_messages((*example.messages, message))
    at = sum(1 for m in example.messages if m.role == SYSTEM)
    return example.with_messages((*example.messages[:at], message, *example.messages[at:]))
