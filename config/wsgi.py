"""The web application, for granian: `granian --interface wsgi config.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

from config.lifeline import end_with_my_parent

if os.environ.get("UNDER_UP"):  # a worker whose server was killed would keep the port
    end_with_my_parent()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
