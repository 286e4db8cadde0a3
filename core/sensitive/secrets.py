"""Keys, tokens and passwords in a text, by the patterns of detect-secrets and those it lacks.

Its detectors are used in memory and offline: no file is read and nothing is tried out.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module

from core.sensitive.spans import KEY, PASSWORD, PRIVATE_KEY, Span

# Detectors by their module and class, each with what stands in every text that it knows, and the
# group of its pattern that is the secret itself.
_DETECTORS = (
    ("aws", "AWSKeyDetector", "", 0),
    ("azure_storage_key", "AzureStorageKeyDetector", "AccountKey=", 0),
    ("basic_auth", "BasicAuthDetector", "://", 1),
    ("discord", "DiscordBotTokenDetector", ".", 0),
    ("github_token", "GitHubTokenDetector", "gh", 0),
    ("gitlab_token", "GitLabTokenDetector", "gl", 0),
    ("jwt", "JwtTokenDetector", "eyJ", 0),
    ("mailchimp", "MailchimpDetector", "-us", 0),
    ("npm", "NpmDetector", "_authToken", 1),
    ("openai", "OpenAIDetector", "T3BlbkFJ", 0),
    ("pypi_token", "PypiTokenDetector", "pypi-", 0),
    ("sendgrid", "SendGridDetector", "SG.", 0),
    ("slack", "SlackDetector", "xox", 0),
    ("square_oauth", "SquareOAuthDetector", "sq0csp", 0),
    ("stripe", "StripeDetector", "k_live_", 0),
    ("telegram_token", "TelegramBotTokenDetector", ":", 0),
    ("twilio", "TwilioKeyDetector", "", 0),
)
# Keys that it does not know: OpenAI's newer ones, Anthropic, Hugging Face, Google, GitHub's
# fine-grained, npm, Slack's apps and hooks, Groq, NVIDIA, Shopify, DigitalOcean, Alibaba Cloud and
# Tencent Cloud.
_OTHERS = re.compile(
    r"(?<![A-Za-z0-9])(?:sk-(?:proj|svcacct|admin|ant)-[A-Za-z0-9_-]{20,}|sk-[A-Za-z0-9]{20,}"
    r"|hf_[A-Za-z0-9]{30,}|AIza[A-Za-z0-9_-]{35}|github_pat_[A-Za-z0-9_]{30,}|npm_[A-Za-z0-9]{36}"
    r"|xapp-\d-[A-Z0-9]+-\d+-[a-z0-9]+|gsk_[A-Za-z0-9]{40,}|nvapi-[A-Za-z0-9_-]{40,}"
    r"|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}|ya29\.[A-Za-z0-9_-]{30,}|LTAI[A-Za-z0-9]{12,20}"
    r"|AKID[A-Za-z0-9]{32}|whsec_[A-Za-z0-9]{24,}"
    r"|do[opr]_v1_[a-f0-9]{64}"
    r"|https://hooks\.slack\.com/services/T\w+/B\w+/\w{20,}"
    r"|https://discord(?:app)?\.com/api/webhooks/\d+/[\w-]{40,})(?![A-Za-z0-9])"
)
_NAMED_KEY = re.compile(
    r"(?:(?:api|access|secret)[ _-]?key|(?:auth|access)[ _-]?token|\btoken|secret|bearer|密钥|令牌)"
    r"[\"'`]?\s?(?:is|was|:|=|：|是|为|\s)\s?[\"'`]?(?P<secret>[A-Za-z0-9_+/.=-]{20,200})",
    re.IGNORECASE,
)
_NAMED_PASSWORD = re.compile(
    r"(?:passwords?|passwd|密码|口令)(?:\\?[\"'`])?\s?(?:is|was|are|:|=|：|是|为)\s?"
    # To the quote that opened it, which can be one in JSON within JSON; without one, to what may
    # part it from the next thing. An & does so only in an address, where the next thing has a name,
    # and a closing bracket not between letters.
    r"(?:(?P<quote>\\?[\"'`])(?P<quoted>(?:(?!(?P=quote))(?:\\[!-~]|[!-\[\]-~])){6,64})"
    r"|“?(?P<bare>(?:(?![\"'`,;|<\\]|[>)}\]](?![A-Za-z0-9])|&(?:amp;)?[\w.-]+=)[!-~]){6,64}))",
    re.IGNORECASE,
)
_LINE = r"(?:\s|\\[rn])+"  # also of a key in JSON, or on one line
_BLOCK = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,24}PRIVATE KEY(?: BLOCK)?-----"
    rf"(?:{_LINE}[A-Z][A-Za-z-]{{2,20}}: [^\n\\]{{1,100}}){{0,4}}"  # Proc-Type: 4,ENCRYPTED
    rf"(?:{_LINE}[A-Za-z0-9+/=]{{20,}}){{1,400}}"
    rf"(?:(?:{_LINE}[A-Za-z0-9+/=]{{1,19}})?{_LINE}-----END [A-Z0-9 ]{{0,24}}"
    r"PRIVATE KEY(?: BLOCK)?-----)?"
)
_WORD = re.compile(r"[!-~]{16,2048}")  # what a key is part of; cut, so that no pattern takes long
_WEB_TOKEN = re.compile(r"eyJ[\w=-]+(?:\.[\w=-]+)+", re.ASCII)  # whole: theirs ends too soon
_STAND_INS = re.compile(
    r"example|your|x{4,}|placeholder|dummy|sample|redacted|changeme|change_me|insert|\.\.\.|\*\*\*"
    r"|…|^pass(?:word|wd)?\d*$|^[<{$]|\$\{|\{\{|<your|_here\b|-here\b|fake|123456789012345",
    re.IGNORECASE,
)
# Different letters: fewer are no secret, but something that stands for one.
_FEWEST, _FEWEST_IN_PASSWORD = 8, 6


def find_private_keys(text: str) -> Iterator[Span]:
    """Whole blocks: a header alone is what one writes about."""
    if "PRIVATE KEY" not in text:
        return
    for found in _BLOCK.finditer(text):
        yield Span(*found.span(), PRIVATE_KEY)


def find_keys(text: str) -> Iterator[Span]:
    """Keys and tokens, by the form of their makers, or by the word before them."""
    for word in _WORD.finditer(text):
        for start, end in _keys_in(word[0]):
            yield Span(word.start() + start, word.start() + end, KEY)
    for found in _NAMED_KEY.finditer(text):
        if _is_random(found["secret"]):
            yield Span(*found.span("secret"), KEY)


def find_passwords(text: str) -> Iterator[Span]:
    """What stands behind the word for it, and is no word itself."""
    for found in _NAMED_PASSWORD.finditer(text):
        said = found["quoted"] or found["bare"].rstrip(".:!?")
        if len(said) >= 6 and _is_mixed(said) and not _STAND_INS.search(said):
            start = found.start("quoted" if found["quoted"] else "bare")
            yield Span(start, start + len(said), PASSWORD)


def _is_mixed(said: str) -> bool:
    """Of several sorts of characters, as no word is."""
    sorts = [any(map(test, said)) for test in (str.isdigit, str.islower, str.isupper, _is_odd)]
    return sum(sorts) > 2 or (sorts[0] and any(sorts[1:]))


def _is_odd(sign: str) -> bool:
    return sign in "@#$%^&*!?+=~"


def _keys_in(word: str) -> Iterator[tuple[int, int]]:
    for found in _OTHERS.finditer(word):
        if _is_real(found[0]):
            yield found.span()
    for pattern, hint, group in _patterns():
        if hint in word:
            yield from _spans(pattern, group, word)


def _spans(pattern: re.Pattern[str], group: int, word: str) -> Iterator[tuple[int, int]]:
    """What a pattern finds in a word; `group` of it, where only that is the secret."""
    for found in pattern.finditer(word):
        if group and found[group]:
            if _is_real(found[group], _FEWEST_IN_PASSWORD):
                yield found.span(group)
            continue
        start, end = (_WEB_TOKEN.match(word, found.start()) or found).span()
        beside = word[max(0, start - 1) : start] + word[end : end + 1]
        if not any(map(str.isalnum, beside)) and _is_real(word[start:end]):
            yield start, end


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str, int], ...]:
    """The patterns of detect-secrets, read when the first word turns up that may be a key."""
    kept = [
        (pattern, hint, group)
        for module, name, hint, group in _DETECTORS
        for pattern in getattr(import_module(f"detect_secrets.plugins.{module}"), name).denylist
    ]
    logging.captureWarnings(False)  # it turns this on for the whole program
    return tuple(kept)


def _is_real(secret: str, fewest: int = _FEWEST) -> bool:
    return len(set(secret)) >= fewest and not _STAND_INS.search(secret)


def _is_random(secret: str) -> bool:
    """Letters and digits in no order that a word, a file or a version would have."""
    from detect_secrets.filters.heuristic import is_potential_uuid, is_sequential_string

    has_both = re.search("[A-Za-z]", secret) and len(re.findall("[0-9]", secret)) > 2
    ordered = is_potential_uuid(secret) or is_sequential_string(secret)
    return bool(has_both) and _is_real(secret) and not ordered
