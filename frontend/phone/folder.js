// 订阅号消息: the accounts of this kind share one line of the chat list; service accounts have their own.
import { summary } from "./bubbles.js";
import { accountAvatar, h, icon, renew } from "./dom.js";
import { slugOf } from "./reader.js";
import { inList } from "./time.js";
import { sim } from "./wechat.js";

export const FOLDER = "订阅号消息";
const isInside = (chat) => chat.account.kind === "subscription";

// The lines of the chat list, newest first: chats as they are, and at most one {folder: chats}.
export function grouped(chats) {
  const inside = chats.filter(isInside);
  if (!inside.length) return chats;
  const place = chats.findIndex(isInside);
  const found = chats.filter((chat) => !isInside(chat));
  found.splice(place, 0, { folder: inside, at: inside[0].at, unread: inside.reduce((sum, chat) => sum + chat.unread, 0) });
  return found;
}

const badge = (count) => count > 0 && h("span.badge", { "aria-label": `${count} 条未读` }, String(Math.min(count, 99)));

export function folderRow(phone, line) {
  const newest = line.folder[0];
  return h("button.chat-row.folder-row", { type: "button", onclick: () => openFolder(phone) },
    h("span.face", h("span.folder-face", { "aria-hidden": "true" }, icon("lines", 26)), badge(line.unread)),
    h("span.chat-text",
      h("span.chat-top", h("strong", FOLDER), h("time", line.at ? inList(line.at) : "")),
      h("span.chat-last", `${newest.account.name}：${summary(newest.last) || "已关注"}`)));
}

export function openFolder(phone) {
  phone.isHome = false;
  phone.chat = null;
  phone.folder = h("div.screen.folder",
    h("header.bar", h("button.bar-back", { type: "button", "aria-label": "返回", onclick: () => phone.home() }, icon("back")),
      h("h1", FOLDER), h("span.bar-side")),
    h("div.page", h("div.folder-list")));
  phone.folder.addEventListener("keydown", (event) => event.key === "Escape" && phone.home());
  phone.show(phone.folder);
  drawFolder(phone);
  phone.folder.querySelector("button").focus();
}

// Again when something arrived; nothing while another screen is shown.
export function drawFolder(phone) {
  if (!phone.folder?.isConnected) return;
  const chats = phone.chats.filter(isInside);
  renew(phone.folder.querySelector(".folder-list"), h("div.folder-list", chats.length
    ? chats.map((chat) => card(phone, chat))
    : h("div.empty", h("p", "关注的公众号发来的消息会在这里"))));
}

function picture(address) {
  const image = h("img", { alt: "", loading: "lazy", src: address });
  image.addEventListener("error", () => image.classList.add("is-missing"), { once: true });
  return image;
}

function card(phone, chat) {
  const { account, last } = chat;
  const head = h("button.folder-head", { type: "button", "data-app-id": account.app_id, onclick: () => phone.open(account) },
    h("span.face", accountAvatar(account, 28), badge(chat.unread)), h("strong", account.name), h("time", chat.at ? inList(chat.at) : ""));
  if (last?.type !== "news") {
    return h("section.folder-card", { "aria-label": account.name }, head,
      h("button.folder-last", { type: "button", onclick: () => phone.open(account) }, summary(last) || "您已关注，还没有消息"));
  }
  const [first, ...more] = last.articles;
  const go = (article) => () => {
    sim.read(account.app_id, phone.me.id).catch(() => {}); // what was opened is not unread
    phone.doors[slugOf(article.url) ? "openArticle" : "openPage"](article.url, article.title);
  };
  return h("section.folder-card", { "aria-label": account.name }, head,
    h("button.article", { type: "button", "data-url": first.url, onclick: go(first) },
      first.picture_url && h("span.cover", picture(first.picture_url)), h("strong", first.title)),
    more.map((article) => h("button.article-row", { type: "button", "data-url": article.url, onclick: go(article) },
      h("span", article.title), article.picture_url && picture(article.picture_url))));
}
