// Every kind of menu button: what the phone asks of her first, what it opens, what the account hears.
import { showMiniProgram } from "./mini_program.js";
import { choosePictures } from "./pictures.js";
import { choosePlace } from "./place.js";
import { sim } from "./wechat.js";

const SOON = 500; // milliseconds a panel waits for a refusal before it closes
const BARCODE = /^\d{8,14}$/;
// An address opens as a page; the code of an account is none.
const ADDRESS = /^https?:\/\/(?!weixin\.qq\.com\/q\/)/i;

export function press(chat, button, place) {
  const { account, openid } = chat;
  const tap = (more) => sim.tap(account.app_id, openid, place, more);
  return KINDS[button.type](chat, button, tap);
}

const plainly = (chat, button, tap) => chat.attempt(button.name, () => tap());

// The panel stays when it is refused at once; what fails later can be tried again from the chat.
async function fromPanel(chat, button, work) {
  const working = work();
  let isLate = false;
  const late = new Promise((done) => setTimeout(() => done((isLate = true)), SOON));
  working.catch((error) => isLate && chat.failed(button.name, error, work));
  await Promise.race([working, late]);
}

function pictures(ways) {
  return (chat, button, tap) => choosePictures(chat.phone, {
    title: button.name, ...ways,
    use: async (chosen) => {
      for (const one of chosen) {
        one.media_id ??= (await sim.upload(chat.account.app_id, "image", one.blob)).media_id;
      }
      await fromPanel(chat, button, () => tap({ pictures: chosen.map((one) => one.media_id) }));
    },
  });
}

function scanning(after) {
  return (chat, button, tap) => chat.doors.scan((text) => {
    if (!text) return;
    after(chat, text);
    chat.attempt(button.name, () => tap({ scanned: text, scan_type: BARCODE.test(text) ? "barcode" : "qrcode" }),
      { waiting: "已扫描，正在等待答复…" });
  });
}

const KINDS = {
  click: plainly,
  view: (chat, button, tap) => {
    chat.doors.openPage(button.url, button.name);
    return plainly(chat, button, tap);
  },
  miniprogram: (chat, button, tap) => {
    showMiniProgram(chat, { ...button, title: button.name });
    return plainly(chat, button, tap);
  },
  // The result is shown to her; an address opens.
  scancode_push: scanning((chat, text) => {
    if (ADDRESS.test(text)) chat.doors.openPage(text, text);
    else chat.note(`扫描结果：${text}`);
  }),
  scancode_waitmsg: scanning(() => {}),
  pic_sysphoto: pictures({ most: 1, album: false }),
  pic_photo_or_album: pictures({ most: 9 }),
  pic_weixin: pictures({ most: 9, camera: false }),
  location_select: (chat, button, tap) =>
    choosePlace(chat.phone, (place) => fromPanel(chat, button, () => tap({ place })), button.name),
  media_id: plainly,
  article_id: plainly,
  article_view_limited: (chat, button, tap) =>
    chat.attempt(button.name, async () => chat.doors.openArticle((await tap()).opens.url)),
  // A draft is no article yet: it is looked at as a page.
  view_limited: (chat, button, tap) =>
    chat.attempt(button.name, async () => chat.doors.openPage((await tap()).opens.url, button.name)),
};
