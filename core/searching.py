"""Full-text search that knows Chinese: what is put into the index, and how it is asked.

The index cuts words at blanks and punctuation marks. Chinese has no blanks, so each of its
characters is put there as a word of its own, and what is looked for becomes a phrase of them:
found from one character on.
"""

from __future__ import annotations

import re
import unicodedata

from core.examples import Example

# Chinese characters and marks, kana and Korean syllables; and every sign that is no letter, as an
# emoji, but for the punctuation that the index takes for a blank anyhow.
_ALONE = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u2190-\u2bff\U0001f000-\U0003ffff]"
)
_QUOTES = str.maketrans("“”„", '"""')
_SHORTEST_BEGINNING = 2  # letters: the words that begin with one letter are half of all
LONGEST = 200  # characters that are looked for


def indexed_text(example: Example) -> str:
    """Everything a person may look for in an example: what is said, and the reviewers' note."""
    texts = [message.text for message in example.messages]
    return _spaced("\n".join([*texts, example.note] if example.note else texts))


def match_words(text: str) -> str | None:
    """What to ask the index for, in the language of SQLite's FTS5; None where nothing is named.

    Every part between blanks must be there, a Latin word at least as a beginning; quotation marks
    hold words together.
    """
    asked = [_phrase(part, whole=whole) for part, whole in _parts(text)]
    return " AND ".join(filter(None, asked)) or None


def words_of(text: str) -> list[str]:
    """The parts of what is looked for, for a database without such an index."""
    return [part for part, whole in _parts(text) if _phrase(part, whole=whole)]


def _parts(text: str) -> list[tuple[str, bool]]:
    """What stands between blanks or in quotation marks, and whether it was quoted."""
    found = re.findall(r'"([^"]+)"|([^\s"]+)', text[:LONGEST].translate(_QUOTES))
    return [(quoted or word, bool(quoted)) for quoted, word in found]


def _phrase(part: str, *, whole: bool) -> str:
    words = [word for word in _spaced(part).split() if any(map(_is_indexed, word))]
    if not words:
        return ""
    last = re.split(r"[^\w]+", words[-1])[-1]
    begins = not whole and len(last) >= _SHORTEST_BEGINNING and not _ALONE.fullmatch(last[-1:])
    return f'"{" ".join(words)}"{" *" if begins else ""}'


def _is_indexed(char: str) -> bool:
    return char.isalnum() or bool(_ALONE.match(char))


def _spaced(text: str) -> str:
    """The text with blanks around each character that is a word of its own."""
    if text.isascii():
        return text
    sound = text.encode("utf-8", "ignore").decode()  # half a character is none
    for wide, plain in _WIDE:
        sound = sound.replace(wide, plain)
    return unicodedata.normalize("NFKC", sound).translate(_SPACED)


class _Spaced(dict[int, str]):
    """How each character stands in the index, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = f" {char} " if _ALONE.match(char) else char
        return self[code]


_SPACED = _Spaced()
# What NFKC makes of the marks of nearly every Chinese text. A text that is NFKC already is seen to
# be so at once; to make it so takes longer than all else.
_WIDE = tuple((wide, unicodedata.normalize("NFKC", wide)) for wide in "，：；？！（）～…")
