"""The table of servers: how each is started."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

SOURCES: Final = Path(__file__).parent
HOME: Final = Path("build", "real-servers").absolute()


@dataclass(frozen=True, slots=True)
class Server:
    """An app or a gateway; each `$NAME` in its command and its file is filled in at the start."""

    name: str
    command: str
    file: str = ""  # a gateway's configuration, $CONFIG in its command
    behind: str = ""  # the app behind a gateway
    slips: bool = False  # its makers' own guard breaks the contract, so the judge must see it


VENV: Final = f"{HOME}/venv/bin"
UVICORN: Final = f"{VENV}/uvicorn --no-access-log --host 127.0.0.1 --port $PORT"
HYPERCORN: Final = f"{VENV}/hypercorn --bind 127.0.0.1:$PORT"
GUNICORN: Final = f"{VENV}/gunicorn --graceful-timeout 1 --bind 127.0.0.1:$PORT"
WAITRESS: Final = f"{VENV}/waitress-serve --listen 127.0.0.1:$PORT"

APPS: Final = (
    Server("fastapi", f"{UVICORN} fastapi_app:app"),
    Server("fastapi-hypercorn", f"{HYPERCORN} fastapi_app:app"),
    Server("flask", f"{GUNICORN} flask_app:app"),
    Server("flask-threads", f"{GUNICORN} --threads 4 --workers 2 flask_app:app"),
    Server("flask-waitress", f"{WAITRESS} flask_app:app"),
    Server("flask-development", f"{VENV}/flask --app flask_app run --port $PORT"),
    Server("django", f"{GUNICORN} django_app:app"),
    Server("django-rest-framework", f"{GUNICORN} rest_framework_app:app"),
    Server("django-ninja", f"{GUNICORN} ninja_app:app"),
    Server("ninja-waitress", f"{WAITRESS} ninja_app:app", slips=True),
    Server("aiohttp", f"{VENV}/python aiohttp_app.py"),
    Server("starlette", f"{UVICORN} starlette_app:app"),
    Server("starlette-h11", f"{UVICORN} --http h11 starlette_app:app"),
    Server("falcon", f"{GUNICORN} falcon_app:app"),
    Server("litestar", f"{UVICORN} litestar_app:app"),
    Server("quart", f"{HYPERCORN} quart_app:app"),
    Server("sanic", f"{VENV}/python sanic_app.py"),
    Server("sanic-token", f"{VENV}/python sanic_app.py --token", slips=True),
    Server("tornado", f"{VENV}/python tornado_app.py"),
    Server("bottle", f"{VENV}/python bottle_app.py"),
    Server("express", "node express.mjs"),
    Server("express-4", "node express4.mjs"),
    Server("express-4-passport", "node express4.mjs --passport", slips=True),
    Server("fastify", "node fastify.mjs"),
    Server("hono", "node hono.mjs"),
    Server("koa", "node koa.mjs"),
    Server("hapi", "node hapi.mjs"),
    Server("nest", "node nest.mjs"),
    Server("nest-fastify", "node nest.mjs --fastify"),
)
GATEWAYS: Final = (
    Server("nginx", "nginx -e stderr -c $CONFIG", "nginx.conf", "express"),
    Server("nginx-flask", "nginx -e stderr -c $CONFIG", "nginx.conf", "flask"),
    Server("nginx-uri", "nginx -e stderr -c $CONFIG", "nginx_uri.conf", "starlette"),
    Server("apache", "apache2 -D FOREGROUND -f $CONFIG", "apache.conf", "starlette"),
    Server("apache-nocanon", "apache2 -D FOREGROUND -f $CONFIG", "apache_nocanon.conf", "nest"),
    Server("lighttpd", "lighttpd -D -f $CONFIG", "lighttpd.conf", "starlette"),
    Server("haproxy", "haproxy -db -q -f $CONFIG", "haproxy.cfg", "starlette"),
    Server(
        "varnish",
        "varnishd -F -a 127.0.0.1:$PORT -f $CONFIG -n $FOLDER/v -s malloc,32m",
        "varnish.vcl",
        "express",
    ),
    Server("caddy", "caddy run --adapter caddyfile --config $CONFIG", "Caddyfile", "fastify"),
)
SERVERS: Final = (*APPS, *GATEWAYS)
BY_NAME: Final = {server.name: server for server in SERVERS}
