// The trend by tier and the flow of money.
(function () {
  "use strict";
  const { colour, dollars, grid, isNarrow, show, title, upright } = window.Charts;
  const hidden = new Set();

  // Tiers of a month stand side by side within it, so that their whiskers can be told apart.
  const APART = 0.5;
  const placed = (count, at, month) => month + (count > 1 ? (at / (count - 1) - 0.5) * APART : 0);

  const errors = ({ series }) => ({
    id: "errors",
    beforeDatasetsDraw(drawn) {
      const { ctx, scales: { x, y } } = drawn;
      ctx.save();
      series.forEach(({ points, colour: name }, at) => points.forEach(function (point, month) {
        if (point.low === null || hidden.has(at)) { return; }
        upright(ctx, x.getPixelForValue(placed(series.length, at, month)), y.getPixelForValue(point.low), y.getPixelForValue(point.high), colour(name));
      }));
      ctx.restore();
    },
  });

  const lineOf = (count) => (series, at) => ({
    label: series.label, hidden: hidden.has(at), borderColor: colour(series.colour), backgroundColor: colour(series.colour),
    borderWidth: 2, pointRadius: 3, pointHitRadius: 10, spanGaps: false,
    data: series.points.map((point, month) => ({ x: placed(count, at, month), y: point.cost })),
  });

  function months({ months: names }, canvas) {
    const step = isNarrow(canvas) ? 4 : 1, last = names.length - 1;
    return {
      type: "linear", min: -0.5, max: last + 0.5, title: title("Month"), grid: { display: false }, border: { color: colour("--line-strong") },
      // From the last month backwards, so that the latest always has its name.
      afterBuildTicks: (scale) => { scale.ticks = names.map((_, value) => ({ value })).filter(({ value }) => (last - value) % step === 0); },
      ticks: { color: colour("--ink-soft"), maxRotation: 0, autoSkip: false, callback: (value) => (step > 1 ? names[value].slice(0, 7) : names[value]) },
    };
  }

  function costs({ series }) {
    const points = series.flatMap((each, at) => (hidden.has(at) ? [] : each.points));
    return {
      beginAtZero: true, suggestedMax: Math.max(0, ...points.map((point) => Math.max(point.cost || 0, point.high || 0))),
      title: title("USD per successful task"), grid, border: { display: false },
      ticks: { color: colour("--ink-soft"), callback: (value) => (value === 0 ? "$0" : dollars(value)) },
    };
  }

  function trend(data, canvas) {
    const said = (item) => {
      const point = data.series[item.datasetIndex].points[item.dataIndex];
      const ends = point.low === null ? "" : " (95 % interval without incidents " + dollars(point.low) + " to " + dollars(point.high) + ")";
      return item.dataset.label + ": " + dollars(point.cost) + ends;
    };
    return {
      type: "line",
      data: { datasets: data.series.map(lineOf(data.series.length)) },
      options: {
        animation: false, maintainAspectRatio: false, interaction: { mode: "nearest", intersect: false },
        scales: { x: months(data, canvas), y: costs(data) },
        plugins: { legend: { display: false }, tooltip: { callbacks: { title: (items) => data.months[items[0].dataIndex], label: said } } },
      },
      plugins: [errors(data)],
    };
  }

  function flows({ tiers, parts }, canvas) {
    const links = tiers.flatMap((tier, from) => tier.parts.flatMap((flow, to) => (flow > 0 ? [{ from: "t" + from, to: "p" + to, flow }] : [])));
    const nodes = [...tiers.map((tier, at) => ["from", "t" + at, tier]), ...parts.map((part, at) => ["to", "p" + at, part])];
    const sum = (side, key) => links.filter((link) => link[side] === key).reduce((total, link) => total + link.flow, 0);
    const named = ([side, key, node]) => [key, isNarrow(canvas) ? node.label : node.label + "  " + dollars(sum(side, key))];
    const colours = Object.fromEntries(nodes.map(([, key, node]) => [key, colour(node.colour)]));
    const said = ({ raw }) => tiers[raw.from.slice(1)].label + ", " + parts[raw.to.slice(1)].label.toLowerCase() + ": " + dollars(raw.flow);
    return {
      type: "sankey",
      data: {
        datasets: [{
          data: links, labels: Object.fromEntries(nodes.map(named)), priority: Object.fromEntries(nodes.map(([, key], at) => [key, at])),
          colorFrom: ({ raw }) => colours[raw && raw.from], colorTo: ({ raw }) => colours[raw && raw.to], colorMode: "gradient", alpha: 0.55,
          borderWidth: 0, nodeWidth: 12, nodePadding: 18, size: "max",
          nodeLabels: { color: colour("--ink"), backgroundColor: colour("--label"), borderRadius: 3, padding: 5 },
        }],
      },
      options: {
        animation: false, maintainAspectRatio: false, font: { size: 12 }, layout: { padding: { top: 10, bottom: 10 } },
        plugins: { legend: { display: false }, tooltip: { callbacks: { title: () => "", label: said } } },
      },
    };
  }

  const again = show("trend-chart", trend);
  show("flow-chart", flows);

  // A dear tier hides what cheap ones do: each can be left out, and the axis follows.
  document.querySelectorAll("[data-series]").forEach(function (button) {
    button.disabled = false;
    button.addEventListener("click", function () {
      const at = Number(button.dataset.series);
      if (!hidden.delete(at)) { hidden.add(at); }
      button.setAttribute("aria-pressed", String(!hidden.has(at)));
      again();
    });
  });
})();
