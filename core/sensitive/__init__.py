"""Personal data and secrets in a text: where they stand, of which kind, and what to put there.

Nothing that is found here is ever logged, stored or put into an error: only kinds and places are.
"""

from core.sensitive.finding import find_sensitive, may_be_sensitive
from core.sensitive.masking import mask, placeholder, without_sensitive
from core.sensitive.places import sensitive_texts, with_texts
from core.sensitive.spans import KINDS, PERSONAL_KINDS, SECRET_KINDS, Span

__all__ = [
    "KINDS",
    "PERSONAL_KINDS",
    "SECRET_KINDS",
    "Span",
    "find_sensitive",
    "mask",
    "may_be_sensitive",
    "placeholder",
    "sensitive_texts",
    "with_texts",
    "without_sensitive",
]
