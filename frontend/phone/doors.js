// The ways out of a chat: to an article, to a page, to the camera. One set for each phone.
import { Browser } from "./browser.js";
import { h } from "./dom.js";

export function doors(phone) {
  const openPage = (url, title) => {
    phone.browser?.close();
    phone.browser = new Browser(phone, url, title);
    phone.view.append(phone.browser.element);
    phone.browser.element.querySelector("button").focus();
    return phone.browser;
  };
  return {
    openPage,
    openArticle: (url) => openPage(url, "文章"),
    // `take` gets the text of a code; null when she gives up.
    scan: (take) => {
      const before = document.activeElement;
      const end = (text) => {
        element.remove();
        before?.focus();
        take(text);
      };
      const field = h("input", { "aria-label": "二维码里的内容", maxlength: "4096" });
      const read = (event) => {
        event.preventDefault();
        if (field.value.trim()) end(field.value.trim());
      };
      const element = h("div.browser", { role: "dialog", "aria-label": "扫一扫" },
        h("header.bar", h("button.bar-back", { type: "button", onclick: () => end(null) }, "取消"), h("h1", "扫一扫"), h("span.bar-side")),
        h("div.page", h("form.scan", { onsubmit: read }, h("label", "二维码里的内容", field), h("button.main-button", "扫描"))));
      element.addEventListener("keydown", (event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        end(null);
      });
      phone.view.append(element);
      field.focus();
      return { element, close: () => element.remove() };
    },
  };
}
