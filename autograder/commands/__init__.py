"""The verbs of the command line, one file each. None of them knows cli.py."""
