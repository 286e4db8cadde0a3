"""Pasted or exported chats: "Name: text" in its many forms becomes conversations."""

from __future__ import annotations

from core.importing.transcripts.finding import (
    CUTS,
    DAYS,
    GAPS,
    QUESTIONS,
    WHOLE,
    Talk,
    find_speakers,
    find_talk,
    is_transcript,
)
from core.importing.transcripts.reading import read_conversations, read_transcript

__all__ = [
    "CUTS",
    "DAYS",
    "GAPS",
    "QUESTIONS",
    "WHOLE",
    "Talk",
    "find_speakers",
    "find_talk",
    "is_transcript",
    "read_conversations",
    "read_transcript",
]
