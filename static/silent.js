// Draws what a success costs once silent failures are taken off: a dot with its interval, and a line where it was observed.
(function () {
  "use strict";
  const { colour, dollars, isNarrow, show, whisker, title } = window.Charts;

  const marks = (rows) => ({
    id: "marks",
    beforeDatasetsDraw(drawn) {
      const { ctx, scales: { x, y } } = drawn;
      ctx.save();
      rows.forEach((row, index) => whisker(ctx, x.getPixelForValue(row.low), x.getPixelForValue(row.high), y.getPixelForValue(index)));
      ctx.restore();
    },
    afterDatasetsDraw(drawn) {
      const { ctx, scales: { x, y } } = drawn;
      ctx.save();
      ctx.strokeStyle = colour("--ink");
      ctx.lineWidth = 3;
      rows.forEach(function (row, index) {
        const [at, observed] = [y.getPixelForValue(index), x.getPixelForValue(row.observed)];
        ctx.beginPath();
        ctx.moveTo(observed, at - 11); ctx.lineTo(observed, at + 11);
        ctx.stroke();
      });
      ctx.restore();
    },
  });

  function options(rows, canvas) {
    const most = Math.max(...rows.map((row) => Math.max(row.high, row.observed)));
    const ink = colour("--ink-soft");
    return {
      indexAxis: "y", animation: false, maintainAspectRatio: false, layout: { padding: { right: 16 } },
      scales: {
        x: {
          type: "linear", min: 0, max: most * 1.08 || 1, title: title("True cost per success, US dollars"),
          ticks: { color: ink, callback: dollars, maxTicksLimit: isNarrow(canvas) ? 4 : 8, maxRotation: 0, includeBounds: false },
          grid: { ...window.Charts.grid }, border: { display: false },
        },
        y: { type: "category", offset: true, labels: rows.map((row) => row.label), ticks: { color: colour("--ink") }, grid: { display: false }, border: { color: colour("--line-strong") } },
      },
      plugins: {
        legend: { display: false },
        tooltip: { callbacks: { label: (item) => "adjusted " + dollars(item.parsed.x) + ", observed " + dollars(rows[item.dataIndex].observed) } },
      },
    };
  }

  show("silent-chart", (data, canvas) => ({
    type: "line",
    data: {
      labels: data.rows.map((row) => row.label),
      datasets: [{
        data: data.rows.map((row) => row.adjusted), showLine: false, pointRadius: 7, pointHoverRadius: 8,
        pointBackgroundColor: data.rows.map((row) => colour(row.colour)), pointBorderColor: colour("--surface"), pointBorderWidth: 2,
      }],
    },
    options: options(data.rows, canvas), plugins: [marks(data.rows)],
  }));
})();
