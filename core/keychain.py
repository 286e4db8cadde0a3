"""Keys in the keychain of this computer's system, where only its owner's programs can read them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

from core.errors import StorageFailed, TonesmithError

SERVICE = "Tonesmith"  # the name a person finds in the system's own list
READ_SECONDS = 3.0  # a page waits for it
WRITE_SECONDS = 20.0  # time to answer a system that asks whether it may

log = logging.getLogger(__name__)
T = TypeVar("T")


def keychain_exists() -> bool:
    """Whether this computer has a keychain to be trusted; no secret is touched to find out."""
    try:
        _soon(_check_backend, READ_SECONDS)
    except StorageFailed:
        return False
    return True


def save_key(account: str, key: str) -> None:
    """Keep a key under `account`, over the one that is there.

    Raises:
        StorageFailed: `keychain_missing`, `keychain_locked`, `keychain_slow`, `keychain_failed`.
    """

    def save() -> None:
        import keyring

        _check_backend()
        keyring.set_password(SERVICE, account, key)

    _soon(save, WRITE_SECONDS)


def load_key(account: str) -> str:
    """The key under `account`, or nothing.

    Raises:
        StorageFailed: as `save_key`.
    """

    def load() -> str:
        import keyring

        _check_backend()
        return keyring.get_password(SERVICE, account) or ""

    return _soon(load, READ_SECONDS)


def delete_key(account: str) -> None:
    """Forget the key under `account`; one that is not there is no fault.

    Raises:
        StorageFailed: as `save_key`.
    """

    def delete() -> None:
        import keyring

        _check_backend()
        if keyring.get_password(SERVICE, account) is not None:
            keyring.delete_password(SERVICE, account)

    _soon(delete, WRITE_SECONDS)


def _check_backend() -> None:
    """Raise unless keyring has found a real keychain.

    Below 1 are, by keyring's own scale, the ones that fail, forget, or write plain text.
    """
    import keyring

    if keyring.get_keyring().priority < 1:
        raise StorageFailed("keychain_missing")


def _soon(ask: Callable[[], T], seconds: float) -> T:
    """What `ask` returns, unless it takes too long: a keychain may wait for a password.

    What a keychain raises may quote what it was given, so nothing of it is passed on or logged
    but its kind.
    """
    answer: Future[T] = Future()

    def work() -> None:
        try:
            answer.set_result(ask())
        except Exception as problem:  # noqa: BLE001  # each system's keychain has errors of its own
            answer.set_exception(_translate(problem))

    Thread(target=work, name="keychain", daemon=True).start()
    try:
        return answer.result(seconds)
    except TimeoutError:
        raise StorageFailed("keychain_slow") from None


def _translate(problem: Exception) -> TonesmithError:
    from keyring.errors import KeyringLocked, NoKeyringError

    if isinstance(problem, TonesmithError):
        return problem
    log.warning("The keychain failed: %s", type(problem).__name__)
    if isinstance(problem, NoKeyringError):
        return StorageFailed("keychain_missing")
    if isinstance(problem, KeyringLocked):
        return StorageFailed("keychain_locked")
    return StorageFailed("keychain_failed")
