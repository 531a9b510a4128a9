"""Facts before people: which to look at first, and what they decide. ``kg review`` and the workbench call it."""
