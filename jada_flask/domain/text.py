"""What people type: names, notes, addresses, numbers, checked and in one form."""

from __future__ import annotations

import re
import unicodedata

from jada_flask.domain.errors import Fault, InvalidError

_JOINERS = "\u200c\u200d"  # ZWNJ and ZWJ: Persian words and emoji families need them
_BREAKS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_LOCAL_PART = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_EMAIL = re.compile(rf"{_LOCAL_PART}@({_LABEL}\.)+{_LABEL}")
_PHONE = re.compile(r"\+?[0-9(][0-9 ()./-]*( ?(x|ext\.?) ?[0-9]{1,6})?", re.IGNORECASE)
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))


def clean_name(text: str, field: str, longest: int = 80) -> str:
    """One line that names somebody or something; never empty."""
    name = _one_line(text, field, longest)
    if not any(char.isalnum() for char in name):
        raise _wrong(field, "Please give a name, with at least one letter or digit.")
    return name


def clean_text(
    text: str, field: str, longest: int = 2000, *, required: bool = False
) -> str:
    """Some lines of prose; line breaks of every system become plain newlines."""
    lines = _BREAKS.sub("\n", unicodedata.normalize("NFC", text))
    prose = lines.replace("\t", " ").strip()
    _refuse_unseen(prose.replace("\n", " "), field)
    _refuse_long(prose, field, longest)
    if required and not prose.strip(_JOINERS):
        raise _wrong(field, "Please write something here.")
    return prose


def clean_email(text: str, field: str) -> str:
    """One bare address, in lower case so that a person is found however it is typed."""
    typed = text.strip()
    if not typed:
        raise _wrong(field, "Please give an e-mail address.")
    address = typed.lower()
    # Asked before folding: a letter such as the Kelvin sign becomes a plain k by it.
    if not typed.isascii() or not _is_address(address):
        raise _wrong(
            field, "Please give one plain e-mail address, like ana@example.com."
        )
    return address


def clean_phone(text: str, field: str) -> str:
    """A telephone number as people write it, or nothing."""
    number = _one_line(unicodedata.normalize("NFKC", text), field, 40)
    number = number.translate(_DASHES)
    if not number:
        return ""
    main = re.split("[ex]", number.lower(), maxsplit=1)[0]
    digits = sum(map(str.isdigit, main))
    if not _PHONE.fullmatch(number) or not 5 <= digits <= 15:
        raise _wrong(field, "Please give a telephone number, like +1 619 555 0100.")
    return number


def _one_line(text: str, field: str, longest: int) -> str:
    trimmed = unicodedata.normalize("NFC", text).strip()
    _refuse_unseen(trimmed, field)
    line = " ".join(trimmed.split())
    _refuse_long(line, field, longest)
    return line


def _refuse_unseen(text: str, field: str) -> None:
    """Refuse what turns a text, hides in it, breaks its line or has no encoding."""
    if text.isprintable():  # which none of these characters is
        return
    for char in text:
        kind = unicodedata.category(char)
        if kind in ("Cc", "Cf", "Cs", "Zl", "Zp") and char not in _JOINERS:
            raise _wrong(
                field,
                f"This holds a character that cannot be seen (U+{ord(char):04X}). "
                "Please type it again without.",
            )


def _refuse_long(text: str, field: str, longest: int) -> None:
    if len(text) > longest:
        raise _wrong(
            field,
            f"This is too long: {len(text)} characters, at most {longest} fit.",
        )


def _is_address(address: str) -> bool:
    if len(address) > 254 or address.find("@") > 64:
        return False
    top = address.rpartition(".")[2]
    # An all-digit top label is an IP address, which no marketplace and no guest has.
    return _EMAIL.fullmatch(address) is not None and not top.isdigit()


def _wrong(field: str, message: str) -> InvalidError:
    return InvalidError(Fault(field, message))
