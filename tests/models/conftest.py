from tests.models.really import really
from tests.postgres.server import server

__all__ = ["really", "server"]
