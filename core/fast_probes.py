"""Texts that are hard to cut, with the number of tokens that tiktoken 0.14 finds in each."""

from __future__ import annotations


def _letters(first: int, last: int, step: int) -> str:
    return "".join(map(chr, range(first, last, step)))


# The text, its tokens in cl100k_base, its tokens in o200k_base.
PROBES: tuple[tuple[str, int, int], ...] = (
    ("", 0, 0),
    (" ", 1, 1),
    ("Hello, world!", 4, 4),
    ("I'm sure they've said it's what we'LL do, don't I'D?", 19, 15),
    ("hello   world \n\n\n  again\t\t x  ", 9, 9),
    ("1234567890 12,345.67 3.14159 0x1F 1e-9", 25, 25),
    ("if (x != null) { return a[i++] >= 0xFF; } // done\r\n\r\n", 20, 21),
    ("<|endoftext|><|im_start|>system<|endofprompt|>", 20, 20),
    ("https://example.com/a/b?c=d&e=%20f#g user.name+tag@example.co.uk", 21, 21),
    ("snake_case camelCase PascalCase SCREAMING_CASE kebab-case HTTPServer2", 16, 16),
    ("今天武汉的冬天冷不冷？要不要带伞，还是穿羽绒服。", 34, 22),
    ("气温-3℃～5℃，“多穿点”——邻居说。\u3000\u3000下一段", 30, 22),
    ("東京は今日も雨です。カタカナとひらがな", 21, 16),
    ("오늘 서울 날씨는 맑습니다.", 16, 9),
    ("Straße, naïve café, İstanbul, ŒUVRE, ﬁn, Ǆ ǅ ǆ", 28, 26),
    ("Привет, как дела? ΑΒΓ αβγ ς", 19, 14),
    ("שלום עולם مرحبا بالعالم ١٢٣ १२३ ๑๒๓", 41, 18),
    ("नमस्ते दुनिया, க்ஷ ภาษาไทยไม่มีเว้นวรรค", 40, 16),
    ("👨\u200d👩\u200d👧\u200d👦 🇩🇪 👍🏽 ❤️ ☕️ 🫠", 37, 25),
    ("é ạ̈ ́x Z͑ͣͧ̐", 19, 17),
    ("a\xa0b\u2003c\u3000d\u200be\ufefff\u2028g\x85h\x0bi\x0cj", 22, 20),
    ("\x00\x01\x1b[0m\x7f", 6, 7),
    ("x²+y³=½ Ⅷ ① ㊗ ㍿ ﹏ …… ‘’’s“”", 31, 28),
    ("𝓗𝓮𝓵 𠮷𪛖 🧿\U000e0067", 24, 25),
    ("\ue000\uf8ff\U0010fffd�", 11, 9),
    ("\r\n" * 40 + " \r \n \r\n ", 15, 15),
    ("'s't're've'm'll'd 'S'T'RE ’s’t", 14, 15),
    ("AbC dEF GHi\n/path/\n//x /\r\n!?\n", 15, 14),
    ("Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod.", 14, 14),
    ('{"role": "user", "content": "Say \\"hi\\" \\u4f60\\u597d"}', 23, 23),
    (" " * 300 + "x" + "\n" * 200 + "\t" * 99, 17, 23),
    ("a" * 1_500 + "!" * 700 + "天" * 300, 576, 383),
    (_letters(0x4E00, 0x9FFF, 17), 2927, 2384),
    (_letters(0xAC00, 0xD7A3, 13), 2231, 1925),
    (_letters(0xA1, 0x1FF, 1), 591, 519),
    (_letters(0x1F300, 0x1F64F, 3), 798, 619),
)
