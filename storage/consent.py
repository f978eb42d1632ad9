"""The consent ledger: rows are added and read, never changed."""

from datetime import datetime

from sqlalchemy import insert

from bot.domain.privacy import TEXT_VERSION, Act
from storage.database import Tx
from storage.tables import consent


def add(tx: Tx, customer_id: int, act: Act, *, detail: str = "", now: datetime) -> None:
    """Note what a customer agreed to or took back, under the words in force."""
    row = {"customer_id": customer_id, "act": act, "detail": detail, "text_version": TEXT_VERSION, "happened_at": now}
    tx.execute(insert(consent).values(row))
