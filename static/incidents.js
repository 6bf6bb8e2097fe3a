// Draws what incidents are to be expected to cost per 10,000 tasks: a dot for what was seen, and from where to where it may lie.
(function () {
  "use strict";
  const { colour, dollars, isNarrow, show, whisker, title } = window.Charts;

  const ends = (rows) => ({
    id: "ends",
    beforeDatasetsDraw(drawn) {
      const { ctx, scales: { x, y } } = drawn;
      ctx.save();
      rows.forEach((row, index) => whisker(ctx, x.getPixelForValue(row.low), x.getPixelForValue(row.high), y.getPixelForValue(index)));
      ctx.restore();
    },
  });

  function options(rows, canvas) {
    const most = Math.max(...rows.map((row) => Math.max(row.high, row.loss)));
    const ink = colour("--ink-soft");
    return {
      indexAxis: "y", animation: false, maintainAspectRatio: false, layout: { padding: { right: 24 } },
      scales: {
        x: {
          type: "linear", min: 0, max: most * 1.05 || 1, title: title("Loss per 10,000 tasks, US dollars"),
          ticks: { color: ink, callback: dollars, maxTicksLimit: isNarrow(canvas) ? 3 : 8, maxRotation: 0, includeBounds: false },
          grid: { ...window.Charts.grid }, border: { display: false },
        },
        y: { type: "category", offset: true, labels: rows.map((row) => row.label), ticks: { color: colour("--ink") }, grid: { display: false }, border: { color: colour("--line-strong") } },
      },
      plugins: {
        legend: { display: false },
        tooltip: { callbacks: { label: (item) => `${dollars(item.parsed.x)}, from ${dollars(rows[item.dataIndex].low)} to ${dollars(rows[item.dataIndex].high)}` } },
      },
    };
  }

  show("incidents-chart", ({ rows }, canvas) => ({
    type: "line",
    data: {
      labels: rows.map((row) => row.label),
      datasets: [{
        data: rows.map((row) => row.loss), showLine: false, clip: false, pointRadius: 7, pointHoverRadius: 8,
        pointBackgroundColor: rows.map((row) => colour(row.colour)), pointBorderColor: colour("--surface"), pointBorderWidth: 2,
      }],
    },
    options: options(rows, canvas), plugins: [ends(rows)],
  }));
})();
