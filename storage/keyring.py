"""Keys of the encryption at rest, and what is done with them.

AES-256-GCM of the `cryptography` package, and not its Fernet: Fernet authenticates a text but not where it stands, so
that one column's text could be moved into another unnoticed; it tells when each text was written, has 128-bit keys,
and costs several times as much. What a nonce-misuse resistant cipher (AES-GCM-SIV) would add is of no use here: every
text gets a fresh nonce of 96 random bits, which is safe for 2**32 texts a key (NIST SP 800-38D, 8.3), and not every
OpenSSL has it.

From each secret of the settings HKDF-SHA256 (RFC 5869) derives a key to encrypt, a key for the blind indexes
(HMAC-SHA256), and the id by which a text names its key, so that none of the three says anything about another.
"""

import base64
import binascii
import hmac
import os
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CIPHERTEXT = "enc1:"
"""Before an encrypted text: then the key's id, a colon, and nonce and ciphertext in base64."""
ESCAPED = "txt1:"
"""Before a plain text that begins with either of these marks: nobody can write what is taken for a ciphertext."""
SECRET_BYTES = 32
NONCE_BYTES = 12
ID_BYTES = 4


class SecretError(Exception):
    """A stored text cannot be read; `place` is its column, `stored` what stands there, `row` its row, once found."""

    def __init__(self, words: str, *, place: str, stored: str) -> None:
        super().__init__(words)
        self.place = place
        self.stored = stored
        self.row = ""

    def __str__(self) -> str:
        return f"{self.args[0]} ({self.row})" if self.row else str(self.args[0])


class TamperedError(SecretError):
    """A text is not what was encrypted for this column: somebody or something changed the database."""

    def __init__(self, place: str, stored: str) -> None:
        super().__init__(f"{place} holds an encrypted text that was changed or moved", place=place, stored=stored)


class MissingKeyError(SecretError):
    """A text is encrypted with a key that is not here; nothing is wrong with it."""

    def __init__(self, place: str, stored: str) -> None:
        key_id = key_id_of(stored)
        words = f"{place} is encrypted with the key {key_id}, which ENCRYPTION_KEYS does not hold: put it back"
        super().__init__(words, place=place, stored=stored)


def new_secret() -> str:
    """A fresh random secret, as the settings take it."""
    return base64.urlsafe_b64encode(os.urandom(SECRET_BYTES)).decode()


def is_ciphertext(stored: str) -> bool:
    return stored.startswith(CIPHERTEXT)


def key_id_of(stored: str) -> str:
    """The id of the key that a ciphertext names."""
    return stored.removeprefix(CIPHERTEXT).partition(":")[0]


class Key:
    """One secret, with what is derived from it."""

    def __init__(self, secret: str) -> None:
        """Take a secret of 32 bytes in url-safe base64.

        Raises:
            ValueError: it is none.
        """
        raw = base64.b64decode(secret, altchars=b"-_", validate=True)
        if len(raw) != SECRET_BYTES:
            raise ValueError(f"a key has {SECRET_BYTES} bytes, and this one {len(raw)}")
        self.id = _derive(raw, b"touchpoint key id", ID_BYTES).hex()
        self._cipher = AESGCM(_derive(raw, b"touchpoint encryption", SECRET_BYTES))
        self._index = _derive(raw, b"touchpoint blind index", SECRET_BYTES)

    @cached_property
    def mark(self) -> str:
        """What every text that this key encrypted begins with."""
        return f"{CIPHERTEXT}{self.id}:"

    def seal(self, text: str, place: str) -> str:
        """The ciphertext of a text for a column."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, text.encode(), place.encode())
        return self.mark + binascii.b2a_base64(sealed, newline=False).decode()

    def open(self, stored: str, place: str) -> str:
        """The text of a ciphertext of this key.

        Raises:
            TamperedError: it is not what was encrypted for this column.
        """
        try:
            sealed = binascii.a2b_base64(stored.removeprefix(self.mark), strict_mode=True)
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise TamperedError(place, stored) from error

    def index(self, value: str, place: str) -> str:
        """What stands for a value where it must be found again: the same for the same value, and it tells no more."""
        return self.mark + hmac.digest(self._index, f"{place}:{value}".encode(), "sha256").hex()


def _derive(secret: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=purpose).derive(secret)


@dataclass(frozen=True)
class Keyring:
    """The keys that texts may be encrypted with: what is written goes under the first, unless `writes_plain`.

    An empty text stays empty: that there is none is no secret, and queries ask for it.
    """

    keys: tuple[Key, ...] = field(default=(), repr=False)
    writes_plain: bool = False

    @property
    def writer(self) -> Key | None:
        """The key for what is written; None when that is written as it is."""
        return self.keys[0] if self.keys and not self.writes_plain else None

    @cached_property
    def _by_id(self) -> dict[str, Key]:
        return {key.id: key for key in self.keys}

    @property
    def ids(self) -> set[str]:
        """The ids of all keys."""
        return set(self._by_id)

    def seal(self, text: str, place: str) -> str:
        """What is stored of a text in the column `place`."""
        if not text:
            return text
        if self.writer is not None:
            return self.writer.seal(text, place)
        return ESCAPED + text if text.startswith((CIPHERTEXT, ESCAPED)) else text

    def open(self, stored: str, place: str) -> str:
        """The text behind what is stored.

        Raises:
            MissingKeyError: the key that encrypted it is not here.
            TamperedError: it is not what was encrypted for this column.
        """
        if not is_ciphertext(stored):
            return stored.removeprefix(ESCAPED)
        key = self._by_id.get(key_id_of(stored))
        if key is None:
            raise MissingKeyError(place, stored)
        return key.open(stored, place)

    def index(self, value: str, place: str) -> str:
        """What is stored in a blind index for a value."""
        return value if self.writer is None else self.writer.index(value, place)

    def indexes(self, value: str, place: str) -> list[str]:
        """Everything that a blind index may hold for a value, by each key and as it is, until all are re-encrypted."""
        return [value, *(key.index(value, place) for key in self.keys)]


PLAIN = Keyring()
"""Encryption is off, and never was on."""
