// Draws what saved policies were expected to cost a task beside what they cost, each with its interval.
(function () {
  "use strict";
  const { colour, dollars, isNarrow, show, whisker, title } = window.Charts;
  const APART = 8; // pixels between the expected and the actual one of a row

  const marks = (rows) => ({
    id: "marks",
    afterDatasetsDraw(drawn) {
      const { ctx, chartArea: area, scales: { x, y } } = drawn;
      const place = (value) => Math.min(Math.max(x.getPixelForValue(value), area.left), area.right);
      const dot = function (value, at, isFilled) {
        ctx.beginPath();
        ctx.arc(place(value), at, 6, 0, 2 * Math.PI);
        ctx.lineWidth = 2;
        ctx.strokeStyle = colour(isFilled ? "--surface" : "--ink-soft");
        ctx.fillStyle = colour(isFilled ? "--bar-token-bill" : "--surface");
        ctx.fill();
        ctx.stroke();
      };
      ctx.save();
      rows.forEach(function (row, index) {
        const middle = y.getPixelForValue(index);
        whisker(ctx, place(row.expectedLow), place(row.expectedHigh), middle - APART);
        dot(row.expected, middle - APART, false);
        whisker(ctx, place(row.actualLow), place(row.actualHigh), middle + APART);
        dot(row.actual, middle + APART, true);
      });
      ctx.restore();
    },
  });

  show("scenarios-chart", ({ rows }, canvas) => ({
    type: "line",
    data: {
      labels: rows.map((row) => row.label),
      datasets: ["expected", "actual"].map((name) => ({
        label: name, data: rows.map((row) => ({ x: row[name], y: row.label })), showLine: false, pointRadius: 0, pointHitRadius: 12,
      })),
    },
    options: {
      indexAxis: "y", animation: false, maintainAspectRatio: false, layout: { padding: { right: 16 } },
      scales: {
        x: {
          title: title("US dollars a task, fully loaded"), beginAtZero: true, suggestedMax: Math.max(...rows.flatMap((row) => [row.expectedHigh, row.actualHigh])),
          ticks: { color: colour("--ink-soft"), maxRotation: 0, maxTicksLimit: isNarrow(canvas) ? 4 : 8, callback: (value) => dollars(value) }, grid: { ...window.Charts.grid }, border: { display: false },
        },
        y: { type: "category", offset: true, labels: rows.map((row) => row.label), ticks: { color: colour("--ink") }, grid: { display: false }, border: { color: colour("--line-strong") } },
      },
      plugins: { legend: { display: false }, tooltip: { callbacks: { label: (item) => item.dataset.label + " " + dollars(item.parsed.x) + " a task" } } },
    },
    plugins: [marks(rows)],
  }));
})();
