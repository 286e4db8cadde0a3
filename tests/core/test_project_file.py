"""core/project_file.py: a project travels whole in one file, and no secret with it."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from core_builders import a_row, an_example, jsonl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.editing import (
    add_example,
    delete_examples,
    facts_in,
    save_cell,
    save_system_prompt,
    undo_change,
)
from core.errors import BadInput, NotFound, Stopped
from core.examples import APPROVED, Example
from core.jobs import Checkpoint, Connection, FineTuningJob, JobEvent, Metric, TrainingRequest
from core.project_file import (
    MANIFEST,
    count_records,
    read_manifest,
    read_project_file,
    write_project_file,
)
from core.storage import Amend, Project, Store
from core.storage.parcels import PARCELS
from core.transfer import export_lines, import_examples, read_preview

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BROKEN = b'{"messages": [oops \xff'
TRAINED, HELD = jsonl(a_row(), a_row(user="Snow?")), jsonl(a_row(user="Fog?"))


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Store]:
    """A colleague's database, in which something stands already."""
    with Store.open(f"sqlite:///{tmp_path / 'elsewhere.db'}") as store:
        other = store.create_project("Theirs", priced_for="openai:gpt-4o-mini")
        for _ in range(7):
            add_example(store, other)
        yield store


def a_job(store: Store, project: Project, job_id: str, status: str, **more: Any) -> FineTuningJob:
    """A kept job with a story, a curve and a checkpoint."""
    job = FineTuningJob(
        id=job_id,
        project_id=project.id,
        connection_id="this_computer",
        status=status,
        request=TrainingRequest(model="local/tiny-scratch", n_epochs=2, suffix="tea"),
        created_at=NOW,
        snapshot_sha256=store.save_snapshot([TRAINED], 2).sha256,
        validation_sha256=store.save_snapshot([HELD], 1).sha256,
        provider_job_id=f"ftjob-{job_id}",
        hyperparameters={"n_epochs": 2},
        **more,
    )
    store.save_job(job)
    store.save_events(
        job_id, [JobEvent("e2", NOW, "info", "Begun"), JobEvent("e1", NOW, "info", "b")]
    )
    store.save_metrics(job_id, [Metric(1, train_loss=2.5), Metric(2, 1.5, 0.5, 1.75, 0.25)])
    store.save_checkpoints(job_id, [Checkpoint("c1", 2, "ft:tea:ckpt-2", NOW)])
    return job


def mark(now: Example) -> Example:
    """Everything that is ours alone on an example."""
    told = now.with_tags(["税", "b"]).with_note("ask Ann")
    return told.with_review(APPROVED).with_held_out(True)


def a_project(store: Store) -> Project:
    """A project that has seen a lot: every kind of record is there."""
    project = store.create_project(
        "Tea \0\ud800 茶", system_prompt="Be.", priced_for="this_computer:local/tiny-scratch"
    )
    content = jsonl(*(a_row(user=f"Question {n}? HALF", system=None) for n in range(5))) + BROKEN
    content = content.replace(b"HALF", b"\\ud83d")
    preview = read_preview(BytesIO(content), "tea.jsonl")
    import_examples(store, project, BytesIO(content), preview, share_system=True)
    ids = [row.id for row in store.iterate_rows(project.id)]
    save_cell(store, project, ids[0], "assistant", "Only on yours.")
    store.apply_change(project.id, "edit", [Amend(ids[1], mark, facts_in(project))], by="Ann")
    store.save_version(project.id, "First")
    gone = delete_examples(store, project, ids[3:], key="k")
    add_example(store, project, an_example(user="New?"))
    save_system_prompt(store, project, "Be kind.")
    undone = delete_examples(store, project, ids[:1])
    assert gone and undone
    undo_change(store, project, undone.id)
    a_job(store, project, "job-1", "succeeded", fine_tuned_model="ft:tea", trained_tokens=99)
    a_job(store, project, "job-2", "failed", error_code="worker_failed", error_message="!")
    return store.load_project(project.id)


def saved(store: Store, project: Project, advance: Callable[[int], None] = lambda n: None) -> bytes:
    """The project as the bytes of its file."""
    file = BytesIO()
    write_project_file(store, project.id, file, advance)
    return file.getvalue()


def opened(store: Store, content: bytes) -> Project:
    """The project that a file becomes."""
    return read_project_file(store, BytesIO(content))


def rows_of(store: Store, project: Project) -> list[Example]:
    """What stands in it, marks and all."""
    return [row.example for row in store.iterate_rows(project.id)]


def history_of(store: Store, project: Project) -> list[Any]:
    """Every step, with what it did to each row."""
    return [
        (
            change.kind, change.params, change.by, change.at, change.rows, change.undone,
            change.undoes is None, change.prompt,
            [(item.before, item.after) for item in store.load_change_items(change.id)],
        )
        for change in store.load_changes(project.id)
    ]  # fmt: skip


def jobs_of(store: Store, project: Project) -> list[Any]:
    """Every job with all that is kept of it, and the bytes it was trained on."""
    return [
        (
            job.status, job.request, job.created_at, job.fine_tuned_model, job.trained_tokens,
            job.error_code, job.error_message, job.hyperparameters, job.connection_id,
            store.load_events(job.id), store.load_metrics(job.id), store.load_checkpoints(job.id),
            store.load_snapshot(job.snapshot_sha256 or ""),
            store.load_snapshot(job.validation_sha256 or ""),
        )
        for job in sorted(store.load_jobs(project.id), key=lambda job: job.status)
    ]  # fmt: skip


def everything(store: Store, project: Project) -> tuple[Any, ...]:
    """All that a person can find in a project."""
    now = store.load_project(project.id)
    return (
        (now.name, now.system_prompt, now.priced_for, now.template, now.created_at, now.edited_at,
         now.examples),
        rows_of(store, now),
        history_of(store, now),
        [(v.name, v.created_at, v.examples) for v in store.load_versions(now.id)],
        store.load_unreadable_lines(now.id),
        jobs_of(store, now),
        store.count_part(now.id),
        store.count_findings(now.id),
        store.count_marks(now.id, "tag"),
        store.count_uncounted(now.id, "o200k_base"),
        list(export_lines(store, now)),
    )  # fmt: skip


def test_a_project_opens_elsewhere_as_it_was(store: Store, elsewhere: Store) -> None:
    """Examples with their marks, every step, versions, unreadable lines, jobs and their bytes."""
    project = a_project(store)
    there = opened(elsewhere, saved(store, project))
    assert everything(elsewhere, there) == everything(store, project)
    assert there.id != project.id
    (theirs,) = [each for each in elsewhere.load_projects() if each.id != there.id]
    assert (theirs.name, theirs.examples) == ("Theirs", 7)


def test_every_kind_of_record_was_there(store: Store) -> None:
    """Else the test above would prove less than it says."""
    manifest = read_manifest(BytesIO(saved(store, a_project(store))))
    assert (manifest.name, manifest.examples) == ("Tea \0\ud800 茶", 4)
    assert min(manifest.records.values()) > 0


def test_history_goes_on_where_it_was(store: Store, elsewhere: Store) -> None:
    """All the way back step by step, forth again, and to the version that was kept."""
    project = a_project(store)
    there = opened(elsewhere, saved(store, project))
    seen = [step_through(store, project), step_through(elsewhere, there)]
    assert seen[0] == seen[1]
    assert (len(seen[0]), seen[0][-1]) == (6 + 7 + 2, 5)  # one was undone when it was saved


def step_through(store: Store, project: Project) -> list[Any]:
    """What stands there after each undo, each redo, and after going back to the version."""
    seen: list[Any] = []
    for following in (store.last_change, store.next_redo):
        while (change := following(project.id)) is not None:
            undo_change(store, project, change.id)
            seen.append(rows_of(store, project))
    assert [] in seen
    (version,) = store.load_versions(project.id)
    store.restore_version(version.id, facts_in(project))
    seen.append(rows_of(store, project))
    return [*seen, len(seen[-1])]


def test_no_row_gets_an_id_that_history_needs(store: Store, elsewhere: Store) -> None:
    """What was deleted before the journey comes back after others were written there."""
    project = a_project(store)
    there = opened(elsewhere, saved(store, project))
    theirs = next(each for each in elsewhere.load_projects() if each.id != there.id)
    for _ in range(10):
        add_example(elsewhere, theirs)
        add_example(elsewhere, there)
    gone = next(c for c in elsewhere.load_changes(there.id) if c.kind == "delete" and not c.undone)
    undo_change(elsewhere, there, gone.id)
    questions = [each.turns[0].text for each in rows_of(elsewhere, there)]
    assert {"Question 3? \ud83d", "Question 4? \ud83d"} <= set(questions)
    assert elsewhere.load_project(theirs.id).examples == 17


def test_a_copy_opens_beside_its_original(store: Store) -> None:
    """Neither touches the other, and a provider's job stays with the one that started it."""
    project = a_project(store)
    before = everything(store, project)
    copy = opened(store, saved(store, project))
    assert everything(store, copy) == before
    assert {job.provider_job_id for job in store.load_jobs(copy.id)} == {None}
    delete_examples(store, copy, [row.id for row in store.iterate_rows(copy.id)])
    assert everything(store, project) == before


def test_a_file_of_a_file_is_the_same(store: Store, elsewhere: Store) -> None:
    """Nothing wears off on the way."""
    project = a_project(store)
    once = opened(elsewhere, saved(store, project))
    twice = opened(store, saved(elsewhere, once))
    assert everything(store, twice) == everything(store, project)


def test_an_empty_project_travels_too(store: Store, elsewhere: Store) -> None:
    """There is nothing in it but its name."""
    project = store.create_project("Bare", priced_for="openai:gpt-4o-mini")
    there = opened(elsewhere, saved(store, project))
    assert everything(elsewhere, there) == everything(store, project)
    add_example(elsewhere, there)
    assert elsewhere.load_project(there.id).examples == 1


def test_a_place_that_is_not_known_there_is_reckoned_with_no_more(
    store: Store, elsewhere: Store
) -> None:
    """Else the project could never be shown."""
    project = store.create_project("P", priced_for="nowhere:model")
    assert opened(elsewhere, saved(store, project)).priced_for == "openai:gpt-4o-mini"


# What is nobody's business


def test_neither_keys_nor_connections_travel(
    store: Store, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    """Whatever this computer knows to reach a place to train stays on it."""
    secrets = ["sk-verysecret123", "hunter2-token", "intranet.example.net", "The lab's server"]
    monkeypatch.setenv("OPENAI_API_KEY", secrets[0])
    store.save_setting("some_setting", secrets[1])
    address = f"https://{secrets[2]}/v1"
    store.save_connection(Connection("lab", "openai_compatible", secrets[3], address))
    project = a_project(store)
    a_job(store, project, "job-3", "succeeded")
    content = saved(store, project)
    with zipfile.ZipFile(BytesIO(content)) as box:
        texts = [box.read(name) for name in box.namelist()]
    assert any(b"Question 1?" in text for text in texts)
    for hidden in [*secrets, str(home), os.environ.get("USER") or str(home)]:
        assert not any(hidden.encode() in text for text in [content, *texts])
    names = set(zipfile.ZipFile(BytesIO(content)).namelist())
    assert not {name for name in names if "connection" in name or "setting" in name}


@pytest.mark.parametrize("status", ["saved", "unsure", "queued", "running", "odd"])
def test_a_job_that_goes_on_cannot_be_sent_again_elsewhere(
    store: Store, elsewhere: Store, status: str
) -> None:
    """Only where it was started it is watched, and never paid for twice."""
    project = store.create_project("P", priced_for="openai:gpt-4o-mini")
    a_job(store, project, "job-1", status)
    there = opened(elsewhere, saved(store, project))
    (job,) = elsewhere.load_jobs(there.id)
    assert (job.status, job.error_code, job.is_active) == ("failed", "job_elsewhere", False)
    assert job.finished_at is not None


# How far it is, and Stop


def test_progress_is_told_in_records(store: Store, elsewhere: Store) -> None:
    """In all as many as there are, on the way out and on the way in."""
    project = a_project(store)
    told: list[int] = []
    content = saved(store, project, told.append)
    total = read_manifest(BytesIO(content)).total
    assert sum(told) == total == count_records(store, project.id)
    told.clear()
    read_project_file(elsewhere, BytesIO(content), told.append)
    assert sum(told) == total


@pytest.mark.parametrize("after", range(len(PARCELS)))
def test_a_stop_opens_nothing(store: Store, elsewhere: Store, after: int) -> None:
    """Whenever it comes, also in the middle of the jobs."""
    content = saved(store, a_project(store))
    before = [each.id for each in elsewhere.load_projects()]
    told: list[int] = []

    def stop_then(done: int) -> None:
        told.append(done)
        if len(told) > after:
            raise Stopped

    with pytest.raises(Stopped):
        read_project_file(elsewhere, BytesIO(content), stop_then)
    assert [each.id for each in elsewhere.load_projects()] == before
    assert elsewhere.load_jobs() == []
    with elsewhere._reading() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM snapshots").scalar() == 0


@pytest.mark.parametrize("after", [0, 5, len(PARCELS) - 1])
def test_a_saving_that_is_stopped_makes_no_project(store: Store, after: int) -> None:
    """What there is of the file cannot be opened by mistake."""
    project = a_project(store)
    told: list[int] = []
    file = BytesIO()

    def stop_then(done: int) -> None:
        told.append(done)
        if len(told) > after:
            raise Stopped

    with pytest.raises(Stopped):
        write_project_file(store, project.id, file, stop_then)
    assert code_of(store, file.getvalue()) == "project_file_foreign"


def test_a_project_that_is_gone_is_not_saved(store: Store) -> None:
    """Nobody can want that."""
    project = store.create_project("P", priced_for="openai:gpt-4o-mini")
    store.delete_project(project.id)
    for ask in (count_records, saved_by_id):
        with pytest.raises(NotFound):
            ask(store, project.id)


def saved_by_id(store: Store, project_id: str) -> None:
    """Write it into nothing."""
    write_project_file(store, project_id, BytesIO())


# What is refused


def changed(content: bytes, name: str, edit: Callable[[bytes], bytes | None]) -> bytes:
    """The file with one member changed, or taken out, or added."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        members = {member: old.read(member) for member in old.namelist()}
        members.setdefault(name, b"")
        for member, data in members.items():
            edited = edit(data) if member == name else data
            if edited is not None:
                new.writestr(member, edited)
    return made.getvalue()


def first_line(**values: Any) -> Callable[[bytes], bytes]:
    """Sets values in the first record."""

    def edit(data: bytes) -> bytes:
        first, *rest = data.splitlines(keepends=True)
        return json.dumps({**json.loads(first), **values}).encode() + b"\n" + b"".join(rest)

    return edit


def manifest(**values: Any) -> Callable[[bytes], bytes]:
    """Sets values in the manifest."""
    return lambda data: json.dumps({**json.loads(data), **values}).encode()


def code_of(store: Store, content: bytes) -> str:
    """Why a file is refused; nothing of it may be left."""
    before = [each.id for each in store.load_projects()]
    with pytest.raises(BadInput) as refused:
        read_project_file(store, BytesIO(content))
    assert [each.id for each in store.load_projects()] == before
    return refused.value.code


def a_zip(**members: bytes) -> bytes:
    """A ZIP of something else."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as box:
        for name, data in members.items():
            box.writestr(name, data)
    return made.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b'{"messages": []}', b"\0" * 100, a_zip(word=b"x"), a_zip(**{MANIFEST: b"{}"}),
     a_zip(**{MANIFEST: b"[]"}), a_zip()],
)  # fmt: skip
def test_what_is_no_project_is_refused(store: Store, content: bytes) -> None:
    """By its name, or as damaged where it may have been one."""
    assert code_of(store, content) in {"project_file_foreign", "project_file_damaged"}


def test_a_newer_file_asks_for_an_update(store: Store, elsewhere: Store) -> None:
    """Whatever else has changed in it."""
    content = saved(store, a_project(store))
    newer = changed(content, MANIFEST, manifest(version=2, project=None, records={}))
    assert code_of(elsewhere, newer) == "project_file_newer"


DAMAGE: list[tuple[str, Callable[[bytes], bytes | None]]] = [
    ("examples.jsonl", lambda data: None),
    ("examples.jsonl", lambda data: data[:-9]),
    ("examples.jsonl", lambda data: data.replace(b"\n", b"", 1)),
    ("examples.jsonl", lambda data: b"".join(data.splitlines(keepends=True)[1:])),
    ("examples.jsonl", lambda data: data + data),
    ("examples.jsonl", lambda data: b"[" * 100_000 + data),
    ("examples.jsonl", first_line(id=10**9)),
    ("examples.jsonl", first_line(id=True)),
    ("examples.jsonl", first_line(id=-1)),
    ("examples.jsonl", first_line(position="")),
    ("examples.jsonl", first_line(position="ff" * 8)),
    ("examples.jsonl", first_line(content="no json")),
    ("examples.jsonl", first_line(content='{"messages": 3}')),
    ("examples.jsonl", first_line(content=None)),
    ("changes.jsonl", first_line(undoes=12345)),
    ("changes.jsonl", first_line(undone_by=12345)),
    ("changes.jsonl", first_line(params=[])),
    ("changes.jsonl", first_line(kind="x" * 65)),
    ("changes.jsonl", first_line(kind="\ud800")),
    ("changes.jsonl", first_line(at="yesterday")),
    ("changes.jsonl", first_line(at="2026-01-01")),
    ("changes.jsonl", first_line(rows=2**70)),
    ("change_items.jsonl", first_line(change_id=12345)),
    ("change_items.jsonl", first_line(after='{"messages": [3]}')),
    ("change_items.jsonl", first_line(number=1)),
    ("unreadable_lines.jsonl", first_line(raw="§")),
    ("unreadable_lines.jsonl", first_line(change_id=12345)),
    ("versions.jsonl", first_line(id="x")),
    ("version_rows.jsonl", first_line(version_id=12345)),
    ("version_rows.jsonl", first_line(content="[]")),
    ("version_rows.jsonl", lambda data: b"{}\n" * data.count(b"\n")),
    ("snapshots.jsonl", first_line(sha256="0" * 64)),
    ("snapshots.jsonl", first_line(size=1)),
    ("jobs.jsonl", first_line(request={"model": "m", "evil": 1})),
    ("jobs.jsonl", first_line(snapshot_sha256="0" * 64)),
    ("jobs.jsonl", first_line(hyperparameters="{}")),
    ("job_events.jsonl", first_line(job_id="nobody's")),
    ("job_metrics.jsonl", first_line(step="1")),
    ("job_checkpoints.jsonl", lambda data: data + data),
    (MANIFEST, lambda data: data[:-5]),
    (MANIFEST, manifest(records={})),
    (MANIFEST, manifest(row_ids=[1])),
    (MANIFEST, manifest(row_ids=[1, 2**40])),
    (MANIFEST, manifest(row_ids=[2**62, 2**62])),
    (MANIFEST, manifest(project={"name": "x"})),
    (MANIFEST, manifest(saved_at="?")),
    ("../../evil.sh", lambda data: b"x"),
    ("/etc/passwd", lambda data: b"x"),
    ("evil.jsonl", lambda data: b"x"),
]  # fmt: skip


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A sound file that tests may damage."""
    path = tmp_path_factory.mktemp("saved") / "tonesmith.db"
    with Store.open(f"sqlite:///{path}") as store:
        return saved(store, a_project(store))


@pytest.mark.parametrize(("name", "edit"), DAMAGE)
def test_a_damaged_file_opens_nothing(
    store: Store, content: bytes, name: str, edit: Callable[[bytes], bytes | None]
) -> None:
    """One record that does not fit is enough, wherever it stands."""
    if name in zipfile.ZipFile(BytesIO(content)).namelist():
        opened(store, changed(content, name, bytes))
    assert code_of(store, changed(content, name, edit)) == "project_file_damaged"


def test_other_bytes_than_those_trained_on_are_refused(store: Store, content: bytes) -> None:
    """A snapshot is what its name says, or it is none."""
    name = next(n for n in zipfile.ZipFile(BytesIO(content)).namelist() if "snapshots/" in n)
    forged = changed(content, name, bytes.swapcase)
    assert code_of(store, forged) == "project_file_damaged"


def test_a_file_that_would_fill_the_disk_is_refused(store: Store, content: bytes) -> None:
    """By what it says of itself, before anything is unpacked."""
    made = BytesIO(content)
    with (
        zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as box,
        box.open("snapshots/bomb.jsonl", "w") as bomb,
    ):
        for _ in range(300):
            bomb.write(bytes(1024**2))
    assert len(made.getvalue()) < 1_000_000
    assert code_of(store, made.getvalue()) == "project_file_too_large"


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_broken_byte_is_a_refusal_or_no_matter(
    store: Store, content: bytes, data: st.DataObject
) -> None:
    """Never another error, and never half a project."""
    broken = bytearray(content)
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=3)):
        broken[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.sampled_from([0, 0, 1, 30, len(content) // 2]))
    broken = broken[: len(broken) - cut]
    before = len(store.load_projects())
    try:
        project = opened(store, bytes(broken))
    except BadInput as refused:
        assert refused.code.startswith("project_file_")
        assert len(store.load_projects()) == before
    else:
        assert project.examples == 4


def test_a_stream_is_not_closed(content: bytes) -> None:
    """Who opened the file closes it."""
    file = io.BytesIO(content)
    read_manifest(file)
    assert not file.closed
