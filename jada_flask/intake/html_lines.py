"""The lines that a person would see in a mail, from HTML or from plain text.

The standard library's parser takes quadratic time over broken HTML (17 seconds for 50
kB of unclosed tags), so patterns that look at nothing twice take the tags out here.
"""

from __future__ import annotations

import re
from html import unescape

# A comment, or an element that shows nothing, without an end reaches to the end of all.
_COMMENT = re.compile(r"<!--(?:.*?-->|.*)", re.DOTALL)
_UNSEEN = re.compile(
    r"<(script|style|head|title|template)\b[^<>]*>(?:.*?</\1\b[^<>]*>|.*)",
    re.DOTALL | re.IGNORECASE,
)
_CELL = re.compile(r"</?t[dh]\b[^<>]*>", re.IGNORECASE)
_BREAK = re.compile(
    r"</?(?:address|article|blockquote|br|center|div|dl|dt|dd|footer|h[1-6]|header|hr|li"
    r"|main|ol|p|pre|section|table|tbody|tfoot|thead|tr|ul)\b[^<>]*>",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^<>]*>")
_WHITE = re.compile(r"[ \t\r\n\f]+")
_NEWLINE = re.compile(r"\r\n|\r|\n")
_SPACE = re.compile("[ \xa0\u2000-\u200a\u202f\u205f\u3000]+")
_PADDING = re.compile("[\u00ad\u034f\u200b\u2060\ufeff]")
_TABS = re.compile(r" ?\t[\t ]*")


def lines_of(html: str) -> list[str]:
    """The lines of an HTML text; the cells of a table's row stand apart by a tab."""
    text = _UNSEEN.sub(" ", _COMMENT.sub(" ", html))
    text = _WHITE.sub(" ", text)
    text = _BREAK.sub("\n", _CELL.sub("\t", text))
    return plain_lines(unescape(_TAG.sub("", text)))


def plain_lines(text: str) -> list[str]:
    """The lines of a plain text, without the padding of previews."""
    lines = []
    for line in _NEWLINE.split(_PADDING.sub("", text)):
        lines.append(_TABS.sub("\t", _SPACE.sub(" ", line)).strip(" \t"))
    return lines
