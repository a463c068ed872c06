// Sharing: she picks one of her chats, and a card with the link is said there.
import { accountAvatar, h } from "./dom.js";
import { Panel } from "./panel.js";

// `shared` is {title, description, url}; resolves to whether it was sent.
export function share(phone, { title, description = "", url }) {
  return new Promise((done) => {
    const chats = [...phone.chats];
    const choice = (chat, isFirst) => h("li", h("label.share-to",
      h("input", { type: "radio", name: `share-${phone.me.id}`, value: chat.openid, checked: isFirst }),
      accountAvatar(chat.account, 40), h("span", chat.account.name)));
    const list = h("ul.list", { "aria-label": "聊天" }, chats.map((chat, at) => choice(chat, at === 0)));
    const card = { type: "link", title: (title || url).slice(0, 120), description: description.slice(0, 200), url };
    const panel = new Panel(phone, "发送给", "发送", async () => {
      const chosen = list.querySelector("input:checked")?.value;
      const chat = chats.find((one) => one.openid === chosen);
      if (!chat) throw new Error("请选择一个聊天");
      // The account may take its time to answer; the card is in the chat at once.
      const sending = phone.send(chat, card);
      await Promise.race([sending, new Promise((wait) => setTimeout(wait, 600))]);
      sending.catch((error) => phone.toast(error.message));
      phone.toast("已发送");
      done(true);
    },
    h("div.share-what", h("strong", card.title), card.description && h("p", card.description)),
    chats.length ? list : h("div.empty", h("p", "还没有聊天，先关注一个公众号")));
    panel.count("发送", chats.length > 0);
    const close = panel.close.bind(panel);
    panel.close = () => {
      close();
      done(false);
    };
    panel.focusFirst("input");
  });
}
