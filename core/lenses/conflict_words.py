"""By which words a reply refuses, agrees, forbids, is formal or chatty, in English and Chinese."""

from __future__ import annotations

import re


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


REFUSES = _any_of(
    r"\b(?:i|we)(?: am|'m| are|'re)? (?:sorry,? (?:but )?)?(?:can(?:no|')t|can not|won't|will not"
    r"|(?:am |are )?(?:unable|not able|not allowed|not permitted) to|must decline|have to decline)"
    r"(?! (?:wait|complain|thank|stress|recommend (?:it )?enough))",
    r"\bas an? (?:ai|language model|assistant)\b[^.]{0,60}\b(?:can(?:no|')t|unable|not able|don't)",
    r"^\W*i (?:do not|don't) (?:do|tell|write|give|discuss|offer)\b|\bi(?:'d| would) rather not\b",
    r"^\W*我们?(?:不会|不能|不想|不可以)[^，。！,.!]{0,3}(?:讲|写|说|做|回答|聊|提供)",
    r"\b(?:against|violates) (?:my|our) (?:guidelines|polic)",
    r"(?:我|我们|本人|这边)?(?:暂时|实在|恐怕|目前)?(?:无法|不能|没办法|没有办法)"
    r"(?:为您|帮您|帮你|给您|给你|向您|替您)?(?:提供|回答|协助|帮|处理|透露|讨论|完成|办理|满足)",
    r"(?:帮|答|做|办|写|说)不了|做不到|(?:无法|没法|不便)[^，。！,.!]{0,2}(?:写|说|告诉|确认)",
    r"作为(?:一个|一名)?(?:ai|人工智能|语言模型)|恕(?:难|不|我)|(?:拒绝|不便)(?:回答|透露|提供)",
)
IS_SORRY = _any_of(r"\b(?:unfortunately|regret|sorry)\b", "抱歉|遗憾|对不起|不好意思")

# How a reply begins.
YES = _any_of(
    r"^\W*(?:yes|yeah|yep|yup|certainly|absolutely|definitely|of course|sure)\b(?! not)",
    r"^\W*(?:it|we|they|you|he|she|there|i) (?:do|does|is|are|can|will|has|have|may)[,.!;]",
    r"^\W*(?:是的|对的|当然(?!不)|可以|能的|会的|有的|没错|没问题|行的?[，。！,.!])",
    r"^\W*[对是能有会][，。！；,.!;]",
)
NO = _any_of(
    r"^\W*no(?! (?:problem|worries|doubt|need|matter|idea|one))\b",
    r"^\W*(?:nope|never|i['’]?m afraid|unfortunately|sadly)\b|^\W*(?:certainly|of course) not\b",
    r"^\W*not (?:at the moment|yet|really|any ?more|currently)\b",
    r"^\W*(?:it|we|they|you|i|that|this|there) (?:do|does|is|are|can|will|has|have|may|must|wo|ca)"
    r"(?:n['’]t|['’]t| not|not)\b",
    r"^\W*(?:不是|不行|不可以|不能|不会|不支持|没有|没了|还没有?|否|当然不|[不没][，。！；,.!;])",
    r"^\W*(?:只有|仅有|只能)[^。！？.!?]{0,20}[没无不]",
    r"^\W*(?:很?抱歉|对不起|很?遗憾|不好意思|可惜)[，,]?[^，。！,.!]{0,8}[不没无]",
)
# What its first sentence allows or forbids, where it begins with neither.
MAY = _any_of(
    r"\b(?:you|they|we|it|guests|customers|dogs|children) (?:may|can|could)\b",
    r"\b(?:is|are) (?:allowed|welcome|permitted|possible|fine)\b",
    "可以|允许|能够?|欢迎",
)
MAY_NOT = _any_of(
    r"\b(?:may|can|must|should|could) ?not\b|\b(?:ca|must|should|could|do)n['’]t\b",
    r"\b(?:is|are)(?: not|n['’]t) (?:allowed|permitted|possible)",
    r"\b(?:never|forbidden|prohibited|do not)\b|\b(?:i['’]?m|we['’]?re) (?:sorry|afraid)\b",
    "不得|不可|不能|不许|不准|不允许|不行|禁止|请勿|切勿|谢绝|严禁|无法|不接受",
)
FIRST_SENTENCE = re.compile(r"[^.!?。！？\n]{1,100}")
NEGATIONS = _any_of(r"\b(?:not|no|never|none|cannot|without)\b|n['’]t\b|[不没无未非]")

# Of each pair one reply has the first, and the other the second.
OPPOSITES = (
    (
        _any_of(r"\bopen\b", "(?<!不)营业|(?<![不没])开[门放]"),
        _any_of(r"\b(?:closed?|shut)\b", "闭馆|关门|休息|不营业|不开"),
    ),
    (
        _any_of(r"\bfree\b|\bno (?:charge|fee|cost)", "免费|不收费|包邮"),
        _any_of(r"\b(?:charged?|fees?)\b", "(?<!不)收费|另付|自费"),
    ),
    (
        _any_of(r"\binclude[sd]?\b", "(?<!不)(?:包括|包含|含)"),
        _any_of(r"\b(?:extra|exclude[sd]?)\b", "另计|另付|不含|不包"),
    ),
    (
        _any_of(r"\bin stock\b", "有货|现货"),
        _any_of(r"\b(?:sold out|out of stock)\b", "缺货|无货|售罄|卖完"),
    ),
    (_any_of(r"\b(?:always|every time)\b", "总是|一定"), _any_of(r"\bnever\b", "从不|绝不")),
    (
        _any_of(r"\bsafe\b", "(?<!不)安全"),
        _any_of(r"\b(?:dangerous|unsafe|harmful)\b", "危险|有害|不安全"),
    ),
    (
        _any_of(
            r"\bwe (?:will |do )?(?:pay|cover|bear|collect|arrange|provide|bring)",
            "(?:我们|本店|商家|卖家|店里|公司)[^，。！,.!]{0,4}(?:承担|付|出|负责|提供|报销)",
        ),
        _any_of(
            r"\b(?:you|the (?:customer|buyer|guest|tenant)|customers|buyers|guests)"
            r" (?:will |do |must |ha(?:ve|s) to )?(?:pay|cover|bear|collect|arrange|provide|bring)",
            "(?:您|你|顾客|客户|客人|买家|租客|自己|自行)[^，。！,.!]{0,4}(?:承担|付|出|负责|提供)",
        ),
    ),
)

JSON = re.compile(r"^\s*(?:```(?:json)?\s*)?[\[{].*[\]}]\s*(?:```)?\s*$", re.DOTALL)
STRUCTURE = re.compile(r"^\s*(?:#{1,6} |[-*•] |\d{1,2}[.)、] ?|\|.*\|\s*$)", re.MULTILINE)
CHATTY = _any_of(
    r"\b(?:hey|hiya|yo|lol|haha+|gonna|wanna|gotta|kinda|gimme|lemme|dunno|yeah|yep|yup|nope)\b",
    r"\b(?:btw|omg|ugh|awesome|yay|oops|sure thing|no prob|no worries|you bet|totally|super cool"
    r"|dude|folks|mate|buddy|cheers)\b",
    r"!!|[\U0001f300-\U0001faff\u2600-\u27bf]",
    "哈哈|嘿嘿|嘻嘻|嘿|哇|哎呀|亲[，,~～]|宝子|小伙伴|没事儿|超级?[棒赞好]|[咱啦咯哒呐呗哟喔噢～~]",
)
FORMAL = _any_of(
    r"\bdear (?:sir|madam|customer|mr|ms|mrs|valued)\b|\b(?:yours )?(?:sincerely|faithfully)\b",
    r"\bkind(?:est)? regards\b|\bplease (?:be advised|note that)\b|\bwe regret\b|\bregrettably\b",
    r"\b(?:hereby|pursuant|furthermore|kindly|permitted)\b|\bin accordance with\b",
    r"\bshould you (?:have|require|wish)\b|\bwe (?:sincerely )?apologi[sz]e\b",
    r"\bdo not hesitate\b|\bwould be pleased\b|\bwe (?:are pleased|would like) to\b",
    r"\bthank you for your (?:inquiry|enquiry|interest|message|patience)\b",
    "尊敬的|敬请|敬启|敬上|烦请|特此|谨此|谨|兹|此致|贵(?:司|方|公司)|予以|恕不|阁下|承蒙|须|您",
)
