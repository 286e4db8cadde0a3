"""Who speaks: what looks like a name before a colon, and what only looks like one."""

from __future__ import annotations

import re

from core.column_names import role_of
from core.examples import ASSISTANT, SYSTEM, USER

LONGEST = 40
MOST_WORDS = 5

_NUMBER = re.compile(r"^(?:\(?\d{1,3}[.)、]\s*)|(?<=[QAqa问答题案])\s*\d{1,3}$")
_ADDRESS = re.compile(r"\s*(?:\(\d{5,}\)|<[^<>]*@[^<>]*>|\((?:to|Direct)[^()]*\))\s*$")
_PHONE = re.compile(r"\+\d[\d ()-]{6,20}")
_LETTER = re.compile(r"[^\W\d_]")
# What people put before a colon that is nobody's name.
_LABEL_WORDS = """
    note notes ps p.s re fw fwd subject date time place address tel phone email e-mail mail price
    total step example examples warning tip tips summary update reminder important attention http
    https ftp file link source order tracking name hours best regards cc bcc from to
    注 注意 备注 说明 提示 地址 电话 手机 邮箱 时间 日期 地点 价格 总价 合计 链接 网址 步骤
    例如 比如 举例 第一步 第二步 第三步 订单号 单号 快递 姓名 营业时间 温馨提示 附 另外 主题 来源
"""
_ASSISTANT_WORDS = """
    ai chatgpt gpt claude gemini copilot deepseek kimi agent support service operator advisor
    seller shop bot
    客服 人工客服 在线客服 店小二 小助手 智能助手 机器人 店家 商家 卖家 老师 医生 顾问
    豆包 通义千问 文心一言
"""
_LABELS = frozenset(_LABEL_WORDS.split())
_ASKS = {"q", "question", "问", "问题", "提问"}
_ANSWERS = {"a", "answer", "答", "回答", "答案"}
_SAID = {"customer service", "customer support", "chatgpt said", "assistant said"}
_THE_ASSISTANT = _SAID.union(_ASSISTANT_WORDS.split())
_KNOWN_TO_ANSWER = _ANSWERS | _THE_ASSISTANT
_LIKE_ASSISTANT = re.compile(
    r"客服|助手|机器人|\b(?:support|service|helpdesk|assistant|agent|bot)\b", re.IGNORECASE
)


def name_in(said: str) -> str:
    """The name as it is called: without a number before a question, an address, bold marks."""
    name = _ADDRESS.sub("", said.strip().lstrip("#> ").strip("*_ "))
    return _NUMBER.sub("", name).strip()


def may_be_name(name: str) -> bool:
    """Whether somebody, or a role, can be called so."""
    if len(name) > LONGEST or not _LETTER.search(name):
        return bool(_PHONE.fullmatch(name))
    words = name.split()
    sentence = len(words) > 1 and words[0].islower() and not is_role(name)
    return len(words) <= MOST_WORDS and not sentence and name.casefold() not in _LABELS


def is_role(name: str) -> bool:
    """Whether a name says by itself who is who, as "User" and "答" do."""
    known = name.casefold()
    return known in _ASKS | _ANSWERS | _THE_ASSISTANT or role_of(name) in (USER, ASSISTANT, SYSTEM)


def asks_or_answers(names: tuple[str, ...]) -> bool:
    """Whether the names are those of questions and answers, of which each pair stands alone."""
    known = {name.casefold() for name in names}
    return bool(known & _ASKS and known & _ANSWERS) and known <= _ASKS | _ANSWERS


def guess_assistant(names: tuple[str, ...]) -> str:
    """Whose words are the replies, where a name says so; else "", for the person to say."""
    sure = [n for n in names if role_of(n) == ASSISTANT or n.casefold() in _KNOWN_TO_ANSWER]
    likely = [name for name in names if _LIKE_ASSISTANT.search(name)]
    return next(iter(sure or likely), "")


def is_instructions(name: str) -> bool:
    """Whether what stands behind this name is said to the assistant about itself."""
    return role_of(name) == SYSTEM
