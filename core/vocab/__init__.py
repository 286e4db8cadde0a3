"""The token vocabularies we carry, put where tiktoken looks, so that it never downloads.

The files are tiktoken's own (MIT licence, OpenAI), gzipped.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import platformdirs

from core.errors import NotFound, StorageFailed

FOLDER = Path(__file__).resolve().parent
CACHE_VARIABLE = "TIKTOKEN_CACHE_DIR"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One vocabulary: tiktoken's name for the cached file, and the hash of its contents."""

    encoding: str
    cached_as: str  # SHA-1 of the address tiktoken would download from
    sha256: str

    def unpack(self) -> bytes:
        """The file as tiktoken wants it.

        Raises:
            StorageFailed: `vocabulary_damaged`, when it is not the file we shipped.
        """
        try:
            data = gzip.decompress((FOLDER / f"{self.encoding}.tiktoken.gz").read_bytes())
        except (OSError, EOFError):
            data = b""
        if not self.matches(data):
            raise StorageFailed("vocabulary_damaged", encoding=self.encoding)
        return data

    def matches(self, data: bytes) -> bool:
        """Whether these are the right contents."""
        return hashlib.sha256(data).hexdigest() == self.sha256


# Source: tiktoken 0.14, tiktoken_ext/openai_public.py.
VOCABULARIES: Mapping[str, Vocabulary] = MappingProxyType(
    {
        "cl100k_base": Vocabulary(
            "cl100k_base",
            "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
            "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
        ),
        "o200k_base": Vocabulary(
            "o200k_base",
            "fb374d419588a4632f3f557e76b4b70aebbca790",
            "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
        ),
    }
)


def install_vocabulary(encoding: str) -> Path:
    """Put a vocabulary into tiktoken's cache folder and name the folder in the environment.

    A folder the person has set is kept, unless it can neither be read nor written: without the
    file tiktoken would try to download it, with no time limit.

    Raises:
        NotFound: `unknown_encoding`, with those that are known.
        StorageFailed: `vocabulary_damaged`, or `no_cache_folder` where nothing can be written.
    """
    if encoding not in VOCABULARIES:
        raise NotFound("unknown_encoding", encoding=encoding, known=", ".join(VOCABULARIES))
    for folder in _folders():
        try:
            _place(VOCABULARIES[encoding], folder)
        except OSError:
            continue
        os.environ[CACHE_VARIABLE] = str(folder)
        return folder
    raise StorageFailed("no_cache_folder", encoding=encoding)


def _folders() -> Iterator[Path]:
    """Where the files may lie: the person's choice, their cache folder, a temporary one."""
    if chosen := os.environ.get(CACHE_VARIABLE):
        yield Path(chosen)
    yield Path(platformdirs.user_cache_dir("tonesmith", appauthor=False)) / "vocabularies"
    with suppress(OSError):  # a machine may have no place for temporary files either
        yield Path(tempfile.gettempdir()) / "tonesmith-vocabularies"
        yield Path(tempfile.mkdtemp(prefix="tonesmith-"))


def _place(vocabulary: Vocabulary, folder: Path) -> None:
    """Have the file in the folder; whole at every moment, so that two processes may do this."""
    path = folder / vocabulary.cached_as
    if _is_placed(vocabulary, path):
        return
    data = vocabulary.unpack()
    folder.mkdir(parents=True, exist_ok=True)
    number, unfinished = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
        Path(unfinished).replace(path)
    except OSError:
        Path(unfinished).unlink(missing_ok=True)
        if not _is_placed(vocabulary, path):  # Windows: another process was first, and reads it
            raise


def _is_placed(vocabulary: Vocabulary, path: Path) -> bool:
    return path.is_file() and vocabulary.matches(path.read_bytes())
