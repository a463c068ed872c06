// Choosing a place on the map of the city, with the finger, the mouse or the arrow keys.
import { drawMap, isInCity, look, nameOf, PLACES, SIZE, toDegrees, toUnits } from "./city_map.js";
import { h, icon } from "./dom.js";
import { Panel } from "./panel.js";

// How many units the map is wide, by the zoom that WeChat calls Scale.
const WIDTHS = { 14: 1000, 15: 700, 16: 460, 17: 280, 18: 160 };
const [LEAST, MOST] = [14, 18];
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const RATIO = 0.78;

// `use` gets {latitude, longitude, scale, label, name}.
export function choosePlace(phone, use, title = "发送位置") {
  let point = [500, 440];
  let scale = 16;
  const svg = drawMap(point, WIDTHS[scale], WIDTHS[scale] * RATIO);
  const words = h("p.map-words", { role: "status" });
  const pin = h("span.map-pin", { "aria-hidden": "true" }, icon("place", 40));
  const map = h("div.map-view", {
    tabindex: "0", role: "application", "aria-label": "地图。方向键移动，加号和减号缩放，也可以从下面的列表里选。",
  }, svg, pin,
  h("div.map-buttons",
    h("button", { type: "button", "aria-label": "放大", onclick: () => zoom(1) }, icon("zoom", 22)),
    h("button", { type: "button", "aria-label": "缩小", onclick: () => zoom(-1) }, icon("unzoom", 22))));
  const search = h("input.panel-field", { type: "search", "aria-label": "搜索地点", placeholder: "搜索地点" });
  const list = h("ul.list.map-list", { "aria-label": "地点" });
  const panel = new Panel(phone, title, "发送", () => use({ ...toDegrees(point), scale, ...nameOf(point) }),
    map, words, h("div.map-search", search), list);
  panel.element.classList.add("place-panel");

  function show() {
    look(svg, point, WIDTHS[scale], WIDTHS[scale] * RATIO);
    const { name, label } = nameOf(point);
    words.replaceChildren(h("strong", name), h("small", label));
    for (const button of list.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.name === name));
    }
  }

  function move(to) {
    point = to.map((one) => Math.round(Math.max(0, Math.min(SIZE, one))));
    show();
  }

  function zoom(step) {
    scale = Math.max(LEAST, Math.min(MOST, scale + step));
    show();
  }

  function drawList() {
    const wanted = search.value.trim();
    const found = PLACES.filter(({ name, label }) => name.includes(wanted) || label.includes(wanted));
    list.replaceChildren(...(found.length ? found.map((place) => h("li", h("button.map-row", {
      type: "button", "data-name": place.name, onclick: () => move(place.at),
    }, h("strong", place.name), h("small", place.label)))) : [h("li.panel-note", `云溪市里没有找到“${wanted}”`)]));
    show();
  }

  // The pin stays in the middle; the map is drawn along under it.
  let grip = null;
  map.addEventListener("pointerdown", (event) => {
    if (event.target.closest("button")) return;
    grip = { x: event.clientX, y: event.clientY, point, hasMoved: false };
    map.setPointerCapture(event.pointerId);
  });
  map.addEventListener("pointermove", (event) => {
    if (!grip) return;
    const unit = WIDTHS[scale] / svg.clientWidth;
    const [dx, dy] = [(event.clientX - grip.x) * unit, (event.clientY - grip.y) * unit];
    if (Math.hypot(event.clientX - grip.x, event.clientY - grip.y) > 4) grip.hasMoved = true;
    if (grip.hasMoved) move([grip.point[0] - dx, grip.point[1] - dy]);
  });
  map.addEventListener("pointerup", (event) => {
    if (!grip) return;
    if (!grip.hasMoved) {
      const place = svg.getBoundingClientRect();
      const unit = WIDTHS[scale] / place.width;
      move([point[0] + (event.clientX - place.left - place.width / 2) * unit, point[1] + (event.clientY - place.top - place.height / 2) * unit]);
    }
    grip = null;
  });
  map.addEventListener("pointercancel", () => (grip = null));
  map.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (step) move(point.map((one, axis) => one + (step[axis] * WIDTHS[scale]) / 20));
    else if (event.key === "+" || event.key === "=") zoom(1);
    else if (event.key === "-") zoom(-1);
    else return;
    event.preventDefault();
  });
  search.addEventListener("input", drawList);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // it searches as she types; it does not send
  });
  drawList();
  map.focus();
  return panel;
}

// The small map of a location message; without streets where the city has none.
export function smallMap(place) {
  const point = toUnits(place);
  return h("span.map", isInCity(point) && drawMap(point, 300, 130, { label: "地图" }), h("span.map-pin", { "aria-hidden": "true" }, icon("place", 28)));
}
