"""The figures above the table: what stands in a project, what it weighs, what it would cost."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from core.costs import CostRange, cost_range, epochs_for, token_range
from core.dialects import Dialect
from core.editing import checks_in
from core.examples import APPROVED, SYSTEM, Message
from core.findings import Severity
from core.learned import Tally
from core.lenses.base import Seen
from core.providers.profiles import Model, Profile
from core.queries import DUPLICATE, OVER_LIMIT
from core.rules import DatasetFacts, all_codes, check_dataset
from core.storage import Part, PartCount, Project, Reckoning, Store
from core.tokens import Distribution, counter_for, distribution_of

MISSING_SYSTEM = "missing_system_message"
NOTHING_LEARNED = "nothing_learned"


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """One code as the person sees it: how often, and whether it stops training here."""

    code: str
    severity: Severity  # as this provider's dialect sees it
    count: int
    of_dataset: bool  # about the whole, not about one example
    has_rows: bool = True  # to go to


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything the editor's head shows. Tokens are per pass, each example cut at the limit.

    examples: those to train on; held_out: those kept for validation; conversations, replies: what
    is learned of the former.
    """

    examples: int
    held_out: int
    conversations: int
    replies: int
    groups: tuple[FindingGroup, ...]
    billed: int
    published: int
    epochs: int
    cost: CostRange | None
    over_limit: int
    tokens: Distribution | None  # of whole examples, as the published checker counts
    histogram: Counter[int]  # billed tokens of an example, as the table shows them -> how many
    uncounted: int
    prompt_tokens: int  # what the inherited system prompt adds to an example

    @property
    def blocking(self) -> tuple[FindingGroup, ...]:
        """What has to be mended before training here."""
        return tuple(group for group in self.groups if group.severity is Severity.ERROR)

    @property
    def tally(self) -> Tally:
        """What would be learned, from the sums; why the rest is not, only the bytes can tell."""
        dropped = Counter({NOTHING_LEARNED: self.examples - self.conversations})
        return Tally(self.conversations, self.replies, reasons=+dropped)


def summarise(
    store: Store,
    project: Project,
    profile: Profile,
    model: Model,
    *,
    approved_only: bool = False,
    seen: Sequence[Seen] = (),
) -> Summary:
    """Read the project's sums for a place and a base model; no row is visited.

    seen: what the project's survey has found.
    """
    review = APPROVED if approved_only else None
    training = Part(review, held_out=False)
    held = store.count_part(project.id, training)
    prompt = prompt_tokens(project.system_prompt, model.encoding)
    published: Counter[int] = Counter()
    histogram: Counter[int] = Counter()
    billed = 0
    for group in store.token_groups(project.id, model.encoding, training):
        inherited = prompt if group.inherits else 0
        published[group.published + inherited] += group.rows
        alone = group.billed + inherited + model.billed_per_example
        histogram[alone] += group.rows
        billed += group.rows * min(alone, model.token_limit)
    over = sum(rows for tokens, rows in published.items() if tokens > model.token_limit)
    capped = sum(min(tokens, model.token_limit) * rows for tokens, rows in published.items())
    epochs = epochs_for(model.epochs, held.rows)
    return Summary(
        examples=held.rows,
        held_out=store.count_part(project.id, Part(review, held_out=True)).rows,
        conversations=held.learned,
        replies=held.replies,
        groups=_groups(store, project, profile, model, held, over, review, seen),
        billed=billed,
        published=capped,
        epochs=epochs,
        cost=_cost(model, billed, capped, epochs),
        over_limit=over,
        tokens=distribution_of(published),
        histogram=histogram,
        uncounted=store.count_uncounted(project.id, model.encoding),
        prompt_tokens=prompt,
    )


def _cost(model: Model, billed: int, published: int, epochs: int) -> CostRange | None:
    low, high = token_range(billed, published, exact=model.exact)
    return cost_range(low, high, epochs, model.price.training, model.price.least)


def reckoning_of(project: Project, model: Model) -> Reckoning:
    """How the project's rows are reckoned in tokens for a base model."""
    prompt = prompt_tokens(project.system_prompt, model.encoding)
    return Reckoning(model.encoding, prompt, model.billed_per_example, model.token_limit)


def prompt_tokens(system_prompt: str, encoding: str) -> int:
    """What an inherited system message adds: 3 for the message, its role, its content."""
    if not system_prompt:
        return 0
    counter = counter_for(encoding)
    return 3 + counter.count(SYSTEM) + counter.count(system_prompt)


def _groups(
    store: Store,
    project: Project,
    profile: Profile,
    model: Model,
    held: PartCount,
    over: int,
    review: str | None,
    looked: Sequence[Seen],
) -> tuple[FindingGroup, ...]:
    counts: Counter[tuple[str, Severity, bool]] = Counter()
    checks, unlearned = checks_in(project), 0
    for found in store.count_findings(project.id, Part(review)):
        unlearned += found.rows if found.code == NOTHING_LEARNED else 0
        if found.code == MISSING_SYSTEM and project.system_prompt:
            continue  # they have one: they inherit it
        if not checks.wants(found.code):
            continue  # switched off a moment ago
        seen = seen_as(profile.dialect, found.code, found.severity, found.detail)
        if seen is not None:
            counts[found.code, seen, False] += found.count
    facts = DatasetFacts(
        examples=held.rows,
        duplicates=store.count_duplicates(project.id),
        over_limit=over,
        unlearned=unlearned,
        min_examples=profile.min_examples,
        token_limit=model.token_limit,
        file_bytes=_file_bytes(project, held),
        max_file_bytes=profile.max_file_bytes,
        instructions=project.system_prompt,
    )
    for finding in check_dataset(facts, checks):
        counts[finding.code, finding.severity, True] += finding.count
    for each in looked:
        counts[each.code, all_codes()[each.code], True] += each.count
    order = [Severity.ERROR, Severity.WARNING, Severity.ADVICE]
    going = {DUPLICATE, OVER_LIMIT, *(each.code for each in looked if each.has_rows)}
    groups = [
        FindingGroup(code, seen, n, whole, has_rows=not whole or code in going)
        for (code, seen, whole), n in counts.items()
    ]
    return tuple(sorted(groups, key=lambda g: (order.index(g.severity), -g.count, g.code)))


def _file_bytes(project: Project, held: PartCount) -> int:
    """What the exported file weighs: the rows, and what they inherit."""
    if not project.system_prompt:
        return held.size
    message = json.dumps(Message.of(SYSTEM, project.system_prompt).to_json(), ensure_ascii=False)
    return held.size + held.inheriting * len(f"{message}, ".encode("utf-8", "backslashreplace"))


def seen_as(dialect: Dialect, code: str, severity: Severity, detail: str) -> Severity | None:
    """How bad a finding is at a place to train; None where it takes what others refuse."""
    if dialect.accepts(code, detail):
        return None
    return Severity.ERROR if dialect.blocks(code, severity, detail) else severity
