"""The workbench: the store in a browser. ``create_app`` is the application, ``kg serve`` runs it."""
