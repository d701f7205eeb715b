"""Grades assignments that are trained: Keras networks, in a sandbox, reproducibly."""

__version__ = "0.1.0"
