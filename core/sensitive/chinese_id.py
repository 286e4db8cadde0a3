"""The number of a Chinese resident's ID card: its check digit, its day, and a place that there is.

python-stdnum's own `is_valid` also wants the place to have had its number in the year of birth. The
numbers were first given out in the 1980s, to people of every age, so that refuses real ones.
"""

from __future__ import annotations

from stdnum import numdb
from stdnum.cn import ric
from stdnum.exceptions import ValidationError


def is_valid(number: str) -> bool:
    """Whether 18 characters are such a number."""
    plain = ric.compact(number)
    try:
        ric.get_birth_date(plain)
        is_right = ric.calc_check_digit(plain) == plain[-1]
    except ValidationError:
        return False
    return is_right and bool(numdb.get("cn/loc").info(plain[:6])[0][1])
