"""The editor in one fragment, so that an edit redraws only what follows from it."""

from __future__ import annotations

import html

import streamlit as st

from core.cells import cells_of
from core.costs import format_cost_range
from core.editing import (
    add_example,
    delete_examples,
    duplicate_examples,
    edit_example,
    priced_for,
    save_cell,
    save_priced_for,
    save_system_prompt,
)
from core.errors import NotFound
from core.providers.profiles import Model, Profile, load_profiles
from core.rules import check_example
from core.storage import Project, Row, Store
from core.summary import Summary, prompt_tokens, seen_as
from ui import state
from ui.charts import show_token_histogram
from ui.conversation import Edit, show_conversation
from ui.counting import counted_summary
from ui.figures import show_figures, show_readiness
from ui.findings import show_findings
from ui.frame import go_to, page_errors
from ui.grid import GridEdits, GridRow, example_grid, renew_grid
from ui.text import t
from ui.undo import offer_undo, show_undo, withdraw_undo

PAGE_SIZE = 50


@st.fragment
def show_editor(store: Store, project_id: str) -> None:
    """Everything below the heading. Reads the project anew, as an edit may just have changed it."""
    with page_errors():
        project = store.load_project(project_id)
        profile, model = priced_for(project)
        head = st.container()
        _show_system_prompt(store, project)
        left, right = st.columns([3.1, 1], gap="medium")
        with left:
            _show_table(store, project, profile)
        summary = counted_summary(store, project, profile, model)
        with head:
            _show_head(summary, profile, model)
        with right:
            _show_side(store, project, summary, model)
        show_undo(store, project)


def _show_head(summary: Summary, profile: Profile, model: Model) -> None:
    with st.container(border=True):
        bar, figures, button = st.columns([5, 4, 1.1], vertical_alignment="center", gap="medium")
        with bar:
            show_readiness(summary.examples, profile.min_examples)
        with figures:
            about = "" if model.exact else "≈ "
            show_figures([
                (f"{summary.examples:,}", t("editor.figure_examples"), ""),
                (f"{about}{summary.billed:,}", t("editor.figure_tokens"), t("editor.tokens_tip")),
                (cost_words(summary), t("editor.figure_cost", n=summary.epochs), cost_tip(model)),
            ])  # fmt: skip
        with button:
            if st.button(t("editor.train"), type="primary", width="stretch", key="to_train"):
                go_to("train")
        st.html(f'<div class="ts-soft">{html.escape(status_line(summary))}</div>')


def status_line(summary: Summary) -> str:
    """ "10 examples · no errors"."""
    errors = sum(group.count for group in summary.blocking)
    found = t("count.errors", n=errors) if errors else t("count.no_errors")
    return f"{t('count.examples', n=summary.examples)} · {found}"


def cost_words(summary: Summary) -> str:
    """The cost of one training as a range; free and unknown are words, not numbers."""
    if summary.cost is None:
        return t("cost.unknown")
    return t("cost.free") if summary.cost.high == 0 else format_cost_range(summary.cost)


def cost_tip(model: Model) -> str:
    """Where the price comes from."""
    if model.price.training is None or model.price.as_of is None:
        return t("cost.tip_unknown")
    return t(
        "cost.tip", price=f"{model.price.training:g}",
        source=model.price.source, date=model.price.as_of.isoformat(),
    )  # fmt: skip


def _show_system_prompt(store: Store, project: Project) -> None:
    key = f"system_prompt_{project.id}"
    if st.session_state.get(key) != project.system_prompt:
        st.session_state[key] = project.system_prompt
    st.text_area(
        t("editor.system_prompt"), key=key, height="content",
        help=t("editor.system_prompt_help"), placeholder=t("editor.system_prompt_placeholder"),
        on_change=lambda: save_system_prompt(store, project, st.session_state[key]),
    )  # fmt: skip


def _show_table(store: Store, project: Project, profile: Profile) -> None:
    code = _show_filter(store, project)
    total = store.count_rows(project.id, code)
    if not total:
        _show_empty(store, project, filtered=code is not None)
        return
    page = _page(total)
    rows = _grid_rows(store, project, profile, page, code)
    edits = example_grid(rows)
    _show_actions(store, project, edits, total, page)
    if _apply_edits(store, project, rows, edits):
        st.rerun(scope="fragment")
    _show_flattened(store, project)
    _show_panel(store, project)


def _page(total: int) -> int:
    pages = -(-total // PAGE_SIZE)
    page = min(st.session_state.get(state.GRID_PAGE, 1), pages)
    st.session_state[state.GRID_PAGE] = page
    return page


def _grid_rows(
    store: Store, project: Project, profile: Profile, page: int, code: str | None
) -> list[GridRow]:
    model = priced_for(project)[1]
    inherited = prompt_tokens(project.system_prompt, model.encoding)
    rows = store.load_rows(
        project.id, offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE,
        encoding=model.encoding, code=code,
    )  # fmt: skip
    return [
        GridRow(row, _tokens(row, model, inherited), _status(project, profile, row)) for row in rows
    ]


def _tokens(row: Row, model: Model, inherited: int) -> int | None:
    if row.tokens is None:
        return None
    own = 0 if row.example.system is not None else inherited
    return row.tokens.billed + own + model.billed_per_example


def _status(project: Project, profile: Profile, row: Row) -> str:
    """The worst thing about a row in a few words."""
    for finding in check_example(row.example.inheriting(project.system_prompt)):
        seen = seen_as(profile.dialect, finding.code, finding.severity, finding.detail)
        if seen is not None:
            mark = "🔴" if seen == "error" else "🟠"
            return f"{mark} {t(f'finding.{finding.code}.title')}"
    return f"🟢 {t('editor.row_ready')}"


def _show_filter(store: Store, project: Project) -> str | None:
    """The finding the table is narrowed to, with a way back."""
    code = st.session_state.get(state.GRID_FILTER)
    if not code:
        return None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(t("editor.filtered", title=t(f"finding.{code}.title")))
        st.button(t("editor.show_all"), key="show_all", on_click=show_all)
    return str(code)


def show_all() -> None:
    """Take the filter off."""
    st.session_state.pop(state.GRID_FILTER, None)
    st.session_state[state.GRID_PAGE] = 1
    renew_grid()


def _show_empty(store: Store, project: Project, *, filtered: bool) -> None:
    with st.container(border=True):
        words = "editor.empty_filtered" if filtered else "editor.empty"
        st.html(f'<div class="ts-empty">{html.escape(t(words))}</div>')
        if not filtered:
            st.html(
                '<div class="ts-bubble user">' + html.escape(t("editor.empty_user")) + "</div>"
                '<div class="ts-bubble assistant">'
                + html.escape(t("editor.empty_assistant"))
                + "</div>"
            )
            st.button(
                t("editor.add"), key="add_first", type="primary", icon=":material/add:",
                on_click=lambda: _add(store, project),
            )  # fmt: skip


def _show_actions(store: Store, project: Project, edits: GridEdits, total: int, page: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            t("editor.add"), key="add", icon=":material/add:", on_click=lambda: _add(store, project)
        )
        st.button(
            t("editor.duplicate"), key="duplicate", icon=":material/content_copy:",
            disabled=not edits.picked, help=None if edits.picked else t("editor.pick_first"),
            on_click=lambda: _duplicate(store, project, edits.picked),
        )  # fmt: skip
        st.button(
            t("editor.delete"), key="delete", icon=":material/delete:",
            disabled=not edits.picked, help=None if edits.picked else t("editor.pick_first"),
            on_click=lambda: _delete(store, project, edits.picked),
        )  # fmt: skip
        st.html(f'<div class="ts-soft">{html.escape(t("editor.pick_hint"))}</div>')
        if total > PAGE_SIZE:
            st.pagination(-(-total // PAGE_SIZE), key=state.GRID_PAGE, on_change=renew_grid)


def _apply_edits(store: Store, project: Project, rows: list[GridRow], edits: GridEdits) -> bool:
    """Save what was typed and open what was picked; returns whether the page must be redrawn."""
    by_id = {row.row.id: row.row for row in rows}
    for row_id, column, text in edits.typed:
        withdraw_undo()
        if cells_of(by_id[row_id].example).needs_panel:
            st.session_state[state.FLATTENED] = (row_id, column, text)
            st.session_state[state.OPEN_EXAMPLE] = row_id
            renew_grid()
        else:
            save_cell(store, project, row_id, column, text)
    if edits.newly_picked is not None:
        st.session_state[state.OPEN_EXAMPLE] = edits.newly_picked
    return bool(edits.typed) or edits.newly_picked is not None


def _show_flattened(store: Store, project: Project) -> None:
    """What was typed into a cell that cannot hold line breaks: kept, and the choice is theirs."""
    typed = st.session_state.get(state.FLATTENED)
    if not typed:
        return
    row_id, column, text = typed

    def use() -> None:
        offer_undo(save_cell(store, project, row_id, column, text), t("editor.flattened_used"))
        forget()

    def forget() -> None:
        st.session_state.pop(state.FLATTENED, None)
        renew_grid()

    with st.container(border=True):
        st.markdown(t("editor.flattened"))
        st.code(text, language=None, wrap_lines=True)
        with st.container(horizontal=True):
            st.button(t("editor.flattened_use"), key="use_flat", on_click=use)
            st.button(t("editor.flattened_keep"), key="keep_lines", on_click=forget)


def _show_panel(store: Store, project: Project) -> None:
    row_id = st.session_state.get(state.OPEN_EXAMPLE)
    row = _find_row(store, project, row_id) if row_id else None
    if row is None:
        return

    def save(edit: Edit) -> None:
        withdraw_undo()
        edit_example(store, project, row.id, edit)
        renew_grid()

    with st.container(border=True, key="panel"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(t("panel.title", n=row.number))
            st.button(
                "‹",
                key="panel_previous",
                help=t("panel.previous"),
                disabled=row.number == 1,
                on_click=_step,
                args=(store, project, row, -1),
            )
            st.button(
                "›",
                key="panel_next",
                help=t("panel.next"),
                on_click=_step,
                args=(store, project, row, 1),
            )
            st.button("✕", key="panel_close", help=t("panel.close"), type="tertiary",
                      on_click=lambda: st.session_state.pop(state.OPEN_EXAMPLE, None))  # fmt: skip
        show_conversation(project, row, save)


def _find_row(store: Store, project: Project, row_id: int) -> Row | None:
    try:
        return store.load_row(project.id, row_id)
    except NotFound:
        st.session_state.pop(state.OPEN_EXAMPLE, None)
        return None


def _step(store: Store, project: Project, row: Row, by: int) -> None:
    rows = store.load_rows(project.id, offset=row.number - 1 + by, limit=1, encoding="")
    if rows:
        st.session_state[state.OPEN_EXAMPLE] = rows[0].id


def _show_side(store: Store, project: Project, summary: Summary, model: Model) -> None:
    with st.container(border=True):
        _show_priced_for(store, project)
        with st.expander(t("editor.details")):
            _show_details(summary, model)
    with st.container(border=True):
        show_findings(summary, lambda code: _jump(store, project, code))
    if summary.examples:
        with st.container(border=True):
            st.subheader(t("editor.histogram_title"))
            show_token_histogram(summary.histogram, model.token_limit)


def _show_priced_for(store: Store, project: Project) -> None:
    options = [f"{p.id}:{m.id}" for p in load_profiles() for m in p.models]
    key = f"priced_for_{project.id}"
    if st.session_state.get(key) != project.priced_for:
        st.session_state[key] = project.priced_for
    st.selectbox(
        t("editor.priced_for"), options, key=key, help=t("editor.priced_for_help"),
        format_func=lambda option: option.partition(":")[2],
        on_change=lambda: save_priced_for(store, project, st.session_state[key]),
    )  # fmt: skip


def _show_details(summary: Summary, model: Model) -> None:
    tokens = summary.tokens
    facts = [
        (t("editor.detail_billed"), f"{summary.billed:,}"),
        (t("editor.detail_published"), f"{summary.published:,}"),
        (t("editor.detail_epochs"), f"{summary.epochs}"),
        (t("editor.detail_limit"), f"{model.token_limit:,}"),
        (t("editor.detail_over"), f"{summary.over_limit:,}"),
    ]
    if tokens is not None:
        facts += [
            (t("editor.detail_range"), f"{tokens.min:,.0f} – {tokens.max:,.0f}"),
            (t("editor.detail_middle"), f"{tokens.mean:,.1f} · {tokens.median:,.1f}"),
            (t("editor.detail_tails"), f"{tokens.p5:,.1f} – {tokens.p95:,.1f}"),
        ]
    rows = "".join(f"<span>{html.escape(k)}</span><b>{html.escape(v)}</b>" for k, v in facts)
    st.html(f'<div class="ts-facts">{rows}</div>')
    if not model.exact:
        st.html(f'<div class="ts-soft">{html.escape(t("editor.approximate"))}</div>')
    st.html(f'<div class="ts-soft">{html.escape(cost_tip(model))}</div>')


def _jump(store: Store, project: Project, code: str) -> None:
    """Narrow the table to a finding and open its first row."""
    st.session_state[state.GRID_FILTER] = code
    st.session_state[state.GRID_PAGE] = 1
    found = store.rows_with_finding(project.id, code, 1)
    if found:
        st.session_state[state.OPEN_EXAMPLE] = found[0][0]
    renew_grid()


def _add(store: Store, project: Project) -> None:
    withdraw_undo()
    add_example(store, project)
    st.session_state.pop(state.GRID_FILTER, None)
    st.session_state[state.GRID_PAGE] = -(-store.count_rows(project.id) // PAGE_SIZE)
    last = store.load_rows(
        project.id, offset=store.count_rows(project.id) - 1, limit=1, encoding=""
    )
    st.session_state[state.OPEN_EXAMPLE] = last[0].id
    renew_grid()


def _duplicate(store: Store, project: Project, row_ids: tuple[int, ...]) -> None:
    change = duplicate_examples(store, project, row_ids)
    offer_undo(change, t("editor.duplicated", n=len(row_ids)))
    renew_grid()


def _delete(store: Store, project: Project, row_ids: tuple[int, ...]) -> None:
    change = delete_examples(store, project, row_ids)
    offer_undo(change, t("editor.deleted", n=len(row_ids)))
    renew_grid()
