"""How well a network that only ever saw rendered signs reads real photographs.

::

    measuring ──> training ──> drawing ──> __main__
    photographs   the stream    pictures    the words typed
"""
