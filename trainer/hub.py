"""`python -m trainer.hub REPOSITORY REVISION FOLDER` fetches a model's files from the hub.

TONESMITH_HUB names a folder that holds repositories under their names, `OWNER/NAME/…`, for a
computer that cannot reach the hub: they are then copied from there, and nothing else is asked.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

FILES = ("*.json", "*.safetensors", "merges.txt", "LICENSE*")


def fetch(repository: str, revision: str, folder: Path) -> None:
    """Put the repository's files into `folder`; what is there already is not fetched again."""
    local = os.environ.get("TONESMITH_HUB")
    if local:
        copy(Path(local) / repository, folder)
        return
    os.environ["HF_HUB_DISABLE_XET"] = "1"  # plain files grow where we look, and can be resumed
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    from huggingface_hub import snapshot_download

    snapshot_download(
        repository, revision=revision, local_dir=folder, allow_patterns=list(FILES), max_workers=1
    )


def copy(source: Path, folder: Path) -> None:
    """Copy the files of a repository that lies on this computer."""
    if not source.is_dir():
        raise FileNotFoundError(f"There is no folder {source}")
    for pattern in FILES:
        for file in source.glob(pattern):
            shutil.copyfile(file, folder / file.name)


if __name__ == "__main__":
    try:
        fetch(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
    except Exception as problem:  # noqa: BLE001  # its last line is what the person is told
        sys.exit(f"{type(problem).__name__}: {problem}")
