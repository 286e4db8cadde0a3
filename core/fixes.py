"""Repairs: for a finding's code, a pure function from the example to the mended one.

A repair does what nobody would have to think about. It invents no word, brings no error, leaves
nothing to be done by doing it twice, and where there is something to decide it does nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TypeAlias

from core.brand.fixes import end_as_wanted, write_preferred
from core.examples import ASSISTANT, SYSTEM, USER, Example, Json, JsonObject, Message
from core.findings import Severity
from core.json_replies import mend_json
from core.reviews import says_the_same
from core.rules import NO_CHECKS, Checks, check_example_once
from core.sensitive import PERSONAL_KINDS, SECRET_KINDS, with_texts, without_sensitive

Fix: TypeAlias = Callable[[Example], Example]
ProjectFix: TypeAlias = Callable[[Example, Checks], Example]
MessageFix: TypeAlias = Callable[[Message], Message]
Pairs: TypeAlias = tuple[tuple[str, Json], ...]

# Every key that some place to train takes; a test holds it to the profiles.
KEPT_KEYS = frozenset(
    {"role", "content", "name", "weight", "tool_calls", "tool_call_id", "function_call", "refusal"}
)
# Under which other names programs write what belongs under ours.
_ALIASES = {"role": ("from", "speaker", "author"), "content": ("text", "value", "message")}
_SPEAKERS = {
    SYSTEM: ("system", "developer", "instructions", "系统"),
    USER: ("user", "human", "customer", "prompter", "用户", "顾客"),
    ASSISTANT: ("assistant", "gpt", "chatgpt", "bot", "chatbot", "ai", "model", "助手", "客服"),
}
_ROLES = {name: role for role, names in _SPEAKERS.items() for name in names}
_TOOLS = {"tool", "function"}  # what they answer may be empty, and answers a call all the same
_NO = {"0", "0.0", "false", "no", "off"}
_MANY = 20  # silent messages up to which each is tried on its own
_HALVES = re.compile("[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]")


def apply_fix(code: str, example: Example, checks: Checks = NO_CHECKS) -> Example:
    """The example without the findings of this code, as far as they can be mended.

    Raises:
        KeyError: no fix is known for the code; ask `has_fix` first.
    """
    if code in PROJECT_FIXES:
        return PROJECT_FIXES[code](example, checks)
    return FIXES[code](example)


def has_fix(code: str) -> bool:
    """Whether a fix is known for findings of this code."""
    return code in FIXES or code in PROJECT_FIXES


def can_fix(code: str, example: Example, checks: Checks = NO_CHECKS) -> bool:
    """Whether the fix for this code, if there is one, would change the example."""
    return has_fix(code) and not says_the_same(apply_fix(code, example, checks), example)


def _each(fix: MessageFix) -> Fix:
    return lambda example: example.with_messages(map(fix, example.messages))


def _trim(message: Message) -> Message:
    """Without spaces and line breaks at both ends; what is nothing else stays."""
    trimmed = message.text.strip()
    return message.with_value("content", trimmed) if trimmed else message


def _name_keys(message: Message) -> Message:
    """Role and content under their names; what calls tools and says nothing says null."""
    for key, others in _ALIASES.items():
        if key not in message.keys:
            message = _renamed(message, key, others)
    silent = message.role == ASSISTANT and "content" not in message.keys
    return message.with_value("content", None) if silent and _calls(message) else message


def _renamed(message: Message, key: str, others: tuple[str, ...]) -> Message:
    """`key` in the place of the first pair that means it."""
    meant = (key, *others)
    for place, (name, value) in enumerate(message.pairs):
        if name.strip().lower() in meant and isinstance(value, str):
            value = _role_of(value) if key == "role" else value
            pairs = (*message.pairs[:place], (key, value), *message.pairs[place + 1 :])
            return Message(pairs)
    return message


def _drop_keys(message: Message) -> Message:
    """Without keys that no place to train takes; what only has another name is spared."""
    named = _name_keys(message)
    return Message(tuple(pair for pair in named.pairs if pair[0] in KEPT_KEYS))


def _name_role(message: Message) -> Message:
    """The speaker by the name that every place knows, where it is clear who is meant."""
    role = message.role
    return message if role is None else message.with_value("role", _role_of(role))


def _role_of(said: str) -> str:
    return _ROLES.get(said.strip().lower(), said)


def _weigh(message: Message) -> Message:
    """A weight that says no is 0; any other that is none is left out, and the reply learned."""
    weight = message.weight
    if weight is None or (not isinstance(weight, bool) and weight in (0, 1)):
        return message
    is_none = not weight or str(weight).strip().lower() in _NO
    is_less = isinstance(weight, int | float) and weight < 0
    return message.with_value("weight", 0) if is_none or is_less else message.without("weight")


def _name_speaker(message: Message) -> Message:
    """A number as a name becomes text; what is no name at all is left out."""
    name = message.name
    if name is None or isinstance(name, str):
        return message
    is_number = isinstance(name, int | float) and not isinstance(name, bool)
    return message.with_value("name", str(name)) if is_number else message.without("name")


def _write_content(message: Message) -> Message:
    """A number, or parts that are nothing but text, as text."""
    content = message.content
    if isinstance(content, int | float) and not isinstance(content, bool):
        return message.with_value("content", str(content))
    if isinstance(content, tuple) and content:
        texts = [_text_of(part) for part in content]
        if all(texts):
            return message.with_value("content", "\n".join(text or "" for text in texts))
    return message


def _text_of(part: Json) -> str | None:
    """What a part of a content says; None where it is, say, a picture."""
    if isinstance(part, JsonObject) and part.get("type") == "text":
        part = part.get("text")
    return part if isinstance(part, str) else None


def _fill(example: Example) -> Example:
    """Content that is text; messages that say nothing go."""
    return _without_idle(_each(_write_content)(example), lambda message: not message.text)


def _drop_blank(example: Example) -> Example:
    """Without messages of blanks only."""
    return _without_idle(example, lambda message: bool(message.text) and not message.text.strip())


def _without_idle(example: Example, is_idle: Callable[[Message], bool]) -> Example:
    """Without those messages that nothing would lack: no other finding comes by their going."""
    known = _grave_codes(example)
    idle = [i for i, m in enumerate(example.messages) if is_idle(m) and _can_go(m)]
    for some in (idle, *([at] for at in reversed(idle[:_MANY]))):
        rest = example.with_messages(m for i, m in enumerate(example.messages) if i not in some)
        if some and _grave_codes(rest) <= known:
            return _without_idle(rest, is_idle)
    return example


def _can_go(message: Message) -> bool:
    """Whether it holds nothing: what is not text, a call, and a tool's answer are something."""
    nothing = message.content is None or isinstance(message.content, str) or message.content == ()
    return nothing and not _calls(message) and message.role not in _TOOLS


def _grave_codes(example: Example) -> set[str]:
    found = check_example_once(example)
    return {finding.code for finding in found if finding.severity is not Severity.ADVICE}


def _join(example: Example) -> Example:
    """Two messages of one speaker as one, where nothing but their text differs."""
    joined: list[Message] = []
    for message in example.messages:
        if joined and _belong_together(joined[-1], message):
            texts = (each.text for each in (joined[-1], message) if each.text.strip())
            joined[-1] = joined[-1].with_value("content", "\n".join(texts) or message.text)
        else:
            joined.append(message)
    return example.with_messages(joined)


def _belong_together(before: Message, message: Message) -> bool:
    if not message.role or message.role in _TOOLS or _calls(before) or _calls(message):
        return False
    one, other = (dict(each.without("content").pairs) for each in (before, message))
    return one == other and all(isinstance(m.content, str | None) for m in (before, message))


def _end_with_reply(example: Example) -> Example:
    """Without what stands after the last reply: nobody would ever learn from it."""
    replies = [i for i, message in enumerate(example.messages) if message.role == ASSISTANT]
    return example.with_messages(example.messages[: replies[-1] + 1]) if replies else example


def _cleaning(fault: re.Pattern[str]) -> Fix:
    """Take what cannot be meant out of every text, also of those beside the messages.

    Content that is nothing else stays: without it the message would be empty, which is worse.
    """

    def clean(value: Json) -> Json:
        if isinstance(value, str):
            return fault.sub("", value)
        if isinstance(value, tuple):
            return tuple(map(clean, value))
        if isinstance(value, JsonObject):
            return JsonObject(cleaned_pairs(value.pairs))
        return value

    def cleaned_pairs(pairs: Pairs) -> Pairs:
        return tuple((name, clean(value)) for name, value in pairs)

    def in_message(message: Message) -> Message:
        cleaned = Message(cleaned_pairs(message.pairs))
        is_lost = message.text and not cleaned.text
        return cleaned.with_value("content", message.content) if is_lost else cleaned

    def fix(example: Example) -> Example:
        return replace(_each(in_message)(example), extra=cleaned_pairs(example.extra))

    return fix


def _hide(kinds: tuple[str, ...]) -> MessageFix:
    """A placeholder for all that is of these kinds, wherever people write."""
    return lambda message: with_texts(message, lambda text: without_sensitive(text, kinds))


def _mend_reply(message: Message) -> Message:
    """A reply that is JSON to its end, where only commas and what follows are too much."""
    if message.role != ASSISTANT or not message.text:
        return message
    return message.with_value("content", mend_json(message.text))


def _calls(message: Message) -> bool:
    return bool(message.tool_calls or message.get("function_call"))


FIXES: Mapping[str, Fix] = MappingProxyType(
    {
        "message_missing_key": _each(_name_keys),
        "message_unrecognized_key": _each(_drop_keys),
        "unrecognized_role": _each(_name_role),
        "missing_content": _fill,
        "last_message_not_assistant": _end_with_reply,
        "consecutive_same_role": _join,
        "blank_content": _drop_blank,
        "bad_weight": _each(_weigh),
        "bad_name": _each(_name_speaker),
        "lone_surrogate": _cleaning(_HALVES),
        "nul_character": _cleaning(re.compile("\0")),
        "untrimmed_whitespace": _each(_trim),
        "personal_data": _each(_hide(PERSONAL_KINDS)),
        "secret": _each(_hide(SECRET_KINDS)),
        "broken_json_reply": _each(_mend_reply),
    }
)
# Those that go by what the project wants.
PROJECT_FIXES: Mapping[str, ProjectFix] = MappingProxyType(
    {"brand_prefer": write_preferred, "brand_ending": end_as_wanted}
)
# Found while a file is read, and by no rule: what was brought in may have them unseen.
UNSEEN = ("lone_surrogate", "nul_character")
# Mended in all examples at once, by `core.bulk`: what one alone does not show.
DATASET_FIXES = ("duplicate_example", "untrimmed_instructions")
