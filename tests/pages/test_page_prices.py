"""Prices in Settings: read, corrected, taken back; and what follows from them elsewhere."""

from __future__ import annotations

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest
from visits import bodies, is_well, press, start, visit, words

from core.jobs import Connection
from core.prices import YOURS, corrected_price, price_of, save_price
from core.providers.profiles import load_profile, load_profiles
from core.storage import Store
from core.words import LANGUAGES, say
from ui.text import today

OPENAI = load_profile("openai")
SMALL = OPENAI.model("gpt-4o-mini")


def figures(app: AppTest) -> str:
    """The editor's headline: tokens and cost."""
    return next(body for body in bodies(app) if "ts-figures" in body)


def at_openai(lang: str = "en") -> AppTest:
    """Settings, with OpenAI's prices chosen."""
    return visit("settings", lang=lang).selectbox(key="prices_place").set_value("openai").run()


def rows(app: AppTest) -> dict[str, list[str]]:
    """The table of prices: by model, the figures; as they read without their marks."""
    (table,) = app.table
    return {
        cells[0].replace("\\", "").split(" ")[0]: [cell.replace("\\", "") for cell in cells[1:]]
        for cells in table.value.astype(str).to_numpy().tolist()
    }


def correct(app: AppTest, training: float | None) -> AppTest:
    """Type a price of training for the model at hand, and save it."""
    field = next(f for f in app.number_input if f.key.endswith("_training"))
    field.set_value(training)
    return press(app, next(b.key for b in app.button if b.key and b.key.endswith("_save")
                           and b.key.startswith("price_")))  # fmt: skip


def forget(app: AppTest) -> AppTest:
    """Take the correction back."""
    return press(app, next(b.key for b in app.button if b.key and b.key.endswith("_forget")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_price_stands_with_its_source(language: str) -> None:
    """Of every place but this computer, which costs nothing; one that is unknown is a dash."""
    app = visit("settings", lang=language)
    places = app.selectbox(key="prices_place")
    assert len(places.options) == len(load_profiles()) - 1
    app = at_openai(language)
    assert is_well(app)
    assert rows(app)["gpt-4o-mini"] == ["$3.00", "—", "—"]
    (table,) = app.table
    assert say(language, "price_source.secondary") in str(table.value)
    assert say(language, "prices.unit") in words(app)


def test_a_corrected_price_holds_from_then_on(store: Store) -> None:
    """In the table, in the form, and in what the editor says a training costs."""
    editor, project = start()
    before = figures(editor)
    app = correct(at_openai(), 6.0)
    assert is_well(app)
    assert say("en", "prices.saved", model="gpt-4o-mini") in words(app).replace("\\", "")
    kept = price_of(store, OPENAI, SMALL)
    assert (kept.training, kept.as_of, kept.source) == (6.0, today(), YOURS)
    assert rows(app)["gpt-4o-mini"] == ["$6.00", "—", "—"]
    assert rows(app)["gpt-4o"] == ["$25.00", "—", "—"]
    assert "$0.0147 – $0.0156" in before
    assert "$0.0295 – $0.0313" in figures(visit("editor", project))


def test_a_correction_is_undone_to_what_was_before(store: Store) -> None:
    """The one before it, with its day; and from the first, the list's price."""
    first = save_price(store, "openai", SMALL.id, training=4.0, on=date(2026, 10, 1))
    app = press(correct(at_openai(), 6.0), "undo")
    assert is_well(app)
    assert corrected_price(store, "openai", SMALL.id) == first
    app = forget(app)
    assert price_of(store, OPENAI, SMALL) == SMALL.price
    assert say("en", "prices.forgotten", model="gpt-4o-mini") in words(app).replace("\\", "")
    press(app, "undo")
    assert corrected_price(store, "openai", SMALL.id) == first


def test_what_is_left_empty_is_unknown(store: Store) -> None:
    """The cost says so, rather than nothing at all."""
    _, project = start()
    correct(at_openai(), None)
    assert price_of(store, OPENAI, SMALL).training is None
    assert say("en", "cost.unknown") in figures(visit("editor", project))


def test_a_server_s_model_is_named_first(store: Store) -> None:
    """Only its server knows its models: there is no table, and no form until one is typed."""
    app = visit("settings")
    app = app.selectbox(key="prices_place").set_value("openai_compatible").run()
    assert is_well(app)
    assert not app.table
    assert not [f for f in app.number_input if f.key.endswith("_training")]
    field = next(f for f in app.text_input if f.key == "prices_model_openai_compatible")
    app = correct(field.set_value("org/**model** $x$").run(), 0.9)
    assert is_well(app)
    server = load_profile("openai_compatible")
    assert price_of(store, server, server.model("org/**model** $x$")).training == 0.9


def test_nothing_is_taken_back_where_nothing_was_corrected() -> None:
    """The button comes with the first correction."""
    app = at_openai()
    assert not [b for b in app.button if b.key and b.key.endswith("_forget")]
    assert [b for b in correct(app, 1.0).button if b.key and b.key.endswith("_forget")]


def test_a_kind_of_place_names_the_servers_that_share_its_prices(store: Store) -> None:
    """Who looks for their own server finds it in the list."""
    store.save_connection(
        Connection("server-1", "openai_compatible", "Our box", "http://a.test/v1")
    )
    options = visit("settings").selectbox(key="prices_place").options
    assert [option for option in options if option.endswith(": Our box")]
