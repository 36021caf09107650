"""How much the property tests do: little by default, more with FASTDOM_LONG=1."""

import os

from hypothesis import strategies as st

LONG = os.environ.get("FASTDOM_LONG") == "1"
HISTORIES = 2000 if LONG else 40
HISTORY_MIN = 10
HISTORY_MAX = 100 if LONG else 40
SEEDS = st.integers(0, 2**32)
