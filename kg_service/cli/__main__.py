"""``python -m kg_service.cli``: the ``kg`` command where no script is installed."""

from kg_service.cli.main import main

if __name__ == "__main__":
    main()
