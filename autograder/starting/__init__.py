"""A new assignment: rules, template, reference solution, checks, ready to be changed."""
