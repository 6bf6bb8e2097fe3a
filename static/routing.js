// Draws the cost-quality plane: what a task costs under each policy, against how often it succeeds.
(function () {
  "use strict";
  const { colour, dollars, isNarrow, percent, show, whisker, upright, title } = window.Charts;

  const marks = ({ points }) => ({
    id: "marks",
    beforeDatasetsDraw(drawn) {
      const { ctx, chartArea: area, scales: { x, y } } = drawn;
      const across = (value) => Math.min(Math.max(x.getPixelForValue(value), area.left), area.right);
      const up = (value) => Math.min(Math.max(y.getPixelForValue(value), area.top), area.bottom);
      ctx.save();
      ctx.globalAlpha = 0.55;
      points.forEach(function (point) {
        whisker(ctx, across(point.costLow), across(point.costHigh), up(point.success));
        upright(ctx, across(point.cost), up(point.low), up(point.high), colour("--bar-error"));
      });
      ctx.restore();
      const best = points.filter((point) => point.efficient).sort((a, b) => a.cost - b.cost);
      ctx.save();
      ctx.strokeStyle = colour("--good-ink");
      ctx.lineWidth = 2;
      ctx.setLineDash([6, 4]);
      ctx.beginPath();
      best.forEach((point, index) => (index ? ctx.lineTo(across(point.cost), up(point.success)) : ctx.moveTo(across(point.cost), up(point.success))));
      ctx.stroke();
      ctx.restore();
    },
    // Names beside the points, where they do not lie over one another; the others are in the table and the tooltips.
    afterDatasetsDraw(drawn) {
      const { ctx, chartArea: area, scales: { x, y } } = drawn;
      const taken = [];
      ctx.save();
      ctx.font = "12px " + getComputedStyle(document.body).fontFamily;
      ctx.fillStyle = colour("--ink");
      ctx.textBaseline = "middle";
      [...points].sort((a, b) => b.advised - a.advised || b.efficient - a.efficient).forEach(function (point) {
        const width = ctx.measureText(point.label).width;
        const left = x.getPixelForValue(point.cost) + 11 + width > area.right ? x.getPixelForValue(point.cost) - 11 - width : x.getPixelForValue(point.cost) + 11;
        const top = y.getPixelForValue(point.success) - 11;
        const box = [left, top - 7, left + width, top + 7];
        if (left < area.left || taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3])) { return; }
        taken.push(box);
        ctx.fillText(point.label, left, top);
      });
      ctx.restore();
    },
  });

  show("routing-chart", ({ points, today }, canvas) => ({
    type: "scatter",
    data: {
      datasets: [
        {
          label: "Policies", data: points.map((point) => ({ x: point.cost, y: point.success })), pointRadius: points.map((point) => (point.advised ? 9 : 7)), pointHoverRadius: 9,
          pointBackgroundColor: points.map((point) => colour(point.advised ? "--good-ink" : "--bar-token-bill")), pointBorderColor: colour("--surface"), pointBorderWidth: 2,
        },
        {
          label: "As routed", data: today ? [{ x: today.cost, y: today.success }] : [], pointRadius: 6, pointHoverRadius: 7,
          pointBackgroundColor: "transparent", pointBorderColor: colour("--ink"), pointBorderWidth: 2,
        },
      ],
    },
    options: {
      animation: false, maintainAspectRatio: false, layout: { padding: { right: 16, top: 8 } },
      scales: {
        x: {
          title: title("US dollars a task, fully loaded"), beginAtZero: true, suggestedMax: Math.max(...points.map((point) => point.costHigh)),
          ticks: { color: colour("--ink-soft"), maxRotation: 0, maxTicksLimit: isNarrow(canvas) ? 4 : 8, callback: (value) => dollars(value) }, grid: { ...window.Charts.grid }, border: { display: false },
        },
        y: {
          title: title("Success"), min: Math.max(0, Math.floor(10 * Math.min(...points.map((point) => point.low))) / 10), max: Math.min(1, Math.ceil(10 * Math.max(...points.map((point) => point.high))) / 10),
          ticks: { color: colour("--ink-soft"), callback: (value) => percent(value) }, grid: { ...window.Charts.grid }, border: { display: false },
        },
      },
      plugins: {
        legend: { display: false },
        tooltip: { callbacks: { label: (item) => (item.datasetIndex ? "As routed" : points[item.dataIndex].label) + ": " + dollars(item.parsed.x) + " a task, " + percent(item.parsed.y) + " succeed" } },
      },
    },
    plugins: [marks({ points })],
  }));
})();
