from django.urls import path

from config.trail import api, views

urlpatterns = [
    path("trail", views.trail, name="trail"),
    path("trail.csv", views.trail_csv, name="trail-csv"),
    path("api/v1/trail", api.Trail.as_view(), name="api-trail"),
]
