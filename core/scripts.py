"""In which script an example is written: what can be told of its language without a model.

Letters do not tell English from German, so both are "latin"; Chinese, Japanese and Korean each
have a script, or a mixture, of their own.
"""

from __future__ import annotations

import re
from collections import Counter

from core.examples import Example

LATIN = "latin"
MIXED = "mixed"
OTHER = "other"
SCRIPTS = ("chinese", LATIN, "japanese", "korean", "cyrillic", "arabic", "thai", MIXED, OTHER)

_MIXED_FROM = 1 / 3  # of all that is said, so that a brand name makes no text a mixed one
_LETTERS_A_WORD = 5  # of an alphabet; a Chinese character or a Korean syllable says about as much

_LETTER = re.compile("[A-Za-z]")
# The blocks of the Unicode standard, chapter "Code Charts", that hold each script's letters.
_RUNS = re.compile(
    "(?P<chinese>[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]+)"
    "|(?P<japanese>[\u3040-\u30ff]+)"
    "|(?P<korean>[\u1100-\u11ff\uac00-\ud7af]+)"
    "|(?P<latin>[A-Za-z\u00c0-\u024f]+)"
    "|(?P<cyrillic>[\u0400-\u052f]+)"
    "|(?P<arabic>[\u0600-\u06ff\u0750-\u077f]+)"
    "|(?P<thai>[\u0e00-\u0e7f]+)"
)
_DENSE = {"chinese", "japanese", "korean"}


def script_of(example: Example) -> str:
    """One of `SCRIPTS` for what the turns say, "" where they say nothing in letters.

    "other": letters of none of these scripts. Instructions do not count: they are often in
    another language than what is taught.
    """
    return script_in(" ".join(message.text for message in example.turns))


def script_in(text: str) -> str:
    """The same for a text."""
    if text.isascii():
        return LATIN if _LETTER.search(text) else ""
    said: Counter[str] = Counter()
    for run in _RUNS.finditer(text):
        script = run.lastgroup or ""
        said[script] += len(run.group()) * (_LETTERS_A_WORD if script in _DENSE else 1)
    if said["japanese"]:  # Japanese is written with Chinese characters among its own
        said["japanese"] += said.pop("chinese", 0)
    if not said:
        return OTHER if any(map(str.isalpha, text)) else ""
    (script, _), *others = said.most_common()
    beside = sum(count for _, count in others)
    return MIXED if beside >= _MIXED_FROM * said.total() else script
