"""How two replies to the same question conflict: what a person should judge, by a reason's code.

Nothing here knows what is true. It sees that one refuses and one answers, that one says yes and
one no, that the same unit has another number, or that they are of different kinds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from rapidfuzz import fuzz

from core.lenses.measures import read_measures
from core.scripts import LATIN, MIXED, OTHER, script_in

# From the most suspicious to the least, with how suspicious it is.
REASONS: Mapping[str, float] = {
    "refusal": 0.98,  # one refuses, one answers
    "yes_no": 0.95,
    "opposite": 0.9,  # hardly a difference but a "not"
    "numbers": 0.85,  # another number of the same thing
    "language": 0.75,
    "format": 0.7,  # one is JSON, one prose
    "structure": 0.65,  # one is a list, a table or has headings, one is a line of prose
    "tone": 0.6,  # one formal, one chatty
}

_OPENING = 160  # characters in which a reply says what it is
_NEARLY = 80.0  # of 100: so much alike that a "not" or a number is all that differs
_A_LETTER = re.compile(r"[^\W\d_]")

_REFUSES = re.compile(
    r"\b(?:i|we)(?: am|'m| are|'re)? (?:sorry,? (?:but )?)?(?:can(?:no|')t|can not|won't|will not|"
    r"(?:am |are )?(?:unable|not able|not allowed|not permitted) to|must decline|have to decline)"
    r"(?! (?:wait|complain|thank|stress|recommend (?:it )?enough))"
    r"|\bas an? (?:ai|language model|assistant)\b[^.]{0,60}\b(?:can(?:no|')t|unable|not able|don't)"
    r"|\b(?:against|violates) (?:my|our) (?:guidelines|polic)"
    r"|(?:我|我们|本人|这边)?(?:暂时|实在|恐怕|目前)?(?:无法|不能|没办法|没有办法)"
    r"(?:为您|帮您|帮你|给您|给你|向您|替您)?(?:提供|回答|协助|帮助|处理|透露|讨论|完成|办理|满足|帮)"
    r"|(?:帮|答|做|办|写|说)不了|做不到|(?:无法|没法|不便)[^，。！,.!]{0,2}(?:写|说|告诉|确认)"
    r"|作为(?:一个|一名)?(?:ai|人工智能|语言模型)|恕(?:难|不|我)|(?:拒绝|不便)(?:回答|透露|提供)",
    re.IGNORECASE,
)
_YES = re.compile(
    r"^\W*(?:(?:yes|yeah|yep|yup|certainly|absolutely|definitely|of course|sure)\b"
    r"|(?:it|we|they|you|he|she|there|i) (?:do|does|is|are|can|will|has|have|may)[,.!;]"
    r"|是的|对的|当然|可以|能的|会的|有的|没错|没问题|行的?[，。！,.!]|[对是能有会][，。！；,.!;])",
    re.IGNORECASE,
)
_NO = re.compile(
    r"^\W*(?:(?:no(?! (?:problem|worries|doubt|need|matter|idea|one))|nope|never|i['’]?m afraid"
    r"|unfortunately|sadly|not (?:at the moment|yet|really|any ?more|currently))\b"
    r"|(?:it|we|they|you|i|that|this|there) (?:do|does|is|are|can|will|has|have|may|must)"
    r"(?:n['’]t| not|not)\b"
    r"|不是|不行|不可以|不能|不会|不支持|不用|没有|没了|还没有?|否|不[，。！；,.!;]|没[，。！；,.!;]"
    r"|(?:很?抱歉|对不起|很?遗憾|不好意思|可惜)[，,]?[^，。！,.!]{0,8}[不没无])",
    re.IGNORECASE,
)
_NEGATIONS = re.compile(r"\b(?:not|no|never|none|cannot|without)\b|n['’]t\b|[不没无未非]", re.I)
_SORRY = re.compile(r"\b(?:unfortunately|regret|sorry)\b|抱歉|遗憾|对不起|不好意思", re.IGNORECASE)
_JSON = re.compile(r"^\s*(?:```(?:json)?\s*)?[\[{].*[\]}]\s*(?:```)?\s*$", re.DOTALL)

_STRUCTURE = re.compile(r"^\s*(?:#{1,6} |[-*•] |\d{1,2}[.)、] ?|\|.*\|\s*$)", re.MULTILINE)
_CHATTY = re.compile(
    r"\b(?:hey|hiya|yo|lol|haha+|gonna|wanna|gotta|kinda|yeah|yep|yup|btw|omg|awesome|yay|oops"
    r"|dude|folks|no worries|super cool|cheers)\b|!!|[\U0001f300-\U0001faff\u2600-\u27bf]"
    r"|哈哈|嘿嘿|嘻嘻|嘿|哇|哎呀|亲[，,~～]|宝子|咱|啦|咯|哒|呐|超级?[棒赞好]|～|~",
    re.IGNORECASE,
)
_FORMAL = re.compile(
    r"\bdear (?:sir|madam|customer|mr|ms|mrs|valued)\b|\b(?:yours )?(?:sincerely|faithfully)\b"
    r"|\bkind(?:est)? regards\b|\bplease (?:be advised|note that)\b|\bwe regret\b|\bhereby\b"
    r"|\bin accordance with\b|\bpursuant\b|\bfurthermore\b|\bshould you (?:have|require|wish)\b"
    r"|\bwe (?:sincerely )?apologi[sz]e\b|\bdo not hesitate\b|\bwould be pleased\b"
    r"|尊敬的|敬请|烦请|特此|谨此|谨|兹|此致|敬上|贵(?:司|方|公司)|予以|您",
    re.IGNORECASE,
)


def find_conflict(one: str, other: str, alike: float) -> str:
    """The most suspicious of `REASONS` for these two replies; "" where none holds.

    alike: how much their texts are, from 0 to 100, as rapidfuzz tells it.
    """
    for reason, differs in _JUDGES.items():
        if differs(one, other, alike):
            return reason
    return ""


def is_refusal(reply: str) -> bool:
    """Whether a reply begins by turning down what was asked."""
    return _REFUSES.search(reply[:_OPENING].replace("’", "'")) is not None


def _one_refuses(one: str, other: str, alike: float) -> bool:
    """One who is sorry or says no does not answer either, whatever the words."""
    if is_refusal(one) == is_refusal(other):
        return False
    answer = other if is_refusal(one) else one
    return _polarity(answer) >= 0 and _SORRY.search(answer[:_OPENING]) is None


def _yes_and_no(one: str, other: str, alike: float) -> bool:
    return {_polarity(one), _polarity(other)} == {1, -1}


def _polarity(reply: str) -> int:
    """1 where it begins with yes, -1 with no, 0 with neither."""
    if _NO.search(reply):
        return -1
    return 1 if _YES.search(reply) else 0


def _is_turned_round(one: str, other: str, alike: float) -> bool:
    """Hardly any difference, but one says "not" once more."""
    if alike < _NEARLY:
        return False
    return (len(_NEGATIONS.findall(one)) - len(_NEGATIONS.findall(other))) % 2 == 1


def _counts_differently(one: str, other: str, alike: float) -> bool:
    """The same unit with no number in common; all else alike, without a unit too."""
    here, there = read_measures(one), read_measures(other)
    units = [unit for unit in here.keys() & there.keys() if unit or alike >= _NEARLY]
    return any(here[unit].isdisjoint(there[unit]) for unit in units)


def _other_language(one: str, other: str, alike: float) -> bool:
    """Written in different scripts; a word or two are no language."""
    scripts = {script_in(one), script_in(other)} - {"", MIXED, OTHER}
    return len(scripts) == 2 and (LATIN not in scripts or _has_words(one, other))


def _has_words(*replies: str) -> bool:
    """Whether all in Latin letters are more than a name or a number with its unit."""
    return all(script_in(r) != LATIN or len(_A_LETTER.findall(r)) >= 12 for r in replies)


def _one_is_json(one: str, other: str, alike: float) -> bool:
    return (_JSON.match(one) is None) != (_JSON.match(other) is None)


def _one_is_structured(one: str, other: str, alike: float) -> bool:
    """One has headings, a list or a table, the other is a line of prose."""
    return {_structure(one), _structure(other)} == {0, 2}


def _structure(reply: str) -> int:
    """2 where a reply is structured, 0 where it is one paragraph."""
    return 2 if len(_STRUCTURE.findall(reply)) > 1 else 1 if "\n" in reply else 0


def _other_tone(one: str, other: str, alike: float) -> bool:
    return _tone(one) * _tone(other) < 0


def _tone(reply: str) -> int:
    """1 where a reply is formal only, -1 chatty only, 0 neither or both."""
    return bool(_FORMAL.search(reply)) - bool(_CHATTY.search(reply))


def compare_replies(one: str, other: str) -> float:
    """How much two replies are alike, from 0 to 100; marks of case and blanks do not count."""
    return fuzz.ratio(_plain(one), _plain(other))


def _plain(reply: str) -> str:
    return " ".join(reply.casefold().split())


_JUDGES: Mapping[str, Callable[[str, str, float], bool]] = {
    "refusal": _one_refuses,
    "yes_no": _yes_and_no,
    "opposite": _is_turned_round,
    "numbers": _counts_differently,
    "language": _other_language,
    "format": _one_is_json,
    "structure": _one_is_structured,
    "tone": _other_tone,
}
