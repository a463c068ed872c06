// What the telephone offers inside WeChat: asked for when it is wanted, not before.
let ready;

// Whether we stand in WeChat (or in a phone that speaks as it does) and may ask it.
export function isOffered() {
  const inside = /MicroMessenger/i.test(navigator.userAgent) || window.parent !== window;
  return inside && Boolean(document.querySelector("[data-jssdk]"));
}

function loaded(src) {
  return new Promise((done, refuse) => {
    const script = document.createElement("script");
    script.src = src;
    script.addEventListener("load", done);
    script.addEventListener("error", () => refuse(new Error("not loaded")));
    document.head.append(script);
  });
}

async function begun() {
  const { jssdk, jssdkConfig } = document.querySelector("[data-jssdk]").dataset;
  if (!window.wx?.config) await loaded(jssdk);
  const url = window.location.href.split("#")[0];
  const answer = await fetch(`${jssdkConfig}?${new URLSearchParams({ url })}`, { credentials: "same-origin" });
  if (!answer.ok) throw new Error("no signature");
  const signed = await answer.json();
  await new Promise((done, refuse) => {
    window.wx.ready(done);
    window.wx.error((told) => refuse(new Error(told.errMsg)));
    window.wx.config({ ...signed, debug: false, jsApiList: ["chooseImage", "getLocalImgData", "getLocation"], openTagList: ["wx-open-subscribe"] });
  });
}

// Once it is ready, its own elements live on the page. Throws when it cannot be had.
export async function openTags() {
  ready ??= begun().catch((error) => {
    ready = undefined;
    throw error;
  });
  await ready;
}

// One of its functions; null when she cancels. Throws when it cannot be had.
export async function ask(name, values = {}) {
  await openTags();
  return new Promise((done, refuse) => {
    window.wx[name]({
      ...values, success: done, cancel: () => done(null), fail: (told) => refuse(new Error(told.errMsg)),
    });
  });
}

// The pictures she chooses or takes, as files.
export async function pictures(count) {
  const chosen = await ask("chooseImage", { count, sizeType: ["compressed"], sourceType: ["album", "camera"] });
  const found = [];
  for (const [at, localId] of (chosen?.localIds ?? []).entries()) {
    const told = await ask("getLocalImgData", { localId });
    if (!told) continue;
    const plain = String(told.localData).replace(/^data:[^,]*,/, "").replace(/\s/g, "");
    const bytes = Uint8Array.from(atob(plain), (char) => char.charCodeAt(0));
    found.push(new File([bytes], `${at + 1}.jpg`, { type: "image/jpeg" }));
  }
  return found;
}
