"""Japanese, Korean and traditional Chinese text in the encodings of before Unicode."""

from __future__ import annotations

import re

JAPANESE, KOREAN, TRADITIONAL = "cp932", "cp949", "cp950"  # Shift-JIS, EUC-KR and Big5 of Windows
EAST_ASIAN = (TRADITIONAL, JAPANESE, KOREAN)

ENOUGH = 10  # different syllables: of so many, some Chinese ones would not be Korean
LONG_WORD = 4.5  # syllables of a Korean word on average; Chinese sentences have no spaces
_KANA = re.compile("[ぁ-んァ-ヶー]")
_HANGUL = re.compile("[가-힣]+")
_NOT_ASCII = re.compile("[^\0-\x7f]")
_BROKEN = re.compile("[\ufffd\ue000-\uf8ff]")  # also what is for private use, and is for nobody's
# What each writes its usual characters with: Big5 its first 5,401, GB 2312 its first 3,755. In
# Western text such pairs (°C, Ä and a letter) stand alone.
_USUAL_BIG5 = re.compile(rb"(?:[\xa1-\xc6][\x40-\x7e\xa1-\xfe]){2,}")
_USUAL_GB = re.compile(rb"[\xa1-\xa5\xb0-\xd7][\xa1-\xfe]")
_PAIR = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")


def guess_east_asian(text: bytes) -> str:
    """One of the three, where the text is evidently none of GB18030's and no Western one; or ""."""
    if _is_japanese(text):
        return JAPANESE
    if _is_traditional(text):
        return TRADITIONAL
    return KOREAN if _is_korean(text) else ""


def _is_japanese(text: bytes) -> bool:
    """No Japanese sentence goes without kana, which read as GB18030 are the rarest of signs."""
    said = _NOT_ASCII.findall(text.decode(JAPANESE, "replace"))
    kana = sum(map(bool, map(_KANA.match, said)))
    return kana > 2 and 5 * kana >= len(said) and _is_sound(said)


def _is_traditional(text: bytes) -> bool:
    """Nearly all pairs are usual in Big5, and clearly fewer are in GB 2312."""
    pairs = _PAIR.findall(text)
    usual = sum(map(len, _USUAL_BIG5.findall(text))) // 2
    other = sum(map(bool, map(_USUAL_GB.match, pairs)))
    return len(pairs) > 1 and 20 * usual >= 19 * len(pairs) and 5 * other <= 4 * usual


def _is_korean(text: bytes) -> bool:
    """All is Hangul in short words, which also are usual Chinese characters: somebody is asked."""
    decoded = text.decode(KOREAN, "replace")
    words = _HANGUL.findall(decoded)
    hangul = "".join(words)
    if len(set(hangul)) < ENOUGH or len(hangul) > LONG_WORD * len(words):
        return False
    if 20 * len(hangul) < 19 * len(_NOT_ASCII.findall(decoded)):
        return False
    from charset_normalizer import from_bytes  # needed here alone, and seldom

    best = from_bytes(text, cp_isolation=[KOREAN, "gb18030"], enable_fallback=False).best()
    return best is not None and best.encoding == KOREAN


def _is_sound(said: list[str]) -> bool:
    return 20 * sum(map(bool, map(_BROKEN.match, said))) <= len(said)
