// Draws what a success costs beside what it is worth and what it would cost by hand, by task type, on a logarithmic scale.
(function () {
  "use strict";
  const { colour, dollars, isNarrow, show, whisker, title } = window.Charts;

  const marks = (rows) => ({
    id: "marks",
    beforeDatasetsDraw(drawn) {
      const { ctx, chartArea: area, scales: { x, y } } = drawn;
      const place = (value) => Math.min(Math.max(x.getPixelForValue(value), area.left), area.right);
      ctx.save();
      rows.forEach(function (row, index) {
        const at = y.getPixelForValue(index);
        if (row.low !== null && row.high > 0) { whisker(ctx, row.low > 0 ? place(row.low) : area.left, place(row.high), at); }
        [[row.hand, "--ink"], [row.value, "--good-ink"]].forEach(function ([value, ink]) {
          if (!value) { return; }
          ctx.strokeStyle = colour(ink);
          ctx.lineWidth = 3;
          ctx.beginPath();
          ctx.moveTo(place(value), at - 11); ctx.lineTo(place(value), at + 11);
          ctx.stroke();
        });
      });
      ctx.restore();
    },
  });

  function options(rows, canvas) {
    const amounts = rows.flatMap((row) => [row.cost, row.low, row.high, row.hand, row.value]).filter((value) => value > 0);
    const ink = colour("--ink-soft");
    return {
      indexAxis: "y", animation: false, maintainAspectRatio: false, layout: { padding: { right: 16 } },
      scales: {
        x: {
          type: "logarithmic", min: 10 ** Math.floor(Math.log10(Math.min(...amounts))), max: 10 ** Math.ceil(Math.log10(Math.max(...amounts))),
          title: title("US dollars per success, logarithmic"),
          ticks: { color: ink, maxRotation: 0, maxTicksLimit: isNarrow(canvas) ? 4 : 8, callback: (value) => (Number.isInteger(Math.round(Math.log10(value) * 1e6) / 1e6) ? "$" + value.toLocaleString("en-US") : "") },
          grid: { ...window.Charts.grid }, border: { display: false },
        },
        y: { type: "category", offset: true, labels: rows.map((row) => row.label), ticks: { color: colour("--ink") }, grid: { display: false }, border: { color: colour("--line-strong") } },
      },
      plugins: { legend: { display: false }, tooltip: { callbacks: { label: (item) => "costs " + dollars(item.parsed.x) } } },
    };
  }

  show("value-chart", ({ rows }, canvas) => ({
    type: "line",
    data: {
      labels: rows.map((row) => row.label),
      datasets: [{
        data: rows.map((row) => ({ x: row.cost, y: row.label })), showLine: false, pointRadius: 7, pointHoverRadius: 8,
        pointBackgroundColor: colour("--bar-token-bill"), pointBorderColor: colour("--surface"), pointBorderWidth: 2,
      }],
    },
    options: options(rows, canvas), plugins: [marks(rows)],
  }));
})();
