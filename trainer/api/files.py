"""`/v1/files`."""

from __future__ import annotations

import shutil
import time
from typing import Annotated, Any

from fastapi import APIRouter, Form, UploadFile
from fastapi import File as FormFile
from fastapi.responses import FileResponse

from trainer.api.context import Context, Here, check_cursor, page, read_limit
from trainer.api.gate import MOST_BYTES
from trainer.errors import BadRequest, NotFound, TooLarge
from trainer.records import new_id
from trainer.values import FINE_TUNE, File

router = APIRouter(prefix="/v1/files")


@router.post("")
def create_file(
    here: Here,
    file: Annotated[UploadFile, FormFile()],
    purpose: Annotated[str, Form()],
) -> dict[str, Any]:
    """Keep an uploaded file."""
    if purpose != FINE_TUNE:
        raise BadRequest("`purpose` must be `fine-tune`.", "invalid_value", "purpose")
    if (file.size or 0) > MOST_BYTES:
        raise TooLarge("A file can be 512 MB at most.", "file_too_large", "file")
    file_id = new_id("file-")
    path = here.data.files / file_id
    with path.open("wb") as target:
        shutil.copyfileobj(file.file, target)
    size = path.stat().st_size
    if size == 0:
        path.unlink()
        raise BadRequest("The file is empty.", "empty_file", "file")
    kept = File(
        file_id, int(time.time()), file.filename or "file", purpose, size, f"files/{file_id}"
    )
    here.store.add_file(kept)
    return kept.to_json()


@router.get("")
def list_files(
    here: Here,
    after: str | None = None,
    limit: str | None = None,
    order: str = "desc",
    purpose: str | None = None,
) -> dict[str, Any]:
    """The files, newest first unless `order` is `asc`."""
    if order not in {"asc", "desc"}:
        raise BadRequest("`order` must be `asc` or `desc`.", "invalid_value", "order")
    check_cursor(here, "files", after)
    most = read_limit(limit, 10_000, 10_000)
    files = here.store.list_files(purpose, after, most + 1, newest_first=order == "desc")
    return page([file.to_json() for file in files], most)


@router.get("/{file_id}")
def retrieve_file(here: Here, file_id: str) -> dict[str, Any]:
    """One file."""
    return find_file(here, file_id, "file_id").to_json()


@router.get("/{file_id}/content")
def retrieve_content(here: Here, file_id: str) -> FileResponse:
    """The bytes of a file."""
    file = find_file(here, file_id, "file_id")
    return FileResponse(here.data.path / file.path, media_type="application/octet-stream")


@router.delete("/{file_id}")
def delete_file(here: Here, file_id: str) -> dict[str, Any]:
    """Forget a file and remove its bytes; a job that is using it has its own copy till its end."""
    file = find_file(here, file_id, "file_id")
    here.store.delete_file(file_id)
    (here.data.path / file.path).unlink(missing_ok=True)
    return {"id": file_id, "object": "file", "deleted": True}


def find_file(here: Context, file_id: str, param: str) -> File:
    """The file with this id.

    Raises:
        NotFound: there is none.
    """
    file = here.store.find_file(file_id)
    if file is None:
        raise NotFound(f"There is no file {file_id}.", "file_not_found", param)
    return file
