// One message each: what it looks like in a chat, and its one line in the list.
import { accountAvatar, citizenAvatar, h, icon } from "./dom.js";
import { nodes, withoutTags } from "./words.js";

export function summary(message) {
  if (!message) return "";
  switch (message.type) {
    case "text": return withoutTags(message.text ?? "");
    case "msgmenu": return message.data.head_content || "[菜单]";
    case "news": return `[链接] ${message.articles[0]?.title ?? ""}`;
    case "image": return "[图片]";
    case "voice": return "[语音]";
    case "video":
    case "shortvideo": return "[视频]";
    case "music": return "[音乐]";
    case "location": return "[位置]";
    case "link": return `[链接] ${message.data?.title ?? ""}`;
    case "miniprogrampage": return `[小程序] ${message.data?.title ?? ""}`;
    default: return "[消息]";
  }
}

function picture(address, words, className) {
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

function inside(message, tap) {
  const data = message.data ?? {};
  switch (message.type) {
    case "text":
      return h("div.bubble", nodes(message.text ?? "", tap));
    case "msgmenu":
      return h("div.bubble.choices",
        data.head_content && h("p", nodes(data.head_content, tap)),
        data.list.map((item) =>
          h("button.link", { type: "button", onclick: () => tap({ say: item.content, menuId: item.id }, item.content) },
            item.content)),
        data.tail_content && h("p", nodes(data.tail_content, tap)));
    case "news":
      return h("div.card", message.articles.map((one, index) => article(one, index === 0, tap)));
    case "image":
      return picture(message.url ?? `/sim/media/${message.media_id}`, "图片", "img.photo");
    case "voice":
      return h("div.bubble.voice", icon("voice", 18), `${data.seconds ?? 3}″`,
        data.recognition && h("span.recognised", data.recognition));
    case "location":
      return h("div.card.place", h("strong", data.label || "位置"),
        h("span.map", icon("place", 30)), h("small", `${data.latitude.toFixed(4)}，${data.longitude.toFixed(4)}`));
    case "link":
    case "music":
      return h("div.card", article({ title: data.title || message.url, description: data.description, url: message.url }, true, tap));
    case "miniprogrampage":
      return h("div.card", h("div.article", h("strong", data.title), h("span.digest", "小程序")));
    default:
      return h("div.bubble.muted", summary(message));
  }
}

// `message.state`: undefined, "sending" or "failed" for one's own; `resend` is called from the red mark.
export function bubble(message, { account, me, tap, resend }) {
  if (message.from === "system") {
    return h("div.tip", { "data-via": message.via ?? "" }, message.text ?? "");
  }
  const isMine = message.from === "citizen";
  const row = h(isMine ? "div.row.mine" : "div.row", {
    "data-message": message.id ?? "", "data-via": message.via ?? "", "data-type": message.type,
  });
  row.append(isMine ? citizenAvatar(me, 40) : accountAvatar(account, 40));
  row.append(h("span.hidden", isMine ? "我说：" : `${account.name}说：`));
  row.append(inside(message, tap));
  if (message.state === "sending") row.append(h("span.sending", { role: "status", "aria-label": "发送中" }));
  if (message.state === "failed") {
    row.append(h("button.failed", { type: "button", "aria-label": "没有发出去，点击重发", onclick: resend }, "!"));
  }
  return row;
}
