"""core/keychain.py: a real keychain keeps keys, none is refused plainly, a stuck one is left."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import keyring
import pytest
from a_keychain import AKeychain
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.errors import InitError, KeyringLocked, NoKeyringError, PasswordSetError

from core import keychain
from core.errors import StorageFailed
from core.words import LANGUAGES, has_words

KEY = "sk-remembered-1234567890"


@pytest.fixture(autouse=True)
def nobody_s_own() -> Iterator[None]:
    """The keychain of whoever runs the tests is neither read nor written."""
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


def use(backend: KeyringBackend) -> KeyringBackend:
    """Let keyring find this keychain."""
    keyring.set_keyring(backend)
    return backend


def code_of(problem: pytest.ExceptionInfo[StorageFailed]) -> str:
    """The code, which has a sentence in both languages."""
    code = problem.value.code
    assert all(has_words(language, f"error.{code}") for language in LANGUAGES)
    return code


def test_a_key_is_kept_read_and_forgotten() -> None:
    """Under our name and the account's; forgetting twice is no fault."""
    backend = AKeychain()
    use(backend)
    assert keychain.keychain_exists()
    keychain.save_key("a", KEY)
    assert backend.kept == {("Tonesmith", "a"): KEY}
    assert keychain.load_key("a") == KEY
    assert keychain.load_key("b") == ""
    keychain.delete_key("a")
    keychain.delete_key("a")
    assert backend.kept == {}


@pytest.mark.parametrize("backend", [fail.Keyring(), null.Keyring()])
def test_where_there_is_no_keychain_nothing_is_pretended(backend: KeyringBackend) -> None:
    """Neither one that fails nor one that forgets counts as a keychain."""
    use(backend)
    assert not keychain.keychain_exists()
    for ask in (lambda: keychain.save_key("a", KEY), lambda: keychain.load_key("a")):
        with pytest.raises(StorageFailed) as raised:
            ask()
        assert code_of(raised) == "keychain_missing"


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (KeyringLocked(KEY), "keychain_locked"),
        (NoKeyringError(KEY), "keychain_missing"),
        (PasswordSetError(KEY), "keychain_failed"),
        (InitError(KEY), "keychain_failed"),
        (OSError(KEY), "keychain_failed"),
        (ValueError(KEY), "keychain_failed"),
    ],
)
def test_whatever_a_keychain_raises_is_a_sentence(
    problem: Exception, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    """And what it said, which may quote the key, goes neither on nor into the log."""
    use(AKeychain(problem))
    with caplog.at_level(logging.DEBUG), pytest.raises(StorageFailed) as raised:
        keychain.save_key("a", KEY)
    assert code_of(raised) == code
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None
    assert KEY not in caplog.text + repr(raised.value)


def test_a_keychain_that_waits_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that asks for a password nobody types is given up, with its own sentence."""
    monkeypatch.setattr(keychain, "READ_SECONDS", 0.05)
    backend = AKeychain()
    backend.open.clear()
    use(backend)
    with pytest.raises(StorageFailed) as raised:
        keychain.load_key("a")
    assert code_of(raised) == "keychain_slow"
    backend.open.set()
