"""Bring in and take out: a file or a paste becomes examples, examples become files."""

from __future__ import annotations

import streamlit as st

from ui.frame import open_project_page, page_errors, show_heading
from ui.transfer_in import show_import
from ui.transfer_kept import show_kept
from ui.transfer_out import show_export
from ui.transfer_project import show_save
from ui.transfer_split import show_split
from ui.undo import show_undo

with page_errors():
    store, project = open_project_page("transfer")
    show_heading("transfer")
    left, right = st.columns(2, gap="large")
    with left.container(key="bring_in"):
        show_import(store, project)
        show_kept(store, project)
    with right.container(key="take_out"):
        show_export(store, project)
        show_split(store, project)
        show_save(store, project)
    show_undo(store, project)
