"""Fetches the weights of a base for whoever wants to talk to it, in a program beside the server."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path
from typing import Any

from trainer.bases import Base
from trainer.errors import BaseUnavailable
from trainer.folders import DataFolder, read_json
from trainer.processes import end_process_group, start_program
from trainer.weights import Weights, weights_of


class Fetcher:
    """Starts one program a base, and ends those that still run when the server ends."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._programs: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()

    @property
    def is_busy(self) -> bool:
        """Whether anything is being fetched for a chat."""
        return any(program.poll() is None for program in self._programs.values())

    def find(self, base: Base) -> Path:
        """The folder of the base's weights; where there are none, they are on their way now.

        Raises:
            BaseUnavailable: `base_is_being_fetched`; or why the last attempt came to nothing, once:
                whoever asks again after that starts the next one.
        """
        weights = weights_of(base, self._data)
        if weights is None:
            raise ValueError(f"{base.id} has no weights")
        with self._lock:
            if weights.folder.is_whole:
                return weights.folder.weights
            self._raise_failure(weights)
            if not self._is_fetching(weights):
                self._start(weights)
        progress = weights.progress
        raise BaseUnavailable(
            f"The weights of {base.id} are being fetched: {progress.done_bytes / 1e6:.0f} of "
            f"{progress.total_bytes / 1e6:.0f} MB. Ask again in a moment.",
            "base_is_being_fetched",
            "model",
        )

    def describe(self, base: Base) -> dict[str, Any]:
        """How it stands with a base's weights: `state`, and how far they are."""
        weights = weights_of(base, self._data)
        if weights is None:
            return {"state": "none"}
        if weights.folder.is_whole:
            return {"state": "ready"}
        if not self._is_fetching(weights):
            return {"state": "absent"}
        told = weights.progress
        return {
            "state": "fetching",
            "done_bytes": told.done_bytes,
            "total_bytes": told.total_bytes,
        }

    def stop(self) -> None:
        """End what is still running; the next time goes on from what is whole."""
        for program in self._programs.values():
            if program.poll() is None:
                end_process_group(program.pid)
            program.wait()

    def _is_fetching(self, weights: Weights) -> bool:
        program = self._programs.get(weights.base_id)
        return (program is not None and program.poll() is None) or weights.are_being_made

    def _start(self, weights: Weights) -> None:
        weights.folder.path.mkdir(parents=True, exist_ok=True)
        self._programs[weights.base_id] = start_program(
            "trainer.weights",
            str(self._data.path),
            weights.base_id,
            log=weights.folder.preparing_log,
        )

    def _raise_failure(self, weights: Weights) -> None:
        program = self._programs.get(weights.base_id)
        if program is None or program.poll() in (None, 0):
            return
        del self._programs[weights.base_id]
        told = read_json(weights.folder.failure) or {}
        weights.folder.failure.unlink(missing_ok=True)
        raise BaseUnavailable(
            told.get("message", f"The weights of {weights.base_id} could not be prepared."),
            told.get("code", "base_download_failed"),
            "model",
        )
