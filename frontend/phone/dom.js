// Elements from words: h("button.round", { onclick }, "text", child).
export function h(name, ...rest) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const part of rest.flat(2)) {
    if (part === null || part === undefined || part === false) continue;
    if (part instanceof Node) element.append(part);
    else if (typeof part === "object") assign(element, part);
    else element.append(String(part));
  }
  return element;
}

function assign(element, values) {
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key in element && typeof value !== "string") element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
}

// Takes over what a fresh drawing differs in and leaves the rest alone. A screen is drawn whenever something
// arrives: what a finger or the keyboard is on must still be there a moment later, and so must a panel above.
export function renew(old, fresh) {
  const [before, after] = [[...old.childNodes], [...fresh.childNodes]];
  if (before.length !== after.length) return keepPlace(old, () => old.replaceChildren(...after));
  for (const [at, one] of before.entries()) {
    if (!one.isEqualNode(after[at])) keepPlace(old, () => one.replaceWith(after[at]), one, after[at]);
  }
  return undefined;
}

const signOf = (one) => `${one.tagName} ${one.className} ${one.dataset.appId ?? ""}`;
const alike = (root, sign) => [...root.querySelectorAll("button, input, a, [tabindex]")].filter((one) => signOf(one) === sign);

// What had the focus has it again, as its own sign and place among those of the same sign say.
function keepPlace(root, replace, gone, came) {
  const focused = root.contains(document.activeElement) ? document.activeElement : null;
  const sign = focused && signOf(focused);
  const place = focused ? alike(root, sign).indexOf(focused) : -1;
  const scrolled = gone?.dataset?.tab === came?.dataset?.tab && gone?.scrollTop;
  replace();
  if (scrolled) came.scrollTop = scrolled;
  if (focused && !focused.isConnected) alike(root, sign)[place]?.focus({ preventScroll: true });
}

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  back: "M15.5 4 8 12l7.5 8",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  close: "m6 6 12 12M18 6 6 18",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Zm5-1.5L20 20",
  plus: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 5v8m-4-4h8",
  face: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM8 14c1 2 2.4 3 4 3s3-1 4-3M9 9.5v.5m6-.5v.5",
  keyboard: "M3 6.5h18v11H3zM6.5 10h.01m3.5 0h.01m3.5 0h.01m3.5 0h.01M8 14h8",
  menu: "M5 7h14M5 12h14M5 17h14",
  lines: "M4 8h16M4 16h16",
  refresh: "M19 12a7 7 0 1 1-2-5l2 2m0-5v5h-5",
  chats: "M12 4c5 0 9 3.2 9 7.2s-4 7.2-9 7.2c-1 0-2-.1-2.9-.4L5 20l.8-3.3C4 15.3 3 13.4 3 11.2 3 7.2 7 4 12 4Z",
  people: "M9.5 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM3 19.500c.4-3.6 3-5.5 6.5-5.500s6.1 1.9 6.5 5.500M17 5h4m-4 4h4m-4 4h4",
  compass: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm4 5-2.5 5.500L8 16l2.5-5.500L16 8Z",
  me: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20c.5-4 3.5-6 7.5-6s7 2 7.5 6",
  scan: "M4 8V4h4m8 0h4v4m0 8v4h-4m-8 0H4v-4M4 12h16",
  chevron: "m9 5 7 7-7 7",
  panel: "M4 5h16v14H4zM15 5v14",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1m2 4a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  place: "M12 21c4.5-5 7-8.3 7-11.500A7 7 0 0 0 5 9.500C5 12.7 7.5 16 12 21Zm0-9a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z",
  picture: "M4 5h16v14H4zM4 16l4.500-5 4 4.500 2.500-2.500 5 4.500M15.500 9.500h.01",
  camera: "M4 8h4l1.500-2.500h5L16 8h4v11H4zM12 16.500a3.200 3.200 0 1 0 0-6.400 3.200 3.200 0 0 0 0 6.400Z",
  video: "M3.500 7h11.500v10H3.500zM15 10.500l5.500-3v9l-5.500-3",
  play: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM10 8.500v7l5.500-3.500Z",
  microphone: "M12 3.500a2.800 2.800 0 0 0-2.800 2.800v5a2.800 2.800 0 1 0 5.600 0v-5A2.800 2.800 0 0 0 12 3.500ZM6 11a6 6 0 0 0 12 0M12 17v3.500M9 20.500h6",
  erase: "M8 6h12v12H8l-5-6ZM11 9.500l5 5m0-5-5 5",
  music: "M9 17.500V6l10-2v11.500M9 17.500a2.500 2.500 0 1 1-2.500-2.500A2.500 2.500 0 0 1 9 17.500Zm10-2a2.500 2.500 0 1 1-2.500-2.500 2.500 2.500 0 0 1 2.500 2.500Z",
  mini: "M9 15.500a2.500 2.500 0 1 1 3-2.500v-2a2.500 2.500 0 1 1 3 2.500M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z",
  ticket: "M3.500 7h17v3.500a1.500 1.500 0 0 0 0 3V17h-17v-3.500a1.500 1.500 0 0 0 0-3ZM14 7v10",
  locate: "M12 5a7 7 0 1 0 0 14 7 7 0 0 0 0-14Zm0-3v3m0 14v3M2 12h3m14 0h3M12 11v2",
  zoom: "M12 6v12M6 12h12",
  unzoom: "M6 12h12",
  voice: "M8 9c1.5 1.8 1.5 4.2 0 6m3.5-9c3 3.6 3 8.4 0 12M15 3.500c4.5 5.1 4.5 11.9 0 17",
};

export function icon(name, size = 24) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("width", size);
  svg.setAttribute("height", size);
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

// A square of one letter. Colours go through the object model: the policy allows no style attribute.
export function avatar(letter, colour, size = 40) {
  const element = h("span.avatar", { "aria-hidden": "true" }, letter);
  element.style.backgroundColor = colour;
  element.style.width = element.style.height = `${size}px`;
  element.style.fontSize = `${Math.round(size * 0.48)}px`;
  return element;
}

export const accountAvatar = (account, size) => avatar(account.letter, account.colour, size);
export const citizenAvatar = (citizen, size) =>
  avatar(Array.from(citizen.nickname).at(-1), citizen.colour, size);
