// Draws the chart of the report: what a success costs, by part, beside what its tokens cost.
(function () {
  "use strict";
  const { colour, dollars, isNarrow, show, whisker, title } = window.Charts;

  const whiskers = (data) => ({
    id: "whiskers",
    afterDatasetsDraw(drawn) {
      const { ctx, scales: { x } } = drawn;
      const bars = drawn.getDatasetMeta(data.parts.length - 1).data;
      ctx.save();
      data.bars.forEach(function (bar, index) {
        if (bar.low !== null) { whisker(ctx, x.getPixelForValue(bar.low), x.getPixelForValue(bar.high), bars[index].y); }
      });
      ctx.restore();
    },
  });

  // The figure at the end of each bar: a bar too short to see still says what it is.
  const figures = (data) => ({
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
  });

  function datasets(data) {
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

  function options(data, canvas) {
    const most = Math.max(...data.bars.map((bar) => Math.max(bar.total, bar.high || 0, bar.tokenOnly || 0)));
    const ink = colour("--ink-soft"), narrow = isNarrow(canvas);
    return {
      indexAxis: "y", animation: false, maintainAspectRatio: false,
      interaction: { mode: "nearest", axis: "y", intersect: true },
      scales: {
        x: {
          stacked: true, beginAtZero: true, max: most * (narrow ? 1.5 : 1.18),
          title: title(narrow ? "USD per successful task" : "USD per successful task (tokens alone: USD per task)"),
          ticks: { color: ink, callback: (value) => (value === 0 ? "$0" : dollars(value)), maxTicksLimit: narrow ? 4 : 8, maxRotation: 0, includeBounds: false },
          grid: { ...window.Charts.grid }, border: { display: false },
        },
        y: { stacked: true, ticks: { color: colour("--ink") }, grid: { display: false }, border: { color: colour("--line-strong") } },
      },
      plugins: {
        legend: { display: false },
        tooltip: { callbacks: { label: (item) => item.dataset.label + ": " + dollars(item.parsed.x) } },
      },
    };
  }

  show("chart", (data, canvas) => ({
    type: "bar", data: { labels: data.bars.map((bar) => bar.label), datasets: datasets(data) },
    options: options(data, canvas), plugins: [whiskers(data), figures(data)],
  }));
})();
