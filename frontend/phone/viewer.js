// A picture or a video over the whole screen.
import { h, icon } from "./dom.js";

export function view(phone, kind, address, words) {
  const before = document.activeElement;
  const problem = h("p.viewer-problem", { role: "alert" });
  const shown = kind === "video"
    ? h("video", { src: address, controls: true, autoplay: true, playsinline: "", "aria-label": words })
    : h("img", { src: address, alt: words });
  shown.addEventListener("error", () => {
    shown.hidden = true;
    problem.textContent = kind === "video" ? "视频已过期，或者这个浏览器放不了它的格式" : "图片已过期或已被清理";
  }, { once: true });
  const close = () => {
    element.remove();
    for (const one of below) one.inert = false;
    if (before?.isConnected) before.focus();
  };
  const element = h("div.viewer", { role: "dialog", "aria-modal": "true", "aria-label": words },
    h("button.viewer-close", { type: "button", "aria-label": "关闭", onclick: close }, icon("close", 24)), shown, problem);
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  });
  if (kind !== "video") shown.addEventListener("click", close);
  const below = [...phone.view.children].filter((one) => !one.inert);
  for (const one of below) one.inert = true;
  phone.view.append(element);
  element.querySelector("button").focus();
}
