"""Django without anything beside it: one view with a decorator, in one file."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Callable

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.http import require_safe
from store import find, is_bearer, problem

settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SECRET_KEY=secrets.token_urlsafe(),
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
)

View = Callable[..., JsonResponse]


def token_required(view: View) -> View:
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: str, **kwargs: str) -> JsonResponse:
        given = request.headers.get("Authorization", "")
        if not is_bearer(given):
            body = problem(401, "Unauthorized", "A valid token is required.")
            return JsonResponse(body, status=401, headers={"WWW-Authenticate": "Bearer"})
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@token_required
def find_webhook(_: HttpRequest, instance_id: str) -> JsonResponse:
    return JsonResponse(find(instance_id), safe=False)


urlpatterns = [path("api/v2/instance/<str:instance_id>/webhook", find_webhook)]
app = get_wsgi_application()
