"""An OpenID provider on this machine: discovery, authorization with PKCE, signed tokens, userinfo. It asks nobody."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from pytest_django import Settings

from config import env

CLIENT, SECRET, CODE = "truecost", "hush", "one-code"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    """What it says of whoever comes; `changes` are lies a test makes it tell."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {"sub": "nora-1", "email": "nora@example.com", "email_verified": True}
        self.userinfo_sub = ""
        self.state = ""
        self.key = KEY
        self.error = ""
        self.asked: dict[str, str] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def authorize(self, query: dict[str, str]) -> str:
        self.asked = query
        answer = {"error": self.error} if self.error else {"code": CODE}
        return f"{query['redirect_uri']}?{urlencode({**answer, 'state': self.state or query['state']})}"

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        right = (form["code"], form["client_id"], form["client_secret"]) == (CODE, CLIENT, SECRET)
        if not right or challenge.decode() != self.asked["code_challenge"]:
            return {"error": "invalid_grant"}
        now = int(time.time())
        claims = {**self.claims, "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60}
        signed = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "1"})
        return {"access_token": "access", "token_type": "Bearer", "id_token": signed}

    def get(self, path: str) -> dict[str, Any]:
        if path == "/.well-known/openid-configuration":
            ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "userinfo_endpoint": "userinfo"}
            places = {name: f"{self.issuer}/{end}" for name, end in {**ends, "jwks_uri": "jwks"}.items()}
            return {"issuer": self.issuer, "token_endpoint_auth_methods_supported": ["client_secret_post"], **places}
        if path == "/jwks":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            return {"keys": [{**public, "kid": "1", "alg": "RS256", "use": "sig"}]}
        return {**self.claims, "sub": self.userinfo_sub or self.claims["sub"]}

    def _handler(provider) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                if parts.path != "/authorize":
                    return self.answer(provider.get(parts.path))
                self.send_response(302)
                self.send_header("Location", provider.authorize(_flat(parts.query)))
                return self.end_headers()

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                self.answer(provider.token(_flat(self.rfile.read(length).decode())))

            def answer(self, body: dict[str, Any]) -> None:
                self.send_response(400 if "error" in body else 200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *args: Any) -> None:
                pass

        return Handler


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    """Set up as the one to log in with."""
    one = Provider()
    settings.OIDC_ISSUER, settings.OIDC_NAME = one.issuer, "Example ID"
    settings.SOCIALACCOUNT_PROVIDERS = env.openid(one.issuer, "Example ID", CLIENT, SECRET)
    yield one
    one.server.shutdown()
    one.server.server_close()
