"""Who: people with a role, the teams they belong to, and the keys of integrations."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", "Administrator"
    FINANCE = "finance", "Finance"
    TEAM_LEAD = "team_lead", "Team lead"
    VIEWER = "viewer", "Viewer"


class Scope(models.TextChoices):
    """What a key may do: `ingest` calls and outcomes, `audit` corrections and incidents, `read` reports and lists."""

    INGEST = "ingest", "Post calls and outcomes"
    READ = "read", "Read reports and lists"
    AUDIT = "audit", "Post corrections and incidents"


class Team(models.Model):
    """A cost centre."""

    name = models.CharField(max_length=200, unique=True)
    cost_centre = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.VIEWER)
    teams = models.ManyToManyField(Team, through="Membership", related_name="people")

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="one_person_per_email",
                violation_error_message="Somebody else has this e-mail address.",
            )
        ]


class Membership(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")

    class Meta:
        constraints = [models.UniqueConstraint("user", "team", name="one_membership_per_user_and_team")]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}"


class ApiKey(models.Model):
    """A key of an integration: `prefix` is public, the secret is kept only as its SHA-256."""

    name = models.CharField(max_length=200)
    prefix = models.CharField(max_length=16, unique=True)
    secret_digest = models.CharField(max_length=64)
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.CASCADE, related_name="api_keys", help_text="Empty: all teams."
    )
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope.choices))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"


class Attempt(models.Model):
    """Counted to slow down guessing and floods of mail; in the database, so that every web process counts along."""

    class Kind(models.TextChoices):
        PASSWORD = "password", "A password that was wrong"
        CODE = "code", "A code of a second factor that was wrong"
        RESET = "reset", "A wish for a link to set a password"

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PASSWORD)
    name = models.CharField(max_length=150)
    address = models.CharField(max_length=45)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("kind", "name", "address", "at", name="attempt_by_who")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.name} from {self.address}"
