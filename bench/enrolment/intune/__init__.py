"""Microsoft Intune, asked through Microsoft Graph: profiles, tokens and what it has seen."""
