// One phone: whose it is, and the screen it shows.
import { summary } from "./bubbles.js";
import { Chat } from "./chat.js";
import { accountAvatar, citizenAvatar, h, icon, renew } from "./dom.js";
import { doors } from "./doors.js";
import { drawFolder, folderRow, grouped } from "./folder.js";
import { bookmarksRow, history } from "./shelf.js";
import { applyTextSize, textSizeRow } from "./settings.js";
import { clock, hours, inList } from "./time.js";
import { sim } from "./wechat.js";

const KINDS = { subscription: "公众号", service: "服务号" };
const PRINCIPALS = { person: "个人", enterprise: "企业", government: "政府", media: "媒体", other: "其他组织" };
const TABS = [
  ["chats", "微信", "chats"],
  ["people", "通讯录", "people"],
  ["found", "发现", "compass"],
  ["me", "我", "me"],
];

export class Phone {
  constructor(me) {
    this.me = me;
    this.tab = "chats";
    this.chats = [];
    this.clock = h("span.clock");
    this.view = h("div.view");
    this.said = h("div.toast", { role: "status" });
    this.element = h("section.phone", { "aria-label": `${me.nickname}的手机`, "data-citizen": me.id },
      h("div.glass",
        h("div.status", this.clock, h("span.status-right", { "aria-hidden": "true" },
          h("i.bars", h("b"), h("b"), h("b"), h("b")), h("i.net", "5G"), h("i.battery", h("b")))),
        this.view, this.said, h("div.home-line", { "aria-hidden": "true" })));
    this.doors = doors(this);
    applyTextSize(this);
    this.tick();
    this.home();
  }

  now() {
    return clock.seconds();
  }

  tick() {
    this.clock.textContent = hours(clock.seconds());
  }

  show(...elements) {
    this.view.replaceChildren(...elements);
  }

  toast(words) {
    this.said.textContent = words;
    clearTimeout(this.toasting);
    this.toasting = setTimeout(() => (this.said.textContent = ""), 2600);
  }

  // What is known ----------------------------------------------------------------------------

  async load() {
    try {
      const { me, chats } = await sim.chats(this.me.id);
      this.me = me;
      this.chats = chats;
      this.isLoaded = true;
      this.problem = "";
    } catch (error) {
      this.problem = error.message;
    }
    this.drawHome();
    drawFolder(this);
    this.chat?.showUnread(this.unread());
  }

  unread() {
    return this.chats
      .filter((chat) => chat.account.app_id !== this.chat?.account.app_id)
      .reduce((sum, chat) => sum + chat.unread, 0);
  }

  hear(name, data) {
    if (name === "ready") return this.refresh();
    if (name === "accounts") return this.load();
    if (name === "menu" && this.chat?.account.app_id === data.app_id) return this.refresh();
    if (data.citizen !== this.me.id) return undefined;
    const isHere = this.chat?.account.app_id === data.app_id;
    if (name === "typing" && isHere) this.chat.showTyping(data.is_typing, data.seconds);
    if (name === "message") {
      if (this.opening?.app_id === data.app_id) this.opening.heard.push(data.message);
      if (isHere) {
        this.chat.hear(data.message);
        if (data.message.from !== "citizen") sim.read(data.app_id, this.me.id).catch(() => {});
      }
      const known = this.chats.find((chat) => chat.account.app_id === data.app_id);
      if (known) {
        known.last = data.message;
        known.at = data.message.at;
        if (!isHere && data.message.from !== "citizen") known.unread += 1;
        this.chats.sort((one, other) => other.at - one.at);
        this.drawHome();
        drawFolder(this);
        this.chat?.showUnread(this.unread());
      } else this.load();
    }
    if (name === "read") {
      const known = this.chats.find((chat) => chat.account.app_id === data.app_id);
      if (known?.unread) {
        known.unread = 0;
        this.drawHome();
        drawFolder(this);
      }
    }
    if (name === "chats") this.load();
    return undefined;
  }

  async refresh() {
    await this.load();
    if (!this.chat) return;
    const fresh = await sim.chat(this.me.id, this.chat.account.app_id).catch(() => null);
    if (fresh && this.chat?.account.app_id === fresh.account.app_id) this.chat.refresh(fresh);
  }

  // Screens ----------------------------------------------------------------------------------

  home() {
    this.chat = null;
    this.opening = null;
    this.isHome = true;
    this.homeScreen = null;
    this.drawHome();
    this.load();
  }

  drawHome() {
    if (!this.isHome) return;
    const total = this.chats.reduce((sum, chat) => sum + chat.unread, 0);
    const title = TABS.find(([key]) => key === this.tab)[1];
    const screen = h("div.screen",
      h("header.bar",
        h("span.bar-side"),
        h("h1", this.tab === "chats" && total ? `微信(${total})` : title),
        h("button.bar-more", { type: "button", "aria-label": "添加公众号", onclick: () => this.search() }, icon("plus"))),
      h("div.page", { "data-tab": this.tab }, this[`${this.tab}Page`]()),
      h("nav.tabs", { "aria-label": "标签栏" }, TABS.map(([key, words, sign]) =>
        h("button.tab", {
          type: "button",
          "aria-current": key === this.tab ? "page" : undefined,
          onclick: () => { this.tab = key; this.drawHome(); },
        }, icon(sign, 26), words, key === "chats" && total > 0 && h("span.badge", String(Math.min(total, 99)))))));
    if (this.homeScreen?.isConnected) renew(this.homeScreen, screen);
    else this.show(this.homeScreen = screen);
  }

  searchRow() {
    return h("button.search-row", { type: "button", onclick: () => this.search() }, icon("search", 18), "搜索公众号");
  }

  chatsPage() {
    if (this.problem) {
      return [h("div.empty", h("p", this.problem), h("button.plain-button", { type: "button", onclick: () => this.load() }, "重新连接"))];
    }
    if (!this.chats.length) {
      return [this.searchRow(), this.isLoaded && h("div.empty",
        h("p", "还没有关注公众号"),
        h("button.plain-button", { type: "button", onclick: () => this.search() }, "搜索并关注"))];
    }
    return [this.searchRow(), h("ul.list", grouped(this.chats).map((line) =>
      h("li", line.folder ? folderRow(this, line) : this.chatRow(line))))];
  }

  chatRow(chat) {
    return h("button.chat-row", { type: "button", "data-app-id": chat.account.app_id, onclick: () => this.open(chat.account) },
      h("span.face", accountAvatar(chat.account, 48),
        chat.unread > 0 && h("span.badge", { "aria-label": `${chat.unread} 条未读` }, String(Math.min(chat.unread, 99)))),
      h("span.chat-text",
        h("span.chat-top", h("strong", chat.account.name), h("time", chat.at ? inList(chat.at) : "")),
        h("span.chat-last", summary(chat.last))));
  }

  peoplePage() {
    return [this.searchRow(), h("p.group", "公众号与服务号"),
      this.chats.length
        ? h("ul.list", this.chats.map(({ account }) => this.accountRow(account, () => this.profile(account))))
        : h("div.empty", h("p", "关注的公众号会列在这里"))];
  }

  accountRow(account, onclick, ...more) {
    return h("li", h("button.account-row", { type: "button", "data-app-id": account.app_id, onclick },
      accountAvatar(account, 40),
      h("span.chat-text", h("strong", account.name), more)));
  }

  foundPage() {
    return [h("ul.list.apart",
      h("li", h("button.line-row", { type: "button", onclick: () => this.doors.scan() },
        icon("scan", 24), h("span", "扫一扫"), icon("chevron", 18))),
      h("li", h("button.line-row", { type: "button", onclick: () => this.search() },
        icon("search", 24), h("span", "搜一搜"), icon("chevron", 18))))];
  }

  mePage() {
    return [h("div.me-card", citizenAvatar(this.me, 64),
      h("div", h("strong", this.me.nickname), h("small", `微信号：citizen-${this.me.id}`))),
      h("ul.list.apart", h("li", bookmarksRow(this)), h("li", textSizeRow(this)),
        h("li", h("div.line-row", h("span", "手机里的网页在"), h("span.value", this.me.host))))];
  }

  async open(account) {
    this.isHome = false;
    // Another chat may be opened while this one loads, and something may arrive that it was read without.
    const place = (this.opening = { app_id: account.app_id, heard: [] });
    const slow = setTimeout(() => this.showOpening(account, h("p", { role: "status" }, "正在打开…")), 300);
    let state;
    try {
      state = await sim.chat(this.me.id, account.app_id);
    } catch (error) {
      if (this.opening !== place) return;
      const again = h("button.plain-button", { type: "button", onclick: () => this.open(account) }, "重试");
      this.showOpening(account, h("p", error.message), again);
      again.focus();
      return;
    } finally {
      clearTimeout(slow);
    }
    if (this.opening !== place) return;
    if (!state.is_following) {
      this.profile(account);
      return;
    }
    this.chat = new Chat(this, state);
    this.show(this.chat.element);
    for (const message of place.heard) this.chat.hear(message);
    this.opening = null;
    this.chat.toEnd();
    sim.read(account.app_id, this.me.id).catch(() => {});
    this.chat.showUnread(this.unread());
  }

  // A chat that is not there yet, or could not be had.
  showOpening(account, ...words) {
    this.chat = null;
    this.show(h("div.screen",
      h("header.bar", h("button.bar-back", { type: "button", "aria-label": "返回", onclick: () => this.home() }, icon("back")),
        h("h1", account.name), h("span.bar-side")),
      h("div.empty", words)));
  }

  async search() {
    this.isHome = false;
    this.chat = null;
    const results = h("ul.list");
    const field = h("input", { type: "search", "aria-label": "搜索公众号", placeholder: "搜索公众号、服务号" });
    let accounts = [];
    const draw = () => {
      const wanted = field.value.trim();
      const found = accounts.filter((one) => !wanted || one.name.includes(wanted) || one.description.includes(wanted));
      results.replaceChildren(
        ...found.map((account) => this.accountRow(account, () => this.profile(account),
          h("small", account.description || KINDS[account.kind]), this.mark(account))));
      if (!found.length) {
        results.append(h("li.empty", h("p", accounts.length ? `没有找到“${wanted}”` : "模拟器里还没有公众号")));
      }
    };
    field.addEventListener("input", draw);
    this.show(h("div.screen.searching",
      h("header.bar.bar-search", h("label.search-field", icon("search", 18), field),
        h("button.bar-text", { type: "button", onclick: () => this.home() }, "取消")),
      h("div.page", results)));
    this.view.firstChild.addEventListener("keydown", (event) => event.key === "Escape" && this.home());
    field.focus();
    try {
      accounts = await sim.accounts();
      draw();
    } catch (error) {
      results.replaceChildren(h("li.empty", h("p", error.message)));
    }
  }

  mark(account) {
    const words = [KINDS[account.kind], PRINCIPALS[account.principal], account.verified && "已认证"].filter(Boolean);
    return h("span.marks", words.join(" · "));
  }

  async profile(account) {
    this.isHome = false;
    this.chat = null;
    const state = await sim.chat(this.me.id, account.app_id).catch(() => null);
    const press = async (work, button) => {
      button.disabled = true;
      try {
        await work();
      } catch (error) {
        this.toast(error.message);
        button.disabled = false;
      }
    };
    const follow = h("button.main-button", { type: "button", onclick: () => press(async () => {
      // The account may take its time to greet; the chat opens at once.
      const following = sim.follow(account.app_id, this.me.id);
      await Promise.race([following, new Promise((done) => setTimeout(done, 400))]);
      following.catch((error) => this.toast(error.message));
      await this.open(account);
    }, follow) }, "关注");
    const enter = h("button.main-button", { type: "button", onclick: () => this.open(account) }, "发消息");
    const leave = h("button.plain-button.danger", { type: "button", onclick: () => this.ask(
      `不再关注“${account.name}”？`, "不再关注后，将不再收到其下发的消息。", "不再关注",
      () => press(async () => {
        sim.unfollow(account.app_id, state.openid).catch((error) => this.toast(error.message));
        await new Promise((done) => setTimeout(done, 150));
        this.home();
      }, leave)) }, "不再关注");
    this.show(h("div.screen.profile",
      h("header.bar.bar-white",
        h("button.bar-back", { type: "button", "aria-label": "返回", onclick: () => (state?.is_following ? this.open(account) : this.home()) }, icon("back")),
        h("h1"), h("span.bar-side")),
      h("div.page.page-white",
        h("div.profile-head", accountAvatar(account, 72), h("h2", account.name), this.mark(account),
          account.description && h("p", account.description)),
        h("dl.facts",
          h("dt", "类型"), h("dd", KINDS[account.kind]),
          h("dt", "主体"), h("dd", PRINCIPALS[account.principal] + (account.verified ? "（已认证）" : "（未认证）")),
          h("dt", "原始 ID"), h("dd", account.original_id)),
        h("div.profile-foot", state?.is_following ? [enter, leave] : [follow]),
        history(this, account))));
  }

  ask(title, words, yes, then) {
    const close = () => veil.remove();
    const veil = h("div.veil", { role: "dialog", "aria-modal": "true", "aria-label": title },
      h("div.dialog", h("h2", title), h("p", words),
        h("div.dialog-foot",
          h("button", { type: "button", onclick: close }, "取消"),
          h("button.danger", { type: "button", onclick: () => { close(); then(); } }, yes))));
    veil.addEventListener("keydown", (event) => event.key === "Escape" && close());
    this.view.append(veil);
    veil.querySelector("button").focus();
  }

  // Something she sends from outside the chat; an open one hears it by the stream.
  send(chat, message) {
    return sim.say(chat.account.app_id, chat.openid, message, crypto.randomUUID());
  }

  browse(address, title) {
    this.doors.openPage(address, title);
  }
}
