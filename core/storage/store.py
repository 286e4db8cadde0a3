"""The whole storage as one object."""

from __future__ import annotations

from core.storage.carrying import Carrying
from core.storage.changes import Changes
from core.storage.glances import Glances
from core.storage.history import History
from core.storage.jobs import Jobs
from core.storage.looks import Looks
from core.storage.narrowing import Narrowing
from core.storage.projects import Projects
from core.storage.rechecking import Rechecking
from core.storage.rows import Rows
from core.storage.settings import Settings
from core.storage.snapshots import Snapshots
from core.storage.totals import Totals
from core.storage.undo import Undo
from core.storage.unreadable import UnreadableLines
from core.storage.versions import Versions


class Store(
    Projects,
    Rows,
    Narrowing,
    Totals,
    Rechecking,
    Changes,
    Undo,
    History,
    Versions,
    UnreadableLines,
    Snapshots,
    Jobs,
    Glances,
    Looks,
    Settings,
    Carrying,
):
    """Projects, rows, changes, versions, sums, jobs, settings; each write is on disk on return."""
