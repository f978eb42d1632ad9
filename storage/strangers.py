"""Who is no customer yet: people of whom the business knows no more than that they once wrote to the bot."""

from sqlalchemy import and_, exists

from storage.tables import customer, success_plan

_planned = exists().where(success_plan.c.customer_id == customer.c.id, success_plan.c.status != "cancelled")

STRANGER = and_(customer.c.external_id.is_(None), customer.c.plan == "", ~_planned)
"""Signed up in chat alone, and not in the business's records, on none of its plans and on no success plan.

Purchases, contracts and events come under the business's own id of a person, so that nobody else has any.
"""
