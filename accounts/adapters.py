"""What allauth asks us: it signs people in over several steps, keeps second factors and speaks OpenID Connect."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.domain.sealing import seal, unseal

INACTIVE = "This account is not active. Ask your administrator."


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
        messages.error(request, INACTIVE)
        return redirect("login")


class SecondFactors(DefaultMFAAdapter):
    """Their secrets are sealed with SECRET_KEY."""

    def encrypt(self, text: str) -> str:
        return seal(text, self._keys())

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, self._keys())

    def _keys(self) -> list[str]:
        return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
