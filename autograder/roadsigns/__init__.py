"""German road signs, drawn and photographed by this program; no image from elsewhere is used.

::

    outlines ─> drawing ─> bank ─> plates ─> staging ─┐
    textures ─> weathering ──────────┘                ├─> simulator ─> splits, streaming
    textures ─> backgrounds, weather, photography ────┘

    distributions ─> conditions: what all of them draw from; classes: what there is to draw
"""
