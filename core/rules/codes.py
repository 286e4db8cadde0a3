"""Every code a check can give, and how bad it is: the one list that texts and docs are held to."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.findings import Finding, Place, Severity

_BY_SEVERITY = {
    # The example or file would be refused.
    Severity.ERROR: (
        # OpenAI's published format check, under its own names.
        "data_type",
        "missing_messages_list",
        "message_missing_key",
        "message_unrecognized_key",
        "unrecognized_role",
        "missing_content",
        "example_missing_assistant_message",
        # The file as a whole.
        "too_few_examples",
        "nothing_to_learn",
        "file_too_large",
        "json_array",
        "utf16",
        # One line of it.
        "invalid_json",
        "truncated_line",
        "invalid_utf8",
        "nul_byte",
        "not_a_number",
        "deep_nesting",
        # One row of a table.
        "broken_quotes",
        "unknown_characters",
        "long_row",
        "nothing_in_columns",
        "formula_cell",
        "error_cell",
        # What comes from other tools.
        "wrong_shape",
        "damaged_file",
        "foreign_file",
        "no_speaker",
    ),
    # It would be taken, but probably not as meant.
    Severity.WARNING: (
        "missing_user_message",
        "last_message_not_assistant",
        "consecutive_same_role",
        "blank_content",
        "bad_weight",
        "nothing_learned",
        "bad_name",
        "over_token_limit",
        "duplicate_example",
        # Examples beside each other.
        "near_duplicate_example",
        "leaked_example",
        "conflicting_replies",
        # The set as a whole.
        "one_reply_fits_all",
        "odd_instructions",
        # What the brand's own list asks for.
        "brand_avoid",
        "brand_prefer",
        "brand_opening",
        "brand_must",
        "brand_ending",
        "brand_length",
        # What should not be sent to anybody.
        "personal_data",
        "secret",
        "sensitive_instructions",
        # Replies and calls that a program reads.
        "broken_json_reply",
        "unknown_tool_call",
        "tool_call_mismatch",
        "odd_json_shape",
        "byte_order_mark",
        "blank_line",
        "duplicate_key",
        "lone_surrogate",
        "nul_character",
        "very_long_line",
        "short_row",
        "blank_rows",
        "only_header",
        "duplicate_column",
        "repeated_header",
        "beside_table",
        "merged_cells",
        "chat_notice",
        "beside_list",
    ),
    # It could be better.
    Severity.ADVICE: (
        "missing_system_message",
        "untrimmed_whitespace",
        "off_voice",
        "repeated_question",
        "few_examples",
        "validation_share",
        "validation_gap",
        "unbalanced_tags",
        "unbalanced_languages",
        "untrimmed_instructions",
        "windows_line_endings",
        "unused_columns",
        "above_header",
        "other_sheets",
        "hidden_rows",
    ),
}

SEVERITIES: Mapping[str, Severity] = MappingProxyType(
    {code: severity for severity, codes in _BY_SEVERITY.items() for code in codes}
)


def all_codes() -> Mapping[str, Severity]:
    """Every code with its severity, in the order they are shown."""
    return SEVERITIES


def find(
    code: str,
    *,
    line: int | None = None,
    message: int | None = None,
    key: str | None = None,
    start: int | None = None,
    end: int | None = None,
    detail: str = "",
    **params: str | int,
) -> Finding:
    """A finding of a known code.

    Raises:
        KeyError: the code is not in the list above.
    """
    place = Place(line, message, key, start, end)
    return Finding(code, SEVERITIES[code], place, detail, tuple(params.items()))
