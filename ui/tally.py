"""The count that never lies, in a sentence: what will be learned, and why not the rest."""

from __future__ import annotations

import html

import streamlit as st

from core.learned import Tally
from ui.parts import marked
from ui.text import t


def tally_sentence(tally: Tally) -> str:
    """Such as "8 conversations, 24 replies will be learned, 0 dropped"."""
    return t(
        "count.tally",
        conversations=t("count.conversations", n=tally.conversations),
        replies=t("count.replies", n=tally.replies),
        dropped=f"{tally.dropped:,}",
    )


def show_tally(tally: Tally) -> None:
    """The sentence, and below it why conversations are dropped and what is switched off."""
    told = [
        ("warning", t(f"count.dropped_{reason}", n=count))
        for reason, count in tally.reasons.most_common()
    ]
    if tally.switched_off:
        told.append(("advice", t("count.switched_off", n=tally.switched_off)))
    st.html(
        f'<div class="ts-tally">{html.escape(tally_sentence(tally))}</div>'
        + "".join(marked(severity, words) for severity, words in told)
    )
