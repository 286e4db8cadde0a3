"""One component in an otherwise empty fragment: what Streamlit takes for any rerun.

Served alone it is an empty page; the benchmark also puts it below a copy of the editor, where an
empty rerun is what any rerun costs on that very page.
"""

from __future__ import annotations

import streamlit as st

# `rerun(n)` sends n and waits until it comes back: the least that anything on a page can take.
ECHO = """
let heard = () => {}
export default ({ data, setTriggerValue }) => {
  heard(data.n)
  window.rerun = (n) => new Promise((done) => {
    const began = performance.now()
    heard = (back) => back === n && done(performance.now() - began)
    setTriggerValue("sent", n)
  })
}
"""
echo = st.components.v2.component("echo", js=ECHO)


@st.fragment
def show() -> None:
    """Send back what came."""

    def hear() -> None:
        st.session_state["n"] = st.session_state["echo"]["sent"]

    echo(data={"n": st.session_state.get("n", 0)}, key="echo", on_sent_change=hear)


if __name__ == "__main__":
    show()
