"""Amounts of money in prose: found however they are written, and taken out.

Crew and guests see the wishes that came with a booking, but never what it costs. A
text is searched in a plain shadow of itself: any script's digits as ASCII, any sign of
currency as ``$``, marks and invisible characters gone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import unescape

MARKER = "[amount removed]"

_CODES = "usd|eur|gbp|cad|aud|nzd|mxn|chf|jpy|cny"
_UNITS = (
    r"usd|eur|gbp|cad|aud|nzd|mxn|chf|jpy|cny|dollars?|dlls|bucks?|euros?|cents?|pesos?"
    r"|quid|grand|dolar(?:es)?|доллар\w*|руб\w*|دولار|डॉलर|달러"
)
_SIGNS_AFTER = r"[$¢]|美元|美金|元|円|圆|块|원"
# Next to a sign of money, digits are read generously.
_DIGITS = r"[.,]?\d+(?:[.,'_⁄/]\d+|[ ]\d{3}(?!\d)|[ ][.,][ ]?\d{2}(?!\d))*(?:[.,]-+)?"
_TIMES = r"(?:[ -]?(?:k|mm?|bn|mio|hundred|thousand|million|grand|mil)\b){0,2}"
_AFTER = rf"[ \t-]?(?:(?:{_UNITS})\b|(?:{_SIGNS_AFTER})(?![ ]?\d))"
_COUNTED = (
    r"(?:guests?|people|persons?|pax|passengers?|adults?|kids?|children|aboard|crew|%|percent"
    r"|hours?|hrs?|h|minutes?|mins?|min|seconds?|days?|weeks?|months?|years?|yo|am|pm|a\.m|p\.m"
    r"|feet|foot|ft|m|meters?|metres?|km|miles?|mi|nm|kn|knots?|kts?|kg|lbs?|pounds?|°|l|liters?"
    r"|litres?|gal|gallons?|oz|inch(?:es)?|degrees?|c|f|bottles?|glasses|towels?|chairs?|items?"
    r"|jan\w*|feb\w*|mar\w*|apr\w*|may|june?|july?|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*)"
)
_NOT_COUNTED = rf"(?![\w]|[.,:/'-]\d|[ ]?{_COUNTED}(?!\w))"
_BEGINS = r"(?<!\d)(?<!\d[.,:/'-])"

_NUMBER_WORDS = (
    "a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    "|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fourty|fifty|sixty"
    "|seventy|eighty|ninety|hundreds?|thousands?|millions?|and|half|dozen|couple|few|of"
    "|uno?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|veinte|treinta|cuarenta"
    "|cincuenta|sesenta|setenta|ochenta|noventa|cien(?:to)?|doscientos|trescientos"
    "|cuatrocientos|quinientos|seiscientos|setecientos|ochocientos|novecientos|mil|y"
)
_MONEY_WORDS = (
    r"price[ds]?|cost(?:s|ing)?|fees?|paid|pay(?:s|ing|ment|out)?|deposit|gross|net|revenue"
    r"|refund(?:ed)?|owe[ds]?|tips?|gratuity|rate|wages?|salary|earns?|cash|zelle|venmo"
    r"|paypal|charged"
)
_SUM_WORDS = r"total|balance|amount|due|worth|budget|invoiced?"
_LINK = r"(?:[ ]?[:=~-]|[ ](?:is|was|of|are|at|to|for|about|around|only|just)){0,2}[ ]?"

_AMOUNT = re.compile(
    "|".join(
        (
            # $840.75, US$ 840, USD 1.2k, €1.234,50, $800-900, $840.00 USD
            rf"(?:(?<![a-z])(?:us|ca?|au?|nz|mx|hk|r|s))?[$¢]\s*-?{_DIGITS}{_TIMES}(?:{_AFTER})?"
            rf"(?:(?:[ ]?-[ ]?|[ ](?:to|or)[ ])[$]?{_DIGITS}{_TIMES}{_NOT_COUNTED})*",
            rf"(?<![a-z])(?:{_CODES})[ :]?[ ]?{_DIGITS}{_TIMES}",
            rf"(?<![a-z])(?:dollars?|euros?)[ :]?[ ]?{_DIGITS}{_NOT_COUNTED}",
            # 840.75 USD, 840 dollars, 1.2 million dollars, 84075 cents, 840€
            rf"{_BEGINS}(?:\d+[ ]and[ ](?=\d\d?/100))?{_DIGITS}{_TIMES}{_AFTER}",
            # eight hundred and forty dollars, ochocientos dólares, 八百美元
            rf"(?<!\w)(?:(?:{_NUMBER_WORDS})[ \n-]{{1,3}}){{1,15}}(?:{_UNITS})\b",
            r"[〇零一二三四五六七八九十百千万亿两]+[ ]?(?:美元|美金|元|円|圆|块)",
            # 840.75, 840,75, 1,234.50, 1.234,50, 1 234,50, 1'234.50, 1,00,000.00
            rf"{_BEGINS}(?<!\bv)(?:\d+|\d{{1,3}}(?:([,.' ])\d{{3}})(?:\1\d{{3}})*"
            rf"|\d{{1,2}}(?:,\d{{2}})+,\d{{3}})[.,]\d{{2}}{_NOT_COUNTED}",
            # 1,234, 840,- and 840.-
            rf"{_BEGINS}\d{{1,3}}(?:[,']\d{{3}})+{_NOT_COUNTED}",
            rf"{_BEGINS}\d+[.,]-+(?!\d)",
            # 1.2k
            rf"{_BEGINS}\d+[.,]\d+[ ]?k\b",
            # price 840, paid: 840, deposit of 200, total 840, 25/hr, 840 cash
            rf"\b(?:{_MONEY_WORDS}){_LINK}\d{{2,}}k?{_NOT_COUNTED}",
            rf"\b(?:{_SUM_WORDS}){_LINK}\d{{3,}}{_NOT_COUNTED}",
            rf"{_BEGINS}\d{{2,}}[ ]?(?:/|per[ ]|an[ ]|each[ ])[ ]?(?:hr|hour|h)\b",
            rf"{_BEGINS}\d{{2,}}[ ](?:in[ ])?(?:cash|gross|tips?|venmo|zelle|paypal)\b",
        )
    )
)
_COUNTS = re.compile(rf"\d|{_UNITS}|[〇零一二三四五六七八九十百千万亿两]")
_UNIT = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,12});|(?s:.)")
_UNSEEN = ("Mn", "Me", "Cf")
_ALIKE = {"💲": "$", "٫": ".", "·": ".", "。": ".", "٬": ",", "،": ","}
_ALIKE |= dict.fromkeys("’‘", "'") | dict.fromkeys("−–‐‑—", "-")


def amounts_in(text: str) -> list[str]:
    """Every amount of money in a text, as it is written there."""
    return [text[start:end] for start, end in _spans(text)]


def holds_amount(text: str) -> bool:
    """Whether a text names an amount of money."""
    return bool(_spans(text))


def without_amounts(text: str) -> str:
    """The text with a marker in place of each amount of money.

    Times, dates, telephone numbers, ages and counts of people or things stay.
    """
    while spans := _spans(text):  # what stood beside an amount may be one by itself
        for start, end in reversed(spans):
            text = text[:start] + MARKER + text[end:]
    return text


def _spans(text: str) -> list[tuple[int, int]]:
    if text.isascii() and "&" not in text:  # letter by letter its own shadow
        return [match.span() for match in _amounts(text.lower())]
    shadow: list[str] = []
    places: list[tuple[int, int]] = []
    for unit in _UNIT.finditer(text):
        plain = _plain(unit.group())
        shadow.append(plain)
        places.extend([unit.span()] * len(plain))
    found = _amounts("".join(shadow))
    return [(places[m.start()][0], places[m.end() - 1][1]) for m in found]


def _amounts(shadow: str) -> Iterator[re.Match[str]]:
    # Most wishes name nothing that could be counted, which is seen much sooner.
    return _AMOUNT.finditer(shadow) if _COUNTS.search(shadow) else iter(())


def _plain(written: str) -> str:
    """One character, or an HTML entity, as the patterns know it."""
    if written.isascii() and len(written) == 1:
        return written.lower()
    return "".join(_plain_character(char) for char in unescape(written))


def _plain_character(char: str) -> str:
    kind = unicodedata.category(char)
    if kind == "Sc":
        return "¢" if char in "¢￠" else "$"
    if kind == "Zs":
        return " "
    if kind == "Nd":
        return str(unicodedata.decimal(char))
    if char in _ALIKE:
        return _ALIKE[char]
    parts = unicodedata.normalize("NFKD", char).lower()
    return "".join(p for p in parts if unicodedata.category(p) not in _UNSEEN)
