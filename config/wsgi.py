"""The web application, for granian: `granian --interface wsgi config.wsgi:application`."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from config.lifeline import end_with_my_parent

if os.environ.get("UNDER_UP"):  # a worker whose server was killed would keep the port
    end_with_my_parent()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

# A batch makes tens of thousands of objects that live as long as it does; looking for circles among them at the usual
# pace costs a sixth of the time, and what is loaded by now stays (benchmarks/ingest.py).
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)
