// Draws the way from computed to billed: a whole bar at either end, between them a bar for each cause from where the one
// before it ends.
(function () {
  "use strict";
  const { colour, dollars, grid, title, show, isNarrow } = window.Charts;
  const COLOURS = { whole: "--bar-token-bill", more: "--bar-internal-failure", less: "--bar-prevention" };

  // Signed, for what is added or taken off.
  const signed = (step) => step.kind === "whole" ? dollars(step.to)
    : (step.to < step.from ? "−" : "+") + dollars(Math.abs(step.to - step.from));

  function options(data, canvas) {
    const ink = colour("--ink-soft");
    const ends = data.flatMap((step) => [step.from, step.to]);
    return {
      indexAxis: "y", animation: false, maintainAspectRatio: false, layout: { padding: { right: 12 } },
      scales: {
        x: {
          min: Math.min(0, ...ends), max: Math.max(0.01, ...ends) * 1.05, title: title("USD"),
          ticks: { color: ink, callback: (value) => (value < 0 ? "−" : "") + dollars(Math.abs(value)), maxTicksLimit: isNarrow(canvas) ? 4 : 8, maxRotation: 0, includeBounds: false },
          grid: { ...grid }, border: { display: false },
        },
        y: { ticks: { color: colour("--ink"), autoSkip: false }, grid: { display: false }, border: { color: colour("--line-strong") } },
      },
      plugins: { legend: { display: false }, tooltip: { callbacks: { label: (item) => signed(data[item.dataIndex]) } } },
    };
  }

  show("waterfall", (data, canvas) => ({
    type: "bar",
    data: {
      labels: data.map((step) => step.label),
      datasets: [{
        data: data.map((step) => [step.from, step.to]), backgroundColor: data.map((step) => colour(COLOURS[step.kind])),
        maxBarThickness: 22, minBarLength: 2,
      }],
    },
    options: options(data, canvas),
  }));
})();
