"""Which checks a project can switch off, in the groups that people look for them in.

What a place to train would refuse is not among them: to hear of it late helps nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SWITCHES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "pairs": (
            "duplicate_example",
            "near_duplicate_example",
            "leaked_example",
            "conflicting_replies",
            "repeated_question",
            "one_reply_fits_all",
        ),
        "talk": (
            "missing_user_message",
            "last_message_not_assistant",
            "consecutive_same_role",
            "blank_content",
            "nothing_learned",
            "missing_system_message",
            "odd_instructions",
            "untrimmed_whitespace",
            "untrimmed_instructions",
        ),
    }
)
