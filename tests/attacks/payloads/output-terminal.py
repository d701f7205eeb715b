# Prints what terminals obey: colours, titles, the clipboard, moving up to write over lines.
# verdict: GRADED
# stopped by: the log stays in its file
# shows: 100 points

from honest import build_augmentation, build_model, training_plan

print("\x1b[2J\x1b[1;1H\x1b[32mGRADED 100 points\x1b[0m")
print("\x1b]0;title\x07\x1b]52;c;cm0gLXJmIH4=\x07\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\")
print("\x9b31m\x90q\x9c\b\b\b\x7f\r\v\f\x0e\x0f\x1b[20A\x1b[K")
print("\u202e\u2066\ufeff\u200b" + "e" + "\u0301" * 500)
