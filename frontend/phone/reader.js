// An article as its reader sees it. Its words are a sandboxed document of their own: nothing in them runs.
import { Comments } from "./comments.js";
import { h, icon } from "./dom.js";
import { share } from "./share.js";
import { textFactor } from "./settings.js";
import { date, hours } from "./time.js";
import { call, sim } from "./wechat.js";

const LOOPBACK = /^(127\.0\.0\.1|\[::1\]|localhost|c\d+\.localhost)$/;

// The article's own part of its address; "" for any other page, and for the preview of a draft.
export function slugOf(address) {
  const url = new URL(address, location.href);
  if (url.port !== location.port || !LOOPBACK.test(url.hostname)) return "";
  return /^\/s\/([\w-]+)$/.exec(url.pathname)?.[1] ?? "";
}

export class Reader {
  constructor(phone, slug, url) {
    Object.assign(this, { phone, slug, url });
    this.path = `/sim/articles/${encodeURIComponent(slug)}`;
    this.page = h("div.page.page-white.reader-page", { tabindex: "0" });
    this.foot = h("footer.reader-foot", { "aria-label": "文章操作" });
    this.element = h("div.browser.reader", { role: "dialog", "aria-label": "文章" },
      h("header.bar.bar-white",
        h("button.bar-back", { type: "button", "aria-label": "关闭文章", onclick: () => this.close() }, icon("close", 22)),
        h("h1"),
        h("button.bar-more", { type: "button", "aria-label": "更多", onclick: () => this.more() }, icon("more"))),
      this.page, this.foot);
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      if (this.sheet) this.closeSheet();
      else this.close();
    });
    this.load();
  }

  async load() {
    this.foot.replaceChildren();
    // A quick answer shows no skeleton at all.
    const slow = setTimeout(() => this.page.replaceChildren(h("div.skeleton", { role: "status", "aria-label": "正在打开文章" },
      h("i"), h("i"), h("i"), h("i"))), 300);
    try {
      this.article = await call("GET", `${this.path}?citizen=${this.phone.me.id}`);
      clearTimeout(slow);
      if (this.article.is_deleted) return this.say("该内容已被发布者删除", "");
      this.draw();
      await this.act("read");
    } catch (error) {
      clearTimeout(slow);
      this.say("文章没有打开", error.message, true);
    }
    return undefined;
  }

  say(title, words, mayRetry = false) {
    this.page.replaceChildren(h("div.reader-notice", { role: "status" },
      h("div.h5-mark", { "aria-hidden": "true" }, "!"), h("h2", title), words && h("p", words),
      mayRetry && h("button.plain-button", { type: "button", onclick: () => this.load() }, "重新打开")));
  }

  draw() {
    const one = this.article;
    this.frame = h("iframe.reader-body", { title: "正文", sandbox: "allow-same-origin", src: `${this.path}/body`, scrolling: "no" });
    this.frame.addEventListener("load", () => this.opened());
    this.reads = h("span.reads");
    this.comments = new Comments(this);
    const cover = h("img.reader-cover", { alt: "", src: one.cover });
    cover.addEventListener("error", () => cover.remove(), { once: true });
    this.page.replaceChildren(
      h("h2.reader-title", one.title),
      h("p.reader-byline", one.author && h("span", one.author),
        h("button.link", { type: "button", onclick: () => this.account() }, one.account),
        h("time", `${date(one.published_at).split(" ")[0]} ${hours(one.published_at)}`)),
      cover, one.digest && h("p.reader-digest", one.digest), this.frame,
      one.source_url && h("p.reader-source", h("button.link", { type: "button", onclick: () => this.phone.doors.openPage(one.source_url, "阅读原文") }, "阅读原文")),
      h("p.reader-reads", this.reads), this.comments.element);
    this.drawFoot();
  }

  // The document is ours to measure, though it may run nothing itself.
  opened() {
    const inside = this.frame.contentDocument;
    if (!inside?.body) return;
    inside.addEventListener("click", (event) => {
      const link = event.target.closest?.("a[href]");
      if (!link) return;
      event.preventDefault();
      if (/^https?:/i.test(link.href)) this.phone.doors.openPage(link.href, link.textContent);
    });
    for (const image of inside.images) image.addEventListener("load", () => this.measure(), { once: true });
    this.measure();
  }

  measure() {
    const inside = this.frame?.contentDocument;
    if (!inside?.body) return;
    inside.body.style.zoom = String(textFactor(this.phone));
    this.frame.style.height = "0"; // or it would never become shorter again
    this.frame.style.height = `${Math.max(40, inside.documentElement.scrollHeight)}px`;
  }

  drawFoot() {
    const { counts, mine, is_deleted: isDeleted } = this.article;
    if (isDeleted) return;
    this.reads.textContent = `阅读 ${counts.read}`;
    const toggle = (act, words, sign) => h("button", {
      type: "button", "data-act": act, "aria-pressed": String(mine.includes(act)), onclick: () => this.act(act, mine.includes(act)),
    }, h("i", { "aria-hidden": "true" }, sign), h("span", mine.includes(act) ? `已${words}` : words), h("b", counts[act] || ""));
    const focused = this.foot.contains(document.activeElement) ? document.activeElement.dataset.act : null;
    this.foot.replaceChildren(
      toggle("like", "点赞", "♡"), toggle("zaikan", "在看", "✿"),
      h("button", { type: "button", "data-act": "share", onclick: () => this.share() }, h("i", { "aria-hidden": "true" }, "↗"), h("span", "分享"), h("b", counts.share || "")),
      toggle("collect", "收藏", "☆"));
    if (focused) this.foot.querySelector(`[data-act="${focused}"]`)?.focus();
  }

  async act(act, undo = false) {
    try {
      const found = await call("POST", `${this.path}/acts`, { citizen: this.phone.me.id, act, undo });
      this.article.counts = found.counts;
      this.article.mine = undo ? this.article.mine.filter((one) => one !== act) : [...new Set([...this.article.mine, act])];
      this.drawFoot();
    } catch (error) {
      this.phone.toast(error.message);
    }
  }

  async share() {
    this.closeSheet();
    const { title, digest } = this.article;
    if (await share(this.phone, { title, description: digest, url: this.url })) await this.act("share");
  }

  async account() {
    const accounts = await sim.accounts().catch(() => []);
    const account = accounts.find((one) => one.app_id === this.article.app_id);
    if (!account) return this.phone.toast("没有找到这个公众号");
    this.close();
    return this.phone.profile(account);
  }

  more() {
    if (this.sheet) return this.closeSheet();
    const entry = (words, sign, work) => h("button", { type: "button", onclick: work }, icon(sign, 26), words);
    const isReady = this.article && !this.article.is_deleted;
    this.sheet = h("div.action-sheet", { role: "dialog", "aria-label": "文章操作" },
      h("div.actions",
        isReady && entry("分享", "link", () => this.share()),
        isReady && entry("公众号", "people", () => { this.closeSheet(); this.account(); }),
        entry("刷新", "refresh", () => { this.closeSheet(); this.load(); })),
      h("button.cancel", { type: "button", onclick: () => this.closeSheet() }, "取消"));
    this.element.append(this.sheet);
    this.sheet.querySelector("button").focus();
    return undefined;
  }

  closeSheet() {
    this.sheet?.remove();
    this.sheet = null;
  }

  close() {
    this.element.remove();
    this.phone.reader = null;
  }
}
