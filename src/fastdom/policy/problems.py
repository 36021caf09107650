"""What is wrong with a policy document."""

from fastdom.network.problems import SHOWN_MAX, Problem, Problems, got

__all__ = ["PolicyInvalid", "Problem", "Problems", "got", "raise_if_any"]


class PolicyInvalid(ValueError):
    """The document cannot be used; nothing was changed.

    Attributes
    ----------
    problems : tuple of Problem
        By line and field, each with file, line, field and what would be allowed.
    count : int
        All problems found, including those not kept.
    """

    def __init__(self, problems: tuple[Problem, ...], count: int) -> None:
        shown = [str(problem) for problem in problems[:SHOWN_MAX]]
        if count > len(shown):
            shown.append(f"and {count - len(shown)} more problems")
        super().__init__("\n".join(shown))
        self.problems = problems
        self.count = count


def raise_if_any(problems: Problems) -> None:
    """Raise PolicyInvalid with everything that was noted."""
    if problems.count:
        ordered = sorted(problems.kept, key=lambda problem: (problem.file, problem.line, problem.field))
        raise PolicyInvalid(tuple(ordered), problems.count)
