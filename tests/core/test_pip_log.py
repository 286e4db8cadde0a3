"""core/pip_log.py: what pip writes is understood, whichever pip it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.pip_log import PipStory, failure_reason, last_words, package_name, read_pip_log
from core.words import LANGUAGES, has_words

OLD_PIP = """\
Looking in links: /some/folder
Collecting torch==2.13.0 (from -r requirements-local.txt (line 5))
  Downloading torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl (190.5 MB)
Requirement already satisfied: uvicorn==0.54.0 in ./site-packages (from -r x.txt (line 3)) (0.54.0)
Processing /some/folder/PyYAML-6.0.3-cp311-cp311-linux_x86_64.whl (from transformers==5.23.0)
Collecting huggingface_hub<3.0,>=1.31.0 (from transformers==5.23.0)
  Using cached huggingface_hub-2.4.0-py3-none-any.whl (857 kB)
""".splitlines()

NEW_PIP = """\
Collecting accelerate==1.15.0 (from -r requirements-local.txt (line 9))
  Downloading accelerate-1.15.0-py3-none-any.whl.metadata (19 kB)
Collecting trl[quantization]==1.16.0
Collecting accelerate==1.15.0
Downloading http://127.0.0.1:8000/files/torch-2.13.0%2Bcpu-cp311-cp311-linux_x86_64.whl (948 bytes)
""".splitlines()


def test_an_older_pip_is_understood() -> None:
    """Packages are named once, and the file is the one that was downloaded last."""
    assert read_pip_log(OLD_PIP) == PipStory(
        named=("torch", "pyyaml", "huggingface-hub"),
        file="torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl",
        file_bytes=190_500_000,
    )


def test_a_newer_pip_is_understood() -> None:
    """Extras and addresses do not hide a package's or a file's name."""
    assert read_pip_log(NEW_PIP) == PipStory(
        named=("accelerate", "trl"),
        file="torch-2.13.0+cpu-cp311-cp311-linux_x86_64.whl",
        file_bytes=948,
    )


def test_the_packages_are_all_known_when_they_are_put_in_place() -> None:
    """The order is pip's own."""
    lines = [*OLD_PIP, "Installing collected packages: PyYAML, huggingface_hub, torch"]
    assert read_pip_log(lines).placing == ("pyyaml", "huggingface-hub", "torch")


def test_a_windows_path_ends_in_a_file() -> None:
    """Backslashes separate folders too."""
    lines = [r"Processing c:\wheels\torch-2.13.0-cp311-cp311-win_amd64.whl"]
    assert read_pip_log(lines).named == ("torch",)


@given(st.lists(st.text()))
def test_any_text_is_read(lines: list[str]) -> None:
    """Whatever pip may come to write, the story is told or left out, and nothing breaks."""
    story = read_pip_log(lines)
    assert len(set(story.named)) == len(story.named)


@given(st.from_regex(r"(Collecting|Processing|  Downloading) [^ \n]+ \([\d.]+ (bytes|kB|MB)\)"))
def test_lines_that_look_like_pips_are_read(line: str) -> None:
    """A number that is none counts as no size."""
    assert read_pip_log([line]).file_bytes >= 0


@given(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]*", fullmatch=True))
def test_a_normal_name_stays_as_it_is(name: str) -> None:
    """Normalising twice is normalising once."""
    assert package_name(package_name(name)) == package_name(name)


SAID = {
    "no_pip": "/usr/bin/python3: No module named pip",
    "externally_managed": "error: externally-managed-environment\n\n× This environment is …",
    "disk_full": "ERROR: Could not install packages due to an OSError: [Errno 28] No space left",
    "not_writable": "ERROR: Could not install packages due to an OSError: [WinError 5] Access is",
    "no_secure_connection": "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED",
    "no_connection": "WARNING: Retrying (…) after connection broken by 'NewConnectionError(…\n"
    "ERROR: No matching distribution found for torch==2.13.0",
    "no_build": "ERROR: Could not find …\nERROR: No matching distribution found for torch",
    "unknown": "ERROR: Something nobody has seen before",
}


@pytest.mark.parametrize("reason", SAID)
def test_a_failure_has_a_reason(reason: str) -> None:
    """What pip said decides; a broken connection is named before what follows from it."""
    assert failure_reason(SAID[reason]) == reason


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", [*SAID, "cancelled", "interrupted"])
def test_every_reason_has_its_sentence(reason: str, language: str) -> None:
    """A person reads what happened and what to do."""
    assert has_words(language, f"install.reason_{reason}")


def test_the_last_words_are_the_last_error() -> None:
    """Hints that follow an error do not hide it; without one the last line stands."""
    assert last_words("a\nERROR: first\nERROR: why\n\n[notice] a hint\n") == "ERROR: why"
    assert last_words("a\n b \n\n") == "b"
    assert last_words("") == ""
