"""Is everything there that the program needs? Each check says what it saw and how to mend it."""
