"""Who may do what: three roles, each of which may do what the ones below it may."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.messages import Language


class Role(StrEnum):
    """Ordered from the least to the most trusted."""

    CSM = "csm"
    MANAGER = "manager"
    ADMIN = "admin"

    def allows(self, needed: "Role") -> bool:
        """Whether this role may do what `needed` may."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)


@dataclass(frozen=True, kw_only=True)
class Staff:
    """A member of staff, known by their Telegram id."""

    user_id: int
    name: str
    role: Role
    language: Language
