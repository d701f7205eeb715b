"""What people and programs read about a graded submission."""
