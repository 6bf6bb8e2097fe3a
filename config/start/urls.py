from django.urls import path

from config.start import views

urlpatterns = [
    path("start", views.start, name="start"),
    path("start/administrator", views.administrator, name="start-administrator"),
    path("start/team", views.team, name="start-team"),
    path("start/key", views.key, name="start-key"),
    path("start/received", views.received, name="start-received"),
    path("start/sample", views.sample, name="start-sample"),
    path("start/sample/load", views.load_sample, name="start-sample-load"),
    path("start/sample/stop", views.stop_loading, name="start-sample-stop"),
    path("start/sample/remove", views.remove_sample, name="start-sample-remove"),
]
