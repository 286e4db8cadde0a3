"""What the app says is automatic on this computer is what the trainer takes by itself."""

from __future__ import annotations

import pytest

from core.providers.profiles import THIS_COMPUTER, Model, load_profile
from trainer.bases import BASES

PROFILE = load_profile(THIS_COMPUTER)


@pytest.mark.parametrize("model", PROFILE.models, ids=lambda model: model.id)
def test_the_profile_names_what_the_trainer_takes(model: Model) -> None:
    """Passes, batch and learning rate, base by base."""
    auto = BASES[model.id].auto
    assert model.epochs.target == auto.n_epochs
    assert PROFILE.batch_size.auto == auto.batch_size
    assert model.auto_rate == auto.learning_rate
