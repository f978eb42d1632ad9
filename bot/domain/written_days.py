"""Days as people read them in a language."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from babel.dates import format_date

LOCALES: Mapping[str, str] = MappingProxyType({"vi": "vi_VN", "en": "en_GB"})
"""By which Babel writes what is said in a language."""

FORMS: Mapping[str, str] = MappingProxyType({"vi": "dd/MM/y", "en": "d MMM y"})


def written_day(day: date, language: str) -> str:
    """22/11/2026 in Vietnamese; 22 Nov 2026 in English, since 01/12/2026 is another day to an American."""
    return format_date(day, FORMS[language], locale=LOCALES[language])
