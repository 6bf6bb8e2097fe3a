from django.urls import path

from config.pages import fixed_costs, index, mappings, models, rates, repricings, task_types, tiers, webhooks

urlpatterns = [
    path("settings", index.index, name="settings"),
    path("settings/tiers", tiers.tiers, name="settings-tiers"),
    path("settings/tiers/new", tiers.tier_new, name="settings-tier-new"),
    path("settings/tiers/<int:pk>", tiers.tier, name="settings-tier"),
    path("settings/models", models.models, name="settings-models"),
    path("settings/models/new", models.model_new, name="settings-model-new"),
    path("settings/models/<int:pk>", models.model, name="settings-model"),
    path("settings/models/<int:pk>/edit", models.model_edit, name="settings-model-edit"),
    path("settings/models/<int:pk>/tier", models.model_tier, name="settings-model-tier"),
    path("settings/models/<int:pk>/price", models.model_price, name="settings-model-price"),
    path("settings/prices/<int:pk>/withdraw", models.price_withdraw, name="settings-price-withdraw"),
    path("settings/repricings", repricings.repricings, name="settings-repricings"),
    path("settings/repricings/state", repricings.state, name="settings-repricings-state"),
    path("settings/rates", rates.rates, name="settings-rates"),
    path("settings/rates/new", rates.rate_new, name="settings-rate-new"),
    path("settings/rates/<int:pk>", rates.rate, name="settings-rate"),
    path("settings/task-types", task_types.task_types, name="settings-task-types"),
    path("settings/task-types/new", task_types.task_type_new, name="settings-task-type-new"),
    path("settings/task-types/<int:pk>", task_types.task_type, name="settings-task-type"),
    path("settings/fixed-costs", fixed_costs.fixed_costs, name="settings-fixed-costs"),
    path("settings/fixed-costs/new", fixed_costs.fixed_cost_new, name="settings-fixed-cost-new"),
    path("settings/fixed-costs/<int:pk>", fixed_costs.fixed_cost, name="settings-fixed-cost"),
    path("settings/mappings", mappings.mappings, name="settings-mappings"),
    path("settings/mappings/<slug:kind>", mappings.mapping, name="settings-mapping"),
    path("settings/webhooks", webhooks.webhooks, name="settings-webhooks"),
    path("settings/webhooks/new", webhooks.webhook_new, name="settings-webhook-new"),
    path("settings/webhooks/<int:pk>/revoke", webhooks.webhook_revoke, name="settings-webhook-revoke"),
]
