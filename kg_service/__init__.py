"""kg_service."""
