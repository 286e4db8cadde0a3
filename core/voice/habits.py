"""The habits of writing that can be told by a pattern: for each its name, and what it looks like.

Word lists of our own, chosen so that a word counts only where hardly anybody means another thing
by it. A habit says that a text does something, never that it should.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from core.chinese import close_joints, half_width_marks, scripts_in, spaced_joints

Shows: TypeAlias = Callable[[str], bool]

LATIN, CHINESE = "latin", "chinese"
_S = "['’]"  # straight and curly
_EMOJI = (
    "[\u231a\u231b\u23e9-\u23f3\u2600-\u26ff\u2705\u270a-\u270d\u2728\u274c\u274e\u2753-\u2757"
    "\u2764\u2b50\u2b55\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff]"
    r"|(?<![\w:])[:;=][-']?[)D(P](?!\w)"
)
_BULLET = r"^[ \t]*(?:[-*•·]|\d{1,2}[.)、]|step \d{1,2}\b|第[一二三四五六七八九十\d]步)[ \t]*"
_LAID_OUT = (
    r"\*\*[^*\n]{1,300}\*\*", "^#{1,6} ", "```", r"\[[^]\n]{1,200}\]\(", r"^\|.*\|$",
    r"(?:【[^】\n]{1,20}】[^【\n]{0,300}){2}",
)  # fmt: skip
_CONTRACTIONS = (
    rf"(?:do|does|did|is|are|was|were|have|has|had|would|should|could|must|need)n{_S}t",
    rf"(?:can|won|shan|ain){_S}t",
    rf"i{_S}(?:m|ve|ll|d)",
    rf"(?:you|we|they){_S}(?:re|ve|ll|d)",
    rf"(?:he|she|it|that|there|here|what|who|where|how){_S}(?:s|ll|d)",
    rf"let{_S}s",
)
_FULL_FORMS = (
    "(?:do|does|did|is|are|was|were|would|should|could|will) not", "cannot", "i am", "it is",
    "(?:you|we|they) are", "(?:i|you|we|they) will", "that is", "there is",
)  # fmt: skip
_GREETINGS = (
    "hi", "hello", "hey", "hiya", "howdy", "dear", "greetings", "welcome",
    "good (?:morning|afternoon|evening|day)",
    r"(?:thanks|thank you)[\w ,]{0,20} for (?:reaching out|contacting|getting in touch|writing)",
)  # fmt: skip
_FAREWELLS = (
    "(?:kind|best|warm|warmest) (?:regards|wishes)", "sincerely", "yours (?:truly|faithfully)",
    "cheers", "take care", "all the best", r"(?:your|the) [\w ]{2,30} team",
    "have a (?:great|nice|good|lovely|wonderful) (?:day|one|evening|weekend)",
)  # fmt: skip
_FORMAL = (
    "please be advised", "kindly", "regarding", "furthermore", "moreover", "therefore", "hereby",
    "pursuant", "we regret", "sincerely", "dear (?:sir|madam|customer|mr|ms|mrs)", "accordingly",
    "at your earliest convenience", "with respect to", "in accordance with", "we apologi[sz]e",
    "do not hesitate", "aforementioned", "notwithstanding", "herein", "thereof", "subsequent to",
    "in the event (?:of|that)", "prior to",
)  # fmt: skip
_CASUAL = (
    "hey", "hiya", "yeah", "yep", "yup", "nope", "gonna", "wanna", "gotta", "kinda", "sorta",
    "guys", "awesome", "lol", "oops", "whoa", "wow", "folks", "no worries", "no problem",
    "totally", "okay", "buddy", "mate", "btw", "haha", "ugh", "nah", "dude",
)  # fmt: skip
_GREETINGS_ZH = (
    "[您你]们?好", "亲爱的", "亲[，,~～!！]", "嗨", "哈喽", "哈啰", "hi", "hello", "尊敬的",
    "早上好", "下午好", "晚上好", "感谢您的", "谢谢您的", "欢迎",
)  # fmt: skip
_FAREWELLS_ZH = (
    "(?<![一-鿿])祝[您你].{1,20}", "此致", "敬礼", "敬上", "谨上", "再见", "拜拜", "回头见",
    "顺颂.{1,6}", "团队", "客服", "期待您?的?.{0,10}(?:光临|回复|来信)",
)  # fmt: skip
_FORMAL_ZH = (
    "敬请", "谨此", "烦请", "恳请", "敬启", "贵方", "贵公司", "贵司", "鉴于", "兹", "予以",
    "特此", "如有不便", "深表歉意",
)  # fmt: skip
_CASUAL_ZH = (
    r"[哈啦呀哦喔嘛哇咯呗噢](?:[，。！~～!\s]|\Z)", "哈哈", "嘻嘻", "亲[，,~～]", "么么", "啥",
    "咋", "超级", "搞定", "给力", "木有", "小伙伴",
)  # fmt: skip


def _any(*patterns: str) -> Shows:
    """Whether one of these is found anywhere."""
    found = re.compile("|".join(patterns), re.IGNORECASE | re.MULTILINE)
    return lambda text: found.search(text) is not None


def _words(*words: str) -> Shows:
    """Whether one of these stands there as a word."""
    return _any(rf"(?<![\w'’])(?:{'|'.join(words)})(?![\w'’])")


def _begins(*words: str) -> Shows:
    return _any(rf"\A\W*(?:{'|'.join(words)})(?!\w)")


def _ends(*words: str) -> Shows:
    """At the end, but for a name."""
    name = r"(?:[\w'’.-]{1,20} ?){0,3}"
    return _any(rf"(?<!\w)(?:{'|'.join(words)})\W{{0,5}}{name}\W{{0,3}}\Z")


_BOTH: Mapping[str, Shows] = {
    "emoji": _any(_EMOJI),
    "exclamation": _any("[!！]"),
    "shouting": _any("[!！]{2}", "(?:[!！][^!！]{0,300}){3}", r"(?-i:\b(?:[A-Z]{2,}\b\W{1,3}){4})"),
    "question": _any("[?？]"),
    "list": _any(rf"{_BULLET}\S.*\n+{_BULLET}"),
    "markdown": _any(*_LAID_OUT),
}
HABITS: Final[Mapping[str, Mapping[str, Shows]]] = MappingProxyType(
    {
        LATIN: {
            **_BOTH,
            "contraction": _words(*_CONTRACTIONS),
            "full_form": _words(*_FULL_FORMS),
            "small_start": lambda text: text.lstrip()[:1].islower(),
            "says_i": _words("(?-i:I)", rf"i{_S}(?:m|ve|ll|d)", "my", "me", "mine"),
            "says_we": _words("we", rf"we{_S}(?:re|ve|ll|d)", "our", "(?-i:us)", "ours"),
            "says_you": _words("you", rf"you{_S}(?:re|ve|ll|d)", "your", "yours"),
            "greeting": _begins(*_GREETINGS),
            "sign_off": _ends(*_FAREWELLS),
            "formal": _words(*_FORMAL),
            "casual": _words(*_CASUAL),
        },
        CHINESE: {
            **_BOTH,
            "says_wo": _any("(?<!自)我(?!们)"),
            "says_women": _any("我们|咱们"),
            "says_ni": _any("你"),
            "says_nin": _any("您"),
            "greeting": _any(rf"\A\W*(?:{'|'.join(_GREETINGS_ZH)})"),
            "sign_off": _any(rf"(?:{'|'.join(_FAREWELLS_ZH)})\W{{0,9}}\Z"),
            "formal": _any(*_FORMAL_ZH),
            "casual": _any(*_CASUAL_ZH),
            "half_width": lambda text: any(True for _ in half_width_marks(text)),
            "spaced": lambda text: any(True for _ in spaced_joints(text)),
            "close": lambda text: any(True for _ in close_joints(text, figures=False)),
            "simplified": lambda text: scripts_in(text)[0],
            "traditional": lambda text: scripts_in(text)[1],
        },
    }
)
