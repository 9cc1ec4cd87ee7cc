"""The one exception that learners are meant to read."""


class CourseError(Exception):
    """Something a learner can act on: one sentence on what happened, one on what to do.

    Args:
        what: what happened, without a final full stop.
        next_step: what to do now, without a final full stop.
    """

    def __init__(self, what: str, next_step: str):
        super().__init__(f"{what}. What to do: {next_step}.")

    def _render_traceback_(self) -> list[str]:
        """Show the message alone in IPython, where a traceback would bury it."""
        return [f"{type(self).__name__}: {self}"]
