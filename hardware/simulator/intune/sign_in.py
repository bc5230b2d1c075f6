"""The identity platform of one tenant: what the v2.0 endpoints are asked, and what they say.

Sources: MicrosoftDocs/entra-docs, docs/identity-platform: v2-oauth2-client-creds-grant-flow.md,
v2-oauth2-device-code.md, v2-oauth2-auth-code-flow.md, v2-protocols-oidc.md; RFC 6749 and 8628.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

from hardware.simulator.intune.access import LASTS, Grant, Tokens
from hardware.simulator.intune.asking import Answer, Json, ServerClock
from hardware.simulator.intune.assertions import verify
from hardware.simulator.intune.device_codes import LASTS as CODE_LASTS
from hardware.simulator.intune.device_codes import DeviceCodes
from hardware.simulator.intune.id_tokens import IdTokens
from hardware.simulator.intune.oauth_refusals import SignInRefusedError, oauth_refusal
from hardware.simulator.intune.registration import Registration

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
_GRAPH = "https://graph.microsoft.com"
_OPENID = frozenset({"openid", "profile", "email", "offline_access"})
_Way: TypeAlias = Callable[[Mapping[str, str], datetime], Json]


class SignIn:
    """The endpoints; forms in, answers out, no I/O."""

    def __init__(self, registration: Registration, clock: ServerClock, interval: timedelta) -> None:
        self.tokens = Tokens()
        self.codes = DeviceCodes(interval)
        self.ids = IdTokens(registration.issuer, registration.tenant, registration.client)
        self._app = registration
        self._clock = clock

    def configuration(self) -> dict[str, Json]:
        """Return where everything is."""
        return self._app.configuration()

    def token(self, form: Mapping[str, str], correlation: str = "") -> Answer:
        """Answer the token endpoint."""
        return self._answered(self._token, form, correlation)

    def device_code(self, form: Mapping[str, str], correlation: str = "") -> Answer:
        """Answer the device authorization endpoint."""
        return self._answered(self._device_code, form, correlation)

    def refused(self, error: SignInRefusedError, correlation: str = "") -> Answer:
        """Return a refusal as it is sent."""
        return oauth_refusal(error, self._clock.now(), self._app.origin, correlation)

    def _answered(self, way: _Way, form: Mapping[str, str], correlation: str) -> Answer:
        try:
            self._check_client(form)
            return Answer(
                200, way(form, self._clock.now()), {"Cache-Control": "no-store, no-cache"}
            )
        except SignInRefusedError as error:
            return self.refused(error, correlation)

    def _token(self, form: Mapping[str, str], at: datetime) -> Json:
        grant = _wanted(form, "grant_type")
        match grant:
            case "client_credentials":
                return self._client_credentials(form, at)
            case "refresh_token":
                return self._refresh(form, at)
            case _ if grant == DEVICE_CODE:
                code = self.codes.redeem(_wanted(form, "device_code"), form["client_id"], at)
                return self._delegated(code.scopes, code.user, form, at)
            case _:
                raise SignInRefusedError(70003, grant=grant)

    def _client_credentials(self, form: Mapping[str, str], at: datetime) -> Json:
        app = self._app
        if form.get("client_assertion_type") != ASSERTION or not form.get("client_assertion"):
            raise SignInRefusedError(7000218)
        audiences = (f"{app.endpoint}/token", app.issuer)
        verify(form["client_assertion"], app.certificate, app.client, audiences, at)
        scope = _wanted(form, "scope")
        if self._permissions(scope.split()) != [".default"]:
            raise SignInRefusedError(1002012, scope=scope)
        token = self.tokens.give_access(frozenset(app.granted), "", at)
        return _bearer(token)

    def _refresh(self, form: Mapping[str, str], at: datetime) -> Json:
        grant = self.tokens.refresh(_wanted(form, "refresh_token"))
        if grant is None:
            raise SignInRefusedError(70000)
        if grant.expires <= at:
            raise SignInRefusedError(700082)
        return self._delegated(self._again(form, grant), grant.user, form, at)

    def _again(self, form: Mapping[str, str], grant: Grant) -> tuple[str, ...]:
        """Return the scopes asked for with a refresh token; none named are those it had."""
        return tuple(form.get("scope", "").split()) or grant.scopes

    def _delegated(
        self, scopes: tuple[str, ...], user: str, form: Mapping[str, str], at: datetime
    ) -> Json:
        roles = self._consented(scopes)
        said = _bearer(self.tokens.give_access(roles, user, at))
        said["scope"] = " ".join(sorted(f"{_GRAPH}/{role}" for role in roles))
        if "offline_access" in scopes:
            said["refresh_token"] = self.tokens.give_refresh(roles, user, scopes, at)
        if "openid" in scopes:
            said["id_token"] = self.ids.sign(user, at)
        if form.get("client_info") == "1":
            said["client_info"] = self.ids.client_info(user)
        return said

    def _consented(self, scopes: tuple[str, ...]) -> frozenset[str]:
        asked = [name for name in self._permissions(scopes) if name not in _OPENID]
        granted = frozenset(self._app.granted)
        allowed = granted if ".default" in asked else granted.intersection(asked)
        if not allowed:
            raise SignInRefusedError(65001, client=self._app.client)
        return allowed

    def _permissions(self, scopes: list[str] | tuple[str, ...]) -> list[str]:
        """Return the names of the permissions without their resource, which must be Graph."""
        names = []
        for scope in scopes:
            resource, _, name = scope.rpartition("/")
            if resource.rstrip("/") not in {"", _GRAPH, self._app.origin}:
                raise SignInRefusedError(500011, resource=resource, tenant=self._app.tenant)
            names.append(name)
        return names

    def _device_code(self, form: Mapping[str, str], at: datetime) -> Json:
        scopes = tuple(_wanted(form, "scope").split())
        self._permissions(scopes)
        code = self.codes.give(form["client_id"], scopes, at)
        page = f"{self._app.origin}/devicelogin"
        return {
            "user_code": code.user_code,
            "device_code": code.device_code,
            "verification_uri": page,
            "expires_in": int(CODE_LASTS.total_seconds()),
            "interval": int(self.codes.interval.total_seconds()),
            "message": (
                f"To sign in, use a web browser to open the page {page} and enter the code "
                f"{code.user_code} to authenticate."
            ),
        }

    def _check_client(self, form: Mapping[str, str]) -> None:
        client = _wanted(form, "client_id")
        if client != self._app.client:
            raise SignInRefusedError(700016, client=client, tenant=self._app.tenant)


def _bearer(token: str) -> dict[str, Json]:
    lasts = int(LASTS.total_seconds())
    return {
        "token_type": "Bearer",
        "expires_in": lasts,
        "ext_expires_in": lasts,
        "access_token": token,
    }


def _wanted(form: Mapping[str, str], name: str) -> str:
    if not form.get(name):
        raise SignInRefusedError(900144, name=name)
    return form[name]
