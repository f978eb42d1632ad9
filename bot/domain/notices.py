"""What staff are told at once."""

from collections.abc import Mapping

from bot.domain import health_messages, plan_messages, wave_messages
from bot.domain.messages import Button, Keyboard, Language, Message
from bot.domain.taps import CloseInteraction, PickCustomer


def notice(facts: Mapping[str, object], *, outbox_id: int, language: Language) -> Message:
    """A notice, by the template that its facts name, with the buttons of what it is about."""
    return Message(str(facts["template"]), language, facts, _keyboard(facts))


def _keyboard(facts: Mapping[str, object]) -> Keyboard:
    if "wave_id" in facts:
        return wave_messages.keyboard(facts)
    if "milestone_id" in facts:
        return plan_messages.claim_keyboard(int(str(facts["milestone_id"])))
    if "customer_id" in facts:
        return ((Button("plan", PickCustomer("plan", int(str(facts["customer_id"])), "")),),)
    if "falls" in facts or "health_of" in facts:
        return health_messages.alert_keyboard(facts)
    if "interaction_id" not in facts:
        return ()
    return ((Button("close", CloseInteraction(int(str(facts["interaction_id"])))),),)
