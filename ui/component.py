"""Our own components: their JavaScript and CSS stand in `static/` and travel once."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

STATIC = Path(__file__).resolve().parents[1] / "static"

# Streamlit sends a component's inline code with every rerun, so all it does is fetch the rest. The
# version in the address lets a browser keep a file until it changes.
_LOADER = """
const base = new URL("{base}app/static/", location.origin)
const {{ mount }} = await import(new URL("{name}.js?v={version}", base).href)
export default (component) => mount(component)
"""


@cache
def load_component(name: str) -> Any:
    """The component whose code is `static/NAME.js`; call it as `st.components.v2` says.

    Its module exports `mount(component)`, which is called again whenever `data` changes.
    """
    return st.components.v2.component(f"tonesmith_{name}", js=_loader(name), isolate_styles=True)


def _loader(name: str) -> str:
    path = str(st.get_option("server.baseUrlPath")).strip("/")
    return _LOADER.format(base=f"/{path}/" if path else "/", name=name, version=version())


@cache
def version() -> str:
    """A short hash of everything in `static/`."""
    files = sorted(path for path in STATIC.iterdir() if path.suffix in {".js", ".css"})
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def pack(data: Any) -> bytes:
    """Data for a component as UTF-8 JSON: Streamlit's own would take six bytes a Chinese letter."""
    try:
        return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half a character, which only an escape can carry
        return json.dumps(data, separators=(",", ":")).encode()
