from django.urls import path

from audits import api

urlpatterns = [
    path("api/v1/corrections", api.Corrections.as_view(), name="api-corrections"),
    path("api/v1/incidents", api.Incidents.as_view(), name="api-incidents"),
    path("api/v1/reports/true-cost", api.TrueCostReport.as_view(), name="api-true-cost"),
    path("api/v1/reports/true-cost.csv", api.TrueCostCsv.as_view(), name="api-true-cost-csv"),
]
