// Draws who costs what on the same mix of work: a dot with its interval, the crude figure as a ring, and a band where
// what it is held against lies.
(function () {
  "use strict";
  const { colour, dollars, isNarrow, show, whisker, title } = window.Charts;

  const marks = (rows) => ({
    id: "marks",
    beforeDatasetsDraw(drawn) {
      const { ctx, scales: { x, y } } = drawn;
      ctx.save();
      rows.forEach(function (row, index) {
        const at = y.getPixelForValue(index);
        const [from, to] = [x.getPixelForValue(row.otherLow), x.getPixelForValue(row.otherHigh)];
        ctx.globalAlpha = 0.6;
        ctx.fillStyle = colour("--bar-token-only");
        ctx.fillRect(from, at - 14, Math.max(to - from, 2), 28);
        ctx.globalAlpha = 1;
        whisker(ctx, x.getPixelForValue(row.low), x.getPixelForValue(row.high), at);
      });
      ctx.restore();
    },
  });

  function options(rows, canvas) {
    const most = Math.max(...rows.map((row) => Math.max(row.high, row.crude, row.otherHigh)));
    const ink = colour("--ink-soft");
    return {
      indexAxis: "y", animation: false, maintainAspectRatio: false, layout: { padding: { right: 16 } },
      scales: {
        x: {
          type: "linear", min: 0, max: most * 1.08 || 1, title: title("Cost per success, US dollars"),
          ticks: { color: ink, callback: (value) => "$" + value.toFixed(most >= 1 ? 2 : 4), maxTicksLimit: isNarrow(canvas) ? 4 : 8, maxRotation: 0, includeBounds: false },
          grid: { ...window.Charts.grid }, border: { display: false },
        },
        y: { type: "category", offset: true, labels: rows.map((row) => row.label), ticks: { color: colour("--ink") }, grid: { display: false }, border: { color: colour("--line-strong") } },
      },
      plugins: {
        legend: { display: false },
        tooltip: { callbacks: { label: (item) => item.dataset.label + " " + dollars(item.parsed.x) } },
      },
    };
  }

  const points = (rows, name) => rows.map((row) => ({ x: row[name], y: row.label }));

  show("compare-chart", ({ rows }, canvas) => ({
    type: "line",
    data: {
      labels: rows.map((row) => row.label),
      datasets: [
        {
          label: "adjusted", data: points(rows, "adjusted"), showLine: false, pointRadius: 7, pointHoverRadius: 8,
          pointBackgroundColor: rows.map((row) => colour(row.colour)), pointBorderColor: colour("--surface"), pointBorderWidth: 2,
        },
        {
          label: "crude", data: points(rows, "crude"), showLine: false, pointRadius: 10, pointHoverRadius: 11,
          pointBackgroundColor: "transparent", pointBorderColor: rows.map((row) => colour(row.colour)), pointBorderWidth: 2,
        },
      ],
    },
    options: options(rows, canvas), plugins: [marks(rows)],
  }));
})();
