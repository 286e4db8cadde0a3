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
        "voice": (
            "off_voice",
            "brand_avoid",
            "brand_prefer",
            "brand_opening",
            "brand_must",
            "brand_ending",
            "brand_length",
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
        "safe": ("personal_data", "secret", "sensitive_instructions"),
        "built": (
            "broken_json_reply",
            "odd_json_shape",
            "unknown_tool_call",
            "tool_call_mismatch",
        ),
        "set": (
            "few_examples",
            "validation_share",
            "validation_gap",
            "unbalanced_tags",
            "unbalanced_languages",
        ),
    }
)
