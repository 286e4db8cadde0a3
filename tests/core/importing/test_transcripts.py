"""Tests of core.importing.transcripts: a chat as people copy it becomes conversations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from import_builders import content_of, found_in, lines_by, read_all, recipe_for, said_in

from core.importing import find_speakers
from core.importing.transcripts import find_talk, read_transcript

ANN, SHOP = ("user", "hi"), ("assistant", "hello")


def said(text: str) -> list[list[tuple[str, str]]]:
    """The conversations of a text; the last who speaks first is the assistant, if none says so."""
    return said_in(read_all(text))


@pytest.mark.parametrize(
    "text",
    [
        "Ann: hi\nShop: hello\n",
        "Ann：hi\nShop：hello\n",
        "Ann : hi\nShop : hello",
        "Ann:\nhi\nShop:\nhello\n",
        "**Ann:** hi\n\n**Shop:** hello\n",
        "**Ann**: hi\n**Shop**: hello\n",
        "> Ann: hi\n> Shop: hello\n",
        "[10:32, 5/3/2024] Ann: hi\n[10:33, 5/3/2024] Shop: hello\n",
        "[5/3/24, 10:32:15 AM] Ann: hi\n[5/3/24, 10:33:15 AM] Shop: hello\n",
        "[5/3/24, 10:32:15\u202fAM] Ann: hi\n\u200e[5/3/24, 10:33:15\u202fAM] Shop: \u200ehello\n",
        "5/3/24, 10:32 - Ann: hi\n5/3/24, 10:33 - Shop: hello\n",
        "03.05.2024, 10:32 - Ann: hi\n03.05.2024, 10:33 - Shop: hello\n",
        "2024/5/3 上午10:32 - Ann: hi\n2024/5/3 上午10:33 - Shop: hello\n",
        "2024-05-03 10:32 Ann：hi\n2024-05-03 10:33 Shop：hello\n",
        "2024-05-03T10:32:15 Ann: hi\n2024-05-03T10:33:15 Shop: hello\n",
        "(10:32) Ann: hi\n(10:33) Shop: hello\n",
        "10:32 Ann: hi\n10:33 Shop: hello\n",
        "Ann (10:32): hi\nShop (10:33): hello\n",
        "Ann [10:32 AM]: hi\nShop [10:33 AM]: hello\n",
        "昨天 下午3:20 Ann：hi\n昨天 下午3:21 Shop：hello\n",
        "Ann 2024-05-03 10:32:15\nhi\n\nShop 10:33\nhello\n",
        "2024-05-03 10:32:15 Ann(12345)\nhi\n\n2024-05-03 10:33:15 Shop<a@b.example>\nhello\n",
        "Ann  10:32 AM\nhi\nShop  10:33 AM\nhello\n",
        "Ann               10:32 AM\nhi\nShop               10:33 AM\nhello\n",
        "Ann\n  10:32 AM\nhi\nShop\nAPP  10:33 AM\nhello\n",
        "[5/3/2024 10:32 AM] Ann\nhi\n[5/3/2024 10:33 AM] Shop\nhello\n",
        "Ann — 05/03/2024 10:32 AM\nhi\nShop — 05/03/2024 10:33 AM\nhello\n",
        "Ann 5月3日 10:32\nhi\nShop 5月3日 10:33\nhello\n",
        "Friday, May 3, 2024\nAnn 10:32\nhi\nShop 10:33\nhello\n",
        "10:32:15\t From Ann to Everyone:\t hi\n"
        "10:32:20\t From Shop to Ann(Direct Message):\t hello\n",
        "10:32:15\t From  Ann  to  Everyone:\n\thi\n"
        "10:32:20\t From  Shop  to  Everyone:\n\thello\n",
        "00:01:23\tAnn:\thi\n00:01:25\tShop:\thello\n",
        "WEBVTT\n\n1\n00:00:01.000 --> 00:00:04.000\nAnn: hi\n\n"
        "2\n00:00:05.000 --> 00:00:06.000\nShop: hello\n",
        "WEBVTT\n\nx/1-0\n00:00:01.000 --> 00:00:04.000\n<v Ann>hi</v>\n\n"
        "x/2-0\n00:00:05.000 --> 00:00:06.000\n<v Shop>hello</v>\n",
    ],
)  # fmt: skip
def test_a_chat_is_read_however_it_was_copied(text):
    """Colons, times before and behind names, heads above messages, subtitles: the same words."""
    assert said(text) == [[ANN, SHOP]]
    assert not found_in(read_all(text))


def test_lines_without_a_name_go_on():
    """Line breaks and blank lines within a message are kept, also what looks like a label."""
    text = "User: first\n\nsecond\nNote: third\nAssistant: ok\nsee https://example.com/x:y\n"
    assert said(text) == [
        [("user", "first\n\nsecond\nNote: third"), ("assistant", "ok\nsee https://example.com/x:y")]
    ]


def test_consecutive_messages_of_one_speaker_are_joined():
    """And those of several people who are not the assistant, for they are all asking."""
    text = "Ann: one\nAnn: two\nBob: three\nBot: four\nBot: five\nAnn: six\nBob: seven\nBot: 8\n"
    assert said(text) == [[
        ("user", "one\ntwo\nthree"), ("assistant", "four\nfive"), ("user", "six\nseven"),
        ("assistant", "8"),
    ]]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "speakers", "assistant"),
    [
        ("Ann: hi\nBob: yo\n", ("Ann", "Bob"), ""),
        ("小王：在吗\n客服小美：在的\n", ("小王", "客服小美"), "客服小美"),
        ("User: a\nAssistant: b\n", ("User", "Assistant"), "Assistant"),
        ("问：几点？\n答：九点。\n", ("问", "答"), "答"),
        ("Q1: a\nA1: b\nQ2: c\nA2: d\n", ("Q", "A"), "A"),
        ("1. 问：a\n答：b\n2. 问：c\n答：d\n", ("问", "答"), "答"),
        ("You said:\nhi\nChatGPT said:\nyo\n", ("You said", "ChatGPT said"), "ChatGPT said"),
        ("Ann: x\nBob: y\nAnn: z\nBob: w\nReminder: tea\nCarl: once\n", ("Ann", "Bob"), ""),
        ("[10:32] +49 170 1234567: hi\n[10:33] Ann: yo\n", ("+49 170 1234567", "Ann"), ""),
        ("It rains: cats and dogs.\n", (), ""),
        ("http://example.com\nhttps://example.com\n", (), ""),
        ("", (), ""),
    ],
)
def test_who_speaks_is_found(text, speakers, assistant):
    """Names in their order, and the assistant where a name says it."""
    talk = find_talk(text)
    assert (talk.speakers, talk.assistant) == (speakers, assistant)
    assert find_speakers(text) == speakers


def test_the_person_says_who_is_the_assistant():
    """Until then a transcript cannot be read; then the same words go the other way round."""
    content = b"Ann: hi\nBob: yo\n"
    recipe = recipe_for(content)
    assert not recipe.with_assistant("").is_complete
    assert said_in(lines_by(content, recipe.with_assistant("Ann"))) == [
        [("assistant", "hi"), ("user", "yo")]
    ]


def test_a_name_that_is_none_can_be_taken_away():
    """What stands behind it is text again."""
    content = b"Ann: one\nPlan: two\nBob: three\nAnn: four\nPlan: five\nBob: six\n"
    recipe = recipe_for(content)
    assert recipe.talk.speakers == ("Ann", "Plan", "Bob")
    changed = recipe.with_speakers("Ann", "Bob").with_assistant("Bob")
    assert said_in(lines_by(content, changed))[0][0] == ("user", "one\nPlan: two")


@pytest.mark.parametrize(
    ("text", "cut", "conversations"),
    [
        ("问：a\n答：b\n问：c\n答：d\n", "questions", 2),
        ("Q: a\nA: b\nA: more\nQ: c\nQ: c2\nA: d\n", "questions", 2),
        ("Ann: a\nBot: b\n---\nAnn: c\nBot: d\nAnn: e\n", "gaps", 2),
        ("Ann: a\nBot: b\nAnn: b2\n\n\nAnn: c\nBot: d\n", "gaps", 2),
        ("Ann: a\n\nBot: b\n\nAnn: c\n\nBot: d\n", "whole", 1),
        ("Ann: a\n\n\nBot: b\n\n\nAnn: c\n\n\nBot: d\n", "whole", 1),
        ("5/3/24, 10:32 - Ann: a\n5/3/24, 10:33 - Bot: b\n5/4/24, 9:00 - Ann: c\n", "days", 2),
        ("2024年5月3日\nAnn 10:32\na\nBot 10:33\nb\n2024年5月4日\nAnn 9:01\nc\n", "days", 2),
        ("5/3/24, 10:32 - Ann: a\n5/3/24, 23:33 - Bot: b\n", "whole", 1),
    ],
)  # fmt: skip
def test_conversations_are_cut_where_people_expect(text, cut, conversations):
    """Each question of a list, each day of an export, at drawn lines; a pasted chat is one."""
    assert find_talk(text).cut == cut
    assert len(said(text)) == conversations


def test_another_cut_can_be_chosen():
    """One conversation of several days, if a person says so."""
    content = content_of("whatsapp-android.txt")
    recipe = recipe_for(content, "x.txt")
    assert len(said_in(lines_by(content, recipe))) == 2
    assert len(said_in(lines_by(content, recipe.with_cut("whole")))) == 1


def test_an_export_of_a_chat_program_gives_its_words_only():
    """No times, no notices, no pictures; a caption below a picture stays with who sent it."""
    text = "5/3/24, 10:32 - Ann: <Media omitted>\nmy cat\n5/3/24, 10:33 - Ann left\n"
    lines = read_all(text + "5/3/24, 10:34 - Bot: so cute\n5/3/24, 10:35 - Bot: image omitted\n")
    assert said_in(lines) == [[("user", "my cat"), ("assistant", "so cute")]]
    assert found_in(lines) == {"chat_notice": 3}


@pytest.mark.parametrize(
    "notice",
    ["<Media omitted>", "<媒体已省略>", "[图片]", '[语音] 5"', "[Photo]", "image omitted",
     "This message was deleted", "你撤回了一条消息"],
)  # fmt: skip
def test_a_notice_is_told_with_its_text(notice):
    """What is no message is no turn, and is not passed over in silence."""
    lines = read_all(f"小王 10:32\n你好\n客服 10:33\n{notice}\n客服 10:34\n在的\n")
    assert said_in(lines) == [[("user", "你好"), ("assistant", "在的")]]
    (told,) = [line for line in lines if line.example is None]
    assert told.raw.decode() == notice
    assert dict(told.findings[0].params) == {"text": notice}


def test_words_before_the_first_name_are_kept_aside():
    """A title is nobody's; its text can be downloaded with the unreadable lines."""
    (title, talk) = read_all("Support log\nof Friday\n\nAnn: hi\nBob: yo\n")
    assert [finding.code for finding in title.findings] == ["no_speaker"]
    assert title.raw == b"Support log\nof Friday"
    assert talk.number == 4


def test_who_says_nothing_has_an_empty_turn():
    """A rule tells it later; leaving it out would make two questions one."""
    assert said("User: a\nAssistant:\nUser: b\nAssistant: c\n")[0][1] == ("assistant", "")


def test_instructions_at_the_top_are_instructions():
    """Further down, it is the chat program that speaks as the system."""
    lines = read_all("System: Be kind.\nUser: hi\nAssistant: yo\nSystem: Ann left.\n")
    assert said_in(lines) == [[("system", "Be kind."), ("user", "hi"), ("assistant", "yo")]]
    assert found_in(lines) == {"chat_notice": 1}


@pytest.mark.parametrize(
    ("text", "instructions"),
    [
        ("User: a\nAssistant: b\n---\nSystem: Be brief.\nUser: c\nAssistant: d\nUser: e\n",
         "Be brief."),
        ("User: a\nAssistant: b\nUser: a2\n\n\n系统：简短。\nUser: c\nAssistant: d\n", "简短。"),
    ],
)  # fmt: skip
def test_instructions_may_begin_each_conversation(text, instructions):
    """Below a drawn line or a gap they belong to what follows."""
    lines = read_all(text)
    assert not found_in(lines)
    assert said_in(lines)[1][:2] == [("system", instructions), ("user", "c")]


def test_instructions_before_a_question_belong_to_it():
    """Where each question begins a conversation, what stands above it is not lost."""
    content = b"User: a\nAssistant: b\nSystem: Be brief.\nUser: c\nAssistant: d\n"
    lines = lines_by(content, recipe_for(content).with_cut("questions"))
    assert said_in(lines) == [
        [("user", "a"), ("assistant", "b")],
        [("system", "Be brief."), ("user", "c"), ("assistant", "d")],
    ]


NAME = st.sampled_from(["Ann", "Bob", "小王", "客服"])
WORDS = st.text(st.sampled_from("ab 你好.!"), min_size=1, max_size=8).filter(
    lambda text: text.strip() == text
)


@given(st.lists(st.tuples(NAME, st.lists(WORDS, min_size=1, max_size=3)), min_size=2, max_size=6))
def test_every_word_is_in_one_turn(turns):
    """Whoever says what: joined, the messages are all that was said, in its order."""
    text = "".join("\n".join([f"[10:32] {name}: {said[0]}", *said[1:], ""]) for name, said in turns)
    talk = find_talk(text)
    assert set(talk.speakers) == {name for name, _ in turns}
    lines = read_transcript(text, talk)
    spoken = "\n".join(m.text for line in lines if line.example for m in line.example.messages)
    assert spoken == "\n".join(part for _, said in turns for part in said)


@given(st.text(st.sampled_from("ab:：\n 10[]-—<>v/.问答\0\u200e"), max_size=60))
def test_any_text_is_read(text):
    """Nothing raises, and what is no conversation says why."""
    for line in read_transcript(text, find_talk(text)):
        assert line.example is not None or line.findings


@pytest.mark.parametrize(
    "line",
    ["a" + " " * 150 + "10:3", "[10:32] a" + " " * 150 + "x", "*" * 9_999 + "x", "-" * 9_999 + "x",
     "<v a>" + " " * 9_999 + "x", "Ann: <" + "omitted" * 9_999, "10:32 " * 9_999, "a " * 9_999],
)  # fmt: skip
def test_no_line_is_too_odd(line):
    """However it is made, it is looked through once; a hundred of them are read in no time."""
    lines = read_all(f"User: hi\nAssistant: yo\n{f'{line}{chr(10)}' * 100}")
    assert len(said_in(lines)) >= 1
