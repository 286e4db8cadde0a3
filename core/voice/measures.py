"""What can be told of how a text is written, without a model: habits it shows, and its measures.

A habit is there or not, in all replies of an example together; a measure is a figure of them. Only
the way of writing is looked at, never what it is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core.chinese import HAN
from core.examples import ASSISTANT, Example
from core.voice.habits import CHINESE, HABITS, LATIN

LENGTH, SENTENCE, WORD = "length", "sentence", "word"
MEASURES: Final = (LENGTH, SENTENCE, WORD)  # words or characters a reply and a sentence; letters
_LEAST_WORDS = 8  # of so many, their mean length says something

_HAN = re.compile(f"[{HAN}]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,]\d+)*")
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++(?=\s|[\"'”’)]|$)|[。！？；]+|\n+")
# Code, quotations and addresses are not one's own words.
_QUOTED = re.compile(r"```(?s:.)*?(?:```|\Z)|`[^`\n]{1,300}`|^>.*$|https?://[!-~]+", re.MULTILINE)
# Nor is what stands in quotation marks, though it belongs to the length of a reply.
_SPEECH = re.compile('"[^"\n]{1,300}"|“[^”\n]{1,300}”|[「『][^」』\n]{1,300}[」』]')


@dataclass(frozen=True, slots=True)
class Measured:
    """What is told of the replies of one example: see `core.voice.Tongue`."""

    tongue: str
    habits: frozenset[str]
    figures: Mapping[str, float]


def measure_example(example: Example, tongue: str = "") -> Measured | None:
    """How the replies that are learned from are written; None where they say nothing in words.

    What has no letters, such as a lone emoji, is measured as the `tongue`, where one is given.
    """
    return measure_texts(replies_of(example), tongue)


def replies_of(example: Example) -> tuple[str, ...]:
    """The replies that are learned from, and say something."""
    return tuple(
        message.text
        for message in example.messages
        if message.role == ASSISTANT and message.weight != 0 and message.text.strip()
    )


def measure_texts(texts: Sequence[str], tongue: str = "") -> Measured | None:
    """The same for some texts; replies that are JSON are nobody's way of writing."""
    own = [_QUOTED.sub(" ", text).strip() for text in texts if not _is_data(text)]
    own = [text for text in own if text]
    tongue = tongue_of(" ".join(own)) or (tongue if own else "")
    if not tongue:
        return None
    said = [_SPEECH.sub(" ", text) for text in own]
    habits = HABITS[tongue]
    return Measured(
        tongue,
        frozenset(name for name, shows in habits.items() if any(map(shows, said))),
        dict(_figures(own, tongue)),
    )


def _figures(own: Sequence[str], tongue: str) -> Iterator[tuple[str, float]]:
    count = count_characters if tongue == CHINESE else count_words
    units = sum(map(count, own))
    yield LENGTH, units / len(own)
    yield SENTENCE, units / max(1, sum(map(count_sentences, own)))
    if tongue == LATIN and units >= _LEAST_WORDS:
        yield WORD, sum(map(count_characters, own)) / units


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
    return sum(any(map(str.isalnum, part)) for part in _SENTENCE_END.split(text))


def _is_data(text: str) -> bool:
    said = text.strip()
    return said[:1] + said[-1:] in ("{}", "[]")
