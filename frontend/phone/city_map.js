// The middle of the fictional city 云溪市, drawn by us: no tiles, no network.
// Units: 1000 by 1000, y downwards; about 4.4 metres each.
const SVG = "http://www.w3.org/2000/svg";
export const SIZE = 1000;
const MIDDLE = { latitude: 30.2741, longitude: 120.1551 };
const DEGREES = { latitude: 0.00004, longitude: 0.000046 };

const RIVER = "M-60 690C120 640 210 720 330 640S520 430 650 400 860 300 1060 190";
const LAKE = "M170 250C190 170 320 150 390 200S420 330 330 350 150 330 170 250Z";
const PARKS = ["M640 520h150v110H640Z", "M110 800h130v90H110Z", "M820 40h120v90H820Z"];
// name, its line, wide or narrow.
const STREETS = [
  ["云顶大道", [[0, 470], [400, 470], [560, 500], [1000, 500]], true],
  ["建设路", [[500, 0], [500, 1000]], true],
  ["青禾路", [[0, 140], [1000, 140]], false],
  ["东桥路", [[760, 0], [760, 1000]], true],
  ["翠湖路", [[120, 0], [120, 420], [200, 560], [200, 1000]], false],
  ["临湾路", [[0, 850], [1000, 850]], true],
  ["书院街", [[500, 280], [1000, 280]], false],
  ["南门街", [[200, 690], [620, 690], [760, 650]], false],
  ["学府路", [[340, 470], [340, 1000]], false],
  ["桥东街", [[890, 0], [890, 1000]], false],
];
export const PLACES = [
  { name: "云溪市政务服务中心", label: "云溪市青禾区青禾路12号", at: [620, 152] },
  { name: "东桥街道便民服务中心", label: "云溪市青禾区东桥路18号", at: [748, 330] },
  { name: "翠湖公园", label: "云溪市青禾区翠湖路6号", at: [150, 262] },
  { name: "云溪市人民医院", label: "云溪市青禾区建设路88号", at: [512, 400] },
  { name: "云溪站", label: "云溪市青禾区云顶大道1号", at: [60, 482] },
  { name: "云溪大桥", label: "云溪市建设路跨云溪处", at: [500, 520] },
  { name: "临湾区人民政府", label: "云溪市临湾区临湾路30号", at: [420, 838] },
  { name: "云溪一中", label: "云溪市临湾区学府路9号", at: [352, 740] },
  { name: "南门农贸市场", label: "云溪市临湾区南门街45号", at: [560, 702] },
];

export const toDegrees = ([x, y]) => ({
  latitude: Number((MIDDLE.latitude - (y - SIZE / 2) * DEGREES.latitude).toFixed(6)),
  longitude: Number((MIDDLE.longitude + (x - SIZE / 2) * DEGREES.longitude).toFixed(6)),
});
export const toUnits = ({ latitude, longitude }) => [
  SIZE / 2 + (longitude - MIDDLE.longitude) / DEGREES.longitude,
  SIZE / 2 - (latitude - MIDDLE.latitude) / DEGREES.latitude,
];
export const isInCity = ([x, y]) => x >= 0 && x <= SIZE && y >= 0 && y <= SIZE;

function apart([x, y], [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const along = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
  return { far: Math.hypot(x - ax - along * dx, y - ay - along * dy), along: along * Math.hypot(dx, dy) };
}

// What a point is called: a place within 130 metres, else the nearest street with a number.
export function nameOf(point) {
  const near = PLACES.map((place) => ({ place, far: Math.hypot(place.at[0] - point[0], place.at[1] - point[1]) }))
    .sort((one, other) => one.far - other.far)[0];
  if (near.far < 30) return { name: near.place.name, label: near.place.label };
  let best = { far: Infinity };
  for (const [name, line] of STREETS) {
    let before = 0;
    for (let index = 1; index < line.length; index += 1) {
      const found = apart(point, line[index - 1], line[index]);
      if (found.far < best.far) best = { far: found.far, name, number: Math.round((before + found.along) / 8) * 2 + 1 };
      before += Math.hypot(line[index][0] - line[index - 1][0], line[index][1] - line[index - 1][1]);
    }
  }
  const district = point[1] > 600 ? "临湾区" : "青禾区";
  const label = `云溪市${district}${best.name}${best.number}号`;
  return { name: best.far < 60 ? `${best.name}${best.number}号` : `${best.name}附近`, label };
}

function draw(name, values, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(values)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

const path = (d, className) => draw("path", { d, class: className });

// Where on a line its name stands: the middle of its longest part, and whether that goes down.
function nameOfStreet([name, line]) {
  let [from, to] = [line[0], line[1]];
  for (let index = 1; index < line.length; index += 1) {
    const length = Math.hypot(line[index][0] - line[index - 1][0], line[index][1] - line[index - 1][1]);
    if (length > Math.hypot(to[0] - from[0], to[1] - from[1])) [from, to] = [line[index - 1], line[index]];
  }
  const [x, y] = [(from[0] * 3 + to[0]) / 4, (from[1] * 3 + to[1]) / 4];
  const isUpright = Math.abs(to[1] - from[1]) > Math.abs(to[0] - from[0]);
  const text = draw("text", { x, y, class: "map-street", ...(isUpright ? { "writing-mode": "vertical-rl" } : { dy: "0.35em" }) });
  text.append(name);
  return text;
}

// An SVG of the part around a point, `width` units wide.
export function drawMap(point, width, height, { label = "" } = {}) {
  const roads = STREETS.map(([, line, isWide]) => {
    const d = `M${line.map(([x, y]) => `${x} ${y}`).join("L")}`;
    return [path(d, isWide ? "map-road-edge is-wide" : "map-road-edge"), path(d, isWide ? "map-road is-wide" : "map-road")];
  });
  const places = PLACES.map((place) => {
    const text = draw("text", { x: place.at[0] + 11, y: place.at[1], dy: "0.35em", class: "map-place" });
    text.append(place.name);
    return draw("g", {}, draw("circle", { cx: place.at[0], cy: place.at[1], r: 6, class: "map-dot" }), text);
  });
  const svg = draw("svg", { class: "map-drawn", preserveAspectRatio: "xMidYMid slice", role: "img", "aria-label": label || "云溪市地图" },
    draw("rect", { x: -1000, y: -1000, width: 3000, height: 3000, class: "map-land" }),
    ...PARKS.map((d) => path(d, "map-park")), path(LAKE, "map-water"), path(RIVER, "map-river"),
    ...roads.map(([edge]) => edge), ...roads.map(([, road]) => road), ...STREETS.map(nameOfStreet), ...places);
  look(svg, point, width, height);
  return svg;
}

export function look(svg, [x, y], width, height) {
  svg.setAttribute("viewBox", `${x - width / 2} ${y - height / 2} ${width} ${height}`);
}
