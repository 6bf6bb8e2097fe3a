"""Settings pages of people, teams and keys, and the guard that all settings pages share: the role decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts import actions, second_factor
from accounts.models import ApiKey, Membership, Team, User
from accounts.queries import reach_of_user

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
    People = UserAdmin[User]
else:
    ModelAdmin, TabularInline, People = admin.ModelAdmin, admin.TabularInline, UserAdmin


class Guarded:
    """Open to those whose reach says `opens_to`; nothing is ever deleted, for figures lead back to it."""

    opens_to: ClassVar[str]
    writable: ClassVar[bool] = True

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(getattr(reach_of_user(request.user), self.opens_to))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.writable and self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.writable and self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MembershipInline(Guarded, TabularInline):
    model = Membership
    opens_to = "administers"
    extra = 0
    autocomplete_fields = ["team", "user"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)


@admin.register(User)
class UserPages(Guarded, People):
    """People are not deleted either: take away `active`."""

    opens_to = "administers"
    list_display = ["username", "first_name", "last_name", "email", "role", "is_active", "last_login"]
    list_filter = ["role", "is_active", "teams"]
    inlines = [MembershipInline]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Person", {"fields": ["first_name", "last_name", "email"]}),
        ("Access", {"fields": ["role", "is_active"]}),
    ]
    add_fieldsets = [(None, {"fields": ["username", "usable_password", "password1", "password2", "role"]})]
    filter_horizontal = []
    actions = ["reset_second_factor"]

    def has_reset_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    @admin.action(description="Reset the second factor of selected people", permissions=["reset"])
    def reset_second_factor(self, request: HttpRequest, people: QuerySet[User]) -> None:
        for person in people:
            second_factor.remove(person=person)
            self.log_change(request, person, "Second factor reset.")
        self.message_user(request, "Reset. They log in with their password alone, and can set up a new one.")


@admin.register(Team)
class TeamPages(Guarded, ModelAdmin):
    opens_to = "administers"
    list_display = ["name", "cost_centre"]
    search_fields = ["name", "cost_centre"]
    inlines = [MembershipInline]


@admin.register(ApiKey)
class ApiKeyPages(Guarded, ModelAdmin):
    """To look at and to revoke. A key is shown once, where it is made: by the command `create_key`."""

    opens_to = "administers"
    writable = False
    list_display = ["name", "prefix", "team", "scopes", "created_at", "expires_at", "revoked_at", "last_used_at"]
    list_filter = ["team", ("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["team"]
    search_fields = ["name", "prefix"]
    exclude = ["secret_digest"]
    actions = ["revoke"]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = "API keys. Make one with: manage.py create_key"
        return super().changelist_view(request, {**(extra_context or {}), "title": title})

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    @admin.action(description="Revoke selected keys", permissions=["revoke"])
    def revoke(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        for key in keys:
            actions.revoke_key(key=key, at=timezone.now())
            self.log_change(request, key, "Revoked.")
        self.message_user(request, f"Revoked; they stop working within {actions.CACHE_SECONDS} seconds.")


admin.site.unregister(Group)  # roles decide, not groups
admin.site.unregister([EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken])  # see accounts/views
