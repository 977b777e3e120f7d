"""Django Ninja: its bearer class."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from store import find, is_token, problem

settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SECRET_KEY=secrets.token_urlsafe(),
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
)
app = get_wsgi_application()

from django.http import HttpRequest, HttpResponse  # noqa: E402 - needs the settings
from django.urls import path  # noqa: E402
from ninja import NinjaAPI  # noqa: E402
from ninja.errors import AuthenticationError  # noqa: E402
from ninja.security import HttpBearer  # noqa: E402

api = NinjaAPI()


class Bearer(HttpBearer):
    """Knows one token."""

    def authenticate(self, _: HttpRequest, token: str) -> str | None:
        return token if is_token(token) else None


@api.exception_handler(AuthenticationError)
def unauthorized(request: HttpRequest, _: AuthenticationError) -> HttpResponse:
    body = problem(401, "Unauthorized", "A valid token is required.")
    answer = api.create_response(request, body, status=401)
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


@api.get("/instance/{instance_id}/webhook", auth=Bearer())
def find_webhook(request: HttpRequest, instance_id: str) -> list[dict[str, Any]]:
    return find(instance_id)


urlpatterns = [path("api/v2/", api.urls)]
