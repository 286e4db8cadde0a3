"""The app as `serve.py` serves it, with a lower limit, and tickets written down for the test."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # Streamlit put this folder there

from core.storage import data_home  # noqa: E402
from ui import routes  # noqa: E402

routes.MOST_BYTES = int(os.environ.get("MOST_MEGABYTES", "100")) * 1_000_000
ours = routes.create_routes()
transit = routes.open_own_transit()
path = transit.new_path()
path.write_bytes(b"0123456789" * 100_000)
tickets = {"in": [transit.expect() for _ in range(20)], "out": transit.offer(path, "茶.csv")}
(data_home() / "tickets.json").write_text(json.dumps(tickets))
app = st.App(ROOT / "streamlit_app.py", routes=ours)
