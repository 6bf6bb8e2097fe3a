// Draws what a task is expected to cost by what one failure costs, a line for each tier; the slider says which is least.
(function () {
  "use strict";
  const { colour, dollars, isNarrow, show, title } = window.Charts;
  let tried = null;

  const marks = (data) => ({
    id: "marks",
    beforeDatasetsDraw(drawn) {
      const { ctx, chartArea: area, scales: { x } } = drawn;
      ctx.save();
      ctx.globalAlpha = 0.35;
      ctx.fillStyle = colour("--bar-token-only");
      data.bands.forEach(function (band) {
        const [from, to] = [x.getPixelForValue(band.low), Math.min(x.getPixelForValue(band.high), area.right)];
        ctx.fillRect(from, area.top, Math.max(to - from, 2), area.bottom - area.top);
      });
      ctx.globalAlpha = 1;
      [[data.measured, 3], [tried === null ? data.asked : tried, 1]].forEach(function ([at, width]) {
        if (at === null || at > data.most) { return; }
        ctx.strokeStyle = colour("--ink");
        ctx.lineWidth = width;
        ctx.beginPath();
        ctx.moveTo(x.getPixelForValue(at), area.top); ctx.lineTo(x.getPixelForValue(at), area.bottom);
        ctx.stroke();
      });
      ctx.restore();
    },
  });

  function options(data, canvas) {
    const axis = { color: colour("--ink-soft"), callback: (value) => "$" + value.toLocaleString("en-US"), maxRotation: 0 };
    return {
      animation: false, maintainAspectRatio: false,
      scales: {
        x: { type: "linear", min: 0, max: data.most, title: title("Cost of one failure, US dollars"), ticks: { ...axis, maxTicksLimit: isNarrow(canvas) ? 4 : 9 }, grid: { ...window.Charts.grid }, border: { display: false } },
        y: { type: "linear", min: 0, title: title("Expected cost of a task, US dollars"), ticks: axis, grid: { ...window.Charts.grid }, border: { display: false } },
      },
      plugins: { legend: { display: false }, tooltip: { callbacks: { label: (item) => item.dataset.label + " " + dollars(item.parsed.y) } } },
    };
  }

  const draw = show("break-even-chart", (data, canvas) => ({
    type: "line",
    data: {
      datasets: data.lines.map((line) => ({
        label: line.label, data: [{ x: 0, y: line.start }, { x: data.most, y: line.end }],
        borderColor: colour(line.colour), backgroundColor: colour(line.colour), borderWidth: 2.5, pointRadius: 0, pointHitRadius: 8,
      })),
    },
    options: options(data, canvas), plugins: [marks(data)],
  }));

  const slide = document.getElementById("slide");
  const source = document.getElementById("break-even-data");
  if (!slide || !source) { return; }
  const data = JSON.parse(source.textContent);
  const field = document.getElementById("failure");
  slide.closest(".slide").hidden = false;
  slide.value = field.value || data.measured || 0;
  slide.addEventListener("input", function () {
    tried = Number(slide.value);
    field.value = tried.toFixed(2);
    const costs = data.lines.map((line) => [line.start + (line.end - line.start) * tried / data.most, line.label]).sort((a, b) => a[0] - b[0]);
    document.getElementById("tried").textContent = "At " + dollars(tried) + " a failure " + costs.map(([cost, label]) => label + " costs " + dollars(cost)).join(", ") + " a task.";
    draw();
  });
})();
