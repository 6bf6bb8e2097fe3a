from django.contrib.admin.apps import AdminConfig


class AdminApp(AdminConfig):
    """Django's admin with our site as the default one."""

    default_site = "config.admin_site.TruecostAdminSite"
