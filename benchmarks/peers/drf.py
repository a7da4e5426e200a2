#!/usr/bin/python3
"""The API on Django REST framework and SimpleJWT: drf.py FOLDER PORT

One worker of gunicorn; GET /api/auth/me/ verifies a token and reads the user.
Prints a token and where it will listen, and becomes gunicorn.
"""

import os
import sys

import django
from django.conf import settings

FOLDER = os.environ.get("DRF_FOLDER") or sys.argv[1]

settings.configure(
    SECRET_KEY="s" * 50,
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF="drf",
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3",
                           "NAME": os.path.join(FOLDER, "drf.sqlite3"),
                           "CONN_MAX_AGE": None}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes",
                    "rest_framework", "rest_framework_simplejwt"],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [
            "rest_framework_simplejwt.authentication.JWTAuthentication"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
    SIMPLE_JWT={"SIGNING_KEY": "k" * 50},
    LOGGING={"version": 1, "disable_existing_loggers": True},
)
django.setup()

# What follows can be imported only now.
# pylint: disable=wrong-import-position
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.permissions import IsAuthenticated  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402
from rest_framework_simplejwt.tokens import RefreshToken  # noqa: E402


class Me(APIView):
    permission_classes = [IsAuthenticated]

    def get(self, request):
        return Response({"id": request.user.id, "email": request.user.email})


urlpatterns = [path("api/auth/me/", Me.as_view())]


def main():
    call_command("migrate", verbosity=0)
    email = "bench@example.com"
    user = get_user_model().objects.create_user(email, email, "for one run")
    token = RefreshToken.for_user(user).access_token
    port = sys.argv[2]
    print(f"token {token}\nlistening on http://127.0.0.1:{port}", flush=True)
    os.environ["DRF_FOLDER"] = FOLDER
    # Threads, since only those of gunicorn keep connections open.
    os.execv("/usr/bin/gunicorn", [
        "gunicorn", "--chdir", os.path.dirname(os.path.abspath(__file__)),
        "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
        "--threads", "2", "--keep-alive", "60", "--log-level", "error",
        "drf:application"])


if __name__ == "__main__":
    main()
else:
    application = get_wsgi_application()
