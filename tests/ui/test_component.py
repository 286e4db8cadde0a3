"""ui/component.py: what travels to a component of ours, and that its code travels once."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from ui.component import STATIC, pack, version

facts = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def unpack(sent: bytes) -> Any:
    """What the browser reads: UTF-8, then JSON."""
    return json.loads(sent.decode())


def test_a_chinese_letter_takes_three_bytes() -> None:
    """Not the six of an escape."""
    assert pack({"text": "天气"}) == '{"text":"天气"}'.encode()


def test_half_a_character_travels_as_an_escape() -> None:
    """UTF-8 has no bytes for it, and a page must not fail for what a person pasted."""
    data = {"text": "天 \ud83d"}
    assert pack(data) == b'{"text":"\\u5929 \\ud83d"}'
    assert unpack(pack(data)) == data


@given(st.dictionaries(st.text(), facts, max_size=4))
def test_whatever_is_packed_comes_out_the_same(data: dict[str, Any]) -> None:
    """Every letter, also the odd ones."""
    assert unpack(pack(data)) == data


def page() -> None:
    """The table's component with nothing in it."""
    from ui.component import load_component

    load_component("grid")(data=b"{}", key="grid", on_sent_change=lambda: None)


def test_only_the_address_of_the_code_travels_with_a_page() -> None:
    """Which names the version, so that a browser keeps what it has until it changes."""
    (node,) = AppTest.from_function(page).run().get("bidi_component")
    code = node.proto.js_content
    assert f"grid.js?v={version()}" in code
    assert len(code) < 400
    assert not node.proto.css_content


def test_no_text_becomes_markup() -> None:
    """Whatever a person wrote is put on the page as text; a pasted table is parsed, never shown."""
    code = "\n".join(path.read_text("utf-8") for path in STATIC.glob("*.js"))
    shows_markup = r"(inner|outer)HTML|insertAdjacentHTML|document\.write|setHTML|srcdoc|\beval\("
    assert "textContent" in code
    assert not re.search(shows_markup, code)


def test_every_file_asks_for_the_others_in_its_own_version() -> None:
    """Else a browser would keep an old one beside a new one."""
    asked = [
        (path.name, *found)
        for path in STATIC.glob("*.js")
        for found in re.findall(r'import\("\./(\w+\.js)"(.*)\)', path.read_text("utf-8"))
    ]
    assert len(asked) > 10
    for name, other, rest in asked:
        assert (STATIC / other).is_file(), f"{name} asks for {other}"
        assert "version" in rest or "search" in rest, f"{name} asks for {other} of any version"
