"""German road signs, drawn and photographed by this program; no image from elsewhere is used.

::

    classes ─> drawing ─> plates ───┐
    conditions ─> (all of them)     ├─> simulator ─> splits
    backgrounds, photography ───────┘
"""
