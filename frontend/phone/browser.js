// The browser inside WeChat: a title, a cross, three dots, and the page.
import { h, icon } from "./dom.js";
import { Bridge } from "./jssdk.js";
import { share } from "./share.js";
import { addressFor } from "./words.js";

export class Browser {
  constructor(phone, address, title) {
    this.phone = phone;
    this.address = addressFor(phone.me.id, address);
    this.frame = h("iframe", {
      title: title || "网页",
      // The page is another origin: it may do what pages do, and nothing to the phone.
      sandbox: "allow-scripts allow-forms allow-same-origin allow-popups allow-downloads allow-modals",
      referrerpolicy: "no-referrer",
    });
    this.line = h("div.progress", { "aria-hidden": "true" });
    this.frame.addEventListener("load", () => this.line.classList.add("is-done"));
    this.element = h("div.browser", { role: "dialog", "aria-label": `网页：${title || this.address}` },
      h("header.bar",
        h("button.bar-back", { type: "button", "aria-label": "关闭网页", onclick: () => this.close() }, icon("close", 22)),
        (this.title = h("h1", this.titleOf(title))),
        (this.options = h("button.bar-more", { type: "button", "aria-label": "更多", onclick: () => this.more() }, icon("more")))),
      this.line, this.frame);
    this.element.addEventListener("keydown", (event) => event.key === "Escape" && this.escape());
    // A page of another origin keeps its title to itself unless it tells us.
    this.hear = (event) => {
      const told = event.source === this.frame.contentWindow && event.data?.title;
      if (typeof told === "string") this.title.textContent = told.slice(0, 60);
    };
    window.addEventListener("message", this.hear);
    this.bridge = new Bridge(this);
    this.frame.src = this.address;
  }

  titleOf(words) {
    return !words || /^https?:/i.test(words) ? new URL(this.address).hostname : words;
  }

  more() {
    if (this.sheet) return this.closeSheet();
    const entry = (words, sign, work) =>
      h("button", { type: "button", onclick: () => { this.closeSheet(); work(); } }, icon(sign, 26), words);
    this.sheet = h("div.action-sheet", { role: "menu", "aria-label": "网页操作" },
      h("p", `网页由 ${new URL(this.address).host} 提供`),
      h("div.actions",
        this.bridge.shared.friend && entry("发送给朋友", "chats", () => this.send(this.bridge.shared.friend)),
        this.bridge.shared.timeline && entry("分享到朋友圈", "compass", () => this.share(this.bridge.shared.timeline)),
        entry("刷新", "refresh", () => this.reload()),
        entry("复制链接", "link", () => this.copy()),
        entry("浏览器打开", "compass", () => window.open(this.address, "_blank", "noopener"))),
      h("button.cancel", { type: "button", onclick: () => this.closeSheet() }, "取消"));
    this.element.append(this.sheet);
    this.sheet.querySelector("button").focus();
    return undefined;
  }

  // What the page gave for sharing, into one of her chats.
  send({ title, desc, link }) {
    return share(this.phone, { title, description: desc, url: link || this.address });
  }

  // 朋友圈 is not here: the link is copied.
  async share({ title, link }) {
    try {
      await navigator.clipboard.writeText(link || this.address);
    } catch {
      // Without the right to the clipboard the card is still shown.
    }
    this.phone.toast(`已分享：${title || link || this.address}`);
  }

  showOptions(isShown) {
    this.closeSheet();
    this.options.hidden = !isShown;
  }

  reload() {
    this.bridge.forget();
    this.line.classList.remove("is-done");
    this.frame.src = this.address;
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.address);
      this.phone.toast("已复制链接");
    } catch {
      this.phone.toast(this.address);
    }
  }

  closeSheet() {
    this.sheet?.remove();
    this.sheet = null;
  }

  escape() {
    if (this.sheet) this.closeSheet();
    else this.close();
  }

  close() {
    window.removeEventListener("message", this.hear);
    this.bridge.stop();
    this.element.remove();
    this.phone.browser = null;
    this.phone.chat?.element.querySelector(".foot button, .foot textarea")?.focus();
  }
}
