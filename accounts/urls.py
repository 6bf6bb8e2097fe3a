from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts.views import passwords
from accounts.views.login import Login

urlpatterns = [
    path("login/", Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password-reset/", passwords.password_reset, name="password-reset"),
    path("password/<uidb64>/<token>/", passwords.PasswordSet.as_view(), name="password-set"),
]
