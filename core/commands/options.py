"""What can be typed after `python -m core`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from typing import Any

from core.words import LANGUAGES, say

DEFAULT_MODEL = "gpt-4o-mini"  # what a file is checked for where nothing else is said
COMMANDS = ("check", "train", "jobs", "watch")

Words = Callable[..., str]


def make_parser(language: str) -> argparse.ArgumentParser:
    """The parser of the whole program, its help in a language."""
    words = partial(say, language)
    parser = argparse.ArgumentParser("python -m core", description=words("cli.program"))
    commands = parser.add_subparsers(dest="command", required=True)
    for name, add in zip(COMMANDS, (_check, _train, _jobs, _watch), strict=True):
        about = words(f"cli.{name}")
        command = commands.add_parser(
            name, help=about, description=about, epilog=words(f"cli.{name}_status")
        )
        add(command, words)
        command.add_argument("--json", action="store_true", help=words(f"cli.help_json_{name}"))
        command.add_argument("--language", choices=LANGUAGES, help=words("cli.help_language"))
        if name != "check":
            command.add_argument("--home", metavar="FOLDER", help=words("cli.help_home"))
    return parser


def _check(command: argparse.ArgumentParser, words: Words) -> None:
    command.add_argument("file", metavar="FILE", help=words("cli.help_file"))
    basis = command.add_mutually_exclusive_group()
    model_words = words("cli.help_model", model=DEFAULT_MODEL)
    basis.add_argument("--model", metavar="M", default=DEFAULT_MODEL, help=model_words)
    basis.add_argument("--encoding", metavar="E", help=words("cli.help_encoding"))


def _train(command: argparse.ArgumentParser, words: Words) -> None:
    add: Callable[..., Any] = command.add_argument
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("file", metavar="FILE", nargs="?", help=words("cli.help_train_file"))
    what.add_argument("--project", metavar="P", help=words("cli.help_train_project"))
    what.add_argument("--resume", metavar="JOB", help=words("cli.help_resume"))
    add("--validation", metavar="FILE", help=words("cli.help_validation"))
    add("--approved", action="store_true", help=words("cli.help_approved"))
    add("--place", metavar="P", help=words("cli.help_place"))
    add("--model", metavar="M", help=words("cli.help_base"))
    add("--epochs", metavar="N", type=int, help=words("cli.help_epochs"))
    add("--batch-size", metavar="N", type=int, help=words("cli.help_batch"))
    add("--learning-rate", metavar="X", type=float, help=words("cli.help_rate"))
    add("--suffix", metavar="NAME", default="", help=words("cli.help_suffix"))
    add("--seed", metavar="N", type=int, help=words("cli.help_seed"))
    add("--at-most", metavar="USD", type=float, help=words("cli.help_at_most"))
    add("--dry-run", action="store_true", help=words("cli.help_dry_run"))
    add("--watch", action="store_true", help=words("cli.help_watch"))


def _jobs(command: argparse.ArgumentParser, words: Words) -> None:
    command.add_argument("--project", metavar="P", help=words("cli.help_jobs_project"))
    command.add_argument("--place", metavar="P", help=words("cli.help_jobs_place"))
    command.add_argument("--state", metavar="S", help=words("cli.help_state"))


def _watch(command: argparse.ArgumentParser, words: Words) -> None:
    command.add_argument("job", metavar="JOB", help=words("cli.help_job"))
