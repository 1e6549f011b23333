"""How often Python looks for cyclic garbage."""

import gc


def collect_seldom() -> None:
    """After 10,000 new objects. Python's 700 would look at the same libraries and papers a thousand times in a large day, for
    a tenth of its CPU."""
    gc.set_threshold(10_000, 20, 20)
