from __future__ import annotations

import subprocess
import sys

# Types that nobody has decoded before, one after the other, each by eight threads at
# once; a process of its own, for it would be the whole one that dies.
PROGRAM = """
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import make_dataclass
from threading import Barrier

from jada_flask.decoding import decoder_of

sys.setswitchinterval(1e-6)
start = Barrier(8)

def decode(type_):
    start.wait()
    return decoder_of(type_).decode('{"inner": {"a0": 1}}')

with ThreadPoolExecutor(8) as pool:
    for _ in range(200):
        inner = make_dataclass("Inner", [(f"a{n}", "int", n) for n in range(30)])
        outer = make_dataclass("Outer", [("inner", inner)])
        found = list(pool.map(decode, [outer] * 8))
        assert found == [outer(inner(1))] * 8
"""


def test_threads_that_decode_a_new_type_at_once_all_get_their_value() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], timeout=60)

    assert done.returncode == 0
