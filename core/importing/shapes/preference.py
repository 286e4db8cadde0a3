"""A question with a better and a worse reply, as OpenAI, TRL and LLaMA-Factory write it.

OpenAI: `{"input": {"messages": …}, "preferred_output": […], "non_preferred_output": […]}`; the
others: `chosen` and `rejected` beside `prompt`, `instruction` or `conversations`, or each of the
two a whole conversation; of old, an `output` of two texts. The better reply becomes the example's
own, the worse one is kept with it. What is written is OpenAI's form.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from core.examples import ASSISTANT, SYSTEM, USER, Example, Message
from core.importing.shapes import alpaca, chat, sharegpt
from core.importing.shapes.prompt_completion import said_by
from core.importing.shapes.shape import (
    Read,
    comes_back,
    example_of,
    not_an_object,
    unfit,
    with_system,
)

id = "preference"
KEYS = ("input", "preferred_output", "non_preferred_output")
PAIR = ("chosen", "rejected")
_Messages = tuple[Message, ...]
_ROLES = {"Human": USER, "Assistant": ASSISTANT}
_TURN = re.compile(r"\n\n(Human|Assistant): ?(.*?)(?=\n\n(?:Human|Assistant):|\Z)", re.DOTALL)


def recognises(value: Any) -> bool:
    """By its two replies."""
    if not isinstance(value, dict):
        return False
    return set(KEYS[1:]) <= set(value) or set(PAIR) <= set(value) or _is_ranked(value)


def read(value: Any) -> Read:
    """The conversation with the better reply, and the worse one beside it."""
    if not isinstance(value, dict):
        return not_an_object()
    if _is_ranked(value):
        rest = {key: item for key, item in value.items() if key != "output"}
        value = rest | dict(zip(PAIR, value["output"], strict=True))
    return _read_pair(value) if set(PAIR) <= set(value) else _read_outputs(value)


def write(example: Example) -> dict[str, Any]:
    """OpenAI's form; everything beside the messages goes with the question."""
    asked, preferred = example.messages[:-1], example.messages[-1:]
    return {
        "input": replace(example, messages=asked).to_json(),
        "preferred_output": [message.to_json() for message in preferred],
        "non_preferred_output": [message.to_json() for message in example.rejected],
    }


def why_not(example: Example) -> str:
    """A question and two replies to it; "no_pair" where there is but one."""
    if len(example.messages) < 2 or example.messages[-1].role != ASSISTANT:
        return "unfinished"
    if not example.rejected:
        return "no_pair"
    back = read(write(example))
    whole = isinstance(back, Example) and back.rejected == example.rejected
    return "" if whole and comes_back(read, write(example), example) else "extras"


def _is_ranked(value: dict[str, Any]) -> bool:
    """Whether it is LLaMA-Factory's older form: an output of a better and a worse text."""
    output = value.get("output")
    return "instruction" in value and isinstance(output, list) and len(output) == len(PAIR)


def _read_outputs(value: dict[str, Any]) -> Read:
    asked = value.get("input")
    if isinstance(asked, str):
        asked = {"messages": [{"role": USER, "content": asked}]}
    question = chat.read(asked)
    preferred, other = (said_by(ASSISTANT, value.get(key)) for key in KEYS[1:])
    if not isinstance(question, Example) or not preferred or not other:
        return unfit(KEYS)
    rest = example_of((), value, KEYS)
    if not isinstance(rest, Example) or set(dict(rest.extra)) & set(dict(question.extra)):
        return unfit(KEYS)
    said, extra = (*question.messages, *preferred), (*question.extra, *rest.extra)
    return replace(question, messages=said, extra=extra, rejected=other)


def _read_pair(value: dict[str, Any]) -> Read:
    chosen, rejected = (_replies(value[key]) for key in PAIR)
    asked, used = _question(value)
    if not chosen or not rejected or asked is None:
        return unfit(PAIR)
    if next((m.role for m in chosen if m.role != SYSTEM), "") == USER:
        told, (asked, chosen, rejected) = asked, _without_common(chosen, rejected)
        if not set(told) <= set(asked):  # the question beside the conversations is another one
            return unfit(PAIR)
    messages = with_system(value.get("system"), (*asked, *chosen))
    found = example_of(messages, value, used)
    if not rejected or not isinstance(found, Example):
        return unfit(PAIR)
    return replace(found, rejected=rejected)


def _question(value: dict[str, Any]) -> tuple[_Messages | None, tuple[str, ...]]:
    """What both replies answer, and the keys that say it."""
    used = (*PAIR, "system")
    if "prompt" in value:
        return said_by(USER, value["prompt"]), ("prompt", *used, *_copies(value))
    if "instruction" in value:
        text, earlier = alpaca.question_of(value), alpaca.history_of(value.get("history"))
        said = None if text is None or earlier is None else (*earlier, Message.of(USER, text))
        return said, ("instruction", "input", "history", *used)
    if sharegpt.recognises(value):
        found = sharegpt.read({key: value.get(key) for key in sharegpt.LISTS})
        return found.messages if isinstance(found, Example) else None, (*sharegpt.LISTS, *used)
    return (), (*used, *_copies(value))


def _copies(value: dict[str, Any]) -> tuple[str, ...]:
    """The key under which UltraFeedback repeats the chosen conversation."""
    return ("messages",) if value.get("messages") == value["chosen"] else ()


def _replies(value: Any) -> _Messages | None:
    """A text, a list of messages, or one message in the words of ShareGPT.

    A text that begins with a role holds a whole conversation, as Anthropic's data sets have it;
    further down, a role is something that the reply says.
    """
    if isinstance(value, str) and _TURN.match(value):
        return tuple(Message.of(_ROLES[who], said) for who, said in _TURN.findall(value))
    if isinstance(value, dict):
        value = [value]
    if isinstance(value, list) and all(isinstance(each, dict) for each in value):
        found = sharegpt.read({sharegpt.LISTS[0]: value})
        return found.messages if isinstance(found, Example) else None
    return said_by(ASSISTANT, value)


def _without_common(
    chosen: _Messages, rejected: _Messages
) -> tuple[_Messages, _Messages, _Messages]:
    """What two conversations begin with alike, and how each goes on."""
    same = 0
    for one, other in zip(chosen, rejected, strict=False):
        if one != other:
            break
        same += 1
    same = min(same, len(chosen) - 1)
    return chosen[:same], chosen[same:], rejected[same:]
