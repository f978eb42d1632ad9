"""Amounts of money as short as they can be read: in text and in pictures, while files hold them to the last digit."""

from babel import numbers

LONG = 1_000_000
"""From so much on an amount is shortened."""

IN_FULL_WORDS = frozenset({"vi"})
"""Languages in which a short number is a word, "2,36 tỷ": the letters that their locale has for it nobody reads."""


def brief_amount(minor: float, currency: str, locale: str, digits: int = 2) -> str:
    """2,36 tỷ ₫ in Vietnamese, ₫2.36B in English: three digits, and at most so many decimals; below a million all."""
    amount = minor / 10 ** numbers.get_currency_precision(currency)
    if abs(amount) < LONG:
        return numbers.format_currency(amount, currency, locale=locale)
    amount = float(f"{amount:.3g}")
    if locale.partition("_")[0] not in IN_FULL_WORDS:
        return numbers.format_compact_currency(amount, currency, locale=locale, fraction_digits=digits)
    short = numbers.format_compact_decimal(amount, format_type="long", locale=locale, fraction_digits=digits)
    return f"{short} {numbers.get_currency_symbol(currency, locale=locale)}".replace(" ", "\N{NO-BREAK SPACE}")
