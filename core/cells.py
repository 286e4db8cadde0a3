"""An example as one row of a table: what each cell shows, and what typing into it changes."""

from __future__ import annotations

from dataclasses import dataclass

from core.examples import ASSISTANT, SYSTEM, USER, Example, Message

COLUMNS = (SYSTEM, USER, ASSISTANT)
LINE_BREAK_MARK = " ⏎ "


@dataclass(frozen=True, slots=True)
class Cells:
    """What a row shows: own system text or "", the first question, the last reply, more turns."""

    system: str
    user: str
    assistant: str
    more_turns: int  # turns beside the first question and the last reply
    is_text: bool = True  # no shown message holds anything but text, and none is hidden

    @property
    def needs_panel(self) -> bool:
        """Whether a one-line cell cannot show this row whole, so that it is edited in the panel."""
        return (
            not self.is_text
            or self.more_turns > 0
            or any(
                len(text.splitlines()) > 1 or text.endswith("\n")
                for text in (self.system, self.user, self.assistant)
            )
        )

    def flat(self, column: str) -> str:
        """The text of `column` on one line, with every line break marked."""
        return LINE_BREAK_MARK.join(str(getattr(self, column)).splitlines())


def with_flat_cell(example: Example, column: str, text: str) -> Example | None:
    """`example` after its flat cell was edited; None where that would lose what it cannot show.

    A marked line break that is still there becomes a line break again.
    """
    cells = cells_of(example)
    if not cells.needs_panel:
        return with_cell(example, column, text)
    marks = cells.flat(column).count(LINE_BREAK_MARK)
    if not cells.is_text or cells.more_turns or text.count(LINE_BREAK_MARK) < marks:
        return None
    return with_cell(example, column, text.replace(LINE_BREAK_MARK, "\n"))


def blank_example() -> Example:
    """What "Add" begins with: a question and a reply yet to be written."""
    return Example((Message.of(USER, ""), Message.of(ASSISTANT, "")))


def cells_of(example: Example) -> Cells:
    """The row of `example`."""
    first, last = _place(example, USER), _place(example, ASSISTANT)
    places = [place for place in (first, last) if place is not None]
    systems = [message for message in example.messages if message.role == SYSTEM]
    shown = [*systems, *(example.messages[place] for place in places)]
    return Cells(
        system=example.system or "",
        user=example.messages[first].text if first is not None else "",
        assistant=example.messages[last].text if last is not None else "",
        more_turns=len(example.turns) - len(places),
        is_text=len(systems) <= 1 and all(isinstance(m.content, str | None) for m in shown),
    )


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
