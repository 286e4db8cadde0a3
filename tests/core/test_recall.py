"""core/recall.py: what was trained is asked again, and compared word for word."""

from __future__ import annotations

from core_builders import an_example, of_messages

from core.recall import MOST, Recall, recall_examples

Messages = list[dict[str, str]]


def test_a_question_is_asked_as_it_was_trained() -> None:
    """Instructions first, then the question; the reply is not given away."""
    asked: list[Messages] = []

    def ask(messages: Messages) -> str:
        asked.append(messages)
        return "A"

    found = list(recall_examples([an_example(system="S", user="U", assistant="A")], ask))
    assert asked == [[{"role": "system", "content": "S"}, {"role": "user", "content": "U"}]]
    assert found == [Recall("U", "A", "A")]


def test_only_spaces_around_a_reply_are_forgiven() -> None:
    """One other character inside is not word for word."""
    assert Recall("?", " Yes. ", "Yes.\n").word_for_word
    assert not Recall("?", "Yes.", "Yes!").word_for_word
    assert not Recall("?", "Yes.", "").word_for_word


def test_what_is_no_single_question_is_left_out() -> None:
    """Longer conversations, and ones without a question or a reply, are not asked."""
    turn, reply = {"role": "user", "content": "U"}, {"role": "assistant", "content": "A"}
    odd = [of_messages(turn), of_messages(reply), of_messages(turn, reply, turn, reply),
           of_messages(reply, turn), of_messages()]  # fmt: skip
    assert list(recall_examples(odd, lambda _: "A")) == []


def test_a_large_dataset_is_not_asked_whole() -> None:
    """The first twenty are enough, and each reply comes before the next question is asked."""
    asked: list[str] = []

    def ask(messages: Messages) -> str:
        asked.append(messages[-1]["content"])
        return ""

    found = recall_examples((an_example(user=str(n)) for n in range(50)), ask)
    next(found)
    assert asked == ["0"]
    assert len(list(found)) == MOST - 1
