"""The exercises that somebody may see: those of detection's table, and therapists' own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from detection.exercises import EXERCISES, Exercise
from server.programs.own_exercise import OwnExercise
from server.words import Words


@dataclass(frozen=True, slots=True)
class Catalogue:
    """own: by name, those beside the table."""

    own: Mapping[str, OwnExercise]

    def find(self, name: str | None) -> Exercise | None:
        """What is known of an exercise; None of one that nobody described."""
        if name is None:
            return None
        own = self.own.get(name)
        return own.known if own else EXERCISES.get(name)

    def like(self, name: str | None) -> str | None:
        """The name in the table: its own, or that of the exercise it counts like."""
        own = self.own.get(name) if name else None
        return own.counts_like if own else name

    def title_of(self, name: str) -> str:
        """The title in English; of an exercise that nobody described, its name made readable."""
        known = self.find(name)
        return known.title if known else name.replace("-", " ").capitalize()

    def words(self, words: Words) -> Words:
        """The texts with the titles of the own exercises among those of the table."""
        titles = words.branch("exercise")
        if not self.own or not isinstance(titles, Mapping):
            return words
        own = {name: _as_text(one.known.title) for name, one in self.own.items()}
        return Words(words.language, {**words.texts, "exercise": {**titles, **own}})


def catalogue_of(own: Iterable[OwnExercise]) -> Catalogue:
    """The table and these."""
    return Catalogue({one.name: one for one in own})


TABLE_ALONE = Catalogue({})
"""What anybody may see."""


def _as_text(title: str) -> str:
    """A title whose braces are only braces: texts of the catalogue have {places}."""
    return title.replace("{", "{{").replace("}", "}}")
