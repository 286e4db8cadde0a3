"""Messages and examples: frozen values that keep everything the file said, in its order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any, TypeAlias, Union

SYSTEM = "system"
USER = "user"
ASSISTANT = "assistant"

DRAFT = "draft"
READY = "ready"
APPROVED = "approved"
REVIEWS = (DRAFT, READY, APPROVED)

_name_of = itemgetter(0)

Json: TypeAlias = Union[str, int, float, bool, None, tuple["Json", ...], "JsonObject"]


@dataclass(frozen=True, slots=True)
class JsonObject:
    """A JSON object as hashable name-value pairs, in the order they were written."""

    pairs: tuple[tuple[str, Json], ...] = ()

    def get(self, name: str) -> Json:
        """The value under `name`, or None where it is absent."""
        return next((value for key, value in self.pairs if key == name), None)

    def with_value(self, name: str, value: Json) -> JsonObject:
        """This object with `name` set in place, or added at the end."""
        return JsonObject(_with_pair(self.pairs, name, value))


def _with_pair(
    pairs: tuple[tuple[str, Json], ...], name: str, value: Json
) -> tuple[tuple[str, Json], ...]:
    if any(key == name for key, _ in pairs):
        return tuple((key, value if key == name else old) for key, old in pairs)
    return (*pairs, (name, value))


def freeze(value: Any) -> Json:
    """Turn what a JSON parser returns into hashable values of the same meaning."""
    if isinstance(value, dict):
        return JsonObject(tuple((key, freeze(item)) for key, item in value.items()))
    if isinstance(value, list):
        return tuple(freeze(item) for item in value)
    return value  # type: ignore[no-any-return]  # the parser's scalars are already frozen


def thaw(value: Json) -> Any:
    """The reverse of `freeze`: what `json.dumps` takes."""
    if isinstance(value, JsonObject):
        return {key: thaw(item) for key, item in value.pairs}
    if isinstance(value, tuple):
        return [thaw(item) for item in value]
    return value


# Nearly all values are text, and a call for each costs more than all else that is done to it.
def _freeze_pairs(value: Mapping[str, Any]) -> tuple[tuple[str, Json], ...]:
    return tuple(
        [(key, item if type(item) is str else freeze(item)) for key, item in value.items()]
    )


def _thaw_pairs(pairs: tuple[tuple[str, Json], ...]) -> list[tuple[str, Any]]:
    return [(key, value if type(value) is str else thaw(value)) for key, value in pairs]


@dataclass(frozen=True, slots=True)
class Message:
    """One message, as its name-value pairs: absent, null and unknown keys stay what they were."""

    pairs: tuple[tuple[str, Json], ...]

    @classmethod
    def of(cls, role: str, content: str, **more: Json) -> Message:
        """A message written by us: role, content, then whatever else is given."""
        return cls((("role", role), ("content", content), *more.items()))

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Message:
        """Read one parsed message object."""
        return cls(_freeze_pairs(value))

    def to_json(self) -> dict[str, Any]:
        """The object as it stood in the file."""
        return dict(_thaw_pairs(self.pairs))

    @property
    def keys(self) -> tuple[str, ...]:
        """The names present, in their order."""
        return tuple(map(_name_of, self.pairs))

    def get(self, name: str) -> Json:
        """The value under `name`, or None where it is absent."""
        for key, value in self.pairs:  # a loop, for every rule asks each message several times
            if key == name:
                return value
        return None

    @property
    def role(self) -> str | None:
        """The role, or None where there is none or it is not text."""
        for key, value in self.pairs:  # as `get`, without its call: every rule asks for the role
            if key == "role":
                return value if isinstance(value, str) else None
        return None

    @property
    def content(self) -> Json:
        """The content as it stands: usually text, but a file may hold anything."""
        return self.get("content")

    @property
    def text(self) -> str:
        """The content where it is text, else nothing."""
        for key, value in self.pairs:  # as above
            if key == "content":
                return value if isinstance(value, str) else ""
        return ""

    @property
    def name(self) -> Json:
        """Who speaks, where the file says so."""
        return self.get("name")

    @property
    def weight(self) -> Json:
        """0 where this reply is not to be learned from."""
        return self.get("weight")

    @property
    def tool_calls(self) -> Json:
        """The tools an assistant message calls."""
        return self.get("tool_calls")

    @property
    def tool_call_id(self) -> Json:
        """The call that a tool message answers."""
        return self.get("tool_call_id")

    def with_value(self, name: str, value: Json) -> Message:
        """This message with `name` set in place, or added at the end."""
        return Message(_with_pair(self.pairs, name, value))

    def without(self, name: str) -> Message:
        """This message with nothing under `name`."""
        return Message(tuple(pair for pair in self.pairs if pair[0] != name))


@dataclass(frozen=True, slots=True)
class Example:
    """One conversation to learn from, with every other top-level key it came with.

    What stands from `tags` on is ours alone and never in a training file.
    """

    messages: tuple[Message, ...] = ()
    extra: tuple[tuple[str, Json], ...] = ()
    messages_at: int = 0  # how many of `extra` stood before "messages"
    tags: tuple[str, ...] = ()  # what people sort it by
    review: str = DRAFT  # one of `REVIEWS`
    note: str = ""  # what reviewers tell each other about it
    held_out: bool = False  # the model is tested on it, and never learns from it
    rejected: tuple[Message, ...] = ()  # the worse reply that came with a preference

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Example:
        """Read one parsed object whose `messages` is a list of objects.

        Raises:
            ValueError: `messages` is not such a list; `core.jsonl` checks before it calls.
        """
        messages = value.get("messages")
        if not isinstance(messages, list) or not all(isinstance(m, dict) for m in messages):
            raise ValueError("messages must be a list of objects")
        read = tuple([Message(_freeze_pairs(message)) for message in messages])
        if len(value) == 1:
            return cls(read)
        extra = {key: item for key, item in value.items() if key != "messages"}
        return cls(read, _freeze_pairs(extra), tuple(value).index("messages"))

    def to_json(self) -> dict[str, Any]:
        """The object as it stood in the file, keys in their order."""
        rest = _thaw_pairs(self.extra)
        rest.insert(self.messages_at, ("messages", [m.to_json() for m in self.messages]))
        return dict(rest)

    @property
    def tools(self) -> Json:
        """The tools offered to the model, where the file names any."""
        return next((value for key, value in self.extra if key == "tools"), None)

    @property
    def system(self) -> str | None:
        """The example's own system message, or None where it inherits the project's."""
        return next((m.text for m in self.messages if m.role == SYSTEM), None)

    @property
    def turns(self) -> tuple[Message, ...]:
        """Every message but the system ones."""
        return tuple(m for m in self.messages if m.role != SYSTEM)

    def with_messages(self, messages: Iterable[Message]) -> Example:
        """This example with other messages."""
        return replace(self, messages=tuple(messages))

    def with_tags(self, tags: Iterable[str]) -> Example:
        """This example with other tags, each once."""
        return replace(self, tags=tuple(dict.fromkeys(tags)))

    def with_review(self, review: str) -> Example:
        """This example in another state of review, one of `REVIEWS`."""
        return replace(self, review=review)

    def with_note(self, note: str) -> Example:
        """This example with another note for reviewers."""
        return replace(self, note=note)

    def with_held_out(self, held_out: bool) -> Example:
        """This example kept for validation, or learned from."""
        return replace(self, held_out=held_out)

    def with_system(self, text: str | None) -> Example:
        """This example with its own system message set, or taken away when `text` is None."""
        if text is None:
            return self.with_messages(m for m in self.messages if m.role != SYSTEM)
        if self.system is None:
            return self.with_messages((Message.of(SYSTEM, text), *self.messages))
        first = next(i for i, m in enumerate(self.messages) if m.role == SYSTEM)
        return self.with_message(first, self.messages[first].with_value("content", text))

    def with_message(self, index: int, message: Message) -> Example:
        """This example with the message at `index` replaced."""
        return self.with_messages((*self.messages[:index], message, *self.messages[index + 1 :]))

    def inheriting(self, system_prompt: str) -> Example:
        """What is really trained on: the project's system prompt first, unless it has its own."""
        return self.with_system(system_prompt) if system_prompt and self.system is None else self


@dataclass(frozen=True, slots=True)
class Dataset:
    """Examples with the system prompt that those without their own inherit."""

    examples: tuple[Example, ...]
    system_prompt: str = field(default="")

    def __iter__(self) -> Iterator[Example]:
        """The examples as they are trained on."""
        return (example.inheriting(self.system_prompt) for example in self.examples)
