"""Every word the pages ask for is there, in every language; and every word there is asked for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import pytest

from core.brand.values import KINDS as BRAND_KINDS
from core.brand.values import NUMBERS, REPLACING, STYLES
from core.curves import READINGS
from core.examples import ASSISTANT, REVIEWS, SYSTEM, USER
from core.exporting import FILE_KINDS
from core.fixes import DATASET_FIXES, FIXES, PROJECT_FIXES
from core.history import CODES as CHANGE_CODES
from core.importing import CUTS, FOREIGN, KINDS, SHAPE_IDS, SHAPES, TRANSCRIPT
from core.job_diff import KINDS as ROW_DIFFS
from core.job_queries import STATES as JOB_STATES
from core.jobs import ACTIVE, ENDED, Connection
from core.learned import (
    EMPTY,
    NO_REPLY,
    PASSED_OVER,
    REFUSED,
    SWITCHED_OFF,
    TOO_LONG,
    UNREADABLE,
)
from core.lenses.conflicts import REASONS as REASONS_TO_DOUBT
from core.lenses.json_shapes import HOW
from core.lenses.question_kinds import KINDS as QUESTION_KINDS
from core.lenses.shape import ASPECTS, SCRIPT, TAG
from core.providers.profiles import Profile, load_profiles
from core.providers.terms import SURE
from core.queries import PARTS, SORTS
from core.replacing import WHERE
from core.retiring import JOBS, MODEL, TUNED
from core.rules.codes import all_codes
from core.rules.limits import LIMITS
from core.rules.switches import SWITCHES
from core.scripts import SCRIPTS
from core.sensitive import KINDS as SENSITIVE_KINDS
from core.table_format import MAPPED
from core.templates import TEMPLATES
from core.tool_calls import JSON_REASONS
from core.turns import TOOL
from core.verdicts import OWN_CODES, Effect, Verdict
from core.voice.card import CODES as VOICE_CODES
from core.voice.habits import HABITS as VOICE_HABITS
from core.voice.measures import MEASURES
from core.words import LANGUAGES, load_words
from ui.bulk_choices import CHOICES
from ui.connections import place_name
from ui.diffs import NAMED_FACTS
from ui.files import SAYS as DROP_SAYS
from ui.frame import MENU
from ui.grid import SHORTCUTS, words_for
from ui.job_curves import KINDS as CURVES
from ui.panel import TABLE_SAYS, panel_words
from ui.prices import FIGURES as PRICE_FIGURES
from ui.quality import SECTIONS
from ui.quality_moderation import CATEGORIES
from ui.quality_ready import NAMED
from ui.recipe import RECIPE_PARTS, TEXTS
from ui.train import about_model

ROOT = Path(__file__).resolve().parents[2]
UI = [ROOT / "streamlit_app.py", *(ROOT / "ui").glob("*.py"), *(ROOT / "pages").glob("*.py")]
CORE = [*(ROOT / "core").rglob("*.py")]
STATIC = ROOT / "static"
ENGLISH = load_words("en")
TABLES = {key.partition(".")[0] for key in ENGLISH}
# Each has a table of words, which its JavaScript says.
COMPONENTS = ("grid", "panel", "drop", "narrow")
PAGES_SAY = TABLES - {"cli", "error", "event", "finding", "status", *COMPONENTS}
PAGES = [name for name, _, _ in MENU]
CODES = sorted(all_codes())
FIX_CODES = (*FIXES, *PROJECT_FIXES, *DATASET_FIXES)
REASONS = (UNREADABLE, REFUSED, NO_REPLY, SWITCHED_OFF, EMPTY, PASSED_OVER, TOO_LONG)
STAGES = ("file", "model", "learning", "ready")
ENDINGS = (MODEL, JOBS, TUNED)
TIME_UNITS = ("hours", "minutes", "seconds")

# The closed sets among the keys that are put together, by the source of their f-string: all that
# each can become. The other made keys are held to the locales by their form alone.
MADE: dict[str, list[str]] = {
    "{name}.title": [f"{page}.title" for page in PAGES],
    "{name}.lead": [f"{page}.lead" for page in PAGES],
    "{name}.menu": [f"{page}.menu" for page in PAGES],
    "status.{status}": [f"status.{status}" for status in ACTIVE | ENDED],
    "change.{told.code}": [f"change.{code}" for code in CHANGE_CODES],
    "history.turn_{turn.kind}": ["history.turn_added", "history.turn_removed"],
    "history.fact_{fact.name}": [f"history.fact_{name}" for name in NAMED_FACTS],
    "time.{unit}_ago": [f"time.{unit}_ago" for unit in ("days", "hours", "minutes")],
    "panel.role_{role}": [f"panel.role_{role}" for role in (SYSTEM, USER, ASSISTANT, TOOL)],
    "json.{problem.reason}": [f"json.{reason}" for reason in JSON_REASONS],
    "quality.voice_card_{code}": [f"quality.voice_card_{code}" for code in VOICE_CODES],
    "quality.voice_in_{name}": [f"quality.voice_in_{name}" for name in VOICE_HABITS],
    "quality.voice_figures_{tongue.name}": [f"quality.voice_figures_{n}" for n in VOICE_HABITS],
    "quality.voice_usual_{unit}": [f"quality.voice_usual_{n}" for n in (*VOICE_HABITS, "word")],
    "quality.voice_trait_{habit}": [
        f"quality.voice_trait_{habit}" for habits in VOICE_HABITS.values() for habit in habits
    ],
    "quality.voice_trait_{s.name}": [f"quality.voice_trait_{name}" for name in MEASURES],
    "quality.brand_kind_{rule.kind}": [f"quality.brand_kind_{kind}" for kind in BRAND_KINDS],
    "quality.brand_kind_{each}": [f"quality.brand_kind_{kind}" for kind in BRAND_KINDS],
    "quality.brand_help_{kind}": [f"quality.brand_help_{kind}" for kind in BRAND_KINDS],
    "quality.brand_text_{kind}": [f"quality.brand_text_{k}" for k in BRAND_KINDS if k != "style"],
    "quality.brand_style_{each}": [f"quality.brand_style_{style}" for style in STYLES],
    "quality.brand_style_{rule.text}": [f"quality.brand_style_{style}" for style in STYLES],
    "quality.brand_told_{rule.kind}": ["quality.brand_told_words", "quality.brand_told_characters"],
    "quality.brand_told_{kind}": [
        *(f"quality.brand_told_{k}" for k in BRAND_KINDS if k not in ("style", "prefer", *NUMBERS)),
        *(f"quality.brand_told_{kind}_instead" for kind in REPLACING),
    ],
    "finding.{group.code}.why": [f"finding.{code}.why" for code in CODES],
    "finding.{group.code}.do": [f"finding.{code}.do" for code in CODES],
    "finding.{group.code}.title": [f"finding.{code}.title" for code in CODES],
    "jobs.stage_{name}": [f"jobs.stage_{stage}" for stage in STAGES],
    "jobs.stage_{name}_lead": [f"jobs.stage_{stage}_lead" for stage in STAGES],
    "jobs.reading_{reading.code}": [f"jobs.reading_{code}" for code in READINGS],
    "jobs.curve_{kind}": [f"jobs.curve_{kind}" for kind in CURVES],
    "jobs.curve_{kind}_short": [f"jobs.curve_{kind}_short" for kind in CURVES],
    "jobs.curve_{kind}_lead": [f"jobs.curve_{kind}_lead" for kind in CURVES],
    "jobs.diff_{kind}": [f"jobs.diff_{kind}" for kind in ROW_DIFFS],
    "jobs.ended_{known}": [f"jobs.ended_{known}" for known in (*ENDED, "otherwise")],
    "jobs.state_{each or 'all'}": [f"jobs.state_{state}" for state in ("all", *JOB_STATES)],
    "jobs.filter_{name}": ["jobs.filter_of", "jobs.filter_place"],
    "narrow.sort_{sort}": [f"narrow.sort_{sort}" for sort in SORTS],
    "{words}{value}": [
        *(f"review.{review}" for review in REVIEWS),
        *(f"narrow.part_{part}" for part in PARTS),
        *(f"narrow.script_{script}" for script in SCRIPTS),
        *(f"quality.shape_kind_{kind}" for kind in QUESTION_KINDS),
    ],
    "grid.{name}": [f"grid.{name}" for name in TABLE_SAYS],
    "grid.key_{name}": [f"grid.key_{name}" for name in SHORTCUTS],
    "grid.key_{name}_does": [f"grid.key_{name}_does" for name in SHORTCUTS],
    "transfer.column_{role}": [f"transfer.column_{role}" for role in MAPPED],
    "transfer.is_{recipe.shape}": [f"transfer.is_{shape}" for shape in SHAPES],
    "transfer.is_{recipe.kind}": [f"transfer.is_{kind}" for kind in (FOREIGN, TRANSCRIPT)],
    "transfer.table_is_{recipe.kind}": [
        f"transfer.table_is_{kind}" for kind in KINDS if kind != TRANSCRIPT
    ],
    "transfer.shape.{shape}": [f"transfer.shape.{shape}" for shape in SHAPE_IDS],
    "transfer.kind.{kind}": [f"transfer.kind.{kind}" for kind in TEXTS],
    "transfer.recipe_{part.id}": [f"transfer.recipe_{part.id}" for part in RECIPE_PARTS],
    "transfer.cut_{cut}": [f"transfer.cut_{cut}" for cut in CUTS],
    "transfer.format_{kind}": [f"transfer.format_{kind}" for kind in FILE_KINDS],
    "transfer.format_{kind}_note": [f"transfer.format_{kind}_note" for kind in FILE_KINDS],
    "count.dropped_{reason}": [f"count.dropped_{reason}" for reason in REASONS],
    "train.{name}": ["train.passes", "train.batch", "train.rate"],
    "review.{review}": [f"review.{review}" for review in REVIEWS],
    "finding.{code}.fix": [f"finding.{code}.fix" for code in FIX_CODES],
    "quality.shape_enough_{goal.stage}": [
        f"quality.shape_enough_{stage}" for stage in ("needed", "good", "double")
    ],
    "quality.shape_{aspect}": [f"quality.shape_{aspect}" for aspect in ASPECTS],
    "quality.shape_{aspect}_note": [f"quality.shape_{aspect}_note" for aspect in ASPECTS],
    "quality.shape_{aspect}_none": [f"quality.shape_{aspect}_none" for aspect in (TAG, SCRIPT)],
    "quality.shape_kind_{level}": ["quality.shape_kind_most", "quality.shape_kind_first"],
    "quality.shape_length_{level}": ["quality.shape_length_most", "quality.shape_length_first"],
    "quality.shape_script_{level}": [
        f"quality.shape_script_{level}" for level in ("nearly", "several")
    ],
    "quality.pairs_{said['reason']}": [f"quality.pairs_{reason}" for reason in REASONS_TO_DOUBT],
    "quality.pairs_{name}": [
        f"quality.pairs_{part}" for part in ("question", "reply", "instructions")
    ],
    "quality.pairs_{part}": ["quality.pairs_training", "quality.pairs_validation"],
    "quality.pairs_to_{side}": ["quality.pairs_to_training", "quality.pairs_to_validation"],
    "quality.section_{name}": [f"quality.section_{name}" for name in SECTIONS],
    "quality.switches_{group}": [f"quality.switches_{group}" for group in SWITCHES],
    "limit.{name}": [f"limit.{name}" for name in LIMITS],
    "bulk.title_{asked.what}": [f"bulk.title_{what}" for what in CHOICES],
    "bulk.do_{asked.what}": [f"bulk.do_{what}" for what in CHOICES],
    "bulk.where_{role}": [f"bulk.where_{role}" for role in WHERE],
    "bulk.of_{scope}": [f"bulk.of_{scope}" for scope in ("picked", "found", "all")],
    "bulk.scope_{scope}": [f"bulk.scope_{scope}" for scope in ("picked", "found", "all")],
    "quality.ready_{code}": [f"quality.ready_{code}" for code in OWN_CODES],
    "quality.ready_{code}_do": [f"quality.ready_{code}_do" for code in OWN_CODES],
    "quality.ready_is_{found.verdict}": [f"quality.ready_is_{verdict}" for verdict in Verdict],
    "quality.ready_effect_{effect}": [f"quality.ready_effect_{effect}" for effect in Effect],
    "quality.ready_sure_{source.sure}": [f"quality.ready_sure_{sure}" for sure in SURE],
    "quality.ready_name_{place}": [f"quality.ready_name_{place}" for place in NAMED],
    "quality.ready_{words}": ["quality.ready_learned", "quality.ready_rest"],
    "quality.safe_{kind.kind}": [f"quality.safe_{kind}" for kind in SENSITIVE_KINDS],
    "quality.safe_odd_{how}": [f"quality.safe_odd_{how}" for how in HOW],
    "quality.safe_category_{group}": [f"quality.safe_category_{name}" for name in CATEGORIES],
    "train.{value}": ["train.auto", "train.own"],
    "train.ends_{ending.what}": [f"train.ends_{what}" for what in ENDINGS],
    "train.ended_{ending.what}": [f"train.ended_{what}" for what in ENDINGS],
    "train.time_{unit}": [f"train.time_{unit}" for unit in TIME_UNITS],
    "train.time_{unit}_up_to": [f"train.time_{unit}_up_to" for unit in TIME_UNITS],
    "closing.{closing.code}": [f"closing.{c.code}" for p in load_profiles() for c in p.closings],
    "place_note.{note}": [f"place_note.{note}" for p in load_profiles() for note in p.notes],
    "deploy.{profile.deploy.code}": [
        f"deploy.{p.deploy.code}" for p in load_profiles() if p.deploy
    ],
    "prices.{name}": [f"prices.{name}" for name in PRICE_FIGURES],
    "train.{name}_help": [f"train.{name}_help" for name in ("passes", "batch", "rate")],
    "{words}.name": [f"template.{template.id}.name" for template in TEMPLATES],
    "{words}.about": [f"template.{template.id}.about" for template in TEMPLATES],
}


@dataclass(frozen=True)
class Asked:
    """One call of `t`: the key or the source of its f-string, and the facts it is given."""

    where: str
    key: str
    made: bool
    # None where they are passed on as a mapping, and for `knows`, which fills nothing
    facts: frozenset[str] | None


def nodes(*paths: Path) -> Iterator[tuple[str, ast.AST]]:
    """Every node of these sources, with where it stands."""
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield f"{path.name}:{getattr(node, 'lineno', 0)}", node


def calls() -> Iterator[Asked]:
    """Every call of `t` or `knows` with a key that stands in the source."""
    for where, node in nodes(*UI):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"t", "tx", "knows"}:
            yield from asked_in(where, node)


def asked_in(where: str, call: ast.Call) -> Iterator[Asked]:
    """The key of one call, or both of `t(a if … else b)`."""
    names = [keyword.arg for keyword in call.keywords]
    fills = None not in names and ast.unparse(call.func) != "knows"
    facts = frozenset(name for name in names if name) if fills else None
    first = call.args[0]
    for key in (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,):
        if isinstance(key, ast.Constant):
            yield Asked(where, str(key.value), made=False, facts=facts)
        elif isinstance(key, ast.JoinedStr):
            yield Asked(where, ast.unparse(key)[2:-1], made=True, facts=facts)


def dotted() -> set[str]:
    """Every string in the source that has the form of a key, also one kept in a variable first."""
    texts = {n.value for _, n in nodes(*UI) if isinstance(n, ast.Constant)}
    keys = {
        x
        for x in texts
        if isinstance(x, str) and re.fullmatch(r"[a-z_]+(\.[a-z0-9_]*[a-z0-9])+", x)
    }
    return {key for key in keys if key.partition(".")[0] in TABLES}


def placeholders(sentence: str) -> set[str]:
    """The facts a sentence wants."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


CALLS = list(calls())


def test_the_source_was_found() -> None:
    """A test that reads nothing would always pass."""
    assert len(CALLS) > 150
    assert len({asked.key for asked in CALLS}) > 120


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_literal_key_has_words(language: str) -> None:
    """Also those that are put into a variable before they are asked for."""
    literal = {asked.key for asked in CALLS if not asked.made} | dotted()
    assert sorted(literal - set(load_words(language))) == []


def form_of(source: str) -> re.Pattern[str]:
    """What a made key may look like: anything where the braces are."""
    return re.compile("[a-z0-9_.-]+".join(map(re.escape, re.split(r"\{[^}]*\}", source))))


@pytest.mark.parametrize("source", sorted({asked.key for asked in CALLS if asked.made}))
def test_a_made_key_can_be_found(source: str) -> None:
    """A key that is put together has words for at least one thing it can become."""
    assert any(map(form_of(source).fullmatch, ENGLISH)) or source.endswith("_headline")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("source", MADE)
def test_whatever_a_made_key_becomes_has_words(source: str, language: str) -> None:
    """Menu names, roles, states, closings, templates: each one of them, where the code asks."""
    assert source in {asked.key for asked in CALLS}
    assert sorted(set(MADE[source]) - set(load_words(language))) == []


@pytest.mark.parametrize("profile", load_profiles(), ids=lambda profile: profile.id)
def test_a_place_and_its_models_can_be_told(profile: Profile) -> None:
    """Its name, and for every base model what it is good for."""
    assert place_name(Connection(profile.id, profile.id, profile.name, profile.base_url))
    assert all(about_model(model.id) for model in profile.models)


def test_every_call_gives_the_facts_its_sentence_wants() -> None:
    """A missing fact would be a fault on the page."""
    wanting = [
        (asked.where, key)
        for asked in CALLS
        for key in (MADE.get(asked.key, []) if asked.made else {asked.key} & set(ENGLISH))
        if asked.facts is not None and not placeholders(ENGLISH[key]) <= asked.facts
    ]
    assert wanting == []


def asked_in_python() -> set[str]:
    """Every key that the pages ask for by itself, and all that the closed sets become."""
    asked = {asked.key for asked in CALLS if not asked.made} | dotted()
    return asked | {key for keys in MADE.values() for key in keys}


def test_no_word_is_kept_that_nobody_says() -> None:
    """What the pages no longer ask for is taken out of the locales."""
    asked = asked_in_python()
    forms = [form_of(asked.key) for asked in CALLS if asked.made and asked.key not in MADE]
    ours = {key.removesuffix("_one") for key in ENGLISH if key.partition(".")[0] in PAGES_SAY}
    silent = {key for key in ours - asked if not any(form.fullmatch(key) for form in forms)}
    assert sorted(silent) == []


@dataclass(frozen=True)
class Said:
    """What the JavaScript of a component says: words by name, by form, and perhaps by variable."""

    names: frozenset[str]
    forms: tuple[re.Pattern[str], ...]
    texts: frozenset[str]  # every string that could be a name

    def may_say(self, name: str) -> bool:
        """Whether some line may ask for this word."""
        return name in self.names | self.texts or any(form.fullmatch(name) for form in self.forms)


def said_by(component: str) -> Said:
    """Read the component's own files; what they share asks for words under names it is given."""
    own = "\n".join(path.read_text("utf-8") for path in STATIC.glob(f"{component}*.js"))
    shared = "\n".join((STATIC / f"{name}.js").read_text("utf-8") for name in ("outbox", "writing"))
    names = re.findall(r"\bwords\.(\w+)", own) + re.findall(r'\bsay\([\w.]*words, "(\w+)"', own)
    forms = re.findall(r"`(\w+_\$\{[^}]+\})`", own)
    return Said(
        frozenset(names),
        tuple(re.compile(re.sub(r"\$\{[^}]*\}", r"\\w+", form)) for form in forms),
        frozenset(re.findall(r'"(\w+)"', own + shared)),
    )


def handed_to(component: str, language: str) -> set[str]:
    """The names of the words that a component gets."""
    table = {key for key in load_words(language) if key.startswith(f"{component}.")}
    more = {"grid": words_for(""), "panel": panel_words(), "drop": DROP_SAYS}
    return {key.partition(".")[2] for key in table} | set(more.get(component, ()))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("component", COMPONENTS)
def test_a_component_gets_every_word_it_says(component: str, language: str) -> None:
    """Those it asks for by name, and at least one for each that it puts together."""
    said, handed = said_by(component), handed_to(component, language)
    assert len(said.names) > 7
    assert sorted(said.names - handed) == []
    assert [form.pattern for form in said.forms if not any(map(form.fullmatch, handed))] == []


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_component_gets_no_word_that_nobody_says(component: str) -> None:
    """Neither its JavaScript, by name, in the singular or for a refusal, nor a page."""
    said, asked = said_by(component), asked_in_python()
    silent = {
        name
        for name in handed_to(component, "en")
        if not said.may_say(name.removesuffix("_one")) and f"{component}.{name}" not in asked
    } - {code for _, code, _ in raised()}
    assert sorted(silent) == []


def raised() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Every error raised in core with its code and facts written out."""
    kinds = {"BadInput", "NotFound", "StorageFailed", "AuthenticationFailed", "PermissionRefused",
             "RateLimited", "Unavailable", "Rejected"}  # fmt: skip
    for where, node in nodes(*CORE, *UI):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in kinds and node.args:
            code, names = node.args[0], [keyword.arg for keyword in node.keywords]
            if isinstance(code, ast.Constant) and None not in names:  # None: a mapping is passed
                yield where, str(code.value), frozenset(name for name in names if name)


def test_every_error_of_ours_can_be_told() -> None:
    """There is a sentence for its code, and it is given all the facts that the sentence wants.

    What only the table can be refused, only the table says.
    """
    found = list(raised())
    assert len(found) > 20
    told = {**{key.replace("grid.", "error.", 1): said for key, said in ENGLISH.items()}, **ENGLISH}
    mute = [
        (where, code)
        for where, code, facts in found
        if f"error.{code}" not in told or not placeholders(told[f"error.{code}"]) <= facts
    ]
    assert mute == []
