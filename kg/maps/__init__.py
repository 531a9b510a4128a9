"""Maps of what a store says: ``draw(store, Request(…))`` gives the page, ``Drawn.html``."""

from kg.maps.drawing import Drawn, Request, draw

__all__ = ["Drawn", "Request", "draw"]
