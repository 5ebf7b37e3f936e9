"""How well questions are understood and answered: cases with what is expected, and measures over what became of them.

:mod:`cases <kg_service.evaluation.cases>` reads case files, :mod:`asking <kg_service.evaluation.asking>` puts their questions
to the parser or to an engine, :mod:`measures <kg_service.evaluation.measures>` counts.
"""
