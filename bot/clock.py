"""The clock. Nothing else in the project reads it."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)  # noqa: TID251  this is the one place
