"""Everything that can go wrong and be told to a person: a code and the facts for its sentence.

TonesmithError
├── BadInput              what was given cannot be used; `code` says why
├── NotFound              it was there before, and is not now
├── Stopped               a person stopped it; nothing of it was done
├── StorageFailed         the disk, the database or the keychain said no
└── ProviderError         a place to train said no, or said nothing
    ├── AuthenticationFailed   no key, or a wrong one
    ├── PermissionRefused      the key is right, the account may not
    ├── RateLimited            too often, or out of credit
    ├── Unavailable            no answer, or a broken one: try again later
    └── Rejected               it understood and refused: change something first

The sentence for each `code` stands in `locales/` under `error.CODE`.
"""

from __future__ import annotations

import copyreg
from typing import Any


class TonesmithError(Exception):
    """Base of all: `code` names the sentence, `params` fill it."""

    def __init__(self, code: str, **params: str | int | float) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __reduce__(self) -> tuple[Any, ...]:
        """For another process: made again without `__init__`, which takes the facts by name."""
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


class BadInput(TonesmithError):
    """What a person gave cannot be used as it is."""


class NotFound(TonesmithError):
    """What was asked for is not there any more."""


class Stopped(TonesmithError):
    """A person stopped what was going on, and nothing of it was done."""

    def __init__(self) -> None:
        super().__init__("stopped")


class StorageFailed(TonesmithError):
    """The data folder, the database or the system's keychain cannot be read or written."""


class ProviderError(TonesmithError):
    """A place to train said no, or said nothing."""


class AuthenticationFailed(ProviderError):
    """No key, or one that is not known there."""


class PermissionRefused(ProviderError):
    """The account may not do this."""


class RateLimited(ProviderError):
    """Too many calls, or no credit left."""


class Unavailable(ProviderError):
    """No answer, or an unreadable one; trying again later may help."""


class Rejected(ProviderError):
    """Understood and refused; trying again unchanged will not help."""
