"""The words that people agree to have a version, which is kept with each agreement."""

import hashlib

from bot.domain.privacy import TEXT_VERSION
from bot.render import TEMPLATES

AGREED_TO = [f"{language}/customers/{name}.j2" for language in ("en", "vi") for name in ("privacy", "welcome")]
VERSIONS = {"privacy-1": "cfab28b6a3600e9a", "privacy-2": "cd811164d78513ca", "privacy-3": "814e1340f11b751d"}


def test_other_words_are_another_version() -> None:
    """Whoever changes them gives TEXT_VERSION a new name, and adds it here with the digest that is found."""
    words = b"".join((TEMPLATES / name).read_bytes() for name in AGREED_TO)
    assert VERSIONS[TEXT_VERSION] == hashlib.sha256(words).hexdigest()[:16]
