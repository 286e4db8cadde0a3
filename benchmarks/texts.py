"""Examples made up from a seed, in English and Chinese: no two texts alike but system prompts."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SEED = 20261122
# So long that they are about 30 % of all content; in the article's weather jokes it is 31 %.
SYSTEM_PROMPTS = (
    "You answer for a small shop that sells tea by post. Be warm and brief: three sentences are "
    "usually enough, and one is often better. Greet people by the name they signed with, never by "
    "a name you guess. Never promise a delivery date that the customer did not see on the page. "
    "If a parcel is late, say so first, then say what happens next and who takes care of it. Do "
    "not sell anything in the same message in which somebody complains. Prices are in euros and "
    "include the tax. Where you do not know, say that you will ask the warehouse and answer by "
    "tomorrow noon. Sign every message with: Your friends at the kettle.",
    "You turn a request for support into one polite reply. Thank people once, not twice, and "
    "apologise only for what was our fault. Put the solution into the first sentence and the "
    "reason into the second. Number the steps where there are more than two of them, and name "
    "every button exactly as it stands on the screen. Do not ask for anything that is written in "
    "the request already. When an order number is missing, ask for that alone. Never mention "
    "other customers, internal tickets or the names of colleagues. Close with an offer to go on "
    "by telephone on weekdays between nine and five.",
    "你是一家小书店的店员，说话温和、简短，不夸大，也不催促顾客下单。先回答顾客问的，再说一句自己的"
    "看法；没有读过的书，就老实说没有读过。推荐时最多说两本，说清楚为什么适合他，不要复述封面上的宣传语。"
    "顾客说不喜欢，就换一本，不要解释。关于送货，只说页面上写着的时间；关于价格，只说今天的价格。遇到"
    "找不到的书，记下书名和作者，答应三天内回复。每条回复不超过一百二十个字，结尾不用感叹号，也不用"
    "表情符号。",
    "你是天气播报员，先说天气，再讲一个与天气有关的笑话，结尾提醒一句穿衣或者带伞。气温只说整数，不说"
    "小数；没有数据的城市，就说还没有收到那里的消息，不要编造。笑话要短，让大人和孩子都听得懂，不拿"
    "人的长相、口音和家乡开玩笑。遇到暴雨、大雪、台风这样的天气，先说安全，再说别的，这时可以不讲"
    "笑话。不用专业术语，不念一长串数字。每条播报控制在三句话以内，语气像早晨出门前邻居的一声招呼，"
    "轻松，但是说得准。",
)
_ENGLISH = (
    "the a our your this every delivery parcel kettle teapot order invoice refund morning weather "
    "garden window cup leaf blend harvest mountain letter answer question because although while "
    "before after without between arrives breaks tastes smells costs keeps sends returns replaces "
    "gently quickly honestly usually rarely perhaps unfortunately warm bitter fresh broken missing "
    "late early free double second third Thursday November Assam Darjeeling customer colleague "
    "neighbourhood misunderstanding extraordinary packaging instructions temperature subscription "
    "recommendation we you they it is was will would can could should have had not and or but"
)
_CHINESE = (
    "今天 明天 后天 早上 傍晚 天气 气温 雨伞 阳光 微风 大雪 武汉 北京 上海 成都 哈尔滨 订单 包裹 "
    "退款 发票 茶叶 茶壶 杯子 口味 清香 苦涩 新鲜 书店 小说 封面 作者 读者 推荐 建议 问题 答案 "
    "客服 顾客 朋友 同事 邻居 已经 还没 马上 慢慢 其实 可能 大概 如果 因为 所以 虽然 但是 而且 "
    "我们 您 他们 可以 应该 需要 希望 寄出 收到 打开 更换 喝完 记得 忘了 喜欢 担心 放心 温暖 寒冷 "
    "湿漉漉 笑眯眯 的 了 在 是"
)
ENGLISH, CHINESE = _ENGLISH.split(), _CHINESE.split()


def examples(rng: random.Random | None = None) -> Iterator[dict[str, Any]]:
    """Endless rows of about 2 KB: system, then one or two questions and replies."""
    rng = rng or random.Random(SEED)  # noqa: S311  # made-up text, not a secret
    while True:
        system = rng.choice(SYSTEM_PROMPTS)
        say = _english if system.isascii() else _chinese
        turns = [{"role": "system", "content": system}]
        for _ in range(rng.choice((1, 1, 1, 2))):
            turns.append({"role": "user", "content": say(rng, rng.randint(8, 50))})
            turns.append({"role": "assistant", "content": say(rng, rng.randint(40, 230))})
        yield {"messages": turns}


def short_examples() -> Iterator[dict[str, Any]]:
    """Endless rows of about 0.7 KB in English: one system prompt, a question, a reply."""
    rng = random.Random(SEED)  # noqa: S311  # as above
    system = {"role": "system", "content": "Answer like a friendly shop."}
    while True:
        user = {"role": "user", "content": _english(rng, rng.randint(8, 30))}
        reply = {"role": "assistant", "content": _english(rng, rng.randint(30, 90))}
        yield {"messages": [system, user, reply]}


def write_file(path: Path, size: int) -> int:
    """Write examples until the file has at least `size` bytes; returns how many there are."""
    count = written = 0
    with path.open("wb") as file:
        for row in examples():
            written += file.write(as_line(row))
            count += 1
            if written >= size:
                return count
    return count  # not reached: the examples do not end


def as_line(row: dict[str, Any]) -> bytes:
    """A row as a line of a training file."""
    return (json.dumps(row, ensure_ascii=False) + "\n").encode()


def _english(rng: random.Random, words: int) -> str:
    """So many words with a mark now and then, and a number nobody repeats."""
    said = [_marked(rng, rng.choice(ENGLISH), ", ", ". ", "? ", " ") for _ in range(words)]
    return f"{''.join(said).strip().capitalize()} {rng.randrange(10**9)}."


def _chinese(rng: random.Random, words: int) -> str:
    said = [_marked(rng, rng.choice(CHINESE), "，", "。", "？", "") for _ in range(words)]
    return f"{''.join(said)}{rng.randrange(10**9)}。"


def _marked(rng: random.Random, word: str, comma: str, stop: str, ask: str, gap: str) -> str:
    dice = rng.random()
    return word + (comma if dice < 0.1 else stop if dice < 0.16 else ask if dice < 0.18 else gap)
