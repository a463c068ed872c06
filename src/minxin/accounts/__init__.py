"""The register of accounts and their credentials."""
