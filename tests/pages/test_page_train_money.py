"""Train: what a training costs, the limit on it, and what ends at a place, before it is started."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from a_place import KEY, APlace, a_place
from streamlit.testing.v1 import AppTest
from visits import go, is_well, press, start, visit, words, write

import ui.train
from core.jobs import Connection, Estimate, FineTuningJob, TrainingRequest
from core.prices import save_price
from core.providers.profiles import Profile, load_profile
from core.storage import Store
from core.words import say
from ui.text import plain

NOW = datetime.now(UTC)
TODAY = date(2026, 11, 23)


@pytest.fixture
def place() -> Iterator[APlace]:
    """A place to train, listening."""
    with a_place() as place:
        yield place


@pytest.fixture
def on_day(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """Turns the page's calendar to a day."""

    def turn(day: date) -> None:
        for module in ("ui.train", "ui.train_place", "ui.server_models"):
            monkeypatch.setattr(f"{module}.today", lambda: day)

    turn(TODAY)
    return turn


def at(store: Store, place: APlace, *, key: str = KEY) -> tuple[AppTest, str]:
    """The template's ten examples on the way to an OpenAI-shaped place; and their project."""
    store.save_connection(Connection("mine", "openai", "My place", place.base_url))
    _, project = start()
    app = visit("train", project)
    app = app.radio(key="train_place").set_value("mine").run()
    return write(app, "train_key_mine", key) if key else app, project


def a_job(project: str, name: str, estimate: Estimate, **more: object) -> FineTuningJob:
    """A job of this project at the place."""
    values = {"status": "running", "provider_job_id": f"ft-{name}", "estimate": estimate, **more}
    request = TrainingRequest("gpt-4o-mini")
    return FineTuningJob(name, project, "mine", request=request, created_at=NOW, **values)  # type: ignore[arg-type]


def captions(app: AppTest) -> dict[str, str]:
    """What stands under each place, by its name."""
    choice = app.radio(key="train_place")
    return dict(zip(choice.options, choice.proto.captions, strict=True))


def limit_of(app: AppTest, project: str, dollars: float | None) -> AppTest:
    """Type a limit."""
    return app.number_input(key=f"train_limit_{project}").set_value(dollars).run()


# Where


def test_each_place_says_what_it_is_good_for_and_what_it_wants(
    store: Store, place: APlace, on_day: Callable[[date], None]
) -> None:
    """Free here; elsewhere its base models, from how much, that it closes, and that it wants a key;
    a server by its address, which is no link."""
    store.save_connection(Connection("server-1", "openai_compatible", "Lab", "http://h.example/v1"))
    store.save_connection(Connection("azure-1", "azure", "Contoso", "https://c.example/openai/v1"))
    app, _ = at(store, place, key="")
    told = captions(app)
    assert told["This computer"] == say("en", "train.about_here")
    assert plain("gpt-4o-mini") in told["My place"]
    assert "from $3 a million" in told["My place"]
    assert say("en", "train.about_closing", on="2027-01-06") in told["My place"]
    assert say("en", "train.about_key") in told["My place"]
    assert told["Contoso"].startswith("Azure OpenAI: ")
    assert plain("h.example") in told["Lab"]
    assert "http" not in told["Lab"]
    app = write(app, "train_key_mine", KEY)
    assert say("en", "train.about_key") not in captions(app)["My place"]
    assert app.radio(key="train_place").value == "mine"


def test_a_place_whose_provider_is_retired_cannot_be_chosen(store: Store) -> None:
    """It is named, and its trainings are found on the Jobs page."""
    store.save_connection(Connection("old-1", "no_such_provider", "Old", "https://old.example/v1"))
    _, project = start()
    app = visit("train", project)
    assert is_well(app)
    assert "Old" not in app.radio(key="train_place").options
    assert say("en", "train.place_retired", names="Old") in words(app)


def test_a_place_stays_chosen_on_the_way_to_settings_and_back(store: Store, place: APlace) -> None:
    """One goes there for a price or a key, and comes back to where one was."""
    app, _ = at(store, place)
    app = app.segmented_control(key="train_passes_how_openai").set_value("own").run()
    app = app.number_input(key="train_passes_openai").set_value(7).run()
    app = go(go(app, "settings"), "train")
    assert app.radio(key="train_place").value == "mine"
    assert app.number_input(key="train_passes_openai").value == 7
    store.delete_connection("mine")
    assert app.run().radio(key="train_place").value == "this_computer"


def test_numbers_of_one_place_are_never_sent_to_another(store: Store, place: APlace) -> None:
    """A multiple chosen for one is no rate for the other, which is on automatic again."""
    app, _ = at(store, place)
    app = app.segmented_control(key="train_rate_how_openai").set_value("own").run()
    app = app.number_input(key="train_rate_openai").set_value(1.8).run()
    app = app.radio(key="train_place").set_value("this_computer").run()
    assert is_well(app)
    assert app.segmented_control(key="train_rate_how_this_computer").value == "auto"
    assert say("en", "train.rate_auto", rate="0.0005") in words(app)
    app = app.segmented_control(key="train_rate_how_this_computer").set_value("own").run()
    rate = app.number_input(key="train_rate_this_computer")
    assert rate.value == 5e-4
    refused = say(
        "en", "train.number_refused", name=say("en", "train.rate"), low="0.000001", high="0.1"
    )
    assert refused not in words(app)
    assert refused in words(rate.set_value(5.0).run())


def test_automatic_is_told_and_what_a_change_does() -> None:
    """Passes beside those that would be taken; adjustments by the size of a batch."""
    _, project = start()
    app = visit("train", project)
    assert say("en", "train.passes_auto", n=50, examples="10") in words(app)
    assert say("en", "train.batch_auto", size=2, examples="10", n=5) in words(app)
    app = app.segmented_control(key="train_passes_how_this_computer").set_value("own").run()
    assert say("en", "train.passes_same") in words(app)
    app = app.number_input(key="train_passes_this_computer").set_value(5).run()
    assert say("en", "train.passes_fewer", auto=50, factor="0.1") in words(app)
    app = app.segmented_control(key="train_batch_how_this_computer").set_value("own").run()
    app = app.number_input(key="train_batch_this_computer").set_value(64).run()
    assert say("en", "train.batch_own", size=64, examples="10", n=1) in words(app)


def test_only_what_a_place_offers_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """No name, no seed and no validation file where none would be taken."""
    bare = replace(load_profile("this_computer"), offers=frozenset())
    monkeypatch.setattr(ui.train, "load_profile", lambda _: bare)
    _, project = start()
    app = visit("train", project)
    assert is_well(app)
    assert not app.file_uploader
    keys = {field.key for field in [*app.text_input, *app.number_input]}
    assert not {"train_seed", f"train_suffix_{project}"} & keys


def test_a_name_that_is_too_long_for_a_place_is_not_cut(
    store: Store, place: APlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays as it was typed, and says how long it can be."""
    short = replace(load_profile("openai"), suffix_max=18)
    monkeypatch.setattr(ui.train, "load_profile", lambda _: short)
    app, project = at(store, place)
    app = write(app, f"train_suffix_{project}", "a-voice-of-nineteen")
    assert app.button(key="start").disabled
    assert say("en", "train.blocked_suffix", n=18) in words(app)
    assert not write(app, f"train_suffix_{project}", "a-voice").button(key="start").disabled


# What ends


def test_the_days_that_are_left_stand_above_start(
    store: Store, place: APlace, on_day: Callable[[date], None]
) -> None:
    """When nobody can start any more, when what is trained goes dark, and one's own among it."""
    app, project = at(store, place)
    done = a_job(project, "old", Estimate(1, 1), status="succeeded", fine_tuned_model="ft:mine")
    store.save_job(done)
    [warning] = app.run().warning
    jobs = say("en", "train.ends_jobs", n=44, on="2027-01-06", name="OpenAI")
    assert jobs in warning.value
    assert "2027-01-14" in warning.value
    assert say("en", "train.own_dark", names=f"{plain('ft:mine')} (2027-01-14)") in warning.value
    assert not app.button(key="start").disabled


def test_what_the_place_itself_says_of_its_end_counts(
    store: Store, place: APlace, on_day: Callable[[date], None]
) -> None:
    """A base model with a shutdown date in the place's own list."""
    place.models = [
        {"id": "gpt-4o-mini", "object": "model", "created": 1, "owned_by": "x",
         "shutdown_date": "2026-12-03"}
    ]  # fmt: skip
    app, _ = at(store, place)
    said = say("en", "train.ends_model", n=10, on="2026-12-03", model=plain("gpt-4o-mini"))
    assert said in app.warning[0].value


def test_where_nobody_can_start_any_more_start_is_blocked(
    store: Store, place: APlace, on_day: Callable[[date], None]
) -> None:
    """From that day on, with a sentence and another way."""
    on_day(date(2027, 1, 6))
    app, _ = at(store, place)
    assert app.button(key="start").disabled
    closed = say("en", "train.blocked_closed", name="My place", model="gpt-4o-mini")
    assert closed in words(app)
    assert say("en", "train.about_closed", on="2027-01-06") in captions(app)["My place"]


def test_a_place_without_any_open_model_is_still_a_page(
    store: Store, place: APlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All its base models are closed: they are shown, and Start is blocked."""

    def closed(_: str) -> Profile:
        openai = load_profile("openai")
        models = tuple(replace(model, closed_on=date(2020, 1, 1)) for model in openai.models)
        return replace(openai, models=models)

    monkeypatch.setattr(ui.train, "load_profile", closed)
    app, _ = at(store, place)
    assert is_well(app)
    assert app.button(key="start").disabled


# Money


def test_the_estimate_is_kept_with_the_job(store: Store, place: APlace) -> None:
    """What stood beside Start is what the job is held against afterwards."""
    app, _ = at(store, place)
    shown = words(app)
    press(app, "start")
    [job] = store.load_jobs()
    assert job.estimate is not None
    assert job.estimate.price == 3.0
    assert f"{job.estimate.tokens_low:,} – {job.estimate.tokens_high:,}" in shown


def test_a_corrected_price_is_reckoned_with(store: Store, place: APlace) -> None:
    """What a person knows better beats what came with the app."""
    save_price(store, "openai", "gpt-4o-mini", training=50.0, on=TODAY)
    app, _ = at(store, place)
    press(app, "start")
    estimate = store.load_jobs()[0].estimate
    assert estimate is not None
    assert estimate.price == 50.0


def test_earlier_trainings_say_how_long_it_takes(store: Store, place: APlace) -> None:
    """The time rests on one's own jobs there, and says so."""
    app, project = at(store, place)
    assert say("en", "train.time_tip_own", n=1) not in words(app)
    times = {"status": "succeeded", "finished_at": NOW + timedelta(minutes=20)}
    store.save_job(a_job(project, "done", Estimate(4_910, 5_210), **times))
    assert say("en", "train.time_tip_own", n=1) in words(app.run())


def test_a_limit_stops_what_might_go_beyond_it(store: Store, place: APlace) -> None:
    """Typed on the page, it blocks Start with a sentence; raised or taken away, it lets go."""
    app, project = at(store, place)
    app = limit_of(app, project, 0.01)
    assert store.load_project(project).spend_limit == 0.01
    assert app.button(key="start").disabled
    assert "limit of $0.01" in words(app)
    assert not limit_of(app, project, 5.0).button(key="start").disabled
    app = limit_of(app, project, None)
    assert store.load_project(project).spend_limit is None
    press(app, "start")
    assert len(store.load_jobs()) == 1


def test_a_limit_counts_what_is_spent_and_what_is_under_way(store: Store, place: APlace) -> None:
    """The bar says both; the rest is too little."""
    app, project = at(store, place)
    ten = Estimate(10**6, 10**6, 10.0, 10.0, 10.0)
    store.save_job(a_job(project, "runs", ten))
    store.save_job(a_job(project, "done", ten, status="succeeded", trained_tokens=500_000))
    unheard_of = TrainingRequest("unheard-of")
    odd = a_job(project, "odd", Estimate(1, 1), status="succeeded")
    store.save_job(replace(odd, request=unheard_of))
    app = limit_of(app, project, 15.0)
    assert say("en", "train.limit_used", used="$15.00", limit="$15.00") in words(app)
    assert say("en", "train.limit_promised", cost="$10.00") in words(app)
    assert say("en", "train.limit_unknown", n=1) in words(app)
    assert app.button(key="start").disabled


def test_an_unknown_price_under_a_limit_can_be_entered_there(store: Store, place: APlace) -> None:
    """Nobody can say whether it stays within; the form for that very model stands beside."""
    save_price(store, "openai", "gpt-4o-mini", training=None, on=TODAY)
    app, project = at(store, place)
    assert say("en", "cost.unknown") in words(app)
    assert not app.button(key="start").disabled
    app = limit_of(app, project, 100.0)
    assert app.button(key="start").disabled
    [field] = [f for f in app.number_input if (f.key or "").endswith("_training")]
    field.set_value(3.0)
    app = press(app, f"{field.key.removesuffix('_training')}_save")
    assert is_well(app)
    assert not app.button(key="start").disabled
    assert app.button(key="undo")


def test_a_number_out_of_range_is_kept_and_blocks(store: Store, place: APlace) -> None:
    """What is sent is what is shown: nothing, until it is mended."""
    app, _ = at(store, place)
    app = app.segmented_control(key="train_passes_how_openai").set_value("own").run()
    for number in (51, 0, -3):
        app = app.number_input(key="train_passes_openai").set_value(number).run()
        assert is_well(app)
        assert app.number_input(key="train_passes_openai").value == number
        assert app.button(key="start").disabled
        said = {"name": say("en", "train.passes"), "low": "1", "high": "50"}
        assert say("en", "train.number_refused", **said) in words(app)
    app = app.number_input(key="train_passes_openai").set_value(50).run()
    assert not app.button(key="start").disabled
    app = app.number_input(key="train_seed").set_value(-1).run()
    assert app.button(key="start").disabled


def test_what_could_not_be_sent_is_kept_and_led_to(store: Store, place: APlace) -> None:
    """Nothing answers: the job stands there to be sent; another press of Start means that one."""
    app, project = at(store, place)
    store.save_connection(Connection("mine", "openai", "My place", "http://127.0.0.1:9/v1"))
    app = press(app, "start")
    assert say("en", "error.cannot_connect") in words(app)
    assert say("en", "train.kept") in words(app)
    app = press(app, "start")
    [job] = store.load_jobs(project)
    assert job.status == "saved"
    app = press(app, "go_kept")
    assert app.query_params["job"] == job.id


def test_the_next_model_has_another_name(store: Store, place: APlace) -> None:
    """After a start the field for it is empty again."""
    app, project = at(store, place)
    app = app.text_input(key=f"train_suffix_{project}").set_value("first").run()
    app = go(press(app, "start"), "train")
    assert app.text_input(key=f"train_suffix_{project}").value == ""


def test_training_again_brings_the_choices_but_the_name(store: Store, place: APlace) -> None:
    """Place, model and numbers stand as that job had them."""
    app, project = at(store, place)
    request = TrainingRequest("gpt-4.1-mini", 7, None, 0.5, suffix="old", seed=11)
    ended = FineTuningJob("j", project, "mine", "failed", request, created_at=NOW)
    store.save_job(ended)
    app = press(visit("jobs", project, job="j"), "again")
    assert is_well(app)
    assert app.radio(key="train_place").value == "mine"
    assert app.number_input(key="train_passes_openai").value == 7
    assert app.segmented_control(key="train_batch_how_openai").value == "auto"
    assert app.number_input(key="train_rate_openai").value == 0.5
    assert app.number_input(key="train_seed").value == 11
    assert app.text_input(key=f"train_suffix_{project}").value == ""
    assert app.selectbox(key="train_model_openai").value.startswith("gpt-4.1-mini")


def test_another_tab_s_limit_holds_here_too(store: Store, place: APlace) -> None:
    """It is the project's, not the tab's; the field shows it."""
    app, project = at(store, place)
    store.save_spend_limit(project, 0.01)
    app = app.run()
    assert app.number_input(key=f"train_limit_{project}").value == 0.01
    assert app.button(key="start").disabled


def test_what_is_free_does_not_speak_of_limits() -> None:
    """On this computer nobody is asked for money."""
    _, project = start()
    app = visit("train", project)
    assert f"train_limit_{project}" not in {field.key for field in app.number_input}


def test_after_a_refusal_a_second_press_asks_again(store: Store, place: APlace) -> None:
    """The account was mended meanwhile: the next press is another job, not the refused one."""
    app, _ = at(store, place)
    refusal = {"error": {"message": "No", "code": "permission_denied"}}
    place.fault("POST /v1/fine_tuning/jobs", (403, refusal))
    app = press(app, "start")
    assert len(app.error) == 1
    press(app, "start")
    assert sorted(job.status for job in store.load_jobs())[0] == "failed"
    assert len(store.load_jobs()) == 2
    assert len(place.asked("POST /v1/fine_tuning/jobs")) == 2


def test_a_press_that_comes_twice_is_one_job(store: Store, place: APlace) -> None:
    """The second click of a double click, and the same page in a second tab."""
    app, project = at(store, place)
    other = visit("train", project)
    other = other.radio(key="train_place").set_value("mine").run()
    other = write(other, "train_key_mine", KEY)
    press(app, "start")
    press(other, "start")
    assert len(store.load_jobs()) == 1
    assert len(place.asked("POST /v1/fine_tuning/jobs")) == 1
