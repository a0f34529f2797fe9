from __future__ import annotations

import pytest

from jada_flask.intake.vouching import vouched

GOOGLE = "mx.google.com"
SIGNED = "dkim=pass header.i=@boatsetter.com header.s=k1 header.b=Ab"


@pytest.mark.parametrize(
    "results",
    [
        f"{GOOGLE}; {SIGNED}; spf=pass (x) smtp.mailfrom=a@b; dmarc=pass (p=REJECT)",
        f"{GOOGLE};\n dmarc=pass header.from=boatsetter.com",
        "MX.Google.com; DMARC=Pass (p=NONE sp=NONE dis=NONE)",
        f"{GOOGLE}; {SIGNED}",
        f"{GOOGLE}; dkim=pass header.d=mail.boatsetter.com",
        f"{GOOGLE}; dkim=fail header.d=boatsetter.com; {SIGNED}",
    ],
)
def test_the_server_vouches_by_policy_or_by_signature(results: str) -> None:
    assert vouched([results], GOOGLE, "mail.boatsetter.com")


@pytest.mark.parametrize(
    "results",
    [
        "",
        GOOGLE,
        f"{GOOGLE}; none",
        f"{GOOGLE}; spf=pass smtp.mailfrom=boatsetter.com",
        f"{GOOGLE}; {SIGNED}; dmarc=none",
        f"{GOOGLE}; {SIGNED}; dmarc=fail; dmarc=pass",
        f"{GOOGLE}; dmarc=fail (said: dmarc=pass)",
        f"{GOOGLE}; (; dmarc=pass)",
        f"{GOOGLE}; x-dmarc=pass",
        f"{GOOGLE}; dmarc=passed",
        f"{GOOGLE}; dkim=fail header.i=@boatsetter.com",
        f"{GOOGLE}; dkim=pass",
        f"{GOOGLE}; dkim=pass header.i=@notboatsetter.com",
        f"{GOOGLE}; dkim=pass header.i=@boatsetter.com.evil.example",
        f"{GOOGLE}; dkim=pass header.i=@evil.mail.boatsetter.com",
        f"{GOOGLE}; dkim=pass header.i=@com",
        f"mx.evil.example; {SIGNED}; dmarc=pass",
        f"{GOOGLE}.evil.example; dmarc=pass",
    ],
)
def test_nothing_less_counts(results: str) -> None:
    assert not vouched([results], GOOGLE, "mail.boatsetter.com")


def test_only_the_first_header_is_the_servers_own() -> None:
    genuine, forged = "mx.mine.example; dmarc=none", f"{GOOGLE}; dmarc=pass"

    assert not vouched([genuine, forged], GOOGLE, "boatsetter.com")
    assert not vouched([forged, forged], GOOGLE, "boatsetter.com")
    assert vouched([forged, genuine], GOOGLE, "boatsetter.com")
    assert not vouched([], GOOGLE, "boatsetter.com")


def test_a_signature_of_another_domain_that_ends_alike_does_not_count() -> None:
    assert vouched([f"{GOOGLE}; {SIGNED}"], GOOGLE, "boatsetter.com")
    assert not vouched([f"{GOOGLE}; {SIGNED}"], GOOGLE, "notboatsetter.com")
