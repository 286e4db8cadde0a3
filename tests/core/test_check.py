"""Tests of core.report and of `python -m core check`, as a real program."""

import json
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from core_builders import MARV, WEATHER_JOKES, a_row, an_example, jsonl, lines_of

from core.jsonl import Line
from core.report import Basis, Report, digest_of, read_report
from core.tokens import counter_for

ROOT = Path(__file__).resolve().parents[2]
KEYS = [
    "examples",
    "findings",
    "messages_per_example",
    "tokens_per_example",
    "assistant_tokens_per_example",
    "over_limit",
    "epochs",
    "tokens_per_epoch",
    "billed_tokens",
    "cost_usd",
]
SPREAD = ["min", "max", "mean", "median", "p5", "p95"]


def check(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program on its own, in English unless told otherwise."""
    return subprocess.run(
        [sys.executable, "-m", "core", "check", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "LC_ALL": "C.UTF-8", **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def report_of(content: bytes, basis: Basis | None = None) -> dict:
    """The figures of a file with this content, without a process of their own."""
    basis = basis or Basis.for_model("gpt-4o-mini")
    report = read_report(lines_of(content), basis, counter_for(basis.encoding), len(content))
    return report.to_json()


@pytest.mark.parametrize(
    ("options", "tokens", "billed", "cost"),
    [
        ([], 521, 4_910, 0.01473),
        (["--model", "gpt-3.5-turbo"], 701, 6_810, 0.05448),
        (["--encoding", "cl100k_base"], 701, 7_010, None),
    ],
)
def test_the_article_in_figures(options, tokens, billed, cost):
    """The article's file gives the article's figures, under exactly the promised keys."""
    done = check(WEATHER_JOKES, "--json", *options)
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    assert list(report) == KEYS
    for key in KEYS[2:5]:
        assert list(report[key]) == SPREAD
    assert report["examples"] == report["epochs"] == 10
    assert report["findings"] == {"errors": {}, "warnings": {"few_examples": 1}}
    assert report["messages_per_example"] == dict.fromkeys(SPREAD, 3)
    assert report["over_limit"] == 0
    assert report["tokens_per_epoch"] == tokens
    assert report["billed_tokens"] == billed
    assert report["cost_usd"] == cost


def test_too_few_examples_end_with_1():
    """The official sample of three lines cannot be trained on."""
    done = check(MARV, "--json")
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout)["findings"] == {
        "errors": {"too_few_examples": 1},
        "warnings": {},
    }


def test_a_damaged_file_is_reported_to_its_end(tmp_path):
    """Every kind of line counts as what it is, and only rows count as examples."""
    path = tmp_path / "damaged.jsonl"
    good = jsonl(a_row(), a_row(), {"messages": [{"role": "user", "content": 3}]})
    path.write_bytes(good + b'\n{oops}\n[1]\n{"messages": []}\n{"mess')
    done = check(path, "--json")
    assert (done.returncode, done.stderr) == (1, "")
    report = json.loads(done.stdout)
    assert report["examples"] == 5
    assert report["findings"] == {
        "errors": {
            "data_type": 1,
            "missing_messages_list": 1,
            "missing_content": 1,
            "example_missing_assistant_message": 1,
            "too_few_examples": 1,
            "invalid_json": 1,
            "truncated_line": 1,
        },
        "warnings": {"duplicate_example": 1, "blank_line": 1, "missing_system_message": 1},
    }


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_a_file_without_examples_has_no_figures(content, tmp_path):
    """Nothing to count gives nulls rather than numbers that mean nothing, and status 1."""
    path = tmp_path / "empty.jsonl"
    path.write_bytes(content)
    done = check(path, "--json")
    report = json.loads(done.stdout, parse_constant=pytest.fail)
    assert done.returncode == 1
    assert report["examples"] == report["tokens_per_epoch"] == report["billed_tokens"] == 0
    assert report["tokens_per_example"] == dict.fromkeys(SPREAD)
    assert check(path).returncode == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["no-such-file.jsonl"], "no-such-file.jsonl"),
        (["tests"], "tests"),
        ([MARV, "--model", "gpt-9"], "gpt-4o-mini"),
        ([MARV, "--encoding", "latin"], "cl100k_base, o200k_base"),
    ],
)
def test_what_cannot_be_read_ends_with_2_and_one_line(arguments, says):
    """One sentence on stderr, nothing on stdout, no traceback."""
    done = check(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert says in done.stderr


def test_model_and_encoding_exclude_each_other():
    """One says what the other says."""
    done = check(MARV, "--model", "gpt-4o", "--encoding", "cl100k_base")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_the_report_is_in_plain_words():
    """What is wrong, why it matters and what to do, then tokens, passes and cost."""
    text = check(MARV).stdout
    for words in ("Examples: 3", "Too few examples", "Why:", "What to do:", "3,400", "$0.0102"):
        assert words in text


@pytest.mark.parametrize(
    ("options", "environment"),
    [
        (["--language", "zh"], {}),
        ([], {"LC_ALL": "zh_CN.UTF-8"}),
        ([], {"LC_ALL": "", "LANG": "zh_TW"}),
    ],
)
def test_the_report_speaks_chinese(options, environment):
    """By option or by the terminal's language; figures and codes stay what they are."""
    text = check(MARV, *options, **environment).stdout
    assert "示例太少 [too_few_examples]" in text
    assert "$0.0102" in text
    assert "Why" not in text


def test_an_estimate_is_called_one():
    """Where the base's own vocabulary is born with the job, the figures carry an ≈."""
    text = check(WEATHER_JOKES, "--model", "local/tiny-scratch").stdout
    assert "≈ 521" in text
    assert "free" in text


def test_lines_with_findings_are_listed_up_to_a_few(tmp_path):
    """The first five places are named, the rest is counted."""
    path = tmp_path / "many.jsonl"
    path.write_bytes(jsonl(*(a_row(user=f"{n}?", assistant="") for n in range(20))))
    assert "[missing_content] (× 20; line 1, 2, 3, 4, 5 …)" in check(path).stdout


def test_a_reader_that_leaves_early_is_no_error():
    """Piping into `head` ends quietly."""
    program = subprocess.Popen(
        [sys.executable, "-m", "core", "check", WEATHER_JOKES],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    program.stdout.close()
    assert program.stderr.read() == b""
    program.stderr.close()
    assert program.wait(timeout=120) == 0


def test_a_terminal_of_another_encoding_is_written_to():
    """Chinese is printed also where the terminal is said to know ASCII only."""
    done = check(MARV, "--language", "zh", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert done.returncode == 1
    assert "示例" in done.stdout


def test_why_a_file_cannot_be_read_is_said_in_the_same_language():
    """No English half-sentence of the system stands in a Chinese one."""
    missing = check("no-such-file.jsonl", "--language", "zh")
    assert missing.stderr == "无法读取 no-such-file.jsonl：没有这个文件。\n"
    assert missing.returncode == 2


def test_what_is_over_the_limit_is_cut():
    """A long example counts as over the limit, and costs no more than the limit."""
    basis = Basis.for_encoding("cl100k_base")
    report = report_of(jsonl(a_row(user="word " * 5_000), a_row()), basis)
    assert report["over_limit"] == report["findings"]["warnings"]["over_token_limit"] == 1
    short = report_of(jsonl(a_row()), basis)["tokens_per_epoch"]
    assert report["tokens_per_epoch"] == 4_096 + short
    assert report["tokens_per_example"]["max"] > 5_000
    assert report["billed_tokens"] == report["epochs"] * report["tokens_per_epoch"]


def test_a_file_over_the_size_limit_is_an_error():
    """The size is that of the whole file."""
    basis = Basis.for_model("gpt-4o-mini")
    size = basis.max_file_bytes + 1
    report = read_report([], basis, counter_for(basis.encoding), size)
    assert report.errors == {"too_few_examples": 1, "file_too_large": 1}


def test_copies_are_counted_beyond_the_first():
    """Three times the same are two copies, also with its keys in another order."""
    turned = {"messages": [dict(reversed(m.items())) for m in a_row()["messages"]]}
    report = report_of(jsonl(a_row(), turned, a_row(user="Other?"), a_row()))
    assert report["findings"]["warnings"]["duplicate_example"] == 2
    assert digest_of(an_example()) != digest_of(an_example(user="Other?"))
    assert len(digest_of(an_example(user="half \ud83d"))) == 16


def test_memory_does_not_grow_with_the_file():
    """Ten times the lines need hardly more memory than the digests of the examples."""

    def peak(count: int) -> int:
        def lines() -> Iterator[Line]:
            for number in range(count):
                yield lines_of(jsonl(a_row(user=f"{number % 500}? " + "rain " * 200)))[0]

        basis = Basis.for_model("gpt-4o-mini")
        tracemalloc.start()
        report = read_report(lines(), basis, counter_for(basis.encoding))
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert isinstance(report, Report)
        assert report.examples == count
        return top

    peak(1_200)  # fills the bounded caches, which keep what comes again
    assert peak(6_000) < peak(600) + 500_000


def test_reading_is_one_pass():
    """A source that can be read only once is enough."""

    class Once(BytesIO):
        """A pipe: no going back."""

        def seek(self, *_: object) -> int:
            raise OSError("not seekable")

    from core.jsonl import read_jsonl

    basis = Basis.for_model("gpt-4o-mini")
    source = Once(WEATHER_JOKES.read_bytes())
    report = read_report(read_jsonl(source), basis, counter_for(basis.encoding))
    assert report.published_tokens == 521


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_report_that_cannot_be_written_is_no_verdict():
    """A full disk ends with 2 and a sentence, not with 1, which would mean errors were found."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "core", "check", str(WEATHER_JOKES)],
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == "Cannot write the report: the disk is full.\n"
