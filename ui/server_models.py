"""The models of a place, read from the place itself: chosen from its list, or typed."""

from __future__ import annotations

import streamlit as st

from core.connecting import profile_of
from core.errors import AuthenticationFailed, TonesmithError
from core.jobs import Connection, RemoteModel
from core.providers.checking import TUNED
from core.providers.profiles import THIS_COMPUTER
from core.storage import Store
from ui import state
from ui.connections import ask_key, connect
from ui.keys import key_for
from ui.parts import show_note
from ui.text import markdown_for, t, today

LIST_SECONDS = 10.0
GUARD_SECONDS = 4.0  # a warning is not worth more of anybody's time


def show_server_models(store: Store, connection: Connection) -> str:
    """The model to train, or nothing while there is none."""
    told = _models_of(store, connection, LIST_SECONDS)
    problem = told if isinstance(told, TonesmithError) else None
    models = [] if isinstance(told, TonesmithError) else trainable(told)
    if isinstance(problem, AuthenticationFailed) and not key_for(store, connection):
        show_note(t("train.blocked_key", name=connection.name))
        ask_key(connection, "train")
    elif problem is not None:
        st.warning(markdown_for(problem))
    key = f"train_model_{connection.id}"
    if models and not st.session_state.get(
        key
    ):  # the list may come after an empty field stood here
        st.session_state[key] = models[0]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            t("train.model"), models, key=key, accept_new_options=True,
            index=None, placeholder=t("train.model_placeholder"), help=t("train.model_help"),
        )  # fmt: skip
        st.button("", key="models_again", icon=":material/refresh:", help=t("train.models_again"),
                  on_click=_forget, args=(connection,))  # fmt: skip
    if problem is None:
        show_note(t("model.server.limits"))
    return (chosen or "").strip()


def told_models(store: Store, connection: Connection) -> list[RemoteModel]:
    """What a place says of its models, such as when they end; nothing where it does not say.

    This computer's models do not end, and a place that wants a key is not asked without one.
    """
    profile = profile_of(connection)
    if profile is None or profile.id == THIS_COMPUTER:
        return []
    if profile.needs_key and not key_for(store, connection):
        return []
    told = _models_of(store, connection, GUARD_SECONDS)
    return [] if isinstance(told, TonesmithError) else told


def _models_of(
    store: Store, connection: Connection, seconds: float
) -> list[RemoteModel] | TonesmithError:
    """What the place offers, asked once a session; also that it would not say is kept."""
    known = st.session_state.setdefault(state.SERVER_MODELS, {})
    if connection.id not in known:
        try:
            with st.spinner(t("train.models_reading")):
                client = connect(store, connection.id, timeout=seconds)
                known[connection.id] = client.list_models()
        except TonesmithError as problem:
            known[connection.id] = problem
    found: list[RemoteModel] | TonesmithError = known[connection.id]
    return found


def trainable(models: list[RemoteModel]) -> list[str]:
    """The names in the server's order, the tuned ones last; those that have ended are left out."""
    alive = [m.id for m in models if m.shutdown_on is None or m.shutdown_on > today()]
    return sorted(dict.fromkeys(alive), key=lambda model: model.startswith(TUNED))


def _forget(connection: Connection) -> None:
    st.session_state.get(state.SERVER_MODELS, {}).pop(connection.id, None)
