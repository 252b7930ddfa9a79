"""The plan of a deployment: what `alembic upgrade` will do to a server in use, step by step."""

from migralint.plan.deployment import Deployment, Planned, Stage, deployment

__all__ = ["Deployment", "Planned", "Stage", "deployment"]
