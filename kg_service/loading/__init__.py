"""Loading data sets into a graph: reading, validation, writing, reporting (data-formats.md, "Loading")."""

from kg_service.loading.check import check
from kg_service.loading.export import export
from kg_service.loading.load import load
from kg_service.loading.report import FileReport, LoadReport, Problem, Progress, ProgressCallback

__all__ = ["FileReport", "LoadReport", "Problem", "Progress", "ProgressCallback", "check", "export", "load"]
