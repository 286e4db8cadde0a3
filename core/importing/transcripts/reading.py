"""A transcript as conversations: turns joined, cut where a new conversation begins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from core.encodings import BROKEN, as_utf8
from core.examples import ASSISTANT, SYSTEM, USER, Example, Message
from core.importing.transcripts.finding import DAYS, GAPS, QUESTIONS, Talk
from core.importing.transcripts.marks import Mark, clean_line, read_marks
from core.importing.transcripts.names import is_instructions
from core.jsonl import LONG_LINE_BYTES, Line
from core.rules.codes import find

MOST_HELD = 100_000  # characters of nobody, before they are told
LONGEST_NOTICE = 300
MOST_CHARACTERS = 8_000_000  # of a conversation; nobody can have meant more to be one
SHOWN = 60  # characters of a notice in its sentence
_NOTICE = re.compile(
    r"""
    <[^<>]*(?:omitted|略|Media)[^<>]*> | \S*\s?(?:image|video|audio|sticker|GIF|document)\s+omitted
    | \[(?:图片|语音|视频|表情|动画表情|文件|位置|链接|通话|红包|转账|名片|聊天记录|拍一拍)[^\]]*\]
        (?:\s*\d+["″秒])?
    | \[(?:Photo|Image|Video|Voice\s[Mm]essage|Sticker|File|Audio)[^\]]*\]
    | (?:This\s message\s was\s deleted | You\s deleted\s this\s message)\.?
    | Messages\s and\s calls\s are\s end-to-end\s encrypted\..*
    | .{0,30}撤回了一条消息 | .{0,30}拍了拍.{0,30} | 以下为新消息 | 以上是打招呼的内容
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(slots=True)
class _Said:
    """What one speaker says in a row."""

    role: str
    texts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Conversation:
    """A conversation as far as it has been read."""

    number: int = 0
    raw: list[str] = field(default_factory=list)
    said: list[_Said] = field(default_factory=list)
    size: int = 0  # characters of all that is said

    def say(self, role: str, *texts: str) -> None:
        """Add to what this role says, or let it begin."""
        if not self.said or self.said[-1].role != role:
            self.said.append(_Said(role))
        self.said[-1].texts += texts
        self.size += sum(map(len, texts))


def read_conversations(lines: Iterable[str], talk: Talk) -> Iterator[Line]:
    """Each conversation of a transcript as a line, numbered where it begins.

    Words before anybody is named, and notices of the chat program, come as lines of their own.
    """
    reader = _Reader(talk)
    for mark in read_marks(lines, talk.form, talk.speakers):
        yield from reader.take(mark)
    yield from reader.finish()


def read_transcript(text: str, talk: Talk) -> list[Line]:
    """The same for a text in memory."""
    return list(read_conversations(text.splitlines(keepends=True), talk))


class _Reader:
    """Puts marks together; what is complete comes out."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._now = _Conversation()
        self._nobody: list[Mark] = []
        self._held = 0  # characters of nobody
        self._gap: list[Mark] = []  # blank lines and drawn lines since the last text
        self._silent = ""  # the role of who was named, and has said nothing yet
        self._excused = False  # because it was a picture
        self._day = ""

    def take(self, mark: Mark) -> Iterator[Line]:
        """One more line of the transcript."""
        if mark.kind in ("blank", "rule"):
            self._gap.append(mark)
        elif mark.kind == "time":
            yield from self._pass_day(mark)
            if self._now.said:
                self._now.raw.append(mark.raw)
        elif self._is_notice(mark):
            yield from self._pass_day(mark)
            self._excuse(mark)
            yield _notice(mark)
        elif mark.kind == "turn":
            yield from self._begin(mark)
        elif (self._now.said or self._silent) and self._now.size < MOST_CHARACTERS:
            self._go_on(mark)
        else:
            yield from self._end()
            self._nobody.append(mark)
            self._held += len(mark.raw)
            if self._held > MOST_HELD:
                yield from self._end_nobody()

    def finish(self) -> Iterator[Line]:
        """What is left at the end."""
        yield from self._end_nobody()
        yield from self._end()

    def _begin(self, mark: Mark) -> Iterator[Line]:
        yield from self._end_nobody()
        self._speak_up()
        if self._is_new(mark) or self._now.size > MOST_CHARACTERS:
            yield from self._end()
        yield from self._pass_day(mark)
        now, role = self._now, self._role_of(mark)
        now.number = now.number or mark.number
        now.raw += [each.raw for each in self._gap if now.raw] + [mark.raw]
        self._gap.clear()
        if mark.text:
            now.say(role, mark.text)
        else:
            self._silent, self._excused = role, False

    def _go_on(self, mark: Mark) -> None:
        now = self._now
        now.number = now.number or mark.number
        now.raw += [*(gap.raw for gap in self._gap), mark.raw]
        if self._silent:
            now.say(self._silent, mark.text)
        else:
            between = ["" if gap.kind == "blank" else gap.text for gap in self._gap]
            now.say(now.said[-1].role, *between, mark.text)
        self._silent = ""
        self._gap.clear()

    def _is_notice(self, mark: Mark) -> bool:
        """Whether the chat program speaks, under its own name or instead of a message."""
        if mark.kind == "turn" and is_instructions(mark.name) and self._now.said:
            return not self._is_new(mark)  # a new conversation may begin with instructions
        said = clean_line(mark.text)
        return mark.kind == "notice" or (
            len(said) <= LONGEST_NOTICE and bool(_NOTICE.fullmatch(said))
        )

    def _role_of(self, mark: Mark) -> str:
        if mark.name == self._talk.assistant:
            return ASSISTANT
        return SYSTEM if is_instructions(mark.name) else USER

    def _is_new(self, mark: Mark) -> bool:
        """Whether a new conversation begins with this turn."""
        before = self._now.said[-1].role if self._now.said else ""
        cut = self._talk.cut
        if cut == QUESTIONS:
            return before == ASSISTANT and mark.name != self._talk.assistant
        if cut == GAPS:
            parted = [gap.kind for gap in self._gap]
            return "rule" in parted or (len(parted) > 1 and mark.name != self._talk.assistant)
        return cut == DAYS and bool(mark.day) and mark.day != self._day

    def _pass_day(self, mark: Mark) -> Iterator[Line]:
        """A line that names another day ends a conversation, if days do."""
        if mark.day and mark.day != self._day:
            if self._talk.cut == DAYS and mark.kind != "turn":
                yield from self._end()
            self._day = mark.day

    def _speak_up(self) -> None:
        """Who was named and said nothing has a turn without words, for the rules to tell."""
        if self._silent and not self._excused:
            self._now.say(self._silent)
        self._silent = ""

    def _excuse(self, mark: Mark) -> None:
        """Who sends a picture has a turn only if words follow."""
        if mark.kind == "turn" and not is_instructions(mark.name):
            self._speak_up()
            self._silent = self._role_of(mark)
        self._excused = bool(self._silent)

    def _end(self) -> Iterator[Line]:
        self._speak_up()
        now, self._now = self._now, _Conversation()
        if now.said:
            yield _line_of(now)

    def _end_nobody(self) -> Iterator[Line]:
        if self._nobody:
            number = self._nobody[0].number
            raw = as_utf8("".join(mark.raw for mark in self._nobody)).rstrip(b"\r\n")
            yield Line(number, raw, None, (find("no_speaker", line=number),))
            self._nobody, self._held = [], 0


def _line_of(conversation: _Conversation) -> Line:
    messages = [Message.of(said.role, "\n".join(said.texts).strip()) for said in conversation.said]
    raw = as_utf8("".join(conversation.raw)).rstrip(b"\r\n")
    at = conversation.number
    findings = []
    if len(raw) > LONG_LINE_BYTES:
        findings.append(find("very_long_line", line=at, bytes=len(raw)))
    if b"\0" in raw:
        findings.append(find("nul_character", line=at))
    if any(BROKEN.search(text) for text in conversation.raw):
        return Line(at, raw, None, (find("unknown_characters", line=at), *findings))
    return Line(at, raw, Example(tuple(messages)), tuple(findings))


def _notice(mark: Mark) -> Line:
    text = mark.text.strip()
    said = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    finding = find("chat_notice", line=mark.number, text=said)
    return Line(mark.number, as_utf8(mark.raw.rstrip("\r\n")), None, (finding,))
