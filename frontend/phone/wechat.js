// The simulator's HTTP and its stream of events.
export class Unreachable extends Error {}
const OFFLINE = "网络不给力，请检查模拟器是否在运行";

export async function call(method, path, payload) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: payload === undefined ? {} : { "content-type": "application/json" },
      body: payload === undefined ? undefined : JSON.stringify(payload),
    });
  } catch {
    throw new Unreachable(OFFLINE);
  }
  if (response.status === 204) return null;
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.say ?? inWords(response.status, body.error));
  return body;
}

// A file as a form; the simulator keeps it as the account's temporary material.
async function upload(app_id, type, blob) {
  const form = new FormData();
  form.append("media", blob, type);
  let response;
  try {
    response = await fetch(`/sim/media?${query({ app_id, type })}`, { method: "POST", body: form });
  } catch {
    throw new Unreachable(OFFLINE);
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.say ?? inWords(response.status, body.error));
  return body;
}

// The control API speaks English to developers; a phone does not.
function inWords(status, sentence) {
  if (status === 404) return "模拟器里找不到这一项，请刷新页面";
  if (status === 409) return "您还没有关注这个公众号，不能发消息";
  if (status >= 500) return "模拟器出了故障，原因见它的终端";
  return `模拟器没有接受：${sentence ?? status}`;
}

const query = (values) => new URLSearchParams(values).toString();

export const sim = {
  accounts: () => call("GET", "/sim/accounts"),
  citizens: (search = "") => call("GET", `/sim/citizens?${query({ search, limit: 100 })}`),
  newCitizen: (nickname) => call("POST", "/sim/citizens", { nickname }),
  chats: (citizen) => call("GET", `/sim/chats?${query({ citizen })}`),
  chat: (citizen, app_id) => call("GET", `/sim/chat?${query({ citizen, app_id })}`),
  follow: (app_id, citizen, scene = "") => call("POST", "/sim/followers", { app_id, citizen, scene }),
  unfollow: (app_id, openid) => call("POST", "/sim/unfollow", { app_id, openid }),
  say: (app_id, openid, message, client_id) =>
    call("POST", "/sim/say", { app_id, openid, message, client_id }),
  articles: (app_id) => call("GET", `/sim/articles?${query({ app_id })}`),
  bookmarks: (citizen) => call("GET", `/sim/bookmarks?${query({ citizen })}`),
  upload,
  tap: (app_id, openid, button, more) => call("POST", "/sim/tap", { app_id, openid, button, ...more }),
  click: (app_id, openid, key) => call("POST", "/sim/click", { app_id, openid, key }),
  view: (app_id, openid, url) => call("POST", "/sim/view", { app_id, openid, url }),
  read: (app_id, citizen) => call("POST", "/sim/read", { app_id, citizen }),
  exchanges: (limit = 40) => call("GET", `/sim/exchanges?${query({ limit })}`),
  faults: () => call("GET", "/sim/faults"),
  arm: (fault) => call("POST", "/sim/faults", fault),
  disarm: (id) => call("DELETE", id === undefined ? "/sim/faults" : `/sim/faults/${id}`),
  clock: () => call("GET", "/sim/clock"),
  setClock: (change) => call("POST", "/sim/clock", change),
};

const EVENTS = [
  "ready", "message", "typing", "chats", "read", "menu", "accounts", "citizens", "exchange", "faults", "clock",
];

// One stream for the whole page; it comes back by itself, and `ready` then says: look again.
export class Stream {
  constructor(tell) {
    this.tell = tell;
  }

  listen(citizens) {
    this.source?.close();
    this.source = new EventSource(`/sim/stream?citizens=${citizens.join(",")}`);
    for (const name of EVENTS) {
      this.source.addEventListener(name, (event) => this.tell(name, JSON.parse(event.data)));
    }
  }
}
