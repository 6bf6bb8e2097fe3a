// A rule's form shows what its measure can be narrowed to; its preview draws what it would have read.
(function () {
  "use strict";
  const measure = document.getElementById("id_measure");
  const window_ = document.getElementById("id_window");
  const scopes = JSON.parse(document.getElementById("scopes").textContent);

  function arrange() {
    for (const input of document.querySelectorAll("#scope [name]")) {
      const fits = scopes[measure.value].includes(input.name);
      input.closest(".field").hidden = !fits;
      if (!fits) { input.value = ""; }
    }
    const days = document.getElementById("id_days");
    days.closest(".field").hidden = window_.value !== "days";
  }
  arrange();
  measure.addEventListener("change", arrange);
  window_.addEventListener("change", arrange);

  function line(label, data, colour, extra) {
    return { label: label, data: data, borderColor: Charts.colour(colour), pointRadius: 0, pointHitRadius: 8, borderWidth: 2, ...extra };
  }
  Charts.show("readings", (data, canvas) => ({
    type: "line",
    data: {
      labels: data.days,
      datasets: [
        line("Reading", data.values, "--bar-token-bill", { backgroundColor: Charts.colour("--bar-token-bill"), stepped: false }),
        line("Threshold", data.days.map(() => data.threshold), "--bad-ink", { borderWidth: 1.5 }),
        line("Cleared at", data.days.map(() => data.clear), "--good-ink", { borderWidth: 1.5, borderDash: [4, 4] }),
      ],
    },
    options: {
      animation: false, maintainAspectRatio: false, interaction: { mode: "index", intersect: false },
      scales: {
        x: { title: Charts.title("Day"), ticks: { color: Charts.colour("--ink-soft"), maxTicksLimit: Charts.isNarrow(canvas) ? 3 : 6, maxRotation: 0 }, grid: { display: false } },
        y: { beginAtZero: true, title: Charts.title(data.axis), ticks: { color: Charts.colour("--ink-soft"), maxTicksLimit: 6 }, grid: Charts.grid, border: { display: false } },
      },
      plugins: { legend: { position: "bottom", labels: { color: Charts.colour("--ink"), boxHeight: 2, boxWidth: 18 } } },
    },
  }));
})();
