"""One database URL, two dialects: SQLAlchemy's and libpq's."""

from sqlalchemy.engine import URL, make_url


def engine_url(url: str) -> URL:
    """For SQLAlchemy: ``postgresql+psycopg://…``, whichever form was given."""
    return make_url(url).set(drivername="postgresql+psycopg")


def libpq_url(url: str) -> str:
    """For psycopg and Procrastinate: ``postgresql://…``."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
