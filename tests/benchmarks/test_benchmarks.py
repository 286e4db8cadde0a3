"""Tests of benchmarks: that they run and compare equals. How long anything takes is no test."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import streamlit as st
import tiktoken

from benchmarks import (
    check,
    edit,
    importing,
    job,
    large,
    parts,
    published,
    rerun,
    scale,
    start,
    texts,
)
from benchmarks.__main__ import NAMES, main
from benchmarks.figures import NotEqual, Table, measure_in_turn, ratios, spread
from benchmarks.programs import find_browser
from benchmarks.results import machine, save_section
from core.tokens import counter_for

ROOT = Path(__file__).resolve().parents[2]
FINDINGS = [
    [1],
    {"messages": []},
    {"messages": [{"role": "user"}, {"role": "robot", "content": "Hi", "mood": "fine"}]},
    {"messages": [{"role": "assistant", "content": ""}, {"role": "user", "content": "a"}]},
]


def a_table(title: str = "Checking") -> Table:
    """A table of one line."""
    return Table(title, "What was done.", ("way", "time"), (("ours", "1 s"),))


def test_both_checks_find_the_same(tmp_path):
    """The published check and ours agree on a generated file, and ours on one thread and many."""
    path = tmp_path / "examples.jsonl"
    rows = texts.write_file(path, 200_000)
    report = check.compare(path)
    assert report.examples == rows
    assert report.findings.keys() == {"few_examples"} or rows >= 50


def test_a_check_is_taken_apart(monkeypatch):
    """A line for each part, for all of it and for two processes; the last part finds what we do."""
    monkeypatch.setattr(parts, "QUICK_MEGABYTES", 0.05)
    table = parts.measure(quick=True)
    assert len(table.figures) == len(parts.STEPS) + 2


def test_the_parts_of_a_check_are_all_of_it(tmp_path):
    """What goes through every step has found what a check finds."""
    path = tmp_path / "examples.jsonl"
    texts.write_file(path, 50_000)
    report = parts.go(path, counter_for(check.ENCODING), len(parts.STEPS) - 1)
    report.finish()
    assert report == check.check(path)


def test_programs_are_measured_with_their_memory(monkeypatch):
    """Both ways count the same, and a program takes some memory while it runs."""
    monkeypatch.setattr(large, "QUICK_SIZES", (0.05, 0.1))
    table = large.measure(quick=True)
    assert len(table.figures) == 3
    if Path("/proc/self/statm").exists():
        assert large.memory_of(os.getpid()) > 1_000_000


def test_an_import_is_measured_beside_a_check(monkeypatch):
    """Four ways for each kind of file, a check's speed being 1."""
    monkeypatch.setattr(importing, "QUICK_ROWS", 20)
    table = importing.measure(quick=True)
    ways = ["check", "look through", "import", "writing alone"]
    assert [line[1] for line in table.figures] == ways * 2
    assert table.figures[0][3].startswith("1.00")


def test_the_published_check_is_the_articles():
    """701 tokens with cl100k_base for the weather jokes, as the article prints."""
    counter_for("cl100k_base")  # puts the vocabulary where tiktoken looks
    found = published.check(
        ROOT / "tests" / "data" / "weather-jokes.jsonl", tiktoken.get_encoding("cl100k_base")
    )
    assert sum(tokens * often for tokens, often in found.tokens.items()) == 701
    assert not found.errors


def test_the_published_check_finds_what_it_says():
    """Its seven codes, as often as the original counts them."""
    assert [published.errors_of(row) for row in FINDINGS] == [
        ["data_type"],
        ["missing_messages_list"],
        ["message_missing_key", "missing_content", "message_unrecognized_key",
         "unrecognized_role", "example_missing_assistant_message"],
        ["missing_content"],
    ]  # fmt: skip


def test_a_difference_is_no_measurement(tmp_path, monkeypatch):
    """Where the two ways disagree, there is no figure."""
    monkeypatch.setattr(published, "count_tokens", lambda *_: (1, 1))
    path = tmp_path / "examples.jsonl"
    texts.write_file(path, 5_000)
    with pytest.raises(NotEqual, match="tokens"):
        check.compare(path)


def test_generated_texts_repeat_only_system_prompts(tmp_path):
    """The same bytes every time; no question and no reply stands there twice."""
    first, second = tmp_path / "1", tmp_path / "2"
    assert texts.write_file(first, 1_000_000) == texts.write_file(second, 1_000_000)
    assert first.read_bytes() == second.read_bytes()
    lines = first.read_text(encoding="utf-8").splitlines()
    messages = [m for line in lines for m in json.loads(line)["messages"]]
    told = [m["content"] for m in messages if m["role"] != "system"]
    assert len(set(told)) == len(told)
    system = [m["content"] for m in messages if m["role"] == "system"]
    assert set(system) == set(texts.SYSTEM_PROMPTS)
    share = len("".join(system).encode()) / len("".join(system + told).encode())
    assert 0.28 < share < 0.32  # about 30 %, as the results say


def test_ways_take_turns():
    """A B A B …, so that a busy moment hits all of them."""
    order: list[str] = []

    def way(name: str, time: float) -> float:
        order.append(name)
        return time

    found = measure_in_turn({"a": lambda: way("a", 3.0), "b": lambda: way("b", 2.0)}, rounds=2)
    assert order == ["a", "b", "a", "b"]
    assert ratios(found["a"], found["b"]) == [1.5, 1.5]
    assert spread([3.0, 1.0, 2.0], "s", 1) == "2.0 s (1.0–3.0)"


def test_a_section_is_replaced_and_the_others_stay(tmp_path):
    """One measurement can be repeated alone; the machine is described without names."""
    path = tmp_path / "results.md"
    save_section("check", a_table("Old"), path)
    save_section("edit", a_table("Other"), path)
    save_section("check", a_table("New"), path)
    written = path.read_text()
    assert [line for line in written.splitlines() if line.startswith("## ")] == [
        "## New",
        "## Other",
    ]
    assert written.count("| ours | 1 s |") == 2
    assert f"{os.cpu_count()} cores" in machine()
    assert os.uname().nodename not in written


@pytest.fixture
def no_server_left():
    """What the pages keep open for everybody is made anew."""
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.mark.usefixtures("no_server_left")
def test_pages_run_again():
    """Every page and size has a line; an empty project is measured against itself."""
    table = rerun.measure(quick=True)
    assert [line[:2] for line in table.figures] == [
        (page, rows) for page in rerun.PAGES for rows in ("0", "20")
    ]


@pytest.mark.usefixtures("no_server_left")
def test_an_edit_reads_a_page_of_examples_however_many_there_are():
    """The edited row and a page of fifty, in a project of 100 rows and in one of 300."""
    with edit.a_home((100, 300)) as (_, projects):
        read = {size: edit.count_reading(id_, rounds=2) for size, id_ in projects.items()}
    examples = {reading.examples for readings in read.values() for reading in readings}
    assert len(examples) == 1
    assert 51 <= examples.pop() <= 2 * 51


@pytest.mark.soak
@pytest.mark.browser
@pytest.mark.usefixtures("no_server_left")
@pytest.mark.skipif(find_browser() is None, reason="no Chromium or Chrome is installed")
def test_an_edit_is_measured_in_a_browser():
    """Bytes and time stand beside the rows, and an empty rerun above them."""
    table = edit.measure(quick=True)
    assert "bytes received" in table.columns
    assert [line[0] for line in table.figures] == ["an empty page", "100", "300"]
    assert {len(line) for line in table.figures} == {len(table.columns)}


@pytest.mark.soak
@pytest.mark.browser
@pytest.mark.usefixtures("no_server_left")
@pytest.mark.skipif(find_browser() is None, reason="no Chromium or Chrome is installed")
def test_finding_is_measured_in_a_browser(monkeypatch):
    """A page, a search and an order in two sizes, each beside the other."""
    monkeypatch.setattr(scale, "PAGES", scale.PAGES[:1])
    for asked in (scale.ASKED, scale.ORDERS):
        for what in list(asked)[1:]:
            monkeypatch.delitem(asked, what)
    table = scale.measure(quick=True)
    assert [line[0] for line in table.figures] == [
        "open: home", *scale.ASKED, *scale.ORDERS, "the last page of all",
    ]  # fmt: skip


def test_a_start_is_measured():
    """The environment at hand, until the server answers."""
    assert start.measure(quick=True).figures[0][-1] == "1.0"


@pytest.mark.soak
@pytest.mark.training
def test_the_job_and_the_bare_loop_end_at_the_same_loss():
    """Otherwise NotEqual would be raised."""
    pytest.importorskip("trl", reason="the packages for local training are not installed")
    assert len(job.measure(quick=True).figures) == 3


def test_an_unknown_name_is_refused(capsys):
    """With those that are known."""
    with pytest.raises(SystemExit):
        main(["nonsense"])
    said = capsys.readouterr().err
    assert all(name in said for name in NAMES)
