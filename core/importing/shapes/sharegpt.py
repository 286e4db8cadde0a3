"""ShareGPT's form: `{"conversations": [{"from": "human", "value": …}, {"from": "gpt", …}]}`.

Many tools write it with small differences (LLaMA-Factory, FastChat, Axolotl, Kiln): the list may be
called `conversation`, the instructions may stand beside it as `system`, and a message may say
`role` and `content`. All of them are read; what is written is the form above.
"""

from __future__ import annotations

from typing import Any

from core.examples import ASSISTANT, SYSTEM, USER, Example, Message
from core.importing.shapes.calls import as_call, as_results, as_tools
from core.importing.shapes.shape import (
    Read,
    comes_back,
    example_of,
    not_an_object,
    placed,
    unfit,
    with_system,
)

id = "sharegpt"
LISTS = ("conversations", "conversation")
_KEYS = {"from": "role", "value": "content"}
_ROLES = {
    **dict.fromkeys(("human", "user"), USER),
    **dict.fromkeys(("gpt", "assistant", "chatgpt", "model", "bot", "bard", "bing"), ASSISTANT),
    "system": SYSTEM,
}
_NAMES = {USER: "human", ASSISTANT: "gpt"}


def recognises(value: Any) -> bool:
    """By its list of conversations."""
    return isinstance(value, dict) and any(isinstance(value.get(key), list) for key in LISTS)


def read(value: Any) -> Read:
    """The turns with the roles they mean; an unknown speaker stays for the rules to tell."""
    if not isinstance(value, dict):
        return not_an_object()
    key = next((key for key in LISTS if isinstance(value.get(key), list) and value[key]), "")
    if not key:
        return unfit(LISTS[:1])
    for index, said in enumerate(value[key]):
        if not isinstance(said, dict):
            return not_an_object(index)
        if any(theirs in said and ours in said for theirs, ours in _KEYS.items()):
            return unfit(_KEYS, index)
    messages = as_results(as_call(_read_message(said)) for said in value[key])
    whole = with_system(value.get("system"), messages)
    return example_of(whole, as_tools(value), (key, "system"))


def write(example: Example) -> dict[str, Any]:
    """The turns in the names that ShareGPT has for them."""
    return placed(example, {LISTS[0]: [_write_message(message) for message in example.messages]})


def why_not(example: Example) -> str:
    """Any turns in any order; no keys or roles that mean something else here."""
    if not example.messages:
        return "unfinished"
    return "" if comes_back(read, write(example), example) else "extras"


def _read_message(said: dict[str, Any]) -> Message:
    message = Message.from_json({_KEYS.get(key, key): item for key, item in said.items()})
    role = _ROLES.get((message.role or "").strip().lower())
    return message.with_value("role", role) if role else message


def _write_message(message: Message) -> dict[str, Any]:
    names = {ours: theirs for theirs, ours in _KEYS.items()}
    said = {names.get(key, key): item for key, item in message.to_json().items()}
    if message.role in _NAMES:
        said["from"] = _NAMES[message.role]
    return said
