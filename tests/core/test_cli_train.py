"""`python -m core train`: what the app does, with the same care, from a script."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keyring
import pytest
from a_keychain import AKeychain
from a_place import HANG, KEY, RESET, APlace, a_place
from a_terminal import KEY_VARIABLE, PLACE, Done, a_program, connect, run
from core_builders import MARV, WEATHER_JOKES, a_project_of, a_row, an_example, jsonl

from core.commands.options import make_parser
from core.connection_keys import note_remembered
from core.connections import key_account
from core.editing import facts_in
from core.jobs import Connection, Estimate
from core.keychain import SERVICE
from core.providers.profiles import load_profile
from core.storage import Amend, Store
from core.words import LANGUAGES

__all__ = ["run"]
CREATE = "POST /v1/fine_tuning/jobs"
HERE = ("--place", PLACE, "--model", "tiny")


@pytest.fixture
def place(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[APlace]:
    """A place to train that listens, and whose key is known."""
    with a_place() as place:
        connect(store, place, monkeypatch)
        yield place


def test_a_file_is_trained_on(run: Any, place: APlace, store: Store) -> None:
    """The place gets these very examples and one job; the script gets the job's id."""
    done = run("train", WEATHER_JOKES, *HERE, "--epochs", 2, "--suffix", "joker", "--seed", 7)
    assert done.status == 0
    assert list(place.files.values()) == [WEATHER_JOKES.read_bytes()]
    (asked,) = place.asked(CREATE)
    assert (asked["model"], asked["suffix"], asked["seed"]) == ("tiny", "joker", 7)
    (job,) = store.load_jobs()
    assert f"Started: {job.id}" in done.out
    assert f"python -m core watch {job.id}" in done.out
    assert job.estimate is not None
    assert store.load_snapshot(job.snapshot_sha256 or "") == WEATHER_JOKES.read_bytes()


def test_a_dry_run_reckons_and_sends_nothing(run: Any, place: APlace, store: Store) -> None:
    """Tokens, cost and time are said; nothing is uploaded, started or kept."""
    done = run("train", WEATHER_JOKES, "--dry-run", "--json")
    assert done.status == 0
    assert done.told[-1]["estimate"]["cost_high"] == 0
    assert "cost: free" in run("train", WEATHER_JOKES, "--dry-run").out
    assert run("train", WEATHER_JOKES, *HERE, "--dry-run").status == 0
    assert place.requests == []
    assert store.load_jobs() == []


def test_the_same_again_is_the_same_job(run: Any, place: APlace) -> None:
    """A script that runs twice pays once; with another seed it is another job."""
    first = run("train", WEATHER_JOKES, *HERE, "--json")
    again = run("train", WEATHER_JOKES, *HERE, "--json")
    assert again.job["id"] == first.job["id"]
    assert "no second one" in again.err
    assert len(place.jobs) == 1
    assert run("train", WEATHER_JOKES, *HERE, "--json", "--seed", 1).job["id"] != first.job["id"]


def test_a_project_sends_what_its_page_would(run: Any, place: APlace, store: Store) -> None:
    """Its examples under their instructions to learn from, those held back to test on."""
    rows = [an_example(user=f"{n}?") for n in range(12)]
    project, ids = a_project_of(store, *rows)
    edit = Amend(ids[0], lambda now: now.with_held_out(True), facts_in(project))
    store.apply_change(project.id, "split", [edit])
    done = run("train", "--project", "mine", *HERE, "--json")
    assert done.status == 0
    assert done.job["project"] == project.id
    assert [content.count(b"\n") for content in place.files.values()] == [11, 1]
    assert place.asked(CREATE)[0]["validation_file"] == "file-2"


def test_a_file_that_would_be_refused_is_not_sent(run: Any, place: APlace) -> None:
    """It ends with 1, and each reason names its lines and what to do."""
    done = run("train", MARV)
    assert (done.status, done.out) == (1, "")
    assert "Too few examples" in done.err
    assert place.requests == []


def test_a_damaged_line_is_named(run: Any, place: APlace, tmp_path: Path) -> None:
    """By its number in the file, for people and for programs."""
    path = tmp_path / "damaged.jsonl"
    path.write_bytes(jsonl(*(a_row(user=f"{n}?") for n in range(12))) + b"\n{oops}\n")
    done = run("train", path, *HERE, "--json")
    assert done.status == 1
    assert {"code": "invalid_json", "examples": 1, "lines": [14]} in done.told[0]["refused"]
    assert "line 14" in done.err
    assert place.requests == []


def test_a_validation_file_is_checked_as_well(run: Any, place: APlace, tmp_path: Path) -> None:
    """A line of it that the place would not take stops the start; a sound one goes along."""
    path = tmp_path / "validation.jsonl"
    path.write_bytes(jsonl(a_row(), a_row(assistant=None)))
    done = run("train", WEATHER_JOKES, *HERE, "--validation", path)
    assert done.status == 2
    assert "Line 2" in done.err
    path.write_bytes(jsonl(a_row()))
    assert run("train", WEATHER_JOKES, *HERE, "--validation", path).status == 0
    assert list(place.files.values())[1] == jsonl(a_row())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["no-such-file.jsonl"], "no-such-file.jsonl"),
        (["--project", "Nobody"], "Nobody"),
        (["--resume", "job-none"], "job-none"),
        ([WEATHER_JOKES, "--place", "moon"], "this_computer"),
        ([WEATHER_JOKES, "--model", "gpt-9"], "local/tiny-scratch"),
        ([WEATHER_JOKES, "--place", PLACE], "--model"),
        ([WEATHER_JOKES, "--epochs", 99], "1 to 50"),
        ([WEATHER_JOKES, "--learning-rate", "nan"], "--learning-rate"),
        ([WEATHER_JOKES, "--suffix", "x" * 65], "64"),
        ([WEATHER_JOKES, "--place", "openai"], "OPENAI_API_KEY"),
        ([WEATHER_JOKES, "--place", "openai", "--at-most", "0.000001"], "--at-most"),
        ([WEATHER_JOKES, "--place", "openai", "--at-most", "nan"], "--at-most"),
        ([WEATHER_JOKES, *HERE, "--at-most", 5], "Nobody knows"),
    ],
)
def test_what_has_to_be_set_right_first_ends_with_2(
    run: Any, place: APlace, store: Store, arguments: list[object], says: str
) -> None:
    """One sentence, what there is to choose from, and nothing kept or sent."""
    done = run("train", *arguments)
    assert done.status == 2
    assert says in done.err
    assert "Traceback" not in done.err
    assert [request for request in place.requests if request[0] == "POST"] == []
    assert store.load_jobs() == []


def test_the_limit_of_a_project_holds_for_scripts(run: Any, place: APlace, store: Store) -> None:
    """Where nobody knows what it costs, a limit cannot be kept, so nothing is started."""
    project, _ = a_project_of(store, *(an_example(user=f"{n}?") for n in range(10)))
    store.save_spend_limit(project.id, 1.0)
    done = run("train", "--project", project.id, *HERE)
    assert done.status == 2
    assert "$1" in done.err
    assert place.asked(CREATE) == []


def test_what_a_limit_does_not_count_is_said(run: Any, place: APlace, store: Store) -> None:
    """Of a training that nobody knows the cost of; without a limit it does not matter."""
    project, _ = a_project_of(store, *(an_example(user=f"{n}?") for n in range(10)))
    here = ("train", "--project", project.id, "--place", "together", "--dry-run")
    run("train", "--project", project.id, *HERE)
    assert "not counted" not in run(*here).err
    store.save_spend_limit(project.id, 1_000.0)
    assert "1 training is not counted" in run(*here).err
    assert run(*here, "--json").told[-1]["estimate"]["price"] > 0


def test_a_place_that_breaks_off_is_asked_once(run: Any, place: APlace, store: Store) -> None:
    """The script ends with 3; whether the job was made is settled by looking, not by asking."""
    place.fault(CREATE, RESET)
    done = run("train", WEATHER_JOKES, *HERE)
    assert done.status == 3
    assert "will not be sent twice" in done.err
    assert len(place.asked(CREATE)) == 1
    (job,) = store.load_jobs()
    assert job.status == "unsure"


def test_a_start_that_was_cut_off_goes_on(run: Any, place: APlace, store: Store) -> None:
    """What could not be uploaded is kept; --resume sends the same job."""
    place.fault("POST /v1/files", (503, {"error": {"message": "Come back later"}}))
    done = run("train", WEATHER_JOKES, *HERE)
    assert done.status == 3
    assert "Come back later" in done.err
    (job,) = store.load_jobs()
    assert f"--resume {job.id}" in done.err
    assert run("train", "--resume", job.id).status == 0
    assert len(place.jobs) == 1
    assert store.load_job(job.id).provider_job_id == "ftjob-1"


def test_what_goes_on_can_be_looked_at_and_capped(run: Any, place: APlace, store: Store) -> None:
    """--dry-run sends nothing, --at-most holds, and nothing can be chosen anew."""
    place.fault("POST /v1/files", (503, {"error": {"message": "Come back later"}}))
    run("train", WEATHER_JOKES, *HERE)
    (job,) = store.load_jobs()
    rest = ("train", "--resume", job.id)
    assert run(*rest, "--at-most", 5).status == 2  # nobody knows its price
    dear = Estimate(1_000, 2_000, price=20.0, cost_low=20.0, cost_high=40.0)
    store.update_job(job.id, estimate=asdict(dear))
    assert "--at-most" in run(*rest, "--at-most", 5).err
    dry = run(*rest, "--at-most", 50, "--dry-run", "--json")
    assert (dry.status, dry.told[-1]["estimate"]["cost_high"]) == (0, 40.0)
    assert "$20" in run(*rest, "--dry-run").out
    for option in (["--model", "other"], ["--seed", 0], ["--approved"], ["--place", "openai"]):
        done = run(*rest, *option)
        assert done.status == 2
        assert str(option[0]) in done.err
    assert place.jobs == {}
    assert run(*rest, "--at-most", 50).status == 0
    assert len(place.jobs) == 1


def test_held_back_examples_that_are_billed_are_reckoned(run: Any, store: Store) -> None:
    """Where each test of them costs, the cost before the start has it in."""
    here = ("--place", "together", "--epochs", 1, "--dry-run", "--json")
    alone = run("train", WEATHER_JOKES, *here).told[-1]["estimate"]["tokens_high"]
    tested = run("train", WEATHER_JOKES, *here, "--validation", WEATHER_JOKES)
    passes = 1 + load_profile("together").billed_validations
    assert tested.told[-1]["estimate"]["tokens_high"] == pytest.approx(alone * passes, rel=0.01)


@pytest.mark.parametrize(
    ("stuck_at", "how"), [("POST /v1/files", "train --resume"), (CREATE, "watch")]
)
def test_ctrl_c_in_the_middle_of_a_start_says_how_to_go_on(
    place: APlace, store: Store, stuck_at: str, how: str
) -> None:
    """It ends with 130, and what to do next makes no second job, wherever it was cut off."""
    place.fault(stuck_at, HANG)
    program = a_program("train", WEATHER_JOKES, *HERE)
    try:
        while stuck_at not in {f"{method} {path}" for method, path, _, _ in list(place.requests)}:
            assert program.poll() is None
            threading.Event().wait(0.02)
        program.send_signal(signal.SIGINT)
        _, err = program.communicate(timeout=60)
    finally:
        program.kill()
    (job,) = store.load_jobs()
    assert program.returncode == 130
    assert f"python -m core {how} {job.id}" in err
    assert "Traceback" not in err


def test_a_refusal_there_is_told_in_its_words(run: Any, place: APlace) -> None:
    """The examples were fine with us; the place says what was not fine with it."""
    place.fault(CREATE, (400, {"error": {"message": "No such base model"}}))
    done = run("train", WEATHER_JOKES, *HERE)
    assert done.status == 1
    assert "No such base model" in done.err


@pytest.fixture
def keychain() -> Iterator[AKeychain]:
    """The keychain of this computer, as keyring finds it."""
    before, ours = keyring.get_keyring(), AKeychain()
    keyring.set_keyring(ours)
    yield ours
    keyring.set_keyring(before)


def test_a_key_in_the_keychain_is_found(
    run: Any,
    place: APlace,
    store: Store,
    keychain: AKeychain,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One that the app remembered for this place serves scripts as well."""
    monkeypatch.delenv(KEY_VARIABLE)
    there = Connection(PLACE, "openai_compatible", "Mine", place.base_url)
    keychain.set_password(SERVICE, key_account(there), KEY)
    note_remembered(store, there, remembered=True)
    assert run("train", WEATHER_JOKES, *HERE).status == 0
    assert {headers["authorization"] for _, _, headers, _ in place.requests} == {f"Bearer {KEY}"}


def test_no_option_takes_a_key() -> None:
    """What is typed as an option stands in the list of programs and in the shell's history."""
    parser = make_parser("en")
    commands = next(a for a in parser._actions if a.dest == "command").choices
    options = {option for each in commands.values() for option in each._option_string_actions}
    assert "--place" in options
    assert not [option for option in options if "key" in option or "token" in option]


def test_another_data_folder_can_be_named(run: Any, tmp_path: Path) -> None:
    """The jobs of one folder are not those of another."""
    assert run("jobs", "--home", tmp_path / "elsewhere").status == 0
    assert (tmp_path / "elsewhere" / "tonesmith.db").exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_said_in_both_languages(run: Any, place: APlace, language: str) -> None:
    """A start, a refusal and a fault, in the language that was asked for."""
    said: list[Done] = [
        run("train", WEATHER_JOKES, *HERE, "--language", language),
        run("train", MARV, "--language", language),
        run("train", WEATHER_JOKES, "--place", "moon", "--language", language),
    ]
    assert [done.status for done in said] == [0, 1, 2]
    text = "".join(done.out + done.err for done in said)
    assert ("示例太少" in text) is (language == "zh")
    assert ("Started" in text) is (language == "en")
    assert json.dumps(text).count("{") == 0  # no placeholder was left empty
