// Lists of articles: 收藏 on 我, and the messages an account published, on its page.
import { h, icon } from "./dom.js";
import { inList } from "./time.js";
import { call, sim } from "./wechat.js";

function cover(article) {
  const image = h("img", { alt: "", loading: "lazy", src: article.cover });
  image.addEventListener("error", () => image.remove(), { once: true });
  return image;
}

function row(phone, article, at, small, more) {
  const url = new URL(`/s/${article.slug}`, location.href).href;
  return h("li.shelf-row",
    h("button.shelf-open", { type: "button", onclick: () => phone.doors.openArticle(url) },
      h("span.shelf-words", h("strong", article.title), h("small", small, " · ", inList(at))), cover(article)),
    more);
}

export function bookmarksRow(phone) {
  return h("button.line-row", { type: "button", onclick: () => openBookmarks(phone) },
    icon("ticket", 24), h("span", "收藏"), icon("chevron", 18));
}

function openBookmarks(phone) {
  phone.isHome = false;
  const page = h("div.page", h("p.shelf-none", { role: "status" }, "正在打开…"));
  const screen = h("div.screen.shelf",
    h("header.bar", h("button.bar-back", { type: "button", "aria-label": "返回", onclick: () => phone.home() }, icon("back")),
      h("h1", "收藏"), h("span.bar-side")), page);
  screen.addEventListener("keydown", (event) => event.key === "Escape" && phone.home());
  phone.show(screen);
  screen.querySelector("button").focus();
  const load = async () => {
    try {
      const found = await sim.bookmarks(phone.me.id);
      page.replaceChildren(found.length
        ? h("ul.list", found.map((one) => row(phone, one, one.collected_at, one.is_deleted ? `${one.account}（已删除）` : one.account,
          h("button.shelf-drop", { type: "button", "aria-label": `取消收藏：${one.title}`, onclick: () => drop(one) }, icon("close", 18)))))
        : h("div.empty", h("p", "在文章下面点“收藏”，就会放在这里")));
    } catch (error) {
      page.replaceChildren(h("div.empty", h("p", error.message),
        h("button.plain-button", { type: "button", onclick: load }, "重试")));
    }
  };
  const drop = async (one) => {
    try {
      await call("POST", `/sim/articles/${one.slug}/acts`, { citizen: phone.me.id, act: "collect", undo: true });
      phone.toast("已取消收藏");
      await load();
      screen.querySelector("button").focus();
    } catch (error) {
      phone.toast(error.message);
    }
  };
  return load();
}

// What was published without telling followers is found here too.
export function history(phone, account) {
  const list = h("div.shelf.account-history", { "aria-label": "全部消息", role: "region" });
  const load = () => sim.articles(account.app_id).then(
    (found) => list.replaceChildren(h("h3", "全部消息"), found.length
      ? h("ul.list", found.map((one) => row(phone, one, one.published_at, `阅读 ${one.counts.read}`)))
      : h("p.shelf-none", "还没有发表过文章")),
    (error) => list.replaceChildren(h("p.shelf-none", error.message, " ", h("button.link", { type: "button", onclick: load }, "重试"))));
  load();
  return list;
}
