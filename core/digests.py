"""What examples are known by as copies: 16 bytes for what each of them says."""

from __future__ import annotations

import json
from hashlib import blake2b

import numpy as np
import orjson

from core.examples import Example, Json

DIGEST_BYTES = 16


def digest_of(example: Example) -> bytes:
    """16 bytes that are the same for examples that say the same, whatever the order of keys.

    (NaN and null are the same here; a line with NaN has an error of its own.)
    """
    try:
        text = orjson.dumps(_sayings(example) or example.to_json(), option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:  # lone surrogates, integers beyond 64 bits
        text = json.dumps(example.to_json(), sort_keys=True).encode()
    return blake2b(text, digest_size=DIGEST_BYTES).digest()


def _sayings(example: Example) -> list[list[tuple[str, Json]]]:
    """The messages' pairs in the order of their names; empty where not all of it is text."""
    if example.extra:
        return []
    said = [sorted(message.pairs) for message in example.messages]
    return said if all(type(value) is str for pairs in said for _, value in pairs) else []


def count_copies(digests: bytearray) -> int:
    """How many of these digests, one after another, stand there for the second time or more.

    They are sorted where they stand, as millions of them would not fit into a set of Python's.
    """
    found = np.frombuffer(digests, dtype=f"S{DIGEST_BYTES}")
    found.sort()
    return int(np.count_nonzero(found[1:] == found[:-1]))
