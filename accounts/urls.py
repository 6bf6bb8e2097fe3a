from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts.views import keys, passwords, people, profile, second_factor, teams
from accounts.views.login import Login, login_code
from accounts.views.openid import openid_callback, openid_login

# Four names are allauth's: it leads to them by itself. None of its own pages is open.
urlpatterns = [
    path("login/", Login.as_view(), name="account_login"),
    path("login/", Login.as_view(), name="login"),
    path("login/code/", login_code, name="mfa_authenticate"),
    path("login/oidc/", openid_login, {"provider_id": "oidc"}, name="openid_connect_login"),
    path("login/oidc/callback/", openid_callback, {"provider_id": "oidc"}, name="openid_connect_callback"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password-reset/", passwords.password_reset, name="password-reset"),
    path("password/<uidb64>/<token>/", passwords.PasswordSet.as_view(), name="password-set"),
    path("settings/teams", teams.teams, name="settings-teams"),
    path("settings/teams/<int:pk>", teams.team, name="settings-team"),
    path("settings/people", people.people, name="settings-people"),
    path("settings/people/new", people.person_new, name="settings-person-new"),
    path("settings/people/<int:pk>", people.person, name="settings-person"),
    path("settings/people/<int:pk>/second-factor", people.person_second_factor, name="settings-person-second-factor"),
    path("settings/people/<int:pk>/link", people.person_link, name="settings-person-link"),
    path("settings/keys", keys.keys, name="settings-keys"),
    path("settings/keys/new", keys.key_new, name="settings-key-new"),
    path("settings/keys/<int:pk>/revoke", keys.key_revoke, name="settings-key-revoke"),
    path("profile", profile.profile, name="profile"),
    path("profile/password", profile.password, name="password-change"),
    path("profile/email", profile.email, name="email"),
    path("profile/email/<token>", profile.email_confirm, name="email-confirm"),
    path("profile/second-factor", second_factor.second_factor_page, name="second-factor"),
    path("profile/recovery-codes", second_factor.recovery_codes, name="recovery-codes"),
]
