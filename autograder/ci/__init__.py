"""What continuous integration reads: JUnit, GitHub's summaries and annotations, Gradescope."""
