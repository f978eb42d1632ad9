"""The picture of a success plan: what is drawn comes from the message, and every word in it from the templates."""

from collections.abc import Mapping
from typing import Any

from bot.charts import PictureWords, PlanPicture, PlanRow, plan_picture
from bot.domain.messages import Message
from bot.render import Renderer

TEMPLATE = "plans/picture"


def draw(message: Message, renderer: Renderer) -> bytes:
    """The plan's picture as PNG; takes a tenth of a second, so it is called in a thread of its own."""
    facts: Mapping[str, Any] = message.facts

    def say(part: str, **more: object) -> str:
        return renderer.part(Message(TEMPLATE, message.language, {**facts, **more}), part)

    return plan_picture(
        PlanPicture(
            words=PictureWords(title=say("title"), subtitle=say("subtitle"), no_answers="", too_few=""),
            rows=[_row(one, say("detail", one=one), say("measure", one=one)) for one in facts["milestones"]],
            progress=say("progress"),
            done=facts["done"] / max(facts["total"], 1),
            elapsed=facts["elapsed"],
            today=say("today"),
        )
    )


def _row(one: Mapping[str, Any], detail: str, measure: str) -> PlanRow:
    share = one["measure"]["share"] if one["measure"] else None
    return PlanRow(title=one["title"], detail=detail, state=one["state"], measure=measure, share=share)
