"""A whole file in figures, read once as a stream: findings, tokens, passes and cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from core.costs import CostRange, cost_of, cost_range, epochs_for
from core.counts import TokenCount
from core.digests import count_copies, digest_of
from core.examples import Example
from core.findings import Finding, Severity
from core.jsonl import Line, at_line
from core.lines import TOLD_ONCE
from core.providers.profiles import (
    Epochs,
    Model,
    Price,
    Profile,
    find_model,
    load_profile,
)
from core.rules import DatasetFacts, all_codes, check_dataset, check_example_once
from core.tokens import Distribution, TokenCounter, count_example, distribution_of

ARTICLE_TOKEN_LIMIT = 4_096  # of the published checker, written for gpt-3.5-turbo
PLACES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Basis:
    """What a file is reckoned with: a base model, or an encoding alone.

    billed_per_example: tokens beside each example's content, None to bill what the published
    checker counts; price: what training costs, None or without a figure where unknown.
    """

    name: str
    encoding: str
    exact: bool
    token_limit: int
    billed_per_example: int | None
    price: Price | None
    epochs: Epochs
    min_examples: int
    max_file_bytes: int

    @classmethod
    def for_model(cls, model_id: str) -> Basis:
        """As the model's own profile says.

        Raises:
            NotFound: `unknown_model`, with those that are known.
        """
        return cls.of(*find_model(model_id))

    @classmethod
    def of(cls, profile: Profile, model: Model) -> Basis:
        """For a base model at a place to train."""
        return cls(
            name=model.id,
            encoding=model.encoding,
            exact=model.exact,
            token_limit=model.token_limit,
            billed_per_example=model.billed_per_example,
            price=model.price,
            epochs=model.epochs,
            min_examples=profile.min_examples,
            max_file_bytes=profile.max_file_bytes,
        )

    @classmethod
    def for_encoding(cls, encoding: str) -> Basis:
        """As the published checker reckons, with OpenAI's rule for passes and no price."""
        profile = load_profile("openai")
        return cls(
            name=encoding,
            encoding=encoding,
            exact=True,
            token_limit=ARTICLE_TOKEN_LIMIT,
            billed_per_example=None,
            price=None,
            epochs=profile.models[0].epochs,
            min_examples=profile.min_examples,
            max_file_bytes=profile.max_file_bytes,
        )

    def billed(self, count: TokenCount) -> int:
        """What one pass over an example is billed; what is over the limit is cut."""
        if self.billed_per_example is None:
            return min(count.published, self.token_limit)
        return min(count.billed + self.billed_per_example, self.token_limit)


@dataclass(slots=True)
class Report:
    """The figures of a file. `count_line` adds to them; their size does not grow with the file.

    The one exception are 16 bytes for each example, to know the copies by.
    """

    basis: Basis
    file_bytes: int = 0
    lines: int = 0  # the number of the last line
    examples: int = 0
    over_limit: int = 0
    duplicates: int = 0  # known once it is finished
    published_tokens: int = 0  # a pass, each example cut at the limit
    billed_a_pass: int = 0
    findings: Counter[str] = field(default_factory=Counter)
    places: dict[str, list[int]] = field(default_factory=dict)  # the first line numbers by code
    sample: dict[str, Finding] = field(default_factory=dict)  # the first finding by code
    messages: Counter[int] = field(default_factory=Counter)
    tokens: Counter[int] = field(default_factory=Counter)
    assistant_tokens: Counter[int] = field(default_factory=Counter)
    _digests: bytearray = field(default_factory=bytearray)

    def count_line(self, line: Line, counter: TokenCounter) -> None:
        """Add one line of the file."""
        self.lines = line.number
        self.examples += line.is_row
        for finding in line.findings:
            self._note(finding, line.number)
        if line.example:
            self._count_example(line.example, line.number, counter)

    def add(self, later: Report) -> None:
        """Add the figures of the lines that follow, numbered anew and not yet finished."""
        for code, count in later.findings.items():
            if not (code in TOLD_ONCE and self.findings[code]):
                lines = [self.lines + line for line in later.places[code]]
                self._note_many(code, count, self._moved(later.sample[code]), lines)
        self.lines += later.lines
        self.examples += later.examples
        self.over_limit += later.over_limit
        self.published_tokens += later.published_tokens
        self.billed_a_pass += later.billed_a_pass
        self.messages.update(later.messages)
        self.tokens.update(later.tokens)
        self.assistant_tokens.update(later.assistant_tokens)
        self._digests += later._digests

    def finish(self) -> None:
        """Check all examples together, once every line is counted."""
        self.duplicates = count_copies(self._digests)
        facts = DatasetFacts(
            examples=self.examples,
            duplicates=self.duplicates,
            over_limit=self.over_limit,
            unlearned=self.findings["nothing_learned"],
            file_bytes=self.file_bytes,
            min_examples=self.basis.min_examples,
            max_file_bytes=self.basis.max_file_bytes,
            token_limit=self.basis.token_limit,
        )
        for finding in check_dataset(facts):
            self._note(finding, None)

    def _note(self, finding: Finding, line: int | None) -> None:
        lines = () if line is None else (line,)
        self._note_many(finding.code, finding.count, finding, lines)

    def _moved(self, finding: Finding) -> Finding:
        """A finding of the lines that follow, with the number that its line has in the file."""
        line = finding.place.line
        return finding if line is None else at_line(finding, self.lines + line)

    def _note_many(self, code: str, count: int, first: Finding, lines: Iterable[int]) -> None:
        self.findings[code] += count
        self.sample.setdefault(code, first)
        places = self.places.setdefault(code, [])
        for line in lines:
            if line not in places and len(places) < PLACES_SHOWN:
                places.append(line)

    def _count_example(self, example: Example, line: int, counter: TokenCounter) -> None:
        for finding in check_example_once(example):
            self._note(finding, line)
        self._digests += digest_of(example)
        count = count_example(example, counter)
        self.messages[len(example.messages)] += 1
        self.tokens[count.published] += 1
        self.assistant_tokens[count.assistant] += 1
        self.over_limit += count.published > self.basis.token_limit
        self.published_tokens += min(count.published, self.basis.token_limit)
        self.billed_a_pass += self.basis.billed(count)

    @property
    def epochs(self) -> int:
        """Passes by the provider's rule."""
        return epochs_for(self.basis.epochs, self.examples)

    @property
    def billed_tokens(self) -> int:
        """All passes together."""
        return self.epochs * self.billed_a_pass

    @property
    def price(self) -> float | None:
        """US dollars per million training tokens; None where unknown."""
        return self.basis.price.training if self.basis.price else None

    @property
    def cost(self) -> CostRange | None:
        """US dollars between the two ways to count; None where no price is known."""
        tokens = (self.billed_a_pass, self.published_tokens)
        return cost_range(*tokens, self.epochs, self.price)

    def of_severity(self, *severities: Severity) -> dict[str, int]:
        """How often each code of these severities occurs."""
        chosen = [code for code, severity in all_codes().items() if severity in severities]
        return {code: self.findings[code] for code in chosen if self.findings[code]}

    @property
    def errors(self) -> dict[str, int]:
        """The codes that would stop a provider."""
        return self.of_severity(Severity.ERROR)

    @property
    def warnings(self) -> dict[str, int]:
        """The other codes."""
        return self.of_severity(Severity.WARNING, Severity.ADVICE)

    def to_json(self) -> dict[str, Any]:
        """The figures under the names that scripts rely on; null where there is nothing to say."""
        billed, price = self.billed_tokens, self.price
        cost = None if price is None else round(cost_of(billed, 1, price), 6)
        return {
            "examples": self.examples,
            "findings": {"errors": self.errors, "warnings": self.warnings},
            "messages_per_example": _spread(self.messages),
            "tokens_per_example": _spread(self.tokens),
            "assistant_tokens_per_example": _spread(self.assistant_tokens),
            "over_limit": self.over_limit,
            "epochs": self.epochs,
            "tokens_per_epoch": self.published_tokens,
            "billed_tokens": billed,
            "cost_usd": cost,
        }


def read_report(
    lines: Iterable[Line], basis: Basis, counter: TokenCounter, file_bytes: int = 0
) -> Report:
    """Count every line of a file, then all together."""
    report = Report(basis, file_bytes)
    for line in lines:
        report.count_line(line, counter)
    report.finish()
    return report


def _spread(counts: Counter[int]) -> dict[str, float | None]:
    spread = distribution_of(counts)
    return asdict(spread) if spread else dict.fromkeys(Distribution.__slots__)
