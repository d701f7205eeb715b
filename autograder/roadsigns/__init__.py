"""German road signs, drawn and photographed by this program; no image from elsewhere is used.

::

    classes ─> drawing ─┐
    conditions ─────────┼─> simulator ─> splits
    backgrounds ────────┘   photography
"""
