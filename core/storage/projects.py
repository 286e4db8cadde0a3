"""Projects: made, listed, named, put away and taken out again."""

from __future__ import annotations

from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import Row as Record
from sqlalchemy import insert, select, update

from core.errors import NotFound
from core.storage.database import Database
from core.storage.records import Project
from core.storage.schema import projects

_KEPT = select(projects).where(projects.c.deleted_at.is_(None))


class Projects(Database):
    """The part of the store that knows projects."""

    def load_projects(self) -> list[Project]:
        """Every project that is not deleted, the last edited first."""
        query = _KEPT.order_by(projects.c.edited_at.desc(), projects.c.id)
        with self._reading() as conn:
            return [_project(record) for record in conn.execute(query)]

    def load_project(self, project_id: str) -> Project:
        """One project.

        Raises:
            NotFound: `project_gone`.
        """
        with self._reading() as conn:
            record = conn.execute(_KEPT.where(projects.c.id == project_id)).one_or_none()
        if record is None:
            raise NotFound("project_gone")
        return _project(record)

    def create_project(
        self, name: str, *, system_prompt: str = "", priced_for: str, template: str = ""
    ) -> Project:
        """A new, empty project."""
        now = datetime.now(UTC)
        project = Project(
            token_urlsafe(6), name, system_prompt, priced_for, template, now, now, examples=0
        )
        with self._writing() as conn:
            conn.execute(
                insert(projects).values(
                    id=project.id,
                    name=name,
                    system_prompt=system_prompt,
                    priced_for=priced_for,
                    template=template,
                    created_at=now,
                    edited_at=now,
                )
            )
        return project

    def save_project(
        self, project_id: str, *, name: str | None = None, priced_for: str | None = None
    ) -> None:
        """Set what is given. (The system prompt is content: `apply_change` sets that.)

        Raises:
            NotFound: `project_gone`.
        """
        given = {"name": name, "priced_for": priced_for}
        values: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
        self._update(project_id, edited_at=datetime.now(UTC), **values)

    def save_spend_limit(self, project_id: str, limit: float | None) -> None:
        """Set what all its jobs together may cost, in US dollars; None takes the limit away.

        Raises:
            NotFound: `project_gone`.
        """
        self._update(project_id, spend_limit=limit)

    def delete_project(self, project_id: str) -> None:
        """Put the project away; `restore_project` takes it out again.

        Raises:
            NotFound: `project_gone`.
        """
        self._update(project_id, deleted_at=datetime.now(UTC))

    def restore_project(self, project_id: str) -> None:
        """Take a deleted project out again.

        Raises:
            NotFound: `project_gone`: there never was one.
        """
        self._update(project_id, deleted=True, deleted_at=None)

    def _update(self, project_id: str, *, deleted: bool = False, **values: Any) -> None:
        query = update(projects).where(projects.c.id == project_id)
        if not deleted:
            query = query.where(projects.c.deleted_at.is_(None))
        with self._writing() as conn:
            if not conn.execute(query.values(**values)).rowcount:
                raise NotFound("project_gone")


def _project(record: Record[Any]) -> Project:
    return Project(
        record.id,
        record.name,
        record.system_prompt,
        record.priced_for,
        record.template,
        record.created_at,
        record.edited_at,
        record.examples,
        record.checks,
        record.checked_as,
        record.revision,
        record.spend_limit,
    )
