from django.urls import path

from audits import api
from audits.views import downloads, insurer, link_making, lists, log, log_link, logged, overview, patterns, report, team

urlpatterns = [
    path("", overview.home, name="home"),
    path("overview", overview.overview, name="overview"),
    path("report", report.report, name="report"),
    path("report.csv", downloads.csv, name="report-csv"),
    path("report.xlsx", downloads.xlsx, name="report-xlsx"),
    path("entries", lists.entries, name="entries"),
    path("calls", lists.calls, name="calls"),
    path("tasks", lists.tasks, name="tasks"),
    path("tasks/<uuid:key>", lists.task, name="task"),
    path("insurer", insurer.insurer, name="insurer"),
    path("log", log_link.log, name="log"),
    path("team", team.team, name="my-team"),
    path("log/tasks", log.tasks, name="log-tasks"),
    path("log/preview", log.preview, name="log-preview"),
    path("log/link/<uuid:key>", link_making.make, name="log-link"),
    path("log/<uuid:identity>", logged.logged, name="logged"),
    path("log/<uuid:identity>/withdraw", logged.take_back, name="logged-withdraw"),
    path("patterns", patterns.patterns, name="patterns"),
    path("api/v1/calls", api.Calls.as_view(), name="api-calls"),
    path("api/v1/tasks", api.Tasks.as_view(), name="api-tasks"),
    path("api/v1/corrections", api.Corrections.as_view(), name="api-corrections"),
    path("api/v1/incidents", api.Incidents.as_view(), name="api-incidents"),
    path("api/v1/log-links", api.LogLinks.as_view(), name="api-log-links"),
    path("api/v1/entries", api.Entries.as_view(), name="api-entries"),
    path("api/v1/reports/true-cost", api.TrueCostReport.as_view(), name="api-true-cost"),
    path("api/v1/reports/true-cost.csv", api.TrueCostCsv.as_view(), name="api-true-cost-csv"),
    path("api/v1/reports/true-cost.xlsx", api.TrueCostXlsx.as_view(), name="api-true-cost-xlsx"),
]
