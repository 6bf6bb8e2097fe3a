// Draws the two charts of the insurer's page from the JSON beside them; again when light turns dark.
(function () {
  "use strict";
  const data = JSON.parse(document.getElementById("chart-data").textContent);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const dollars = (value) => (value < 0 ? "−$" : "$") + Math.abs(value).toLocaleString("en-US",
    Math.abs(value) >= 1000 ? { maximumFractionDigits: 0 }
      : Math.abs(value) >= 1 || value === 0 ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : { minimumFractionDigits: 4, maximumFractionDigits: 4 });
  let charts = [];

  const axis = (title) => ({
    title: { display: true, text: title, color: colour("--ink-soft") },
    ticks: { color: colour("--ink-soft"), maxRotation: 0, autoSkipPadding: 16 },
    grid: { color: (line) => colour(line.tick && line.tick.value === 0 ? "--line-strong" : "--line") },
    border: { display: false },
  });
  const money = (title) => { const made = axis(title); made.beginAtZero = true; made.ticks.callback = dollars; return made; };

  // The figure at the end of each bar: 4 cents beside 12 dollars would not be seen.
  const figures = {
    id: "figures",
    afterDatasetsDraw(drawn) {
      const { ctx } = drawn;
      ctx.save();
      ctx.font = "12px system-ui, sans-serif";
      ctx.textBaseline = "middle";
      ctx.fillStyle = colour("--ink");
      drawn.data.datasets.forEach((set, at) => set.data.forEach(function (value, index) {
        if (value === null) { return; }
        const bar = drawn.getDatasetMeta(at).data[index];
        ctx.fillText(dollars(value), bar.x + 6, bar.y);
      }));
      ctx.restore();
    },
  };

  function claims() {
    const most = Math.max(...data.bars.flatMap((bar) => [bar.tokens, bar.true || 0]));
    const x = money("USD per claim");
    x.max = most * 1.2 || 1;
    x.ticks.includeBounds = false;
    const y = axis("");
    y.title.display = false;
    y.grid = { display: false };
    y.ticks.color = colour("--ink");
    return {
      type: "bar",
      data: {
        labels: data.bars.map((bar) => bar.label),
        datasets: [
          { label: "Token cost per claim", data: data.bars.map((bar) => bar.tokens), backgroundColor: colour("--bar-token-only") },
          { label: "True cost per success", data: data.bars.map((bar) => bar.true), backgroundColor: data.bars.map((bar) => colour(bar.colour)) },
        ],
      },
      options: {
        indexAxis: "y", animation: false, maintainAspectRatio: false, scales: { x, y },
        plugins: { legend: { display: false }, tooltip: { callbacks: { label: (item) => item.dataset.label + ": " + dollars(item.parsed.x) } } },
      },
      plugins: [figures],
    };
  }

  function months() {
    return {
      type: "line",
      data: {
        labels: data.months.map((_, index) => index),
        datasets: [{ label: "Saved less lost", data: data.months, borderColor: colour("--accent"), backgroundColor: colour("--accent"), pointRadius: 0, pointHitRadius: 8, borderWidth: 2 }],
      },
      options: {
        animation: false, maintainAspectRatio: false, interaction: { mode: "index", intersect: false },
        scales: { x: axis("Months since the move"), y: money("USD") },
        plugins: { legend: { display: false }, tooltip: { callbacks: { title: (items) => "Month " + items[0].label, label: (item) => dollars(item.parsed.y) } } },
      },
    };
  }

  function draw() {
    charts.forEach((chart) => chart.destroy());
    charts = [["claim-chart", claims], ["months-chart", months]].flatMap(function ([id, made]) {
      const canvas = document.getElementById(id);
      if (!canvas) { return []; }
      const chart = new Chart(canvas, made());
      canvas.dataset.drawn = "yes";
      return [chart];
    });
  }

  draw();
  document.addEventListener("themechange", draw);
})();
