// 字体大小: chosen once on a phone, kept there, for the chats and for what is read.
import { h, icon } from "./dom.js";

const SIZES = [["小", 0.88], ["标准", 1], ["大", 1.18], ["特大", 1.36], ["超大", 1.6]];
const STANDARD = 1;
const key = (phone) => `text-size-${phone.me.id}`;

function chosen(phone) {
  const kept = Number(localStorage.getItem(key(phone)) ?? STANDARD);
  return SIZES[kept] ? kept : STANDARD;
}

export const textSizeName = (phone) => SIZES[chosen(phone)][0];
export const textFactor = (phone) => SIZES[chosen(phone)][1];

export function applyTextSize(phone) {
  phone.element.style.setProperty("--text", String(textFactor(phone)));
  phone.reader?.measure();
}

export function textSizeRow(phone) {
  return h("button.line-row", { type: "button", onclick: () => openTextSize(phone) },
    h("span", "字体大小"), h("span.value", textSizeName(phone)), icon("chevron", 18));
}

function openTextSize(phone) {
  phone.isHome = false;
  const words = h("output.size-name", textSizeName(phone));
  const slider = h("input", {
    type: "range", min: "0", max: String(SIZES.length - 1), step: "1", "aria-label": "字体大小",
    "aria-valuetext": textSizeName(phone),
    oninput: () => {
      localStorage.setItem(key(phone), slider.value);
      words.textContent = textSizeName(phone);
      slider.setAttribute("aria-valuetext", textSizeName(phone));
      applyTextSize(phone);
    },
  });
  slider.value = String(chosen(phone));
  const screen = h("div.screen.text-size",
    h("header.bar", h("button.bar-back", { type: "button", "aria-label": "返回", onclick: () => phone.home() }, icon("back")),
      h("h1", "字体大小"), h("span.bar-side")),
    h("div.page", h("div.size-sample", h("div.bubble", "拖动下面的滑块，可设置字体大小。"),
      h("div.bubble", "设置后，会改变聊天和文章里的字体大小。"))),
    h("footer.size-foot", h("div.size-ends", h("span.size-small", "A"), words, h("span.size-large", "A")), slider));
  screen.addEventListener("keydown", (event) => event.key === "Escape" && phone.home());
  phone.show(screen);
  slider.focus();
}
