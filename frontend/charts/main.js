// The matrix and the map of the overview, what was published month by month, how tickets came and went. They repeat the tables
// on the same page; a click opens the list that the table links to. No inline style or markup: labels
// and tooltips are drawn.
import { BarChart, HeatmapChart, LineChart, MapChart } from "echarts/charts";
import {
  AriaComponent,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  VisualMapComponent,
} from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([
  AriaComponent,
  BarChart,
  CanvasRenderer,
  GridComponent,
  HeatmapChart,
  LegendComponent,
  LineChart,
  MapChart,
  TooltipComponent,
  VisualMapComponent,
]);

const FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif';
// none, fine, doubt, soon, late; each with text that reads on it.
const COLOURS = ["#f7f8fa", "#cfe6d4", "#d9dde3", "#f6d58b", "#e6a29b"];
const INK = "#1c2733";
// Pushed, published: one hue in two depths, told apart without colours too.
const BARS = ["#1f4e79", "#a9c1d9"];

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const asPieces = (states) =>
  COLOURS.map((color, value) => ({ value, color, label: states[value] }));

function draw(element, option, label) {
  if (!element.clientWidth) return null; // a narrow screen shows the table alone
  const chart = echarts.init(element, null, { renderer: "canvas" });
  chart.setOption({
    textStyle: { fontFamily: FONT, color: INK },
    animation: false,
    aria: { enabled: true, label: { description: label } },
    ...option,
  });
  chart.on("click", (event) => {
    if (event.data?.url) window.location.assign(event.data.url);
  });
  new ResizeObserver(() => chart.resize()).observe(element);
  return chart;
}

const tooltip = (title) => ({
  renderMode: "richText",
  confine: true,
  formatter: (event) => (event.data?.words ? `${title(event)}\n${event.data.words}` : ""),
});

let states = [];
for (const element of document.querySelectorAll("[data-matrix]")) {
  const data = read(element.dataset.matrix);
  states = data.states;
  element.dataset.size = data.rows.length > 12 ? "tall" : "plain";
  draw(
    element,
    {
      grid: { left: 8, right: 8, top: 28, bottom: 44, containLabel: true },
      xAxis: {
        type: "category",
        data: data.columns,
        position: "top",
        axisLabel: { interval: 0, fontSize: 12, color: INK },
        axisTick: { show: false },
      },
      yAxis: {
        type: "category",
        data: data.rows,
        inverse: true,
        axisLabel: { interval: 0, fontSize: 12, color: INK, width: 120, overflow: "truncate" },
        axisTick: { show: false },
      },
      tooltip: tooltip((event) => `${data.rows[event.value[1]]} · ${data.columns[event.value[0]]}`),
      visualMap: {
        type: "piecewise",
        dimension: 2,
        pieces: asPieces(states),
        orient: "horizontal",
        left: "center",
        bottom: 0,
        textStyle: { color: INK },
      },
      series: [
        {
          type: "heatmap",
          data: data.cells.map((cell) => ({
            value: cell.value,
            words: cell.words,
            url: cell.url,
            label: { formatter: cell.label },
          })),
          label: { show: true, color: INK, fontSize: 11, lineHeight: 14 },
          itemStyle: { borderColor: "#fff", borderWidth: 2 },
          emphasis: { itemStyle: { borderColor: "#1f4e79" } },
        },
      ],
    },
    data.cells
      .map((cell) => `${data.rows[cell.value[1]]} ${data.columns[cell.value[0]]} ${cell.words}`)
      .join("; ")
      .slice(0, 2000),
  );
}

for (const element of document.querySelectorAll("[data-map]")) {
  const data = read(element.dataset.map);
  echarts.registerMap("area", { geoJSON: data.shape });
  draw(
    element,
    {
      tooltip: tooltip((event) => event.data.title),
      visualMap: { type: "piecewise", pieces: asPieces(states), show: false },
      series: [
        {
          type: "map",
          map: "area",
          nameProperty: "code",
          aspectScale: 1,
          left: 12,
          right: 12,
          top: 12,
          bottom: 12,
          selectedMode: false,
          labelLayout: { hideOverlap: true },
          label: { show: true, color: INK, fontSize: 12, lineHeight: 16 },
          itemStyle: { borderColor: "#6b7785", borderWidth: 1 },
          emphasis: { label: { color: INK }, itemStyle: { areaColor: undefined, borderWidth: 2 } },
          data: data.places.map((place) => ({
            name: place.name,
            value: place.value,
            words: place.words,
            title: place.title,
            url: place.url,
            label: { formatter: place.label },
          })),
        },
      ],
    },
    data.places.map((place) => `${place.title} ${place.words}`).join("; "),
  );
}

for (const element of document.querySelectorAll("[data-year]")) {
  const data = read(element.dataset.year);
  const totals = data.months.map((_, at) => data.series.reduce((sum, each) => sum + each.values[at], 0));
  draw(
    element,
    {
      color: BARS,
      grid: { left: 8, right: 8, top: 34, bottom: 4, containLabel: true },
      legend: { left: 0, top: 0, itemWidth: 12, itemHeight: 12, textStyle: { color: INK } },
      xAxis: {
        type: "category",
        data: data.months,
        axisLabel: { fontSize: 12, color: INK },
        axisTick: { show: false },
      },
      yAxis: {
        type: "value",
        minInterval: 1,
        axisLabel: { fontSize: 12, color: INK },
        splitLine: { lineStyle: { color: "#e3e7ec" } },
      },
      tooltip: {
        renderMode: "richText",
        confine: true,
        trigger: "axis",
        axisPointer: { type: "none" },
        formatter: ([first]) => `${data.months[first.dataIndex]}\n${data.words[first.dataIndex]}`,
      },
      series: data.series.map((each, at) => ({
        type: "bar",
        name: each.name,
        stack: "items",
        data: each.values,
        barMaxWidth: 28,
        label: {
          show: at === data.series.length - 1,
          position: "top",
          color: INK,
          fontSize: 12,
          formatter: ({ dataIndex }) => (totals[dataIndex] ? String(totals[dataIndex]) : ""),
        },
      })),
    },
    data.months.map((month, at) => `${month} ${data.words[at]}`).join("; "),
  );
}

const plainAxis = { axisLabel: { fontSize: 12, color: INK }, axisTick: { show: false } };
const counts = {
  type: "value",
  minInterval: 1,
  axisLabel: { fontSize: 12, color: INK },
  splitLine: { lineStyle: { color: "#e3e7ec" } },
};

// What came as bars, what was answered as a line with dots: told apart without colours.
for (const element of document.querySelectorAll("[data-trend]")) {
  const data = read(element.dataset.trend);
  draw(
    element,
    {
      color: [BARS[1], BARS[0]],
      grid: { left: 8, right: 8, top: 34, bottom: 4, containLabel: true },
      legend: { left: 0, top: 0, itemWidth: 14, itemHeight: 12, textStyle: { color: INK } },
      xAxis: { type: "category", data: data.names, ...plainAxis },
      yAxis: counts,
      tooltip: {
        renderMode: "richText",
        confine: true,
        trigger: "axis",
        formatter: ([first]) => `${data.names[first.dataIndex]}\n${data.words[first.dataIndex]}`,
      },
      series: data.series.map((each, at) => ({
        type: at ? "line" : "bar",
        name: each.name,
        barMaxWidth: 22,
        symbol: "circle",
        symbolSize: 5,
        data: each.values.map((value, day) => ({ value, url: data.urls[day] })),
      })),
    },
    data.names
      .map((name, at) => `${name} ${data.words[at]}`)
      .join("; ")
      .slice(0, 2000),
  );
}

for (const element of document.querySelectorAll("[data-bars]")) {
  const data = read(element.dataset.bars);
  draw(
    element,
    {
      color: [BARS[0]],
      grid: { left: 8, right: 44, top: 8, bottom: 4, containLabel: true },
      xAxis: { ...counts, show: false },
      yAxis: { type: "category", data: data.names, inverse: true, ...plainAxis },
      series: [
        {
          type: "bar",
          barMaxWidth: 22,
          data: data.values.map((value, at) => ({ value, url: data.urls[at] })),
          label: { show: true, position: "right", color: INK, fontSize: 12 },
        },
      ],
    },
    `${data.label}: ${data.names.map((name, at) => `${name} ${data.values[at]}`).join("; ")}`,
  );
}
