"""The dictionary of themes: staff keep it, and every reason is read by it."""

from dataclasses import replace
from datetime import datetime

import storage.reason_counts
import storage.themes
from bot.domain.messages import Message
from bot.domain.periods import parse_period
from bot.domain.planning import CHUNK
from bot.domain.reasons import dictionary_messages as messages
from bot.domain.reasons.editing import (
    Change,
    ThemeError,
    ThemeRequest,
    check_name,
    check_seeds,
    find_theme,
    next_own_key,
    seed_digest,
)
from bot.domain.reasons.themes import Dictionary, SeedEdit, Theme, ThemeEdit
from bot.domain.roles import Staff
from bot.domain.rules import Rules
from bot.domain.taps import DropSeed, HideTheme, MergeTheme
from bot.domain.touchpoints import Kind
from storage.database import Tx

COUNTED = "90d"
SURVEYS = (Kind.NPS, Kind.CES, Kind.CSAT)


def plan_themes(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Find what reasons are about, a chunk at a time: of new ones, and of all when the dictionary was changed."""
    dictionary = storage.themes.load_dictionary(tx, rules)
    version = storage.themes.current_version(tx, dictionary.digest, now=now)
    texts = storage.themes.list_unread(tx, version, limit=CHUNK)
    if texts:
        storage.themes.assign(tx, {run_id: dictionary.find(text) for run_id, text in texts.items()}, version=version)
    return len(texts)


def show_themes(tx: Tx, *, now: datetime, rules: Rules, by: Staff, request: ThemeRequest) -> Message:
    """All themes with how often they are named, or one with its seeds."""
    dictionary = storage.themes.load_dictionary(tx, rules)
    if not request.name:
        return _list(tx, dictionary, by, rules=rules, now=now)
    try:
        return messages.theme_message(find_theme(dictionary, request.name), by)
    except ThemeError as error:
        return messages.refusal(error, by.language)


def open_theme(tx: Tx, *, now: datetime, rules: Rules, by: Staff, key: str) -> Message:
    """A theme of the list with its seeds; without a key, the list."""
    dictionary = storage.themes.load_dictionary(tx, rules)
    return _show(dictionary, key, by) if key else _list(tx, dictionary, by, rules=rules, now=now)


def _list(tx: Tx, dictionary: Dictionary, by: Staff, *, rules: Rules, now: datetime) -> Message:
    period, keys = parse_period(COUNTED, now=now, timezone=rules.timezone), dictionary.shown.keys()
    found = [storage.reason_counts.count(tx, kind, period, keys) for kind in SURVEYS]
    unnamed = sum(one.unnamed for one in found)
    totals = {key: sum(one.themes[key].total() for one in found) for key in keys}
    return messages.themes_message(dictionary, totals, unnamed, by)


def _show(dictionary: Dictionary, key: str, by: Staff, *, note: str = "", words: tuple[str, ...] = ()) -> Message:
    """A theme as it is now; a button may name one that is there no more."""
    found = next((theme for theme in dictionary.themes if theme.key == key), None)
    if found is None:
        return Message("customers/stale_button", by.language)
    return messages.theme_message(found, by, note=note, words=words)


def edit_themes(tx: Tx, *, now: datetime, rules: Rules, by: Staff, request: ThemeRequest) -> Message:
    """Do what the words after /themes say, if who says so may."""
    if not messages.may_edit(by):
        return Message("themes/managers_only", by.language)
    dictionary = storage.themes.load_dictionary(tx, rules)
    try:
        if request.change is Change.CREATE:
            return _create(tx, dictionary, request, by, rules=rules, now=now)
        return _change(tx, dictionary, find_theme(dictionary, request.name), request, by, rules=rules, now=now)
    except ThemeError as error:
        return messages.refusal(error, by.language)


def _create(
    tx: Tx, dictionary: Dictionary, request: ThemeRequest, by: Staff, *, rules: Rules, now: datetime
) -> Message:
    name, seeds = check_name(dictionary, request.name), check_seeds(request)
    key = next_own_key(storage.themes.list_keys(tx))
    storage.themes.save_theme(tx, ThemeEdit(key=key, name=name), staff_id=by.user_id, now=now)
    return _save_seeds(tx, key, seeds, by, added=True, rules=rules, now=now)


def _change(
    tx: Tx, dictionary: Dictionary, theme: Theme, request: ThemeRequest, by: Staff, *, rules: Rules, now: datetime
) -> Message:
    if request.change is Change.MERGE:
        return _ask_to_merge(theme, find_theme(dictionary, request.rest), by)
    if request.change is Change.RENAME:
        name = check_name(dictionary, request.rest)
        edit = replace(storage.themes.load_theme(tx, theme.key), name=name)
        return _save(tx, edit, by, note="renamed", rules=rules, now=now)
    seeds, added = check_seeds(request), request.change is Change.ADD
    if not added and (missing := [seed for seed in seeds if seed not in theme.seeds]):
        raise ThemeError("no_seed", missing[0])
    return _save_seeds(tx, theme.key, seeds, by, added=added, rules=rules, now=now)


def hide_theme(tx: Tx, *, now: datetime, rules: Rules, by: Staff, tap: HideTheme) -> Message:
    """Put a theme out of sight, or back."""
    if tap.theme not in {theme.key for theme in storage.themes.load_dictionary(tx, rules).themes}:
        return Message("customers/stale_button", by.language)
    note = "hidden" if tap.hidden else "shown"
    edit = replace(storage.themes.load_theme(tx, tap.theme), hidden=bool(tap.hidden))
    return _save(tx, edit, by, note=note, rules=rules, now=now)


def drop_seed(tx: Tx, *, now: datetime, rules: Rules, by: Staff, tap: DropSeed) -> Message:
    """Take a seed from a theme; one that is gone already stays gone."""
    themes = storage.themes.load_dictionary(tx, rules).themes
    seeds = {seed for theme in themes if theme.key == tap.theme for seed in theme.seeds}
    dropped = tuple(seed for seed in seeds if seed_digest(seed) == tap.seed)
    return _save_seeds(tx, tap.theme, dropped, by, added=False, rules=rules, now=now)


def merge_theme(tx: Tx, *, now: datetime, rules: Rules, by: Staff, tap: MergeTheme) -> Message:
    """Make a theme part of another; without one yet, offer the others."""
    dictionary = storage.themes.load_dictionary(tx, rules)
    known = {theme.key: theme for theme in dictionary.themes}
    if tap.theme not in known or tap.target not in {"", *known} - {tap.theme}:
        return Message("customers/stale_button", by.language)
    if not tap.target:
        return messages.merge_message(known[tap.theme], dictionary, by.language)
    return _merge(tx, known[tap.theme], known[tap.target], by, rules=rules, now=now)


def _ask_to_merge(theme: Theme, target: Theme, by: Staff) -> Message:
    if theme.key == target.key:
        raise ThemeError("itself", theme.name(by.language))
    return messages.merge_question(theme, target, by.language)


def _merge(tx: Tx, theme: Theme, target: Theme, by: Staff, *, rules: Rules, now: datetime) -> Message:
    storage.themes.merge(tx, theme.key, target.key)
    edit = replace(storage.themes.load_theme(tx, theme.key), merged_into=target.key)
    storage.themes.save_theme(tx, edit, staff_id=by.user_id, now=now)
    return _show(storage.themes.load_dictionary(tx, rules), target.key, by, note="merged")


def _save(tx: Tx, edit: ThemeEdit, by: Staff, *, note: str, rules: Rules, now: datetime) -> Message:
    storage.themes.save_theme(tx, edit, staff_id=by.user_id, now=now)
    return _show(storage.themes.load_dictionary(tx, rules), edit.key, by, note=note)


def _save_seeds(
    tx: Tx, key: str, seeds: tuple[str, ...], by: Staff, *, added: bool, rules: Rules, now: datetime
) -> Message:
    edits = [SeedEdit(theme=key, seed=seed, added=added) for seed in seeds]
    storage.themes.save_seeds(tx, edits, staff_id=by.user_id, now=now)
    note = ("added" if added else "removed") if seeds else ""
    return _show(storage.themes.load_dictionary(tx, rules), key, by, note=note, words=seeds)
