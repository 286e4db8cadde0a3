"""A machine without a browser skips the journey and says why; CI must not."""

from __future__ import annotations

from pathlib import Path

import pytest
from the_app import environment, find_browser


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which no program can be found."""
    monkeypatch.setattr("the_app.shutil.which", lambda name: None)
    monkeypatch.delenv("CI", raising=False)


def test_without_a_browser_the_reason_is_told() -> None:
    """The skip names what was looked for."""
    with pytest.raises(pytest.skip.Exception, match="chromium"):
        find_browser()


def test_ci_fails_instead_of_skipping(monkeypatch: pytest.MonkeyPatch) -> None:
    """There the journey is never left out in silence."""
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="must not skip"):
        find_browser()


def test_the_app_gets_nobody_s_key_and_no_proxy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What a person has set on this machine does not reach the app under test."""
    for name in ("https_proxy", "ALL_PROXY", "OPENAI_API_KEY", "DATABASE_URL"):
        monkeypatch.setenv(name, "x")
    given = environment(tmp_path)
    assert given["TONESMITH_HOME"] == str(tmp_path)
    assert not {"https_proxy", "ALL_PROXY", "OPENAI_API_KEY", "DATABASE_URL"} & set(given)
