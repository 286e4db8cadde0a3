"""core/safety.py: what a project holds by kind, and samples that give nothing away."""

from __future__ import annotations

from core_builders import a_project_of, an_example

from core.bulk import apply_act, fixing
from core.safety import SAMPLES, Kind, find_kinds
from core.storage import Store


def test_kinds_are_counted_and_shown_masked(store: Store) -> None:
    """In the order of their weight; the same sample is shown once."""
    project, _ = a_project_of(
        store,
        an_example(user="Mail anna.k@gmail.com or anna.k@gmail.com"),
        an_example(user="我的手机号13912345670", assistant="password is Tr0ub4dor&3"),
        an_example(),
    )
    assert find_kinds(store, project) == [
        Kind("email", "personal_data", 2, ("a•••@•••.com",)),
        Kind("phone", "personal_data", 1, ("13•••70",)),
        Kind("password", "secret", 1, ("•••",)),
    ]


def test_a_few_samples_are_enough(store: Store) -> None:
    """However many there are."""
    project, _ = a_project_of(
        store, *(an_example(user=f"{name}@gmail.com") for name in ("ann", "bob", "cyd", "dee"))
    )
    (kind,) = find_kinds(store, project)
    assert (kind.count, len(kind.samples)) == (4, SAMPLES)


def test_what_is_replaced_is_gone(store: Store) -> None:
    """All of it in one step, the rest is left."""
    project, rows = a_project_of(
        store, an_example(user="anna.k@gmail.com, password is Tr0ub4dor&3"), an_example()
    )
    apply_act(store, project, rows, fixing("personal_data"))
    assert [kind.kind for kind in find_kinds(store, project)] == ["password"]
