from django.urls import path

from spend import api

urlpatterns = [
    path("api/v1/outcomes", api.Outcomes.as_view(), name="api-outcomes"),
    path("api/v1/ingest/litellm", api.LiteLLM.as_view(), name="api-ingest-litellm"),
]
