"""The graph: its schema, its stores, and subgraphs as NetworkX graphs."""

from kg_service.graph.opening import open_async_store, open_store
from kg_service.graph.options import StoreOptions
from kg_service.graph.schema import GraphSchema
from kg_service.graph.store import AsyncStore, Row, Statement, Store, StoreInfo

__all__ = [
    "AsyncStore",
    "GraphSchema",
    "Row",
    "Statement",
    "Store",
    "StoreInfo",
    "StoreOptions",
    "open_async_store",
    "open_store",
]
