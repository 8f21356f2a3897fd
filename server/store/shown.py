"""Whose results of a set are shown: those of one algorithm, the first's unless it was redone."""

from uuid import UUID

from sqlalchemy import ColumnElement, Table, func

from server.store.tables import exset

SHOWN_ALGORITHM: ColumnElement[UUID] = func.coalesce(
    exset.c.shown_algorithm_id, exset.c.algorithm_id
)


def is_shown(table: Table) -> ColumnElement[bool]:
    """Whether a row of results is of the algorithm that its set shows; joined with exset."""
    shown: ColumnElement[bool] = table.c.algorithm_id == SHOWN_ALGORITHM
    return shown
