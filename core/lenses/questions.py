"""What an example asks and replies, and when two questions are the same one in other words.

A question is told from another by its words: a typo, a polite word more or a word that moved leave
it the same, another name or number makes it another one ("the weather in Rome", "in Oslo").
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from rapidfuzz.distance import OSA, Levenshtein

from core.examples import ASSISTANT, SYSTEM, USER, Example

_ASKING = frozenset({USER, "tool", "function"})  # what a tool answered is gone by, too
NEAR = 0.15  # of the words may differ, each by its weight

# What it costs that a word is another one, measured in words left out; chosen on planted pairs.
_TYPO, _MOVED, _LEFT_OUT, _OTHER = 0.3, 0.4, 1.0, 1.5
_OTHER_CHARACTER = 2.0  # half of a Chinese word, so that hardly anything else is said
_FEW = 2  # words
_SAME_SOUND = 12  # places in a list by pinyin, where a syllable has about ten characters

_DENSE = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_DENSE}]|(?:(?![{_DENSE}_])\w)+")
_NOT = re.compile(r"\b(?:ca|wo|sha)n['’]t\b|(?<=[a-z])n['’]t\b|\bcannot\b")
_SAYS_NOT = ("n't", "n’t", "cannot")
_PHRASES = re.compile("请问|您好|你好|谢谢|麻烦|拜托|一下|能不能|可不可以|可以|是不是|有没有")
_POLITE = frozenset(
    "please pls hi hello hey dear kindly thanks thank advance "
    "请 呢 吗 嘛 啊 呀 吧 哦 喂 嗨".split()
)
# Words without which a question is still the same one, as long as others are left.
_FILLERS = _POLITE | frozenset(
    "a an the there just actually really so well um and oh tell "
    "is are am was were be been do does did has have had will would could can should may "
    "i you we he she it they me us my your our its their this that these those "
    "s m re ve ll d in on at of for about "
    "么 的 地 得 了 这 那 就 都 也 我 你 您 能 会 要 想".split()
)
# Words that turn a question round: with another of them it is another question.
_TELLING = frozenset(
    "not no never none without nor except unless before after from to with over under above below "
    "first last more less most least up down off out open close opened closed buy sell start stop "
    "one two three four five six seven eight nine ten who when where why how which "
    "monday tuesday wednesday thursday friday saturday sunday yesterday today tomorrow "
    "不 没 未 无 别 非 勿 零 〇 一 二 两 三 四 五 六 七 八 九 十 百 千 万 "
    "前 后 上 下 左 右 大 小 多 少 早 晚 买 卖 开 关 东 南 西 北 男 女 退 换".split()
)


class Asked(NamedTuple):
    """What an example is about: everything said before its last reply, and that reply."""

    question: str
    reply: str
    instructions: str


def read_asked(example: Example) -> Asked:
    """The parts of an example that are compared; where nobody asks, the reply is the question.

    In a longer talk the question is all that the user (and tools) said before the last reply that
    is learned: the earlier replies are part of neither.
    """
    said: list[str] = []
    question = reply = instructions = ""
    for message in example.messages:
        role = message.role
        if role in _ASKING:
            said.append(message.text)
        elif role == ASSISTANT and message.weight != 0:
            question, reply = "\n".join(said), message.text.strip()
        elif role == SYSTEM:
            instructions = instructions or message.text
    return Asked(question.strip() or "\n".join(said).strip() or reply, reply, instructions)


def read_words(text: str) -> list[str]:
    """The words that tell a text from others; a Chinese character is one. None only of "".

    Width, case, marks and blanks make no difference, nor do polite words, as long as others stay.
    """
    if text.isascii():
        plain = text.lower()
    else:
        plain = _PHRASES.sub(" ", unicodedata.normalize("NFKC", text).casefold())
    if any(each in plain for each in _SAYS_NOT):
        plain = _NOT.sub(" not", plain)
    words = _WORD.findall(plain)
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


def likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """How much two questions are the same, from `1 - NEAR` to 1; 0 where they are not."""
    if one == other:
        return 1.0
    longest = max(len(one), len(other))
    if abs(len(one) - len(other)) > NEAR * longest / _MOVED:
        return 0.0
    share = _difference(one, other) / longest
    return 1.0 - share if share <= NEAR else 0.0


def _difference(one: Sequence[str], other: Sequence[str]) -> float:
    """What it costs to make one question the other, in words left out."""
    cost, gone, come = 0.0, Counter[str](), Counter[str]()
    for tag, here, there in Levenshtein.editops(one, other).as_list():
        if tag == "delete":
            gone[one[here]] += 1
        elif tag == "insert":
            come[other[there]] += 1
        else:
            cost += _swap(one[here], other[there])
    moved = gone & come
    lost = (gone - moved) + (come - moved)
    if any(_is_telling(word) for word in lost):
        return float("inf")
    return cost + _MOVED * moved.total() + _LEFT_OUT * lost.total()


def _swap(one: str, other: str) -> float:
    """What it costs that one word stands in the place of another."""
    if _is_telling(one) or _is_telling(other):
        return float("inf")
    if len(one) == len(other) == 1:
        return _TYPO if _sound_alike(one, other) else _OTHER_CHARACTER
    return _TYPO if _is_typo(one, other) else _OTHER


def _is_telling(word: str) -> bool:
    return word in _TELLING or any(map(str.isdigit, word))


def _is_typo(one: str, other: str) -> bool:
    """Whether one word is the other misspelt: it begins or ends the same, and hardly differs."""
    longest = max(len(one), len(other))
    if longest < 4 or (one[0] != other[0] and one[-1] != other[-1]):
        return False
    return OSA.distance(one, other) <= (1 if longest < 8 else 2)


def _sound_alike(one: str, other: str) -> bool:
    """Whether one Chinese character may be typed for the other.

    GB 2312 lists the usual characters by their pinyin, so those that sound the same stand
    together: 在 and 再, 做 and 作.
    """
    here, there = _place(one), _place(other)
    return bool(here and there) and abs(here - there) <= _SAME_SOUND


def _place(character: str) -> int:
    """The place in the list by pinyin, from 1; 0 for a character that is not in it."""
    code = character.encode("gb2312", "ignore")
    if len(code) != 2 or not 0xB0 <= code[0] <= 0xD7:
        return 0
    return (code[0] - 0xB0) * 94 + code[1] - 0xA0
