"""Measures what an augmentation does from what it makes of a test card; its code is never read.

::

    card ─> geometry ─> operations ─┐
                 │                  ├─> probe
                 ├─> colour ────────┤
                 └─> borders ───────┘
    label_safety: which operations turn a class into another
"""
