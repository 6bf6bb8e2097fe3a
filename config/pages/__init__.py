"""Settings pages of reference data, which spans the applications: `apply` by hand, shown before it is done."""
