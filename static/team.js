// Draws what rework cost by cause, stacked by tier, from the JSON beside it; again when the colours change.
(function () {
  "use strict";
  const canvas = document.getElementById("chart");
  const data = JSON.parse(document.getElementById("chart-data").textContent);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const dollars = (value) => "$" + value.toLocaleString("en-US", { maximumFractionDigits: value < 10 ? 2 : 0 });
  let chart = null;

  function draw() {
    if (chart) { chart.destroy(); }
    const ink = colour("--ink-soft");
    chart = new Chart(canvas, {
      type: "bar",
      data: {
        labels: data.bars.map((bar) => bar.label),
        datasets: data.tiers.map((tier, index) => ({
          label: tier.label, backgroundColor: colour(tier.colour), data: data.bars.map((bar) => bar.parts[index]),
          borderColor: colour("--surface"), borderWidth: { right: 1 }, maxBarThickness: 34,
        })),
      },
      options: {
        indexAxis: "y", animation: false, maintainAspectRatio: false,
        scales: {
          x: {
            stacked: true, beginAtZero: true, title: { display: true, text: "Labour, USD", color: ink },
            ticks: { color: ink, callback: (value) => dollars(value), maxTicksLimit: 6, maxRotation: 0 },
            grid: { color: (line) => colour(line.tick && line.tick.value === 0 ? "--line-strong" : "--line") }, border: { display: false },
          },
          y: {
            stacked: true, title: { display: canvas.clientWidth > 500, text: "Cause", color: ink },
            ticks: { color: colour("--ink"), autoSkip: false }, grid: { display: false }, border: { color: colour("--line-strong") },
          },
        },
        plugins: {
          legend: { display: false },
          tooltip: { callbacks: { label: (item) => item.dataset.label + ": " + dollars(item.parsed.x) } },
        },
      },
    });
    canvas.dataset.drawn = "yes";
  }

  draw();
  document.addEventListener("themechange", draw);
})();
