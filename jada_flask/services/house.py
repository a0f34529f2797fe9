"""The house data that everybody aboard may know.

As the store or the repository has it.
"""

from __future__ import annotations

from jada_flask.domain.house import Operations
from jada_flask.house import default_operations
from jada_flask.records.operations import OPERATIONS
from jada_flask.unit_of_work import UnitOfWork


def operations(work: UnitOfWork) -> Operations:
    """The house as it was last edited, else the default of the repository."""
    return work.get(OPERATIONS) or default_operations()
