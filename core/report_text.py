"""A report in plain words, for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from core.costs import format_cost_range
from core.findings import Severity
from core.report import PLACES_SHOWN, Report
from core.tokens import distribution_of
from core.words import say, say_finding


def write_report(report: Report, file: str, language: str) -> str:
    """All of a report as lines of text, without a final newline."""
    return "\n".join(
        (
            *_head(report, file, language),
            *_findings(report, language),
            *_numbers(report, language),
            *_cost(report, language),
        )
    )


def _head(report: Report, file: str, language: str) -> Iterator[str]:
    basis = report.basis
    key = "cli.head" if basis.exact else "cli.head_approximate"
    yield say(language, key, file=file, name=basis.name, encoding=basis.encoding)
    yield say(
        language,
        "cli.summary",
        examples=f"{report.examples:,}",
        errors=f"{sum(report.errors.values()):,}",
        warnings=f"{sum(report.warnings.values()):,}",
    )


def _findings(report: Report, language: str) -> Iterator[str]:
    for severity in Severity:
        counts = report.of_severity(severity)
        if counts:
            yield ""
            yield say(language, f"cli.section_{severity}")
        for code, count in counts.items():
            yield "  " + _finding_title(report, code, count, language)
            finding = report.sample[code]
            if not report.places[code]:
                yield "    " + say_finding(language, finding, "what")
            yield "    " + say(language, "cli.why", text=say_finding(language, finding, "why"))
            yield "    " + say(language, "cli.do", text=say_finding(language, finding, "do"))


def _finding_title(report: Report, code: str, count: int, language: str) -> str:
    title = f"{say(language, f'finding.{code}.title')} [{code}]"
    places = report.places[code]
    if not places:
        return say(language, "cli.finding", title=title, count=f"{count:,}")
    lines = ", ".join(map(str, places))
    if len(places) == PLACES_SHOWN and count > PLACES_SHOWN:
        lines = say(language, "cli.lines_more", lines=lines)
    return say(language, "cli.finding_lines", title=title, count=f"{count:,}", lines=lines)


def _numbers(report: Report, language: str) -> Iterator[str]:
    yield ""
    yield say(language, "cli.section_numbers")
    yield from _spread("messages", report.messages, language)
    yield from _spread("tokens", report.tokens, language)
    yield from _spread("assistant_tokens", report.assistant_tokens, language)
    limit, over = f"{report.basis.token_limit:,}", f"{report.over_limit:,}"
    yield "  " + say(language, "cli.over_limit", limit=limit, count=over)


def _spread(name: str, counts: Counter[int], language: str) -> Iterator[str]:
    spread = distribution_of(counts)
    if spread is None:
        return
    yield "  " + say(
        language,
        "cli.spread",
        name=say(language, f"cli.{name}"),
        min=_number(spread.min),
        max=_number(spread.max),
        mean=_number(spread.mean),
        median=_number(spread.median),
        p5=_number(spread.p5),
        p95=_number(spread.p95),
    )


def _number(value: float) -> str:
    """One decimal, where there is any."""
    return f"{value:,.1f}".removesuffix(".0")


def _cost(report: Report, language: str) -> Iterator[str]:
    about = "" if report.basis.exact else "≈ "
    billed = f"{about}{report.billed_tokens:,}"
    published = f"{about}{report.published_tokens:,}"
    yield ""
    yield say(language, "cli.section_cost")
    yield "  " + say(language, "cli.epochs", epochs=report.epochs)
    yield "  " + say(language, "cli.tokens_per_epoch", tokens=published)
    yield "  " + say(language, "cli.billed_tokens", tokens=billed)
    yield "  " + _price(report, language)


def _price(report: Report, language: str) -> str:
    cost, price = report.cost, report.basis.price
    if cost is None or price is None:
        return say(language, "cli.cost_unknown")
    if price.training == 0:
        return say(language, "cli.cost_free")
    return say(
        language,
        "cli.cost",
        cost=format_cost_range(cost),
        price=f"{price.training:,.2f}",
        as_of=price.as_of,
        source=say(language, f"price_source.{price.source}"),
    )
