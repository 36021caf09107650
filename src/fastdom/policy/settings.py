"""The settings of one objective or constraint, by field."""

from dataclasses import dataclass

from fastdom.policy.fields import Value, steps_of


@dataclass(frozen=True, slots=True)
class Settings:
    """Checked values, one for every field of the objective or constraint, in the order of its fields.

    Attributes
    ----------
    name : str
        Of the objective or constraint.
    values : tuple of (str, Value)
        (field, value).
    """

    name: str
    values: tuple[tuple[str, Value], ...]

    def __getitem__(self, field: str) -> Value:
        return dict(self.values)[field]

    def whole(self, field: str) -> int:
        """Return a number or flag."""
        value = self[field]
        assert isinstance(value, int)
        return value

    @property
    def weight_steps(self) -> int:
        """The weight of an objective in 1/1024, 0 .. 2**20."""
        return steps_of(self.whole("weight"))

    def arguments(self) -> dict[str, Value]:
        """Return the fields as arguments of the reference function: all but the weight."""
        return {field: value for field, value in self.values if field != "weight"}

    def replaced(self, field: str, value: Value) -> "Settings":
        """Return settings with one value exchanged."""
        return Settings(self.name, tuple((key, value if key == field else old) for key, old in self.values))
