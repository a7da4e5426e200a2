#!/usr/bin/python3
"""A Django project with SimpleJWT and its blacklist, DRF's tokens and the keys
of djangorestframework-api-key, in one SQLite file.

Users, passwords, tokens and the blacklist are made by the libraries; the keys
by the formats that their package documents, since no Debian package has it.
Prints what the project would say of each credential as JSON."""

import datetime
import hashlib
import json
import pathlib
import secrets
import string
import sys

try:
    import django
    import jwt
    import rest_framework_simplejwt
    from django.conf import settings
except ImportError as error:
    sys.exit(f"{error}: run cmake/dependencies.sh, and use Debian's "
             "/usr/bin/python3")

SECRET = "django-insecure-" + "s" * 40

# As migrations 0001 to 0005 of rest_framework_api_key leave it.
API_KEYS = """
CREATE TABLE "rest_framework_api_key_apikey" (
  "id" varchar(150) NOT NULL PRIMARY KEY,
  "created" datetime NOT NULL,
  "name" varchar(50) NOT NULL,
  "revoked" bool NOT NULL,
  "expiry_date" datetime NULL,
  "hashed_key" varchar(150) NOT NULL,
  "prefix" varchar(8) NOT NULL UNIQUE)
"""


def configure(database):
    settings.configure(
        SECRET_KEY=SECRET,
        ALLOWED_HOSTS=["testserver"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3",
                               "NAME": str(database)}},
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "rest_framework",
            "rest_framework.authtoken",
            "rest_framework_simplejwt",
            "rest_framework_simplejwt.token_blacklist",
        ],
        PASSWORD_HASHERS=[
            "django.contrib.auth.hashers.PBKDF2PasswordHasher",
            "django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher",
        ],
        REST_FRAMEWORK={
            "DEFAULT_AUTHENTICATION_CLASSES": [
                "rest_framework_simplejwt.authentication.JWTAuthentication"],
            "DEFAULT_RENDERER_CLASSES": [
                "rest_framework.renderers.JSONRenderer"],
        },
        SIMPLE_JWT={
            "REFRESH_TOKEN_LIFETIME": datetime.timedelta(days=7),
            "ROTATE_REFRESH_TOKENS": True,
            "BLACKLIST_AFTER_ROTATION": True,
        },
        LOGGING={"version": 1, "disable_existing_loggers": True},
    )
    django.setup()


def routes():
    from django.urls import path
    from rest_framework.permissions import IsAuthenticated
    from rest_framework.response import Response
    from rest_framework.views import APIView
    from rest_framework_simplejwt import views

    class MeView(APIView):
        permission_classes = [IsAuthenticated]

        def get(self, request):
            return Response({"email": request.user.email})

    return [path("token/", views.TokenObtainPairView.as_view()),
            path("token/refresh/", views.TokenRefreshView.as_view()),
            path("logout/", views.TokenBlacklistView.as_view()),
            path("me/", MeView.as_view())]


def random_text(size):
    letters = string.ascii_letters + string.digits
    return "".join(secrets.choice(letters) for _ in range(size))


class Project:
    def __init__(self):
        from django.test import Client
        self.client = Client()
        self.users, self.access, self.refresh, self.keys = [], [], [], []

    def post(self, path, body):
        return self.client.post(path, json.dumps(body), "application/json")

    def add_user(self, name, email=None, hasher="default", **fields):
        from django.contrib.auth import get_user_model
        from django.contrib.auth.hashers import make_password
        user = get_user_model()(username=name, **fields)
        user.email = f"{name}@example.test" if email is None else email
        password = None if hasher is None else "pw-" + random_text(12)
        user.password = make_password(password, hasher=hasher or "default")
        user.save()
        self.users.append({"name": name, "email": user.email,
                           "password": password, "active": user.is_active,
                           "id": str(user.pk), "hasher": hasher})
        return user, password

    def sign_in(self, name, password):
        answer = self.post("/token/", {"username": name, "password": password})
        assert answer.status_code == 200, answer.content
        return answer.json()

    def note_access(self, what, token):
        answer = self.client.get("/me/", HTTP_AUTHORIZATION="Bearer " + token)
        self.access.append({"what": what, "token": token,
                            "good": answer.status_code == 200})

    def note_refresh(self, what, token, user):
        """Whether it could be used, without using it."""
        from rest_framework_simplejwt.exceptions import TokenError
        from rest_framework_simplejwt.tokens import RefreshToken
        try:
            RefreshToken(token)
            good = user.is_active
        except TokenError:
            good = False
        self.refresh.append({"what": what, "token": token, "good": good,
                             "email": user.email})

    def make_users(self):
        for number in range(4):
            user, password = self.add_user(f"user{number}")
            pair = self.sign_in(user.username, password)
            self.note_access("signed in", pair["access"])
            self.note_refresh("signed in", pair["refresh"], user)
        user, password = self.add_user("rotated")
        first = self.sign_in("rotated", password)["refresh"]
        second = self.post("/token/refresh/", {"refresh": first}).json()
        self.note_refresh("rotated away", first, user)
        self.note_refresh("rotated to", second["refresh"], user)
        user, password = self.add_user("gone")
        pair = self.sign_in("gone", password)
        assert self.post("/logout/", {"refresh": pair["refresh"]}
                         ).status_code == 200
        self.note_refresh("logged out", pair["refresh"], user)
        self.note_access("logged out", pair["access"])
        user, password = self.add_user("disabled")
        pair = self.sign_in("disabled", password)
        user.is_active = False
        user.save()
        self.users[-1]["active"] = False
        self.note_access("disabled", pair["access"])
        self.note_refresh("disabled", pair["refresh"], user)
        self.add_user("older", hasher="pbkdf2_sha1")
        self.add_user("without-password", hasher=None)
        self.add_user("without-email", email="")
        self.add_user("second", email="User0@Example.test")

    def make_bad_tokens(self):
        from django.contrib.auth import get_user_model
        from rest_framework_simplejwt.tokens import AccessToken, RefreshToken
        user = get_user_model().objects.get(username="user0")
        past = datetime.timedelta(days=-1)
        for kind, note in ((AccessToken, self.note_access),
                           (RefreshToken, self.note_refresh)):
            token = kind.for_user(user)
            token.set_exp(lifetime=past)
            forged = jwt.encode(kind.for_user(user).payload, "x" * 50, "HS256")
            more = [] if kind is AccessToken else [user]
            note("expired", str(token), *more)
            note("of another key", forged, *more)
        unknown = AccessToken.for_user(user)
        unknown["user_id"] = 4711
        self.note_access("of nobody", str(unknown))
        self.note_access("a refresh token", self.refresh[0]["token"])

    def make_key(self, name, slow, revoked=False, expiry=None):
        from django.contrib.auth.hashers import make_password
        from django.db import connection
        from django.utils import timezone
        prefix = random_text(8)
        key = f"{prefix}.{random_text(32)}"
        hashed = make_password(key) if slow else (
            "sha512$$" + hashlib.sha512(key.encode()).hexdigest())
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO rest_framework_api_key_apikey(id, created, name,"
                " revoked, expiry_date, hashed_key, prefix)"
                " VALUES(%s, %s, %s, %s, %s, %s, %s)",
                [f"{prefix}.{hashed}", timezone.now(), name, revoked, expiry,
                 hashed, prefix])
        now = timezone.now()
        self.keys.append({"what": name, "scheme": "Api-Key", "key": key,
                          "good": not revoked and (not expiry or expiry > now)})

    def make_keys(self):
        from django.contrib.auth import get_user_model
        from django.db import connection
        from django.utils import timezone
        from rest_framework.authtoken.models import Token
        with connection.cursor() as cursor:
            cursor.execute(API_KEYS)
        day = datetime.timedelta(days=1)
        for version, slow in (("2", True), ("3", False)):
            for number in range(3):
                self.make_key(f"version {version}, {number}", slow)
            self.make_key(f"version {version}, revoked", slow, revoked=True)
            self.make_key(f"version {version}, expired", slow,
                          expiry=timezone.now() - day)
            self.make_key(f"version {version}, ending", slow,
                          expiry=timezone.now() + day)
        for name in ("user0", "user1", "disabled"):
            user = get_user_model().objects.get(username=name)
            self.keys.append({"what": "token of " + name, "scheme": "Token",
                              "key": Token.objects.create(user=user).key,
                              "good": user.is_active})


if __name__ == "__main__":
    configure(pathlib.Path(sys.argv[1]))
    urlpatterns = routes()
    from django.core.management import call_command
    call_command("migrate", verbosity=0)
    project = Project()
    project.make_users()
    project.make_bad_tokens()
    project.make_keys()
    print(json.dumps({"secret": SECRET, "users": project.users,
                      "access": project.access, "refresh": project.refresh,
                      "keys": project.keys}))
