"""An exercise's title in words, from its name in the program."""

from detection.exercises import EXERCISES


def title_of(name: str) -> str:
    """The title of an exercise; of one that nobody described, its name made readable."""
    known = EXERCISES.get(name)
    return known.title if known else name.replace("-", " ").capitalize()
