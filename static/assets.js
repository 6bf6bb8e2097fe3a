// Draws the book value of an asset over its days, and where it stands today.
(function () {
  "use strict";
  const { colour, dollars, grid, title, show, isNarrow } = window.Charts;
  const DAY = 86400000;
  const at = (day) => Date.parse(day + "T00:00:00Z");
  const named = (time) => new Date(time).toISOString().slice(0, 10);
  const month = (time) => new Date(time).toISOString().slice(0, 7);
  const points = (line) => line.map((point) => ({ x: at(point.day), y: point.value }));

  // The first of months, as many as there is room for.
  function firsts(from, to, most) {
    const found = [];
    const day = new Date(from);
    for (let time = Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1); time <= to;) {
      if (time >= from) { found.push(time); }
      const next = new Date(time);
      time = Date.UTC(next.getUTCFullYear(), next.getUTCMonth() + 1, 1);
    }
    const step = Math.ceil(found.length / most) || 1;
    return found.filter((_, index) => index % step === 0);
  }

  function options(data, canvas) {
    const ink = colour("--ink-soft");
    const line = points(data.line);
    const [from, to] = [line[0].x, Math.max(line[line.length - 1].x, line[0].x + DAY)];
    return {
      animation: false, maintainAspectRatio: false, parsing: false, layout: { padding: { right: 12 } },
      scales: {
        x: {
          type: "linear", min: from, max: to, title: title("Day"),
          afterBuildTicks: (axis) => { axis.ticks = firsts(from, to, isNarrow(canvas) ? 4 : 12).map((value) => ({ value })); },
          ticks: { color: ink, callback: month, maxRotation: 0, autoSkip: false }, grid: { display: false },
          border: { color: colour("--line-strong") },
        },
        y: { min: 0, title: title("Book value, USD"), ticks: { color: ink, callback: dollars, maxTicksLimit: 6 }, grid: { ...grid }, border: { display: false } },
      },
      plugins: {
        legend: { display: false },
        tooltip: { callbacks: { title: (items) => named(items[0].parsed.x), label: (item) => item.dataset.label + ": " + dollars(item.parsed.y) } },
      },
    };
  }

  show("book-value", (data, canvas) => ({
    type: "line",
    data: {
      datasets: [
        { label: "Book value", data: points(data.line), borderColor: colour("--bar-fixed-compute"), backgroundColor: colour("--bar-fixed-compute"), borderWidth: 2, pointRadius: 2, tension: 0 },
        { label: "Today", data: points([data.today]).filter((each) => each.x >= at(data.line[0].day) && each.x <= at(data.line[data.line.length - 1].day)), showLine: false, borderColor: colour("--ink"), backgroundColor: colour("--surface"), pointRadius: 6, pointBorderWidth: 2 },
      ],
    },
    options: options(data, canvas),
  }));
})();
