"""How Chinese is set: the width of its punctuation, spaces beside Latin, simplified or traditional.

What is asked of a text here is answered with its faults: where one stands, and what to write there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, TypeAlias

Fault: TypeAlias = tuple[int, int, str]  # from, to, and what is to stand there

# The Unicode standard's blocks of Chinese characters, as a part of a set in a pattern.
HAN = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_KANA = re.compile("[\u3040-\u30ff]")
_RUN = re.compile(f"[{HAN}]+")
_LATIN = "A-Za-z0-9"
_WIDE = str.maketrans(",;:!?.()", "，；：！？。（）")
# A half-width sign that leans on a Chinese character; not a smiley's, nor one within a number.
_GAP = r"(?: (?=\S))?"  # a full-width sign has room of its own behind it
_MARK = re.compile(
    f"(?:(?<=[{HAN}])|(?<=[{HAN}][”』》）]))(?:[,;!?]{_GAP}|:(?![-)(DPp/]){_GAP}|\\.{{3,}}"
    f"|\\.(?![.{_LATIN}_-]){_GAP})|[,;!?](?=[{HAN}])"
)
_BRACKETS = re.compile(r"\(([^()\n]{1,200})\)")
_CLOSE = re.compile(f"(?<=[{HAN}])(?=[{_LATIN}])|(?<=[{_LATIN}])(?=[{HAN}])")
_CLOSE_LETTERS = re.compile(f"(?<=[{HAN}])(?=[A-Za-z])|(?<=[A-Za-z])(?=[{HAN}])")
_SPACED = re.compile(f"(?<=[{HAN}]) +(?=[{_LATIN}])|(?<=[{_LATIN}]) +(?=[{HAN}])")


def has_han(text: str) -> bool:
    """Whether there is any Chinese character."""
    return not text.isascii() and bool(_RUN.search(text))


def half_width_marks(text: str) -> Iterator[Fault]:
    """Half-width punctuation among Chinese characters, and its full-width form."""
    faults = [(m.start(), m.end(), _widened(m[0])) for m in _MARK.finditer(text)]
    for pair in _BRACKETS.finditer(text):
        if _is_chinese_pair(text, pair):
            faults += [(pair.start(), pair.start() + 1, "（"), (pair.end() - 1, pair.end(), "）")]
    return iter(sorted(faults))


def _widened(mark: str) -> str:
    return "……" if mark.startswith("..") else mark.strip().translate(_WIDE)


def _is_chinese_pair(text: str, pair: re.Match[str]) -> bool:
    """Whether brackets hold Chinese, or stand right behind it; not those of a link or a call."""
    before = text[pair.start() - 1 : pair.start()]
    return (bool(_RUN.search(pair[1])) and before != "]") or bool(_RUN.fullmatch(before))


def close_joints(text: str, *, figures: bool = True) -> Iterator[Fault]:
    """Where Latin letters, and figures, stand beside Chinese without a space."""
    for joint in (_CLOSE if figures else _CLOSE_LETTERS).finditer(text):
        before = joint.start() - 1
        yield before, joint.start(), f"{text[before]} "


def spaced_joints(text: str) -> Iterator[Fault]:
    """Where they stand with spaces between."""
    for joint in _SPACED.finditer(text):
        before = joint.start() - 1
        yield before, joint.end(), text[before]


def scripts_in(text: str) -> tuple[bool, bool]:
    """Whether a text has characters that are only simplified, and such as are only traditional.

    Neither in Japanese, which has characters of both.
    """
    if text.isascii() or _KANA.search(text):
        return False, False
    simplified, traditional = _only()
    said = set(text)
    return not simplified.isdisjoint(said), not traditional.isdisjoint(said)


def as_simplified(text: str) -> str:
    """The text with simplified characters in the place of those that are only traditional."""
    return str(_converter("t2s").convert(text)) if scripts_in(text)[1] else text


def traditional_parts(text: str) -> Iterator[Fault]:
    """What is written in traditional characters, and the same in simplified ones."""
    return _parts(text, "t2s", 1)


def simplified_parts(text: str) -> Iterator[Fault]:
    """What is written in simplified characters, and the same in those of Taiwan."""
    return _parts(text, "s2tw", 0)


def _parts(text: str, into: str, which: int) -> Iterator[Fault]:
    """The differing parts of each run of characters that has some of the wrong kind.

    Only such a run: 后 and 台 are right in both, and a run that has nothing else may mean them.
    """
    if not scripts_in(text)[which]:
        return
    wrong = _only()[which]
    for run in _RUN.finditer(text):
        if not wrong.isdisjoint(run[0]):
            yield from _differences(run.start(), run[0], _converter(into).convert(run[0]))


def _differences(start: int, before: str, after: str) -> Iterator[Fault]:
    """Where two texts of one length differ; all of it, where they are of two."""
    if len(before) != len(after):
        yield start, start + len(before), after
        return
    at = 0
    while at < len(before):
        end = at
        while end < len(before) and before[end] != after[end]:
            end += 1
        if end > at:
            yield start + at, start + end, after[at:end]
        at = end + 1


@cache
def _converter(into: str) -> Any:
    import opencc  # 90 ms and 25 MB, for those alone who write Chinese

    return opencc.OpenCC(into)


@cache
def _only() -> tuple[frozenset[str], frozenset[str]]:
    """The characters that are simplified and nothing else, and those that are traditional.

    By the lists of OpenCC (its STCharacters and TSCharacters), less those that the standard of the
    other side has as well: GB 2312 has 著 and 乾, Big5 has 后 and 台.
    """
    every = "".join(map(chr, range(0x4E00, 0xA000)))
    as_simplified = _converter("t2s").convert("\n".join(every)).split("\n")
    as_traditional = _converter("s2t").convert("\n".join(every)).split("\n")
    simplified, traditional = set(), set()
    for char, one, other in zip(every, as_simplified, as_traditional, strict=True):
        if other != char and not _is_in(char, "big5"):
            simplified.add(char)
        if one != char and not _is_in(char, "gb2312"):
            traditional.add(char)
    return frozenset(simplified - traditional), frozenset(traditional - simplified)


def _is_in(char: str, standard: str) -> bool:
    try:
        char.encode(standard)
    except UnicodeEncodeError:
        return False
    return True
