"""What kind of thing somebody asks, by a few plain rules for English and Chinese.

The rules go by words alone. They are right often enough to draw a picture of many questions, and
too seldom to say anything about one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

HOW, WHAT, WHY, YES_NO = "how", "what", "why", "yes_no"
WHEN_WHERE, HOW_MUCH = "when_where", "how_much"
QUESTION = "question"  # it asks, and no rule says what
REQUEST, COMPLAINT, GREETING = "request", "complaint", "greeting"
UNTOLD = "untold"  # a statement, or a language that the rules do not know
KINDS = (
    HOW, WHAT, WHY, WHEN_WHERE, HOW_MUCH, YES_NO, QUESTION, REQUEST, COMPLAINT, GREETING, UNTOLD,
)  # fmt: skip

_READ = 1_000  # characters from the beginning: what is asked stands there, or it is a document

_CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_OTHER_SCRIPTS = re.compile("[\u0370-\u1fff\u3040-\u30ff\uac00-\ud7af]")
_LATIN = re.compile("[a-z]")
_ASKS = re.compile("[?？]")
_SENTENCES = re.compile(r"[^.!?。！？\n]+[.!?。！？]*")
_CLAUSES = re.compile("[,;:–—，；：、]+")

_HELLO = re.compile(
    r"(?:(?:hi|hey|hello|hiya|howdy|good (?:morning|afternoon|evening|night|day)|bye|goodbye|"
    r"thanks?|thank you|cheers|see you|welcome|there|again|all|everyone|so much|very much|a lot|"
    r"[你您]?早安?|[你您大家]{1,2}好|嗨|哈[喽啰囉]|[早晚]上好|[上下]午好|晚安|在[吗嗎么麼]|有人[吗嗎]|"
    r"[谢謝]{2}|多[谢謝]|感[谢謝]|再[见見]|拜拜|[你您了啦啊呀哦])[\s,.!?~，。！？～、]*)+"
)

# What a clause of an English sentence may begin with, and what follows.
_BE = (
    "(?:is|are|am|was|were|do|does|did|can|could|will|would|should|shall|may|might|must|has|have"
    "|had)"
)
_WHO = (
    "(?:i|you|we|he|she|it|they|this|that|these|those|there|the|a|an|my|your|our|his|her|their|any)"
)
_DO = (
    "(?:tell|give|show|write|make|create|help|explain|list|send|summari[sz]e|translate|find|"
    "recommend|suggest|describe|check|draft|rewrite|rephrase|generate|provide|change|cancel|"
    "update|fix|remind|let|add|remove|classify|extract|convert|compare|name|answer|act|imagine|"
    "compose|turn|put|book|order|refund|stop|design|plan|calculate|correct|proofread|shorten|"
    "improve|reply|say|share|teach|walk|sing|play|call|pick|choose|look|use|read|edit|format|"
    "identify|analy[sz]e)"
)
_WH = "(?=how|what|where|when|why|which|who)"
# What stands before the question and says nothing of its kind.
_ENGLISH_LEAD_IN = re.compile(
    r"(?:(?:hi|hey|hello|so|and|but|well|ok|okay|also|then|sorry|excuse me|quick question|just)\b"
    r"[\s,.!:-]*"
    rf"|(?:(?:can|could|would) you (?:please )?)?(?:tell me|explain(?: to me)?) {_WH}"
    rf"|(?:do you know|any idea|i was wondering|i'?m wondering|i wonder) {_WH}"
    rf"|(?:i'?d|i would) like to know {_WH})+"
)
_ENGLISH = (  # how a clause begins; the first that fits decides
    (REQUEST, r"(?:please|pls|kindly)\b|(?:could|would) you\b"),
    (REQUEST, rf"(?:can|will) you (?:please )?{_DO}\b"),
    (HOW_MUCH, r"how (?:much|many|long|far|old|often|big|tall|fast|late|soon|large|heavy)\b"),
    (WHY, r"why\b|how come\b|what for\b"),
    (HOW, rf"how(?:'s|'d)?\b(?=.*\?| to\b| {_BE}\b)|what(?:'s| is) the (?:best|easiest|right) way"),
    (WHEN_WHERE, rf"(?:when|where)(?:'s|'re)?\b(?=.*\?|.*'s| {_BE}\b)"),
    (WHEN_WHERE, r"(?:at |on )?(?:what|which) (?:time|day|date)\b"),
    (WHAT, r"(?:(?:in|on|at|for|to|from|by|with|of|about) )?(?:what|which|who|whom|whose)"
           r"(?:'s|'re)?\b(?! an? .*!)"),
    (YES_NO, rf"(?:{_BE}(?:n't)?|don't|won't|can't|cannot)\b(?=.*\?| {_WHO}\b)"),
    (REQUEST, rf"{_DO}\b|(?:i|we)(?:'d| would) (?:like|take)\b|(?:i|we) (?:want|need)\b"),
)  # fmt: skip
_ENGLISH_COMPLAINT = (
    r"\b(?:(?:does|do|did|is|are|has|have|was|will)(?:n't| not) "
    r"(?:work|arrived?|turn|start|load|open|respond|come|received)"
    r"|not (?:working|arrived|received)|stopped working|broken?|damaged|cracked|shattered|faulty|"
    r"defective|missing|never (?:arrived|came|got|received)|still (?:waiting|haven't|hasn't|not|no)"
    r"|wrong \w+|can't|cannot|won't|crash\w*|disappoint\w+|terrible|awful|horrible|"
    r"unacceptable|ridiculous|worst|rude|useless|angry|fed up|complain\w*|waste of|"
    r"too (?:slow|expensive)|charged (?:me )?twice|overcharged)\b"
)

_CHINESE_LEAD_IN = re.compile(
    "(?:[请請][问問]|[你您]好|[那哪][么麼]|那|嗯|另外|[对對]了|想[问問]一?下?|我?想知道|[问問]一下|"
    "[请請]教一?下?|[你您]知道|能?告[诉訴]我)+"
)
_CHINESE_KINDS = (  # what stands somewhere in a clause; the first that fits decides
    (REQUEST, "^(?:[请請](?![问問教])|麻[烦煩]|[帮幫]|[给給]我|替我)"),
    (REQUEST, "^[你您]?(?:能不能|可不可以|能否|可否|能|可以)[请請]?[你您]?"
              "(?:[帮幫]|[给給替为為]我)"),
    (WHY, "[为為](?:什[么麼]|何|啥)|怎[么麼](?:[没沒还還不会會又老总總]|回事|了$)|[凭憑]什[么麼]"),
    (WHEN_WHERE, "什[么麼](?:[时時]候|地方)|何[时時处處]|[几幾][点點号號月]"),
    (WHEN_WHERE, "哪[里裡裏儿兒天边邊年]|[在到去从從]哪"),
    (HOW_MUCH, "多[少久长長大远遠高重贵貴快厚宽寬深]"),
    (HOW_MUCH, "[几幾][个個天次块塊元年岁歲件种種分小周位双雙条條张張]"),
    (WHAT, "怎[么麼]?[样樣](?=[?？]|$)|如何(?=[?？]|$)|咋[样樣]"),
    (HOW, "怎|如何|咋"),
    (WHAT, "什[么麼]|啥|哪|[谁誰]|何(?=[?？]|$)"),
    (YES_NO, "[吗嗎]|[么麼吧](?=[?？])|(.)[不没沒]\\1|可不可以|是否|能否|可否|[没沒]有(?=[?？])"),
    (REQUEST, "^[我俺咱]?们?(?:想|要|需要|希望)"),
    (REQUEST, "^(?:[写寫]|翻[译譯]|推[荐薦]|介[绍紹]|[讲講]|解[释釋]|[说說][说說一个個]|"
              "[总總][结結]|概括|列|查|取消|修?改|[润潤]色|生成|描述|分析|比[较較]|"
              "[举舉]|起草|提取|把|[将將]|用(?![户戶])|根[据據]|假[设設]|扮演|[设設][计計]|制定|"
              "[计計]算|[续續][写寫]|[编編]|[画畫]|[来來][一个個点點首段]|[给給])"),
)  # fmt: skip
_CHINESE_COMPLAINT = (
    "[坏壞碎破裂][了的]|漏[发發]|少[发發了]|[发發][错錯]|投[诉訴]|太[差慢贵貴烂爛]|差[评評]|失望|[欺骗騙]+|"
    "(?:[还還]|一直|都|[迟遲]{2})是?[没沒]|[没沒](?:收到|人[理回管])|不能用|用不了|打不[开開]|垃圾|"
    "生[气氣]|受不了|[质質]量(?:有[问問]|太|差)|多?扣了?[^，。]{0,3}[钱錢]"
)

_ENGLISH_RULES = tuple((kind, re.compile(rule)) for kind, rule in _ENGLISH)
_CHINESE_RULES = tuple((kind, re.compile(rule)) for kind, rule in _CHINESE_KINDS)
_COMPLAINS = re.compile(f"{_ENGLISH_COMPLAINT}|{_CHINESE_COMPLAINT}")


def kind_of_question(text: str) -> str:
    """One of `KINDS`: what the first question of a conversation is.

    Each clause is read by how it begins (English) or by the words in it (Chinese). A sentence that
    complains and asks nothing makes it a complaint, whatever the others ask; else the first that
    asks decides, and where none does, the first that wants something done.
    """
    said = text[:_READ].strip().lower().replace("’", "'")
    if _HELLO.fullmatch(said):
        return GREETING
    kinds = [_kind_of_sentence(sentence.strip()) for sentence in _SENTENCES.findall(said)]
    if COMPLAINT in kinds:
        return COMPLAINT
    told = [kind for kind in kinds if kind != UNTOLD]
    asked = [kind for kind in told if kind not in {REQUEST, QUESTION}]
    return next(iter(asked or told), UNTOLD)


def _kind_of_sentence(sentence: str) -> str:
    kind = next(_kinds_in(sentence), UNTOLD)
    asks = bool(_ASKS.search(sentence))
    if kind in {UNTOLD, REQUEST} and not asks and _COMPLAINS.search(sentence):
        return COMPLAINT
    return QUESTION if kind == UNTOLD and asks else kind


def _kinds_in(sentence: str) -> Iterator[str]:
    """The kinds of the clauses that have one, in their order; none in scripts without rules."""
    is_chinese = bool(_CHINESE.search(sentence))
    if _OTHER_SCRIPTS.search(sentence) or not (is_chinese or _LATIN.search(sentence)):
        return
    lead_in, rules = (
        (_CHINESE_LEAD_IN, _CHINESE_RULES) if is_chinese else (_ENGLISH_LEAD_IN, _ENGLISH_RULES)
    )
    ends = "?" if _ASKS.search(sentence) else ""
    for part in _CLAUSES.split(sentence):
        clause = _without(lead_in, part.strip()) + ends
        for kind, rule in rules:
            if rule.search(clause) if is_chinese else rule.match(clause):
                yield kind
                break


def _without(lead_in: re.Pattern[str], clause: str) -> str:
    found = lead_in.match(clause)
    return clause[found.end() :] if found else clause
