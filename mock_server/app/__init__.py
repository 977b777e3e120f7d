"""The ASGI app: the layers that a request passes, from the outside in."""
