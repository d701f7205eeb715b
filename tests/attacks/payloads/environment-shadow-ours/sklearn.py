print("GOT IN: it was run")
