"""What staff are shown of the dictionary of themes; who may change it has the buttons for that."""

from collections.abc import Mapping, Sequence

from bot.domain.messages import Button, Keyboard, Language, Message
from bot.domain.names import cut
from bot.domain.reasons.editing import ThemeError, seed_digest
from bot.domain.reasons.themes import Dictionary, Theme, works_bare
from bot.domain.roles import Role, Staff
from bot.domain.taps import DropSeed, EditTheme, HideTheme, MergeTheme

A_ROW, SEEDS_A_ROW = 2, 3
MOST_SEEDS = 60
"""So many seeds have a button; the rest of a longer list is taken away by words."""
LONGEST_WORD = 60


def themes_message(dictionary: Dictionary, counts: Mapping[str, int], unnamed: int, by: Staff) -> Message:
    """All themes, with how many reasons of the last 90 days name each."""
    lines = [
        {
            "name": theme.name(by.language),
            "n": counts.get(theme.key, 0),
            "seeds": len(theme.seeds),
            "hidden": theme.hidden,
        }
        for theme in dictionary.themes
    ]
    buttons = [Button("theme", EditTheme(theme.key), {"name": theme.name(by.language)}) for theme in dictionary.themes]
    facts = {"themes": lines, "unnamed": unnamed, "may_edit": may_edit(by)}
    return Message("themes/list", by.language, facts, _rows(buttons, A_ROW))


def theme_message(theme: Theme, by: Staff, *, note: str = "", words: Sequence[str] = ()) -> Message:
    """The seeds of a theme; `note` names the sentence that says what was just done to it, with which words."""
    facts = {
        "name": theme.name(by.language),
        "hidden": theme.hidden,
        "seeds": [{"seed": seed, "bare": works_bare(seed)} for seed in sorted(theme.seeds)],
        "may_edit": may_edit(by),
        "note": note,
        "words": [{"seed": seed, "bare": works_bare(seed)} for seed in words],
    }
    back = (Button("back", EditTheme("")),)
    return Message("themes/theme", by.language, facts, (*_changes(theme, by), back))


def _changes(theme: Theme, by: Staff) -> Keyboard:
    if not may_edit(by):
        return ()
    drops = [
        Button("drop", DropSeed(theme.key, seed_digest(seed)), {"seed": seed})
        for seed in sorted(theme.seeds)[:MOST_SEEDS]
    ]
    hide = Button("show" if theme.hidden else "hide", HideTheme(theme.key, int(not theme.hidden)))
    return (*_rows(drops, SEEDS_A_ROW), (hide, Button("merge", MergeTheme(theme.key, ""))))


def merge_message(theme: Theme, dictionary: Dictionary, language: Language) -> Message:
    """Which theme another is to become a part of."""
    others = [one for one in dictionary.themes if one.key != theme.key]
    buttons = [Button("target", MergeTheme(theme.key, one.key), {"target": one.name(language)}) for one in others]
    back = (Button("back", EditTheme(theme.key)),)
    return Message("themes/merge", language, {"name": theme.name(language)}, (*_rows(buttons, A_ROW), back))


def merge_question(theme: Theme, target: Theme, language: Language) -> Message:
    """What becomes of a theme that is to be part of another, before it is: there is no way back."""
    facts = {"name": theme.name(language), "target": target.name(language), "seeds": len(theme.seeds)}
    yes, no = Button("yes", MergeTheme(theme.key, target.key)), Button("no", EditTheme(theme.key))
    return Message("themes/merge_question", language, facts, ((yes, no),))


def refusal(error: ThemeError, language: Language) -> Message:
    """Why a change was not made."""
    return Message("themes/misunderstood", language, {"code": error.code, "word": cut(error.word, LONGEST_WORD)})


def may_edit(by: Staff) -> bool:
    """Whether somebody may change the dictionary, which everybody's numbers come of."""
    return by.role.allows(Role.MANAGER)


def _rows(buttons: Sequence[Button], width: int) -> Keyboard:
    return tuple(tuple(buttons[start : start + width]) for start in range(0, len(buttons), width))
