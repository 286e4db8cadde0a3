"""Compare with a model that answers only once it was deployed, under the name it got then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from a_together import KEY, ATogether, a_together
from streamlit.testing.v1 import AppTest
from visits import ARTICLE, is_well, press, start, visit, words, write

from core.jobs import Connection, FineTuningJob, TrainingRequest
from core.storage import Store
from core.words import say

pytest.importorskip("together", reason="the package `together` is not installed")

CHAT = "POST /v1/chat/completions"


@pytest.fixture
def there() -> Iterator[ATogether]:
    """A Together, for one test."""
    with a_together() as there:
        yield there


def tuned(store: Store, there: ATogether, model: str | None) -> AppTest:
    """The page after the weather jokes were tuned there."""
    store.save_connection(Connection("mine", "together", "My Together", there.base_url))
    _, project = start()
    snapshot = store.save_snapshot([ARTICLE.read_bytes()], 10)
    store.save_job(FineTuningJob(
        "job-1", project, "mine", "succeeded", TrainingRequest("Qwen/Qwen3.5-9B"),
        datetime.now(UTC), snapshot_sha256=snapshot.sha256, provider_job_id="ft-1",
        fine_tuned_model=model,
    ))  # fmt: skip
    app = visit("compare", project, job="job-1")
    app.session_state["session_keys"] = {"mine": KEY}
    return app.run()


@pytest.mark.parametrize("model", ["me/tuned", None], ids=["named", "nameless"])
def test_a_model_is_talked_to_under_the_name_of_its_deployment(
    store: Store, there: ATogether, model: str | None
) -> None:
    """Until it is typed nothing can be asked; then it is kept, also where a job names no model."""
    app = tuned(store, there, model)
    assert is_well(app)
    assert say("en", "deploy.together") in words(app)
    assert not app.chat_input
    assert say("en", "compare.say_something") not in words(app)
    app = write(app, "deployed_job-1", " my-endpoint ")
    app = press(app, "ask_unseen_0")
    assert is_well(app)
    assert [asked["model"] for asked in there.asked(CHAT)] == ["Qwen/Qwen3.5-9B", "my-endpoint"]
    again = visit("compare", app.session_state["project"], job="job-1")
    assert again.text_input(key="deployed_job-1").value == "my-endpoint"
    assert "You said:" in words(again)


def test_a_job_that_failed_there_has_no_model_to_deploy(store: Store, there: ATogether) -> None:
    """Only what has succeeded can be deployed."""
    app = tuned(store, there, None)
    store.update_job("job-1", status="failed")
    app = visit("compare", app.session_state["project"])
    assert say("en", "compare.empty") in words(app)
