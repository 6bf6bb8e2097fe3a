"""Signing in with an OpenID provider: there and back. State and PKCE are allauth's, whom to let in is ours."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from requests import RequestException

from accounts.adapters import FAILED, turned_away


class Provider(OpenIDConnectOAuth2Adapter):
    """allauth's, believing less."""

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """As registered with the provider, whatever name this request came by."""
        return settings.PUBLIC_URL + reverse("openid_connect_callback")

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        """Check the signature though the token came directly: a proxy may stand between."""
        self.did_fetch_access_token = False
        claims: dict[str, Any] = super()._decode_id_token(app, id_token)
        return claims


@require_GET
@never_cache
def openid_login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Lead there by a link, not by a form: a form's redirects would need every host of the provider in the policy."""
    _refuse_where_there_is_none()
    provider = get_adapter(request).get_provider(request, provider_id)
    provider.oauth2_adapter_class = Provider
    try:
        there: HttpResponse = provider.redirect(request, process="login", next_url=get_next_redirect_url(request))
    except ImmediateHttpResponse as refusal:
        turned: HttpResponse = refusal.response
        return turned
    except (RequestException, KeyError, ValueError):
        return turned_away(request, FAILED.format(settings.OIDC_NAME))
    return there


@require_GET
@never_cache
def openid_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    _refuse_where_there_is_none()
    try:
        back: HttpResponse = OAuth2CallbackView.adapter_view(Provider(request, provider_id))(request)
    except (KeyError, ValueError):  # an answer that is no OpenID
        return turned_away(request, FAILED.format(settings.OIDC_NAME))
    return back


def _refuse_where_there_is_none() -> None:
    if not settings.OIDC_ISSUER:
        raise Http404
