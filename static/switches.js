// Draws what switches save a month after failures, and of one switch what a task cost month by month.
(function () {
  "use strict";
  const { colour, dollars, isNarrow, show, whisker, title } = window.Charts;

  const signed = (value) => (value < 0 ? "\u2212" : "") + dollars(Math.abs(value));

  const whiskers = (rows) => ({
    id: "whiskers",
    beforeDatasetsDraw(drawn) {
      const { ctx, chartArea: area, scales: { x, y } } = drawn;
      const place = (value) => Math.min(Math.max(x.getPixelForValue(value), area.left), area.right);
      ctx.save();
      rows.forEach((row, index) => whisker(ctx, place(row.low), place(row.high), y.getPixelForValue(index)));
      ctx.restore();
    },
  });

  show("switches-chart", ({ rows }, canvas) => ({
    type: "line",
    data: {
      labels: rows.map((row) => row.label),
      datasets: [
        {
          label: "Net", data: rows.map((row) => ({ x: row.net, y: row.label })), showLine: false, pointRadius: 7, pointHoverRadius: 8,
          pointBackgroundColor: rows.map((row) => colour(row.sure ? "--bar-token-bill" : "--bar-token-only")), pointBorderColor: colour("--surface"), pointBorderWidth: 2,
        },
        {
          label: "Saved in tokens", data: rows.map((row) => ({ x: row.saving, y: row.label })), showLine: false, pointRadius: 5, pointHoverRadius: 6,
          pointBackgroundColor: "transparent", pointBorderColor: colour("--ink-soft"), pointBorderWidth: 2,
        },
      ],
    },
    options: {
      indexAxis: "y", animation: false, maintainAspectRatio: false, layout: { padding: { right: 16 } },
      scales: {
        x: {
          title: title("US dollars a month"), grace: "5%",
          suggestedMin: Math.min(0, ...rows.map((row) => row.low)), suggestedMax: Math.max(0, ...rows.map((row) => row.high)),
          ticks: { color: colour("--ink-soft"), maxRotation: 0, maxTicksLimit: isNarrow(canvas) ? 3 : 8, callback: (value) => signed(value) },
          grid: { ...window.Charts.grid }, border: { display: false },
        },
        y: {
          type: "category", offset: true, labels: rows.map((row) => row.label), grid: { display: false }, border: { color: colour("--line-strong") },
          ticks: { color: colour("--ink"), callback(index) { const label = this.getLabelForValue(index); return isNarrow(canvas) ? label.split(/, (.*)/, 2) : label; }, autoSkip: false },
        },
      },
      plugins: { legend: { display: false }, tooltip: { callbacks: { label: (item) => item.dataset.label + " " + signed(item.parsed.x) + " a month" } } },
    },
    plugins: [whiskers(rows)],
  }));

  // The line of the switch, and a mark above each month with an incident.
  const since = (months, switched) => ({
    id: "since",
    afterDatasetsDraw(drawn) {
      const { ctx, chartArea: area, scales: { x } } = drawn;
      const width = months.length > 1 ? x.getPixelForValue(1) - x.getPixelForValue(0) : area.right - area.left;
      ctx.save();
      months.forEach(function (month, index) {
        const at = x.getPixelForValue(index);
        if (month.label === switched) {
          ctx.strokeStyle = colour("--ink");
          ctx.setLineDash([5, 4]);
          ctx.beginPath();
          ctx.moveTo(at - width / 2, area.top); ctx.lineTo(at - width / 2, area.bottom);
          ctx.stroke();
          ctx.setLineDash([]);
        }
        if (month.incidents) {
          ctx.fillStyle = colour("--bar-external-failure");
          ctx.beginPath();
          ctx.moveTo(at, area.top + 2); ctx.lineTo(at - 6, area.top + 13); ctx.lineTo(at + 6, area.top + 13);
          ctx.fill();
        }
      });
      ctx.restore();
    },
  });

  show("switch-chart", ({ months, switched }, canvas) => ({
    type: "bar",
    data: {
      labels: months.map((month) => month.label),
      datasets: [["Tokens", "tokens", "--bar-token-bill"], ["Rework", "failures", "--bar-internal-failure"]].map(([label, name, ink]) => ({
        label: label, data: months.map((month) => month[name]), backgroundColor: colour(ink), maxBarThickness: 48,
      })),
    },
    options: {
      animation: false, maintainAspectRatio: false, layout: { padding: { top: 16 } },
      scales: {
        x: { stacked: true, grid: { display: false }, ticks: { color: colour("--ink"), maxTicksLimit: isNarrow(canvas) ? 5 : 24, maxRotation: 0 }, border: { color: colour("--line-strong") } },
        y: { stacked: true, beginAtZero: true, title: title("US dollars per task"), ticks: { color: colour("--ink-soft"), callback: (value) => dollars(value) }, grid: { ...window.Charts.grid }, border: { display: false } },
      },
      plugins: {
        legend: { display: false },
        tooltip: { callbacks: { label: (item) => item.dataset.label + " " + dollars(item.parsed.y) + " a task", footer: ([item]) => (months[item.dataIndex].incidents ? "Incidents " + dollars(months[item.dataIndex].incidents) : "") } },
      },
    },
    plugins: [since(months, switched)],
  }));
})();
