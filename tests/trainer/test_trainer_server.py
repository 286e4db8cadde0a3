"""The program itself: how it starts, who may speak to it, and how it ends."""

from __future__ import annotations

import json
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import OpenAI
from real_trainer import REPO, Trainer, start_job, wait_for

from trainer import __version__
from trainer.__main__ import ANOTHER_SERVER, DATA_UNUSABLE, PORT_TAKEN, main
from trainer.folders import default_folder

Start = Callable[..., Trainer]


def health(client: OpenAI) -> dict[str, Any]:
    """What the server says of itself."""
    root = str(client.base_url).removesuffix("/v1/")
    return client.with_options(base_url=root, api_key="none").get("/health", cast_to=dict[str, Any])


def run_second(*options: str) -> subprocess.CompletedProcess[str]:
    """Run a server that is expected to end at once."""
    command = [sys.executable, "-m", "trainer", *options]
    return subprocess.run(
        command, cwd=REPO, capture_output=True, text=True, timeout=120, check=False
    )


def test_it_says_where_it_is(trainer: Trainer) -> None:
    """The printed address is also in server.json, with process id and version."""
    assert trainer.process is not None
    said = json.loads(trainer.folder.server.read_text())
    assert said == {
        "base_url": trainer.url,
        "pid": trainer.process.pid,
        "version": __version__,
    }
    assert trainer.url.startswith("http://127.0.0.1:")


def test_health_needs_no_key_and_all_else_does(client: OpenAI) -> None:
    """A stranger learns that it lives; even a route that is not there needs the key."""
    said = health(client)
    assert (said["status"], said["service"], said["version"]) == (
        "ok",
        "tonesmith-trainer",
        __version__,
    )
    for path in ("/models", "/files", "/nowhere", "/tokenize"):
        with pytest.raises(openai.AuthenticationError) as refused:
            client.with_options(api_key="wrong").get(path, cast_to=object)
        assert refused.value.code == "invalid_api_key"


def test_the_key_is_made_once_and_only_its_owner_reads_it(a_trainer: Start) -> None:
    """A second start uses the key of the first."""
    trainer = a_trainer()
    key = trainer.folder.key.read_text()
    assert len(key) >= 32
    assert stat.S_IMODE(trainer.folder.key.stat().st_mode) == 0o600
    trainer.end()
    trainer.start()
    assert trainer.folder.key.read_text() == key
    assert trainer.client().models.list().data


def test_a_given_key_is_used_and_kept_nowhere(a_trainer: Start) -> None:
    """With --api-key nothing is written that contains it."""
    trainer = a_trainer("--api-key", "a-key-of-my-own")
    assert trainer.client("a-key-of-my-own").models.list().data
    trainer.end()
    written = [path for path in trainer.path.rglob("*") if path.is_file()]
    assert not [path for path in written if b"a-key-of-my-own" in path.read_bytes()]


def test_a_folder_has_one_server(trainer: Trainer) -> None:
    """A second one says where the first runs, and leaves its files alone."""
    second = run_second("--port", "0", "--data", str(trainer.path))
    assert second.returncode == ANOTHER_SERVER
    assert trainer.url in second.stderr
    assert json.loads(trainer.folder.server.read_text())["base_url"] == trainer.url


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    """Another program on the port is a sentence and a status, not a traceback."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        ended = run_second("--port", port, "--data", str(tmp_path / "trainer"))
    assert ended.returncode == PORT_TAKEN
    assert f"Cannot listen on 127.0.0.1:{port}" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("port", ["-1", "65536", "99999", "²", "9" * 5000])
def test_a_port_that_is_none_is_told(capsys: pytest.CaptureFixture[str], port: str) -> None:
    """A number beyond all ports is a mistake on the command line, with its own sentence."""
    with pytest.raises(SystemExit) as ended:
        main([f"--port={port}"])
    assert ended.value.code == 2
    assert "a port is a number from 0 to 65535" in capsys.readouterr().err


@pytest.mark.parametrize("what", ["file", "folder", "database"])
def test_a_folder_that_can_keep_nothing_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    """A file in its place, or in a place within it, or a broken database: one sentence."""
    data = tmp_path / "trainer"
    if what == "file":
        data.write_text("mine")
    else:
        data.mkdir()
        broken = data / ("files" if what == "folder" else "trainer.sqlite")
        broken.write_text("no database, and no folder either. " * 40)
    assert main(["--port", "0", "--data", str(data)]) == DATA_UNUSABLE
    said = capsys.readouterr().err
    assert said.startswith(f"Cannot keep anything in {data}: ")
    assert said.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_good_order(a_trainer: Start, number: int) -> None:
    """Asked to end, it does so with status 0 and takes its address back."""
    trainer = a_trainer()
    assert trainer.end(number) == 0
    assert not trainer.folder.server.exists()


def test_it_ends_by_itself_when_nobody_needs_it(a_trainer: Start) -> None:
    """After the idle minutes it is gone, address and all."""
    trainer = a_trainer("--idle-minutes", "0.005")
    assert trainer.process is not None
    assert trainer.process.wait(60) == 0
    assert not trainer.folder.server.exists()


def test_a_job_keeps_it_alive(a_trainer: Start) -> None:
    """While a job is active the idle minutes do not count."""
    trainer = a_trainer("--idle-minutes", "0.005")
    job = start_job(trainer.client())
    assert trainer.process is not None
    wait_for(trainer.job_folder(job.id).records.exists, "the first record")  # seconds, unasked
    assert trainer.process.poll() is None
    assert health(trainer.client())["active_jobs"] == 1


def test_it_imports_no_torch_to_start() -> None:
    """The start path stays light: the training stack is loaded when it is needed."""
    heavy = (
        "import sys, trainer.__main__; print({'torch', 'transformers', 'trl'} & set(sys.modules))"
    )
    said = subprocess.run(
        [sys.executable, "-c", heavy], cwd=REPO, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "set()"


def test_the_default_folder_follows_tonesmith_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """TONESMITH_HOME moves the trainer's data along with the app's."""
    monkeypatch.setenv("TONESMITH_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "trainer"
    monkeypatch.delenv("TONESMITH_HOME")
    assert default_folder().name == "trainer"
    assert "Tonesmith" in default_folder().parts


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    """The options that the app relies on are documented."""
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    for option in ("--host", "--port", "--data", "--api-key", "--idle-minutes"):
        assert option in said
