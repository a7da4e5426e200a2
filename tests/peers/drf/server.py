#!/usr/bin/python3
"""The API's sign-in on Django REST framework and SimpleJWT.

What answers here is the stack that the production service runs on: tokens,
rotation, blacklist, throttling and the bodies of all errors are the
libraries' own. Written here are only the routes, the sign-in by email, `me`,
`signup`, and accounts whose tokens come already expired, so that no test has
to wait. Prints "listening on http://127.0.0.1:PORT" and serves until SIGTERM.
"""

import datetime
import os
import signal
import sys
import tempfile

try:
    import django
    import rest_framework
    import rest_framework_simplejwt
    from django.conf import settings
except ImportError as error:
    sys.exit(f"{error}: run cmake/dependencies.sh, and use Debian's "
             "/usr/bin/python3")

PASSWORD = "correct horse 1"
ACCOUNTS = {
    "alice@example.test": {},
    "carol@example.test": {"is_active": False},
    "late-access@example.test": {},
    "late-refresh@example.test": {},
    "hasty@example.test": {},
}


def configure(folder):
    validators = ("MinimumLengthValidator", "CommonPasswordValidator",
                  "NumericPasswordValidator")
    settings.configure(
        SECRET_KEY="s" * 50,
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        DATABASES={"default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.path.join(folder, "peer.sqlite3"),
            "OPTIONS": {"timeout": 20},
        }},
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "rest_framework",
            "rest_framework_simplejwt",
            "rest_framework_simplejwt.token_blacklist",
        ],
        # Redirects a path without its trailing slash.
        MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
        AUTH_PASSWORD_VALIDATORS=[
            {"NAME": f"django.contrib.auth.password_validation.{name}"}
            for name in validators],
        REST_FRAMEWORK={
            "DEFAULT_AUTHENTICATION_CLASSES": [
                "rest_framework_simplejwt.authentication.JWTAuthentication"],
            "DEFAULT_RENDERER_CLASSES": [
                "rest_framework.renderers.JSONRenderer"],
            "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
        },
        SIMPLE_JWT={
            "ACCESS_TOKEN_LIFETIME": datetime.timedelta(minutes=60),
            "REFRESH_TOKEN_LIFETIME": datetime.timedelta(days=1),
            "ROTATE_REFRESH_TOKENS": True,
            "BLACKLIST_AFTER_ROTATION": True,
            "SIGNING_KEY": "k" * 50,
        },
        LOGGING={"version": 1, "disable_existing_loggers": True},
    )
    django.setup()


def routes():
    """Everything that can be imported only after configure()."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.password_validation import validate_password
    from django.urls import path
    from rest_framework import serializers
    from rest_framework.exceptions import AuthenticationFailed
    from rest_framework.permissions import IsAuthenticated
    from rest_framework.response import Response
    from rest_framework.throttling import SimpleRateThrottle
    from rest_framework.views import APIView
    from rest_framework_simplejwt import views as jwt_views
    from rest_framework_simplejwt.serializers import TokenObtainPairSerializer
    from rest_framework_simplejwt.tokens import RefreshToken

    user_model = get_user_model()

    def age(token, lifetime):
        """Makes it one of two hours ago, which has expired since."""
        made = token.current_time - datetime.timedelta(hours=2)
        token.set_iat(at_time=made)
        token.set_exp(from_time=made, lifetime=lifetime)

    class UserSerializer(serializers.ModelSerializer):
        class Meta:
            model = user_model
            fields = ["id", "email", "date_joined"]

    class LoginSerializer(TokenObtainPairSerializer):
        username_field = "email"

        def validate(self, attrs):
            user = user_model.objects.filter(email=attrs["email"]).first()
            if (user is None or not user.is_active
                    or not user.check_password(attrs["password"])):
                raise AuthenticationFailed(
                    self.error_messages["no_active_account"],
                    "no_active_account")
            refresh = self.get_token(user)
            access = refresh.access_token
            if user.email.startswith("late-access"):
                age(access, datetime.timedelta(hours=1))
            if user.email.startswith("late-refresh"):
                age(refresh, datetime.timedelta(hours=1))
            return {"refresh": str(refresh), "access": str(access)}

    class HastyThrottle(SimpleRateThrottle):
        """Lets one account alone through once a minute."""
        rate = "1/min"

        def get_cache_key(self, request, view):
            body = request.data
            email = body.get("email") if isinstance(body, dict) else None
            return email if email == "hasty@example.test" else None

    class LoginView(jwt_views.TokenObtainPairView):
        serializer_class = LoginSerializer
        throttle_classes = [HastyThrottle]

    class SignupSerializer(serializers.Serializer):
        email = serializers.EmailField()
        password = serializers.CharField(write_only=True)

        def validate_email(self, value):
            if user_model.objects.filter(email=value.lower()).exists():
                raise serializers.ValidationError(
                    "user with this email already exists.")
            return value.lower()

        def validate_password(self, value):
            validate_password(value)
            return value

    class SignupView(APIView):
        authentication_classes = []

        def post(self, request):
            wanted = SignupSerializer(data=request.data)
            wanted.is_valid(raise_exception=True)
            email = wanted.validated_data["email"]
            user = user_model.objects.create_user(
                email, email, wanted.validated_data["password"])
            refresh = RefreshToken.for_user(user)
            return Response({"user": UserSerializer(user).data,
                             "refresh": str(refresh),
                             "access": str(refresh.access_token)}, 201)

    class MeView(APIView):
        permission_classes = [IsAuthenticated]

        def get(self, request):
            return Response(UserSerializer(request.user).data)

    views = {
        "signup": SignupView,
        "login": LoginView,
        "logout": jwt_views.TokenBlacklistView,
        "token/refresh": jwt_views.TokenRefreshView,
        "me": MeView,
    }
    return [path(f"api/auth/{name}/", view.as_view())
            for name, view in views.items()]


def serve():
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.core.servers import basehttp
    from django.core.wsgi import get_wsgi_application

    class QuietHandler(basehttp.WSGIRequestHandler):
        def log_message(self, *arguments):
            pass

    call_command("migrate", verbosity=0)
    for email, fields in ACCOUNTS.items():
        get_user_model().objects.create_user(email, email, PASSWORD, **fields)
    server = basehttp.ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
    server.set_app(get_wsgi_application())
    port = server.server_address[1]
    print(f"listening on http://127.0.0.1:{port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    # SystemExit unwinds, so that the folder goes as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="clone_auth_drf") as temporary:
        configure(temporary)
        urlpatterns = routes()
        serve()
