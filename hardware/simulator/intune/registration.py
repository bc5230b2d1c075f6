"""The application as the tenant knows it, and where its sign-in is."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography import x509

from hardware.simulator.intune.asking import Json


@dataclass(frozen=True, slots=True)
class Registration:
    """The application as the tenant knows it; `granted` is what an administrator consented to."""

    origin: str
    tenant: str
    client: str
    certificate: x509.Certificate
    granted: set[str]

    @property
    def issuer(self) -> str:
        """Who signs here."""
        return f"{self.origin}/{self.tenant}/v2.0"

    @property
    def endpoint(self) -> str:
        """Where tokens are given out."""
        return f"{self.origin}/{self.tenant}/oauth2/v2.0"

    def configuration(self) -> dict[str, Json]:
        """Return the OpenID Provider metadata (OpenID Connect Discovery 1.0, clause 3)."""
        return {
            "token_endpoint": f"{self.endpoint}/token",
            "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_post"],
            "jwks_uri": f"{self.origin}/{self.tenant}/discovery/v2.0/keys",
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "id_token", "code id_token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.endpoint}/authorize",
            "device_authorization_endpoint": f"{self.endpoint}/devicecode",
            "claims_supported": ["sub", "iss", "aud", "exp", "iat", "tid", "preferred_username"],
            "tenant_region_scope": "EU",
        }
