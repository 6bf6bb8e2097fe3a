// Draws attempt fail rates: a dot where a tier was measured, its interval through it, a line across where it claims to be.
(function () {
  "use strict";
  const { colour, percent, isNarrow, show, whisker, title } = window.Charts;

  const marks = (data) => ({
    id: "marks",
    beforeDatasetsDraw(drawn) {
      const { ctx, scales: { x, y } } = drawn;
      ctx.save();
      data.forEach(function (tier, index) {
        const at = y.getPixelForValue(index);
        if (tier.low !== null) { whisker(ctx, x.getPixelForValue(tier.low), x.getPixelForValue(tier.high), at); }
      });
      ctx.restore();
    },
    afterDatasetsDraw(drawn) {
      const { ctx, scales: { x, y } } = drawn;
      ctx.save();
      data.forEach(function (tier, index) {
        if (tier.claimed === null) { return; }
        const at = y.getPixelForValue(index);
        const claimed = x.getPixelForValue(tier.claimed);
        ctx.strokeStyle = colour("--ink");
        ctx.lineWidth = 3;
        ctx.beginPath();
        ctx.moveTo(claimed, at - 11); ctx.lineTo(claimed, at + 11);
        ctx.stroke();
      });
      ctx.restore();
    },
  });

  function options(data, canvas) {
    const most = Math.max(...data.map((tier) => Math.max(tier.high || 0, tier.measured, tier.claimed || 0)));
    const ink = colour("--ink-soft");
    return {
      indexAxis: "y", animation: false, maintainAspectRatio: false, layout: { padding: { right: 12 } },
      scales: {
        x: {
          type: "linear", min: 0, max: Math.min(1, most * 1.1 || 0.1), title: title("Share of the tasks in which the tier tried"),
          ticks: { color: ink, callback: percent, maxTicksLimit: isNarrow(canvas) ? 4 : 8, maxRotation: 0, includeBounds: false },
          grid: { ...window.Charts.grid }, border: { display: false },
        },
        y: { type: "category", offset: true, labels: data.map((tier) => tier.label), ticks: { color: colour("--ink") }, grid: { display: false }, border: { color: colour("--line-strong") } },
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          callbacks: {
            label: (item) => "measured " + percent(item.parsed.x)
              + (data[item.dataIndex].claimed === null ? "" : ", claimed " + percent(data[item.dataIndex].claimed)),
          },
        },
      },
    };
  }

  show("claims-chart", (data, canvas) => ({
    type: "line",
    data: {
      labels: data.map((tier) => tier.label),
      datasets: [{
        data: data.map((tier) => tier.measured), showLine: false, pointRadius: 7, pointHoverRadius: 8,
        pointBackgroundColor: data.map((tier) => colour(tier.colour)), pointBorderColor: colour("--surface"), pointBorderWidth: 2,
      }],
    },
    options: options(data, canvas), plugins: [marks(data)],
  }));
})();
