"""Who is no customer yet: people of whom the business knows no more than that they once wrote to the bot."""

from sqlalchemy import and_, exists, select

from storage.tables import customer, success_plan

_planned = exists().where(success_plan.c.customer_id == customer.c.id, success_plan.c.status != "cancelled")
_recorded = customer.alias("recorded")
_keeps_records = select(_recorded.c.id).where(_recorded.c.external_id.is_not(None)).limit(1).scalar_subquery()

STRANGER = and_(customer.c.external_id.is_(None), customer.c.plan == "", _keeps_records.is_not(None), ~_planned)
"""Signed up in chat alone, and not in the business's records, on none of its plans and on no success plan.

Purchases, contracts and events come under the business's own id of a person, so that nobody else has any. Where the
business has no records, and everybody signs up in chat, nobody is a stranger.
"""
