from bot.domain.messages import Language
from bot.domain.notices import notice
from bot.domain.taps import CloseInteraction, SwitchWave


def test_a_notice_says_what_its_template_says() -> None:
    message = notice({"template": "staff/detractor", "customer": "An"}, outbox_id=1, language=Language.EN)
    assert (message.template, message.language, message.facts["customer"]) == ("staff/detractor", Language.EN, "An")
    assert message.keyboard == ()


def test_a_notice_of_an_interaction_can_be_closed_from_the_chat() -> None:
    message = notice({"template": "staff/interaction", "interaction_id": 7}, outbox_id=1, language=Language.VI)
    assert [[button.tap for button in row] for row in message.keyboard] == [[CloseInteraction(7)]]


def test_a_notice_of_a_wave_carries_its_switches() -> None:
    facts = {"template": "waves/panel", "wave_id": 3, "status": "running", "recallable": 0}
    message = notice(facts, outbox_id=1, language=Language.VI)
    assert [button.tap for button in message.keyboard[0]] == [SwitchWave(3, "pause"), SwitchWave(3, "stop")]
