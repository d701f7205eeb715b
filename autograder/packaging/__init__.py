"""What a course takes to another machine: this program, the rules, and how they are started."""
