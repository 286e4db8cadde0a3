"""A chat with the base and the tuned model side by side, and the trained questions asked again."""

from __future__ import annotations

import html
from dataclasses import dataclass
from io import BytesIO

import streamlit as st

from core.chats import Turn, load_turns, save_turns
from core.connecting import find_connection, profile_of
from core.errors import TonesmithError
from core.jobs import FineTuningJob
from core.jsonl import read_jsonl
from core.providers.place import Place
from core.providers.profiles import Profile
from core.recall import Recall, recall_examples
from core.storage import Project, Store
from core.templates import find_template
from ui import state
from ui.compare_checkpoint import asked_checkpoint, at_checkpoint
from ui.compare_deployed import as_deployed, has_model
from ui.connections import connect, place_name
from ui.fetching import ask_when_fetched
from ui.frame import current_project, go_to
from ui.job_words import job_name
from ui.parts import bubble, marked, show_empty, show_note
from ui.text import ago, plain, sentence_for, t
from ui.train import about_model, word_for
from ui.undo import offer_chat, show_chat_back, withdraw_undo
from ui.watching import project_names

TEMPERATURE, MAX_TOKENS = 0.7, 500  # what the tutorial this grew out of tested with


@dataclass(frozen=True, slots=True)
class _Said:
    """A reply, or why there is none."""

    text: str
    failed: bool = False


def show_comparison(store: Store) -> None:
    """Choose a tuned model, then talk."""
    jobs = [
        job for job in store.load_jobs() if has_model(store, job) or asked_checkpoint(store, job)
    ]
    if not jobs:
        with st.container(border=True, key="card_empty"):
            show_empty(t("compare.empty"))
            if st.button(t("jobs.go_train"), key="go_train", type="primary"):
                go_to("train")
        return
    job = at_checkpoint(store, _choose(store, jobs))
    place = find_connection(store, job.connection_id)
    profile = profile_of(place)
    if profile is None:
        show_note(t("error.provider_retired", name=place_name(place)))
    else:
        job = as_deployed(store, job, profile)
        if job.fine_tuned_model:
            _talk(store, job, profile)
    can_be_asked = profile is not None and bool(job.fine_tuned_model)
    turns = load_turns(store, job.id)
    if turns or can_be_asked:
        _show_turns(job, turns)
    if turns:
        st.button(t("compare.clear"), key="clear", type="tertiary", icon=":material/delete_sweep:",
                  on_click=_clear, args=(store, job, turns))  # fmt: skip
    if can_be_asked:
        _show_recall(store, job)
    show_chat_back(store)


def _talk(store: Store, job: FineTuningJob, profile: Profile) -> None:
    """How both are asked, questions to begin with, and a field for one's own."""
    system, temperature, max_tokens = _show_settings(store, job)
    _show_offers(store, job, profile)
    is_tiny = word_for(job.request.model) == "tiny_scratch"
    ask = t("compare.ask_it") if is_tiny else t("compare.ask")
    question = st.chat_input(ask, key="question")
    asked = question or st.session_state.pop(state.ASK, None)
    if asked:
        _answer(store, job, system, asked, temperature, int(max_tokens))
        withdraw_undo(state.EMPTIED)


def _choose(store: Store, jobs: list[FineTuningJob]) -> FineTuningJob:
    by_id = {job.id: job for job in jobs}
    projects = project_names(store)
    wanted = st.query_params.get("job")
    index = list(by_id).index(wanted) if wanted in by_id else 0
    chosen = st.selectbox(
        t("compare.model"), list(by_id), index=index, key="compare_job",
        format_func=lambda i: _named(by_id[i], projects),
    )  # fmt: skip
    return by_id[chosen]


def _named(job: FineTuningJob, projects: dict[str, str]) -> str:
    """As in the list of jobs: what a person calls it, what it was made of, and when."""
    name = job_name(job, projects.get(job.project_id or "", ""))
    told = [name, job.request.model, ago(job.created_at)]
    return " · ".join(dict.fromkeys(told))


def _show_settings(store: Store, job: FineTuningJob) -> tuple[str, float, float]:
    with st.expander(t("compare.settings")):
        system = st.text_area(t("compare.system"), value=_system_of(store, job),
                              key=f"compare_system_{job.id}")  # fmt: skip
        left, right = st.columns(2)
        temperature = left.slider(
            t("compare.temperature"),
            0.0,
            2.0,
            TEMPERATURE,
            0.1,
            key="temperature",
            help=t("compare.temperature_help"),
        )
        max_tokens = right.number_input(t("compare.max_tokens"), 1, 4_096, MAX_TOKENS,
                                        key="max_tokens")  # fmt: skip
    return system, temperature, max_tokens


def _system_of(store: Store, job: FineTuningJob) -> str:
    """The instructions it was trained with, from the bytes it was trained on."""
    for line in read_jsonl(BytesIO(_snapshot(store, job))):
        if line.example is not None:
            return line.example.system or ""
    return ""


def _snapshot(store: Store, job: FineTuningJob) -> bytes:
    return store.load_snapshot(job.snapshot_sha256) if job.snapshot_sha256 else b""


def _show_offers(store: Store, job: FineTuningJob, profile: Profile) -> None:
    """A question it never saw, ready to be asked, beneath what its base can and cannot do."""
    show_note(about_model(job.request.model, profile))
    project = _project_of(store, job)
    template = find_template(project.template) if project else None
    if template is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        show_note(t("compare.unseen"), inline=True)
        for number, question in enumerate(template.unseen):
            st.button(question, key=f"ask_unseen_{number}", on_click=_offer, args=(question,))


def _offer(question: str) -> None:
    st.session_state[state.ASK] = question


def _project_of(store: Store, job: FineTuningJob) -> Project | None:
    project = current_project(store)
    if project is not None and project.id == job.project_id:
        return project
    try:
        return store.load_project(job.project_id) if job.project_id else None
    except TonesmithError:  # the project was deleted; its model can still be talked to
        return None


def _answer(
    store: Store, job: FineTuningJob, system: str, question: str, temperature: float, most: int
) -> None:
    """Ask both and keep what they said; a refusal is kept as what it is."""
    messages = [{"role": "user", "content": question}]
    if system.strip():
        messages.insert(0, {"role": "system", "content": system})
    with st.spinner(t("compare.thinking")):
        base, tuned = _both(store, job, messages, temperature, most)
    turn = Turn(question, base.text, tuned.text, base.failed, tuned.failed)
    save_turns(store, job.id, [*load_turns(store, job.id), turn])


def _both(
    store: Store, job: FineTuningJob, messages: list[dict[str, str]], temp: float, most: int
) -> tuple[_Said, _Said]:
    """What the base and the tuned model say; where nobody can be asked, why, in both places."""
    try:
        client = connect(store, job.connection_id)
    except TonesmithError as problem:
        failed = _Said(sentence_for(problem), failed=True)
        return failed, failed
    base = _base_reply(client, job.request.model, messages, temp, most)
    return base, _reply(client, job.fine_tuned_model or "", messages, temp, most)


def _base_reply(
    client: Place, model: str, messages: list[dict[str, str]], temp: float, most: int
) -> _Said:
    if word_for(model) == "tiny_scratch":
        return _Said(t("model.tiny_scratch.untrained"))
    return _reply(client, client.train_as(model), messages, temp, most)


def _reply(
    client: Place, model: str, messages: list[dict[str, str]], temp: float, most: int
) -> _Said:
    try:
        return _Said(
            ask_when_fetched(client, model, lambda: client.chat(model, messages, temp, most).text)
        )
    except TonesmithError as problem:
        return _Said(sentence_for(problem), failed=True)


def _clear(store: Store, job: FineTuningJob, turns: list[Turn]) -> None:
    save_turns(store, job.id, [])
    offer_chat(job.id, turns)


def _show_turns(job: FineTuningJob, turns: list[Turn]) -> None:
    """Both sides; of a base that knows nothing before it is trained there is nothing to show."""
    is_tiny = word_for(job.request.model) == "tiny_scratch"
    left, right = st.columns([1, 2] if is_tiny else 2, gap="medium")
    with left, st.container(border=True, key="card_side_base"):
        st.subheader(t("compare.base", name=plain(job.request.model)))
        if is_tiny:
            show_note(t("model.tiny_scratch.untrained"))
        else:
            _show_side([(turn.question, _Said(turn.base, turn.base_failed)) for turn in turns])
    with right, st.container(border=True, key="card_side_tuned"):
        st.subheader(t("compare.tuned"))
        _show_side([(turn.question, _Said(turn.tuned, turn.tuned_failed)) for turn in turns])
        if is_tiny and turns:
            show_note(t("compare.next_tiny"))


def _show_side(talk: list[tuple[str, _Said]]) -> None:
    if talk:
        st.html("".join(bubble("user", asked) + _said_html(said) for asked, said in talk))
    else:
        show_empty(t("compare.say_something"))


def _said_html(said: _Said) -> str:
    """A reply stands in a bubble; why there is none does not look like one."""
    return marked("error", said.text) if said.failed else bubble("assistant", said.text)


def _show_recall(store: Store, job: FineTuningJob) -> None:
    """Ask again, at temperature 0, what it was trained on, and count the exact replies."""
    with st.container(border=True, key="card_recall"):
        st.subheader(t("compare.recall_title"))
        show_note(t("compare.recall_lead"))
        if st.button(t("compare.recall_start"), key="recall"):
            st.session_state[state.RECALL] = (job.id, _recall(store, job))
        known = st.session_state.get(state.RECALL)
        if known and known[0] == job.id:
            _show_recalled(known[1])


def _recall(store: Store, job: FineTuningJob) -> list[Recall]:
    client = connect(store, job.connection_id)
    lines = read_jsonl(BytesIO(_snapshot(store, job)))
    examples = [line.example for line in lines if line.example is not None]
    bar = st.progress(0.0, t("compare.thinking"))

    def ask(messages: list[dict[str, str]]) -> str:
        return client.chat(
            job.fine_tuned_model or "", messages, temperature=0.0, max_tokens=MAX_TOKENS
        ).text

    found: list[Recall] = []
    try:
        for recall in recall_examples(examples, ask):
            found.append(recall)
            bar.progress(min(len(found) / min(len(examples), 20), 1.0), t("compare.thinking"))
    finally:
        bar.empty()
    return found


def _show_recalled(found: list[Recall]) -> None:
    right = sum(recall.word_for_word for recall in found)
    st.markdown(t("compare.recall_score", right=right, total=len(found)))
    for recall in found:
        mark = "🟢" if recall.word_for_word else "🟠"
        note = "" if recall.word_for_word else t("compare.recall_taught", reply=recall.taught)
        st.html(
            f'<div class="ts-soft">{mark} {html.escape(recall.question)} → '
            f"<b>{html.escape(recall.replied)}</b> {html.escape(note)}</div>"
        )
