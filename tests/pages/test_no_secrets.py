"""No key is ever in the database, a log, an export, a page or anything else that is kept or said.

A known key goes the whole way, from the field it is typed into to a job that ends, through every
fault on it; then all that was written and said is searched for it.
"""

from __future__ import annotations

import base64
import json
import logging
import traceback
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import keyring
import pytest
from a_keychain import AKeychain
from a_place import RESET, APlace, a_place
from streamlit.testing.v1 import AppTest
from test_local_trainer import end_trainer
from visits import ARTICLE, PAGES, go, press, start, write

from core.__main__ import main
from core.connections import key_account
from core.errors import ProviderError
from core.exporting import FILE_KINDS
from core.jobs import Connection
from core.keychain import SERVICE
from core.local_trainer import local_training_installed, start_trainer
from core.project_file import write_project_file
from core.providers.adapters import missing_requirements, open_place
from core.providers.client import open_client
from core.providers.profiles import load_profile
from core.storage import Store
from core.training import cancel_job
from core.transfer import export_to
from ui.state import KEYCHAIN_KEYS, SESSION_KEYS

# Parts that stand nowhere by chance; a piece of one is searched for, lest half of it be left.
TYPED = "sk-typed/Qm7Zr2Vx9Lk4+Wp8Tn3Hs6Bd1"
GIVEN = "sk-given-Yc5Gf8Jw2Rt7+Ku4Xe9Pa3Mz6"
REMEMBERED = "sk-kept-Nb6Dv1Hq8Sl3+Ux5Ci7Of2Jy4"
KEYS = (TYPED, GIVEN, REMEMBERED)
OWN = (SESSION_KEYS, KEYCHAIN_KEYS)  # where a session holds keys, in memory only
MINE = Connection("server-mine", "openai_compatible", "Mine", "")
CREATE, UPLOAD = "POST /v1/fine_tuning/jobs", "POST /v1/files"
LOOK = "GET /v1/fine_tuning/jobs/ftjob-2"


def traces_of(key: str) -> list[bytes]:
    """A telling piece of a key in every form in which it could be kept."""
    piece = key[12:-4]
    raw = piece.encode()
    shifted = [base64.b64encode(b"x" * n + raw)[4:-4] for n in range(3)]
    in_json = piece.replace("+", "\\u002B").encode()
    return [raw, raw[::-1], in_json, raw.hex().encode(), piece.encode("utf-16-le"), *shifted]


def found_in(content: bytes, keys: Sequence[str] = KEYS) -> list[str]:
    """The keys that left a trace there."""
    return [key for key in keys if any(trace in content for trace in traces_of(key))]


@pytest.mark.parametrize("key", KEYS)
def test_the_search_finds_what_it_looks_for(key: str) -> None:
    """In plain text, in a database's pages, as base64 of a header, cut at both ends."""
    for shown in (
        f"Incorrect key {key[:-2]}".encode(),
        base64.b64encode(f"user:{key}".encode()),
        f'{{"k": "{key}"}}'.encode("utf-16-le"),
    ):
        assert found_in(shown) == [key]
    assert found_in(b"Incorrect key \xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2") == []


@pytest.fixture
def place() -> Iterator[APlace]:
    """A place to train that quotes in all it says the key it was asked with."""
    with a_place() as place:
        place.models = [{"id": "tiny"}]
        place.escapes = "+"
        yield place


@pytest.fixture
def log(home: Path) -> Iterator[Path]:
    """Everything that any library logs, down to the last detail, in a file beside the data."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / "everything.log"
    handler = logging.FileHandler(path, encoding="utf-8")
    names = ("", "openai", "httpx2", "httpcore2", "together", "httpx", "httpcore", "core")
    loggers = [logging.getLogger(name) for name in names]
    before = [logger.level for logger in loggers]
    logging.getLogger().addHandler(handler)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    yield path
    logging.getLogger().removeHandler(handler)
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)
    handler.close()


@pytest.fixture
def keychain(store: Store, place: APlace) -> Iterator[AKeychain]:
    """The keychain of this computer, with a key for the place in it."""
    before, ours = keyring.get_keyring(), AKeychain()
    keyring.set_keyring(ours)
    there = Connection(MINE.id, MINE.profile_id, MINE.name, place.base_url)
    store.save_connection(there)
    ours.set_password(SERVICE, key_account(there), REMEMBERED)
    yield ours
    keyring.set_keyring(before)


def quoting(key: str) -> dict[str, Any]:
    """An error that says more than it should, as careless servers do."""
    return {"error": {"message": f"Wrong key: {key} (Authorization: Bearer {key})", "code": key}}


def let_it_quote(place: APlace, job_id: str, key: str) -> None:
    """Let a job end, and each thing that it consists of hold the key."""
    place.add_event(job_id, f"Started for {key}", data={"asked_with": f"Bearer {key}"})
    place.checkpoints[job_id] = [
        {"id": "c1", "step_number": 1, "fine_tuned_model_checkpoint": f"ft:{key}", "created_at": 1}
    ]
    error = {"code": "server_error", "message": f"Lost {key}", "param": key}
    place.jobs[job_id].update(
        status="failed", fine_tuned_model=f"ft:{key}", error=error, hyperparameters={"k": key}
    )


def drawn(app: AppTest) -> bytes:
    """All that a page hands to the browser, and what the session holds beside its own keys."""
    nodes = [node for node in app._tree if getattr(node, "proto", None) is not None]
    assert len(nodes) > 10
    held = app.session_state.to_dict()
    kept = {name: repr(value) for name, value in held.items() if name not in OWN}
    # Bytes stand in a message's text as \\xxx; keys are ASCII, and readable there.
    return ("".join(str(node.proto) for node in nodes) + json.dumps(kept)).encode()


def test_a_key_is_nowhere_to_be_found(
    store: Store,
    home: Path,
    place: APlace,
    log: Path,
    keychain: AKeychain,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Typed, given and remembered; asked with, refused, quoted; looked at, exported, printed."""
    said = {"faults": _ask_and_fail(place)}
    project = _use_the_pages(place, store, said)
    monkeypatch.setenv("TONESMITH_KEY_MINE", GIVEN)
    _use_the_program(place, store, project)
    said["jobs"] = _export(store, home, project)
    said["out"], said["err"] = (stream.encode() for stream in capfd.readouterr())
    said |= {str(path): path.read_bytes() for path in home.rglob("*") if path.is_file()}
    used = {headers.get("authorization") for _, _, headers, _ in place.requests}
    assert used >= {f"Bearer {TYPED}", f"Bearer {GIVEN}"}  # else nothing was tested
    assert len(log.read_text()) > 10_000
    assert [job.status for job in store.load_jobs()] == ["failed"] * 3
    assert {name for name, content in said.items() if found_in(content)} == set()


def _ask_and_fail(place: APlace) -> bytes:
    """Every fault as a traceback shows it, and the client as a debugger does."""
    told = []
    faults: list[Any] = [(s, quoting(GIVEN)) for s in (400, 401, 403, 404, 409, 413, 429, 500, 503)]
    profiles = [load_profile(name) for name in ("openai_compatible", "together")]
    for profile in profiles:  # each is spoken with by a package of its own
        if missing_requirements(profile) is not None:
            continue
        client = open_place(profile, place.base_url, GIVEN, timeout=5)
        for fault in [*faults, RESET, b"not JSON " + GIVEN.encode()]:
            place.fault("GET /v1/models", fault)
            try:
                client.list_models()
            except ProviderError as problem:
                told += [*traceback.format_exception(problem), repr(problem), repr(problem.params)]
        told += [repr(client), str(client)]
        client.close()
    assert len(told) > 20
    return "".join(told).encode()


def look_at_once(store: Store) -> str:
    """The id of the job that goes on, the next look at it not to be waited for."""
    (job,) = (job for job in store.load_jobs() if job.is_active)
    store.update_job(job.id, look_after=datetime.now(UTC))
    return job.id


def _use_the_pages(place: APlace, store: Store, said: dict[str, bytes]) -> str:
    """Type the key in Settings, train with it, and look at every page."""
    app, project = start()
    app = write(go(app, "settings"), f"settings_key_{MINE.id}", TYPED)
    place.fault(CREATE, (401, quoting(TYPED)))
    app = go(app, "train").radio(key="train_place").set_value(MINE.id).run()
    for turn in ("refused", "accepted"):
        app = press(app, "start")
        said[turn] = drawn(app)
        app = go(app, "train")
    let_it_quote(place, "ftjob-1", TYPED)
    app.query_params["job"] = look_at_once(store)
    said |= {page: drawn(go(app, page)) for page in PAGES[1:]}
    return project


def _use_the_program(place: APlace, store: Store, project: str) -> None:
    """The same from a script, which prints to our own streams."""
    place.fault(UPLOAD, (500, quoting(GIVEN)))
    for _ in range(2):  # cut off, then accepted
        main(["train", "--project", project, "--place", MINE.id, "--model", "tiny", "--seed", "5"])
    for job_id in ("ftjob-1", "ftjob-2"):  # whoever asks, it is his own key that he is quoted
        let_it_quote(place, job_id, GIVEN)
    place.fault(LOOK, (429, quoting(GIVEN)), RESET)
    main(["watch", look_at_once(store), "--json"])
    main(["jobs"])
    main(["jobs", "--json"])


def _export(store: Store, home: Path, project_id: str) -> bytes:
    """Everything that can be carried out of here."""
    project = store.load_project(project_id)
    for name, kind in FILE_KINDS.items():
        export_to(home / f"out-{name}", store, project, kind)
    with (home / "out.tonesmith").open("wb") as file:
        write_project_file(store, project.id, file)
    return json.dumps([repr(job) for job in store.load_jobs()]).encode()


@pytest.mark.training
@pytest.mark.skipif(not local_training_installed(), reason="the trainer's packages are missing")
def test_the_trainer_s_key_is_in_its_own_file_only(home: Path, store: Store, log: Path) -> None:
    """Which its owner alone can read; a job's files, its logs and our own data do not hold it."""
    address = start_trainer(home)
    try:
        assert main(["train", str(ARTICLE), "--epochs", "1"]) == 0
        (job,) = store.load_jobs()
        client = open_client(load_profile("this_computer"), address.base_url, address.key)
        cancel_job(store, client, job.id)
        client.close()
    finally:
        end_trainer(home)
    own = home / "trainer" / "key"
    assert own.stat().st_mode & 0o077 == 0
    kept = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    assert [path for path, held in kept.items() if found_in(held, [address.key])] == [own]
    assert log in kept
