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
    folder: str = ""  # where its command is run
    file: str = ""  # a gateway's configuration, $CONFIG in its command
    behind: str = ""  # the app behind a gateway
    slips: bool = False  # its makers' own guard breaks the contract, so the judge must see it


VENV: Final = f"{HOME}/venv/bin"
UVICORN: Final = f"{VENV}/uvicorn --no-access-log --host 127.0.0.1 --port $PORT"
HYPERCORN: Final = f"{VENV}/hypercorn --bind 127.0.0.1:$PORT"
GUNICORN: Final = f"{VENV}/gunicorn --graceful-timeout 1 --bind 127.0.0.1:$PORT"
WAITRESS: Final = f"{VENV}/waitress-serve --listen 127.0.0.1:$PORT"
MOJOLICIOUS: Final = "perl mojolicious_app.pl daemon --mode production"

APPS: Final = (
    Server("fastapi", f"{UVICORN} fastapi_app:app", "python"),
    Server("fastapi-hypercorn", f"{HYPERCORN} fastapi_app:app", "python"),
    Server("flask", f"{GUNICORN} flask_app:app", "python"),
    Server("flask-threads", f"{GUNICORN} --threads 4 --workers 2 flask_app:app", "python"),
    Server("flask-waitress", f"{WAITRESS} flask_app:app", "python"),
    Server("flask-development", f"{VENV}/flask --app flask_app run --port $PORT", "python"),
    Server("flask-slow", f"env DELAY=0.2 {GUNICORN} flask_app:app", "python"),
    Server("django", f"{GUNICORN} django_app:app", "python"),
    Server("django-rest-framework", f"{GUNICORN} rest_framework_app:app", "python"),
    Server("django-ninja", f"{GUNICORN} ninja_app:app", "python"),
    Server("ninja-waitress", f"{WAITRESS} ninja_app:app", "python", slips=True),
    Server("aiohttp", f"{VENV}/python aiohttp_app.py", "python"),
    Server("starlette", f"{UVICORN} starlette_app:app", "python"),
    Server("starlette-h11", f"{UVICORN} --http h11 starlette_app:app", "python"),
    Server("falcon", f"{GUNICORN} falcon_app:app", "python"),
    Server("litestar", f"{UVICORN} litestar_app:app", "python"),
    Server("quart", f"{HYPERCORN} quart_app:app", "python"),
    Server("sanic", f"{VENV}/python sanic_app.py", "python"),
    Server("sanic-token", f"{VENV}/python sanic_app.py --token", "python", slips=True),
    Server("tornado", f"{VENV}/python tornado_app.py", "python"),
    Server("bottle", f"{VENV}/python bottle_app.py", "python"),
    Server("express", "node express.mjs", "node"),
    Server("express-4", "node express4.mjs", "node"),
    Server("express-4-passport", "node express4.mjs --passport", "node", slips=True),
    Server("fastify", "node fastify.mjs", "node"),
    Server("hono", "node hono.mjs", "node"),
    Server("koa", "node koa.mjs", "node"),
    Server("hapi", "node hapi.mjs", "node"),
    Server("nest", "node nest.mjs", "node"),
    Server("nest-fastify", "node nest.mjs --fastify", "node"),
    Server("sinatra", "puma --bind tcp://127.0.0.1:$PORT sinatra_app.ru", "debian"),
    Server(
        "mojolicious",
        "perl mojolicious_app.pl daemon --mode production --listen http://127.0.0.1:$PORT",
        "debian",
    ),
    Server("go", "./servemux", "debian"),
    Server("php", "php -S 127.0.0.1:$PORT plain.php", "debian"),
)
GATEWAYS: Final = (
    Server("nginx", "nginx -e stderr -c $CONFIG", file="nginx.conf", behind="express"),
    Server("nginx-flask", "nginx -e stderr -c $CONFIG", file="nginx.conf", behind="flask"),
    Server("nginx-uri", "nginx -e stderr -c $CONFIG", file="nginx_uri.conf", behind="starlette"),
    Server("apache", "apache2 -D FOREGROUND -f $CONFIG", file="apache.conf", behind="starlette"),
    Server(
        "apache-nocanon",
        "apache2 -D FOREGROUND -f $CONFIG",
        file="apache_nocanon.conf",
        behind="nest",
    ),
    Server("lighttpd", "lighttpd -D -f $CONFIG", file="lighttpd.conf", behind="starlette"),
    Server("haproxy", "haproxy -db -q -f $CONFIG", file="haproxy.cfg", behind="starlette"),
    Server(
        "varnish",
        "varnishd -F -a 127.0.0.1:$PORT -f $CONFIG -n $FOLDER/v -s malloc,32m",
        file="varnish.vcl",
        behind="express",
    ),
    Server(
        "caddy",
        "caddy run --adapter caddyfile --config $CONFIG",
        file="Caddyfile",
        behind="fastify",
    ),
)
SERVERS: Final = (*APPS, *GATEWAYS)
BY_NAME: Final = {server.name: server for server in SERVERS}
