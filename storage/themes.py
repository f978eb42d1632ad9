"""The dictionary of themes as staff keep it, and what each reason is about.

The words of reasons are encrypted, so that nothing of them can be asked of the database: what a reason is about is
found when it is read once, and kept by the themes' keys.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, tuple_, update

from bot.domain.reasons.themes import Dictionary, SeedEdit, ThemeEdit, edited
from bot.domain.rules import Rules
from storage.database import Tx, insert_for
from storage.tables import answer, reason_theme, theme, theme_dictionary, theme_seed

Texts = Mapping[int, str]
"""What was given as the reason of an answer, by its run."""


def load_dictionary(tx: Tx, rules: Rules) -> Dictionary:
    """The themes of the rules with what staff made of them."""
    themes = tx.execute(select(theme.c.key, theme.c.name, theme.c.hidden, theme.c.merged_into).order_by(theme.c.key))
    seeds = tx.execute(
        select(theme_seed.c.theme, theme_seed.c.seed, theme_seed.c.added).order_by(theme_seed.c.changed_at)
    )
    return edited(
        rules.themes,
        [ThemeEdit(**row) for row in themes.mappings()],
        [SeedEdit(**row) for row in seeds.mappings()],
    )


def save_theme(tx: Tx, edit: ThemeEdit, *, staff_id: int, now: datetime) -> None:
    """Keep what staff made of a theme."""
    values = {"name": edit.name, "hidden": edit.hidden, "merged_into": edit.merged_into}
    changed = {**values, "changed_by": staff_id, "changed_at": now}
    statement = insert_for(tx)(theme).values(key=edit.key, **changed)
    tx.execute(statement.on_conflict_do_update(index_elements=["key"], set_=changed))


def load_theme(tx: Tx, key: str) -> ThemeEdit:
    """What staff made of a theme, which may be nothing."""
    columns = (theme.c.key, theme.c.name, theme.c.hidden, theme.c.merged_into)
    row = tx.execute(select(*columns).where(theme.c.key == key)).mappings().one_or_none()
    return ThemeEdit(**row) if row else ThemeEdit(key=key)


def list_keys(tx: Tx) -> list[str]:
    """The keys of all themes that staff ever changed or made, merged ones too."""
    return list(tx.execute(select(theme.c.key)).scalars())


def save_seeds(tx: Tx, edits: Iterable[SeedEdit], *, staff_id: int, now: datetime) -> None:
    """Keep that seeds were given to a theme, or taken from it."""
    for edit in edits:
        changed = {"added": edit.added, "changed_by": staff_id, "changed_at": now}
        statement = insert_for(tx)(theme_seed).values(theme=edit.theme, seed=edit.seed, **changed)
        tx.execute(statement.on_conflict_do_update(index_elements=["theme", "seed"], set_=changed))


def merge(tx: Tx, source: str, target: str) -> None:
    """What was merged into a theme, and what staff said is about it, is about another from now on."""
    tx.execute(update(theme).where(theme.c.merged_into == source).values(merged_into=target))
    about = select(reason_theme.c.run_id).where(
        reason_theme.c.theme == source, reason_theme.c.about, reason_theme.c.corrected_by.is_not(None)
    )
    tx.execute(delete(reason_theme).where(reason_theme.c.theme == target, reason_theme.c.run_id.in_(about)))
    moved = (reason_theme.c.theme == source, reason_theme.c.run_id.in_(about))
    tx.execute(update(reason_theme).where(*moved).values(theme=target))
    tx.execute(delete(reason_theme).where(reason_theme.c.theme == source))


def current_version(tx: Tx, digest: str, *, now: datetime) -> int:
    """The number of this state of the dictionary: a new one whenever it is another than before."""
    latest = select(theme_dictionary.c.id, theme_dictionary.c.digest).order_by(theme_dictionary.c.id.desc()).limit(1)
    row = tx.execute(latest).one_or_none()
    if row is not None and row.digest == digest:
        return int(row.id)
    added = insert(theme_dictionary).values(digest=digest, since=now).returning(theme_dictionary.c.id)
    return int(tx.execute(added).scalar_one())


def list_unread(tx: Tx, version: int, *, limit: int) -> Texts:
    """Reasons that were not read by this version of the dictionary, the new ones first."""
    statement = select(answer.c.run_id, answer.c.reason).where(answer.c.reason.is_not(None), answer.c.themed < version)
    return {row.run_id: row.reason for row in tx.execute(statement.order_by(answer.c.themed).limit(limit))}


def assign(tx: Tx, found: Mapping[int, Collection[str]], *, version: int) -> None:
    """Keep which themes the dictionary finds in each reason; where staff have said so, that stays.

    What is found again is left alone: a change would have its day counted anew.
    """
    runs, names = list(found), (reason_theme.c.run_id, reason_theme.c.theme)
    said = tx.execute(select(*names, reason_theme.c.corrected_by).where(reason_theme.c.run_id.in_(runs))).all()
    known = {(row.run_id, row.theme) for row in said}
    named = {(run_id, key) for run_id, keys in found.items() for key in keys}
    if gone := {(row.run_id, row.theme) for row in said if row.corrected_by is None} - named:
        tx.execute(delete(reason_theme).where(tuple_(*names).in_(gone)))
    if new := named - known:
        tx.execute(insert(reason_theme), [{"run_id": run, "theme": key, "about": True} for run, key in sorted(new)])
    tx.execute(update(answer).where(answer.c.run_id.in_(runs)).values(themed=version))


def correct(tx: Tx, run_id: int, key: str, *, about: bool, staff_id: int, now: datetime) -> None:
    """A member of staff says whether a reason is about a theme: that holds whatever the dictionary finds."""
    said = {"about": about, "corrected_by": staff_id, "corrected_at": now}
    statement = insert_for(tx)(reason_theme).values(run_id=run_id, theme=key, **said)
    tx.execute(statement.on_conflict_do_update(index_elements=["run_id", "theme"], set_=said))


def list_of(tx: Tx, run_id: int) -> set[str]:
    """The themes that one reason is about."""
    statement = select(reason_theme.c.theme).where(reason_theme.c.run_id == run_id, reason_theme.c.about)
    return set(tx.execute(statement).scalars())


def forget(tx: Tx, runs: Any) -> None:  # noqa: ANN401  ids, or a select of them
    """Nothing is kept any more of what these reasons are about, neither found nor said by staff."""
    tx.execute(delete(reason_theme).where(reason_theme.c.run_id.in_(runs)))
