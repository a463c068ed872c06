// Messages that are cards: articles, notices, mini programs, coupons, music, places.
import { h, icon } from "./dom.js";
import { smallMap } from "./place.js";

export function picture(address, words, className) {
  const image = h(className, { alt: words, loading: "lazy", src: address });
  image.addEventListener("error", () => image.classList.add("is-missing"), { once: true });
  return image;
}

function article(one, isFirst, tap) {
  const open = () => one.url && tap({ open: one.url }, one.title);
  if (!isFirst) {
    return h("button.article-row", { type: "button", onclick: open },
      h("span", one.title), one.picture_url && picture(one.picture_url, "", "img"));
  }
  return h("button.article", { type: "button", onclick: open },
    one.picture_url && h("span.cover", picture(one.picture_url, "", "img")),
    h("strong", one.title),
    one.description && h("span.digest", one.description));
}

// One article with cover and digest; of several the first is large, the others are rows.
export function articles(found, tap) {
  const isAlone = found.length === 1;
  return h("div.card", found.map((one, index) => article(isAlone ? one : { ...one, description: "" }, index === 0, tap)));
}

// A template message or a subscription notice: title, one line per keyword, where it leads.
export function notice(message, tap) {
  const data = message.data ?? {};
  const does = data.miniprogram ? { mini: data.miniprogram } : message.url ? { open: message.url } : null;
  const inside = [
    h("strong.notice-title", data.title),
    h("dl.notice-lines", (data.lines ?? []).map((line) => [h("dt", line.label), h("dd", line.value)])),
    does && h("span.notice-more", data.miniprogram ? "进入小程序查看" : "详情", icon("chevron", 16)),
  ];
  return does
    ? h("button.card.notice", { type: "button", onclick: () => tap(does, data.title) }, inside)
    : h("div.card.notice", inside);
}

export function miniProgram(message, tap) {
  const data = message.data ?? {};
  return h("button.card.mini", { type: "button", onclick: () => tap({ mini: data }, data.title) },
    h("span.mini-title", data.title),
    h("span.mini-cover", data.thumb_url ? picture(data.thumb_url, "", "img") : icon("mini", 44)),
    h("span.mini-mark", icon("mini", 14), "小程序"));
}

export function coupon(message) {
  return h("div.card.coupon", icon("ticket", 34), h("span", h("strong", "卡券"), h("small", message.data?.card_id ?? "")));
}

export function link(message, tap) {
  const data = message.data ?? {};
  return h("button.card.share", { type: "button", onclick: () => tap({ open: message.url }, data.title) },
    h("strong", data.title || message.url),
    h("span.share-foot", h("span.digest", data.description || message.url), h("span.share-mark", icon("link", 26))));
}

export function music(message, tap) {
  const data = message.data ?? {};
  return h("button.card.share", { type: "button", onclick: () => tap({ open: message.url }, data.title || "音乐") },
    h("span.share-foot",
      h("span", h("strong", data.title || "音乐"), h("span.digest", data.description)),
      h("span.share-mark", data.thumb_url && picture(data.thumb_url, "", "img"), icon("music", 26))));
}

export function place(message) {
  const { data } = message;
  const words = data.name || data.label || "位置";
  return h("div.card.place", h("strong", words),
    h("small", data.label && data.label !== words ? data.label : `${data.latitude.toFixed(4)}，${data.longitude.toFixed(4)}`),
    smallMap(data));
}
