// Draws the chart of the report from the JSON beside it; colours come from variables.css, and again when they change.
(function () {
  "use strict";
  const canvas = document.getElementById("chart");
  const data = JSON.parse(document.getElementById("chart-data").textContent);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const dollars = (value) => "$" + value.toLocaleString("en-US", value >= 1000 ? { maximumFractionDigits: 0 }
    : value >= 1 || value === 0 ? { minimumFractionDigits: 2, maximumFractionDigits: 2 }
    : { minimumFractionDigits: 4, maximumFractionDigits: 4 });
  const isNarrow = () => canvas.parentElement.clientWidth < 500;
  let chart = null;

  // Whiskers from low to high across the bar of true cost, with a cap on either end.
  const whiskers = {
    id: "whiskers",
    afterDatasetsDraw(drawn) {
      const { ctx, scales: { x } } = drawn;
      const bars = drawn.getDatasetMeta(data.parts.length - 1).data;
      ctx.save();
      ctx.strokeStyle = colour("--bar-error");
      ctx.lineWidth = 1.5;
      data.bars.forEach(function (bar, index) {
        if (bar.low === null) { return; }
        const y = bars[index].y, from = x.getPixelForValue(bar.low), to = x.getPixelForValue(bar.high), cap = 4;
        ctx.beginPath();
        ctx.moveTo(from, y - cap); ctx.lineTo(from, y + cap);
        ctx.moveTo(from, y); ctx.lineTo(to, y);
        ctx.moveTo(to, y - cap); ctx.lineTo(to, y + cap);
        ctx.stroke();
      });
      ctx.restore();
    },
  };

  // The figure at the end of each bar: a bar too short to see still says what it is.
  const figures = {
    id: "figures",
    afterDatasetsDraw(drawn) {
      const { ctx, scales: { x } } = drawn;
      const last = data.parts.length;
      ctx.save();
      ctx.font = "12px system-ui, sans-serif";
      ctx.textBaseline = "middle";
      data.bars.forEach(function (bar, index) {
        const end = x.getPixelForValue(Math.max(bar.total, bar.high || 0)) + 7;
        ctx.fillStyle = colour("--ink");
        ctx.fillText(dollars(bar.total) + (bar.incomplete ? "+" : ""), end, drawn.getDatasetMeta(last - 1).data[index].y);
        const tokens = bar.tokenOnly === null ? "tokens unpriced" : dollars(bar.tokenOnly) + " tokens";
        ctx.fillStyle = colour("--ink-soft");
        ctx.fillText(tokens, x.getPixelForValue(bar.tokenOnly || 0) + 7,
          drawn.getDatasetMeta(last).data[index].y);
      });
      ctx.restore();
    },
  };

  function datasets() {
    const parts = data.parts.map((part, index) => ({
      label: part.label, stack: "true", backgroundColor: colour(part.colour), data: data.bars.map((bar) => bar.parts[index]),
      borderColor: colour("--surface"), borderWidth: { right: 1 }, barPercentage: 0.95, categoryPercentage: 0.72,
    }));
    const alone = {
      label: "Tokens alone, per task", stack: "tokens", backgroundColor: colour("--bar-token-only"),
      data: data.bars.map((bar) => bar.tokenOnly), barPercentage: 0.55, categoryPercentage: 0.72,
    };
    return [...parts, alone];
  }

  function options() {
    const most = Math.max(...data.bars.map((bar) => Math.max(bar.total, bar.high || 0, bar.tokenOnly || 0)));
    const ink = colour("--ink-soft");
    return {
      indexAxis: "y", animation: false, maintainAspectRatio: false,
      interaction: { mode: "nearest", axis: "y", intersect: true },
      scales: {
        x: {
          stacked: true, beginAtZero: true, max: most * (isNarrow() ? 1.5 : 1.18),
          title: { display: true, text: isNarrow() ? "USD per successful task" : "USD per successful task (tokens alone: USD per task)", color: ink },
          ticks: { color: ink, callback: (value) => (value === 0 ? "$0" : dollars(value)), maxTicksLimit: isNarrow() ? 4 : 8, maxRotation: 0, includeBounds: false },
          grid: { color: (line) => colour(line.tick && line.tick.value === 0 ? "--line-strong" : "--line") },
          border: { display: false },
        },
        y: { stacked: true, ticks: { color: colour("--ink") }, grid: { display: false }, border: { color: colour("--line-strong") } },
      },
      plugins: {
        legend: { display: false },
        tooltip: { callbacks: { label: (item) => item.dataset.label + ": " + dollars(item.parsed.x) } },
      },
    };
  }

  function draw() {
    if (chart) { chart.destroy(); }
    chart = new Chart(canvas, {
      type: "bar", data: { labels: data.bars.map((bar) => bar.label), datasets: datasets() }, options: options(),
      plugins: [whiskers, figures],
    });
    canvas.dataset.drawn = "yes";
  }

  draw();
  document.addEventListener("themechange", draw);
})();
