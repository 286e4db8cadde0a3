"""Choosing where and what to train, seeing what it takes, and starting it once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

import streamlit as st

from core.costs import format_price
from core.errors import BadInput, TonesmithError
from core.estimating import estimate
from core.jobs import SAVED, Connection, Estimate, TrainingRequest
from core.prices import priced_model
from core.providers.profiles import THIS_COMPUTER, Model, Profile, load_profile
from core.retiring import Ending, endings, going_dark
from core.spending import check_limit
from core.storage import Project, Store
from core.summary import FindingGroup, Summary
from core.timing import load_time_taken
from core.training import save_training_file, start_job, ticket_for
from core.transfer import export_lines
from core.verdicts import TOO_FEW
from ui import state
from ui.connections import ask_key, connect
from ui.counting import counted_summary
from ui.extra_install import show_extra_install
from ui.findings import group_title
from ui.frame import go_to
from ui.keys import key_for
from ui.local_install import can_train_here, show_install_card, why_not_here
from ui.parts import show_marked, show_note
from ui.prices import show_price_form
from ui.server_models import show_server_models, told_models
from ui.tally import tally_sentence
from ui.text import knows, markdown_for, sentence_for, t, today
from ui.train_cost import show_limit, show_reckoning
from ui.train_data import Data, choose_approved, choose_validation
from ui.train_numbers import choose_batch, choose_passes, choose_rate, refused_numbers
from ui.train_place import choose_training_place, open_models, show_guard
from ui.undo import show_price_back

SUFFIX_MOST = 64  # characters; where a place takes fewer, what was typed is not cut


@dataclass(frozen=True, slots=True)
class Choice:
    """Everything the person has chosen on this page, and what it comes to."""

    connection: Connection
    profile: Profile
    model: Model
    request: TrainingRequest
    data: Data
    summary: Summary
    ends: tuple[Ending, ...]


def show_training(store: Store, project: Project) -> None:
    """What to choose on the left; what it comes to, and Start, on the right."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        choice = _show_choices(store, project)
    past = store.load_jobs(connection_id=choice.connection.id)
    told = estimate(
        choice.summary, choice.profile, choice.model, choice.request, past,
        validation=choice.data.tested_on, taken=partial(load_time_taken, store),
    )  # fmt: skip
    wrong = refused_numbers(choice.profile, choice.request)
    with right, st.container(border=True, key="card_reckoning"):
        if not wrong:  # else there is nothing to reckon with
            show_reckoning(choice.summary, choice.profile, choice.model, choice.request, told)
        show_limit(store, project, told)
        _show_start(store, project, choice, told, wrong)
    show_price_back(store)


def _show_choices(store: Store, project: Project) -> Choice:
    connection, profile = _choose_place(store)
    model = priced_model(store, profile, _choose_model(store, profile, connection))
    ends = _show_endings(store, profile, connection, model)
    approved_only = choose_approved(store, project)
    summary = counted_summary(store, project, profile, model, approved_only=approved_only)
    passes = choose_passes(profile, model, summary)
    suffix = _choose_suffix(project, profile)
    with st.expander(t("train.more")):
        batch = choose_batch(profile, summary)
        rate = choose_rate(profile, model)
        seed = _choose_seed(profile)
        data = choose_validation(store, project, profile, approved_only=approved_only)
    request = TrainingRequest(model.id, passes, batch, rate, suffix, seed)
    return Choice(connection, profile, model, request, data, summary, ends)


def _choose_place(store: Store) -> tuple[Connection, Profile]:
    connection = choose_training_place(store)
    profile = load_profile(connection.profile_id)  # it has one, else it could not be chosen
    if profile.id == THIS_COMPUTER:
        show_install_card()
    if profile.needs_key and not key_for(store, connection):
        ask_key(connection, "train")
    show_extra_install(profile)
    return connection, profile


def _choose_model(store: Store, profile: Profile, connection: Connection) -> Model:
    if profile.any_model is not None:
        return profile.model(show_server_models(store, connection))
    models = {model.id: model for model in open_models(profile) or profile.models}
    prices = {model.id: priced_model(store, profile, model) for model in models.values()}
    chosen = st.selectbox(
        t("train.model"), list(models), key=f"train_model_{profile.id}",
        format_func=lambda model: _model_label(prices[model]), persist_state="session",
    )  # fmt: skip
    model = models[chosen or next(iter(models))]
    show_note(about_model(model.id))
    return model


def _model_label(model: Model) -> str:
    """A base model with what it is in two words, and what it costs."""
    name, price = model_name(model.id), model.price.training
    return t("train.model_priced", name=name, price=format_price(price)) if price else name


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


def _show_endings(
    store: Store, profile: Profile, connection: Connection, model: Model
) -> tuple[Ending, ...]:
    """What should be known before sending anything there: what ends, and what comes after."""
    remote = told_models(store, connection)
    ends = endings(profile, model, remote, today())
    own = store.load_jobs(connection_id=connection.id)
    dark = going_dark(own, [connection], {connection.id: remote}, today())
    show_guard(profile, model, ends, dark)
    for note in profile.notes:
        show_note(t(f"place_note.{note}"))
    if profile.deploy is not None:
        show_note(t(f"deploy.{profile.deploy.code}"))
    return ends


def _choose_suffix(project: Project, profile: Profile) -> str:
    if "suffix" not in profile.offers:
        return ""
    return st.text_input(
        t("train.suffix"), key=f"train_suffix_{project.id}", max_chars=SUFFIX_MOST,
        help=t("train.suffix_help", n=profile.suffix_max),
        placeholder=t("train.suffix_placeholder"), persist_state="session",
    ).strip()  # fmt: skip


def _choose_seed(profile: Profile) -> int | None:
    if "seed" not in profile.offers:
        return None
    seed = st.number_input(
        t("train.seed"), value=None, step=1,
        help=t("train.seed_help"), key="train_seed", persist_state="session",
    )  # fmt: skip
    return None if seed is None else int(seed)


# Start


def _why_blocked(group: FindingGroup, choice: Choice) -> str:
    if group.code == TOO_FEW:
        n, held = choice.summary.examples, choice.data.held_out
        if held:
            held_words = t("train.blocked_few_held", n=held)
            return t(
                "train.blocked_few_beside", n=n, held=held_words, needed=choice.profile.min_examples
            )
        return t("train.blocked_few", n=n, needed=choice.profile.min_examples)
    return t("train.blocked_by", title=group_title(group), do=t(f"finding.{group.code}.do"))


def _blockers(store: Store, choice: Choice) -> list[str]:
    """What still stands in the way of Start, each as a sentence, beside the limit."""
    summary, profile = choice.summary, choice.profile
    found = [_why_blocked(group, choice) for group in summary.blocking]
    if any(ending.blocks for ending in choice.ends):
        found.append(t("train.blocked_closed", name=choice.connection.name, model=choice.model.id))
    if profile.needs_key and not key_for(store, choice.connection):
        found.append(t("train.blocked_key", name=choice.connection.name))
    if not choice.model.id:
        found.append(t("train.blocked_model"))
    if len(choice.request.suffix) > profile.suffix_max:
        found.append(t("train.blocked_suffix", n=profile.suffix_max))
    if choice.data.is_refused:
        found.append(t("train.blocked_validation"))
    if profile.id == THIS_COMPUTER and not can_train_here():
        found.append(why_not_here())
    return found


def _over_limit(store: Store, project: Project, told: Estimate) -> BadInput | None:
    """Why the project's limit stands in the way, if it does."""
    try:
        check_limit(store, project.id, told)
    except BadInput as refusal:
        return refusal
    return None


def _show_start(
    store: Store, project: Project, choice: Choice, told: Estimate, wrong: list[str]
) -> None:
    blockers = [*wrong, *_blockers(store, choice)]
    limit = None if wrong else _over_limit(store, project, told)
    for blocker in [*blockers, *([sentence_for(limit)] if limit else [])]:
        show_marked("error", blocker)
    if choice.summary.blocking and st.button(t("train.go_fix"), key="go_fix", type="tertiary"):
        go_to("editor", **_rows_to_mend(choice.summary))
    if told.price is None and choice.model.id:
        with st.expander(t("train.go_price"), icon=":material/edit:"):
            show_price_form(store, choice.profile, choice.model)
    pressed = st.button(
        t("train.start"), key="start", type="primary", width="stretch",
        disabled=bool(blockers or limit), icon=":material/play_arrow:",
    )  # fmt: skip
    show_note(t("train.start_note"))
    if pressed:
        _start(store, project, choice, told)
    else:
        st.session_state[state.TRAIN_TICKET] = ticket_for(store, project.id)
    _show_kept(store, project)


def _rows_to_mend(summary: Summary) -> dict[str, str]:
    """The address of the rows in the way of Start, where it is rows that are."""
    codes = [group.code for group in summary.blocking if group.has_rows]
    return {"code": codes[0]} if codes else {}


def _show_kept(store: Store, project: Project) -> None:
    """A training that was never sent is kept as a job; the way to it, so that nobody looks for it.

    Pressing Start again with the same choices means that very job.
    """
    kept = next((job for job in store.load_jobs(project.id) if job.status == SAVED), None)
    if kept is None:
        return
    show_marked("warning", t("train.kept"))
    if st.button(t("train.go_kept"), key="go_kept", type="tertiary", icon=":material/timeline:"):
        go_to("jobs", job=kept.id)


def _start(store: Store, project: Project, choice: Choice, told: Estimate) -> None:
    """Start one job for one press: a second click arrives with the same ticket.

    What is learned is counted once more, in the bytes that go out: where that is not what the page
    has said, they are not sent.
    """
    try:
        with st.spinner(t("train.starting")):
            client = connect(store, choice.connection.id)
            training = save_training_file(store, export_lines(store, project, choice.data.training))
            if training.tally.replies != choice.summary.replies:
                st.warning(t("train.changed", learned=tally_sentence(training.tally)))
                return
            job = start_job(
                store, client,
                ticket=st.session_state[state.TRAIN_TICKET],
                connection_id=choice.connection.id,
                project_id=project.id,
                request=choice.request,
                snapshot_sha256=training.snapshot.sha256,
                validation_sha256=_keep_validation(store, project, choice.data),
                estimate=told,
            )  # fmt: skip
    except TonesmithError as problem:
        st.error(markdown_for(problem))
        # What was refused has ended: the next press means another job. What never arrived has not.
        st.session_state[state.TRAIN_TICKET] = ticket_for(store, project.id)
        return
    st.session_state.pop(f"train_suffix_{project.id}", None)  # the next model has another name
    go_to("jobs", job=job.id)


def _keep_validation(store: Store, project: Project, data: Data) -> str | None:
    """The held-back examples as a snapshot of their own, where there are any."""
    if data.file is not None:
        return save_training_file(store, [data.file]).snapshot.sha256 if data.file else None
    if data.validation is None:
        return None
    lines = export_lines(store, project, data.validation)
    return save_training_file(store, lines).snapshot.sha256
