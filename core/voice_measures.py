"""What can be told of how a text is written, without a model: habits it shows, and its measures.

A habit is there or not, in all replies of an example together; a measure is a figure of them. Only
the way of writing is looked at, never what it is about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core.chinese import HAN, close_joints, half_width_marks, scripts_in, spaced_joints
from core.examples import ASSISTANT, Example

LATIN, CHINESE = "latin", "chinese"
LENGTH, SENTENCE = "length", "sentence"
MEASURES: Final = (LENGTH, SENTENCE)  # words or characters a reply, and a sentence

_HAN = re.compile(f"[{HAN}]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,]\d+)*")
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++(?=\s|[\"'”’)]|$)|[。！？；]+|\n+")
# Code, quotations and addresses are not one's own words.
_QUOTED = re.compile(r"```.*?(?:```|\Z)|`[^`\n]{1,300}`|^>.*$|https?://[!-~]+", re.DOTALL | re.M)
_EMOJI = re.compile(
    "[\u231a\u231b\u23e9-\u23f3\u2600-\u26ff\u2705\u270a-\u270d\u2728\u274c\u274e"
    "\u2753-\u2757\u2764\u2b50\u2b55\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff]"
    r"|(?<![\w:])[:;=][-']?[)D(P](?!\w)"
)


def _any(*words: str) -> Callable[[str], bool]:
    """Whether one of these stands there as a word."""
    found = re.compile(rf"(?<![\w'’])(?:{'|'.join(words)})(?![\w'’])", re.IGNORECASE)
    return lambda text: found.search(text) is not None


def _matching(pattern: str, flags: int = 0) -> Callable[[str], bool]:
    found = re.compile(pattern, flags)
    return lambda text: found.search(text) is not None


_BOTH: Mapping[str, Callable[[str], bool]] = {
    "emoji": lambda text: _EMOJI.search(text) is not None,
    "exclamation": _matching("[!！]"),
    "question": _matching("[?？]"),
    "list": _matching(r"^[ \t]*(?:[-*•·]|\d{1,2}[.)、])[ \t]*\S.*\n+[ \t]*(?:[-*•·]|\d{1,2}[.)、])",
                      re.M),
    "markdown": _matching(r"\*\*[^*\n]{1,300}\*\*|^#{1,6} |```|\[[^]\n]{1,200}\]\(|^\|.*\|$", re.M),
}  # fmt: skip
_S = "['’]"
_LATIN_HABITS: Mapping[str, Callable[[str], bool]] = {
    **_BOTH,
    "contraction": _any(
        rf"(?:do|does|did|is|are|was|were|have|has|had|would|should|could|must|need)n{_S}t",
        rf"(?:can|won|shan|ain){_S}t", rf"i{_S}(?:m|ve|ll|d)", rf"(?:you|we|they){_S}(?:re|ve|ll|d)",
        rf"(?:he|she|it|that|there|here|what|who|where|how){_S}(?:s|ll|d)", rf"let{_S}s",
    ),
    "full_form": _any(
        "(?:do|does|did|is|are|was|were|would|should|could) not", "cannot", "will not", "i am",
        "(?:you|we|they) are", "(?:i|you|we|they) will", "it is", "that is", "there is",
    ),
    "says_i": _any("(?-i:I)", rf"i{_S}(?:m|ve|ll|d)", "my", "me", "mine"),
    "says_we": _any("we", rf"we{_S}(?:re|ve|ll|d)", "our", "(?-i:us)", "ours"),
    "says_you": _any("you", rf"you{_S}(?:re|ve|ll|d)", "your", "yours"),
    "greeting": _matching(
        r"\A\W*(?:hi|hello|hey|hiya|howdy|dear|greetings|welcome|good (?:morning|afternoon|evening|day)"
        r"|(?:thanks|thank you)[\w ,]{0,20} for (?:reaching out|contacting|getting in touch|writing))\b",
        re.I),
    "sign_off": _matching(
        r"(?:(?:kind|best|warm|warmest) (?:regards|wishes)|sincerely|yours (?:truly|faithfully)|cheers"
        r"|take care|all the best|have a (?:great|nice|good|lovely|wonderful) (?:day|one|evening|weekend)"
        r"|(?:your|the) [\w ]{2,30} team)\W{0,5}(?:[\w .'’-]{1,40}\W{0,3})?\Z", re.I),
    "formal": _any(
        "please be advised", "kindly", "regarding", "furthermore", "moreover", "therefore", "hereby",
        "pursuant", "we regret", "sincerely", "dear (?:sir|madam|customer|mr|ms|mrs)", "accordingly",
        "at your earliest convenience", "with respect to", "in accordance with", "we apologi[sz]e",
        "do not hesitate",
    ),
    "casual": _any(
        "hey", "hiya", "yeah", "yep", "yup", "nope", "gonna", "wanna", "gotta", "kinda", "sorta",
        "awesome", "lol", "oops", "whoa", "wow", "guys", "folks", "no worries", "no problem",
        "totally", "buddy", "mate", "okay", "btw", "haha", "ugh", "nah", "dude",
    ),
}  # fmt: skip
_CHINESE_HABITS: Mapping[str, Callable[[str], bool]] = {
    **_BOTH,
    "says_wo": _matching("(?<!自)我(?!们)"),
    "says_women": _matching("我们|咱们"),
    "says_ni": _matching("你"),
    "says_nin": _matching("您"),
    "greeting": _matching(r"\A\W*(?:[您你]们?好|亲爱的|亲[，,~～!！]|嗨|哈喽|哈啰|hi|hello|尊敬的"
                          r"|早上好|下午好|晚上好|感谢您的|谢谢您的|欢迎)", re.I),
    "sign_off": _matching(r"(?:祝[您你].{1,20}|此致|敬礼|敬上|谨上|再见|拜拜|回头见|期待您?的?.{0,10}"
                          r"(?:光临|回复|来信)|顺颂.{1,6}|(?:团队|客服))\W*\Z"),
    "formal": _matching("敬请|谨此|烦请|恳请|敬启|贵方|贵公司|贵司|鉴于|兹|予以|特此|如有不便|深表歉意"),
    "casual": _matching("[哈啦呀哦喔嘛哇咯呗噢][，。！~～!\\s]|[哈啦呀哦喔嘛哇咯呗噢]\\Z|哈哈|嘻嘻|亲[，,~～]"
                        "|么么|啥|咋|超级|搞定|给力|木有|小伙伴"),
    "half_width": lambda text: any(True for _ in half_width_marks(text)),
    "spaced": lambda text: any(True for _ in spaced_joints(text)),
    "close": lambda text: any(True for _ in close_joints(text)),
    "simplified": lambda text: scripts_in(text)[0],
    "traditional": lambda text: scripts_in(text)[1],
}  # fmt: skip
HABITS: Final[Mapping[str, Mapping[str, Callable[[str], bool]]]] = {
    LATIN: _LATIN_HABITS,
    CHINESE: _CHINESE_HABITS,
}


@dataclass(frozen=True, slots=True)
class Measured:
    """What is told of the replies of one example: see `core.voice.Tongue`."""

    tongue: str
    habits: frozenset[str]
    figures: Mapping[str, float]


def measure_example(example: Example) -> Measured | None:
    """How the replies that are learned from are written; None where they say nothing in words."""
    return measure_texts(replies_of(example))


def replies_of(example: Example) -> tuple[str, ...]:
    """The replies that are learned from, and say something."""
    return tuple(
        message.text
        for message in example.messages
        if message.role == ASSISTANT and message.weight != 0 and message.text.strip()
    )


def measure_texts(texts: Sequence[str]) -> Measured | None:
    """The same for some texts; replies that are JSON are nobody's way of writing."""
    own = [_QUOTED.sub(" ", text).strip() for text in texts if not _is_data(text)]
    own = [text for text in own if text]
    tongue = tongue_of(" ".join(own))
    if not tongue:
        return None
    count = count_characters if tongue == CHINESE else count_words
    units = [count(text) for text in own]
    sentences = sum(map(count_sentences, own))
    habits = HABITS[tongue]
    return Measured(
        tongue,
        frozenset(name for name, shows in habits.items() if any(map(shows, own))),
        {LENGTH: sum(units) / len(units), SENTENCE: sum(units) / max(1, sentences)},
    )


def tongue_of(text: str) -> str:
    """Whether a text is counted in words or in Chinese characters; "" where it has neither.

    A Chinese character says about as much as a short word, so it is Chinese from a third on.
    """
    words = count_words(text)
    characters = 0 if text.isascii() else len(_HAN.findall(text))
    if characters and 2 * characters >= words:
        return CHINESE
    return LATIN if words else ""


def count_words(text: str) -> int:
    """Words that are written with spaces between them; a run of Chinese is one."""
    return len(_WORD.findall(text))


def count_characters(text: str) -> int:
    """Letters and figures of any script, without punctuation and spaces."""
    return sum(map(str.isalnum, text))


def count_sentences(text: str) -> int:
    """Sentences, and lines that end without a stop."""
    parts: Iterable[str] = _SENTENCE_END.split(text)
    return sum(any(map(str.isalnum, part)) for part in parts)


def _is_data(text: str) -> bool:
    said = text.strip()
    return said[:1] + said[-1:] in ("{}", "[]")
