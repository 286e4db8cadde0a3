"""A keychain in memory, which keyring takes for the system's own."""

from __future__ import annotations

import threading

from keyring.backend import KeyringBackend


class AKeychain(KeyringBackend):
    """Keeps keys until the test is over; may be locked, or waiting for a password."""

    priority = 9.0  # type: ignore[assignment]  # keyring reads it off the class

    def __init__(self, problem: BaseException | None = None) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.problem = problem
        self.open = threading.Event()
        self.open.set()

    def _ask(self) -> None:
        self.open.wait()
        if self.problem is not None:
            raise self.problem

    def get_password(self, service: str, username: str) -> str | None:
        """What is kept."""
        self._ask()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""
        self._ask()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget it."""
        self._ask()
        del self.kept[service, username]
