"""Grades go back to where the class came from: into the instructor's own export, and as tables.

::

    csv_file    an export's bytes, of which single cells change
    formats     what each system's export looks like
    columns     which columns say who, which one takes the grade
    sheet       who stands in which line
    matching    which result is whose
    update      what becomes of each cell
    feedback    each student's report, packed as the system takes it back
    tables      the whole class as CSV, Parquet, Excel
"""
