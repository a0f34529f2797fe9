"""Secrets are kept as hashes.

Slow ones for passwords, fast ones for generated tokens.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from secrets import token_hex

from jada_flask.domain.errors import Fault, InvalidError

SHORTEST_PASSWORD = 8
GOOD_PASSWORD = 15
_ON_EVERY_LIST = """
    password password1 12345678 123456789 1234567890 qwertyuiop iloveyou sunshine
    princess football baseball superman trustno1 letmein1 whatever dragon123
    passw0rd password123 adminadmin administrator charter1 sailing1
"""
_COMMON = frozenset(_ON_EVERY_LIST.split())
_ALPHABETS = (  # what a token is made of, and the bits each letter then holds
    (re.compile(r"[0-9]+"), 3.32),
    (re.compile(r"[0-9a-f]+|[0-9A-F]+"), 4.0),
    (re.compile(r"[a-z]+|[A-Z]+"), 4.7),
    (re.compile(r"[a-z0-9]+|[A-Z0-9]+"), 5.16),
    (re.compile(r"[A-Za-z0-9+/_=-]+"), 6.0),
)


def hash_password(password: str) -> str:
    """A slow hash (scrypt, 32 MiB). Refuses what is short or on everybody's list."""
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidError(
            Fault("password", f"Use {SHORTEST_PASSWORD} characters or more.")
        )
    if password.casefold() in _COMMON:
        raise InvalidError(Fault("password", "This one is on every list of passwords."))
    from werkzeug.security import generate_password_hash

    return generate_password_hash(password, "scrypt:32768:8:1")


def password_matches(password: str, hashed: str) -> bool:
    """Whether this is the password; takes as long for a wrong one."""
    from werkzeug.security import check_password_hash

    return check_password_hash(hashed, password)


def hash_token(token: str) -> str:
    """A fast salted hash, for random secrets of 128 bits or more.

    Refuses shorter ones.
    """
    if token_bits(token) < 128:
        raise InvalidError(
            Fault(
                "token",
                "A token needs 128 random bits or more, such as 32 hexadecimal digits. "
                "`openssl rand -hex 32` makes one.",
            )
        )
    salt = token_hex(8)
    return f"sha256:{salt}:{_digest(salt, token)}"


def token_matches(token: str, hashed: str) -> bool:
    """Whether this is the token; compared in constant time."""
    scheme, _, rest = hashed.partition(":")
    salt, _, digest = rest.partition(":")
    if scheme != "sha256" or not digest:
        return False
    return hmac.compare_digest(_digest(salt, token).encode(), digest.encode())


def token_bits(token: str) -> float:
    """At most so many random bits can be in it, by its length, letters and variety."""
    if len(set(token)) < 8 or not token.isprintable():
        return 0.0
    for pattern, bits in _ALPHABETS:
        if pattern.fullmatch(token):
            return len(token) * bits
    return len(token) * 6.5


def _digest(salt: str, token: str) -> str:
    return hashlib.sha256(
        f"{salt}\0{token}".encode("utf-8", "surrogatepass")
    ).hexdigest()
