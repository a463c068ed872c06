// Eight faces of our own, sent as WeChat sends them: as words in brackets.
const SVG = "http://www.w3.org/2000/svg";
const EYES = "M9 9.5v1.6M15 9.5v1.6";
const FACES = {
  微笑: [EYES, "M8 14c1 1.6 2.4 2.4 4 2.4s3-.8 4-2.4"],
  大笑: ["M7.8 10.800c.6-1.2 1.8-1.2 2.4 0M13.8 10.800c.6-1.2 1.8-1.2 2.4 0", "M7.5 13.500h9c-.4 2.6-2.2 4-4.5 4s-4.1-1.4-4.5-4Z"],
  偷笑: ["M8 10.300h2.200M13.8 10.300H16", "M8.5 14.500c2 1.4 5 1.4 7 0"],
  难过: [EYES, "M8.5 16.200c.9-1.2 2.1-1.8 3.5-1.800s2.6.6 3.5 1.8"],
  流泪: ["M8 10.500h2.200M13.8 10.500H16", "M9 16.300c1-1 2-1.4 3-1.400s2 .4 3 1.400M8.6 12.500v3"],
  疑问: ["M9 9.500v1.600M14.3 8.800h2", "M9.5 15.800c1.5-.9 3.2-1 5-.4"],
  惊讶: ["M9 9v2M15 9v2", "M12 14a1.6 2 0 1 0 .01 0Z"],
  生气: ["M7.8 8.800l2.4 1.400M16.2 8.800l-2.4 1.400M9 11.200h.01M15 11.200h.01", "M8.8 16h6.4"],
};
// Signs of Unicode, for those who write them; the phone's own font draws them.
export const EMOJI = [
  ["👍", "赞"], ["🙏", "拜托"], ["👌", "好的"], ["👏", "鼓掌"], ["💪", "加油"], ["🌹", "玫瑰"], ["❤️", "爱心"], ["🎉", "庆祝"],
  ["😀", "笑脸"], ["😂", "笑哭"], ["😅", "尴尬"], ["😊", "开心"], ["🤔", "思考"], ["😢", "难过"], ["😡", "愤怒"],
];
export const NAMES = Object.keys(FACES);
export const FACE = new RegExp(`\\[(${NAMES.join("|")})\\]`, "g");

export function face(name, size = 24) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("width", size);
  svg.setAttribute("height", size);
  svg.setAttribute("class", "a-face");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", name);
  const disc = document.createElementNS(SVG, "circle");
  for (const [key, value] of [["cx", 12], ["cy", 12], ["r", 10]]) disc.setAttribute(key, value);
  svg.append(disc);
  for (const line of FACES[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", line);
    svg.append(path);
  }
  return svg;
}

// A text with its faces drawn.
export function withFaces(text) {
  const found = [];
  let from = 0;
  for (const match of text.matchAll(FACE)) {
    found.push(text.slice(from, match.index), face(match[1], 22));
    from = match.index + match[0].length;
  }
  found.push(text.slice(from));
  return found.filter((part) => part !== "");
}
