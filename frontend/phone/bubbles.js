// One message each: what it looks like in a chat, and its one line in the list.
import { articles, coupon, link, miniProgram, music, notice, picture, place } from "./cards.js";
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
    case "music": return `[音乐] ${message.data?.title ?? ""}`;
    case "location": return `[位置] ${message.data?.name || message.data?.label || ""}`;
    case "link": return `[链接] ${message.data?.title ?? ""}`;
    case "miniprogrampage": return `[小程序] ${message.data?.title ?? ""}`;
    case "wxcard": return "[卡券]";
    case "template":
    case "subscription": return message.data?.title ?? "[通知]";
    default: return "[消息]";
  }
}

// A voice is as wide as it is long; a tap plays what can be played and shows that it plays.
function voice(message) {
  const seconds = message.data?.seconds || 1;
  const words = message.data?.recognition;
  let sound = null;
  const stop = () => {
    clearTimeout(bar.ends);
    sound?.pause();
    sound = null;
    bar.classList.remove("is-playing");
  };
  const play = () => {
    if (bar.classList.contains("is-playing")) return stop();
    bar.classList.add("is-playing");
    bar.ends = setTimeout(stop, seconds * 1000);
    if (message.url) {
      sound = new Audio(message.url);
      sound.play().catch(() => {}); // AMR plays in no browser
    }
    return undefined;
  };
  const bar = h("button.bubble.voice", { type: "button", "aria-label": `语音，${seconds} 秒`, onclick: play }, icon("voice", 18), `${seconds}″`);
  bar.style.width = `${Math.round(72 + Math.min(seconds, 60) * 2.4)}px`;
  return words ? h("div.voice-said", bar, h("p.recognised", words)) : bar;
}

function photo(message, tap) {
  const address = message.url ?? `/sim/media/${message.media_id}`;
  const image = picture(address, "图片", "img.photo");
  const button = h("button.photo-button", { type: "button", "aria-label": "查看图片", onclick: () => tap({ view: "image", address }, "图片") }, image);
  image.addEventListener("error", () => button.replaceChildren(h("span.gone", "图片已过期")), { once: true });
  return button;
}

function video(message, tap) {
  const { data = {}, media_id: id } = message;
  const address = message.url ?? (id && `/sim/media/${id}`);
  const seconds = data.seconds ? `0:${String(data.seconds).padStart(2, "0")}` : "";
  const cover = h("button.video-button", { type: "button", "aria-label": data.title ? `播放视频：${data.title}` : "播放视频", onclick: () => address && tap({ view: "video", address }, data.title || "视频") },
    data.thumb_url && picture(data.thumb_url, "", "img"), icon("play", 42), seconds && h("span.video-time", seconds));
  if (!data.title && !data.description) return cover;
  return h("div.card.video-card", cover, data.title && h("strong", data.title), data.description && h("span.digest", data.description));
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
    case "news": return articles(message.articles, tap);
    case "image": return photo(message, tap);
    case "voice": return voice(message);
    case "video":
    case "shortvideo": return video(message, tap);
    case "location": return place(message);
    case "link": return link(message, tap);
    case "music": return music(message, tap);
    case "miniprogrampage": return miniProgram(message, tap);
    case "wxcard": return coupon(message);
    case "template":
    case "subscription": return notice(message, tap);
    default: return h("div.bubble.muted", summary(message));
  }
}

// `message.state`: undefined, "sending" or "failed" for one's own. The red mark sends again
// (`resend`), the words beside it give up (`drop`).
export function bubble(message, { account, me, tap, resend, drop }) {
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
    row.append(h("p.not-sent", message.problem, " ", h("button.link", { type: "button", onclick: drop }, "删除")));
  }
  return row;
}
