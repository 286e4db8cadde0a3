"""The names that columns go by, in English and Chinese."""

from __future__ import annotations

import re

from core.examples import ASSISTANT, SYSTEM, USER

TAGS = "tags"  # what people sort examples by

_NAMES = {
    SYSTEM: """
        system, system prompt, system message, instructions, persona
        系统, 系统提示, 系统提示词, 系统设定, 系统消息, 设定, 人设, 角色设定, 系統, 設定
    """,
    USER: """
        user, user message, prompt, question, questions, input, query, human, customer,
        someone asks
        用户, 用户消息, 用户输入, 用户问题, 问题, 提问, 问, 输入, 客户, 顾客, 别人问, 用戶, 問題
    """,
    ASSISTANT: """
        assistant, assistant message, completion, answer, answers, output, reply, replies,
        response, bot, you answer
        助手, 助手消息, 助手回复, 回答, 回复, 答复, 答案, 答, 输出, 客服, 你来答, 回覆, 答覆
    """,
    TAGS: """
        tags, tag, labels, label, category, categories, topic, topics
        标签, 分类, 类别, 类型, 主题, 標籤, 分類, 類別
    """,
}
_ROLE_OF = {
    name.strip(): role
    for role, names in _NAMES.items()
    for name in re.split(r"[,\n]", names)
    if name.strip()
}
# What tools call columns that hold more than one text; JSON where they stand in a spreadsheet.
_HELD = {"messages", "conversations", "conversation", "instruction", "chosen", "rejected"}


def role_of(name: str) -> str | None:
    """What a column of this name holds: a role, `TAGS`, or None; case and spacing do not matter."""
    return _ROLE_OF.get(re.sub(r"[\s_-]+", " ", name).strip(" :：").casefold())


def is_name(cell: str) -> bool:
    """Whether a cell of the first row names its column."""
    return bool(role_of(cell)) or cell.strip().casefold() in _HELD
