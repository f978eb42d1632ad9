"""What a reason is about: themes, each known by its seeds, words and phrases that staff add to and take from."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256

from bot.domain.given_names import SYLLABLE
from bot.domain.messages import Language
from bot.domain.reasons.tokens import Clause, read

LONGEST_SEED = 40
LONGEST_NAME = 40


@dataclass(frozen=True, kw_only=True)
class ThemeTemplate:
    """A theme that the dictionary begins with. A seed is a word or a phrase, Vietnamese ones with their accents."""

    key: str
    name: Mapping[Language, str]
    seeds: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ThemeEdit:
    """What staff made of a theme: a name of their own, out of sight, or a part of another (`merged_into`).

    A theme that no template has is one of their own, and always has a name.
    """

    key: str
    name: str = ""
    hidden: bool = False
    merged_into: str = ""


@dataclass(frozen=True, kw_only=True)
class SeedEdit:
    """A seed that staff gave to a theme, or took from it."""

    theme: str
    seed: str
    added: bool


@dataclass(frozen=True, kw_only=True)
class Theme:
    """A theme as it stands. A merged one gives its seeds to another and is no theme any more."""

    key: str
    names: Mapping[Language, str]
    seeds: tuple[str, ...]
    own: bool = False
    hidden: bool = False

    def name(self, language: Language) -> str:
        return self.names[language]


Lookup = Mapping[str, Sequence[tuple[tuple[str, ...], str]]]
"""The first word of a seed -> the words of each such seed, and its theme."""


@dataclass(frozen=True)
class Dictionary:
    """All themes as they stand, in the order of the templates and then of their making."""

    themes: tuple[Theme, ...] = ()

    @cached_property
    def shown(self) -> Mapping[str, Theme]:
        """The themes that are counted and offered, by key."""
        return {theme.key: theme for theme in self.themes if not theme.hidden}

    @cached_property
    def digest(self) -> str:
        """Tells one state of the dictionary from another: reasons are read again when it changes."""
        said = [f"{theme.key}\t{theme.hidden}\t{seed}" for theme in self.themes for seed in sorted(theme.seeds)]
        return sha256("\n".join(said).encode()).hexdigest()[:16]

    def find(self, text: str) -> frozenset[str]:
        """The keys of the themes that a text names.

        A text typed with accents is compared with the seeds as they are written: "mặt" is not "mất". One typed without
        is compared with the bare seeds of two syllables or more, since single ones collide, and with English words.
        """
        reading = read(text)
        lookup = self._written if reading.accented else self._bare
        clauses = ([one.typed if reading.accented else one.plain for one in clause] for clause in reading.clauses)
        return frozenset(key for words in clauses for key in _named(words, lookup))

    @cached_property
    def _written(self) -> Lookup:
        return _lookup((tuple(one.typed for one in clause), key) for clause, key in self._clauses)

    @cached_property
    def _bare(self) -> Lookup:
        return _lookup(
            (tuple(one.plain for one in clause), key) for clause, key in self._clauses if _stands_bare(clause)
        )

    @property
    def _clauses(self) -> Iterator[tuple[Clause, str]]:
        return ((_clause(seed), theme.key) for theme in self.shown.values() for seed in theme.seeds)


def edited(templates: Iterable[ThemeTemplate], themes: Iterable[ThemeEdit], seeds: Iterable[SeedEdit]) -> Dictionary:
    """The dictionary that the templates and what staff made of them give; of two edits of a seed the later one counts.

    The seeds of a merged theme go with it. What staff changed of a template that is there no more is left out.
    """
    shipped = {template.key: template for template in templates}
    edits = {edit.key: edit for edit in themes if edit.key in shipped or edit.name}
    homes = {key: edits[key].merged_into if key in edits else "" for key in [*shipped, *edits]}
    homes = {key: home if home in homes else key for key, home in homes.items()}
    by_home = _seeds(shipped.values(), seeds, homes)
    return Dictionary(
        tuple(
            _theme(key, shipped.get(key), edits.get(key, ThemeEdit(key=key)), by_home[key])
            for key, home in homes.items()
            if home == key
        )
    )


def _seeds(
    templates: Iterable[ThemeTemplate], edits: Iterable[SeedEdit], homes: Mapping[str, str]
) -> Mapping[str, Mapping[str, None]]:
    """The seeds of each theme, in order."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for template in templates:
        found[homes[template.key]].update(dict.fromkeys(map(normal_seed, template.seeds)))
    for edit in edits:
        seeds = found[homes.get(edit.theme, edit.theme)]
        if edit.added:
            seeds[edit.seed] = None
        else:
            seeds.pop(edit.seed, None)
    return found


def _theme(key: str, template: ThemeTemplate | None, edit: ThemeEdit, seeds: Iterable[str]) -> Theme:
    names = template.name if template and not edit.name else dict.fromkeys(Language, edit.name)
    return Theme(key=key, names=names, seeds=tuple(seeds), own=template is None, hidden=edit.hidden)


@lru_cache(maxsize=4096)  # every look for reasons to read asks it of every seed
def normal_seed(text: str) -> str:
    """A seed as it is kept and compared: "  Giao Hàng" is "giao hàng"; empty for what has no words."""
    return " ".join(one.typed for clause in read(text).clauses for one in clause)


def works_bare(seed: str) -> bool:
    """Whether a seed is also found in texts typed without accents."""
    return _stands_bare(_clause(seed))


def _clause(seed: str) -> Clause:
    return tuple(one for clause in read(seed).clauses for one in clause)


def _stands_bare(clause: Clause) -> bool:
    """A single syllable without its accents may be any of a dozen words; one that is no Vietnamese syllable is not."""
    return len(clause) > 1 or SYLLABLE.fullmatch(clause[0].plain) is None


def _lookup(seeds: Iterable[tuple[tuple[str, ...], str]]) -> Lookup:
    found: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for words, key in seeds:
        found[words[0]].append((words, key))
    return found


def _named(words: Sequence[str], lookup: Lookup) -> Iterator[str]:
    for start, word in enumerate(words):
        for seed, key in lookup.get(word, ()):
            if tuple(words[start : start + len(seed)]) == seed:
                yield key
