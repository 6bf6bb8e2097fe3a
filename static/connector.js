// Draws the calls of each day, priced and not, from the JSON beside it.
(function () {
  "use strict";
  const { colour, grid, title, show } = window.Charts;
  const bars = (label, data, name) => ({ label: label, data: data, backgroundColor: colour(name), maxBarThickness: 26 });

  show("calls-a-day", (data) => ({
    type: "bar",
    data: {
      labels: data.days,
      datasets: [bars("Priced", data.priced, "--bar-token-bill"), bars("Unpriced", data.unpriced, "--bar-internal-failure")],
    },
    options: {
      animation: false, maintainAspectRatio: false,
      scales: {
        x: { stacked: true, title: title("Day"), ticks: { color: colour("--ink-soft"), maxRotation: 0, autoSkipPadding: 12 }, grid: { display: false }, border: { color: colour("--line-strong") } },
        y: { stacked: true, beginAtZero: true, title: title("Calls"), ticks: { color: colour("--ink-soft"), precision: 0 }, grid: grid, border: { display: false } },
      },
      plugins: { legend: { display: false } },
    },
  }));
})();
