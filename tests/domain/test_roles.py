import pytest

from bot.domain.roles import Role


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.CSM, {Role.CSM}),
        (Role.MANAGER, {Role.CSM, Role.MANAGER}),
        (Role.ADMIN, {Role.CSM, Role.MANAGER, Role.ADMIN}),
    ],
)
def test_a_role_may_do_what_it_and_the_ones_below_may(role: Role, allowed: set[Role]) -> None:
    assert {needed for needed in Role if role.allows(needed)} == allowed
