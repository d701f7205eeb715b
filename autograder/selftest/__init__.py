"""Tries the sandbox from inside: a job of our own does what no job may do.

`probes` runs inside the job, in place of a student's module; `report` asks for the job and reads
what it found.
"""
