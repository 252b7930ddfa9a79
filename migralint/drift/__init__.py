"""Two schemas against each other: differences, their classes, renames."""
