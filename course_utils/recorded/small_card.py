"""recorded.small_card."""

from course_utils.memory.calculator import GIB
from course_utils.recorded.reports import read_report


def recorded_small_card() -> dict:
    """What ``study_small_card`` reported when the course was made.

    Raises:
        CourseError: it was not recorded.
    """
    return read_report("small_card", "small_card")


def in_gib(size: int | None) -> str:
    return "nothing" if size is None else f"{size / GIB:.2f} GiB"


def describe_small_card(row: dict) -> str:
    """One line on a measured variant."""
    return (
        f"loaded {in_gib(row['loaded'])}, peak {in_gib(row['peak'])}, "
        f"{row['tokens_per_second']:,.0f} tokens/s, loss {row['losses'][0]:.2f} to "
        f"{row['losses'][-1]:.2f}"
    )
