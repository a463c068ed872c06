// 留言 under an article: the chosen ones with the account's reply, and one's own.
import { avatar, h } from "./dom.js";
import { inChat } from "./time.js";
import { call, sim } from "./wechat.js";

const LONGEST = 600;

export class Comments {
  constructor(reader) {
    this.reader = reader;
    this.element = h("section.comments", { "aria-label": "留言" });
    this.draw();
  }

  draw() {
    const { comments, can_comment: isOpen } = this.reader.article;
    this.element.replaceChildren(
      h("h3", "留言"),
      isOpen ? this.writing() : h("p.comments-rule", "这篇文章没有开放留言"),
      comments.length > 0 && h("ul", comments.map((one) => this.row(one))) || h("p.comments-rule", isOpen ? "还没有精选的留言" : ""));
  }

  row(one) {
    const { phone, article } = this.reader;
    return h("li.comment", avatar(Array.from(one.nickname).at(-1), "#8aa0b8", 30),
      h("div",
        h("p.comment-who", one.nickname, one.mine && h("em", "我的留言"), h("time", inChat(one.at))),
        h("p.comment-words", one.content),
        one.mine && !one.elected && h("p.comments-rule", "公众号精选后，所有人可见"),
        one.reply && h("p.comment-reply", h("strong", `${article.account}（作者）`), one.reply)), { "data-of": phone.me.id });
  }

  isFollowing() {
    const { phone, article } = this.reader;
    return phone.chats.some((chat) => chat.account.app_id === article.app_id);
  }

  writing() {
    const { phone, article } = this.reader;
    if (article.only_followers_comment && !this.isFollowing()) {
      return h("div.comments-closed", h("p", "只有关注公众号的人可以留言"),
        h("button.plain-button", { type: "button", onclick: async (event) => {
          event.target.disabled = true;
          try {
            // The account may take its time to greet; following counts at once.
            const following = sim.follow(article.app_id, phone.me.id);
            await Promise.race([following, new Promise((done) => setTimeout(done, 400))]);
            following.catch((error) => phone.toast(error.message));
            await phone.load();
          } catch (error) {
            phone.toast(error.message);
          }
          this.draw();
          this.element.querySelector("textarea, button")?.focus();
        } }, `关注“${article.account}”`));
    }
    const field = h("textarea", { rows: "2", maxlength: String(LONGEST), "aria-label": "写留言", placeholder: "写留言" });
    const send = h("button.send", "发送");
    const form = h("form.comment-form", { onsubmit: async (event) => {
      event.preventDefault();
      if (!field.value.trim()) return field.focus();
      send.disabled = true;
      try {
        await call("POST", `${this.reader.path}/comments`, { citizen: phone.me.id, content: field.value.trim() });
        this.reader.article = await call("GET", `${this.reader.path}?citizen=${phone.me.id}`);
        this.draw();
        phone.toast("留言已提交，公众号精选后公开");
      } catch (error) {
        send.disabled = false; // what was typed stays
        phone.toast(error.message);
      }
      return undefined;
    } }, field, send);
    return form;
  }
}
