"""Django REST framework: its token authentication under the keyword Bearer."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import path
from store import find, is_token, problem

settings.configure(
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["rest_framework"],
    ROOT_URLCONF=__name__,
    SECRET_KEY=secrets.token_urlsafe(),
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    REST_FRAMEWORK={
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "EXCEPTION_HANDLER": f"{__name__}.refused",
        "UNAUTHENTICATED_USER": None,
    },
)
app = get_wsgi_application()

from rest_framework.authentication import TokenAuthentication  # noqa: E402 - needs the settings
from rest_framework.exceptions import AuthenticationFailed  # noqa: E402
from rest_framework.permissions import BasePermission  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView, exception_handler  # noqa: E402


class BearerAuthentication(TokenAuthentication):
    """Knows one token."""

    keyword = "Bearer"

    def authenticate_credentials(self, key: str) -> tuple[str, str]:
        if not is_token(key):
            raise AuthenticationFailed("A valid token is required.")
        return "api", key


class IsSignedIn(BasePermission):
    """Asks for credentials."""

    def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002
        return request.auth is not None


def refused(error: Exception, context: dict[str, object]) -> Response | None:
    answer = exception_handler(error, context)
    if answer is not None:
        status, message = answer.status_code, answer.data["detail"]
        answer.data = problem(status, answer.status_text, message)
    return answer


class FindWebhook(APIView):
    """The webhooks of an instance."""

    authentication_classes = (BearerAuthentication,)
    permission_classes = (IsSignedIn,)

    def get(self, _: Request, instance_id: str) -> Response:
        return Response(find(instance_id))


urlpatterns = [path("api/v2/instance/<str:instance_id>/webhook", FindWebhook.as_view())]
