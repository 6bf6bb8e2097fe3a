"""What allauth asks us: it signs people in over several steps, keeps second factors and speaks OpenID Connect."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts import openid
from accounts.domain.sealing import seal, unseal

FAILED = "Signing in with {} did not work. Try again."


class Accounts(DefaultAccountAdapter):
    """Nobody signs up; pages and mails are in our words, so allauth says nothing of its own."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        pass

    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        pass

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        pass

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        return turned_away(request, openid.INACTIVE)


class OpenId(DefaultSocialAccountAdapter):
    """Who the provider says it is becomes one of our people, or is told why not."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        if sociallogin.is_existing:
            return
        try:
            person = openid.person_of(sociallogin.account.extra_data)
        except openid.NotWelcome as refusal:
            raise ImmediateHttpResponse(turned_away(request, str(refusal))) from refusal
        sociallogin.connect(request, person)

    def on_authentication_error(self, request: HttpRequest, provider: Any, **why: Any) -> None:
        raise ImmediateHttpResponse(turned_away(request, FAILED.format(settings.OIDC_NAME)))


def turned_away(request: HttpRequest, why: str) -> HttpResponse:
    messages.error(request, why)
    return redirect("login")


class SecondFactors(DefaultMFAAdapter):
    """Their secrets are sealed with SECRET_KEY."""

    def encrypt(self, text: str) -> str:
        return seal(text, self._keys())

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, self._keys())

    def _keys(self) -> list[str]:
        return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
