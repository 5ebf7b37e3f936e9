"""Settings from the environment: every field is read from ``KG_`` and its name in capitals."""

from __future__ import annotations

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from kg_service.errors import ConfigurationError
from kg_service.graph.options import StoreOptions

__all__ = ["Settings"]

_DEFAULTS = StoreOptions()


class Settings(BaseSettings):
    """What an engine is opened with.

    Examples
    --------
    >>> Settings(store="neo4j://graph.example:7687", neo4j_user="kg").store_options().user
    'kg'
    """

    model_config = SettingsConfigDict(env_prefix="KG_", extra="ignore")

    store: str = Field("./.kg", description="a folder (embedded store), or neo4j://… of a server")
    neo4j_user: str | None = Field(None, description="user of the Neo4j server")
    neo4j_password: SecretStr | None = Field(None, description="password of the Neo4j server")
    neo4j_database: str | None = Field(None, description="database of the Neo4j server; its home database when absent")
    read_timeout_ms: int = Field(_DEFAULTS.read_timeout_ms, ge=0, description="limit of one query (ms); 0 is none")
    write_timeout_ms: int = Field(_DEFAULTS.write_timeout_ms, ge=0, description="limit of one write (ms); 0 is none")
    connect_timeout_ms: int = Field(_DEFAULTS.connect_timeout_ms, gt=0, description="limit of reaching a server (ms)")
    retry_ms: int = Field(_DEFAULTS.retry_ms, ge=0, description="how long transient failures are repeated (ms)")
    pool_size: int = Field(
        _DEFAULTS.pool_size, gt=0, description="connections to a server, or worker threads of the embedded store"
    )
    embedded_heap: str = Field(_DEFAULTS.heap, pattern=r"^\d+[kmgKMG]$", description="heap of the embedded store's JVM")

    @classmethod
    def load(cls, **changes: object) -> Settings:
        """The settings of the environment; ``changes`` win, those that are ``None`` do not count.

        Raises
        ------
        ConfigurationError
            When a value is not one its setting may have; the message names the variable.
        """
        try:
            return cls.model_validate({name: value for name, value in changes.items() if value is not None})
        except ValidationError as error:
            first = error.errors()[0]
            name = "_".join(("KG", *(str(part) for part in first["loc"]))).upper()
            raise ConfigurationError(f"{first['msg']}, not {first['input']!r}", where=name, do="mend or unset it") from error

    def store_options(self, *, quick_start: bool = False) -> StoreOptions:
        """What :func:`kg_service.graph.open_store` needs; ``quick_start`` for commands that answer once."""
        return StoreOptions(
            user=self.neo4j_user,
            password=self.neo4j_password.get_secret_value() if self.neo4j_password else None,
            database=self.neo4j_database,
            read_timeout_ms=self.read_timeout_ms,
            write_timeout_ms=self.write_timeout_ms,
            connect_timeout_ms=self.connect_timeout_ms,
            retry_ms=self.retry_ms,
            pool_size=self.pool_size,
            heap=self.embedded_heap,
            quick_start=quick_start,
        )
