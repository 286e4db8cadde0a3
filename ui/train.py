"""Choosing where and what to train, seeing what it costs, and starting it once."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

import streamlit as st

from core.errors import TonesmithError
from core.jobs import Connection, TrainingRequest
from core.providers.profiles import THIS_COMPUTER, Hyperparameter, Model, Profile, load_profile
from core.storage import Project, Store
from core.summary import FindingGroup, Summary
from core.training import save_training_file, start_job
from core.transfer import export_lines
from ui import state
from ui.connections import ask_key, choose_place, connect
from ui.costs import cost_tip, cost_words
from ui.counting import counted_summary
from ui.findings import group_title
from ui.frame import go_to
from ui.keys import key_for
from ui.local_install import can_train_here, show_install_card, why_not_here
from ui.parts import show_facts, show_marked, show_note
from ui.server_models import show_server_models
from ui.tally import tally_sentence
from ui.text import knows, markdown_for, t, today
from ui.train_data import Data, choose_approved, choose_validation


@dataclass(frozen=True, slots=True)
class Choice:
    """Everything the person has chosen on this page."""

    connection: Connection
    profile: Profile
    model: Model
    request: TrainingRequest
    data: Data


def show_training(store: Store, project: Project) -> None:
    """What to choose on the left; what it comes to, and Start, on the right."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        choice = _show_choices(store, project)
    summary = counted_summary(
        store, project, choice.profile, choice.model, approved_only=choice.data.approved_only
    )
    with right, st.container(border=True, key="card_reckoning"):
        _show_reckoning(summary, choice)
        _show_start(store, project, summary, choice)


def _show_choices(store: Store, project: Project) -> Choice:
    connection = choose_place(store, "train_place")
    profile = load_profile(connection.profile_id)
    show_closings(profile)
    if profile.id == THIS_COMPUTER:
        show_install_card()
    _show_key(store, profile, connection)
    if profile.any_model is None:
        model = _show_models(profile)
    else:
        model = profile.model(show_server_models(store, connection))
    approved_only = choose_approved(store, project)
    epochs = _auto_or_number("passes", profile.n_epochs, whole=True)
    suffix = st.text_input(
        t("train.suffix"), key="train_suffix", max_chars=profile.suffix_max,
        help=t("train.suffix_help"), placeholder=t("train.suffix_placeholder"),
    )  # fmt: skip
    with st.expander(t("train.more")):
        batch = _auto_or_number("batch", profile.batch_size, whole=True)
        rate = _auto_or_number("rate", profile.learning_rate, whole=False)
        if rate is not None:
            show_note(_rate_words(profile.learning_rate.name))
        seed = st.number_input(t("train.seed"), min_value=0, max_value=2_147_483_647, value=None,
                               step=1, help=t("train.seed_help"), key="train_seed")  # fmt: skip
        data = choose_validation(store, project, profile, approved_only=approved_only)
    request = TrainingRequest(
        model=model.id,
        n_epochs=int(epochs) if epochs else None,
        batch_size=int(batch) if batch else None,
        learning_rate=rate,
        suffix=suffix.strip(),
        seed=int(seed) if seed is not None else None,
    )
    return Choice(connection, profile, model, request, data)


def show_closings(profile: Profile) -> None:
    """What ends at this place, and when."""
    if profile.closings:
        lines = [
            t(f"closing.{closing.code}", on=closing.on.isoformat()) for closing in profile.closings
        ]
        st.warning("\n".join(f"- {line}" for line in lines), icon=":material/event_busy:",
                   title=t("train.closing", name=profile.name))  # fmt: skip


def _show_key(store: Store, profile: Profile, connection: Connection) -> None:
    """Ask for a key where one is needed and none is known."""
    if not profile.needs_key or key_for(store, connection):
        return
    ask_key(connection, "train")


def _show_models(profile: Profile) -> Model:
    models = {model.id: model for model in profile.models}
    open_now = [m.id for m in profile.models if m.closed_on is None or m.closed_on > today()]
    chosen = st.selectbox(
        t("train.model"), open_now, key=f"train_model_{profile.id}", format_func=model_name
    )
    model = models[chosen or open_now[0]]
    show_note(about_model(model.id))
    return model


def model_name(model_id: str) -> str:
    """A base model with what it is in two words, where we can say that."""
    word = word_for(model_id)
    return f"{model_id} · {t(f'model.{word}.short')}" if knows(f"model.{word}.short") else model_id


def about_model(model_id: str, profile: Profile | None = None) -> str:
    """What a base model is good for, and what it is not; of a server's models we cannot know."""
    word = word_for(model_id)
    if word == "hosted" and profile is not None and profile.any_model is not None:
        word = "server"
    return t(f"model.{word}.limits")


def word_for(model_id: str) -> str:
    """The locales' word for a base model: `local/tiny-scratch` stands under `tiny_scratch`."""
    word = re.sub(r"\W", "_", model_id.rpartition("/")[2]).lower()
    return word if knows(f"model.{word}.limits") else "hosted"


def _auto_or_number(name: str, limits: Hyperparameter, *, whole: bool) -> float | None:
    """Automatic unless a person wants a number; None means automatic."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        how = st.segmented_control(
            t(f"train.{name}"), ["auto", "own"], default="auto", required=True,
            key=f"train_{name}_how", help=t(f"train.{name}_help"),
            format_func=lambda value: t(f"train.{value}"),
        )  # fmt: skip
        if how != "own":
            return None
        if whole:
            return st.number_input(
                t("train.number"), int(limits.minimum), int(limits.maximum),
                min(3, int(limits.maximum)), 1, key=f"train_{name}",
            )  # fmt: skip
        usual = 5e-4 if limits.maximum < 1 else 1.0
        return st.number_input(
            t("train.number"), float(limits.minimum), float(limits.maximum), usual,
            step=usual / 5, format="%g", key=f"train_{name}",
        )  # fmt: skip


def _rate_words(name: str) -> str:
    """Under which name a learning rate is sent, and what the number means there."""
    is_factor = name.endswith("multiplier")
    return t("train.rate_factor" if is_factor else "train.rate_itself", name=name)


def _show_reckoning(summary: Summary, choice: Choice) -> None:
    """What will be learned and what it costs."""
    passes = choice.request.n_epochs or summary.epochs
    priced = summary.for_epochs(passes, choice.model)
    about = "" if choice.model.exact else "≈ "
    tokens = f"{about}{summary.billed * passes:,}"
    facts = [
        (t("train.fact_examples"), f"{summary.examples:,}"),
        (t("train.fact_passes"), _passes_words(passes, choice)),
        (t("train.fact_tokens_a_pass" if _is_open(choice) else "train.fact_tokens"), tokens),
        (t("train.fact_cost"), cost_words(priced)),
    ]
    show_facts(facts)
    show_note(tally_sentence(summary.tally))
    if choice.profile.any_model is not None:
        show_note(t("train.approximate"))
    show_note(cost_tip(choice.model))


def _is_open(choice: Choice) -> bool:
    """Whether the provider alone knows how often it will go over the examples."""
    return choice.request.n_epochs is None and not choice.model.epochs.known


def _passes_words(passes: int, choice: Choice) -> str:
    if choice.request.n_epochs is not None:
        return f"{passes}"
    return t("train.fact_open") if _is_open(choice) else t("train.fact_auto", n=passes)


def _why_blocked(group: FindingGroup, summary: Summary, profile: Profile) -> str:
    if group.code == "too_few_examples":
        return t("train.blocked_few", n=summary.examples, needed=profile.min_examples)
    return t("train.blocked_by", title=group_title(group), do=t(f"finding.{group.code}.do"))


def _blockers(store: Store, summary: Summary, choice: Choice) -> list[str]:
    """What still stands in the way of Start, each as a sentence."""
    found = [_why_blocked(group, summary, choice.profile) for group in summary.blocking]
    if choice.profile.needs_key and not key_for(store, choice.connection):
        found.append(t("train.blocked_key", name=choice.connection.name))
    if not choice.model.id:
        found.append(t("train.blocked_model"))
    if choice.data.is_refused:
        found.append(t("train.blocked_validation"))
    if choice.profile.id == THIS_COMPUTER and not can_train_here():
        found.append(why_not_here())
    return found


def _show_start(store: Store, project: Project, summary: Summary, choice: Choice) -> None:
    blockers = _blockers(store, summary, choice)
    for blocker in blockers:
        show_marked("error", blocker)
    if summary.blocking and st.button(t("train.go_fix"), key="go_fix", type="tertiary"):
        go_to("editor")
    pressed = st.button(
        t("train.start"), key="start", type="primary", width="stretch",
        disabled=bool(blockers), icon=":material/play_arrow:",
    )  # fmt: skip
    show_note(t("train.start_note"))
    if pressed:
        _start(store, project, summary, choice)
    else:
        st.session_state[state.TRAIN_TICKET] = f"job-{secrets.token_urlsafe(9)}"


def _start(store: Store, project: Project, summary: Summary, choice: Choice) -> None:
    """Start one job for one press: a second click arrives with the same ticket.

    What is learned is counted once more, in the bytes that go out: where that is not what the page
    has said, they are not sent.
    """
    try:
        with st.spinner(t("train.starting")):
            client = connect(store, choice.connection.id)
            training = save_training_file(store, export_lines(store, project, choice.data.training))
            if training.tally.replies != summary.replies:
                st.warning(t("train.changed", learned=tally_sentence(training.tally)))
                return
            job = start_job(
                store, client,
                start_key=st.session_state[state.TRAIN_TICKET],
                connection_id=choice.connection.id,
                project_id=project.id,
                request=choice.request,
                snapshot_sha256=training.snapshot.sha256,
                validation_sha256=_keep_validation(store, project, choice.data),
            )  # fmt: skip
    except TonesmithError as problem:
        st.error(markdown_for(problem))
        return
    go_to("jobs", job=job.id)


def _keep_validation(store: Store, project: Project, data: Data) -> str | None:
    """The held-back examples as a snapshot of their own, where there are any."""
    if data.file is not None:
        return save_training_file(store, [data.file]).snapshot.sha256 if data.file else None
    if data.validation is None:
        return None
    lines = export_lines(store, project, data.validation)
    return save_training_file(store, lines).snapshot.sha256
