"""What was asked for on the command line becomes a request that the place can take."""

from __future__ import annotations

import argparse

from core.errors import BadInput
from core.jobs import Estimate, TrainingRequest
from core.providers.profiles import Hyperparameter, Model, Profile

HIGHEST_SEED = 2_147_483_647
# What was chosen once for a job, and stays so when its start goes on.
CHOSEN = ("validation", "approved", "place", "model", "epochs", "batch_size", "learning_rate",
          "suffix", "seed")  # fmt: skip


def request_from(options: argparse.Namespace, profile: Profile, model: Model) -> TrainingRequest:
    """The request; what was not asked for is left to the place.

    Raises:
        BadInput: `option_not_offered`, `number_out_of_range`, `suffix_too_long`.
    """
    check_offered(profile, "seed", "--seed", asked=options.seed is not None)
    check_offered(profile, "suffix", "--suffix", asked=bool(options.suffix))
    check_within("--epochs", options.epochs, profile.n_epochs)
    check_within("--batch-size", options.batch_size, profile.batch_size)
    check_within("--learning-rate", options.learning_rate, profile.learning_rate)
    check_within("--seed", options.seed, Hyperparameter("seed", 0, HIGHEST_SEED))
    if len(options.suffix) > profile.suffix_max:
        raise BadInput("suffix_too_long", most=profile.suffix_max)
    return TrainingRequest(
        model=model.id,
        n_epochs=options.epochs,
        batch_size=options.batch_size,
        learning_rate=options.learning_rate,
        suffix=options.suffix.strip(),
        seed=options.seed,
    )


def check_nothing_chosen(options: argparse.Namespace) -> None:
    """Refuse to change a job whose start goes on.

    Raises:
        BadInput: `option_chosen_before`.
    """
    for name in CHOSEN:
        value = getattr(options, name)
        if value is not None and value is not False and value != "":
            raise BadInput("option_chosen_before", option="--" + name.replace("_", "-"))


def check_offered(profile: Profile, what: str, option: str, *, asked: bool) -> None:
    """Refuse an option for something that the place does not have.

    Raises:
        BadInput: `option_not_offered`.
    """
    if asked and what not in profile.offers:
        raise BadInput("option_not_offered", option=option, place=profile.name)


def check_within(option: str, number: float | None, limits: Hyperparameter) -> None:
    """Refuse a number that the place would not take, and what is no number.

    Raises:
        BadInput: `number_out_of_range`.
    """
    if number is not None and not limits.minimum <= number <= limits.maximum:
        low, high = f"{limits.minimum:g}", f"{limits.maximum:.15g}"
        raise BadInput("number_out_of_range", option=option, low=low, high=high)


def check_at_most(most: float | None, reckoned: Estimate | None) -> None:
    """Let a training pass that costs no more than was allowed for it.

    Raises:
        BadInput: `over_at_most`, `at_most_unknown`.
    """
    if most is None or (reckoned is not None and reckoned.price == 0):
        return
    if reckoned is None or reckoned.cost_high is None:
        raise BadInput("at_most_unknown")
    if not reckoned.cost_high <= most:
        raise BadInput("over_at_most", cost=f"{reckoned.cost_high:.4f}", most=f"{most:g}")
