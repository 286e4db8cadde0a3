"""What people wrote and what became of it, on disk: the database behind one object, `Store`."""

from core.storage.adding import Addition, make_addition
from core.storage.home import data_home
from core.storage.records import (
    Amend,
    Change,
    ChangeItem,
    FindingCount,
    Part,
    PartCount,
    Project,
    Put,
    Reckoning,
    Remove,
    Row,
    RowFacts,
    Snapshot,
    TokenGroup,
    UnreadableLine,
    Version,
)
from core.storage.store import Store

__all__ = [
    "Addition",
    "Amend",
    "Change",
    "ChangeItem",
    "FindingCount",
    "Part",
    "PartCount",
    "Project",
    "Put",
    "Reckoning",
    "Remove",
    "Row",
    "RowFacts",
    "Snapshot",
    "Store",
    "TokenGroup",
    "UnreadableLine",
    "Version",
    "data_home",
    "make_addition",
]
