"""Cells that a spreadsheet would run as a formula: an apostrophe before them, and off again.

Source: OWASP, "CSV Injection", and ASVS 1.2.10; the wide forms count in East Asian versions.
"""

from __future__ import annotations

import re

# Apostrophes that stand there already are counted in, so that adding one and taking one away are
# each other's reverse.
_BEGINNING = re.compile("'*[=+\\-@\t\r\n\0＝＋－＠]")


def would_run(text: str) -> bool:
    """Whether a spreadsheet takes this for a formula where somebody types it, or opens a CSV."""
    return bool(_BEGINNING.match(text))


def guard(text: str) -> str:
    """A text as it may stand in a CSV."""
    return f"'{text}" if would_run(text) else text


def unguard(cell: str) -> str:
    """The text that `guard` made a cell of."""
    return cell[1:] if cell.startswith("'") and would_run(cell) else cell
