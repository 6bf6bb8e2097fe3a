from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts.views import keys, passwords, people, teams
from accounts.views.login import Login

urlpatterns = [
    path("login/", Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password-reset/", passwords.password_reset, name="password-reset"),
    path("password/<uidb64>/<token>/", passwords.PasswordSet.as_view(), name="password-set"),
    path("settings/teams", teams.teams, name="settings-teams"),
    path("settings/teams/<int:pk>", teams.team, name="settings-team"),
    path("settings/people", people.people, name="settings-people"),
    path("settings/people/new", people.person_new, name="settings-person-new"),
    path("settings/people/<int:pk>", people.person, name="settings-person"),
    path("settings/people/<int:pk>/link", people.person_link, name="settings-person-link"),
    path("settings/keys", keys.keys, name="settings-keys"),
    path("settings/keys/new", keys.key_new, name="settings-key-new"),
    path("settings/keys/<int:pk>/revoke", keys.key_revoke, name="settings-key-revoke"),
]
