"""The words of a text that tell it from others, one plain form for each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from core.chinese import as_simplified
from core.lenses.measures import NUMBER_WORDS, read_number

_POLITE_ONES = (
    "please pls hi hello hey dear kindly thanks thank advance 请 呢 吗 嘛 啊 呀 吧 哦 喂 嗨"
)
_SMALL_ONES = (
    "a an the there just actually really so well um and oh tell "
    "is are am was were be been do does did has have had will would could can should may must "
    "i you we he she it they me us my your our its their this that these those "
    "s m re ve ll d in on at of for about one "
    "的 地 得 了 这 那 个 件 款 些 种 位 就 都 也 和 跟 与 我 你 您 能 会 要 想 一"
)
_TELLING_ONES = (
    "not no never none without nor except unless before after from with over under above below "
    "first last more less most least up down off out open close buy sell start stop "
    "who when where why how which "
    "monday tuesday wednesday thursday friday saturday sunday yesterday today tomorrow "
    "不 没 未 无 别 非 勿 前 后 上 下 左 右 大 小 多 少 早 晚 买 卖 开 关 东 南 西 北 男 女 退 换"
)
_FIGURES = {word: str(number) for word, number in NUMBER_WORDS.items() if number > 1}
_POLITE = frozenset(_POLITE_ONES.split())
_FILLERS = _POLITE | frozenset(_SMALL_ONES.split())
_ENDING = re.compile(r"(?<=\w{3})(?:s|e|es|ed|ing|ly)$")
_FEW = 2  # words
REMEMBERED = 20_000  # words, or pairs of them, of which it is known what they are

_DENSE = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_DENSE}]|(?:(?![{_DENSE}_])\w)+")
_BETWEEN_DENSE = re.compile(f"(?<=[{_DENSE}]) (?=[{_DENSE}])")
_NOT = re.compile(r"\b(?:ca|wo|sha)n['’]t\b|(?<=[a-z])n['’]t\b|\bcannot\b")
_SAYS_NOT = ("n't", "n’t", "cannot")
# Chinese words of two characters and more: those that say nothing, and one word for several.
_PHRASES = re.compile(
    "(请问|您好|你好|谢谢|麻烦|拜托|一下|能不能|可不可以|可以|是不是|是否|需要)"
    "|(?P<有>有没有)|(?P<没>没有)|(?P<怎>如何|怎么样?|怎样)|(?P<何时>什么时候|几时|啥时候)"
    "|(?P<多久>多长时间)|(?P<哪>哪里|哪儿|什么地方)|(?P<为何>为什么|为啥)|(?P<什>什么|啥)"
    "|(?P<周>星期|礼拜)|(?P<时>小时|钟头)"
)
_NUMERALS = re.compile("[〇零二两三四五六七八九十百千万]+")


def read_words(text: str) -> list[str]:
    """The words that tell a text from others; a Chinese character is one. None only of "".

    Width, case, marks and blanks make no difference, nor do small words as long as others stay.
    """
    if text.isascii():
        plain = text.lower()
    else:
        plain = as_simplified(unicodedata.normalize("NFKC", text).casefold())
        plain = _PHRASES.sub(lambda phrase: phrase.lastgroup or " ", plain)
        plain = _NUMERALS.sub(lambda run: f"{read_number(run[0]):.0f}", plain)
    if any(each in plain for each in _SAYS_NOT):
        plain = _NOT.sub(" not", plain)
    words = [_FIGURES.get(word, word) for word in _WORD.findall(plain)]
    telling = [word for word in words if word not in _FILLERS]
    if len(telling) >= _FEW:
        return telling
    # "What is it", "What can I do": every word of it tells.
    return [word for word in words if word not in _POLITE] or words or text.split()


def join_words(words: Sequence[str]) -> str:
    """The words as one text, from which `split_words` has them back."""
    return " ".join(words)


def split_words(text: str) -> list[str]:
    """The reverse of `join_words`."""
    return text.split()


def close_up(text: str) -> str:
    """Joined words as they would stand in a text: Chinese without blanks."""
    return text if text.isascii() else _BETWEEN_DENSE.sub("", text)


@lru_cache(maxsize=REMEMBERED)
def stem(word: str) -> str:
    """The word without an ending that makes another form of it."""
    return _ENDING.sub("", word) if word.isascii() else word


_TELLING = frozenset(map(stem, _TELLING_ONES.split()))


@lru_cache(maxsize=REMEMBERED)
def turns_round(word: str) -> bool:
    """Whether a question with this word in it, or another in its place, is another question."""
    return word in _TELLING or any(map(str.isdigit, word))
