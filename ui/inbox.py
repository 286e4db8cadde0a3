"""What a component sends comes in here: each item carried out once, and answered for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from core.errors import StorageFailed, TonesmithError
from ui import state

log = logging.getLogger("tonesmith")

Item = Mapping[str, Any]  # number `n`, `kind`, and what that kind needs
_NOBODY: dict[str, Any] = {"ack": {"tab": "", "n": 0}, "refused": []}


def read_message(component: str) -> Mapping[str, Any]:
    """The message that woke us; empty where something else did. For use in `on_sent_change`."""
    held = st.session_state.get(component)
    return (held and held.get("sent")) or {}


def take_items(component: str, carry_out: Callable[[Item], None]) -> None:
    """Carry out, in order, the items of a message that were not dealt with before.

    A browser sends an item until it is told that it was dealt with, so what fails for want of disk
    or database is left undone to come again. What is refused is answered with the reason.
    """
    message = read_message(component)
    items = message.get("items", [])
    ack, refused = _standing(component, message)
    for item in items:
        if item["n"] <= ack["n"]:
            continue
        try:
            carry_out(item)
        except StorageFailed as failed:
            log.warning("%s", failed.code)
            break
        except TonesmithError as problem:
            refused.append({**problem.params, "n": item["n"], "code": problem.code})
        except Exception:  # else a browser would send it for ever
            log.exception("an item could not be carried out")
            refused.append({"n": item["n"], "code": "not_saved"})
        ack["n"] = item["n"]
    st.session_state[_key(component)] = {"ack": ack, "refused": refused}


def answer(component: str) -> dict[str, Any]:
    """`ack` and `refused`, to be sent back with the component's data."""
    return dict(st.session_state.get(_key(component), _NOBODY))


def _standing(component: str, message: Mapping[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    """How far we are with this browser tab; a refusal stands until the tab has heard it."""
    before = st.session_state.get(_key(component), _NOBODY)
    if before["ack"]["tab"] != message.get("tab"):
        return {"tab": message.get("tab", ""), "n": 0}, []
    waiting = {item["n"] for item in message.get("items", [])}
    return dict(before["ack"]), [each for each in before["refused"] if each["n"] in waiting]


def _key(component: str) -> str:
    return f"{state.INBOX}_{component}"
